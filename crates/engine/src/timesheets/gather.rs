//! A member's meetings in a stretch, each once however many calendars hold it: what drafts and previews are made of.

use std::collections::HashMap;

use daybook_domain::CalendarId;
use daybook_domain::event::ResponseStatus;
use daybook_domain::rule::Subject;
use daybook_domain::time_entry::minutes_between;
use daybook_store as store;
use jiff::Timestamp;
use store::calendars::{Calendar, Filter};
use store::instances::{InstanceView, Range};

use crate::events::hint;
use crate::events::sightings::around;
use crate::{Context, Principal};

/// The most calendars of a member.
const CALENDARS: i64 = 1_000;
/// Instances read at once to count them.
const COUNTED: i64 = 2_000;

/// Where reading goes on: after this start and instance.
pub(super) type After = Option<(Timestamp, daybook_domain::InstanceId)>;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that can still be logged: offered for billing by what they are and by their calendar's filters.
    Open,
    /// Those that could be or were.
    Billable,
    /// Those that take place, whatever the filters say.
    All,
}

impl Which {
    fn holds(self, event: &InstanceView) -> bool {
        match self {
            Self::Open => hint(event).is_offered(),
            Self::Billable => event.time_entry_id.is_some() || hint(event).is_offered(),
            Self::All => is_work(event),
        }
    }
}

/// What was found.
pub(super) struct Meetings {
    /// In order of start; no all-day, declined or informational ones.
    pub(super) found: Vec<InstanceView>,
    /// The member's calendars that are synced.
    pub(super) calendars: HashMap<CalendarId, Calendar>,
    /// The last instance that was read, if there may be more behind it.
    pub(super) next: After,
}

/// Reads the caller's own meetings that touch a stretch.
pub(super) async fn meetings(
    tx: &mut store::Tx,
    who: &Principal,
    (from, to): (Timestamp, Timestamp),
    which: Which,
    after: After,
    limit: i64,
) -> Result<Meetings, store::Error> {
    let filter = Filter {
        member_id: Some(who.member_id),
        sync_enabled: Some(true),
        ..Filter::default()
    };
    let calendars = store::calendars::list(tx, who.workspace_id, &filter, None, CALENDARS).await?;
    let ids: Vec<CalendarId> = calendars.iter().map(|calendar| calendar.id).collect();
    let calendars: HashMap<CalendarId, Calendar> = calendars
        .into_iter()
        .map(|calendar| (calendar.id, calendar))
        .collect();
    let range = Range {
        calendars: &ids,
        from,
        to,
        q: None,
        converted: (which == Which::Open).then_some(false),
        cancelled: false,
        after,
        limit,
    };
    let mut found = store::instances::range(tx, who.workspace_id, &range).await?;
    let full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= limit;
    let next = found
        .last()
        .filter(|_| full)
        .map(|last| (last.start_us, last.id));
    let mut beside = at_edges(tx, who, &range, &found, full).await?;
    for events in [&mut found, &mut beside] {
        events.retain(|event| which.holds(event));
    }
    Ok(Meetings {
        found: once(found, &beside, &calendars),
        calendars,
        next,
    })
}

/// What begins near the edges of what was read, on either side of them: the sighting that stands for a meeting may be beyond. Nothing
/// is read where the stretch begins or ends.
async fn at_edges(
    tx: &mut store::Tx,
    who: &Principal,
    range: &Range<'_>,
    rows: &[InstanceView],
    more: bool,
) -> Result<Vec<InstanceView>, store::Error> {
    let before = rows.first().filter(|_| range.after.is_some());
    let behind = rows.last().filter(|_| more);
    let mut found = Vec::new();
    for edge in before.into_iter().chain(behind) {
        let near = around(tx, who.workspace_id, range, std::slice::from_ref(edge));
        found.extend(near.await?);
    }
    Ok(found)
}

/// How many meetings of a stretch that are offered for billing the caller has, each once, and how many of them are logged.
pub(crate) async fn meetings_of(
    cx: &Context,
    who: &Principal,
    range: (Timestamp, Timestamp),
) -> Result<(u64, u64), store::Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let (mut all, mut logged, mut after) = (0, 0, None);
    loop {
        let part = meetings(&mut tx, who, range, Which::Billable, after, COUNTED).await?;
        all += part.found.len() as u64;
        let done = |event: &&InstanceView| event.time_entry_id.is_some();
        logged += part.found.iter().filter(done).count() as u64;
        if part.next.is_none() {
            return Ok((all, logged));
        }
        after = part.next;
    }
}

/// The caller's meetings that touch a stretch, each once, logged or not: those that are read at once.
pub(crate) async fn meetings_on(
    tx: &mut store::Tx,
    who: &Principal,
    range: (Timestamp, Timestamp),
) -> store::Result<Vec<InstanceView>> {
    Ok(meetings(tx, who, range, Which::All, None, COUNTED)
        .await?
        .found)
}

/// Whether it can be work at all.
fn is_work(event: &InstanceView) -> bool {
    !event.all_day && !event.informational && event.response_status != ResponseStatus::Declined
}

/// The same meeting through two calendars once: through the one that says what it is booked on, else the main one, else the older. Of
/// `beside` nothing is kept; it may hold the sighting that stands for a meeting.
fn once(
    events: Vec<InstanceView>,
    beside: &[InstanceView],
    calendars: &HashMap<CalendarId, Calendar>,
) -> Vec<InstanceView> {
    let rank = |event: &InstanceView| {
        let calendar = calendars.get(&event.calendar_id);
        let booked = calendar.is_some_and(|calendar| {
            calendar.default_project_id.is_some() || calendar.default_client_id.is_some()
        });
        let primary = calendar.is_some_and(|calendar| calendar.is_primary);
        let since = calendar.map(|calendar| calendar.created_at);
        (!booked, !primary, since, event.id)
    };
    let mut best = HashMap::new();
    for event in events.iter().chain(beside) {
        let own = rank(event);
        let kept = best.entry(event.cause_key()).or_insert(own);
        *kept = own.min(*kept);
    }
    let stands = |event: &InstanceView| best.get(&event.cause_key()) == Some(&rank(event));
    events.into_iter().filter(stands).collect()
}

/// The meeting as rules see it.
pub(super) fn subject(event: &InstanceView) -> Subject {
    let minutes = minutes_between(event.start_us, event.end_us);
    Subject::new(&event.details, event.calendar_id, &event.provider, minutes)
}
