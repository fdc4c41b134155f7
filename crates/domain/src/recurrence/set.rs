//! The recurrence lines of an event: `RRULE`, `EXRULE`, `RDATE`, `EXDATE` (RFC 5545 §3.8.5), as Google sends them and files hold them.

use std::fmt::Write as _;

use super::rule::{Rule, RuleError};
use super::values::{DateValue, EventDuration};
use crate::zone::{Zone, resolve};
use jiff::Timestamp;

/// A date or time with the zone it was written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZonedValue {
    /// As written.
    pub value: DateValue,
    /// Its `TZID`; `None` means that of DTSTART.
    pub tzid: Option<String>,
}

/// One `RDATE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RDate {
    /// When it starts.
    pub start: ZonedValue,
    /// Set for a `PERIOD`, which has a length of its own.
    pub end: Option<PeriodEnd>,
}

/// How a `PERIOD` says where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodEnd {
    /// At this time.
    At(DateValue),
    /// After so long.
    After(EventDuration),
}

/// How an event repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recurrence {
    /// `RRULE`.
    pub rules: Vec<Rule>,
    /// `EXRULE`: what these fire on is taken out.
    pub exrules: Vec<Rule>,
    /// `RDATE`.
    pub rdates: Vec<RDate>,
    /// `EXDATE`.
    pub exdates: Vec<ZonedValue>,
}

/// Rules of either kind that one event may have.
const MAX_RULES: usize = 16;
/// Dates of either kind that one event may have.
const MAX_DATES: usize = 10_000;
/// Octets that one line may have.
const MAX_LINE: usize = 256 * 1024;

impl Recurrence {
    /// Reads lines such as `RRULE:FREQ=DAILY` or `EXDATE;TZID=Europe/Berlin:20261201T100000,20261202T100000`.
    ///
    /// # Errors
    /// [`RuleError`] for the first line that is malformed, or when there are more rules or dates than any event needs.
    pub fn parse<S: AsRef<str>>(lines: impl IntoIterator<Item = S>) -> Result<Self, RuleError> {
        let mut found = Self::default();
        for line in lines {
            found.add_line(line.as_ref())?;
        }
        Ok(found)
    }

    /// Reads one more line into this recurrence.
    ///
    /// # Errors
    /// As [`Recurrence::parse`]; what was read before stays.
    pub fn add_line(&mut self, line: &str) -> Result<(), RuleError> {
        let line = line.trim();
        if line.len() > MAX_LINE {
            return Err(too_long(MAX_LINE, "octets"));
        }
        let (head, value) = split_line(line).ok_or_else(|| bad_line(line))?;
        let mut params = head.split(';');
        let name = params.next().unwrap_or_default().to_ascii_uppercase();
        match name.as_str() {
            "RRULE" => push(&mut self.rules, value.parse()?, MAX_RULES, "rules"),
            "EXRULE" => push(&mut self.exrules, value.parse()?, MAX_RULES, "rules"),
            "RDATE" | "EXDATE" => {
                let tzid = params.find_map(tzid_param);
                self.add_dates(name == "EXDATE", value, tzid.as_deref())
                    .map_err(|error| match error {
                        RuleError::Line(_) => bad_line(line),
                        other => other,
                    })
            }
            _ => Err(bad_line(line)),
        }
    }

    /// Reads the comma-separated value of an `EXDATE` or `RDATE`.
    pub(crate) fn add_dates(
        &mut self,
        excluded: bool,
        value: &str,
        tzid: Option<&str>,
    ) -> Result<(), RuleError> {
        for item in value
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
        {
            if excluded {
                let value = DateValue::parse(item).ok_or_else(|| bad_line(item))?;
                push(&mut self.exdates, zoned(value, tzid), MAX_DATES, "dates")?;
            } else {
                push(&mut self.rdates, rdate(item, tzid)?, MAX_DATES, "dates")?;
            }
        }
        Ok(())
    }

