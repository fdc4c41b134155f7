//! A recurrence rule as written (RFC 5545 §3.3.10), its reading and its writing.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Weekday;

use super::values::DateValue;

/// `FREQ`, from the shortest step to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Frequency {
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// One item of `BYDAY`: `MO`, `2TU`, `-1FR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WeekdayNum {
    /// Which one of the month or year, counted from the end when negative; `None` means every one.
    pub ordinal: Option<i8>,
    /// The day of the week.
    pub weekday: Weekday,
}

/// A recurrence rule. Lists are as written; empty means the part is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `FREQ`.
    pub freq: Frequency,
    /// `INTERVAL`, at least 1.
    pub interval: u32,
    /// `COUNT`, at least 1; never together with `until`.
    pub count: Option<u32>,
    /// `UNTIL`, inclusive.
    pub until: Option<DateValue>,
    /// `BYSECOND`, 0–60.
    pub by_second: Vec<u8>,
    /// `BYMINUTE`, 0–59.
    pub by_minute: Vec<u8>,
    /// `BYHOUR`, 0–23.
    pub by_hour: Vec<u8>,
    /// `BYDAY`.
    pub by_day: Vec<WeekdayNum>,
    /// `BYMONTHDAY`, ±1–31.
    pub by_month_day: Vec<i8>,
    /// `BYYEARDAY`, ±1–366.
    pub by_year_day: Vec<i16>,
    /// `BYWEEKNO`, ±1–53.
    pub by_week_no: Vec<i8>,
    /// `BYMONTH`, 1–12.
    pub by_month: Vec<u8>,
    /// `BYSETPOS`, ±1–366.
    pub by_set_pos: Vec<i16>,
    /// `WKST`, Monday unless said otherwise.
    pub week_start: Weekday,
}

/// Why a rule, or a line of a recurrence, was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A part is missing, repeated, unknown, or holds something it must not.
    #[error("the repeat rule was not understood at {part}={value}; correct that part")]
    Part {
        /// The part's name.
        part: String,
        /// The start of its value.
        value: String,
    },
    /// `FREQ` is missing.
    #[error("the repeat rule has no FREQ; say how often it repeats, as in FREQ=WEEKLY")]
    NoFrequency,
    /// `COUNT` and `UNTIL` exclude each other.
    #[error("the repeat rule has both COUNT and UNTIL; keep one of them")]
    CountAndUntil,
    /// Longer, or more numerous, than any honest calendar needs.
    #[error("the repeat rule is too long; keep it under {limit} {what}")]
    TooLong {
        /// The limit.
        limit: usize,
        /// What is counted.
        what: &'static str,
    },
    /// The line is not one of `RRULE`, `EXRULE`, `RDATE`, `EXDATE`, or its dates are not dates.
    #[error("the line {0:?} is not a repeat rule or a list of dates; remove or correct it")]
    Line(String),
    /// Fine to read, but not something Daybook writes into a calendar.
    #[error("Daybook does not write rules that {0}; choose a simpler rule")]
    NotWritable(&'static str),
}

/// Characters that a rule may have.
const MAX_RULE: usize = 8 * 1024;
/// Items that one list may have: twice the largest range there is.
const MAX_LIST: usize = 800;

impl Rule {
    /// A rule with nothing but a frequency.
    #[must_use]
    pub const fn every(freq: Frequency) -> Self {
        Self {
            freq,
            interval: 1,
            count: None,
            until: None,
            by_second: Vec::new(),
            by_minute: Vec::new(),
            by_hour: Vec::new(),
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_year_day: Vec::new(),
            by_week_no: Vec::new(),
            by_month: Vec::new(),
            by_set_pos: Vec::new(),
            week_start: Weekday::Monday,
        }
    }

    /// Whether Daybook may write this rule into somebody's calendar.
    ///
    /// # Errors
    /// [`RuleError::NotWritable`] for steps shorter than a day and for what RFC 5545 forbids though it can be read.
    pub fn check_writable(&self) -> Result<(), RuleError> {
        let numbered = self.by_day.iter().any(|day| day.ordinal.is_some());
        let yearly = self.freq == Frequency::Yearly;
        let any_part = !(self.by_day.is_empty()
            && self.by_month_day.is_empty()
            && self.by_year_day.is_empty()
            && self.by_week_no.is_empty()
            && self.by_month.is_empty()
            && self.by_hour.is_empty()
            && self.by_minute.is_empty()
            && self.by_second.is_empty());
        let refused = [
            (self.freq < Frequency::Daily, "repeat more often than daily"),
            (
                self.count.is_some() && self.until.is_some(),
                "have both COUNT and UNTIL",
            ),
            (
                self.interval == 0 || self.count == Some(0),
                "have a zero in them",
            ),
            (
                numbered && self.freq < Frequency::Monthly,
                "number weekdays outside a month or year",
            ),
            (
                numbered && !self.by_week_no.is_empty(),
                "number weekdays within a week",
            ),
            (
                !self.by_week_no.is_empty() && !yearly,
                "name weeks without FREQ=YEARLY",
            ),
            (
                !self.by_year_day.is_empty() && !yearly,
                "name days of the year without FREQ=YEARLY",
            ),
            (
                !self.by_month_day.is_empty() && self.freq == Frequency::Weekly,
                "name days of the month with FREQ=WEEKLY",
            ),
            (
                !self.by_set_pos.is_empty() && !any_part,
                "have BYSETPOS alone",
            ),
        ];
        match refused.into_iter().find(|(wrong, _)| *wrong) {
            Some((_, why)) => Err(RuleError::NotWritable(why)),
            None => Ok(()),
        }
    }

