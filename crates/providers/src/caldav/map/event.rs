//! An iCalendar resource as events: the master or single event first, then its changed occurrences (contracts/
//! caldav-apple §6 and §8, icalendar-recurrence §4).

use daybook_domain::event::{
    Attendee, Change, Details, EventTime, Person, ProviderEvent, ResponseStatus, Role, Status,
};
use daybook_domain::ical::{
    self, BusyStatus, CalendarObject, CalendarUser, Class, ParseLimits, PartStat, Participant,
    Transparency, VEvent,
};
use daybook_domain::recurrence::OccurrenceKey;
use daybook_domain::zone::{self, VTimezone, Zone};

/// Whose calendar it is, and which zone its floating times are in.
#[derive(Debug, Clone)]
pub(in crate::caldav) struct Owner {
    zone: Zone,
    email: Option<String>,
}

impl Owner {
    /// `zone` is the calendar's, by its IANA name; `email` the account's address.
    pub(in crate::caldav) fn new(zone: &str, email: Option<&str>) -> Self {
        Self {
            zone: Zone::iana(zone).unwrap_or_else(Zone::utc),
            email: email.map(|email| email.trim().to_lowercase()),
        }
    }

    fn is(&self, user: &CalendarUser) -> bool {
        self.email.is_some() && user.email.as_deref().map(str::to_lowercase) == self.email
    }
}

/// Where an event comes from.
struct Source<'a> {
    owner: &'a Owner,
    href: &'a str,
    etag: Option<&'a str>,
    data: &'a str,
}

/// What was read of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::caldav) struct Read {
    /// The master or single event first, then its changed occurrences.
    pub(in crate::caldav) events: Vec<ProviderEvent>,
    /// Whether the resource holds these events and no others. What is not whole takes nothing away: events that could not be read are
    /// not gone.
    pub(in crate::caldav) whole: bool,
}

impl Read {
    /// What it tells of the resource `href`: all of it, or the events that were read and nothing about the others.
    pub(in crate::caldav) fn changes(self, href: String, etag: Option<String>) -> Vec<Change> {
        let events = self.events;
        if self.whole {
            return vec![Change::Resource { href, etag, events }];
        }
        events
            .into_iter()
            .map(|event| Change::Upsert(Box::new(event)))
            .collect()
    }
}

/// The events in the resource `href`. One that cannot be read at all has none and is not whole, and there is a line in the log: one
/// broken object must not keep a calendar from being read.
pub(in crate::caldav) fn read(owner: &Owner, href: &str, etag: Option<&str>, data: &str) -> Read {
    let objects = match ical::parse(data.as_bytes(), &owner.zone, &ParseLimits::default()) {
        Ok(objects) => objects,
        Err(error) => {
            tracing::warn!(resource = href, %error, "A calendar resource was not understood; what the mirror holds of it stays as it is.");
            return Read {
                events: Vec::new(),
                whole: false,
            };
        }
    };
    let source = Source {
        owner,
        href,
        etag,
        data,
    };
    let mut events = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        if !object.warnings.is_empty() {
            tracing::debug!(
                resource = href,
                warnings = object.warnings.len(),
                "A calendar resource was odd, and read as well as possible."
            );
        }
        // One resource holds one UID (RFC 4791 §4.1); where a server holds more, the others get ids of their own.
        let id = match index {
            0 => href.to_owned(),
            _ => format!("{href}#uid={}", object.uid),
        };
        source.object(&id, object, &mut events);
    }
    let left_out: usize = objects.iter().map(|object| object.left_out).sum();
    if left_out > 0 {
        tracing::warn!(
            resource = href,
            left_out,
            "Events in a calendar resource were not understood; what the mirror holds of them stays as it is."
        );
    }
    Read {
        events,
        whole: left_out == 0,
    }
}

/// The zone that `C:calendar-timezone` means; `None` when it says nothing known.
pub(super) fn zone_of_definition(text: &str) -> Option<Zone> {
    let value = |name: &str| {
        text.lines()
            .filter_map(|line| line.trim().split_once(':'))
            .find(|(key, _)| {
                key.split(';')
                    .next()
                    .is_some_and(|key| key.eq_ignore_ascii_case(name))
            })
            .map(|(_, value)| value.trim().to_owned())
    };
    let definition = VTimezone {
        tzid: value("TZID")?,
        location: value("X-LIC-LOCATION"),
        observances: Vec::new(),
    };
    let found = zone::resolve(&definition.tzid, Some(&definition), &Zone::utc());
    found.warning.is_none().then_some(found.zone)
}

