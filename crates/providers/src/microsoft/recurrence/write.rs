//! From RFC 5545 lines to a pattern. What does not mean the same days is refused with the reason, never approximated.

use daybook_domain::event::EventTime;
use daybook_domain::recurrence::{
    DateValue, EventDuration, Frequency, Recurrence, Rule, Series, WeekdayNum,
};
use daybook_domain::zone::Zone;
use daybook_provider_api::Result;
use jiff::civil::{Date, Weekday};
use jiff::{Span, Timestamp};

use super::super::errors::unsupported;
use super::super::wire::{self, Pattern, Range};
use super::read::wall_date;
use super::{INDEXES, day_name};

/// The pattern that repeats as `lines` say, for a series that starts at `start` on the wall of `zone`. `name` is the zone as
/// Graph is to know it.
///
/// # Errors
/// `Unsupported`, with the part of the rule that Outlook cannot keep.
pub(in super::super) fn pattern(
    lines: &[String],
    start: &EventTime,
    zone: &Zone,
    name: &str,
) -> Result<wire::Recurrence> {
    let recurrence = Recurrence::parse(lines).map_err(unsupported)?;
    recurrence.check_writable().map_err(unsupported)?;
    if !recurrence.rdates.is_empty() || !recurrence.exdates.is_empty() {
        return Err(unsupported(
            "single dates added to or taken out of a series (RDATE, EXDATE); delete or add those occurrences one by one",
        ));
    }
    let [rule] = recurrence.rules.as_slice() else {
        return Err(unsupported("more than one rule (RRULE) in a series"));
    };
    let first = wall_date(start, zone);
    let pattern = shape(rule, first)?;
    let series = Series::new(start, EventDuration::ZERO, zone.clone(), recurrence.clone());
    if !series.starts_on_its_rules() {
        return Err(unsupported(
            "a series whose first day is not one that its own rule names",
        ));
    }
    Ok(wire::Recurrence {
        pattern,
        range: range(rule, start, first, zone, name),
    })
}

/// The days that `rule` names, for a series whose first day is `first`.
///
/// # Errors
/// As [`pattern`].
fn shape(rule: &Rule, first: Date) -> Result<Pattern> {
    check_parts(rule)?;
    let shaped = match rule.freq {
        Frequency::Daily => daily(rule)?,
        Frequency::Weekly => weekly(rule, first)?,
        Frequency::Monthly => monthly(rule, first)?,
        Frequency::Yearly => yearly(rule, first)?,
        Frequency::Hourly | Frequency::Minutely | Frequency::Secondly => {
            return Err(unsupported("repeating more often than daily (FREQ)"));
        }
    };
    Ok(Pattern {
        interval: Some(rule.interval),
        ..shaped
    })
}

fn check_parts(rule: &Rule) -> Result<()> {
    let refused = [
        (!rule.by_year_day.is_empty(), "days of the year (BYYEARDAY)"),
        (!rule.by_week_no.is_empty(), "numbered weeks (BYWEEKNO)"),
        (
            !(rule.by_hour.is_empty() && rule.by_minute.is_empty() && rule.by_second.is_empty()),
            "several times a day (BYHOUR, BYMINUTE, BYSECOND)",
        ),
        (
            rule.by_month.len() > 1
                || (!rule.by_month.is_empty() && rule.freq != Frequency::Yearly),
            "chosen months (BYMONTH)",
        ),
        (
            rule.by_month_day.len() > 1,
            "several days of the month (BYMONTHDAY)",
        ),
        (
            !rule.by_month_day.is_empty() && !rule.by_day.is_empty(),
            "a day of the month that must also be a weekday (BYMONTHDAY with BYDAY)",
        ),
        (
            rule.by_set_pos.len() > 1
                || (!rule.by_set_pos.is_empty() && rule.freq < Frequency::Monthly),
            "chosen ones of a set (BYSETPOS)",
        ),
    ];
    match refused.into_iter().find(|(wrong, _)| *wrong) {
        Some((_, what)) => Err(unsupported(what)),
        None => Ok(()),
    }
}

/// Every day, or every one of some weekdays, which is a weekly pattern.
fn daily(rule: &Rule) -> Result<Pattern> {
    if !rule.by_month_day.is_empty() {
        return Err(unsupported(
            "a daily rule for days of the month (BYMONTHDAY); make it monthly",
        ));
    }
    match (rule.by_day.is_empty(), rule.interval) {
        (true, _) => Ok(of("daily")),
        (false, 1) => weekly(rule, Date::ZERO),
        (false, _) => Err(unsupported(
            "every nth day that must also be a weekday (BYDAY with INTERVAL)",
        )),
    }
}

fn weekly(rule: &Rule, first: Date) -> Result<Pattern> {
    let mut days = plain_days(&rule.by_day)?;
    if days.is_empty() {
        days.push(first.weekday());
    }
    Ok(Pattern {
        days_of_week: Some(names(&days)),
        first_day_of_week: Some(day_name(rule.week_start).to_owned()),
        ..of("weekly")
    })
}

fn monthly(rule: &Rule, first: Date) -> Result<Pattern> {
    if !rule.by_day.is_empty() {
        return relative("relativeMonthly", rule);
    }
    let day = day_of_month(rule, first)?;
    if day > 28 {
        return Err(unsupported(
            "a day that some months do not have: Outlook takes their last day instead of leaving them out (BYMONTHDAY 29 to 31)",
        ));
    }
    Ok(Pattern {
        day_of_month: Some(day),
        ..of("absoluteMonthly")
    })
}

