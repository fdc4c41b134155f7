//! Builds realistic calendar objects for seeds and random mutations.

use jiff::civil::DateTime;

use super::time::stamp;
use super::{Component, Property, When};

/// What a generated event looks like.
#[derive(Debug, Clone)]
pub(crate) struct EventSpec {
    pub(crate) uid: String,
    pub(crate) summary: String,
    pub(crate) start: When,
    /// Length in minutes; whole days for all-day events.
    pub(crate) minutes: i64,
    pub(crate) rrule: Option<String>,
    /// UTC wall time for DTSTAMP.
    pub(crate) stamp: DateTime,
    /// Further properties in order.
    pub(crate) extra: Vec<Property>,
}

impl EventSpec {
    pub(crate) fn new(uid: &str, summary: &str, start: When, minutes: i64) -> Self {
        Self {
            uid: uid.to_owned(),
            summary: summary.to_owned(),
            start,
            minutes,
            rrule: None,
            stamp: jiff::civil::date(2026, 1, 1).at(0, 0, 0, 0),
            extra: Vec::new(),
        }
    }

    pub(crate) fn rule(mut self, rule: &str) -> Self {
        self.rrule = Some(rule.to_owned());
        self
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.extra.push(Property::new(name, value));
        self
    }

    pub(crate) fn with_property(mut self, property: Property) -> Self {
        self.extra.push(property);
        self
    }

    /// The VEVENT.
    pub(crate) fn event(&self) -> Component {
        let mut event = Component::new("VEVENT");
        event.add(Property::new("UID", &self.uid));
        event.add(Property::new("DTSTAMP", format!("{}Z", stamp(self.stamp))));
        event.add(self.start.property("DTSTART"));
        let end = match &self.start {
            When::Day(_) => self.start.plus((self.minutes / 1440).max(1), 0),
            _ => self.start.plus(0, self.minutes),
        };
        event.add(end.property("DTEND"));
        if let Some(rule) = &self.rrule {
            event.add(Property::new("RRULE", rule));
        }
        event.add(Property::new("SUMMARY", &self.summary));
        event.add(Property::new("SEQUENCE", "0"));
        for property in &self.extra {
            event.add(property.clone());
        }
        event
    }

    /// A VCALENDAR with this one event and its time zones.
    pub(crate) fn calendar(&self) -> Component {
        with_zones(wrap(vec![self.event()]))
    }
}

/// Puts components into a VCALENDAR.
pub(crate) fn wrap(children: Vec<Component>) -> Component {
    let mut calendar = Component::new("VCALENDAR");
    calendar.add(Property::new("VERSION", "2.0"));
    calendar.add(Property::new("PRODID", "-//Daybook//CalDAV simulator//EN"));
    calendar.children = children;
    calendar
}

/// A reminder, for lists that must not be taken for calendars.
pub(crate) fn todo(uid: &str, summary: &str, now: DateTime) -> Component {
    let mut todo = Component::new("VTODO");
    todo.add(Property::new("UID", uid));
    todo.add(Property::new("DTSTAMP", format!("{}Z", stamp(now))));
    todo.add(Property::new("SUMMARY", summary));
    wrap(vec![todo])
}

/// Adds a VTIMEZONE for every TZID used and drops the unused ones.
pub(crate) fn with_zones(mut calendar: Component) -> Component {
    calendar.children.retain(|child| child.name != "VTIMEZONE");
    let mut used: Vec<String> = calendar
        .children
        .iter()
        .flat_map(|child| &child.properties)
        .filter_map(|property| property.param("TZID").map(str::to_owned))
        .collect();
    used.sort();
    used.dedup();
    for (index, zone) in used.iter().enumerate() {
        calendar.children.insert(index, timezone(zone));
    }
    calendar
}

/// Zones the generators use: both hemispheres, no DST, half hours.
pub(crate) fn zone_names() -> impl Iterator<Item = &'static str> {
    ZONES.iter().map(|zone| zone.name)
}

struct Zone {
    name: &'static str,
    standard: (&'static str, &'static str),
    daylight: Option<Daylight>,
}

struct Daylight {
    offset: &'static str,
    begins: (&'static str, &'static str),
    ends: (&'static str, &'static str),
}

const ZONES: [Zone; 6] = [
    Zone {
        name: "Europe/Berlin",
        standard: ("CET", "+0100"),
        daylight: Some(Daylight {
            offset: "+0200",
            begins: ("19700329T020000", "BYMONTH=3;BYDAY=-1SU"),
            ends: ("19701025T030000", "BYMONTH=10;BYDAY=-1SU"),
        }),
    },
    Zone {
        name: "Europe/London",
        standard: ("GMT", "+0000"),
        daylight: Some(Daylight {
            offset: "+0100",
            begins: ("19700329T010000", "BYMONTH=3;BYDAY=-1SU"),
            ends: ("19701025T020000", "BYMONTH=10;BYDAY=-1SU"),
        }),
    },
    Zone {
        name: "America/New_York",
        standard: ("EST", "-0500"),
        daylight: Some(Daylight {
            offset: "-0400",
            begins: ("19700308T020000", "BYMONTH=3;BYDAY=2SU"),
            ends: ("19701101T020000", "BYMONTH=11;BYDAY=1SU"),
        }),
    },
    Zone {
        name: "Australia/Sydney",
        standard: ("AEST", "+1000"),
        daylight: Some(Daylight {
            offset: "+1100",
            begins: ("19701004T020000", "BYMONTH=10;BYDAY=1SU"),
            ends: ("19700405T030000", "BYMONTH=4;BYDAY=1SU"),
        }),
    },
    Zone {
        name: "Asia/Kolkata",
        standard: ("IST", "+0530"),
        daylight: None,
    },
    Zone {
        name: "Asia/Tokyo",
        standard: ("JST", "+0900"),
        daylight: None,
    },
];

fn timezone(name: &str) -> Component {
    let mut zone = Component::new("VTIMEZONE");
    zone.add(Property::new("TZID", name));
    let Some(known) = ZONES.iter().find(|known| known.name == name) else {
        zone.children.push(observance(
            "STANDARD",
            "+0000",
            "+0000",
            "19700101T000000",
            None,
        ));
        return zone;
    };
    let standard = known.standard.1;
    match &known.daylight {
        None => zone.children.push(observance(
            "STANDARD",
            standard,
            standard,
            "19700101T000000",
            None,
        )),
        Some(daylight) => {
            let (start, rule) = daylight.begins;
            zone.children.push(observance(
                "DAYLIGHT",
                standard,
                daylight.offset,
                start,
                Some(rule),
            ));
            let (start, rule) = daylight.ends;
            zone.children.push(observance(
                "STANDARD",
                daylight.offset,
                standard,
                start,
                Some(rule),
            ));
        }
    }
    if let Some(last) = zone.children.last_mut() {
        last.add(Property::new("TZNAME", known.standard.0));
    }
    zone
}

fn observance(kind: &str, from: &str, to: &str, start: &str, rule: Option<&str>) -> Component {
    let mut part = Component::new(kind);
    part.add(Property::new("DTSTART", start));
    part.add(Property::new("TZOFFSETFROM", from));
    part.add(Property::new("TZOFFSETTO", to));
    if let Some(rule) = rule {
        part.add(Property::new("RRULE", format!("FREQ=YEARLY;{rule}")));
    }
    part
}
