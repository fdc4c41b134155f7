//! Which time is billed: approved, billable, of the client and period, with its price.

use std::collections::HashMap;

use daybook_domain::invoice::Work;
use daybook_domain::money::Currency;
use daybook_domain::rate::Rate;
use daybook_domain::{InvoiceId, MemberId, ProjectId, WorkspaceId};
use daybook_store as store;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::invoices::Head;
use store::invoices::entries::Wanted;
use store::projects::Project;
use store::workspaces::Workspace;

use super::{Error, MAX_ENTRIES, invalid};
use crate::rates::{self, Facts};

/// Work to bill, and the version of its entry.
pub(super) type Priced = (Work, i64);

/// The workspace's zone.
pub(super) fn zone(workspace: &Workspace) -> TimeZone {
    TimeZone::get(&workspace.time_zone).unwrap_or(TimeZone::UTC)
}

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
    let workspace = store::workspaces::get(tx, ws).await?;
    let zone = zone(&workspace);
    let wanted = Wanted {
        client_id: head.client_id,
        project_id: head.project_id,
        from: midnight(start, &zone, "/period_start")?,
        to: midnight(end.tomorrow().unwrap_or(end), &zone, "/period_end")?,
    };
    let limit = MAX_ENTRIES as i64 + 1;
    let entries = store::invoices::entries::open(tx, ws, &wanted, except, limit).await?;
    if entries.len() > MAX_ENTRIES {
        return Err(Error::TooMany);
    }
    let facts: Vec<Facts> = entries.iter().map(Facts::from).collect();
    let rates = rates::resolve(tx, ws, &facts).await?;
    let mut known = Known::default();
    let mut work = Vec::with_capacity(entries.len());
    for (entry, rate) in entries.iter().zip(rates) {
        let member_name = known.member(tx, entry.member_id, ws).await?;
        let project = known.project(tx, ws, entry.project_id).await?;
        let rate_minor = price(rate, project.as_ref(), head)?;
        let day = entry.started_at.to_zoned(zone.clone()).date();
        let one = Work {
            entry: entry.id,
            day,
            member: entry.member_id,
            member_name,
            project: entry.project_id,
            project_name: project.map(|project| project.name),
            description: entry.description.clone(),
            minutes: entry.duration_minutes,
            rate_minor,
        };
        work.push((one, entry.version));
    }
    Ok(work)
}

fn price(rate: Option<Rate>, project: Option<&Project>, head: &Head) -> Result<i64, Error> {
    let name = || project.map_or_else(|| "work without a project".into(), |one| one.name.clone());
    match rate {
        Some(rate) if rate.currency == head.currency.to_string() => Ok(rate.hourly_minor),
        Some(rate) => Err(other_currency(name(), rate.currency, head.currency)),
        None => head
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

fn midnight(day: Date, zone: &TimeZone, pointer: &str) -> Result<jiff::Timestamp, Error> {
    let start = day.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
    start.map_err(|_| invalid(pointer, "is too far away"))
}

/// Names and projects that were read already.
#[derive(Default)]
struct Known {
    members: HashMap<MemberId, String>,
    projects: HashMap<ProjectId, Project>,
}

impl Known {
    async fn member(
        &mut self,
        tx: &mut store::Tx,
        id: MemberId,
        ws: WorkspaceId,
    ) -> Result<String, Error> {
        if let Some(name) = self.members.get(&id) {
            return Ok(name.clone());
        }
        let member = store::members::get(tx, ws, id).await?;
        let name = store::users::get(tx, member.user_id).await?.name;
        self.members.insert(id, name.clone());
        Ok(name)
    }

    async fn project(
        &mut self,
        tx: &mut store::Tx,
        ws: WorkspaceId,
        id: Option<ProjectId>,
    ) -> Result<Option<Project>, Error> {
        let Some(id) = id else { return Ok(None) };
        if let Some(project) = self.projects.get(&id) {
            return Ok(Some(project.clone()));
        }
        let project = store::projects::get(tx, ws, id).await?;
        self.projects.insert(id, project.clone());
        Ok(Some(project))
    }
}
