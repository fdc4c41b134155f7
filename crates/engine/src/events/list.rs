//! Lists instances: recurring events expanded, cancelled ones left out; with what becomes of each in billing lists, and on request
//! each meeting once, however many calendars show it.

use std::collections::HashMap;

use daybook_domain::billing::Hint;
use daybook_domain::calendar::{DEFAULT_FUTURE_DAYS, DEFAULT_PAST_DAYS};
use daybook_domain::event::ResponseStatus;
use daybook_domain::{CalendarId, InstanceId, MemberId, WorkspaceId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::calendars::{Calendar, Filter};
use store::instances::{InstanceView, Range};

use super::offer::hint;
use super::sightings::{SIGHT, around};
use crate::calendars::visible;
use crate::{Context, Principal};

/// The longest range, in days: what the mirror holds and a little more.
pub const MAX_DAYS: i64 = 550;
/// Rows read at once where some of them are left out.
const CHUNK: i64 = 200;
/// How often, for one page: a page may be short, its cursor goes on all the same.
const MOST_CHUNKS: usize = 50;

/// Which instances.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Of these calendars; empty: of all that are switched on.
    pub calendars: Vec<CalendarId>,
    /// Of calendars of this provider.
    pub provider: Option<String>,
    /// Ending after this; default: the calendars' sync window.
    pub from: Option<Timestamp>,
    /// Starting before this.
    pub to: Option<Timestamp>,
    /// Title contains.
    pub q: Option<String>,
    /// Only those that became time entries, or only the others: then what the calendars' filters leave out is left out, unless
    /// `billable` says otherwise.
    pub converted: Option<bool>,
    /// Only those that are offered for billing, or only the others.
    pub billable: Option<bool>,
    /// Each meeting of a member once.
    pub distinct: bool,
    /// After this one.
    pub after: Option<(Timestamp, InstanceId)>,
    /// At most this many.
    pub limit: i64,
}

/// An instance in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The instance.
    pub event: InstanceView,
    /// Where else the meeting is seen, when each is listed once.
    pub also_in: Vec<Sighting>,
}

/// The same meeting in another calendar of the same member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// The instance.
    pub id: InstanceId,
    /// Its calendar.
    pub calendar_id: CalendarId,
}

/// A page of instances.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// They, in order of start.
    pub events: Vec<Listed>,
    /// Where the list goes on.
    pub next: Option<(Timestamp, InstanceId)>,
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

/// The first page of instances in a range, without more about them.
///
/// # Errors
/// As [`page`].
pub async fn list(cx: &Context, who: &Principal, query: Query) -> Result<Vec<InstanceView>, Error> {
    let listing = page(cx, who, query).await?;
    Ok(listing.events.into_iter().map(|one| one.event).collect())
}

/// A page of the instances in a range, in order of start.
///
/// # Errors
/// [`Error::Range`]; [`store::Error::NotFound`] when one of the calendars is not there for `who`.
pub async fn page(cx: &Context, who: &Principal, query: Query) -> Result<Listing, Error> {
    let calendars = calendars(cx, who, &query).await?;
    let (from, to) = window(cx, &query, &calendars)?;
    if calendars.is_empty() {
        return Ok(Listing::default());
    }
    let ids: Vec<CalendarId> = calendars.iter().map(|calendar| calendar.id).collect();
    let others = calendars
        .iter()
        .any(|calendar| calendar.member_id != who.member_id);
    let filtered = calendars
        .iter()
        .any(|calendar| calendar.billing_filters.is_some());
    let picks = (others && query.q.is_some())
        || query.distinct
        || query.billable.is_some()
        || (filtered && query.converted == Some(false));
    let size = usize::try_from(query.limit).unwrap_or_default();
    let reader = Reader {
        workspace: who.workspace_id,
        member: who.member_id,
        range: Range {
            calendars: &ids,
            from,
            to,
            q: query.q.as_deref(),
            converted: query.converted,
            cancelled: false,
            after: query.after,
            limit: if picks {
                CHUNK.max(query.limit + 1)
            } else {
                query.limit + 1
            },
        },
        query: &query,
        order: order(&calendars),
    };
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    reader.page(&mut tx, size).await
}

struct Reader<'a> {
    workspace: WorkspaceId,
    /// Who reads.
    member: MemberId,
    range: Range<'a>,
    query: &'a Query,
    order: HashMap<CalendarId, usize>,
}

/// What makes two instances the same meeting of the same person.
type Meeting = (MemberId, String);

fn meeting(event: &InstanceView) -> Meeting {
    (event.member_id, event.cause_key())
}

