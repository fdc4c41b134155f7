//! Rolls the window of expanded instances forward: daily, so that what lies 400 days ahead becomes visible in time. And lays a
//! calendar out anew when its zone has changed: whole days begin at its midnight.

use std::collections::BTreeSet;

use daybook_domain::{CalendarId, WorkspaceId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::Tx;
use store::calendars::Calendar;

use super::apply::{expand_all, window};
use super::expand::span_of;
use super::pieces;
use crate::Context;

/// Calendars per round, masters per transaction.
const CALENDARS: i64 = 100;
const MASTERS: i64 = 200;
/// A window that is this much short is rolled on.
const SLACK: SignedDuration = SignedDuration::from_hours(20);

/// Expands every series of every calendar whose window has become short.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn roll_forward(cx: &Context) -> store::Result<()> {
    loop {
        let mut tx = cx.store.read().await?;
        let end = window(cx.clock.now()).end;
        let due = store::calendars::due_for_expansion(
            &mut tx,
            end.saturating_sub(SLACK).unwrap_or(end),
            CALENDARS,
        )
        .await?;
        drop(tx);
        if due.is_empty() {
            return Ok(());
        }
        for calendar in due {
            roll(cx, calendar.workspace_id, calendar.id).await?;
        }
    }
}

/// Lays the calendar out anew if that was not done since its zone changed.
pub(super) async fn in_its_zone(cx: &Context, calendar: &Calendar) -> store::Result<()> {
    if is_moved(calendar) {
        roll(cx, calendar.workspace_id, calendar.id).await?;
    }
    Ok(())
}

/// Whether the calendar was laid out in another zone.
fn is_moved(calendar: &Calendar) -> bool {
    let until = calendar.expanded_until;
    until.is_some_and(|until| until <= Timestamp::UNIX_EPOCH)
}

async fn roll(cx: &Context, workspace: WorkspaceId, id: CalendarId) -> store::Result<()> {
    let mut after: Option<String> = None;
    let mut begun: Option<Calendar> = None;
    loop {
        let mut tx = cx.store.write_in(workspace).await?;
        let calendar = match begun.take() {
            Some(calendar) => calendar,
            None => store::calendars::get(&mut tx, workspace, id).await?,
        };
        let after_this = after.as_deref();
        let names = if is_moved(&calendar) {
            store::events::zoned_page(&mut tx, workspace, id, after_this, MASTERS).await?
        } else {
            store::events::master_page(&mut tx, workspace, id, after_this, MASTERS).await?
        };
        let end = window(cx.clock.now()).end;
        let Some(last) = names.last().cloned() else {
            let zone = calendar.time_zone.as_deref();
            store::calendars::set_expanded_until(&mut tx, workspace, id, zone, end).await?;
            return tx.commit().await;
        };
        lay_out(cx, &mut tx, &calendar, names).await?;
        tx.commit().await?;
        after = Some(last);
        begun = Some(calendar);
    }
}

/// Draws these series and single events again.
async fn lay_out(
    cx: &Context,
    tx: &mut Tx,
    calendar: &Calendar,
    names: Vec<String>,
) -> store::Result<()> {
    let (workspace, id) = (calendar.workspace_id, calendar.id);
    let zone = pieces::zone_of(calendar);
    let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    let events = store::events::series_rows(tx, workspace, id, &wanted).await?;
    if is_moved(calendar) {
        for event in events.iter().filter(|row| row.event.start.is_all_day()) {
            let span = span_of(&event.event.start, &event.event.end, &zone);
            store::events::lay(tx, workspace, event.id, (span.start, span.end)).await?;
        }
    }
    let names: BTreeSet<String> = names.into_iter().collect();
    let window = window(cx.clock.now());
    let (replaced, rows) = expand_all(id, &events, &names, &zone, &window);
    store::instances::replace_for_events(tx, workspace, id, &replaced, &rows).await
}
