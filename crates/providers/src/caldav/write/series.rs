//! Occurrences of a series in one resource: changing one, taking one out, and what moving the series does to the others.

use daybook_domain::event::{EventTime, Patch};
use daybook_domain::ical::{Component, ContentLine, Node, VEvent};
use daybook_domain::recurrence::{DateValue, OccurrenceKey, ZonedValue};
use daybook_domain::zone::Zone;
use daybook_provider_api::Result;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Span, Timestamp};

use super::edit::{self, set_after, stamp};
use super::line::with_param;
use super::object::{Object, takes_place};
use super::site::Site;
use super::times::{Form, key_of};
use crate::caldav::errors;

/// Changes the whole series, or the single event.
pub(super) fn change_all(
    object: &mut Object,
    patch: &Patch,
    site: &Site<'_>,
    notify: bool,
) -> Result<()> {
    let entry = object.master().ok_or_else(errors::no_event)?.clone();
    let old = entry.event;
    let component = object.component_mut(entry.index)?;
    let form = Form::of(component, &old);
    edit::apply(component, &old, patch, site, notify)?;
    stamp(component, site.now, true);
    if let Some((start, _)) = patch.times.as_ref().filter(|_| !old.recurrence.is_empty()) {
        let zone = &site.place.default_zone;
        let new_form = Form::for_time(start, Some(&form), zone, true)?;
        if key_of(start) != key_of(&old.start) || new_form != form {
            let shift = Shift::new(&old, start, new_form);
            shift.exceptions(object, entry.index, patch.recurrence.is_some())?;
        }
    }
    object.refresh();
    if patch.recurrence.is_some() {
        drop_orphans(object, &old);
    }
    Ok(())
}

/// Changes one occurrence: its own event in the resource, made from the series when it has none yet.
pub(super) fn change_one(
    object: &mut Object,
    key: OccurrenceKey,
    patch: &Patch,
    site: &Site<'_>,
    notify: bool,
) -> Result<()> {
    if patch.recurrence.is_some() {
        return Err(errors::refused_field(
            errors::Field::Recurrence,
            "recurrence",
            "One occurrence of a series cannot repeat by itself, so nothing was written. Leave out how it repeats, \
             or change the whole series.",
        ));
    }
    let index = materialise(object, key)?;
    let entry = object.entries.iter().find(|entry| entry.index == index);
    let event = entry.ok_or_else(errors::no_event)?.event.clone();
    let component = object.component_mut(index)?;
    edit::apply(component, &event, patch, site, notify)?;
    stamp(component, site.now, true);
    object.refresh();
    Ok(())
}

/// The place of the occurrence's own event, which is made when there is none.
pub(super) fn materialise(object: &mut Object, key: OccurrenceKey) -> Result<usize> {
    refuse_ranges(object, key)?;
    if let Some(entry) = object.changed(key) {
        return Ok(entry.index);
    }
    let master = object.master().ok_or_else(errors::no_event)?.clone();
    if !takes_place(&master.event, key) {
        return Err(errors::no_event());
    }
    let lines = object
        .component(master.index)
        .ok_or_else(errors::no_event)?;
    let new = occurrence(lines, &master.event, key);
    object.add(new);
    let made = object.changed(key).ok_or_else(errors::no_event)?;
    Ok(made.index)
}

/// Takes one occurrence out; false when it was out already.
pub(super) fn take_out(object: &mut Object, key: OccurrenceKey, now: Timestamp) -> Result<bool> {
    refuse_ranges(object, key)?;
    let had_own = object.changed(key).is_some();
    object.drop_events(|entry| entry.event.recurrence_id == Some(key));
    let Some(master) = object.master().cloned() else {
        return Ok(had_own);
    };
    let present = takes_place(&master.event, key);
    if present {
        let component = object.component_mut(master.index)?;
        let line = Form::of(component, &master.event).key("EXDATE", key);
        let rules = component
            .nodes
            .iter()
            .rposition(|node| {
                matches!(node, Node::Line(line) if line.is("EXDATE") || line.is("RRULE") || line.is("RDATE"))
            })
            .map_or(0, |place| place + 1);
        component.nodes.insert(rules, Node::Line(line));
        stamp(component, now, true);
        object.refresh();
    }
    Ok(present || had_own)
}

