//! What a calendar's filters for billing would do, before they are saved.

use daybook_domain::CalendarId;
use daybook_domain::billing::BillingFilters;
use daybook_domain::calendar::MIRROR_PAST_DAYS;
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::instances::{InstanceView, Range};

use super::{Error, filters, visible};
use crate::events::offer::hint_with;
use crate::{Context, Principal};

/// Days looked at unless others are asked for.
pub const DAYS: i64 = 30;
/// Most events that are looked at.
const MOST: i64 = 5_000;
/// Most events that are shown as examples.
const EXAMPLES: usize = 20;

/// What the filters would do with the events of the last days.
#[derive(Debug, Clone)]
pub struct Preview {
    /// From when.
    pub from: Timestamp,
    /// Until when: now.
    pub to: Timestamp,
    /// Events there were, whatever they are.
    pub events: usize,
    /// Those of them that could be billed: not all-day, declined, or free.
    pub billable: usize,
    /// Those of them that the filters let through.
    pub shown: usize,
    /// The newest of those that the filters leave out.
    pub left_out: Vec<InstanceView>,
    /// There are more than were looked at.
    pub truncated: bool,
}

/// Counts what `filters` would do in calendar `id`. Each event of `left_out` carries them.
///
/// # Errors
/// [`Error::Invalid`] for filters or a number of days that make no sense.
pub async fn preview(
    cx: &Context,
    who: &Principal,
    id: CalendarId,
    asked: BillingFilters,
    days: i64,
) -> Result<Preview, Error> {
    if !(1..=MIRROR_PAST_DAYS).contains(&days) {
        return Err(Error::Invalid {
            pointer: "/days".into(),
            detail: format!("must be from 1 to {MIRROR_PAST_DAYS}"),
        });
    }
    let filters = filters::checked(cx, asked)?;
    let calendar = visible(cx, who, id).await?;
    let to = cx.clock.now();
    let from = to
        .checked_sub(SignedDuration::from_hours(24 * days))
        .unwrap_or(to);
    let range = Range {
        calendars: &[calendar.id],
        from,
        to,
        q: None,
        converted: None,
        cancelled: false,
        after: None,
        limit: MOST + 1,
    };
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let mut rows = store::instances::range(&mut tx, who.workspace_id, &range).await?;
    drop(tx);
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let truncated = rows.len() > most;
    rows.truncate(most);
    let mut preview = Preview {
        from,
        to,
        events: rows.len(),
        billable: 0,
        shown: 0,
        left_out: Vec::new(),
        truncated,
    };
    // Whoever may not read an event does not find out what it says by filters either.
    let seen = rows.into_iter().rev().map(|row| row.seen_by(who.member_id));
    for mut event in seen {
        if !hint_with(&event, None).is_offered() {
            continue;
        }
        preview.billable += 1;
        if hint_with(&event, Some(&filters)).is_offered() {
            preview.shown += 1;
        } else if preview.left_out.len() < EXAMPLES {
            event.billing_filters = Some(filters.clone());
            preview.left_out.push(event);
        }
    }
    Ok(preview)
}
