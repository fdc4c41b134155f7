//! Which time is billed: approved, billable, of the client and period, with its price.

use std::collections::HashMap;

use daybook_domain::invoice::Work;
use daybook_domain::money::Currency;
use daybook_domain::rate::{NoRate, Rate};
use daybook_domain::{InvoiceId, MemberId, WorkspaceId};
use daybook_store as store;
use store::invoices::Head;
use store::invoices::entries::Wanted;
use store::projects::Project;

use super::{Error, MAX_ENTRIES};
use crate::rates::{Facts, Pricer};

/// Work to bill, and the version of its entry.
pub(super) type Priced = (Work, i64);

/// The time that this draft bills. Nothing when it has no period.
pub(super) async fn gather(
    tx: &mut store::Tx,
    ws: WorkspaceId,
    head: &Head,
    except: Option<InvoiceId>,
) -> Result<Vec<Priced>, Error> {
    let Some((start, end)) = head.period else {
        return Ok(Vec::new());
    };
    let mut pricer = Pricer::load(tx, ws).await?;
    let wanted = Wanted {
        client_id: head.client_id,
        project_id: head.project_id,
        from: pricer.begin(start),
        to: pricer.begin(end.tomorrow().unwrap_or(end)),
    };
    let limit = MAX_ENTRIES as i64 + 1;
    let entries = store::invoices::entries::open(tx, ws, &wanted, except, limit).await?;
    if entries.len() > MAX_ENTRIES {
        return Err(Error::TooMany);
    }
    let facts: Vec<Facts> = entries.iter().map(Facts::from).collect();
    pricer.know(tx, &facts).await?;
    let mut ids: Vec<MemberId> = entries.iter().map(|entry| entry.member_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let named = store::members::names(tx, ws, &ids).await?;
    let names: HashMap<MemberId, String> =
        named.into_iter().map(|one| (one.id, one.name)).collect();
    let mut work = Vec::with_capacity(entries.len());
    for (entry, facts) in entries.iter().zip(&facts) {
        let project = entry.project_id.and_then(|id| pricer.project(id));
        let one = Work {
            entry: entry.id,
            day: pricer.day(entry.started_at),
            member: entry.member_id,
            member_name: names.get(&entry.member_id).cloned().unwrap_or_default(),
            project: entry.project_id,
            project_name: project.map(|project| project.name.clone()),
            description: entry.description.clone(),
            minutes: entry.duration_minutes,
            rate_minor: price(pricer.price(facts), project, head)?,
        };
        work.push((one, entry.version));
    }
    Ok(work)
}

/// The invoice's own price is for work that nobody set one for, not for work that has one in another currency.
fn price(rate: Result<Rate, NoRate>, project: Option<&Project>, head: &Head) -> Result<i64, Error> {
    let name = || project.map_or_else(|| "work without a project".into(), |one| one.name.clone());
    match rate {
        Ok(rate) if rate.currency == head.currency.code() => Ok(rate.hourly_minor),
        Ok(rate) => Err(other_currency(name(), rate.currency, head.currency)),
        Err(NoRate::OtherCurrency { found, wanted }) => Err(Error::RateInOther {
            project: name(),
            rate: found,
            billed: wanted,
        }),
        Err(NoRate::NoneSet | NoRate::NotBillable) => head
            .fallback_rate_minor
            .ok_or_else(|| Error::NoRate(name())),
    }
}

fn other_currency(project: String, rate: String, invoice: Currency) -> Error {
    Error::OtherCurrency {
        project,
        rate,
        invoice: invoice.to_string(),
    }
}
