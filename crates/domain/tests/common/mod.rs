//! What the recurrence tests share: fixtures, a naive expander that walks from DTSTART, and a generator of rules.

#![expect(dead_code, reason = "each test binary uses its own part")]

use std::path::PathBuf;

use daybook_domain::recurrence::{DateValue, Frequency, Rule};
use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};

/// One rule of the shared fixtures.
#[derive(Debug, serde::Deserialize)]
pub struct Fixture {
    pub rrule: String,
    pub dtstart: String,
    pub instances: Vec<String>,
    pub note: String,
}

/// The shared fixtures, or `None` with a notice where they are not at hand.
#[expect(clippy::print_stdout, reason = "a notice")]
pub fn fixtures() -> Option<Vec<Fixture>> {
    let path = workspace().join("../shared/fixtures/recurrence.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!(
            "notice: {} is not here; nothing was checked",
            path.display()
        );
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Wall time of `YYYYMMDD[THHMMSS[Z]]`.
pub fn wall(text: &str) -> DateTime {
    match DateValue::parse(text).unwrap() {
        DateValue::Date(date) => date.at(0, 0, 0, 0),
        DateValue::Local(wall) => wall,
        DateValue::Utc(at) => jiff::tz::Offset::UTC.to_datetime(at),
    }
}

/// A small deterministic generator (SplitMix64), so that a printed seed replays a run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    pub fn one_in(&mut self, limit: u64) -> bool {
        self.below(limit) == 0
    }

    pub fn within(&mut self, least: i64, most: i64) -> i64 {
        least + self.below((most - least + 1) as u64) as i64
    }

    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// A list of up to `most` numbers, as text.
    pub fn numbers(&mut self, most: u64, mut number: impl FnMut(&mut Self) -> i64) -> String {
        let count = 1 + self.below(most);
        let items: Vec<String> = (0..count).map(|_| number(self).to_string()).collect();
        items.join(",")
    }
}

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// A random rule and DTSTART that `python-dateutil` and we must agree on. Left out is what RFC 5545 leaves open or dateutil
/// reads differently: numbered weeks without weekdays, with INTERVAL or BYSETPOS, or at a year's edge; positions in a week (dateutil cuts the first
/// week at DTSTART), and numbered next to plain weekdays.
#[expect(clippy::too_many_lines, reason = "one line per part of a rule")]
pub fn random_rule(dice: &mut Dice) -> (String, DateTime) {
    let freq = *dice.pick(&[
        "YEARLY", "YEARLY", "MONTHLY", "MONTHLY", "WEEKLY", "WEEKLY", "DAILY", "HOURLY",
        "MINUTELY", "SECONDLY",
    ]);
    let sub_daily = matches!(freq, "HOURLY" | "MINUTELY" | "SECONDLY");
    let mut parts = vec![format!("FREQ={freq}")];
    let weeks = freq == "YEARLY" && dice.one_in(6);
    let most = if sub_daily { 40 } else { 5 };
    let interval = if weeks || dice.one_in(2) {
        1
    } else {
        dice.within(2, most)
    };
    if interval > 1 {
        parts.push(format!("INTERVAL={interval}"));
    }
    if dice.one_in(4) {
        parts.push(format!("WKST={}", dice.pick(&WEEKDAYS)));
    }
    if dice.one_in(3) {
        parts.push(format!(
            "BYMONTH={}",
            dice.numbers(4, |dice| dice.within(1, 12))
        ));
    }
    if weeks {
        parts.push(format!("BYWEEKNO={}", dice.numbers(4, numbered_week)));
    }
    if !weeks && dice.one_in(if freq == "MONTHLY" { 2 } else { 5 }) && freq != "WEEKLY" {
        parts.push(format!(
            "BYMONTHDAY={}",
            dice.numbers(5, |dice| signed(dice, 31))
        ));
    }
    if !weeks && freq == "YEARLY" && dice.one_in(4) {
        parts.push(format!(
            "BYYEARDAY={}",
            dice.numbers(9, |dice| signed(dice, 366))
        ));
    }
    let month_wide = freq == "MONTHLY" || parts.iter().any(|part| part.starts_with("BYMONTH="));
    if weeks || dice.one_in(2) {
        parts.push(format!(
            "BYDAY={}",
            random_weekdays(dice, freq, weeks, month_wide)
        ));
    }
    if dice.one_in(5) {
        parts.push(format!(
            "BYHOUR={}",
            dice.numbers(3, |dice| dice.within(0, 23))
        ));
    }
    if dice.one_in(6) {
        parts.push(format!(
            "BYMINUTE={}",
            dice.numbers(3, |dice| dice.within(0, 59))
        ));
    }
    if dice.one_in(7) || freq == "SECONDLY" {
        parts.push(format!(
            "BYSECOND={}",
            dice.numbers(3, |dice| dice.within(0, 59))
        ));
    }
    let expands = parts.iter().any(|part| part.starts_with("BY"));
    if expands && !weeks && freq != "WEEKLY" && dice.one_in(5) {
        parts.push(format!(
            "BYSETPOS={}",
            dice.numbers(3, |dice| signed(dice, 6))
        ));
    }
    let year = dice.within(1995, 2030);
    let start = Date::new(
        year as i16,
        dice.within(1, 12) as i8,
        dice.within(1, 28) as i8,
    )
    .unwrap()
    .at(
        dice.within(0, 23) as i8,
        *dice.pick(&[0, 15, 30, 59]),
        *dice.pick(&[0, 0, 0, 7]),
        0,
    );
    match dice.below(3) {
        0 => parts.push(format!("COUNT={}", dice.within(1, 40))),
        1 => {
            let until = start
                .checked_add(Span::new().days(dice.within(0, 2000)))
                .unwrap();
            parts.push(format!("UNTIL={}", DateValue::Local(until)));
        }
        _ => {}
    }
    (parts.join(";"), start)
}