    fn set(&mut self, part: &str, value: &str) -> Option<()> {
        match part {
            "FREQ" => self.freq = frequency(value)?,
            "INTERVAL" => self.interval = positive(value)?,
            "COUNT" => self.count = Some(positive(value)?),
            "UNTIL" => self.until = Some(DateValue::parse(value)?),
            "BYSECOND" => self.by_second = unsigned(value, 0, 60)?,
            "BYMINUTE" => self.by_minute = unsigned(value, 0, 59)?,
            "BYHOUR" => self.by_hour = unsigned(value, 0, 23)?,
            "BYDAY" => self.by_day = list(value, weekday_num)?,
            "BYMONTHDAY" => self.by_month_day = signed(value, 31)?,
            "BYYEARDAY" => self.by_year_day = signed(value, 366)?,
            "BYWEEKNO" => self.by_week_no = signed(value, 53)?,
            "BYMONTH" => self.by_month = unsigned(value, 1, 12)?,
            "BYSETPOS" => self.by_set_pos = signed(value, 366)?,
            "WKST" => self.week_start = weekday(value)?,
            "RSCALE" if value == "GREGORIAN" => {}
            "SKIP" if value == "OMIT" => {}
            _ => return None,
        }
        Some(())
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    /// Reads a rule without its `RRULE:`. Case does not matter; everything else is strict.
    fn from_str(text: &str) -> Result<Self, RuleError> {
        let text = text.trim();
        if text.len() > MAX_RULE {
            return Err(RuleError::TooLong {
                limit: MAX_RULE,
                what: "characters",
            });
        }
        let upper = text.to_ascii_uppercase();
        let mut rule = Self::every(Frequency::Daily);
        let mut seen: Vec<&str> = Vec::new();
        for item in upper.split(';').filter(|item| !item.is_empty()) {
            let (part, value) = item.split_once('=').ok_or_else(|| refused(item, ""))?;
            if !item.is_ascii() || seen.contains(&part) || rule.set(part, value).is_none() {
                return Err(refused(part, value));
            }
            seen.push(part);
        }
        if !seen.contains(&"FREQ") {
            return Err(RuleError::NoFrequency);
        }
        if rule.count.is_some() && rule.until.is_some() {
            return Err(RuleError::CountAndUntil);
        }
        Ok(rule)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", self.freq)?;
        if let Some(until) = &self.until {
            write!(f, ";UNTIL={until}")?;
        }
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        write_list(f, "BYSECOND", &self.by_second)?;
        write_list(f, "BYMINUTE", &self.by_minute)?;
        write_list(f, "BYHOUR", &self.by_hour)?;
        write_list(f, "BYDAY", &self.by_day)?;
        write_list(f, "BYMONTHDAY", &self.by_month_day)?;
        write_list(f, "BYYEARDAY", &self.by_year_day)?;
        write_list(f, "BYWEEKNO", &self.by_week_no)?;
        write_list(f, "BYMONTH", &self.by_month)?;
        write_list(f, "BYSETPOS", &self.by_set_pos)?;
        if self.week_start != Weekday::Monday {
            write!(f, ";WKST={}", weekday_name(self.week_start))?;
        }
        Ok(())
    }
}

impl fmt::Display for WeekdayNum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ordinal) = self.ordinal {
            write!(f, "{ordinal}")?;
        }
        f.write_str(weekday_name(self.weekday))
    }
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secondly => "SECONDLY",
            Self::Minutely => "MINUTELY",
            Self::Hourly => "HOURLY",
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        })
    }
}

fn write_list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, part: &str, items: &[T]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index == 0 {
            write!(f, ";{part}={item}")?;
        } else {
            write!(f, ",{item}")?;
        }
    }
    Ok(())
}

fn refused(part: &str, value: &str) -> RuleError {
    RuleError::Part {
        part: part.chars().take(16).collect(),
        value: value.chars().take(40).collect(),
    }
}

fn frequency(value: &str) -> Option<Frequency> {
    Some(match value {
        "SECONDLY" => Frequency::Secondly,
        "MINUTELY" => Frequency::Minutely,
        "HOURLY" => Frequency::Hourly,
        "DAILY" => Frequency::Daily,
        "WEEKLY" => Frequency::Weekly,
        "MONTHLY" => Frequency::Monthly,
        "YEARLY" => Frequency::Yearly,
        _ => return None,
    })
}

fn list<T>(value: &str, item: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    if value.split(',').count() > MAX_LIST {
        return None;
    }
    value.split(',').map(|text| item(text.trim())).collect()
}

fn positive(value: &str) -> Option<u32> {
    let digits = value.len() <= 10 && value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|number| digits && *number > 0)
}

fn number(text: &str) -> Option<i16> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sound = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| sound)
}

fn unsigned(value: &str, least: i16, most: i16) -> Option<Vec<u8>> {
    list(value, |text| {
        let found = number(text).filter(|found| (least..=most).contains(found))?;
        u8::try_from(found).ok()
    })
}

fn signed<T: TryFrom<i16>>(value: &str, most: i16) -> Option<Vec<T>> {
    list(value, |text| {
        let found = number(text).filter(|found| *found != 0 && (-most..=most).contains(found))?;
        T::try_from(found).ok()
    })
}

fn weekday_num(text: &str) -> Option<WeekdayNum> {
    let (ordinal, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let ordinal = match ordinal {
        "" => None,
        digits => Some(
            number(digits)
                .filter(|found| *found != 0 && (-53..=53).contains(found))
                .and_then(|found| i8::try_from(found).ok())?,
        ),
    };
    Some(WeekdayNum {
        ordinal,
        weekday: weekday(name)?,
    })
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
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