fn yearly(rule: &Rule, first: Date) -> Result<Pattern> {
    let month = rule.by_month.first().copied();
    let own = u8::try_from(first.month()).ok();
    if !rule.by_day.is_empty() {
        let Some(month) = month else {
            return Err(unsupported(
                "a yearly rule for weekdays without its month (BYDAY without BYMONTH)",
            ));
        };
        return Ok(Pattern {
            month: Some(month),
            ..relative("relativeYearly", rule)?
        });
    }
    if month.is_none() && !rule.by_month_day.is_empty() {
        return Err(unsupported(
            "a yearly rule for a day of every month (BYMONTHDAY without BYMONTH)",
        ));
    }
    let (day, month) = (day_of_month(rule, first)?, month.or(own));
    if month == Some(2) && day > 28 {
        return Err(unsupported(
            "29 February every year: Outlook takes the 28th in other years instead of leaving them out",
        ));
    }
    Ok(Pattern {
        day_of_month: Some(day),
        month,
        ..of("absoluteYearly")
    })
}

fn day_of_month(rule: &Rule, first: Date) -> Result<i8> {
    if !rule.by_set_pos.is_empty() {
        return Err(unsupported("chosen ones of a set (BYSETPOS)"));
    }
    match rule.by_month_day.first() {
        None => Ok(first.day()),
        Some(day) if *day > 0 => Ok(*day),
        Some(_) => Err(unsupported(
            "days counted from the end of the month (negative BYMONTHDAY)",
        )),
    }
}

/// The nth weekday of a month. Of several weekdays only the first day that is any of them means the same to everybody.
fn relative(kind: &str, rule: &Rule) -> Result<Pattern> {
    let position = rule.by_set_pos.first().copied();
    let (days, ordinal) = match (rule.by_day.as_slice(), position) {
        (
            [
                WeekdayNum {
                    ordinal: Some(ordinal),
                    weekday,
                },
            ],
            None | Some(1 | -1),
        ) => (vec![*weekday], i16::from(*ordinal)),
        (
            [
                WeekdayNum {
                    ordinal: None,
                    weekday,
                },
            ],
            Some(position),
        ) => (vec![*weekday], position),
        (days, Some(1)) if days.iter().all(|day| day.ordinal.is_none()) => (plain_days(days)?, 1),
        (_, Some(_)) => {
            return Err(unsupported(
                "another than the first day out of several weekdays (BYSETPOS)",
            ));
        }
        (_, None) => {
            return Err(unsupported(
                "several weekdays of a month (BYDAY); make one series of each",
            ));
        }
    };
    let index = INDEXES
        .iter()
        .find(|(_, known)| i16::from(*known) == ordinal);
    let Some((index, _)) = index else {
        return Err(unsupported(
            "a weekday that is not the first to fourth or the last of its month (BYDAY)",
        ));
    };
    Ok(Pattern {
        days_of_week: Some(names(&days)),
        index: Some((*index).to_owned()),
        ..of(kind)
    })
}

fn range(rule: &Rule, start: &EventTime, first: Date, zone: &Zone, name: &str) -> Range {
    let base = Range {
        kind: Some("noEnd".to_owned()),
        start_date: Some(first.to_string()),
        recurrence_time_zone: Some(name.to_owned()),
        ..Range::default()
    };
    match (rule.count, rule.until) {
        (Some(count), _) => Range {
            kind: Some("numbered".to_owned()),
            number_of_occurrences: Some(count),
            ..base
        },
        (None, Some(until)) => Range {
            kind: Some("endDate".to_owned()),
            end_date: Some(last_day(until, start, zone).max(first).to_string()),
            ..base
        },
        (None, None) => base,
    }
}

/// The last day on which an occurrence may start. An UNTIL before the hour of the series leaves out its own day.
fn last_day(until: DateValue, start: &EventTime, zone: &Zone) -> Date {
    let EventTime::Timed { at, .. } = start else {
        return match until {
            DateValue::Date(date) => date,
            DateValue::Local(wall) => wall.date(),
            DateValue::Utc(at) => Zone::utc().to_datetime(at).date(),
        };
    };
    if let DateValue::Date(date) = until {
        return date;
    }
    let until: Timestamp = until.instant_in(zone);
    let day = zone.to_datetime(until).date();
    let that_day = zone.to_timestamp(day.to_datetime(zone.to_datetime(*at).time()));
    match that_day > until {
        true => day.checked_sub(Span::new().days(1)).unwrap_or(day),
        false => day,
    }
}

fn plain_days(days: &[WeekdayNum]) -> Result<Vec<Weekday>> {
    if days.iter().any(|day| day.ordinal.is_some()) {
        return Err(unsupported("several numbered weekdays (BYDAY)"));
    }
    let mut found = Vec::new();
    for day in days {
        if !found.contains(&day.weekday) {
            found.push(day.weekday);
        }
    }
    Ok(found)
}

fn names(days: &[Weekday]) -> Vec<String> {
    days.iter().map(|day| day_name(*day).to_owned()).collect()
}

fn of(kind: &str) -> Pattern {
    Pattern {
        kind: Some(kind.to_owned()),
        ..Pattern::default()
    }
}
