//! Dates, times of the day and lengths as the products write them.

use jiff::civil::{Date, Time};

use super::Unreadable;

/// In which order a date names its parts. `2026-01-25` is understood in any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// `2026/01/25`.
    #[default]
    YearFirst,
    /// `25/01/2026`, `25.01.2026`.
    DayFirst,
    /// `01/25/2026`.
    MonthFirst,
}

/// How the dates of a file are written, as far as they tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dates {
    /// Ends with the year, and could be either.
    either: bool,
    day_first: bool,
    month_first: bool,
}

impl Dates {
    /// Takes notice of one date.
    pub(super) fn see(&mut self, text: &str) {
        let Some((first, second, third)) = parts(text) else {
            return;
        };
        if first > 31 || third < 32 {
            return;
        }
        match (first > 12, second > 12) {
            (true, false) => self.day_first = true,
            (false, true) => self.month_first = true,
            // The same either way, or no date at all.
            _ if first == second || (first > 12 && second > 12) => {}
            _ => self.either = true,
        }
    }

    /// The order they are in.
    ///
    /// # Errors
    /// [`Unreadable::DatesAmbiguous`], [`Unreadable::DatesMixed`].
    pub fn order(self) -> Result<DateOrder, Unreadable> {
        match (self.day_first, self.month_first, self.either) {
            (true, true, _) => Err(Unreadable::DatesMixed),
            (true, false, _) => Ok(DateOrder::DayFirst),
            (false, true, _) => Ok(DateOrder::MonthFirst),
            (false, false, true) => Err(Unreadable::DatesAmbiguous),
            // Only dates like 2026-01-25 and 05/05/2026, which any order reads.
            (false, false, false) => Ok(DateOrder::DayFirst),
        }
    }
}

fn parts(text: &str) -> Option<(i16, i16, i16)> {
    let mut numbers = text.split(['/', '-', '.']).map(|part| {
        let digits = part.trim();
        (1..=4)
            .contains(&digits.len())
            .then(|| digits.parse().ok())?
    });
    let found = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(found)
}

pub(super) fn date(text: &str, order: DateOrder) -> Option<Date> {
    let (first, second, third) = parts(text)?;
    let (year, month, day) = match order {
        _ if first > 31 => (first, second, third),
        DateOrder::YearFirst => return None,
        DateOrder::DayFirst => (third, second, first),
        DateOrder::MonthFirst => (third, first, second),
    };
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// `09:00`, `9:00:30`, `9:00 AM`, `12:15:00 pm`.
pub(super) fn time(text: &str) -> Option<Time> {
    let lower = text.to_ascii_lowercase();
    let (clock, afternoon) = if let Some(clock) = lower.strip_suffix("am") {
        (clock.trim_end(), Some(false))
    } else if let Some(clock) = lower.strip_suffix("pm") {
        (clock.trim_end(), Some(true))
    } else {
        (lower.as_str(), None)
    };
    let mut numbers = clock.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (numbers.next()??, numbers.next()??);
    let second = numbers.next().unwrap_or(Some(0))?;
    if numbers.next().is_some() {
        return None;
    }
    let hour = match afternoon {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(false) => hour % 12,
        Some(true) => hour % 12 + 12,
    };
    Time::new(hour, minute, second, 0).ok()
}

/// `01:30:00`, `1:30`, `1.5`, `1,5`: in seconds. Hours may go beyond a day here; the caller has a limit.
pub(super) fn seconds(text: &str) -> Option<i64> {
    if text.contains(':') {
        let mut numbers = text.split(':').map(|part| {
            let digits = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<i64>().ok())?
        });
        let (hours, minutes) = (numbers.next()??, numbers.next()??);
        let seconds = numbers.next().unwrap_or(Some(0))?;
        let fits = minutes < 60 && seconds < 60 && numbers.next().is_none();
        return fits.then_some(hours * 3600 + minutes * 60 + seconds);
    }
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str, most| text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole, 6) || !digits(part, 9) {
        return None;
    }
    let part_seconds = if part.is_empty() {
        0
    } else {
        let scale = 10_i64.pow(u32::try_from(part.len()).ok()?);
        (part.parse::<i64>().ok()? * 3600 + scale / 2) / scale
    };
    Some(whole.parse::<i64>().ok()? * 3600 + part_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_exact() {
        for (text, expected) in [
            ("01:30:00", Some(5400)),
            ("1:30", Some(5400)),
            ("0:00:29", Some(29)),
            ("1.5", Some(5400)),
            ("1,5", Some(5400)),
            ("0.33", Some(1188)),
            ("2", Some(7200)),
            ("123:00", Some(442_800)),
            ("", None),
            ("-1", None),
            ("1:75", None),
            ("1:30:00:00", None),
            ("NaN", None),
            ("1e3", None),
            ("1.", Some(3600)),
            (".5", None),
            ("9999999", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn times_of_day_in_both_clocks() {
        for (text, expected) in [
            ("09:00", Some((9, 0, 0))),
            ("9:00:30", Some((9, 0, 30))),
            ("12:00:00 AM", Some((0, 0, 0))),
            ("12:15 pm", Some((12, 15, 0))),
            ("1:05PM", Some((13, 5, 0))),
            ("13:00 PM", None),
            ("24:00", None),
            ("9", None),
            ("", None),
        ] {
            let expected = expected.and_then(|(h, m, s)| Time::new(h, m, s, 0).ok());
            assert_eq!(time(text), expected, "{text}");
        }
    }

    #[test]
    fn a_file_tells_how_its_dates_are_written() {
        let order = |texts: &[&str]| {
            let mut dates = Dates::default();
            texts.iter().for_each(|text| dates.see(text));
            dates.order()
        };
        assert!(matches!(
            order(&["03/04/2026", "25/04/2026"]),
            Ok(DateOrder::DayFirst)
        ));
        assert!(matches!(
            order(&["03/04/2026", "04/25/2026"]),
            Ok(DateOrder::MonthFirst)
        ));
        assert!(matches!(
            order(&["03/04/2026"]),
            Err(Unreadable::DatesAmbiguous)
        ));
        assert!(matches!(
            order(&["25/04/2026", "04/25/2026"]),
            Err(Unreadable::DatesMixed)
        ));
        assert!(order(&["2026-03-04", "05/05/2026"]).is_ok());
        assert!(order(&[]).is_ok());
    }
}
