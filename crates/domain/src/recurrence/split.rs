//! Splitting a series in two, for changes that reach one occurrence and those after it.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::rule::Rule;
use super::set::Recurrence;
use super::values::DateValue;
use super::{EventDuration, Frequency, Limits, OccurrenceKey, RuleError, Series, occurrences_from};
use crate::event::EventTime;
use crate::zone::Zone;

/// A series cut in two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The lines of what stays: everything before the occurrence. `None`: nothing is before it.
    pub before: Option<Vec<String>>,
    /// The lines of what begins with the occurrence.
    pub after: Vec<String>,
}

/// Most occurrences that are counted to find out how many of a `COUNT` are left.
const MAX_COUNTED: usize = 10_000;

/// Cuts the series that starts at `start` with these lines just before occurrence `at`. Wall times without a zone are those of
/// `zone`, DTSTART's.
///
/// # Errors
/// [`RuleError`] when the lines cannot be read, or when what would have to be counted is too long.
pub fn split(
    lines: &[String],
    start: &EventTime,
    zone: &Zone,
    at: &OccurrenceKey,
) -> Result<Split, RuleError> {
    let recurrence = Recurrence::parse(lines)?;
    let cut = match at {
        OccurrenceKey::Instant(at) => *at,
        OccurrenceKey::Day(date) => zone.start_of_day(*date),
    };
    let all_day = start.is_all_day();
    let begins = match start {
        EventTime::Timed { at, .. } => *at,
        EventTime::AllDay(date) => zone.start_of_day(*date),
    };
    if !recurrence.rules.is_empty() && cut > begins && !fires_at(&recurrence, start, zone, cut) {
        return Err(RuleError::NotWritable(
            "begin at a date that was added by itself: change that occurrence alone, or the whole series",
        ));
    }
    let tzid = zone.iana_name().filter(|_| !all_day);
    let after = after(&recurrence, start, zone, cut)?;
    let before = (cut > begins).then(|| before(&recurrence, zone, cut, at));
    Ok(Split {
        before: before.map(|lines| lines.to_lines(tzid)),
        after: after.to_lines(tzid),
    })
}

/// Whether one of the rules names the occurrence.
fn fires_at(recurrence: &Recurrence, start: &EventTime, zone: &Zone, at: Timestamp) -> bool {
    let rules = Recurrence {
        rules: recurrence.rules.clone(),
        ..Recurrence::default()
    };
    let series = Series::new(start, EventDuration::seconds(1), zone.clone(), rules);
    occurrences_from(&series, at, &Limits::default())
        .next()
        .is_some_and(|occurrence| occurrence.start == at)
}

/// How many of a counted rule's occurrences come before the cut. Excluded ones count (RFC 5545 §3.3.10).
fn count_before(
    rule: &Rule,
    start: &EventTime,
    zone: &Zone,
    cut: Timestamp,
) -> Result<u32, RuleError> {
    let alone = Recurrence {
        rules: vec![rule.clone()],
        ..Recurrence::default()
    };
    let series = Series::new(start, EventDuration::default(), zone.clone(), alone);
    let count = occurrences_from(&series, series.start(), &Limits::default())
        .take_while(|occurrence| occurrence.start < cut)
        .take(MAX_COUNTED + 1)
        .count();
    u32::try_from(count)
        .ok()
        .filter(|_| count <= MAX_COUNTED)
        .ok_or(RuleError::TooLong {
            limit: MAX_COUNTED,
            what: "occurrences before the one to be changed",
        })
}

fn before(recurrence: &Recurrence, zone: &Zone, cut: Timestamp, at: &OccurrenceKey) -> Recurrence {
    let last = match at {
        OccurrenceKey::Day(date) => DateValue::Date(date.yesterday().unwrap_or(*date)),
        OccurrenceKey::Instant(at) => DateValue::Utc(
            at.saturating_sub(SignedDuration::from_secs(1))
                .unwrap_or(*at),
        ),
    };
    let mut kept = recurrence.clone();
    for rule in kept.rules.iter_mut().chain(&mut kept.exrules) {
        let ends_before = rule.until.is_some_and(|until| until.instant_in(zone) < cut);
        if !ends_before {
            rule.count = None;
            rule.until = Some(last);
        }
    }
    kept.rdates.retain(|date| date.start.instant_in(zone) < cut);
    kept.exdates.retain(|date| date.instant_in(zone) < cut);
    kept
}

fn after(
    recurrence: &Recurrence,
    start: &EventTime,
    zone: &Zone,
    cut: Timestamp,
) -> Result<Recurrence, RuleError> {
    let mut kept = recurrence.clone();
    let over = |until: Option<DateValue>| until.is_some_and(|until| until.instant_in(zone) < cut);
    kept.rules.retain(|rule| !over(rule.until));
    kept.exrules.retain(|rule| !over(rule.until));
    for rule in &mut kept.rules {
        if let Some(count) = rule.count {
            let left = count.saturating_sub(count_before(rule, start, zone, cut)?);
            rule.count = Some(left.max(1));
        }
    }
    kept.rdates.retain(|date| date.start.instant_in(zone) > cut);
    kept.exdates.retain(|date| date.instant_in(zone) >= cut);
    Ok(kept)
}

