//! A patch on one event's lines: what it does not name stays, byte for byte.

use daybook_domain::event::{EventTime, Patch};
use daybook_domain::ical::{Component, ContentLine, Node, VEvent};
use daybook_domain::recurrence::{DateValue, Recurrence};
use daybook_provider_api::Result;
use jiff::Timestamp;

use super::people;
use super::site::Site;
use super::times::Form;
use crate::caldav::errors;

/// Renderings of a property that would contradict it once it changes.
const DESCRIPTIONS: [&str; 1] = ["X-ALT-DESC"];
const LOCATIONS: [&str; 3] = [
    "GEO",
    "X-APPLE-STRUCTURED-LOCATION",
    "X-MICROSOFT-LOCATIONS",
];

/// Makes the event say what the patch says. `event` is what it said before.
pub(super) fn apply(
    component: &mut Component,
    event: &VEvent,
    patch: &Patch,
    site: &Site<'_>,
    notify: bool,
) -> Result<()> {
    if let Some(title) = &patch.title {
        component.set(ContentLine::text("SUMMARY", &[], title));
    }
    text(
        component,
        "DESCRIPTION",
        patch.description.as_ref(),
        &DESCRIPTIONS,
    );
    text(component, "LOCATION", patch.location.as_ref(), &LOCATIONS);
    let repeats = match &patch.recurrence {
        Some(lines) => !lines.is_empty(),
        None => !event.recurrence.is_empty(),
    };
    let floor = (event.start.clone(), event.end.clone());
    // A rule repeats in a zone: an instant becomes a time on the calendar's wall.
    let in_utc = Form::of(component, event) == Form::Utc;
    let needs_zone = repeats && event.recurrence.is_empty() && in_utc;
    if let Some((start, end)) = patch.times.as_ref().or(needs_zone.then_some(&floor)) {
        set_times(component, event, (start, end), site, repeats)?;
    }
    if let Some(lines) = &patch.recurrence {
        set_recurrence(component, event, lines)?;
    }
    if let Some(opaque) = patch.opaque {
        set_opaque(component, opaque);
    }
    if let Some(wanted) = &patch.attendees {
        people::invite(component, wanted, site.email(), notify)?;
    }
    if notify {
        people::let_server_mail(component, site.email());
    }
    Ok(())
}

/// The stamps of a change; `revision`: one that everybody invited must see as newer (RFC 5546 §2.1.4).
pub(super) fn stamp(component: &mut Component, now: Timestamp, revision: bool) {
    let at = DateValue::Utc(now).to_string();
    component.set(ContentLine::new("DTSTAMP", &[], &at));
    component.set(ContentLine::new("LAST-MODIFIED", &[], &at));
    if revision {
        let present = component.value("SEQUENCE");
        let present: u32 = present
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0);
        let next = present.saturating_add(1).to_string();
        component.set(ContentLine::new("SEQUENCE", &[], &next));
    }
}

fn text(
    component: &mut Component,
    name: &str,
    value: Option<&Option<String>>,
    renderings: &[&str],
) {
    let Some(value) = value else {
        return;
    };
    match value {
        Some(value) => component.set(ContentLine::text(name, &[], value)),
        None => component.remove(name),
    }
    for rendering in renderings {
        component.remove(rendering);
    }
}

fn set_times(
    component: &mut Component,
    event: &VEvent,
    (start, end): (&EventTime, &EventTime),
    site: &Site<'_>,
    repeats: bool,
) -> Result<()> {
    if start.is_all_day() != end.is_all_day() {
        return Err(errors::refused_field(
            errors::Field::End,
            "end",
            "Start and end must both be dates or both be times, so nothing was written.",
        ));
    }
    let present = Form::of(component, event);
    let zone = &site.place.default_zone;
    let form = Form::for_time(start, Some(&present), zone, repeats)?;
    let until = Form::for_time(end, Some(&form), zone, repeats)?;
    component.set(form.time("DTSTART", start));
    component.remove("DURATION");
    set_after(component, until.time("DTEND", end), "DTSTART");
    Ok(())
}

/// Puts a property in its place, or when it is new right after another.
pub(super) fn set_after(component: &mut Component, line: ContentLine, after: &str) {
    if component.line(line.name()).is_some() {
        component.set(line);
        return;
    }
    let place = component
        .nodes
        .iter()
        .position(|node| matches!(node, Node::Line(line) if line.is(after)));
    match place {
        Some(place) => component.nodes.insert(place + 1, Node::Line(line)),
        None => component.set(line),
    }
}

/// The lines in place of those there are; nothing when they mean the same.
fn set_recurrence(component: &mut Component, event: &VEvent, lines: &[String]) -> Result<()> {
    let wanted = Recurrence::parse(lines).map_err(|error| {
        errors::refused_field(
            errors::Field::Recurrence,
            "recurrence",
            format!("The way it repeats cannot be used: {error}. Nothing was written."),
        )
    })?;
    let zone = event.start.zone();
    if wanted.to_lines(zone) == event.recurrence.to_lines(zone) {
        return Ok(());
    }
    let is_rule = |node: &Node| {
        matches!(node, Node::Line(line)
            if ["RRULE", "EXRULE", "RDATE", "EXDATE"].iter().any(|name| line.is(name)))
    };
    let after_end = component
        .nodes
        .iter()
        .position(
            |node| matches!(node, Node::Line(line) if line.is("DTEND") || line.is("DURATION")),
        )
        .map(|place| place + 1);
    let first = component.nodes.iter().position(is_rule).or(after_end);
    component.nodes.retain(|node| !is_rule(node));
    let place = first.unwrap_or(0).min(component.nodes.len());
    let new = lines
        .iter()
        .map(|line| Node::Line(ContentLine::raw(line.trim().to_owned())));
    component.nodes.splice(place..place, new);
    Ok(())
}

fn set_opaque(component: &mut Component, opaque: bool) {
    let word = if opaque { "OPAQUE" } else { "TRANSPARENT" };
    component.set(ContentLine::new("TRANSP", &[], word));
    // Outlook's own word for the same; Daybook believes it, and so do others.
    const BUSY: &str = "X-MICROSOFT-CDO-BUSYSTATUS";
    if component.line(BUSY).is_some() {
        let word = if opaque { "BUSY" } else { "FREE" };
        component.set(ContentLine::new(BUSY, &[], word));
    }
}
