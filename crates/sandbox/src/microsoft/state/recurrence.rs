//! Graph's `patternedRecurrence`: reading it, writing it back, and the dates it stands for (contract §5).
//!
//! An engine of its own, so that a mistake in Daybook's does not repeat itself here.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};

/// More dates than this are never made from one pattern.
const MOST: usize = 20_000;
const DAYS: [(&str, Weekday); 7] = [
    ("sunday", Weekday::Sunday),
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
];
const INDEXES: [&str; 5] = ["first", "second", "third", "fourth", "last"];

/// How a series repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recurrence {
    step: Step,
    interval: i32,
    first_day: Weekday,
    start: Date,
    until: Until,
    zone: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Daily,
    Weekly(Vec<Weekday>),
    Monthly(In),
    Yearly(i8, In),
}

/// Where in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
enum In {
    Day(i8),
    /// The first (…, last) day that is one of these.
    Nth(usize, Vec<Weekday>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    Date(Date),
    Never,
    Count(usize),
}

impl Recurrence {
    /// Reads the wire form; `zone` stands in for an absent `recurrenceTimeZone`.
    pub fn parse(value: &Value, zone: &str) -> Result<Self, String> {
        let pattern = value
            .get("pattern")
            .ok_or("recurrence.pattern is missing")?;
        let range = value.get("range").ok_or("recurrence.range is missing")?;
        let interval = number(pattern, "interval").unwrap_or(1);
        if !(1..=999).contains(&interval) {
            return Err("recurrence.pattern.interval must be from 1 to 999".into());
        }
        let start = date(range, "startDate").ok_or("recurrence.range.startDate is missing")?;
        let first_day = match text(pattern, "firstDayOfWeek") {
            "" => Weekday::Sunday,
            name => weekday(name)?,
        };
        let recurrence = Self {
            step: step(pattern)?,
            interval: i32::try_from(interval).unwrap_or(1),
            first_day,
            start,
            until: until(range)?,
            zone: match text(range, "recurrenceTimeZone") {
                "" => zone.to_owned(),
                name => name.to_owned(),
            },
        };
        recurrence
            .first()
            .map(|_| recurrence.clone())
            .ok_or_else(|| "The recurrence has no occurrence.".into())
    }

    /// The wire form, unused parts filled with the provider's empty values.
    pub fn to_wire(&self) -> Value {
        let (kind, month, place): (&str, i8, Option<&In>) = match &self.step {
            Step::Daily => ("daily", 0, None),
            Step::Weekly(_) => ("weekly", 0, None),
            Step::Monthly(place @ In::Day(_)) => ("absoluteMonthly", 0, Some(place)),
            Step::Monthly(place) => ("relativeMonthly", 0, Some(place)),
            Step::Yearly(month, place @ In::Day(_)) => ("absoluteYearly", *month, Some(place)),
            Step::Yearly(month, place) => ("relativeYearly", *month, Some(place)),
        };
        let (day, index) = match place {
            Some(In::Day(day)) => (*day, 0),
            Some(In::Nth(index, _)) => (0, *index),
            None => (0, 0),
        };
        let mut pattern = json!({"type": kind, "interval": self.interval, "month": month, "dayOfMonth": day,
            "firstDayOfWeek": name(self.first_day), "index": INDEXES[index]});
        let days = match (&self.step, place) {
            (Step::Weekly(days), _) | (_, Some(In::Nth(_, days))) => days.as_slice(),
            _ => &[],
        };
        if !days.is_empty() {
            pattern["daysOfWeek"] = days.iter().map(|d| name(*d)).collect();
        }
        let (kind, end, count) = match self.until {
            Until::Date(end) => ("endDate", end.to_string(), 0),
            Until::Never => ("noEnd", "0001-01-01".to_owned(), 0),
            Until::Count(count) => ("numbered", "0001-01-01".to_owned(), count),
        };
        let range = json!({"type": kind, "startDate": self.start.to_string(), "endDate": end,
            "recurrenceTimeZone": self.zone, "numberOfOccurrences": count});
        json!({"pattern": pattern, "range": range})
    }

    /// The first date.
    pub fn first(&self) -> Option<Date> {
        self.walk(self.start.saturating_add(60.years()), 1)
            .first()
            .copied()
    }

    /// All dates up to and including `to`.
    pub fn dates(&self, to: Date) -> Vec<Date> {
        self.walk(to, MOST)
    }

