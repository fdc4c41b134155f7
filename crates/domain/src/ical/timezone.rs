//! `VTIMEZONE`: read into [`VTimezone`], and written from a zone's own changes.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};

use super::line::ContentLine;
use super::tree::Component;
use crate::recurrence::DateValue;
use crate::zone::{Observance, VTimezone, Zone};

/// Years written out before a rule is trusted to go on.
const YEARS: i16 = 12;

pub(super) fn read(component: &Component) -> Option<VTimezone> {
    let tzid = component
        .line("TZID")?
        .value()
        .trim()
        .trim_matches('"')
        .to_owned();
    let location = component.value("X-LIC-LOCATION").map(str::to_owned);
    let parts = component
        .children("STANDARD")
        .chain(component.children("DAYLIGHT"));
    Some(VTimezone {
        tzid,
        location,
        observances: parts.filter_map(observance).collect(),
    })
}

fn observance(part: &Component) -> Option<Observance> {
    let wall = |text: &str| match DateValue::parse(text)? {
        DateValue::Local(wall) => Some(wall),
        DateValue::Date(date) => Some(date.at(0, 0, 0, 0)),
        // Wrong, but seen: the digits are meant as wall time.
        DateValue::Utc(at) => Some(jiff::tz::Offset::UTC.to_datetime(at)),
    };
    let rdates = part
        .lines()
        .filter(|line| line.is("RDATE"))
        .flat_map(|line| line.value().split(',').filter_map(wall));
    Some(Observance {
        start: wall(part.value("DTSTART")?)?,
        offset_from: offset(part.value("TZOFFSETFROM")?)?,
        offset_to: offset(part.value("TZOFFSETTO")?)?,
        rules: part
            .lines()
            .filter(|line| line.is("RRULE"))
            .filter_map(|line| line.value().parse().ok())
            .collect(),
        rdates: rdates.take(1_000).collect(),
    })
}

/// `+HHMM` or `+HHMMSS`, in seconds.
fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = match text.split_at_checked(1)? {
        ("-", digits) => (-1, digits),
        ("+", digits) => (1, digits),
        _ => (1, text),
    };
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize| {
        digits
            .get(from..from + 2)
            .and_then(|two| two.parse::<i32>().ok())
    };
    let seconds = part(0)? * 3600 + part(2)? * 60 + part(4).unwrap_or(0);
    (seconds <= 18 * 3600).then_some(sign * seconds)
}

fn write_offset(seconds: i32) -> String {
    let size = seconds.unsigned_abs();
    let sign = if seconds < 0 { '-' } else { '+' };
    let mut text = format!("{sign}{:02}{:02}", size / 3600, size / 60 % 60);
    if !size.is_multiple_of(60) {
        let _ = write!(text, "{:02}", size % 60);
    }
    text
}

/// One change of offset, on the wall that still shows the old one.
struct Onset {
    wall: DateTime,
    from: i32,
    to: i32,
}

/// The lines of a `VTIMEZONE` for `zone`, good from the start of `since`'s year on.
#[must_use]
pub fn vtimezone_lines(zone: &Zone, tzid: &str, since: Timestamp) -> Vec<ContentLine> {
    let year = zone.to_datetime(since).year().clamp(1, 9_900);
    let first = Date::new(year, 1, 1).unwrap_or(Date::MIN).at(0, 0, 0, 0);
    let last = Date::new(year + YEARS, 1, 1)
        .unwrap_or(Date::MAX)
        .at(0, 0, 0, 0);
    let (from, until) = (zone.to_timestamp(first), zone.to_timestamp(last));
    let onsets = onsets(zone, from, until);
    let mut lines = vec![plain("BEGIN", "VTIMEZONE"), plain("TZID", tzid)];
    let before = zone.offset_at(from);
    push_part(
        &mut lines,
        &Onset {
            wall: first,
            from: before,
            to: before,
        },
        false,
        &[],
    );
    let mut pending: Vec<&Onset> = onsets.iter().collect();
    while let Some(head) = pending.first().copied() {
        let alike = |onset: &&&Onset| {
            onset.from == head.from && onset.to == head.to && onset.wall.time() == head.wall.time()
        };
        let group: Vec<&Onset> = pending.iter().filter(alike).copied().collect();
        pending.retain(|onset| !alike(&onset));
        push_group(&mut lines, &group, year + YEARS);
    }
    lines.push(plain("END", "VTIMEZONE"));
    lines
}

