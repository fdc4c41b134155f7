//! Rolls the window of expanded instances forward: daily, so that what lies 400 days ahead becomes visible in time.

use std::collections::BTreeSet;

use daybook_store as store;
use jiff::SignedDuration;

use super::apply::{expand_all, window};
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
            roll(cx, &calendar).await?;
        }
    }
}

async fn roll(cx: &Context, due: &store::calendars::DueExpansion) -> store::Result<()> {
    let (workspace, id) = (due.workspace_id, due.id);
    let mut after: Option<String> = None;
    loop {
        let mut tx = cx.store.write_in(workspace).await?;
        let calendar = store::calendars::get(&mut tx, workspace, id).await?;
        let now = cx.clock.now();
        let names =
            store::events::master_page(&mut tx, workspace, id, after.as_deref(), MASTERS).await?;
        let Some(last) = names.last().cloned() else {
            store::calendars::set_expanded_until(&mut tx, workspace, id, window(now).end).await?;
            return tx.commit().await;
        };
        let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
        let events = store::events::series_rows(&mut tx, workspace, id, &wanted).await?;
        let names: BTreeSet<String> = names.iter().cloned().collect();
        let (replaced, rows) = expand_all(
            id,
            &events,
            &names,
            &pieces::zone_of(&calendar),
            &window(now),
        );
        store::instances::replace_for_events(&mut tx, workspace, id, &replaced, &rows).await?;
        tx.commit().await?;
        after = Some(last);
    }
}