/// Not a year's first or last: dateutil counts 53 weeks in some years that have 52 (it puts 2 January 2011 into week 53).
fn numbered_week(dice: &mut Dice) -> i64 {
    let week = dice.within(2, 51);
    if dice.one_in(3) { -week } else { week }
}

fn signed(dice: &mut Dice, most: i64) -> i64 {
    let size = dice.within(1, most);
    if dice.one_in(3) { -size } else { size }
}

fn random_weekdays(dice: &mut Dice, freq: &str, weeks: bool, month_wide: bool) -> String {
    let numbered = !weeks && matches!(freq, "MONTHLY" | "YEARLY") && dice.one_in(2);
    let most = if month_wide { 5 } else { 20 };
    let count = 1 + dice.below(3);
    let items: Vec<String> = (0..count)
        .map(|_| {
            let day = *dice.pick(&WEEKDAYS);
            if numbered {
                format!("{}{day}", signed(dice, most))
            } else {
                day.to_owned()
            }
        })
        .collect();
    items.join(",")
}

/// The rule's own instances before `end`, worked out by trying every day, hour, minute or second from DTSTART on.
/// Slow and simple on purpose; UNTIL is read as wall time, `give_up` bounds the number of candidates tried.
pub fn naive(rule: &Rule, start: DateTime, end: DateTime, give_up: usize) -> Option<Vec<DateTime>> {
    let until = rule.until.map(|until| match until {
        DateValue::Date(date) => date.at(23, 59, 59, 0),
        DateValue::Local(wall) => wall,
        DateValue::Utc(at) => jiff::tz::Offset::UTC.to_datetime(at),
    });
    let mut found: Vec<DateTime> = Vec::new();
    let mut tried = 0;
    for step in 0.. {
        let Some((from, to)) = period(rule, start, step * i64::from(rule.interval)) else {
            break;
        };
        if from >= end || until.is_some_and(|until| from > until) {
            break;
        }
        let mut set = Vec::new();
        if rule.freq >= Frequency::Daily {
            let mut day = from.date();
            while day.at(0, 0, 0, 0) < to {
                tried += 1;
                if admits_day(rule, start, day) {
                    set.extend(
                        times(rule, start)
                            .into_iter()
                            .map(|(h, m, s)| day.at(h, m, s, 0)),
                    );
                }
                day = day.tomorrow().ok()?;
            }
        } else {
            tried += 1;
            set = sub_daily_set(rule, start, from);
        }
        set.sort_unstable();
        set.dedup();
        if !rule.by_set_pos.is_empty() {
            set = pick(&rule.by_set_pos, &set);
        }
        tried += set.len();
        for at in set.into_iter().filter(|at| *at >= start) {
            if at >= end || until.is_some_and(|until| at > until) {
                return Some(found);
            }
            found.push(at);
            if rule
                .count
                .is_some_and(|count| found.len() == count as usize)
            {
                return Some(found);
            }
        }
        if tried > give_up {
            return None;
        }
    }
    Some(found)
}

