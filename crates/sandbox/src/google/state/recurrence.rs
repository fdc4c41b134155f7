//! A small expander for the simulator's own series: FREQ DAILY to YEARLY, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY,
//! EXDATE and RDATE (RFC 5545 §3.3.10). Deliberately not the product's.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::moment::Moment;

/// Periods looked at before a series counts as ended.
const MAX_PERIODS: i64 = 20_000;

/// Starts of all instances before `to`, in order, exception dates removed.
pub(crate) fn starts(
    lines: &[String],
    first: &Moment,
    to: Timestamp,
    home: &TimeZone,
) -> Vec<Moment> {
    let mut starts = Vec::new();
    for line in lines {
        if let Some(rule) = line.strip_prefix("RRULE:") {
            Rule::parse(rule).expand(first, to, home, &mut starts);
        }
        if let Some(rest) = line.strip_prefix("RDATE") {
            starts.extend(listed(rest, first));
        }
    }
    if starts.is_empty() && !lines.iter().any(|l| l.starts_with("RRULE:")) {
        starts.push(first.clone());
    }
    let excluded: Vec<Moment> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("EXDATE"))
        .flat_map(|rest| listed(rest, first))
        .collect();
    starts.retain(|s| s.instant(home) < to && !excluded.iter().any(|x| x.stamp() == s.stamp()));
    starts.sort_by_key(|s| s.instant(home));
    starts.dedup_by_key(|s| s.stamp());
    starts
}

