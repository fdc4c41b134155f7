//! Times of day and dates, in and out.

use std::str::FromStr;

use jiff::civil::{Date, Time};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A time of day: `09:00:00`, or without the seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock(pub Time);

/// A time of day at which something ends: also `24:00:00`, which is midnight at the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndClock(pub Time);

/// A date: `2026-12-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = "must be a time of day such as 09:00:00";
        time(&text).map(Self).ok_or_else(|| D::Error::custom(wrong))
    }
}

impl<'de> Deserialize<'de> for EndClock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let midnight = matches!(text.as_str(), "24:00" | "24:00:00");
        let end = midnight.then(Time::midnight).or_else(|| time(&text));
        let wrong = "must be a time of day such as 17:00:00";
        end.map(Self).ok_or_else(|| D::Error::custom(wrong))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let date = Some(&text).filter(|text| text.len() == 10);
        let date = date.and_then(|text| Date::from_str(text).ok());
        let wrong = "must be a date such as 2026-12-01";
        date.map(Self).ok_or_else(|| D::Error::custom(wrong))
    }
}

/// `hh:mm` or `hh:mm:ss`, nothing else.
fn time(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let mut next = |most: i8| -> Option<i8> {
        let part = parts.next().filter(|part| part.len() == 2)?;
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        let number: i8 = part.parse().ok().filter(|_| digits)?;
        (number <= most).then_some(number)
    };
    let (hour, minute) = (next(23)?, next(59)?);
    let second = if text.len() == 5 { 0 } else { next(59)? };
    let rest = parts.next();
    if rest.is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// `09:00:00`.
pub fn shown(time: Time) -> String {
    time.strftime("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_times_of_day_are_read() {
        let read = |text: &str| time(text).map(shown);
        assert_eq!(read("09:05").as_deref(), Some("09:05:00"));
        assert_eq!(read("23:59:59").as_deref(), Some("23:59:59"));
        for bad in [
            "",
            "9:00",
            "24:00",
            "09:60",
            "09:00:00:00",
            "09:00:00Z",
            "+9:00",
            "09-00",
            "ab:cd",
            "09:00:60",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let end = |text: &str| serde_json::from_value::<EndClock>(text.into()).ok();
        assert_eq!(end("24:00"), Some(EndClock(Time::midnight())));
        let day = |text: &str| serde_json::from_value::<Day>(text.into()).is_ok();
        assert!(
            day("2026-02-28") && !day("2026-02-29") && !day("20260228") && !day("2026-02-28T09:00")
        );
    }
}
