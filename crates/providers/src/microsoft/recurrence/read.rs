//! From pattern to rules.

use daybook_domain::event::EventTime;
use daybook_domain::recurrence::{DateValue, Frequency, Rule, WeekdayNum};
use daybook_domain::zone::Zone;
use jiff::civil::{Date, Weekday};

use super::super::wire::{Pattern, Range, Recurrence};
use super::{INDEXES, weekday};

/// The rules that `recurrence` may mean for a series that starts at `start` on the wall of `zone`, the plainest first. None
/// when it cannot be understood.
pub(in super::super) fn rules(
    recurrence: Option<&Recurrence>,
    start: &EventTime,
    zone: &Zone,
) -> Vec<Rule> {
    let Some(recurrence) = recurrence else {
        return Vec::new();
    };
    let mut rules = days(&recurrence.pattern, start, zone).unwrap_or_default();
    for rule in &mut rules {
        rule.interval = recurrence.pattern.interval.unwrap_or(1).max(1);
        bound(rule, &recurrence.range, start, zone);
    }
    rules
}

fn days(pattern: &Pattern, start: &EventTime, zone: &Zone) -> Option<Vec<Rule>> {
    let kind = pattern.kind.as_deref()?;
    let month = pattern.month.filter(|month| (1..=12).contains(month));
    Some(match kind {
        "daily" => vec![Rule::every(Frequency::Daily)],
        "weekly" => {
            let mut days = weekdays(pattern);
            if days.is_empty() {
                days.push(wall_date(start, zone).weekday());
            }
            vec![Rule {
                by_day: every(days),
                week_start: pattern
                    .first_day_of_week
                    .as_deref()
                    .and_then(weekday)
                    .unwrap_or(Weekday::Sunday),
                ..Rule::every(Frequency::Weekly)
            }]
        }
        "absoluteMonthly" => absolute(Rule::every(Frequency::Monthly), pattern)?,
        "absoluteYearly" => absolute(
            Rule {
                by_month: vec![month?],
                ..Rule::every(Frequency::Yearly)
            },
            pattern,
        )?,
        "relativeMonthly" => relative(Rule::every(Frequency::Monthly), pattern)?,
        "relativeYearly" => relative(
            Rule {
                by_month: vec![month?],
                ..Rule::every(Frequency::Yearly)
            },
            pattern,
        )?,
        _ => return None,
    })
}

/// A day of the month. Where a month has no such day RFC 5545 skips it and Exchange takes the last one, so both are offered.
fn absolute(rule: Rule, pattern: &Pattern) -> Option<Vec<Rule>> {
    let day = pattern.day_of_month.filter(|day| (1..=31).contains(day))?;
    let strict = Rule {
        by_month_day: vec![day],
        ..rule.clone()
    };
    if day <= 28 {
        return Some(vec![strict]);
    }
    let clamped = Rule {
        by_month_day: (28..=day).collect(),
        by_set_pos: vec![-1],
        ..rule
    };
    Some(vec![strict, clamped])
}

/// The nth weekday of a month; of several weekdays the nth day that is any of them.
fn relative(rule: Rule, pattern: &Pattern) -> Option<Vec<Rule>> {
    let index = pattern.index.as_deref().unwrap_or("first");
    let ordinal = INDEXES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(index))?
        .1;
    let days = weekdays(pattern);
    Some(vec![match days.as_slice() {
        [] => return None,
        [one] => Rule {
            by_day: vec![WeekdayNum {
                ordinal: Some(ordinal),
                weekday: *one,
            }],
            ..rule
        },
        _ => Rule {
            by_day: every(days),
            by_set_pos: vec![i16::from(ordinal)],
            ..rule
        },
    }])
}

fn bound(rule: &mut Rule, range: &Range, start: &EventTime, zone: &Zone) {
    match range.kind.as_deref() {
        Some("numbered") => rule.count = range.number_of_occurrences.filter(|count| *count > 0),
        Some("endDate") => {
            let last = range
                .end_date
                .as_deref()
                .and_then(|text| text.get(..10)?.parse::<Date>().ok());
            rule.until = last.filter(|date| date.year() > 1).map(|date| match start {
                EventTime::AllDay(_) => DateValue::Date(date),
                EventTime::Timed { at, .. } => {
                    let wall = zone.to_datetime(*at).time();
                    DateValue::Utc(zone.to_timestamp(date.to_datetime(wall)))
                }
            });
        }
        // `endDate` is 0001-01-01 when it says nothing.
        _ => {}
    }
}

/// The date on which `start` falls on the wall of `zone`.
pub(super) fn wall_date(start: &EventTime, zone: &Zone) -> Date {
    match start {
        EventTime::AllDay(date) => *date,
        EventTime::Timed { at, .. } => zone.to_datetime(*at).date(),
    }
}

fn weekdays(pattern: &Pattern) -> Vec<Weekday> {
    let mut days: Vec<Weekday> = Vec::new();
    for day in pattern
        .days_of_week
        .iter()
        .flatten()
        .filter_map(|name| weekday(name))
    {
        if !days.contains(&day) {
            days.push(day);
        }
    }
    days
}

fn every(days: Vec<Weekday>) -> Vec<WeekdayNum> {
    days.into_iter()
        .map(|weekday| WeekdayNum {
            ordinal: None,
            weekday,
        })
        .collect()
}
