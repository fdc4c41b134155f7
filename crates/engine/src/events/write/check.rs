//! What a new event, or a change of one, may say: limits, times, repeat rules.

use std::borrow::Cow;

use daybook_domain::account::EmailAddress;
use daybook_domain::event::{Draft, EventTime, Person};
use daybook_domain::recurrence::{EventDuration, Limits, Recurrence, Series, occurrences_from};
use daybook_domain::zone::Zone;
use daybook_provider_api::error::Field;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use super::Error;

/// Longest title, in characters.
pub const MAX_TITLE: usize = 1_000;
/// Longest description, in characters.
pub const MAX_DESCRIPTION: usize = 8_000;
/// Longest location, in characters.
pub const MAX_LOCATION: usize = 1_000;
/// Most attendees (RELIABILITY §3 row 22).
pub const MAX_ATTENDEES: usize = 50;
/// Most recurrence lines.
const MAX_LINES: usize = 20;
/// Longest event.
const MAX_LENGTH: SignedDuration = SignedDuration::from_hours(24 * 366);
/// Years that can be written.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2200;

/// When an event starts or ends, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum When {
    /// A whole day.
    Day(Date),
    /// An instant.
    At(Timestamp),
    /// Wall time of the event's zone.
    Wall(DateTime),
}

impl std::str::FromStr for When {
    type Err = Error;

    /// Reads `2026-12-01`, `2026-12-01T09:00:00Z`, `2026-12-01T09:00:00+01:00` or `2026-12-01T09:00:00`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if !text.contains(['T', 't', ' ']) {
            return text.parse().map(Self::Day).map_err(|_| unread(""));
        }
        if let Ok(at) = text.parse() {
            return Ok(Self::At(at));
        }
        // A wall time has no offset; the library would silently drop one it cannot use.
        let tail = text.get(10..).unwrap_or_default();
        if tail.contains(['Z', 'z', '+', '-', '[']) {
            return Err(unread(""));
        }
        text.parse().map(Self::Wall).map_err(|_| unread(""))
    }
}

fn unread(pointer: &'static str) -> Error {
    invalid(
        pointer,
        "must be an instant such as 2026-12-01T09:00:00Z, a wall time such as 2026-12-01T09:00:00 (in `time_zone`), or for all-day events a date such as 2026-12-01",
    )
}

