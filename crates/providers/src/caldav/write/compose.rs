//! A new event as a new resource, and a series that goes on with another as one.

use daybook_domain::event::{Draft, EventTime, Patch, Status};
use daybook_domain::ical::{
    ContentLine, Node, ParseLimits, Transparency, Tree, VEvent, write_calendar,
};
use daybook_domain::recurrence::{DateValue, Recurrence};
use daybook_domain::zone::Zone;
use daybook_provider_api::Result;
use daybook_provider_api::calendar::write::{Create, Like};
use uuid::Uuid;

use super::meant::Meant;
use super::object::Object;
use super::site::{Held, Site};
use super::{edit, people, times, uid};
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

/// Lines that are an event's own, and not of one that goes on with it.
const NOT_KEPT: [&str; 8] = [
    "RECURRENCE-ID",
    "SEQUENCE",
    "REQUEST-STATUS",
    "COMPLETED",
    "X-MOZ-LASTACK",
    "X-MOZ-GENERATION",
    "X-MOZ-RECEIVED-SEQUENCE",
    "X-MOZ-RECEIVED-DTSTAMP",
];

/// The text of a series that goes on with another: all lines of that one, alarms and what other programs wrote included, with a UID,
/// times and a rule of its own.
pub(super) fn part(held: &Held, like: &Like, create: &Create, site: &Site<'_>) -> Result<String> {
    let meant = Meant::of(&like.of, &held.href);
    let object = Object::open(&held.data, &site.zone, meant.uid)?;
    let master = object.master().ok_or_else(errors::no_event)?;
    let lines = object.component(master.index);
    let mut component = lines.ok_or_else(errors::no_event)?.clone();
    for name in NOT_KEPT {
        component.remove(name);
    }
    component.set(ContentLine::new("UID", &[], &uid(create.key)));
    people::invite_anew(&mut component, site.email(), create.notify)?;
    let draft = &create.draft;
    let patch = Patch {
        times: Some((draft.start.clone(), draft.end.clone())),
        recurrence: Some(draft.recurrence.clone()),
        ..like.patch.clone()
    };
    edit::apply(&mut component, &master.event, &patch, site, create.notify)?;
    edit::stamp(&mut component, site.now, false);
    let now = DateValue::Utc(site.now).to_string();
    component.set(ContentLine::new("CREATED", &[], &now));
    let mut tree = object.tree;
    tree.components.retain(|top| top.name == "VCALENDAR");
    tree.components.truncate(1);
    let top = tree
        .components
        .first_mut()
        .ok_or_else(|| errors::malformed("The event could not be written down."))?;
    top.nodes.retain(|node| match node {
        Node::Line(_) => true,
        Node::Component(inner) => inner.name == "VTIMEZONE",
    });
    top.nodes.push(Node::Component(component));
    times::define_zones(&mut tree);
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
