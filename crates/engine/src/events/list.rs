//! Lists instances: recurring events expanded, cancelled ones left out.

use daybook_domain::{CalendarId, InstanceId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::calendars::{Calendar, Filter};
use store::instances::{InstanceView, Range};

use crate::calendars::visible;
use crate::{Context, Principal};

/// The longest range, in days: what the mirror holds and a little more.
pub const MAX_DAYS: i64 = 550;

/// Which instances.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Of these calendars; empty: of all that are switched on.
    pub calendars: Vec<CalendarId>,
    /// Ending after this; default: the calendars' sync window.
    pub from: Option<Timestamp>,
    /// Starting before this.
    pub to: Option<Timestamp>,
    /// Title contains.
    pub q: Option<String>,
    /// Only those that became time entries, or only the others.
    pub converted: Option<bool>,
    /// After this one.
    pub after: Option<(Timestamp, InstanceId)>,
    /// At most this many.
    pub limit: i64,
}

/// Why they cannot be listed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The range makes no sense.
    #[error("{0}")]
    Range(&'static str),
    /// The database failed, or there is no such calendar.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The instances in a range, in order of start.
///
/// # Errors
/// [`Error::Range`]; [`store::Error::NotFound`] when one of the calendars is not there for `who`.
pub async fn list(cx: &Context, who: &Principal, query: Query) -> Result<Vec<InstanceView>, Error> {
    let calendars = calendars(cx, who, &query.calendars).await?;
    let now = cx.clock.now();
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let past = calendars
        .iter()
        .map(|calendar| calendar.sync_past_days)
        .max()
        .unwrap_or(0);
    let future = calendars
        .iter()
        .map(|calendar| calendar.sync_future_days)
        .max()
        .unwrap_or(0);
    let from = query
        .from
        .or_else(|| now.checked_sub(days(past)).ok())
        .unwrap_or(now);
    let to = query
        .to
        .or_else(|| now.checked_add(days(future)).ok())
        .unwrap_or(now);
    if to <= from {
        return Err(Error::Range(
            "the range ends before it begins: `to` must be later than `from`",
        ));
    }
    if to.duration_since(from) > days(MAX_DAYS) {
        return Err(Error::Range(
            "the range is longer than 550 days; ask for a shorter one",
        ));
    }
    let ids: Vec<CalendarId> = calendars.iter().map(|calendar| calendar.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let range = Range {
        calendars: &ids,
        from,
        to,
        q: query.q.as_deref(),
        converted: query.converted,
        cancelled: false,
        after: query.after,
        limit: query.limit,
    };
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::instances::range(&mut tx, who.workspace_id, &range).await?)
}

async fn calendars(
    cx: &Context,
    who: &Principal,
    asked: &[CalendarId],
) -> Result<Vec<Calendar>, Error> {
    let mut found = Vec::new();
    for id in asked {
        found.push(visible(cx, who, *id).await?);
    }
    if asked.is_empty() {
        let mut tx = cx.store.read_in(who.workspace_id).await?;
        // A member's week shows the member's own calendars, also to admins: the workspace's are asked for one by one.
        let filter = Filter {
            member_id: Some(who.member_id),
            sync_enabled: Some(true),
            ..Filter::default()
        };
        found = store::calendars::list(&mut tx, who.workspace_id, &filter, None, 1000).await?;
    }
    Ok(found)
}
