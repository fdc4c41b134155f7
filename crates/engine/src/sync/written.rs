//! Takes what a write of ours left at the provider into the mirror at once, the way a sync would have told it.

use std::collections::HashSet;

use daybook_domain::event::Change;
use daybook_domain::sync::Statistics;
use daybook_provider_api::calendar::{Next, Page};
use daybook_store as store;
use store::Tx;
use store::calendars::Calendar;

use super::Mode;
use super::apply;
use super::run::{Ask, Run};
use crate::Context;

/// Writes `changes` into the mirror of `calendar` in the caller's transaction. Leaves the cursor alone: the next sync hears of the
/// same changes and finds nothing new.
///
/// # Errors
/// When the database fails; `Conflict` when a sync wrote the same rows at the same time: do it again.
pub(crate) async fn written(
    cx: &Context,
    tx: &mut Tx,
    calendar: &Calendar,
    changes: Vec<Change>,
) -> store::Result<()> {
    // The generation of a read that may be under way, so that its sweep does not take the rows for forgotten ones.
    let calendar = store::calendars::get(tx, calendar.workspace_id, calendar.id).await?;
    let run = Run {
        cx,
        calendar: &calendar,
        fence: 0,
        generation: calendar.generation,
        started: cx.clock.now(),
        ask: Ask {
            mode: Mode::Incremental,
            by_hand: false,
        },
        statistics: Statistics::default(),
        begun: true,
        held: None,
        seen_from: None,
        seen: HashSet::new(),
    };
    let page = Page {
        changes,
        unchanged: Vec::new(),
        next: Next::More,
    };
    apply::changes_of(tx, &run, &page).await
}
