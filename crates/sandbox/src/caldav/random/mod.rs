//! Random but realistic changes, the way people treat their calendars.

mod changes;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use rand::{Rng, RngExt};

use super::CalDavSim;
use super::ics::{EventSpec, When, write, zone_names};

use changes::CHANGES;

/// What a call of [`CalDavSim::random_op`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RandomOp {
    /// In words: `create single`, `cancel instance (EXDATE)` …
    pub what: &'static str,
    /// The object's path.
    pub path: String,
}

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
