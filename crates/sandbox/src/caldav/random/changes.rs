//! The changes themselves, each on the tree of one calendar object.

use super::{Dice, instance};
use crate::caldav::ics::{Component, Property, When};

pub(super) type Change = fn(&mut Component, &mut Dice<'_>) -> bool;

/// Changes that need an existing object; those that need a series answer false on a single event.
pub(super) const CHANGES: [(&str, Change); 9] = [
    ("edit text", edit_text),
    ("override instance", override_instance),
    ("cancel instance (EXDATE)", exclude_instance),
    ("cancel instance (STATUS)", cancel_instance),
    ("all-day <-> timed", toggle_all_day),
    ("change zone", change_zone),
    ("change rule", change_rule),
    ("toggle transparency", toggle_transparency),
    ("change length", change_length),
];

/// A start of the series that is neither excluded nor overridden yet.
fn free_instance(calendar: &Component, dice: &mut Dice<'_>) -> Option<When> {
    let master = calendar.master()?;
    let rule = master.value("RRULE")?;
    let start = When::read(master.get("DTSTART")?)?;
    // Rules made here have at least three instances.
    let chosen = instance(&start, rule, dice.between(0, 2));
    let taken = calendar
        .items()
        .flat_map(|item| &item.properties)
        .filter(|property| matches!(property.name.as_str(), "EXDATE" | "RECURRENCE-ID"))
        .any(|property| When::read(property).as_ref() == Some(&chosen));
    (!taken).then_some(chosen)
}

fn edit_text(calendar: &mut Component, dice: &mut Dice<'_>) -> bool {
    let title = dice.title();
    let Some(master) = calendar.master_mut() else {
        return false;
    };
    master.set(Property::new(
        "SUMMARY",
        format!("{title} (edited)").replace([';', ','], ""),
    ));
    master.set(Property::new("LOCATION", "Room 4\\, second floor"));
    true
}

fn override_instance(calendar: &mut Component, dice: &mut Dice<'_>) -> bool {
    let Some(original) = free_instance(calendar, dice) else {
        return false;
    };
    let moved = original.plus(dice.between(0, 12), dice.between(1, 6) * 30);
    let Some(mut copy) = detached(calendar, &original, &moved) else {
        return false;
    };
    copy.set(Property::new("SUMMARY", "Moved instance"));
    calendar.children.push(copy);
    true
}

fn exclude_instance(calendar: &mut Component, dice: &mut Dice<'_>) -> bool {
    let Some(original) = free_instance(calendar, dice) else {
        return false;
    };
    if let Some(master) = calendar.master_mut() {
        master.add(original.property("EXDATE"));
    }
    true
}

fn cancel_instance(calendar: &mut Component, dice: &mut Dice<'_>) -> bool {
    let Some(original) = free_instance(calendar, dice) else {
        return false;
    };
    let Some(mut copy) = detached(calendar, &original, &original) else {
        return false;
    };
    copy.set(Property::new("STATUS", "CANCELLED"));
    calendar.children.push(copy);
    true
}

/// An override of the master at another time, with the master's length.
fn detached(calendar: &Component, original: &When, moved: &When) -> Option<Component> {
    let mut copy = calendar.master()?.clone();
    let start = When::read(copy.get("DTSTART")?)?;
    let end = When::read(copy.get("DTEND")?)?;
    let length = start.wall().duration_until(end.wall());
    let end = match moved {
        When::Day(_) => moved.plus(length.as_hours() / 24, 0),
        _ => moved.plus(0, length.as_mins()),
    };
    for name in ["RRULE", "EXDATE", "RDATE"] {
        copy.remove(name);
    }
    copy.set(moved.property("DTSTART"));
    copy.set(end.property("DTEND"));
    copy.set(original.property("RECURRENCE-ID"));
    Some(copy)
}

/// All-day becomes 09:00 for an hour and the reverse; exceptions of the old kind are dropped.
fn toggle_all_day(calendar: &mut Component, dice: &mut Dice<'_>) -> bool {
    let zone = dice.zone();
    calendar
        .children
        .retain(|item| item.get("RECURRENCE-ID").is_none());
    let Some(master) = calendar.master_mut() else {
        return false;
    };
    let Some(start) = master.get("DTSTART").and_then(When::read) else {
        return false;
    };
    let date = start.wall().date();
    let (start, end) = match start {
        When::Day(_) => {
            let start = When::Zoned(date.at(9, 0, 0, 0), zone);
            let end = start.plus(0, 60);
            (start, end)
        }
        _ => (When::Day(date), When::Day(date).plus(1, 0)),
    };
    master.set(start.property("DTSTART"));
    master.set(end.property("DTEND"));
    master.remove("EXDATE");
    if let Some(rule) = master.value("RRULE").map(without_until) {
        master.set(Property::new("RRULE", rule));
    }
    true
}

fn without_until(rule: &str) -> String {
    let parts: Vec<&str> = rule
        .split(';')
        .map(|part| {
            if part.starts_with("UNTIL=") {
                "COUNT=6"
            } else {
                part
            }
        })
        .collect();
    parts.join(";")
}

/// The same wall times in another zone, exceptions included.
fn change_zone(calendar: &mut Component, dice: &mut Dice<'_>) -> bool {
    let zone = dice.zone();
    let mut changed = false;
    for event in &mut calendar.children {
        if event.name != "VEVENT" {
            continue;
        }
        for property in &mut event.properties {
            if let Some(When::Zoned(wall, _)) = property
                .param("TZID")
                .is_some()
                .then(|| When::read(property))
                .flatten()
            {
                *property = When::Zoned(wall, zone.clone()).property(&property.name);
                changed = true;
            }
        }
    }
    changed
}

fn change_rule(calendar: &mut Component, dice: &mut Dice<'_>) -> bool {
    calendar
        .children
        .retain(|item| item.get("RECURRENCE-ID").is_none());
    let Some(master) = calendar.master_mut() else {
        return false;
    };
    let Some(start) = master.get("DTSTART").and_then(When::read) else {
        return false;
    };
    master.remove("EXDATE");
    let rule = dice.rule(&start);
    master.set(Property::new("RRULE", rule));
    true
}

fn toggle_transparency(calendar: &mut Component, _dice: &mut Dice<'_>) -> bool {
    let Some(master) = calendar.master_mut() else {
        return false;
    };
    let next = match master.value("TRANSP") {
        Some("TRANSPARENT") => "OPAQUE",
        _ => "TRANSPARENT",
    };
    master.set(Property::new("TRANSP", next));
    true
}

fn change_length(calendar: &mut Component, dice: &mut Dice<'_>) -> bool {
    let length = dice.between(1, 12) * 15;
    let Some(master) = calendar.master_mut() else {
        return false;
    };
    let Some(start) = master.get("DTSTART").and_then(When::read) else {
        return false;
    };
    let end = match start {
        When::Day(_) => start.plus(1 + length % 4, 0),
        _ => start.plus(0, length),
    };
    master.set(end.property("DTEND"));
    true
}
