//! A new event as a new resource.

use daybook_domain::event::{Draft, EventTime, Status};
use daybook_domain::ical::{ParseLimits, Transparency, Tree, VEvent, write_calendar};
use daybook_domain::recurrence::Recurrence;
use daybook_domain::zone::Zone;
use daybook_provider_api::Result;
use uuid::Uuid;

use super::people;
use super::site::Site;
use super::uid;
use crate::caldav::errors;

/// The whole text: one METHOD-less VCALENDAR with a definition of every zone used and an explicit DTEND.
pub(super) fn resource(draft: &Draft, key: Uuid, site: &Site<'_>, notify: bool) -> Result<String> {
    if draft.conference.is_some() {
        return Err(errors::refused_field(
            errors::Field::Conference,
            "conference",
            "CalDAV servers make no meeting links, so nothing was written. Leave it out, or put a link of your own \
             into the location.",
        ));
    }
    let recurrence = Recurrence::parse(&draft.recurrence).map_err(|error| {
        errors::refused_field(
            errors::Field::Recurrence,
            "recurrence",
            format!("The way it repeats cannot be used: {error}. Nothing was written."),
        )
    })?;
    let (start, zone) = placed(&draft.start, site)?;
    let (end, _) = placed(&draft.end, site)?;
    let mut event = VEvent::new(uid(key), start, end, zone);
    event.summary = Some(draft.title.clone());
    event.description.clone_from(&draft.description);
    event.location.clone_from(&draft.location);
    event.status = Some(Status::Confirmed);
    event.created = Some(site.now);
    event.last_modified = Some(site.now);
    event.recurrence = recurrence;
    event.transparency = match draft.opaque {
        true => Transparency::Opaque,
        false => Transparency::Transparent,
    };
    let text = write_calendar(&[event], site.now);
    if draft.attendees.is_empty() {
        return Ok(text);
    }
    let unwritable = || errors::malformed("The event could not be written down.");
    let mut tree =
        Tree::parse(text.as_bytes(), &ParseLimits::default()).map_err(|_| unwritable())?;
    let component = tree.events_mut().next().ok_or_else(unwritable)?;
    people::invite(component, &draft.attendees, site.email(), notify)?;
    Ok(tree.to_text())
}

/// A time in its zone, else in the calendar's.
fn placed(time: &EventTime, site: &Site<'_>) -> Result<(EventTime, Zone)> {
    let EventTime::Timed { at, zone } = time else {
        return Ok((time.clone(), site.zone.clone()));
    };
    let name = zone.as_deref().unwrap_or(&site.place.default_zone);
    let zone = Zone::iana(name).ok_or_else(|| {
        errors::refused_field(
            errors::Field::TimeZone,
            "time_zone",
            "The time zone has no IANA name such as Europe/Berlin, so nothing was written.",
        )
    })?;
    let time = EventTime::Timed {
        at: *at,
        zone: Some(zone.name().to_owned()),
    };
    Ok((time, zone))
}
