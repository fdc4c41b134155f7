//! Graph's events in our words (contracts/microsoft §5). Pure; total: whatever comes, nothing panics.

mod length;
pub(super) mod series;
pub(super) mod time;

use daybook_domain::event::{
    Attendee, Change, Details, EventTime, Person, ProviderEvent, ResponseStatus, Role, Status,
};
use daybook_domain::zone::Zone;

use super::wire;
use crate::text;

/// What part a row plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Stands alone.
    Single,
    /// The series itself.
    Master,
    /// One of a series, as the series says.
    Occurrence,
    /// One of a series, changed.
    Exception,
}

/// What part `event` plays; told by what it carries when its type is missing or new.
pub(super) fn part(event: &wire::Event) -> Part {
    let in_series = filled(event.series_master_id.as_deref()).is_some();
    match event.kind.as_deref() {
        Some("seriesMaster") => Part::Master,
        Some("occurrence") if in_series => Part::Occurrence,
        Some("exception") if in_series => Part::Exception,
        Some("singleInstance") => Part::Single,
        _ if in_series && event.subject.is_none() && event.show_as.is_none() => Part::Occurrence,
        _ if in_series => Part::Exception,
        _ if event.recurrence.is_some() => Part::Master,
        _ => Part::Single,
    }
}

/// A single event as a resource of its own, so that it and a series of the same id can take each other's place. `None` when
/// nothing can be made of it.
pub(super) fn single(event: &wire::Event, home: &Zone) -> Option<Change> {
    let id = filled(event.id.as_deref())?;
    let event = provider_event(event, Role::Single, id, None, home)?;
    Some(Change::Resource {
        href: id.to_owned(),
        etag: None,
        events: vec![event],
    })
}

/// The event as the mirror keeps it, in the resource `resource`; `zone`, where given, is the IANA zone of its times.
pub(super) fn provider_event(
    event: &wire::Event,
    role: Role,
    resource: &str,
    zone: Option<&str>,
    home: &Zone,
) -> Option<ProviderEvent> {
    let all_day = event.is_all_day == Some(true);
    let own = time::zone(event.original_start_time_zone.as_deref());
    let zone = zone.or_else(|| own.as_ref().unwrap_or(home).iana_name());
    let (start, end) = time::times(event, all_day, zone, home)?;
    Some(ProviderEvent {
        provider_id: filled(event.id.as_deref())?.to_owned(),
        resource: Some(resource.to_owned()),
        etag: event.etag.clone(),
        ical_uid: event.ical_uid.clone().filter(|uid| !uid.is_empty()),
        role,
        status: status(event),
        start,
        end,
        opaque: is_opaque(event.show_as.as_deref()),
        informational: false,
        response_status: own_answer(event),
        details: details(event),
        zone_definition: None,
        updated_at: event
            .last_modified_date_time
            .as_deref()
            .and_then(|text| text.parse().ok()),
    })
}

fn status(event: &wire::Event) -> Status {
    match event.show_as.as_deref() {
        _ if event.is_cancelled == Some(true) => Status::Cancelled,
        Some("tentative") => Status::Tentative,
        _ => Status::Confirmed,
    }
}

/// How an event is shown during which its owner works elsewhere.
const ELSEWHERE: &str = "workingElsewhere";

/// `workingElsewhere` is free; what nobody knows blocks.
pub(super) fn is_opaque(show_as: Option<&str>) -> bool {
    !matches!(show_as, Some("free" | ELSEWHERE))
}

fn answer(text: Option<&str>) -> ResponseStatus {
    match text {
        Some("organizer") => ResponseStatus::Organizer,
        Some("accepted") => ResponseStatus::Accepted,
        Some("declined") => ResponseStatus::Declined,
        Some("tentativelyAccepted") => ResponseStatus::Tentative,
        _ => ResponseStatus::NeedsAction,
    }
}

/// The owner's own answer. One's own appointments carry `none` or nothing at all.
fn own_answer(event: &wire::Event) -> ResponseStatus {
    let told = event
        .response_status
        .as_ref()
        .and_then(|own| own.response.as_deref());
    match answer(told) {
        ResponseStatus::NeedsAction if event.is_organizer == Some(true) => {
            ResponseStatus::Organizer
        }
        answer => answer,
    }
}

fn details(event: &wire::Event) -> Details {
    let location = event
        .location
        .as_ref()
        .and_then(|place| filled(place.display_name.as_deref()));
    let description = description(event);
    let attendees = event.attendees.as_deref().unwrap_or_default();
    Details {
        title: event.subject.clone().unwrap_or_default(),
        meeting_url: meeting_url(event, location, description.as_deref()),
        description,
        location: location.map(str::to_owned),
        organizer: event
            .organizer
            .as_ref()
            .and_then(|who| person(who.email_address.as_ref())),
        attendees: attendees
            .iter()
            .map(|attendee| Attendee {
                person: person(attendee.email_address.as_ref()).unwrap_or_default(),
                response_status: answer(
                    attendee
                        .status
                        .as_ref()
                        .and_then(|status| status.response.as_deref()),
                ),
            })
            .collect(),
        html_url: event.web_link.as_deref().and_then(text::link),
        categories: event.categories.clone().unwrap_or_default(),
        private: event
            .sensitivity
            .as_deref()
            .is_some_and(|label| label != "normal"),
        elsewhere: event.show_as.as_deref() == Some(ELSEWHERE),
    }
}

fn description(event: &wire::Event) -> Option<String> {
    let body = event.body.as_ref().and_then(|body| {
        let content = body.content.as_deref()?;
        let html = !body
            .content_type
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("text"));
        Some(if html {
            text::plain(content)
        } else {
            content.trim().to_owned()
        })
    });
    let preview = || {
        event
            .body_preview
            .as_deref()
            .map(|text| text.trim().to_owned())
    };
    body.or_else(preview).filter(|text| !text.is_empty())
}

/// The join link of the online meeting, else of the older field, else a link of a known service in place or text.
fn meeting_url(
    event: &wire::Event,
    location: Option<&str>,
    description: Option<&str>,
) -> Option<String> {
    let joined = event
        .online_meeting
        .as_ref()
        .and_then(|meeting| meeting.join_url.as_deref())
        .and_then(text::link);
    joined
        .or_else(|| text::link(event.online_meeting_url.as_deref()?))
        .or_else(|| text::meeting_link(location?))
        .or_else(|| {
            let body = event.body.as_ref();
            text::meeting_link_in(description, body.and_then(|body| body.content.as_deref()))
        })
}

fn person(address: Option<&wire::Address>) -> Option<Person> {
    let address = address?;
    let email = filled(address.address.as_deref()).map(str::to_lowercase);
    let name = filled(address.name.as_deref()).map(str::to_owned);
    (email.is_some() || name.is_some()).then_some(Person { email, name })
}

/// The zone of a calendar by the name the engine gives.
pub(super) fn home(name: &str) -> Zone {
    time::zone(Some(name)).unwrap_or_else(Zone::utc)
}

/// The IANA name to write with a time: its own, else the calendar's.
pub(super) fn zone_of<'a>(time: &'a EventTime, home: &'a str) -> &'a str {
    time.zone().filter(|name| !name.is_empty()).unwrap_or(home)
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests;