fn pick(positions: &[i16], set: &[DateTime]) -> Vec<DateTime> {
    let mut picked: Vec<DateTime> = positions
        .iter()
        .filter_map(|position| match position {
            1.. => set.get(*position as usize - 1),
            _ => set
                .len()
                .checked_sub(position.unsigned_abs() as usize)
                .map(|index| &set[index]),
        })
        .copied()
        .collect();
    picked.sort_unstable();
    picked.dedup();
    picked
}

fn period(rule: &Rule, start: DateTime, ahead: i64) -> Option<(DateTime, DateTime)> {
    let midnight = start.date().at(0, 0, 0, 0);
    let span = |from: DateTime, span: Span| Some((from, from.checked_add(span).ok()?));
    match rule.freq {
        Frequency::Secondly => span(
            start
                .checked_add(Span::new().try_seconds(ahead).ok()?)
                .ok()?,
            1.second(),
        ),
        Frequency::Minutely => {
            let minute = start.with().second(0).build().ok()?;
            span(
                minute
                    .checked_add(Span::new().try_minutes(ahead).ok()?)
                    .ok()?,
                1.minute(),
            )
        }
        Frequency::Hourly => {
            let hour = start.with().minute(0).second(0).build().ok()?;
            span(
                hour.checked_add(Span::new().try_hours(ahead).ok()?).ok()?,
                1.hour(),
            )
        }
        Frequency::Daily => span(
            midnight
                .checked_add(Span::new().try_days(ahead).ok()?)
                .ok()?,
            1.day(),
        ),
        Frequency::Weekly => {
            let back = i64::from(start.weekday().since(rule.week_start));
            span(
                midnight
                    .checked_add(Span::new().try_days(ahead * 7 - back).ok()?)
                    .ok()?,
                7.days(),
            )
        }
        Frequency::Monthly => {
            let first = midnight.first_of_month();
            span(
                first
                    .checked_add(Span::new().try_months(ahead).ok()?)
                    .ok()?,
                1.month(),
            )
        }
        Frequency::Yearly => {
            let first = midnight.first_of_year();
            span(
                first.checked_add(Span::new().try_years(ahead).ok()?).ok()?,
                1.year(),
            )
        }
    }
}