/// The lines for a series whose start moves from `old` to `new` (wall times of its zone): a weekly rule that names just the old
/// weekday names the new one.
///
/// # Errors
/// [`RuleError::NotWritable`] when the rules name days that the move does not carry along: the caller must say how it repeats.
pub fn moved(
    lines: &[String],
    old: jiff::civil::Date,
    new: jiff::civil::Date,
) -> Result<Vec<String>, RuleError> {
    if old == new {
        return Ok(lines.to_vec());
    }
    let mut recurrence = Recurrence::parse(lines)?;
    let dated = !recurrence.rdates.is_empty() || !recurrence.exrules.is_empty();
    for rule in &mut recurrence.rules {
        let names_days = !(rule.by_month_day.is_empty()
            && rule.by_year_day.is_empty()
            && rule.by_week_no.is_empty()
            && rule.by_month.is_empty()
            && rule.by_set_pos.is_empty());
        match rule.by_day.as_mut_slice() {
            _ if names_days => return Err(unmoved()),
            [] => {}
            [day]
                if rule.freq == Frequency::Weekly
                    && day.ordinal.is_none()
                    && day.weekday == old.weekday() =>
            {
                day.weekday = new.weekday();
            }
            _ if old.weekday() == new.weekday() && rule.freq == Frequency::Weekly => {}
            _ => return Err(unmoved()),
        }
    }
    if dated {
        return Err(unmoved());
    }
    // What was left out is left out by its old date; moved along it would need every occurrence's new one.
    recurrence.exdates.clear();
    Ok(recurrence.to_lines(None))
}

const fn unmoved() -> RuleError {
    RuleError::NotWritable(
        "name days that a move to another day does not carry along: send `recurrence` with the new rule",
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::recurrence::expand;

    fn timed(text: &str, zone: &str) -> EventTime {
        EventTime::Timed {
            at: text.parse().unwrap(),
            zone: Some(zone.to_owned()),
        }
    }

    fn starts(lines: &[String], start: &EventTime, zone: &Zone) -> Vec<Timestamp> {
        let series = Series::new(
            start,
            EventDuration::default(),
            zone.clone(),
            Recurrence::parse(lines).unwrap(),
        );
        let window =
            "2026-01-01T00:00:00Z".parse().unwrap().."2028-01-01T00:00:00Z".parse().unwrap();
        expand(&series, window, &Limits::default())
            .occurrences
            .iter()
            .map(|occurrence| occurrence.start)
            .collect()
    }

    /// Whatever the rule: the two halves together fire exactly when the whole did, and the cut is where it was asked for.
    #[test]
    fn the_halves_make_the_whole() {
        let zone = Zone::iana("Europe/Berlin").unwrap();
        let start = timed("2026-03-02T09:00:00Z", "Europe/Berlin");
        let rules: [&[&str]; 7] = [
            &["RRULE:FREQ=WEEKLY"],
            &["RRULE:FREQ=WEEKLY;COUNT=20"],
            &[
                "RRULE:FREQ=DAILY;COUNT=40",
                "EXDATE;TZID=Europe/Berlin:20260310T100000,20260330T100000",
            ],
            &["RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;UNTIL=20260901T000000Z"],
            &["RRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=12"],
            &[
                "RRULE:FREQ=WEEKLY;COUNT=10",
                "RDATE;TZID=Europe/Berlin:20260305T120000,20270105T120000",
            ],
            &["RRULE:FREQ=DAILY;INTERVAL=3;UNTIL=20261231T230000Z"],
        ];
        for lines in rules {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let whole = starts(&lines, &start, &zone);
            for (index, cut) in whole.iter().enumerate().take(25) {
                let at = OccurrenceKey::Instant(*cut);
                let added = lines.len() > 1
                    && lines[1].starts_with("RDATE")
                    && cut.to_string().contains("T11:00");
                let split = match split(&lines, &start, &zone, &at) {
                    Err(RuleError::NotWritable(_)) if added => continue,
                    other => other.unwrap(),
                };
                let mut both = split
                    .before
                    .as_ref()
                    .map(|before| starts(before, &start, &zone))
                    .unwrap_or_default();
                assert_eq!(both.len(), index, "{lines:?} at {cut}: {split:?}");
                let begins = EventTime::Timed {
                    at: *cut,
                    zone: Some("Europe/Berlin".to_owned()),
                };
                both.extend(starts(&split.after, &begins, &zone));
                assert_eq!(both, whole, "{lines:?} at {cut}: {split:?}");
            }
        }
    }

    #[test]
    fn series_of_days_end_on_the_day_before() {
        let zone = Zone::iana("America/New_York").unwrap();
        let start = EventTime::AllDay(date(2026, 3, 2));
        let lines = vec!["RRULE:FREQ=WEEKLY;COUNT=4".to_owned()];
        let at = OccurrenceKey::Day(date(2026, 3, 16));
        let split = split(&lines, &start, &zone, &at).unwrap();
        assert_eq!(split.before.unwrap(), ["RRULE:FREQ=WEEKLY;UNTIL=20260315"]);
        assert_eq!(split.after, ["RRULE:FREQ=WEEKLY;COUNT=2"]);
    }

    #[test]
    fn a_move_carries_a_single_weekday_along_and_refuses_the_rest() {
        let (monday, wednesday) = (date(2026, 3, 2), date(2026, 3, 4));
        let moved = |line: &str| moved(&[line.to_owned()], monday, wednesday);
        assert_eq!(
            moved("RRULE:FREQ=WEEKLY;BYDAY=MO").unwrap(),
            ["RRULE:FREQ=WEEKLY;BYDAY=WE"]
        );
        assert_eq!(moved("RRULE:FREQ=DAILY").unwrap(), ["RRULE:FREQ=DAILY"]);
        for line in [
            "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
            "RRULE:FREQ=MONTHLY;BYDAY=1MO",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=2",
        ] {
            assert!(moved(line).is_err(), "{line}");
        }
    }
}