    fn walk(&self, to: Date, most: usize) -> Vec<Date> {
        let last = match self.until {
            Until::Date(end) => end.min(to),
            _ => to,
        };
        let most = match self.until {
            Until::Count(count) => count.min(most),
            _ => most,
        };
        let mut found = Vec::new();
        for round in 0..i32::MAX {
            let Some(period) = self.period(round) else {
                break;
            };
            let candidates = self.candidates(period);
            if period > last || found.len() >= most {
                break;
            }
            let fits = |d: &Date| *d >= self.start && *d <= last;
            found.extend(candidates.into_iter().filter(fits));
        }
        found.truncate(most);
        found
    }

    /// The first day of the `round`th day, week, month or year of the pattern.
    fn period(&self, round: i32) -> Option<Date> {
        let n = i64::from(round.checked_mul(self.interval)?);
        let start = self.start;
        let (anchor, span) = match self.step {
            Step::Daily => (start, n.days()),
            Step::Weekly(_) => {
                let back = i64::from(start.weekday().since(self.first_day));
                (start.checked_sub(back.days()).ok()?, (7 * n).days())
            }
            Step::Monthly(_) => (
                start.first_of_month(),
                jiff::Span::new().try_months(n).ok()?,
            ),
            Step::Yearly(..) => (start.first_of_year(), jiff::Span::new().try_years(n).ok()?),
        };
        anchor.checked_add(span).ok()
    }

    fn candidates(&self, period: Date) -> Vec<Date> {
        match &self.step {
            Step::Daily => vec![period],
            Step::Weekly(days) => {
                let week = (0..7_i64).map(|n| period.saturating_add(n.days()));
                week.filter(|d| days.contains(&d.weekday())).collect()
            }
            Step::Monthly(place) => in_month(period, place).into_iter().collect(),
            Step::Yearly(month, place) => Date::new(period.year(), *month, 1)
                .ok()
                .and_then(|first| in_month(first, place))
                .into_iter()
                .collect(),
        }
    }
}

/// A day beyond the month's end falls on its last day, as Outlook says.
fn in_month(first: Date, place: &In) -> Option<Date> {
    match place {
        In::Day(day) => {
            let day = (*day).min(first.days_in_month());
            Date::new(first.year(), first.month(), day).ok()
        }
        In::Nth(index, days) => {
            let month = (1..=first.days_in_month())
                .filter_map(|day| Date::new(first.year(), first.month(), day).ok());
            let fitting: Vec<Date> = month.filter(|d| days.contains(&d.weekday())).collect();
            if *index == 4 {
                fitting.last().copied()
            } else {
                fitting.get(*index).copied()
            }
        }
    }
}

fn step(pattern: &Value) -> Result<Step, String> {
    let needs_days = || {
        let days = days(pattern)?;
        if days.is_empty() {
            return Err("recurrence.pattern.daysOfWeek is missing".to_owned());
        }
        Ok(days)
    };
    let day = || match number(pattern, "dayOfMonth") {
        Some(day @ 1..=31) => Ok(In::Day(i8::try_from(day).unwrap_or(1))),
        _ => Err("recurrence.pattern.dayOfMonth must be from 1 to 31".to_owned()),
    };
    let nth = || {
        let wanted = match text(pattern, "index") {
            "" => "first",
            other => other,
        };
        let index = INDEXES.iter().position(|i| *i == wanted);
        let index = index.ok_or("recurrence.pattern.index is unknown")?;
        Ok::<In, String>(In::Nth(index, needs_days()?))
    };
    let month = || match number(pattern, "month") {
        Some(month @ 1..=12) => Ok(i8::try_from(month).unwrap_or(1)),
        _ => Err("recurrence.pattern.month must be from 1 to 12".to_owned()),
    };
    match text(pattern, "type") {
        "daily" => Ok(Step::Daily),
        "weekly" => Ok(Step::Weekly(needs_days()?)),
        "absoluteMonthly" => Ok(Step::Monthly(day()?)),
        "relativeMonthly" => Ok(Step::Monthly(nth()?)),
        "absoluteYearly" => Ok(Step::Yearly(month()?, day()?)),
        "relativeYearly" => Ok(Step::Yearly(month()?, nth()?)),
        other => Err(format!("recurrence.pattern.type {other} is unknown")),
    }
}

fn until(range: &Value) -> Result<Until, String> {
    match text(range, "type") {
        "noEnd" => Ok(Until::Never),
        "endDate" => date(range, "endDate")
            .map(Until::Date)
            .ok_or_else(|| "recurrence.range.endDate is missing".into()),
        "numbered" => match number(range, "numberOfOccurrences") {
            Some(count @ 1..=999) => Ok(Until::Count(usize::try_from(count).unwrap_or(1))),
            _ => Err("recurrence.range.numberOfOccurrences must be from 1 to 999".into()),
        },
        other => Err(format!("recurrence.range.type {other} is unknown")),
    }
}

fn days(pattern: &Value) -> Result<Vec<Weekday>, String> {
    let list = pattern.get("daysOfWeek").and_then(Value::as_array);
    let names = list.into_iter().flatten().filter_map(Value::as_str);
    // Each day once, whatever the client repeats.
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().map(weekday).collect()
}

fn weekday(text: &str) -> Result<Weekday, String> {
    let found = DAYS.iter().find(|(n, _)| n.eq_ignore_ascii_case(text));
    found
        .map(|(_, day)| *day)
        .ok_or_else(|| format!("{text} is not a day of the week"))
}

fn name(day: Weekday) -> &'static str {
    let found = DAYS.iter().find(|(_, d)| *d == day);
    found.map_or("sunday", |(name, _)| name)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, key: &str) -> Option<i64> {
    value.get(key)?.as_i64()
}

