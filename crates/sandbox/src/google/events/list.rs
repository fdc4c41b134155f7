//! `GET /calendars/{id}/events`: full and incremental listings, page by page.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::Path;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::conference;
use super::listing::Listing;
use crate::google::call::{Call, open};
use crate::google::cursor::{PageToken, seal};
use crate::google::errors::ApiError;
use crate::google::scopes;
use crate::google::state::State;
use crate::google::state::calendar::Calendar;
use crate::google::state::event::{Event, Status};
use crate::google::wire::{View, millis};

/// How far instances of endless series are listed without `timeMax`.
const OPEN_END: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

pub(super) async fn list(Path(id): Path<String>, call: Call) -> Result<Json<Value>, ApiError> {
    call.begin("events.list", "GET /calendars/{calendarId}/events");
    if call.param("pageToken").is_none() {
        call.sim.desk.count("events.rounds");
    }
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, scopes::READ_EVENTS)?;
    let (id, role) = open(&state, &caller, &id)?;
    let now = call.sim.desk.clock().now();
    settle_pending(&mut state, &id, now);
    let calendar = state.calendars.get(&id).ok_or_else(ApiError::not_found)?;
    let listing = Listing::parse(&call, &state, calendar)?;
    let config = call.sim.config();
    let empty = config.empty_pages && listing.page.page.is_multiple_of(2);
    let found = if empty {
        Page {
            events: Vec::new(),
            last: Some(listing.page.last),
        }
    } else if listing.single_events {
        instances_page(calendar, &listing, now)
    } else {
        changes_page(calendar, &listing, config.newest_first)
    };
    let view = View {
        calendar,
        role,
        max_attendees: listing.max_attendees,
    };
    let items: Vec<Value> = found.events.iter().map(|e| view.event(e)).collect();
    let mut answer = json!({"kind": "calendar#events", "etag": format!("\"p{}\"", listing.page.upper),
        "summary": calendar.summary, "updated": millis(now), "timeZone": calendar.time_zone,
        "accessRole": role.as_str(), "defaultReminders": [], "items": items});
    if let Some(last) = found.last {
        answer["nextPageToken"] = json!(seal(&PageToken {
            last,
            page: listing.page.page + 1,
            ..listing.page.clone()
        }));
    } else if !listing.searches {
        answer["nextSyncToken"] = json!(seal(&listing.sync_token(calendar, now)));
    }
    Ok(Json(answer))
}

/// Links that are still being made come nearer with every look at the calendar, too.
fn settle_pending(state: &mut State, calendar: &str, now: Timestamp) {
    let events = state.calendars.get(calendar).into_iter();
    let pending: Vec<String> = events
        .flat_map(|calendar| calendar.events.values())
        .filter(|event| event.pending_reads > 0)
        .map(|event| event.id.clone())
        .collect();
    for id in pending {
        conference::settle(state, calendar, &id, now);
    }
}

/// Events of one page, and where the next begins if there is one.
struct Page {
    events: Vec<Event>,
    last: Option<u64>,
}

/// Masters, exceptions, single events and tombstones in the order of their changes. Changes made while a client
/// pages stay out: they are newer than the listing and belong to the next sync.
fn changes_page(calendar: &Calendar, listing: &Listing, newest_first: bool) -> Page {
    let floor = listing.since.unwrap_or(0);
    let reverse = newest_first && listing.since.is_none();
    let (low, high) = match (reverse, listing.page.last) {
        (false, last) => (floor.max(last) + 1, listing.page.upper + 1),
        (true, 0) => (floor + 1, listing.page.upper + 1),
        (true, last) => (floor + 1, last),
    };
    let changes = calendar.changes.range(low..high.max(low)).map(|(_, id)| id);
    let mut changes: Box<dyn Iterator<Item = &String>> = if reverse {
        Box::new(changes.rev())
    } else {
        Box::new(changes)
    };
    let mut events: Vec<Event> = Vec::new();
    for event in changes.by_ref().filter_map(|id| calendar.events.get(id)) {
        if !listed(calendar, listing, event) {
            continue;
        }
        if events.len() == listing.limit {
            let last = events.last().map(|e| e.seq);
            return Page { events, last };
        }
        events.push(event.clone());
    }
    if listing.by_updated {
        events.sort_by_key(|e| (e.updated, e.seq));
    }
    Page { events, last: None }
}

