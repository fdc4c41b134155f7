//! Google's events in our words (contracts/google §5). Pure; total: whatever comes, nothing panics.

use daybook_domain::event::{
    Attendee, Change, Details, EventTime, Person, ProviderEvent, ResponseStatus, Role, Status,
};
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use super::wire;
use crate::text;

/// Names of the event colours 1 to 11, as people see them.
const COLORS: [&str; 11] = [
    "Lavender",
    "Sage",
    "Grape",
    "Flamingo",
    "Banana",
    "Tangerine",
    "Peacock",
    "Graphite",
    "Blueberry",
    "Basil",
    "Tomato",
];

/// Whose calendar it is.
pub(super) struct Owner<'a> {
    /// The account's address.
    pub(super) email: Option<&'a str>,
    /// The calendar's zone, for times that name none.
    pub(super) zone: &'a str,
}

/// What the event tells. The error is its id, where there is one, when nothing can be made of it.
pub(super) fn change(event: wire::Event, owner: &Owner<'_>) -> Result<Change, Option<String>> {
    let Some(id) = event.id.clone().filter(|id| !id.is_empty()) else {
        return Err(None);
    };
    let cancelled = event.status.as_deref() == Some("cancelled");
    let in_series = filled(event.recurring_event_id.as_deref()).is_some();
    if cancelled && !in_series {
        return Ok(Change::Removed { provider_id: id });
    }
    match provider_event(event, id, owner) {
        Ok(event) => Ok(Change::Upsert(Box::new(event))),
        Err(id) => Err(Some(id)),
    }
}

fn provider_event(
    event: wire::Event,
    id: String,
    owner: &Owner<'_>,
) -> Result<ProviderEvent, String> {
    let repeats = event
        .recurrence
        .as_ref()
        .is_some_and(|lines| !lines.is_empty());
    // A series needs a zone to repeat in; elsewhere a time that names none is simply an instant.
    let zone = repeats.then_some(owner.zone);
    let original = event
        .original_start_time
        .as_ref()
        .and_then(|t| time(t, None));
    let own = event.start.as_ref().and_then(|t| time(t, zone));
    // A cancelled instance may come without its times (contracts/google §5).
    let Some(start) = own.clone().or_else(|| original.clone()) else {
        return Err(id);
    };
    let end = end(&start, event.end.as_ref().filter(|_| own.is_some()), zone);
    let role = match filled(event.recurring_event_id.as_deref()) {
        Some(series) => Role::Override {
            series: series.to_owned(),
            original_start: original.unwrap_or_else(|| start.clone()),
            this_and_future: false,
        },
        None if repeats => Role::Master {
            recurrence: event.recurrence.clone().unwrap_or_default(),
        },
        None => Role::Single,
    };
    Ok(ProviderEvent {
        provider_id: id,
        resource: None,
        role,
        status: status(event.status.as_deref()),
        start,
        end,
        opaque: event.transparency.as_deref() != Some("transparent"),
        informational: matches!(
            event.event_type.as_deref(),
            Some("workingLocation" | "birthday")
        ),
        response_status: own_answer(&event, owner),
        zone_definition: None,
        updated_at: event.updated.as_deref().and_then(instant),
        etag: event.etag.clone(),
        ical_uid: event.ical_uid.clone(),
        details: details(event),
    })
}

/// An unknown status takes place.
fn status(text: Option<&str>) -> Status {
    match text {
        Some("cancelled") => Status::Cancelled,
        Some("tentative") => Status::Tentative,
        _ => Status::Confirmed,
    }
}

fn details(event: wire::Event) -> Details {
    let description = event.description.as_deref().map(text::plain);
    let description = description.filter(|text| !text.is_empty());
    let meeting_url = meeting_url(&event, description.as_deref());
    let attendees = event
        .attendees
        .unwrap_or_default()
        .into_iter()
        .map(attendee);
    Details {
        title: event.summary.unwrap_or_default(),
        description,
        location: event.location.filter(|text| !text.trim().is_empty()),
        organizer: event
            .organizer
            .and_then(|o| person(o.email, o.display_name)),
        attendees: attendees.collect(),
        meeting_url,
        html_url: event.html_link.as_deref().and_then(text::link),
        categories: event
            .color_id
            .as_deref()
            .and_then(color)
            .into_iter()
            .collect(),
        private: matches!(
            event.visibility.as_deref(),
            Some("private" | "confidential")
        ),
        elsewhere: false,
    }
}

fn attendee(attendee: wire::Attendee) -> Attendee {
    Attendee {
        response_status: answer(attendee.response_status.as_deref()),
        person: person(attendee.email, attendee.display_name).unwrap_or_default(),
    }
}