impl Source<'_> {
    fn object(&self, id: &str, object: &CalendarObject, events: &mut Vec<ProviderEvent>) {
        if let Some(master) = &object.master {
            let role = if master.recurrence.is_empty() {
                Role::Single
            } else {
                Role::Master {
                    // Dates without a zone of their own are in that of DTSTART.
                    recurrence: master.recurrence.to_lines(master.start.zone()),
                }
            };
            events.push(self.event(id.to_owned(), role, master));
        }
        for changed in &object.overrides {
            let Some(key) = changed.recurrence_id else {
                continue;
            };
            let zone_of = object.master.as_ref().unwrap_or(changed);
            let role = Role::Override {
                series: id.to_owned(),
                original_start: original_start(key, zone_of),
                this_and_future: changed.this_and_future,
            };
            events.push(self.event(format!("{id}#{key}"), role, changed));
        }
    }

    fn event(&self, provider_id: String, role: Role, event: &VEvent) -> ProviderEvent {
        ProviderEvent {
            provider_id,
            resource: Some(self.href.to_owned()),
            etag: self.etag.map(str::to_owned),
            ical_uid: Some(event.uid.clone()).filter(|uid| !uid.is_empty()),
            role,
            status: event.status.unwrap_or(Status::Confirmed),
            start: event.start.clone(),
            end: event.end.clone(),
            opaque: is_opaque(event),
            informational: false,
            response_status: self.response_status(event),
            details: details(event),
            zone_definition: zone_definition(event, self.data),
            updated_at: event.last_modified,
        }
    }

    fn response_status(&self, event: &VEvent) -> ResponseStatus {
        let own = event
            .attendees
            .iter()
            .find(|attendee| self.owner.is(&attendee.user))
            .map(answer);
        let organizes = event
            .organizer
            .as_ref()
            .is_some_and(|organizer| self.owner.is(organizer));
        match own {
            Some(ResponseStatus::Declined) => ResponseStatus::Declined,
            _ if organizes || event.attendees.is_empty() => ResponseStatus::Organizer,
            Some(answer) => answer,
            None => ResponseStatus::NeedsAction,
        }
    }
}

fn is_opaque(event: &VEvent) -> bool {
    event.transparency == Transparency::Opaque
        && !matches!(
            event.busy_status,
            Some(BusyStatus::Free | BusyStatus::WorkingElsewhere)
        )
}

/// A delegated invitation still takes its owner's time, as contracts/caldav-apple §8 has it.
fn answer(attendee: &Participant) -> ResponseStatus {
    match attendee.partstat {
        PartStat::Accepted => ResponseStatus::Accepted,
        PartStat::Declined => ResponseStatus::Declined,
        PartStat::Tentative => ResponseStatus::Tentative,
        PartStat::NeedsAction | PartStat::Delegated => ResponseStatus::NeedsAction,
    }
}

fn details(event: &VEvent) -> Details {
    Details {
        title: event.summary.clone().unwrap_or_default(),
        description: event.description.clone(),
        location: event.location.clone(),
        organizer: event.organizer.as_ref().map(person),
        attendees: event
            .attendees
            .iter()
            .map(|attendee| Attendee {
                person: person(&attendee.user),
                response_status: answer(attendee),
            })
            .collect(),
        meeting_url: event.meeting_url.clone(),
        html_url: event
            .url
            .clone()
            .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        categories: event.categories.clone(),
        private: event.class != Class::Public,
        elsewhere: event.busy_status == Some(BusyStatus::WorkingElsewhere),
    }
}

fn person(user: &CalendarUser) -> Person {
    Person {
        email: user.email.clone(),
        name: user.name.clone(),
    }
}

/// RECURRENCE-ID as a time, in the zone of the series.
fn original_start(key: OccurrenceKey, series: &VEvent) -> EventTime {
    match key {
        OccurrenceKey::Day(date) => EventTime::AllDay(date),
        OccurrenceKey::Instant(at) => EventTime::Timed {
            at,
            zone: series.start.zone().map(str::to_owned),
        },
    }
}

/// The text of the VTIMEZONE that the event's zone is made of, when no database knows that zone.
fn zone_definition(event: &VEvent, data: &str) -> Option<String> {
    let name = event.start.zone()?;
    if Zone::iana(name).is_some() {
        return None;
    }
    vtimezones(data)
        .into_iter()
        .find(|text| zone_name(text).is_some_and(|tzid| tzid.eq_ignore_ascii_case(name)))
}

/// The VTIMEZONE blocks of a file, as written.
fn vtimezones(data: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in data.lines() {
        let mark = line.trim_end().to_ascii_uppercase();
        if mark == "BEGIN:VTIMEZONE" {
            open = Some(String::new());
        }
        if let Some(text) = &mut open {
            text.push_str(line.trim_end_matches('\r'));
            text.push_str("\r\n");
        }
        if mark == "END:VTIMEZONE" {
            found.extend(open.take());
        }
    }
    found
}

fn zone_name(vtimezone: &str) -> Option<String> {
    let unfolded = vtimezone.replace("\r\n ", "").replace("\r\n\t", "");
    unfolded
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| {
            key.split(';')
                .next()
                .is_some_and(|key| key.eq_ignore_ascii_case("TZID"))
        })
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
}