pub(super) fn invalid(pointer: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Error {
    Error::Invalid {
        pointer: pointer.into(),
        detail: detail.into(),
    }
}

/// The zone with this name.
pub(super) fn zone(name: &str) -> Result<Zone, Error> {
    Zone::iana(name).ok_or_else(|| {
        invalid(
            "/time_zone",
            "is not a time zone Daybook knows; use an IANA name such as Europe/Berlin",
        )
    })
}

/// Start and end in `zone`: both are days or both are times, the end after the start.
pub(super) fn times(
    start: &When,
    end: &When,
    zone: &Zone,
) -> Result<(EventTime, EventTime), Error> {
    let (from, to) = (
        time("/start_time", start, zone)?,
        time("/end_time", end, zone)?,
    );
    let length = match (&from, &to) {
        (EventTime::AllDay(first), EventTime::AllDay(after)) => zone
            .start_of_day(*after)
            .duration_since(zone.start_of_day(*first)),
        (EventTime::Timed { at: start, .. }, EventTime::Timed { at: end, .. }) => {
            end.duration_since(*start)
        }
        _ => {
            return Err(invalid(
                "/end_time",
                "must be a date when `start_time` is one, and a time when that is one",
            ));
        }
    };
    if length <= SignedDuration::ZERO {
        let detail = if from.is_all_day() {
            "must be later than `start_time`: the end of an all-day event is the day after its last"
        } else {
            "must be later than `start_time`"
        };
        return Err(invalid("/end_time", detail));
    }
    if length > MAX_LENGTH {
        return Err(invalid("/end_time", "an event may last 366 days at most"));
    }
    Ok((from, to))
}

fn time(pointer: &'static str, when: &When, zone: &Zone) -> Result<EventTime, Error> {
    let time = match when {
        When::Day(date) => EventTime::AllDay(*date),
        When::At(at) => timed(*at, zone),
        When::Wall(wall) => {
            let at = zone.to_timestamp(*wall);
            if zone.to_datetime(at) != *wall {
                return Err(invalid(
                    pointer,
                    format!("{wall} does not exist in {zone}: the clocks go forward over it"),
                ));
            }
            timed(at, zone)
        }
    };
    let year = match &time {
        EventTime::AllDay(date) => date.year(),
        EventTime::Timed { at, .. } => zone.to_datetime(*at).year(),
    };
    if YEARS.contains(&year) {
        Ok(time)
    } else {
        Err(invalid(pointer, "must be in the years 1970 to 2200"))
    }
}

fn timed(at: Timestamp, zone: &Zone) -> EventTime {
    EventTime::Timed {
        at,
        zone: zone.iana_name().map(str::to_owned),
    }
}

/// The people with these addresses, each once.
pub(super) fn attendees(addresses: &[String]) -> Result<Vec<Person>, Error> {
    if addresses.len() > MAX_ATTENDEES {
        return Err(invalid(
            "/attendee_emails",
            format!("an event may have {MAX_ATTENDEES} attendees at most"),
        ));
    }
    let mut people: Vec<Person> = Vec::with_capacity(addresses.len());
    for (index, address) in addresses.iter().enumerate() {
        let email: EmailAddress = address.parse().map_err(|_| {
            let shown: String = address.chars().take(60).collect();
            invalid(
                format!("/attendee_emails/{index}"),
                format!("{shown:?} is not an e-mail address: write it as name@example.com"),
            )
        })?;
        let email = Some(email.as_str().to_owned());
        if people.iter().all(|person| person.email != email) {
            people.push(Person { email, name: None });
        }
    }
    Ok(people)
}

/// The provider's refusal with the place of the attendee it is about among the addresses that were sent, where each person was
/// taken once.
pub(super) fn placed(error: Error, people: &[Person], addresses: &[String]) -> Error {
    let Error::Refused(mut refusal) = error else {
        return error;
    };
    if let Some(Field::Attendee(index)) = refusal.field {
        let is_it = |address: &String| {
            let email = address.parse::<EmailAddress>().ok();
            let person = people.get(index).and_then(|person| person.email.as_deref());
            email.is_some_and(|email| Some(email.as_str()) == person)
        };
        let place = addresses.iter().position(is_it);
        refusal.field = Some(place.map_or(Field::Attendees, Field::Attendee));
    }
    Error::Refused(refusal)
}

/// One line of words, cleaned of what no title has.
pub(super) fn line(pointer: &'static str, text: &str, most: usize) -> Result<String, Error> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(invalid(
            pointer,
            "must be one line without control characters",
        ));
    }
    bounded(pointer, text, most)
}

/// Several lines of words.
pub(super) fn text(pointer: &'static str, text: &str, most: usize) -> Result<String, Error> {
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(invalid(pointer, "must not have control characters"));
    }
    bounded(pointer, text, most)
}

fn bounded(pointer: &'static str, text: &str, most: usize) -> Result<String, Error> {
    if text.chars().count() > most {
        return Err(invalid(
            pointer,
            format!("must have {most} characters at most"),
        ));
    }
    Ok(text.to_owned())
}

/// Whether these recurrence lines can be written for an event that starts at `start`.
pub(super) fn recurrence(lines: &[String], start: &EventTime, zone: &Zone) -> Result<(), Error> {
    if lines.is_empty() {
        return Ok(());
    }
    if lines.len() > MAX_LINES {
        return Err(invalid(
            "/recurrence",
            format!("may have {MAX_LINES} lines at most"),
        ));
    }
    let parsed = Recurrence::parse(lines)?;
    parsed.check_writable()?;
    if parsed.is_empty() {
        return Err(invalid(
            "/recurrence",
            "must say how the event repeats, as in RRULE:FREQ=WEEKLY",
        ));
    }
    let series = Series::new(start, EventDuration::default(), zone.clone(), parsed);
    if !series.starts_on_its_rules() {
        return Err(invalid(
            "/recurrence",
            "the rule does not name the day the event starts on; move the start to the first day it repeats on",
        ));
    }
    if occurrences_from(&series, series.start(), &Limits::default())
        .next()
        .is_none()
    {
        return Err(invalid("/recurrence", "leaves no occurrence at all"));
    }
    Ok(())
}