#[expect(clippy::too_many_lines, reason = "one condition per part of a rule")]
fn admits_day(rule: &Rule, start: DateTime, day: Date) -> bool {
    let named =
        !(rule.by_day.is_empty() && rule.by_month_day.is_empty() && rule.by_year_day.is_empty());
    let yearly = rule.freq == Frequency::Yearly;
    let weeks = !rule.by_week_no.is_empty();
    if !rule.by_month.is_empty() && !rule.by_month.contains(&(day.month() as u8)) {
        return false;
    }
    if !named {
        let wrong = match rule.freq {
            Frequency::Yearly if weeks => day.weekday() != start.weekday(),
            Frequency::Yearly => {
                day.day() != start.day()
                    || (rule.by_month.is_empty() && day.month() != start.month())
            }
            Frequency::Monthly if !weeks => day.day() != start.day(),
            Frequency::Weekly => day.weekday() != start.weekday(),
            _ => false,
        };
        if wrong {
            return false;
        }
    }
    let (length, of_year, days) = (day.days_in_month(), day.day_of_year(), day.days_in_year());
    let month_day = |wanted: &i8| {
        if *wanted > 0 {
            *wanted == day.day()
        } else {
            length + 1 + *wanted == day.day()
        }
    };
    let year_day = |wanted: &i16| {
        if *wanted > 0 {
            *wanted == of_year
        } else {
            days + 1 + *wanted == of_year
        }
    };
    let week = |wanted: &i8| {
        let (number, count) = week_number(day, rule);
        if *wanted > 0 {
            *wanted == number
        } else {
            count + 1 + *wanted == number
        }
    };
    let weekday = |wanted: &daybook_domain::recurrence::WeekdayNum| {
        day.weekday() == wanted.weekday
            && match wanted.ordinal.filter(|_| rule.freq >= Frequency::Monthly) {
                None => true,
                Some(nth) => {
                    let (index, size) = if yearly && rule.by_month.is_empty() {
                        (of_year, days)
                    } else {
                        (i16::from(day.day()), i16::from(length))
                    };
                    i16::from(nth) == (index - 1) / 7 + 1
                        || i16::from(nth) == -((size - index) / 7 + 1)
                }
            }
    };
    (rule.by_month_day.is_empty() || rule.by_month_day.iter().any(month_day))
        && (rule.by_year_day.is_empty() || rule.by_year_day.iter().any(year_day))
        && (!weeks || rule.by_week_no.iter().any(week))
        && (rule.by_day.is_empty() || rule.by_day.iter().any(weekday))
}

fn week_number(day: Date, rule: &Rule) -> (i8, i8) {
    let first_of = |year: i16| {
        let fourth = Date::new(year, 1, 4).unwrap();
        fourth
            .checked_sub(Span::new().days(i64::from(fourth.weekday().since(rule.week_start))))
            .unwrap()
    };
    let year = [day.year() + 1, day.year(), day.year() - 1]
        .into_iter()
        .find(|year| day >= first_of(*year))
        .unwrap();
    let weeks = |from: Date, to: Date| from.until(to).unwrap().get_days() / 7;
    (
        weeks(first_of(year), day) as i8 + 1,
        weeks(first_of(year), first_of(year + 1)) as i8,
    )
}

fn times(rule: &Rule, start: DateTime) -> Vec<(i8, i8, i8)> {
    let or = |list: &[u8], own: i8| {
        if list.is_empty() {
            vec![own]
        } else {
            list.iter().map(|item| *item as i8).collect()
        }
    };
    let mut all = Vec::new();
    for hour in or(&rule.by_hour, start.hour()) {
        for minute in or(&rule.by_minute, start.minute()) {
            for second in or(&rule.by_second, start.second()) {
                all.push((hour, minute, second.min(59)));
            }
        }
    }
    all
}

fn sub_daily_set(rule: &Rule, start: DateTime, from: DateTime) -> Vec<DateTime> {
    let has = |list: &[u8], value: i8| list.is_empty() || list.contains(&(value as u8));
    let day = from.date();
    if !admits_day(rule, start, day) || !has(&rule.by_hour, from.hour()) {
        return Vec::new();
    }
    if rule.freq < Frequency::Hourly && !has(&rule.by_minute, from.minute()) {
        return Vec::new();
    }
    if rule.freq == Frequency::Secondly {
        return if has(&rule.by_second, from.second()) {
            vec![from]
        } else {
            Vec::new()
        };
    }
    times(rule, start)
        .into_iter()
        .filter(|(_, minute, _)| {
            rule.freq == Frequency::Hourly
                || *minute
                    == if rule.by_minute.is_empty() {
                        start.minute()
                    } else {
                        from.minute()
                    }
        })
        .map(|(_, minute, second)| {
            let minute = if rule.freq == Frequency::Minutely {
                from.minute()
            } else {
                minute
            };
            day.at(from.hour(), minute, second, 0)
        })
        .collect()
}
