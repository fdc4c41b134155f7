//! Content to start from: a believable person, and a load of events.

use jiff::tz::TimeZone;
use jiff::{Span, civil};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::ics::{Component, EventSpec, Property, When, todo, write, zone_names};
use super::random::instance;
use super::{CalDavSim, CalendarKind, CalendarSpec, SimError};

/// User of [`CalDavSim::seed_demo`].
pub const DEMO_USER: &str = "ada";
/// Her app password.
pub const DEMO_PASSWORD: &str = "ada-app-password";

const BERLIN: &str = "Europe/Berlin";

impl CalDavSim {
    /// Ada with the calendars "Home" and "Work", a reminder list, a subscription and a read-only
    /// transparent calendar; events around the clock's today. Returns the paths of Home and Work.
    ///
    /// # Errors
    /// Never in practice; the generated objects are valid.
    pub fn seed_demo(&self) -> Result<(String, String), SimError> {
        self.add_account(DEMO_USER, DEMO_PASSWORD);
        let home = self.add_calendar(DEMO_USER, CalendarSpec::named("Home"))?;
        let work = CalendarSpec::named("Work").color("#CC73E1FF");
        let work = self.add_calendar(DEMO_USER, work)?;
        let list = CalendarSpec::named("Reminders").kind(CalendarKind::Reminders);
        let list = self.add_calendar(DEMO_USER, list)?;
        let holidays = CalendarSpec::named("Holidays").kind(CalendarKind::Subscribed);
        self.add_calendar(DEMO_USER, holidays)?;
        let team = CalendarSpec::named("Team info").transparent().read_only();
        let team = self.add_calendar(DEMO_USER, team)?;
        let today = self.lock().now().to_zoned(TimeZone::UTC).datetime();
        self.put(
            &format!("{list}milk.ics"),
            &write(&todo("demo-milk", "Buy milk", today)),
        )?;
        let day = |offset: i64| today.date().saturating_add(Span::new().days(offset));
        let offsite = EventSpec::new("demo-info", "Release day", When::Day(day(3)), 1440);
        self.put(&format!("{team}info.ics"), &write(&offsite.calendar()))?;
        for spec in home_events(day) {
            self.put(&format!("{home}{}.ics", spec.uid), &write(&spec.calendar()))?;
        }
        for spec in work_events(day) {
            self.put(&format!("{work}{}.ics", spec.uid), &write(&spec.calendar()))?;
        }
        let standup = standup(monday(today.date()));
        self.put(&format!("{work}demo-standup.ics"), &write(&standup))?;
        Ok((home, work))
    }

    /// `count` events, `recurring` of them series with a moved, a cancelled and an excluded
    /// instance, in Ada's calendar "Load". Returns its path.
    ///
    /// # Errors
    /// Never in practice; the generated objects are valid.
    pub fn seed_load(&self, count: usize, recurring: usize) -> Result<String, SimError> {
        if self.paths_of(DEMO_USER).is_err() {
            self.add_account(DEMO_USER, DEMO_PASSWORD);
        }
        let path = self.add_calendar(DEMO_USER, CalendarSpec::named("Load"))?;
        let (seed, now) = {
            let state = self.lock();
            (state.seed, state.now())
        };
        let mut rng = StdRng::seed_from_u64(seed);
        let today = now.to_zoned(TimeZone::UTC).date();
        for number in 0..count {
            let calendar = load_event(&mut rng, today, number, number < recurring);
            self.put(&format!("{path}load-{number:06}.ics"), &write(&calendar))?;
        }
        Ok(path)
    }
}

fn berlin(day: civil::Date, hour: i8, minute: i8) -> When {
    When::Zoned(day.at(hour, minute, 0, 0), BERLIN.to_owned())
}

fn monday(day: civil::Date) -> civil::Date {
    let back = i64::from(day.weekday().to_monday_zero_offset()) + 14;
    day.saturating_sub(Span::new().days(back))
}