fn person(email: Option<String>, name: Option<String>) -> Option<Person> {
    let email = email
        .filter(|text| !text.is_empty())
        .map(|text| text.to_lowercase());
    let name = name.filter(|text| !text.is_empty());
    (email.is_some() || name.is_some()).then_some(Person { email, name })
}

fn answer(text: Option<&str>) -> ResponseStatus {
    match text {
        Some("accepted") => ResponseStatus::Accepted,
        Some("declined") => ResponseStatus::Declined,
        Some("tentative") => ResponseStatus::Tentative,
        _ => ResponseStatus::NeedsAction,
    }
}

/// The owner's own answer. Events of one's own without guests have no list of attendees at all.
fn own_answer(event: &wire::Event, owner: &Owner<'_>) -> ResponseStatus {
    let attendees = event.attendees.as_deref().unwrap_or_default();
    let is_owner = |email: Option<&String>| match (email, owner.email) {
        (Some(email), Some(own)) => email.eq_ignore_ascii_case(own),
        _ => false,
    };
    let own = attendees
        .iter()
        .find(|attendee| attendee.is_self == Some(true))
        .or_else(|| {
            attendees
                .iter()
                .find(|attendee| is_owner(attendee.email.as_ref()))
        });
    let called_it = event
        .organizer
        .as_ref()
        .is_some_and(|organizer| organizer.is_self == Some(true));
    match own {
        Some(own) => match answer(own.response_status.as_deref()) {
            ResponseStatus::NeedsAction if called_it || own.organizer == Some(true) => {
                ResponseStatus::Organizer
            }
            other => other,
        },
        None if called_it => ResponseStatus::Organizer,
        None if attendees.is_empty() && event.organizer.is_none() => ResponseStatus::Organizer,
        None => ResponseStatus::NeedsAction,
    }
}

/// The video entry point, else the short-cut, else a link in the place or the text. A conference still being made has none yet.
fn meeting_url(event: &wire::Event, description: Option<&str>) -> Option<String> {
    let entry_points = event
        .conference_data
        .as_ref()
        .and_then(|data| data.entry_points.as_deref());
    let video = entry_points
        .unwrap_or_default()
        .iter()
        .filter(|point| point.entry_point_type.as_deref() == Some("video"))
        .find_map(|point| text::link(point.uri.as_deref()?));
    video
        .or_else(|| text::link(event.hangout_link.as_deref()?))
        .or_else(|| text::meeting_link(event.location.as_deref()?))
        .or_else(|| text::meeting_link_in(description, event.description.as_deref()))
}

fn color(id: &str) -> Option<String> {
    let index: usize = id.parse().ok()?;
    COLORS
        .get(index.checked_sub(1)?)
        .map(|name| (*name).to_owned())
}

/// Dates stay dates: they are never converted through an instant.
fn time(wire: &wire::Time, zone: Option<&str>) -> Option<EventTime> {
    if let Some(date_time) = filled(wire.date_time.as_deref()) {
        let named = filled(wire.time_zone.as_deref());
        let at = instant(date_time).or_else(|| local(date_time, named.or(zone)))?;
        let zone = named.or(zone).map(str::to_owned);
        return Some(EventTime::Timed { at, zone });
    }
    let date = filled(wire.date.as_deref())?;
    date.parse::<Date>().ok().map(EventTime::AllDay)
}

/// RFC 3339. The last hours of the year 9999, which our instants do not reach, become their end.
fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    text.starts_with("9999-12-3").then_some(Timestamp::MAX)
}

/// A time without an offset, in its zone (an unknown one counts as UTC).
fn local(text: &str, zone: Option<&str>) -> Option<Timestamp> {
    let civil: DateTime = text.parse().ok()?;
    let zone = zone.and_then(|name| TimeZone::get(name).ok());
    let zone = zone.unwrap_or_else(|| Offset::UTC.to_time_zone());
    zone.to_timestamp(civil).ok()
}

/// The end: exclusive, never before the start, of the same kind as the start. A missing one gives the shortest event.
fn end(start: &EventTime, wire: Option<&wire::Time>, zone: Option<&str>) -> EventTime {
    let told = wire.and_then(|t| time(t, zone));
    match (start, told) {
        (EventTime::Timed { at, .. }, Some(EventTime::Timed { at: end, zone })) if end >= *at => {
            EventTime::Timed { at: end, zone }
        }
        (EventTime::AllDay(first), Some(EventTime::AllDay(end))) if end > *first => {
            EventTime::AllDay(end)
        }
        (EventTime::AllDay(first), _) => {
            EventTime::AllDay(first.checked_add(Span::new().days(1)).unwrap_or(*first))
        }
        (EventTime::Timed { .. }, _) => start.clone(),
    }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