    /// The lines again, one per rule and per date, without folding. `tzid` is written on wall times that have no zone of
    /// their own: DTSTART's.
    #[must_use]
    pub fn to_lines(&self, tzid: Option<&str>) -> Vec<String> {
        let rules = self.rules.iter().map(|rule| format!("RRULE:{rule}"));
        let exrules = self.exrules.iter().map(|rule| format!("EXRULE:{rule}"));
        let rdates = self.rdates.iter().map(|rdate| rdate_line(rdate, tzid));
        let exdates = self.exdates.iter().map(|date| {
            let mut line = format!("EXDATE{}", date_params(date, tzid));
            let _ = write!(line, ":{}", date.value);
            line
        });
        rules.chain(exrules).chain(rdates).chain(exdates).collect()
    }

    /// Whether the event happens once only.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.rdates.is_empty()
    }

    /// Whether Daybook may write this.
    ///
    /// # Errors
    /// [`RuleError::NotWritable`], see [`Rule::check_writable`]; also for `EXRULE`, which is deprecated.
    pub fn check_writable(&self) -> Result<(), RuleError> {
        if !self.exrules.is_empty() {
            return Err(RuleError::NotWritable("exclude by another rule (EXRULE)"));
        }
        self.rules.iter().try_for_each(Rule::check_writable)
    }
}

impl ZonedValue {
    /// The instant meant, for a series in `zone`.
    #[must_use]
    pub fn instant_in(&self, zone: &Zone) -> Timestamp {
        match &self.tzid {
            Some(tzid) if tzid != zone.name() => {
                self.value.instant_in(&resolve(tzid, None, zone).zone)
            }
            _ => self.value.instant_in(zone),
        }
    }
}

fn push<T>(list: &mut Vec<T>, item: T, limit: usize, what: &'static str) -> Result<(), RuleError> {
    if list.len() >= limit {
        return Err(too_long(limit, what));
    }
    list.push(item);
    Ok(())
}

const fn too_long(limit: usize, what: &'static str) -> RuleError {
    RuleError::TooLong { limit, what }
}

fn bad_line(line: &str) -> RuleError {
    RuleError::Line(line.chars().take(60).collect())
}

/// Splits at the first colon outside quotes.
fn split_line(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let colon = line.find(|ch| {
        quoted ^= ch == '"';
        ch == ':' && !quoted
    })?;
    Some((line.get(..colon)?, line.get(colon + 1..)?))
}

fn tzid_param(param: &str) -> Option<String> {
    let (name, value) = param.split_once('=')?;
    name.eq_ignore_ascii_case("TZID")
        .then(|| value.trim_matches('"').to_owned())
}

fn zoned(value: DateValue, tzid: Option<&str>) -> ZonedValue {
    let tzid = tzid
        .filter(|_| matches!(value, DateValue::Local(_)))
        .map(str::to_owned);
    ZonedValue { value, tzid }
}

fn rdate(item: &str, tzid: Option<&str>) -> Result<RDate, RuleError> {
    let (start, end) = match item.split_once('/') {
        Some((start, end)) => (start, Some(end)),
        None => (item, None),
    };
    let start = DateValue::parse(start).ok_or_else(|| bad_line(item))?;
    let end = match end {
        None => None,
        Some(text) => Some(match DateValue::parse(text) {
            Some(value) => PeriodEnd::At(value),
            None => PeriodEnd::After(text.parse().map_err(|_| bad_line(item))?),
        }),
    };
    Ok(RDate {
        start: zoned(start, tzid),
        end,
    })
}

fn date_params(date: &ZonedValue, tzid: Option<&str>) -> String {
    match (&date.value, date.tzid.as_deref().or(tzid)) {
        (DateValue::Date(_), _) => ";VALUE=DATE".to_owned(),
        (DateValue::Local(_), Some(tzid)) if tzid.contains([':', ';', ',']) => {
            format!(";TZID=\"{}\"", tzid.replace('"', "'"))
        }
        (DateValue::Local(_), Some(tzid)) => format!(";TZID={tzid}"),
        _ => String::new(),
    }
}

fn rdate_line(rdate: &RDate, tzid: Option<&str>) -> String {
    let mut line = "RDATE".to_owned();
    let params = date_params(&rdate.start, tzid);
    let _ = match &rdate.end {
        None => write!(line, "{params}:{}", rdate.start.value),
        Some(PeriodEnd::At(end)) => {
            write!(line, ";VALUE=PERIOD{params}:{}/{end}", rdate.start.value)
        }
        Some(PeriodEnd::After(length)) => {
            write!(line, ";VALUE=PERIOD{params}:{}/{length}", rdate.start.value)
        }
    };
    line
}