/// An event that changes this occurrence and those after it would have to be split: Daybook reads such, and does not write them.
fn refuse_ranges(object: &Object, key: OccurrenceKey) -> Result<()> {
    let reaches = object.entries.iter().any(|entry| {
        entry.event.this_and_future && entry.event.recurrence_id.is_some_and(|from| from <= key)
    });
    if reaches {
        return Err(errors::unsupported(
            "this_and_future",
            "Another program changed this occurrence together with those after it, which Daybook cannot take apart; nothing \
             was written. Change the whole series, or use that program.",
        ));
    }
    Ok(())
}

/// The series' event as one occurrence: all that it says, at the occurrence's time, without the rule.
fn occurrence(lines: &Component, event: &VEvent, key: OccurrenceKey) -> Component {
    let form = Form::of(lines, event);
    let mut new = lines.clone();
    for name in [
        "RRULE",
        "EXRULE",
        "RDATE",
        "EXDATE",
        "DURATION",
        "RECURRENCE-ID",
    ] {
        new.remove(name);
    }
    let end = match key {
        OccurrenceKey::Day(date) => {
            let days = Span::new().days(event.duration.days.max(1));
            let end = date.checked_add(days).unwrap_or(date);
            form.key("DTEND", OccurrenceKey::Day(end))
        }
        OccurrenceKey::Instant(at) => form.at("DTEND", event.duration.after(at, &event.zone)),
    };
    new.set(form.key("DTSTART", key));
    set_after(&mut new, end, "DTSTART");
    set_after(&mut new, form.key("RECURRENCE-ID", key), "UID");
    new
}

/// Changed occurrences that the old rule made and the new one does not: they would go on as meetings of their own.
fn drop_orphans(object: &mut Object, old: &VEvent) {
    let Some(master) = object.master().map(|entry| entry.event.clone()) else {
        return;
    };
    if master.recurrence == old.recurrence && master.start == old.start {
        return;
    }
    let moved = master.start != old.start;
    object.drop_events(|entry| {
        entry.event.recurrence_id.is_some_and(|key| {
            // After a move the keys are new ones; then only the new rule can be asked.
            (moved || takes_place(old, key)) && !takes_place(&master, key)
        })
    });
}

/// A series that moves takes its exceptions along, by the same difference on the wall: else what was deleted would come back.
struct Shift {
    old: VEvent,
    old_wall: DateTime,
    new_wall: DateTime,
    form: Form,
}

impl Shift {
    fn new(old: &VEvent, start: &EventTime, form: Form) -> Self {
        let old_wall = match &old.start {
            EventTime::AllDay(date) => date.at(0, 0, 0, 0),
            EventTime::Timed { at, .. } => old.wall.unwrap_or_else(|| old.zone.to_datetime(*at)),
        };
        let new_wall = match start {
            EventTime::AllDay(date) => date.at(0, 0, 0, 0),
            EventTime::Timed { at, .. } => form.zone().to_datetime(*at),
        };
        Self {
            old: old.clone(),
            old_wall,
            new_wall,
            form,
        }
    }

    /// Where a wall time of the old series is in the new one.
    fn wall(&self, wall: DateTime) -> DateTime {
        let midnight = |wall: DateTime| wall.date().at(0, 0, 0, 0);
        let days = midnight(self.old_wall).duration_until(midnight(wall));
        let times = |wall: DateTime| midnight(wall).duration_until(wall);
        let day = midnight(self.new_wall).checked_add(days).unwrap_or(wall);
        let time = match self.form {
            Form::Day => SignedDuration::ZERO,
            _ => times(self.new_wall) + (times(wall) - times(self.old_wall)),
        };
        day.checked_add(time).unwrap_or(day)
    }