/// Whether the series never ends.
pub(crate) fn endless(lines: &[String]) -> bool {
    let open =
        |l: &String| l.starts_with("RRULE:") && !l.contains("COUNT=") && !l.contains("UNTIL=");
    lines.iter().any(open)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freq {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

#[derive(Debug)]
struct Rule {
    freq: Freq,
    interval: i64,
    count: Option<usize>,
    until: Option<String>,
    by_day: Vec<(i8, Weekday)>,
    by_month_day: Vec<i8>,
}

impl Rule {
    fn parse(text: &str) -> Self {
        let mut rule = Self {
            freq: Freq::Daily,
            interval: 1,
            count: None,
            until: None,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
        };
        for (key, value) in text.split(';').filter_map(|part| part.split_once('=')) {
            match key {
                "FREQ" => rule.freq = freq(value),
                "INTERVAL" => rule.interval = value.parse().unwrap_or(1).max(1),
                "COUNT" => rule.count = value.parse().ok(),
                "UNTIL" => rule.until = Some(value.to_owned()),
                "BYDAY" => rule.by_day = value.split(',').filter_map(by_day).collect(),
                "BYMONTHDAY" => {
                    rule.by_month_day = value.split(',').filter_map(|d| d.parse().ok()).collect();
                }
                _ => {}
            }
        }
        rule
    }

    fn expand(&self, first: &Moment, to: Timestamp, home: &TimeZone, out: &mut Vec<Moment>) {
        let start = first.civil();
        let mut found = 0;
        for period in 0..MAX_PERIODS {
            let dates = self.period(start.date(), period * self.interval);
            for date in dates {
                let moment = first.with_civil(DateTime::from_parts(date, start.time()));
                if date < start.date() {
                    continue;
                }
                if moment.instant(home) >= to || self.past_until(&moment) {
                    return;
                }
                out.push(moment);
                found += 1;
                if self.count.is_some_and(|count| found >= count) {
                    return;
                }
            }
        }
    }

    /// The dates of the `n`th day, week, month or year of the series.
    fn period(&self, start: Date, n: i64) -> Vec<Date> {
        match self.freq {
            Freq::Daily => {
                let day = start.saturating_add(n.days());
                let wanted = self.by_day.is_empty() || self.has_weekday(day.weekday());
                if wanted { vec![day] } else { Vec::new() }
            }
            Freq::Weekly => self.week(start, n),
            Freq::Monthly => self.month(start, start.first_of_month().saturating_add(n.months())),
            Freq::Yearly => {
                let year = i16::try_from(i64::from(start.year()) + n).unwrap_or(i16::MAX);
                Date::new(year, start.month(), start.day())
                    .into_iter()
                    .collect()
            }
        }
    }

    fn week(&self, start: Date, n: i64) -> Vec<Date> {
        let offset = i64::from(start.weekday().to_monday_zero_offset());
        let monday = start
            .saturating_sub(offset.days())
            .saturating_add((n * 7).days());
        let days = (0..7).map(|d: i64| monday.saturating_add(d.days()));
        let wanted = |d: &Date| {
            if self.by_day.is_empty() {
                d.weekday() == start.weekday()
            } else {
                self.has_weekday(d.weekday())
            }
        };
        days.filter(wanted).collect()
    }

    fn month(&self, start: Date, first: Date) -> Vec<Date> {
        let mut dates: Vec<Date> = Vec::new();
        for &(nth, weekday) in &self.by_day {
            if nth == 0 {
                let all = (1..=5).filter_map(|n| first.nth_weekday_of_month(n, weekday).ok());
                dates.extend(all);
            } else {
                dates.extend(first.nth_weekday_of_month(nth, weekday).ok());
            }
        }
        for &day in &self.by_month_day {
            let day = if day < 0 {
                first.days_in_month() + 1 + day
            } else {
                day
            };
            dates.extend(Date::new(first.year(), first.month(), day).ok());
        }
        if self.by_day.is_empty() && self.by_month_day.is_empty() {
            dates.extend(Date::new(first.year(), first.month(), start.day()).ok());
        }
        dates.sort_unstable();
        dates
    }

    fn has_weekday(&self, weekday: Weekday) -> bool {
        self.by_day.iter().any(|(_, d)| *d == weekday)
    }

    fn past_until(&self, moment: &Moment) -> bool {
        let Some(until) = &self.until else {
            return false;
        };
        let stamp = moment.stamp();
        if until.len() == 8 {
            return moment.civil().strftime("%Y%m%d").to_string() > *until;
        }
        // A date-valued series may carry a UTC time as UNTIL: only its date counts.
        let until = if moment.is_day() {
            &until[..8]
        } else {
            until.as_str()
        };
        stamp.as_str() > until
    }
}

fn freq(text: &str) -> Freq {
    match text {
        "WEEKLY" => Freq::Weekly,
        "MONTHLY" => Freq::Monthly,
        "YEARLY" => Freq::Yearly,
        _ => Freq::Daily,
    }
}

/// `TU` or `-1FR`.
fn by_day(text: &str) -> Option<(i8, Weekday)> {
    let split = text.len().checked_sub(2)?;
    let (nth, day) = text.split_at_checked(split)?;
    let weekday = match day {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    Some((nth.parse().unwrap_or(0), weekday))
}

/// The values of an `EXDATE`/`RDATE` line after its name: `;TZID=Europe/Berlin:20261208T100000,…`.
fn listed(rest: &str, like: &Moment) -> Vec<Moment> {
    let Some((params, values)) = rest.split_once(':') else {
        return Vec::new();
    };
    let zone = params.split(';').find_map(|p| p.strip_prefix("TZID="));
    values
        .split(',')
        .filter_map(|v| one(v, zone, like))
        .collect()
}

fn one(text: &str, zone: Option<&str>, like: &Moment) -> Option<Moment> {
    let Moment::At(at) = like else {
        return Date::strptime("%Y%m%d", text.get(..8)?)
            .ok()
            .map(Moment::Day);
    };
    if let Some(utc) = text.strip_suffix('Z') {
        let civil = DateTime::strptime("%Y%m%dT%H%M%S", utc).ok()?;
        let instant = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
        return Some(Moment::At(instant.to_zoned(at.time_zone().clone())));
    }
    let civil = DateTime::strptime("%Y%m%dT%H%M%S", text).ok()?;
    let zone = zone.map_or_else(|| at.time_zone().clone(), super::moment::zone);
    let instant = zone.to_zoned(civil).ok()?.timestamp();
    Some(Moment::At(instant.to_zoned(at.time_zone().clone())))
}
