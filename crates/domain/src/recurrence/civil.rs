//! Calendar arithmetic on plain numbers: days since 1970-01-01 and seconds since its midnight, with no zone attached.
//!
//! Expansion does this millions of times, so it stays clear of checked date types. The algorithms are the well-known
//! proleptic Gregorian ones with years that begin in March.

use jiff::civil::{Date, DateTime, Weekday};

pub(crate) const DAY: i64 = 86_400;

/// The last wall second that is ever produced: 9999-12-31T23:59:59.
pub(crate) const LAST_SECOND: i64 = 253_402_300_799;

pub(crate) const fn days_of_civil(year: i64, month: u8, day: u8) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let shifted = (month as i64 + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day as i64 - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month (1–12) and day of the month.
pub(crate) const fn civil_of_days(days: i64) -> (i64, u8, u8) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month as u8, day as u8)
}

/// Monday is 0.
pub(crate) const fn weekday_of_days(days: i64) -> u8 {
    (days + 3).rem_euclid(7) as u8
}

pub(crate) const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(crate) const fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(crate) const fn days_in_year(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

/// First day of week 1 of `year`: the first week with at least four days in it (RFC 5545 §3.3.10, BYWEEKNO).
pub(crate) const fn first_week_start(year: i64, week_start: u8) -> i64 {
    let january = days_of_civil(year, 1, 1);
    let into_week = (weekday_of_days(january) as i64 - week_start as i64).rem_euclid(7);
    if into_week <= 3 {
        january - into_week
    } else {
        january + 7 - into_week
    }
}

pub(crate) const fn weeks_in_year(year: i64, week_start: u8) -> i64 {
    (first_week_start(year + 1, week_start) - first_week_start(year, week_start)) / 7
}

/// The year whose week a day belongs to, and that week's number.
pub(crate) const fn week_of_days(days: i64, week_start: u8) -> (i64, i64) {
    let (mut year, _, _) = civil_of_days(days);
    if days >= first_week_start(year + 1, week_start) {
        year += 1;
    } else if days < first_week_start(year, week_start) {
        year -= 1;
    }
    (year, (days - first_week_start(year, week_start)) / 7 + 1)
}

/// Monday is 0.
pub(crate) fn weekday_index(weekday: Weekday) -> u8 {
    weekday.to_monday_zero_offset().unsigned_abs()
}

pub(crate) fn days_of_date(date: Date) -> i64 {
    days_of_civil(
        i64::from(date.year()),
        date.month().unsigned_abs(),
        date.day().unsigned_abs(),
    )
}

/// Saturates at the years −9999 and 9999.
pub(crate) fn date_of_days(days: i64) -> Date {
    let (year, month, day) = civil_of_days(days.clamp(-4_371_587, 2_932_896));
    let year = i16::try_from(year).unwrap_or(i16::MAX);
    Date::new(year, month.cast_signed(), day.cast_signed()).unwrap_or(Date::MAX)
}

pub(crate) fn seconds_of_datetime(wall: DateTime) -> i64 {
    days_of_date(wall.date()) * DAY
        + i64::from(wall.hour()) * 3600
        + i64::from(wall.minute()) * 60
        + i64::from(wall.second())
}

/// Saturates at the years −9999 and 9999.
pub(crate) fn datetime_of_seconds(seconds: i64) -> DateTime {
    let date = date_of_days(seconds.div_euclid(DAY));
    let of_day = seconds.rem_euclid(DAY);
    let part = |value: i64| i8::try_from(value).unwrap_or(0);
    date.at(
        part(of_day / 3600),
        part(of_day / 60 % 60),
        part(of_day % 60),
        0,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree_over_ten_thousand_years() {
        let mut date = Date::new(1, 1, 1).unwrap();
        let mut days = days_of_date(date);
        while date < Date::MAX {
            assert_eq!(date_of_days(days), date);
            assert_eq!(weekday_of_days(days), weekday_index(date.weekday()));
            date = date.tomorrow().unwrap();
            days += 1;
        }
        assert_eq!(date_of_days(days), Date::MAX);
        assert_eq!(date_of_days(i64::MAX), Date::MAX);
        assert_eq!(date_of_days(i64::MIN), Date::MIN);
        assert_eq!(
            seconds_of_datetime(datetime_of_seconds(LAST_SECOND)),
            LAST_SECOND
        );
    }

    #[test]
    fn weeks_agree_with_iso() {
        for days in days_of_civil(1990, 1, 1)..days_of_civil(2060, 1, 1) {
            let iso = date_of_days(days).iso_week_date();
            assert_eq!(
                week_of_days(days, 0),
                (i64::from(iso.year()), i64::from(iso.week()))
            );
        }
    }
}