fn date(value: &Value, key: &str) -> Option<Date> {
    text(value, key).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(pattern: Value, range: Value) -> Vec<String> {
        let value = json!({"pattern": pattern, "range": range});
        let recurrence = Recurrence::parse(&value, "UTC").unwrap();
        let again = Recurrence::parse(&recurrence.to_wire(), "UTC").unwrap();
        assert_eq!(again, recurrence);
        let to = jiff::civil::date(2030, 1, 1);
        recurrence.dates(to).iter().map(Date::to_string).collect()
    }

    fn numbered(start: &str, count: u8) -> Value {
        json!({"type": "numbered", "startDate": start, "numberOfOccurrences": count})
    }

    #[test]
    fn days_and_weeks() {
        let daily = json!({"type": "daily", "interval": 3});
        let found = dates(
            daily.clone(),
            json!({"type": "endDate", "startDate": "2026-02-26", "endDate": "2026-03-04"}),
        );
        assert_eq!(found, ["2026-02-26", "2026-03-01", "2026-03-04"]);
        // The same days, but the week begins elsewhere: RFC 5545's example of WKST.
        let week = |first: &str| json!({"type": "weekly", "interval": 2, "daysOfWeek": ["tuesday", "sunday"], "firstDayOfWeek": first});
        let monday = dates(week("monday"), numbered("1997-08-05", 4));
        assert_eq!(
            monday,
            ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]
        );
        let sunday = dates(week("sunday"), numbered("1997-08-05", 4));
        assert_eq!(
            sunday,
            ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]
        );
    }

    #[test]
    fn months_and_years() {
        let last = json!({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31});
        let found = dates(last, numbered("2026-01-31", 3));
        assert_eq!(found, ["2026-01-31", "2026-02-28", "2026-03-31"]);
        // Several days mean the first of them, not each of them.
        let first = json!({"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["monday", "friday"], "index": "first"});
        let found = dates(first, numbered("2026-05-01", 3));
        assert_eq!(found, ["2026-05-01", "2026-06-01", "2026-07-03"]);
        let last = json!({"type": "relativeMonthly", "interval": 2, "daysOfWeek": ["friday"], "index": "last"});
        assert_eq!(
            dates(last, numbered("2026-01-01", 2)),
            ["2026-01-30", "2026-03-27"]
        );
        let leap = json!({"type": "absoluteYearly", "interval": 1, "month": 2, "dayOfMonth": 29});
        assert_eq!(
            dates(leap, numbered("2027-01-01", 2)),
            ["2027-02-28", "2028-02-29"]
        );
        let thanks = json!({"type": "relativeYearly", "interval": 1, "month": 11, "daysOfWeek": ["thursday"], "index": "fourth"});
        assert_eq!(
            dates(thanks, numbered("2026-01-01", 2)),
            ["2026-11-26", "2027-11-25"]
        );
    }

    #[test]
    fn nonsense_is_refused() {
        let range = numbered("2026-01-01", 2);
        for pattern in [
            json!({"type": "hourly"}),
            json!({"type": "weekly"}),
            json!({"type": "absoluteMonthly", "dayOfMonth": 32}),
            json!({"type": "daily", "interval": 0}),
            json!({"type": "relativeMonthly", "daysOfWeek": ["funday"]}),
        ] {
            assert!(
                Recurrence::parse(&json!({"pattern": pattern, "range": range}), "UTC").is_err(),
                "{pattern}"
            );
        }
    }
}