/// All of a draft, before it is stored.
pub(super) fn draft(draft: &Draft, zone: &Zone) -> Result<(), Error> {
    recurrence(&draft.recurrence, &draft.start, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
        match result {
            Err(Error::Invalid { pointer, .. }) => pointer.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn times_say_what_is_wrong_with_them() {
        let berlin = Zone::iana("Europe/Berlin").unwrap();
        let when = |text: &str| text.parse::<When>().unwrap();
        let both = |start: &str, end: &str| times(&when(start), &when(end), &berlin);
        let (start, _) = both("2026-12-01T09:00:00", "2026-12-01T10:00:00").unwrap();
        assert_eq!(
            start,
            EventTime::Timed {
                at: "2026-12-01T08:00:00Z".parse().unwrap(),
                zone: Some("Europe/Berlin".into())
            }
        );
        both("2026-12-01", "2026-12-02").unwrap();
        both("2026-12-01T09:00:00+05:30", "2026-12-01T10:00:00Z").unwrap();
        assert_eq!(pointer(both("2026-12-01", "2026-12-01")), "/end_time");
        assert_eq!(
            pointer(both("2026-12-01", "2026-12-01T10:00:00Z")),
            "/end_time"
        );
        assert_eq!(
            pointer(both("2026-12-01T10:00:00Z", "2026-12-01T09:00:00Z")),
            "/end_time"
        );
        assert_eq!(pointer(both("2026-12-01", "2029-12-01")), "/end_time");
        assert_eq!(pointer(both("1601-01-01", "1601-01-02")), "/start_time");
        // The clocks go forward at 02:00.
        assert_eq!(
            pointer(both("2026-03-29T02:30:00", "2026-03-29T04:00:00")),
            "/start_time"
        );
        for text in [
            "",
            "tomorrow",
            "2026-13-01",
            "2026-12-01T25:00:00Z",
            "2026-12-01T09:00:00+99:00",
            "2026-12-01T",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }

    #[test]
    fn rules_that_cannot_be_written_are_refused() {
        let zone = Zone::utc();
        let start = timed("2026-03-02T09:00:00Z".parse().unwrap(), &zone);
        let check = |line: &str| recurrence(&[line.to_owned()], &start, &zone);
        check("RRULE:FREQ=WEEKLY;COUNT=5").unwrap();
        for line in [
            "RRULE:FREQ=WEEKLY;COUNT=5;UNTIL=20270101T000000Z",
            "RRULE:FREQ=HOURLY",
            "RRULE:FREQ=SECONDLY",
            "RRULE:FREQ=WEEKLY;BYDAY=TU",
            "RRULE:FREQ=NEVER",
            "EXRULE:FREQ=DAILY",
            "EXDATE:20260302T090000Z",
            "DTSTART:20260302T090000Z",
            "X-RULE",
        ] {
            assert_eq!(pointer(check(line)), "/recurrence", "{line}");
        }
    }

    #[test]
    fn attendees_are_addresses_and_not_too_many() {
        let several = |n: usize| {
            (0..n)
                .map(|i| format!("p{i}@x.example"))
                .collect::<Vec<_>>()
        };
        assert_eq!(attendees(&several(50)).unwrap().len(), 50);
        assert_eq!(pointer(attendees(&several(51))), "/attendee_emails");
        let second = attendees(&["a@x.example".into(), "nobody".into()]);
        assert_eq!(pointer(second), "/attendee_emails/1");
        let twice = attendees(&["A@x.example".into(), "a@X.example".into()]).unwrap();
        assert_eq!(twice.len(), 1);
    }

    #[test]
    fn a_refused_attendee_is_found_among_the_addresses_that_were_sent() {
        let sent = ["a@x.example", "A@x.example", "b@x.example"].map(str::to_owned);
        let people = attendees(&sent).unwrap();
        let refusal = |index| {
            let error = daybook_provider_api::Error::new(
                daybook_provider_api::error::ErrorKind::Unsupported,
                "no",
            );
            let named = placed(
                Error::Refused(error.about(Field::Attendee(index))),
                &people,
                &sent,
            );
            match named {
                Error::Refused(error) => error.field,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(refusal(0), Some(Field::Attendee(0)));
        assert_eq!(refusal(1), Some(Field::Attendee(2)));
        assert_eq!(refusal(2), Some(Field::Attendees));
    }
}