fn home_events(day: impl Fn(i64) -> civil::Date) -> Vec<EventSpec> {
    let place = Property {
        name: "X-APPLE-STRUCTURED-LOCATION".to_owned(),
        params: "VALUE=URI".to_owned(),
        value: "geo:52.52,13.40".to_owned(),
    };
    vec![
        EventSpec::new("demo-dentist", "Dentist", berlin(day(1), 8, 30), 45)
            .with("LOCATION", "Main Street 1\\, Berlin")
            .with_property(place),
        EventSpec::new("demo-vacation", "Vacation", When::Day(day(10)), 5 * 1440),
        EventSpec::new("demo-birthday", "Birthday of Bob", When::Day(day(5)), 1440)
            .rule("FREQ=YEARLY")
            .with("TRANSP", "TRANSPARENT"),
        EventSpec::new(
            "demo-call",
            "Call",
            When::Floating(day(2).at(19, 0, 0, 0)),
            30,
        ),
        EventSpec::new("demo-party", "Cancelled party", berlin(day(4), 20, 0), 180)
            .with("STATUS", "CANCELLED"),
    ]
}

fn work_events(day: impl Fn(i64) -> civil::Date) -> Vec<EventSpec> {
    vec![
        EventSpec::new("demo-client", "Client review", berlin(day(1), 14, 0), 60)
            .with("CONFERENCE", "https://meet.example.com/abc-defg-hij"),
        EventSpec::new(
            "demo-newyork",
            "New York office",
            When::Zoned(day(2).at(10, 0, 0, 0), "America/New_York".to_owned()),
            60,
        ),
        EventSpec::new("demo-focus", "Focus time", berlin(day(2), 9, 0), 120)
            .with("TRANSP", "TRANSPARENT"),
        EventSpec::new("demo-declined", "All hands", berlin(day(3), 16, 0), 60)
            .with("ORGANIZER", "mailto:boss@example.com")
            .with_property(Property {
                name: "ATTENDEE".to_owned(),
                params: "PARTSTAT=DECLINED".to_owned(),
                value: "mailto:ada@example.com".to_owned(),
            }),
        EventSpec::new("demo-monthly", "Invoice run", berlin(day(-20), 11, 0), 30)
            .rule("FREQ=MONTHLY;COUNT=12"),
    ]
}

/// Weekdays 09:15, one moved, one cancelled, one excluded.
fn standup(start: civil::Date) -> Component {
    let begin = berlin(start, 9, 15);
    let spec = EventSpec::new("demo-standup", "Stand-up", begin.clone(), 15)
        .rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
    let mut master = spec.event();
    master.add(begin.plus(15, 0).property("EXDATE"));
    let moved = override_of(&spec, &begin.plus(16, 0), &begin.plus(16, 180), false);
    let cancelled = override_of(&spec, &begin.plus(17, 0), &begin.plus(17, 0), true);
    super::ics::with_zones(super::ics::wrap(vec![master, moved, cancelled]))
}

fn override_of(spec: &EventSpec, original: &When, moved: &When, cancelled: bool) -> Component {
    let mut copy = spec.clone();
    copy.rrule = None;
    copy.start = moved.clone();
    let mut event = copy.event();
    event.add(original.property("RECURRENCE-ID"));
    if cancelled {
        event.add(Property::new("STATUS", "CANCELLED"));
    }
    event
}

fn load_event(rng: &mut StdRng, today: civil::Date, number: usize, series: bool) -> Component {
    let zones: Vec<&str> = zone_names().collect();
    let zone = zones[number % zones.len()];
    let offset = if series {
        rng.random_range(-60..-10)
    } else {
        rng.random_range(-90..180)
    };
    let day = today.saturating_add(Span::new().days(offset));
    let start = if number % 10 == 9 {
        When::Day(day)
    } else {
        let hour = rng.random_range(0..24);
        When::Zoned(day.at(hour, 0, 0, 0), zone.to_owned())
    };
    let uid = format!("load-{number}@sandbox.example");
    let spec = EventSpec::new(&uid, &format!("Load event {number}"), start, 60);
    if !series {
        return spec.calendar();
    }
    const RULES: [&str; 3] = [
        "FREQ=WEEKLY;COUNT=40",
        "FREQ=DAILY;COUNT=90",
        "FREQ=WEEKLY;INTERVAL=2",
    ];
    let rule = RULES[number % RULES.len()];
    let spec = spec.rule(rule);
    let nth = |n: i64| instance(&spec.start, rule, n);
    let mut master = spec.event();
    master.add(nth(1).property("EXDATE"));
    let moved = override_of(&spec, &nth(2), &nth(2).plus(1, 90), false);
    let cancelled = override_of(&spec, &nth(3), &nth(3), true);
    super::ics::with_zones(super::ics::wrap(vec![master, moved, cancelled]))
}
