//! Notes who did what to an entry, in the transaction that does it.

use daybook_domain::{ClientId, EntryChangeId, TimeEntryId};
use daybook_store as store;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use store::entry_changes::{EntryChange, NewChange};
use store::invoices::entries::Billed;
use store::time_entries::TimeEntry;

use super::{Error, entries};
use crate::{Context, Principal};

/// Notes that an entry came to be.
pub(crate) async fn created(
    tx: &mut store::Tx,
    who: &Principal,
    entry: &TimeEntry,
    action: &'static str,
) -> Result<(), store::Error> {
    let after = Some(Value::Object(fields(entry)));
    add(tx, who, entry, action, (None, after), None).await
}

/// Notes that many came to be at once.
pub(super) async fn all_created(
    tx: &mut store::Tx,
    who: &Principal,
    entries: &[TimeEntry],
    action: &'static str,
) -> Result<(), store::Error> {
    let changes: Vec<NewChange> = entries
        .iter()
        .map(|entry| {
            let after = Some(Value::Object(fields(entry)));
            change(who, entry, action, (None, after), None)
        })
        .collect();
    store::entry_changes::add_many(tx, who.workspace_id, &changes).await
}

/// Notes what became of it: only what changed.
pub(super) async fn changed(
    tx: &mut store::Tx,
    who: &Principal,
    (before, after): (&TimeEntry, &TimeEntry),
    action: &'static str,
    reason: Option<&str>,
) -> Result<(), store::Error> {
    let (mut old, mut new) = (fields(before), fields(after));
    let same: Vec<String> = old
        .iter()
        .filter(|(name, value)| new.get(*name) == Some(*value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in same {
        old.remove(&name);
        new.remove(&name);
    }
    let values = (Some(Value::Object(old)), Some(Value::Object(new)));
    add(tx, who, after, action, values, reason).await
}

/// Notes that many are for another client, as their project is.
pub(super) async fn handed_over(
    tx: &mut store::Tx,
    who: &Principal,
    entries: &[TimeEntry],
    from: Option<ClientId>,
) -> Result<(), store::Error> {
    let changes: Vec<NewChange> = entries
        .iter()
        .map(|entry| {
            let before = json!({"client_id": from});
            let after = json!({"client_id": entry.client_id});
            change(who, entry, "edited", (Some(before), Some(after)), None)
        })
        .collect();
    store::entry_changes::add_many(tx, who.workspace_id, &changes).await
}

/// Notes that it is gone, and what it said.
pub(super) async fn deleted(
    tx: &mut store::Tx,
    who: &Principal,
    entry: &TimeEntry,
    action: &'static str,
) -> Result<(), store::Error> {
    let before = Some(Value::Object(fields(entry)));
    add(tx, who, entry, action, (before, None), None).await
}

/// Notes what was done to many by way of an invoice; `before` and `after` say what changed of each.
pub(crate) async fn by_invoice(
    tx: &mut store::Tx,
    who: &Principal,
    entries: &[Billed],
    action: &'static str,
    (before, after): (&Value, &Value),
    reason: Option<&str>,
) -> Result<(), store::Error> {
    let changes: Vec<NewChange> = entries
        .iter()
        .map(|billed| NewChange {
            time_entry_id: billed.entry_id,
            owner_id: billed.work.member,
            member_id: Some(who.member_id),
            action,
            reason: reason.map(str::to_owned),
            before: Some(before.clone()),
            after: Some(after.clone()),
        })
        .collect();
    store::entry_changes::add_many(tx, who.workspace_id, &changes).await
}

/// What was done to an entry, oldest first; also when it is gone.
///
/// # Errors
/// [`store::Error::NotFound`] also for other members' entries, to plain members.
pub async fn of(
    cx: &Context,
    who: &Principal,
    id: TimeEntryId,
    after: Option<(Timestamp, EntryChangeId)>,
    limit: i64,
) -> Result<Vec<EntryChange>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let found = store::entry_changes::list(&mut tx, who.workspace_id, id, after, limit).await?;
    let owner = match found.first() {
        Some(change) => change.owner_id,
        None => entries::load(&mut tx, who, id).await?.member_id,
    };
    if who.sees(owner) {
        Ok(found)
    } else {
        Err(Error::Store(store::Error::NotFound))
    }
}

async fn add(
    tx: &mut store::Tx,
    who: &Principal,
    entry: &TimeEntry,
    action: &'static str,
    values: (Option<Value>, Option<Value>),
    reason: Option<&str>,
) -> Result<(), store::Error> {
    let change = change(who, entry, action, values, reason);
    store::entry_changes::add(tx, who.workspace_id, &change).await
}

fn change(
    who: &Principal,
    entry: &TimeEntry,
    action: &'static str,
    (before, after): (Option<Value>, Option<Value>),
    reason: Option<&str>,
) -> NewChange {
    NewChange {
        time_entry_id: entry.id,
        owner_id: entry.member_id,
        member_id: Some(who.member_id),
        action,
        reason: reason.map(str::to_owned),
        before,
        after,
    }
}

fn fields(entry: &TimeEntry) -> Map<String, Value> {
    let value = json!({
        "status": entry.status,
        "description": entry.description,
        "started_at": entry.started_at,
        "ended_at": entry.ended_at,
        "duration_minutes": entry.duration_minutes,
        "client_id": entry.client_id,
        "project_id": entry.project_id,
        "billable": entry.billable,
        "tags": entry.tags,
        "synced_event_id": entry.synced_event_id,
    });
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
