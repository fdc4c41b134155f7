//! How an event writes its times: the form and zone label it already uses, or a new zone with its definition.

use daybook_domain::event::EventTime;
use daybook_domain::ical::{
    Component, ContentLine, Node, ParseLimits, Tree, VEvent, vtimezone_lines,
};
use daybook_domain::recurrence::{DateValue, OccurrenceKey};
use daybook_domain::zone::Zone;
use daybook_provider_api::Result;
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::caldav::errors;

/// The form of a DATE or DATE-TIME property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// `20261201`.
    Day,
    /// `20261201T090000Z`.
    Utc,
    /// `20261201T100000`: the zone is the calendar's.
    Floating(Zone),
    /// `TZID=label:20261201T100000`. The label is this file's own.
    Zoned { label: String, zone: Zone },
}

impl Form {
    /// The form in which `component`, read as `event`, writes its start.
    pub(super) fn of(component: &Component, event: &VEvent) -> Self {
        let line = component.line("DTSTART");
        let value = line.and_then(|line| DateValue::parse(line.value()));
        match (value, line.and_then(|line| line.param("TZID"))) {
            (Some(DateValue::Date(_)), _) => Self::Day,
            (Some(DateValue::Local(_)), Some(label)) => Self::Zoned {
                label: label.into_owned(),
                zone: event.zone.clone(),
            },
            (Some(DateValue::Local(_)), None) => Self::Floating(event.zone.clone()),
            _ => Self::Utc,
        }
    }

    /// The form for a new time: the present one where it says the same zone, so that labels and exceptions stay what they are.
    pub(super) fn for_time(
        time: &EventTime,
        present: Option<&Self>,
        default_zone: &str,
        repeats: bool,
    ) -> Result<Self> {
        let EventTime::Timed { zone, .. } = time else {
            return Ok(Self::Day);
        };
        if zone.is_none() && !repeats && matches!(present, Some(Self::Utc)) {
            return Ok(Self::Utc);
        }
        let name = zone.as_deref().unwrap_or(default_zone);
        match present {
            Some(Self::Floating(zone)) if zone.name() == name => {
                return Ok(Self::Floating(zone.clone()));
            }
            Some(Self::Zoned { label, zone }) if zone.name() == name || label == name => {
                return Ok(Self::Zoned {
                    label: label.clone(),
                    zone: zone.clone(),
                });
            }
            _ => {}
        }
        match Zone::iana(name) {
            Some(zone) if zone == Zone::utc() => Ok(Self::Utc),
            Some(zone) => Ok(Self::Zoned {
                label: zone.name().to_owned(),
                zone,
            }),
            None => Err(errors::refused_field(
                errors::Field::TimeZone,
                "time_zone",
                "The time zone has no IANA name such as Europe/Berlin, so nothing was written.",
            )),
        }
    }

    /// The zone whose wall the form shows.
    pub(super) fn zone(&self) -> Zone {
        match self {
            Self::Day | Self::Utc => Zone::utc(),
            Self::Floating(zone) | Self::Zoned { zone, .. } => zone.clone(),
        }
    }

    /// A property at an instant. The second of two equal wall times can be said in UTC only.
    pub(super) fn at(&self, name: &str, at: Timestamp) -> ContentLine {
        let zone = self.zone();
        let wall = zone.to_datetime(at);
        if zone.to_timestamp(wall).as_second() == at.as_second() {
            self.on_wall(name, wall)
        } else {
            ContentLine::new(name, &[], &DateValue::Utc(at).to_string())
        }
    }

    /// A property at a wall time of the form's zone.
    pub(super) fn on_wall(&self, name: &str, wall: DateTime) -> ContentLine {
        let local = DateValue::Local(wall).to_string();
        match self {
            Self::Day => ContentLine::new(
                name,
                &[("VALUE", "DATE")],
                &DateValue::Date(wall.date()).to_string(),
            ),
            Self::Utc => ContentLine::new(
                name,
                &[],
                &DateValue::Utc(Zone::utc().to_timestamp(wall)).to_string(),
            ),
            Self::Floating(_) => ContentLine::new(name, &[], &local),
            Self::Zoned { label, .. } => ContentLine::new(name, &[("TZID", label)], &local),
        }
    }

    /// A property at an event's time.
    pub(super) fn time(&self, name: &str, time: &EventTime) -> ContentLine {
        match time {
            EventTime::AllDay(date) => Self::Day.on_wall(name, date.at(0, 0, 0, 0)),
            EventTime::Timed { at, .. } => self.at(name, *at),
        }
    }

    /// A property that names an occurrence.
    pub(super) fn key(&self, name: &str, key: OccurrenceKey) -> ContentLine {
        match key {
            OccurrenceKey::Day(date) => Self::Day.on_wall(name, date.at(0, 0, 0, 0)),
            OccurrenceKey::Instant(at) => self.at(name, at),
        }
    }
}

/// A key as the time it stands for.
pub(super) fn key_of(time: &EventTime) -> OccurrenceKey {
    match time {
        EventTime::AllDay(date) => OccurrenceKey::Day(*date),
        EventTime::Timed { at, .. } => OccurrenceKey::Instant(*at),
    }
}

/// Adds a `VTIMEZONE` for every label in use that has none and that is IANA's; those that are there stay as they are.
pub(super) fn define_zones(tree: &mut Tree) {
    let mut wanted: Vec<(String, Timestamp)> = Vec::new();
    for event in tree.events() {
        let since = event
            .line("DTSTART")
            .and_then(|line| DateValue::parse(line.value()))
            .map_or(Timestamp::UNIX_EPOCH, |value| {
                value.instant_in(&Zone::utc())
            });
        for label in event.lines().filter_map(|line| line.param("TZID")) {
            match wanted.iter_mut().find(|(known, _)| *known == label) {
                Some((_, earliest)) => *earliest = since.min(*earliest),
                None => wanted.push((label.into_owned(), since)),
            }
        }
    }
    let Some(top) = tree
        .components
        .iter_mut()
        .find(|top| top.name == "VCALENDAR")
    else {
        return;
    };
    for (label, since) in wanted {
        let known = top.children("VTIMEZONE").any(|zone| {
            zone.value("TZID")
                .is_some_and(|tzid| tzid.trim().trim_matches('"') == label)
        });
        let Some(zone) = Zone::iana(&label).filter(|_| !known) else {
            continue;
        };
        if let Some(definition) = definition(&zone, &label, since) {
            let place = top
                .nodes
                .iter()
                .position(|node| matches!(node, Node::Component(_)))
                .unwrap_or(top.nodes.len());
            top.nodes.insert(place, Node::Component(definition));
        }
    }
}

fn definition(zone: &Zone, label: &str, since: Timestamp) -> Option<Component> {
    let mut text = String::from("BEGIN:VCALENDAR\r\n");
    for line in vtimezone_lines(zone, label, since) {
        line.fold_into(&mut text);
    }
    text.push_str("END:VCALENDAR\r\n");
    let tree = Tree::parse(text.as_bytes(), &ParseLimits::default()).ok()?;
    let top = tree.components.into_iter().next()?;
    top.nodes.into_iter().find_map(|node| match node {
        Node::Component(component) => Some(component),
        Node::Line(_) => None,
    })
}