    fn key(&self, key: OccurrenceKey) -> DateTime {
        self.wall(match key {
            OccurrenceKey::Day(date) => date.at(0, 0, 0, 0),
            OccurrenceKey::Instant(at) => self.old.zone.to_datetime(at),
        })
    }

    fn exceptions(&self, object: &mut Object, master: usize, has_new_rules: bool) -> Result<()> {
        for entry in object.entries.clone() {
            let Some(key) = entry.event.recurrence_id else {
                continue;
            };
            let mut line = self.form.on_wall("RECURRENCE-ID", self.key(key));
            if entry.event.this_and_future {
                line = with_param(&line, "RANGE", Some("THISANDFUTURE"));
            }
            object.component_mut(entry.index)?.set(line);
        }
        if !has_new_rules {
            let component = object.component_mut(master)?;
            self.dates(component);
            self.until(component);
        }
        Ok(())
    }

    /// EXDATE and RDATE. Periods have ends of their own and stay.
    fn dates(&self, component: &mut Component) {
        let dates: Vec<ContentLine> = self
            .old
            .recurrence
            .exdates
            .iter()
            .map(|date| self.date("EXDATE", date))
            .collect();
        replace(component, "EXDATE", dates);
        let rdates = &self.old.recurrence.rdates;
        if rdates.iter().all(|rdate| rdate.end.is_none()) {
            let dates = rdates.iter().map(|rdate| self.date("RDATE", &rdate.start));
            replace(component, "RDATE", dates.collect());
        }
    }

    fn date(&self, name: &str, date: &ZonedValue) -> ContentLine {
        match date.value {
            // A date among times stands for its whole day.
            DateValue::Date(day) => {
                let wall = self.wall(day.at(0, 0, 0, 0).date().to_datetime(self.old_wall.time()));
                Form::Day.on_wall(name, wall)
            }
            _ => {
                let at = date.instant_in(&self.old.zone);
                self.form
                    .on_wall(name, self.wall(self.old.zone.to_datetime(at)))
            }
        }
    }

    /// UNTIL is inclusive: it moves along, or the last occurrence would be lost.
    fn until(&self, component: &mut Component) {
        for node in &mut component.nodes {
            if let Node::Line(line) = node
                && line.is("RRULE")
                && let Some(new) = self.rule(line.as_str())
            {
                *line = ContentLine::raw(new);
            }
        }
    }

    fn rule(&self, text: &str) -> Option<String> {
        let at = text.to_ascii_uppercase().find("UNTIL=")? + "UNTIL=".len();
        let (head, rest) = text.split_at_checked(at)?;
        let (value, tail) = rest.split_at_checked(rest.find(';').unwrap_or(rest.len()))?;
        let wall = match DateValue::parse(value)? {
            DateValue::Utc(at) => self.old.zone.to_datetime(at),
            DateValue::Local(wall) => wall,
            DateValue::Date(date) => date.to_datetime(self.old_wall.time()),
        };
        let wall = self.wall(wall);
        let value = match &self.form {
            Form::Day => DateValue::Date(wall.date()),
            Form::Utc => DateValue::Utc(Zone::utc().to_timestamp(wall)),
            form => DateValue::Utc(form.zone().to_timestamp(wall)),
        };
        Some(format!("{head}{value}{tail}"))
    }
}

fn replace(component: &mut Component, name: &str, lines: Vec<ContentLine>) {
    let is_it = |node: &Node| matches!(node, Node::Line(line) if line.is(name));
    let Some(place) = component.nodes.iter().position(is_it) else {
        return;
    };
    component.nodes.retain(|node| !is_it(node));
    component
        .nodes
        .splice(place..place, lines.into_iter().map(Node::Line));
}