impl Reader<'_> {
    async fn page(&self, tx: &mut store::Tx, size: usize) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        let mut after = self.range.after;
        for _ in 0..MOST_CHUNKS {
            let range = Range {
                after,
                ..self.range.clone()
            };
            let rows = store::instances::range(tx, self.workspace, &range).await?;
            let whole = usize::try_from(range.limit).is_ok_and(|limit| rows.len() >= limit);
            after = rows.last().map(|row| (row.start_us, row.id));
            let sightings = match self.query.distinct {
                true => self.sightings(tx, &rows).await?,
                false => HashMap::new(),
            };
            for event in rows {
                if !self.is_wanted(&event, &sightings) {
                    continue;
                }
                if listing.events.len() == size {
                    let last = listing.events.last();
                    listing.next = last.map(|last| (last.event.start_us, last.event.id));
                    return Ok(listing);
                }
                let also_in = elsewhere(&event, &sightings);
                listing.events.push(Listed {
                    event: event.seen_by(self.member),
                    also_in,
                });
            }
            if !whole {
                return Ok(listing);
            }
        }
        listing.next = after;
        Ok(listing)
    }

    fn is_wanted(
        &self,
        event: &InstanceView,
        sightings: &HashMap<Meeting, Vec<InstanceView>>,
    ) -> bool {
        if !self.passes(event) {
            return false;
        }
        let Some(seen) = sightings.get(&meeting(event)) else {
            return true;
        };
        let near = |other: &&InstanceView| is_near(event, other) && self.passes(other);
        let first = seen
            .iter()
            .filter(near)
            .min_by_key(|other| self.rank(other));
        first.is_none_or(|first| first.id == event.id)
    }

    /// Which sighting stands for the meeting: one that was not declined and takes time, in the calendar that was there first.
    fn rank(&self, event: &InstanceView) -> (bool, bool, usize, InstanceId) {
        let place = self.order.get(&event.calendar_id);
        (
            event.response_status == ResponseStatus::Declined,
            !event.busy,
            place.copied().unwrap_or(usize::MAX),
            event.id,
        )
    }

    fn passes(&self, event: &InstanceView) -> bool {
        // Whoever may not read it does not find it by its words either.
        if self.query.q.is_some() && event.is_hidden_from(self.member) {
            return false;
        }
        let out = |hint: Hint| {
            hint.left_out
                .is_some_and(daybook_domain::billing::LeftOut::by_filter)
        };
        match (self.query.billable, self.query.converted) {
            (Some(billable), _) => hint(event).is_offered() == billable,
            (None, Some(false)) => !out(hint(event)),
            (None, _) => true,
        }
    }

    /// Everything that begins near these rows, by meeting; a sighting may be just outside the chunk.
    async fn sightings(
        &self,
        tx: &mut store::Tx,
        rows: &[InstanceView],
    ) -> Result<HashMap<Meeting, Vec<InstanceView>>, Error> {
        let mut found: HashMap<Meeting, Vec<InstanceView>> = HashMap::new();
        for event in around(tx, self.workspace, &self.range, rows).await? {
            found.entry(meeting(&event)).or_default().push(event);
        }
        Ok(found)
    }
}

fn is_near(one: &InstanceView, other: &InstanceView) -> bool {
    one.start_us.duration_since(other.start_us).abs() <= SIGHT
}

fn elsewhere(
    event: &InstanceView,
    sightings: &HashMap<Meeting, Vec<InstanceView>>,
) -> Vec<Sighting> {
    let seen = sightings.get(&meeting(event)).map(Vec::as_slice);
    seen.unwrap_or_default()
        .iter()
        .filter(|other| other.id != event.id && is_near(event, other))
        .map(|other| Sighting {
            id: other.id,
            calendar_id: other.calendar_id,
        })
        .collect()
}

/// Calendars by how long they are there.
fn order(calendars: &[Calendar]) -> HashMap<CalendarId, usize> {
    let mut by_age: Vec<_> = calendars
        .iter()
        .map(|calendar| (calendar.created_at, calendar.id))
        .collect();
    by_age.sort();
    by_age
        .into_iter()
        .enumerate()
        .map(|(place, (_, id))| (id, place))
        .collect()
}

/// From when to when.
fn window(
    cx: &Context,
    query: &Query,
    calendars: &[Calendar],
) -> Result<(Timestamp, Timestamp), Error> {
    let now = cx.clock.now();
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let widest = |of: fn(&Calendar) -> i64| calendars.iter().map(of).max();
    let past = days(widest(|calendar| calendar.sync_past_days).unwrap_or(DEFAULT_PAST_DAYS));
    let future = days(widest(|calendar| calendar.sync_future_days).unwrap_or(DEFAULT_FUTURE_DAYS));
    let from = query
        .from
        .or_else(|| now.checked_sub(past).ok())
        .unwrap_or(now);
    let to = query
        .to
        .or_else(|| now.checked_add(future).ok())
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
    Ok((from, to))
}

async fn calendars(cx: &Context, who: &Principal, query: &Query) -> Result<Vec<Calendar>, Error> {
    let mut found = Vec::new();
    for id in &query.calendars {
        found.push(visible(cx, who, *id).await?);
    }
    if query.calendars.is_empty() {
        let mut tx = cx.store.read_in(who.workspace_id).await?;
        // A member's week shows the member's own calendars, also to admins: the workspace's are asked for one by one.
        let filter = Filter {
            member_id: Some(who.member_id),
            sync_enabled: Some(true),
            ..Filter::default()
        };
        found = store::calendars::list(&mut tx, who.workspace_id, &filter, None, 1000).await?;
    }
    if let Some(provider) = &query.provider {
        found.retain(|calendar| calendar.provider == *provider);
    }
    Ok(found)
}