fn plain(name: &str, value: &str) -> ContentLine {
    ContentLine::new(name, &[], value)
}

fn onsets(zone: &Zone, from: Timestamp, until: Timestamp) -> Vec<Onset> {
    let mut found = Vec::new();
    let mut at = from;
    while found.len() < 400 {
        let Some(next) = zone.next_change(at).filter(|next| *next < until) else {
            break;
        };
        let (before, after) = (zone.offset_at(at), zone.offset_at(next));
        if before != after {
            let wall = crate::zone::timestamp_of_seconds(next.as_second() + i64::from(before));
            found.push(Onset {
                wall: jiff::tz::Offset::UTC.to_datetime(wall),
                from: before,
                to: after,
            });
        }
        at = next;
    }
    found
}

/// The years at the end that follow one yearly rule become that rule; those before are listed.
fn push_group(lines: &mut Vec<ContentLine>, group: &[&Onset], until_year: i16) {
    let trusted = (0..group.len()).find_map(|from| {
        let run = group.get(from..)?;
        let complete = run.len() >= 4 && run.last()?.wall.year() == until_year - 1;
        let yearly = run
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if b.wall.year() == a.wall.year() + 1));
        (complete && yearly).then(|| yearly_rule(run).map(|rule| (from, rule)))?
    });
    let (listed, rule) = match &trusted {
        Some((from, rule)) => (*from, Some(rule)),
        None => (group.len(), None),
    };
    if let Some((first, more)) = group.get(..listed).and_then(<[_]>::split_first) {
        let more: Vec<ContentLine> = more
            .iter()
            .map(|onset| plain("RDATE", &DateValue::Local(onset.wall).to_string()))
            .collect();
        push_part(lines, first, first.to > first.from, &more);
    }
    if let (Some(rule), Some(first)) = (rule, group.get(listed)) {
        push_part(lines, first, first.to > first.from, &[plain("RRULE", rule)]);
    }
}

fn push_part(lines: &mut Vec<ContentLine>, onset: &Onset, daylight: bool, more: &[ContentLine]) {
    let name = if daylight { "DAYLIGHT" } else { "STANDARD" };
    lines.push(plain("BEGIN", name));
    lines.push(plain("DTSTART", &DateValue::Local(onset.wall).to_string()));
    lines.push(plain("TZOFFSETFROM", &write_offset(onset.from)));
    lines.push(plain("TZOFFSETTO", &write_offset(onset.to)));
    lines.extend_from_slice(more);
    lines.push(plain("END", name));
}

/// The yearly rule that all of these follow: the same weekday of the same month, counted from either end.
fn yearly_rule(run: &[&Onset]) -> Option<String> {
    let first = run.first()?.wall;
    let (month, weekday) = (first.month(), first.weekday());
    if run
        .iter()
        .any(|onset| onset.wall.month() != month || onset.wall.weekday() != weekday)
    {
        return None;
    }
    let nth = |wall: DateTime| (wall.day() - 1) / 7 + 1;
    let last = |wall: DateTime| wall.day() + 7 > wall.days_in_month();
    let ordinal = if run.iter().all(|onset| last(onset.wall)) {
        -1
    } else if run.iter().all(|onset| nth(onset.wall) == nth(first)) {
        nth(first)
    } else {
        return None;
    };
    Some(format!(
        "FREQ=YEARLY;BYMONTH={month};BYDAY={ordinal}{}",
        weekday_name(weekday)
    ))
}

const fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}
