//! Looking at invoices: for owners and admins. To plain members there are none.

use std::collections::BTreeMap;

use daybook_domain::invoice::{Kind, Pattern};
use daybook_domain::{InvoiceId, WorkspaceId};
use daybook_store as store;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::invoices::deliveries::Delivery;
use store::invoices::lines::Line;
use store::invoices::payments::Payment;
use store::invoices::{Filter, Invoice};
use store::workspaces::Workspace;

use super::{Error, document};
use crate::{Context, Principal};

/// An invoice with all that belongs to it.
#[derive(Debug, Clone)]
pub struct View {
    /// The invoice.
    pub invoice: Invoice,
    /// The client's name.
    pub client_name: String,
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// What each line is made of, in the same order.
    pub entries: Vec<MadeOf>,
    /// What was paid.
    pub payments: Vec<Payment>,
    /// How it went to the client, the first first.
    pub deliveries: Vec<Delivery>,
    /// What an electronic invoice would lack: rule of EN 16931, and what to do. Empty once it is finalised.
    pub missing: Vec<(String, String)>,
}

/// The time behind a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MadeOf {
    /// How many entries.
    pub entries: usize,
    /// Their minutes as they were recorded, before rounding.
    pub minutes: i64,
}

/// A series of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The number with `#` for the counter.
    pub series: String,
    /// The last count.
    pub last: i64,
    /// Counts that no invoice has. Always empty, unless somebody changed the database by hand.
    pub missing: Vec<i64>,
}

/// Invoices, the newest first, with their client's name.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    filter: &Filter,
    overdue: bool,
    after: Option<(Timestamp, InvoiceId)>,
    limit: i64,
) -> Result<Vec<(Invoice, String)>, Error> {
    if !who.sees_everything() {
        return Ok(Vec::new());
    }
    let (mut tx, ws) = (cx.store.read_in(who.workspace_id).await?, who.workspace_id);
    let mut filter = filter.clone();
    if overdue {
        filter.due_before = Some(today(cx, &mut tx, ws).await?);
    }
    let mut names = BTreeMap::new();
    let mut found = Vec::new();
    for invoice in store::invoices::list(&mut tx, ws, &filter, after, limit).await? {
        let id = invoice.client_id;
        if let std::collections::btree_map::Entry::Vacant(slot) = names.entry(id) {
            slot.insert(store::clients::get(&mut tx, ws, id).await?.name);
        }
        found.push((invoice, names[&id].clone()));
    }
    Ok(found)
}

/// One invoice.
///
/// # Errors
/// When there is no such invoice, or the asker is a plain member.
pub async fn get(cx: &Context, who: &Principal, id: InvoiceId) -> Result<View, Error> {
    seen(who)?;
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    view(&mut tx, who.workspace_id, id).await
}

/// What the workspace's numbers are, and whether any is missing; and the number the next invoice would get today.
///
/// # Errors
/// When the database cannot be read.
pub async fn numbering(
    cx: &Context,
    who: &Principal,
) -> Result<(Vec<Series>, Option<String>), Error> {
    if !who.sees_everything() {
        return Ok((Vec::new(), None));
    }
    let (mut tx, ws) = (cx.store.read_in(who.workspace_id).await?, who.workspace_id);
    let mut given: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for one in store::invoices::numbers::given(&mut tx, ws).await? {
        given.entry(one.series).or_default().push(one.serial);
    }
    let all = store::invoices::numbers::all(&mut tx, ws).await?;
    let series: Vec<Series> = all
        .into_iter()
        .map(|one| {
            let counts = given.remove(&one.series).unwrap_or_default();
            let missing = (1..=one.last).filter(|n| counts.binary_search(n).is_err());
            Series {
                missing: missing.take(1000).collect(),
                series: one.series,
                last: one.last,
            }
        })
        .collect();
    let profile = store::billing::get(&mut tx, ws).await?.profile;
    let day = today(cx, &mut tx, ws).await?;
    let next = profile
        .number_pattern
        .parse::<Pattern>()
        .ok()
        .map(|pattern| {
            let name = pattern.series(day);
            let last = series.iter().find(|one| one.series == name);
            pattern.number(day, last.map_or(0, |one| one.last) + 1)
        });
    Ok((series, next))
}

/// The workspace's zone.
pub(super) fn zone(workspace: &Workspace) -> TimeZone {
    TimeZone::get(&workspace.time_zone).unwrap_or(TimeZone::UTC)
}

/// Today, in the workspace's zone.
pub(super) async fn today(
    cx: &Context,
    tx: &mut store::Tx,
    ws: WorkspaceId,
) -> Result<Date, Error> {
    let workspace = store::workspaces::get(tx, ws).await?;
    Ok(cx.clock.now().to_zoned(zone(&workspace)).date())
}

/// Today, for those who ask whether something is overdue.
///
/// # Errors
/// When the database cannot be read.
pub async fn today_of(cx: &Context, who: &Principal) -> Result<Date, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    today(cx, &mut tx, who.workspace_id).await
}

/// To a plain member there is no invoice.
pub(super) fn seen(who: &Principal) -> Result<(), Error> {
    if who.sees_everything() {
        Ok(())
    } else {
        Err(Error::Store(store::Error::NotFound))
    }
}

pub(super) async fn view(
    tx: &mut store::Tx,
    ws: WorkspaceId,
    id: InvoiceId,
) -> Result<View, Error> {
    let invoice = store::invoices::get(tx, ws, id).await?;
    let lines = store::invoices::lines::list(tx, ws, id).await?;
    let billed = store::invoices::entries::list(tx, ws, id).await?;
    let mut made_of: BTreeMap<_, MadeOf> = BTreeMap::new();
    for entry in &billed {
        let line = made_of.entry(entry.line_id).or_default();
        line.entries += 1;
        line.minutes += entry.work.minutes;
    }
    let payments = store::invoices::payments::list(tx, ws, id).await?;
    let client = store::clients::get(tx, ws, invoice.client_id).await?;
    let missing = if invoice.number.is_none() && invoice.kind == Kind::Invoice {
        let day = invoice.issued_on.unwrap_or(Date::constant(2026, 1, 1));
        let mut draft = document::build(tx, ws, &invoice, &lines, &billed, day).await?;
        // It will have one.
        draft.number = Some("1".to_owned());
        document::missing(&draft)
    } else {
        Vec::new()
    };
    Ok(View {
        entries: lines
            .iter()
            .map(|line| made_of.get(&line.id).copied().unwrap_or_default())
            .collect(),
        client_name: client.name,
        invoice,
        lines,
        payments,
        deliveries: store::invoices::deliveries::list(tx, ws, id).await?,
        missing,
    })
}
