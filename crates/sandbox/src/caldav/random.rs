//! Random but realistic changes, the way people treat their calendars.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use rand::{Rng, RngExt};

use super::CalDavSim;
use super::ics::{Component, EventSpec, Property, When, write, zone_names};

/// What a call of [`CalDavSim::random_op`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RandomOp {
    /// In words: `create single`, `cancel instance (EXDATE)` …
    pub what: &'static str,
    /// The object's path.
    pub path: String,
}

type Change = fn(&mut Component, &mut Dice<'_>) -> bool;

/// Changes that need an existing object; those that need a series answer false on a single event.
const CHANGES: [(&str, Change); 9] = [
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

impl CalDavSim {
    /// Makes one random change in one of the user-writable event calendars: create, edit, delete
    /// and move singles and series, override and cancel instances, switch all-day, zone, rule.
    /// `None` when there is no calendar. The same generator state gives the same change.
    pub fn random_op<R: Rng>(&self, rng: &mut R) -> Option<RandomOp> {
        let calendars = self.event_calendars();
        let mut dice = Dice { rng };
        let calendar = dice.pick(&calendars)?.clone();
        let objects = self.snapshot(&calendar);
        if objects.is_empty() || dice.below(100) < 30 {
            return self.create(&calendar, &mut dice);
        }
        let path = dice.pick(&objects)?.path.clone();
        match dice.below(100) {
            0..20 => {
                self.delete(&path).ok()?;
                Some(RandomOp {
                    what: "delete",
                    path,
                })
            }
            20..35 => {
                let (days, minutes) = (dice.between(-20, 20), dice.between(-8, 8) * 15);
                self.move_event(&path, days, minutes).ok()?;
                Some(RandomOp { what: "move", path })
            }
            _ => self.change(path, &mut dice),
        }
    }

    fn event_calendars(&self) -> Vec<String> {
        let users: Vec<String> = self.lock().accounts.keys().cloned().collect();
        users.iter().flat_map(|user| self.calendars(user)).collect()
    }

    fn create(&self, calendar: &str, dice: &mut Dice<'_>) -> Option<RandomOp> {
        let (number, seed, now) = {
            let mut state = self.lock();
            (state.next(), state.seed, state.now())
        };
        let stamp = now.to_zoned(TimeZone::UTC).datetime();
        let day = stamp
            .date()
            .saturating_add(jiff::Span::new().days(dice.between(-60, 120)));
        let start = dice.start(day);
        let minutes = match start {
            When::Day(_) => dice.between(1, 3) * 1440,
            _ => dice.between(1, 8) * 15,
        };
        let uid = format!("{seed:x}-{number}@sandbox.example");
        let mut spec = EventSpec::new(&uid, dice.title(), start, minutes);
        spec.stamp = stamp;
        let what = if dice.below(100) < 45 {
            let rule = dice.rule(&spec.start);
            spec = spec.rule(&rule);
            "create series"
        } else {
            "create single"
        };
        let path = format!("{calendar}r{number:05}.ics");
        self.put(&path, &write(&spec.calendar())).ok()?;
        Some(RandomOp { what, path })
    }

    fn change(&self, path: String, dice: &mut Dice<'_>) -> Option<RandomOp> {
        let first = dice.below(CHANGES.len() as u64) as usize;
        for offset in 0..CHANGES.len() {
            let (what, change) = CHANGES[(first + offset) % CHANGES.len()];
            let mut done = false;
            let mut tree = super::ics::parse(&self.read(&path).ok()?.ics).ok()?;
            if change(&mut tree, dice) {
                done = self.edit_tree(&path, |calendar| *calendar = tree).is_ok();
            }
            if done {
                return Some(RandomOp { what, path });
            }
        }
        None
    }
}

/// The random choices, independent of the generator's type.
struct Dice<'a> {
    rng: &'a mut dyn Rng,
}

impl Dice<'_> {
    fn below(&mut self, end: u64) -> u64 {
        self.rng.random_range(0..end.max(1))
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        self.rng.random_range(low..=high)
    }

    fn pick<'x, T>(&mut self, from: &'x [T]) -> Option<&'x T> {
        let at = self.below(from.len() as u64);
        from.get(usize::try_from(at).ok()?)
    }

    fn zone(&mut self) -> String {
        let zones: Vec<&str> = zone_names().collect();
        self.pick(&zones)
            .copied()
            .unwrap_or("Europe/Berlin")
            .to_owned()
    }

    fn title(&mut self) -> &'static str {
        const TITLES: [&str; 6] = [
            "Stand-up",
            "Kundentermin – Müller & Söhne",
            "Review; planning, and more",
            "Zahnarzt",
            "1:1",
            "Workshop",
        ];
        self.pick(&TITLES).copied().unwrap_or("Event")
    }

    fn start(&mut self, day: jiff::civil::Date) -> When {
        let hour = i8::try_from(self.between(0, 23)).unwrap_or(9);
        let minute = i8::try_from(self.between(0, 3) * 15).unwrap_or(0);
        let wall = day.at(hour, minute, 0, 0);
        match self.below(10) {
            0 | 1 => When::Day(day),
            2 => When::Utc(wall),
            _ => When::Zoned(wall, self.zone()),
        }
    }

    /// A rule the start matches.
    fn rule(&mut self, start: &When) -> String {
        let day = start.wall().date();
        let count = self.between(3, 12);
        let until = start.plus(self.between(30, 90), 0);
        let until = match &until {
            When::Day(_) => until.property("UNTIL").value,
            _ => When::Utc(until.wall()).property("UNTIL").value,
        };
        let weekday = weekday(day.weekday());
        match self.below(7) {
            0 => format!("FREQ=DAILY;COUNT={count}"),
            1 => format!("FREQ=DAILY;INTERVAL=2;UNTIL={until}"),
            2 => format!("FREQ=WEEKLY;BYDAY={weekday}"),
            3 => format!("FREQ=WEEKLY;INTERVAL=2;COUNT={count};BYDAY={weekday}"),
            4 if day.day() <= 28 => format!("FREQ=MONTHLY;COUNT={count}"),
            5 if day.day() <= 28 => "FREQ=YEARLY;COUNT=5".to_owned(),
            _ => format!("FREQ=WEEKLY;COUNT={count}"),
        }
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

/// Start of the n-th instance (from 0) of the simple rules generated here.
pub(super) fn instance(start: &When, rule: &str, nth: i64) -> When {
    let part = |name: &str| rule.split(';').find_map(|part| part.strip_prefix(name));
    let interval = part("INTERVAL=")
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let steps = nth * interval;
    match part("FREQ=") {
        Some("WEEKLY") => start.plus(7 * steps, 0),
        Some("MONTHLY") => start.plus_months(steps),
        Some("YEARLY") => start.plus_months(12 * steps),
        _ => start.plus(steps, 0),
    }
}

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
