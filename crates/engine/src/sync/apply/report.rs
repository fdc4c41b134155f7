//! An event that Daybook created and somebody changed or removed elsewhere: the change is taken over, never fought, and said so.

use std::collections::{BTreeSet, HashSet};

use daybook_domain::EventId;
use daybook_domain::activity::LogType;
use daybook_domain::event::Role;
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Tx;
use store::calendars::Calendar;

use super::Run;
use super::plan::Plan;
use super::told::States;
use crate::activity::Line;
use crate::sync::pieces;

/// Writes a line for each event of ours that a page changes or removes. `gone`: what is gone at the provider, by its ids.
pub(super) async fn report(
    tx: &mut Tx,
    run: &Run<'_>,
    plan: &Plan<'_>,
    states: &States,
    gone: &[String],
) -> store::Result<()> {
    let calendar = run.calendar;
    let ids_of = |names: &BTreeSet<&str>| -> Vec<EventId> {
        let ids = names.iter().map(|name| EventId::of(calendar.id, name));
        ids.collect()
    };
    let gone: BTreeSet<&str> = gone.iter().map(String::as_str).collect();
    let mut changed = gone.clone();
    changed.extend(
        plan.write
            .iter()
            .filter(|(event, ..)| states.by_id.contains_key(&event.provider_id))
            .map(|(event, ..)| pieces::series_of(event)),
    );
    let mut ids = ids_of(&changed);
    let first = ids_of(&first_changes(run, plan, states, &changed));
    ids.extend(not_just_moved(tx, calendar, first).await?);
    if ids.is_empty() {
        return Ok(());
    }
    let gone: HashSet<EventId> = ids_of(&gone).into_iter().collect();
    for id in store::event_writes::created_among(tx, calendar.workspace_id, &ids).await? {
        line(calendar, id, gone.contains(&id))
            .write(tx, calendar.workspace_id)
            .await?;
    }
    Ok(())
}

/// Further series of the mirror of which an occurrence is changed or taken out for the first time: Google tells the occurrence
/// without its series. Who tells a window tells the series too, and occurrences that nobody changed when the window moves on.
fn first_changes<'a>(
    run: &Run<'_>,
    plan: &'a Plan<'_>,
    states: &States,
    changed: &BTreeSet<&str>,
) -> BTreeSet<&'a str> {
    if run.seen_from.is_some() {
        return BTreeSet::new();
    }
    plan.write
        .iter()
        .filter(|(event, ..)| matches!(event.role, Role::Override { .. }))
        .map(|(event, ..)| pieces::series_of(event))
        .filter(|series| states.by_id.contains_key(*series) && !changed.contains(series))
        .collect()
}

/// Without the series that Daybook moved here after the last sync began: their exceptions are told only now, and nobody changed them.
async fn not_just_moved(
    tx: &mut Tx,
    calendar: &Calendar,
    series: Vec<EventId>,
) -> store::Result<Vec<EventId>> {
    if series.is_empty() {
        return Ok(series);
    }
    let ended = calendar.last_sync_at.unwrap_or(Timestamp::UNIX_EPOCH);
    let took = calendar.last_statistics.map_or(0, |done| done.duration_ms);
    let took = SignedDuration::from_millis(i64::try_from(took).unwrap_or(0));
    let began = ended.saturating_sub(took).unwrap_or(ended);
    let moved = store::event_writes::moved_since(tx, calendar.workspace_id, &series, began).await?;
    Ok(series
        .into_iter()
        .filter(|id| !moved.contains(id))
        .collect())
}

fn line(calendar: &Calendar, id: EventId, gone: bool) -> Line {
    let (kind, what) = if gone {
        ("calendar.event_deleted", "removed")
    } else {
        ("calendar.event_updated", "changed")
    };
    let title = format!(
        "An event that Daybook created in {} was {what} there; Daybook took the change over",
        calendar.name
    );
    Line::new(LogType::CalendarSync, title)
        .about(
            &calendar.provider,
            calendar.connection_id,
            calendar.member_id,
        )
        .calendar(calendar.id)
        .detail(json!({"event": kind, "event_id": id}))
}
