//! A draft from approved time.

use daybook_domain::invoice::{Discount, Grouping, Kind, MAX_STEP, Rounding, Tax};
use daybook_domain::money::Currency;
use daybook_domain::{ClientId, ProjectId, WorkspaceId};
use daybook_store as store;
use jiff::civil::Date;
use store::invoices::Head;

use super::gather::gather;
use super::lines::{self, LineInput};
use super::read::{self, View};
use super::{Error, invalid, text};
use crate::projects::MAX_RATE;
use crate::{Context, Once, Outcome, Principal};

/// The longest period, in days.
const MAX_DAYS: i32 = 3660;

/// A draft to be made. What is not said is as the client's and the workspace's profiles say.
#[derive(Debug, Clone)]
pub struct Create {
    /// For whom.
    pub client_id: ClientId,
    /// Bill the time from this day
    pub period_start: Option<Date>,
    /// to this one, both included.
    pub period_end: Option<Date>,
    /// Only work for this project.
    pub project_id: Option<ProjectId>,
    /// Of all amounts.
    pub currency: Option<Currency>,
    /// What becomes a line.
    pub grouping: Option<Grouping>,
    /// How time is rounded.
    pub rounding: Option<Rounding>,
    /// Tax of the lines.
    pub tax: Option<Tax>,
    /// What is taken off.
    pub discount: Option<Discount>,
    /// Price of an hour of work that has none.
    pub fallback_rate_minor: Option<i64>,
    /// What the client wants to read.
    pub reference: Option<String>,
    /// Text.
    pub notes: Option<String>,
    /// Text about payment.
    pub terms: Option<String>,
    /// Days to pay.
    pub terms_days: Option<i64>,
    /// Its date.
    pub issued_on: Option<Date>,
    /// Lines beside those made of time.
    pub lines: Vec<LineInput>,
}

/// Makes a draft.
///
/// # Errors
/// See [`Error`].
pub async fn create(
    cx: &Context,
    who: &Principal,
    ask: &Create,
    once: &Once<'_, View>,
) -> Result<Outcome<View>, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let view = make(&mut tx, who, ask).await?;
    once.finish(&mut tx, who, &view).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(view))
}

/// What [`create`] would make; nothing is kept.
///
/// # Errors
/// See [`Error`].
pub async fn preview(cx: &Context, who: &Principal, ask: &Create) -> Result<View, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let view = make(&mut tx, who, ask).await?;
    tx.rollback().await?;
    Ok(view)
}

async fn make(tx: &mut store::Tx, who: &Principal, ask: &Create) -> Result<View, Error> {
    let ws = who.workspace_id;
    let head = head(tx, ws, ask).await?;
    check(&head)?;
    if let Some(project) = head.project_id {
        reference(store::projects::get(tx, ws, project).await)?;
    }
    let work = gather(tx, ws, &head, None).await?;
    let (mut all, billed) = lines::of_entries(tx, &head, &work)?;
    all.extend(lines::by_hand(tx, &head, &[], &ask.lines)?);
    let totals = lines::totals(&head, &all)?;
    let draft = store::invoices::create(tx, ws, &head).await?;
    lines::write(tx, who, draft.id, &mut all, &billed).await?;
    store::invoices::update(tx, ws, draft.id, draft.version, &head, &totals).await?;
    read::view(tx, ws, draft.id).await
}

/// What is not there is an unknown reference: it was named in the body.
fn reference<T>(found: store::Result<T>) -> Result<T, Error> {
    found.map_err(|error| match error {
        store::Error::NotFound => Error::UnknownReference,
        other => other.into(),
    })
}

async fn head(tx: &mut store::Tx, ws: WorkspaceId, ask: &Create) -> Result<Head, Error> {
    let client = reference(store::clients::get(tx, ws, ask.client_id).await)?;
    let workspace = store::workspaces::get(tx, ws).await?;
    let profile = store::billing::get(tx, ws).await?.profile;
    let theirs = store::billing::of_client(tx, ws, client.id).await?;
    let code = client.currency.as_deref().unwrap_or(&workspace.currency);
    let currency = match ask.currency {
        Some(currency) => currency,
        None => code
            .parse()
            .map_err(|_| invalid("/currency", "must be given: the client's is unknown"))?,
    };
    let period = match (ask.period_start, ask.period_end) {
        (None, None) => None,
        (Some(start), Some(end)) => Some((start, end)),
        (None, _) => return Err(invalid("/period_start", "is needed beside period_end")),
        (_, None) => return Err(invalid("/period_end", "is needed beside period_start")),
    };
    Ok(Head {
        client_id: client.id,
        kind: Kind::Invoice,
        credits_id: None,
        currency,
        period,
        project_id: ask.project_id,
        grouped_by: ask.grouping.unwrap_or(profile.grouping),
        rounding: ask.rounding.unwrap_or(profile.rounding),
        tax: ask.tax.clone().or(profile.tax).unwrap_or_else(Tax::none),
        discount: ask.discount,
        fallback_rate_minor: ask.fallback_rate_minor,
        reference: ask.reference.clone().or(theirs.reference),
        notes: ask.notes.clone().or(profile.notes),
        terms: ask.terms.clone().or(profile.payment_terms),
        terms_days: ask
            .terms_days
            .or(theirs.payment_terms_days)
            .unwrap_or(profile.payment_terms_days),
        issued_on: ask.issued_on,
    })
}

/// Whether the parts of a head make sense.
pub(super) fn check(head: &Head) -> Result<(), Error> {
    if let Some((start, end)) = head.period {
        if end < start {
            return Err(invalid("/period_end", "must not be before period_start"));
        }
        if end
            .since(start)
            .is_ok_and(|span| span.get_days() > MAX_DAYS)
        {
            return Err(invalid("/period_end", "must be at most ten years later"));
        }
    }
    if !(1..=MAX_STEP).contains(&head.rounding.minutes) {
        let detail = format!("must be from 1 to {MAX_STEP}");
        return Err(invalid("/rounding/minutes", detail));
    }
    lines::check_tax("/tax", &head.tax)?;
    match head.discount {
        Some(Discount::Percent { rate }) if !(0..=10_000).contains(&rate) => {
            return Err(invalid("/discount/percent", "must be from 0 to 100"));
        }
        Some(Discount::Amount { minor }) if minor < 0 => {
            return Err(invalid("/discount/amount_minor", "must not be negative"));
        }
        _ => {}
    }
    if head
        .fallback_rate_minor
        .is_some_and(|rate| !(0..=MAX_RATE).contains(&rate))
    {
        let detail = format!("must be from 0 to {MAX_RATE}, in minor units (cents)");
        return Err(invalid("/fallback_rate_minor", detail));
    }
    if !(0..=3650).contains(&head.terms_days) {
        return Err(invalid("/payment_terms_days", "must be from 0 to 3650"));
    }
    if let Some(day) = head.issued_on
        && !(1970..=9000).contains(&day.year())
    {
        return Err(invalid("/issued_on", "must be a date of our time"));
    }
    text("/reference", head.reference.as_deref(), 200)?;
    text("/notes", head.notes.as_deref(), 5000)?;
    text("/payment_terms", head.terms.as_deref(), 2000)
}