/// Whether an event belongs to the listing. Cancelled instances of a living series always do; tombstones only on
/// request or when incremental; the window does not hold back changes.
fn listed(calendar: &Calendar, listing: &Listing, event: &Event) -> bool {
    let living_series = event.series.as_ref().is_some_and(|s| {
        calendar
            .events
            .get(&s.master)
            .is_none_or(|m| m.is_master() && !m.is_cancelled())
    });
    if event.is_cancelled() && !listing.show_deleted && !living_series {
        return false;
    }
    let in_window =
        listing.since.is_some() || event.touches(listing.from, listing.to, &calendar.zone());
    in_window && matches(listing, event)
}

/// Everything but window and deletion.
fn matches(listing: &Listing, event: &Event) -> bool {
    let types = &listing.event_types;
    let private = event
        .fields
        .get("extendedProperties")
        .and_then(|p| p.get("private"));
    let has = |(key, value): &(String, String)| {
        private.and_then(|p| p.get(key)).and_then(Value::as_str) == Some(value)
    };
    let holds = |text: &String| {
        let places = [
            event.text("summary"),
            event.text("description"),
            event.text("location"),
        ];
        places
            .iter()
            .any(|place| place.to_lowercase().contains(text))
    };
    (types.is_empty() || types.iter().any(|t| t == event.event_type()))
        && listing.updated_min.is_none_or(|min| event.updated >= min)
        && listing
            .ical_uid
            .as_ref()
            .is_none_or(|uid| event.ical_uid == *uid)
        && listing.private.iter().all(has)
        && listing.text.as_ref().is_none_or(holds)
}

/// With `singleEvents=true`: instances in order of start. An incremental pass lists all instances of every series
/// that changed; those that vanished because the rule changed are not announced.
fn instances_page(calendar: &Calendar, listing: &Listing, now: Timestamp) -> Page {
    let to = listing
        .to
        .unwrap_or_else(|| now.checked_add(OPEN_END).unwrap_or(now));
    let zone = calendar.zone();
    let mut events: Vec<Event> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let floor = listing.since.map_or(0, |since| since + 1);
    for id in calendar.changes.range(floor..).map(|(_, id)| id) {
        let Some(event) = calendar.events.get(id) else {
            continue;
        };
        let root = event.series.as_ref().map_or(id, |s| &s.master);
        match calendar.events.get(root).filter(|root| root.is_master()) {
            Some(master) if seen.insert(root) => events.extend(series(calendar, master, to)),
            Some(_) => {}
            None => events.push(event.clone()),
        }
    }
    let shows = |e: &Event| listing.show_deleted || !e.is_cancelled();
    let in_window = |e: &Event| {
        e.touches(listing.from, Some(to), &zone) || listing.since.is_some() && e.is_cancelled()
    };
    events.retain(|e| shows(e) && in_window(e) && matches(listing, e));
    events.sort_by_key(|e| (e.start.instant(&zone), e.id.clone()));
    let offset = usize::try_from(listing.page.last)
        .unwrap_or(usize::MAX)
        .min(events.len());
    let rest = events.split_off(offset);
    let more = rest.len() > listing.limit;
    let events: Vec<Event> = rest.into_iter().take(listing.limit).collect();
    let end = u64::try_from(offset + events.len()).unwrap_or(u64::MAX);
    Page {
        events,
        last: more.then_some(end),
    }
}

/// All instances of a series; of a deleted one as cancelled rows.
fn series(calendar: &Calendar, master: &Event, to: Timestamp) -> Vec<Event> {
    let mut all = calendar.instances(master, to);
    if master.is_cancelled() {
        all.iter_mut().for_each(|e| e.status = Status::Cancelled);
    }
    all
}
