//! A date at the beginning of a text.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use super::Error;
use super::amount::ended;

/// The date that `text` begins with, and the rest; `None` when it begins with none.
pub(super) fn take(text: &str, today: Date) -> Result<Option<(Date, &str)>, Error> {
    if let Some(found) = iso(text)? {
        return Ok(Some(found));
    }
    let Some((word, rest)) = word(text) else {
        return Ok(None);
    };
    let day = |by: Span| today.checked_add(by).map_err(|_| Error::BadDate);
    let date = match word.as_str() {
        "today" | "hoy" => today,
        "yesterday" | "ayer" => day((-1).days())?,
        "tomorrow" | "mañana" => day(1.days())?,
        "last" => {
            let Some((next, after)) = self::word(rest.trim_start()) else {
                return Ok(None);
            };
            let Some(weekday) = weekday(&next) else {
                return Ok(None);
            };
            let date = latest(weekday, day((-1).days())?)?;
            return Ok(Some((date, after)));
        }
        name => match weekday(name) {
            Some(weekday) => latest(weekday, today)?,
            None => return Ok(None),
        },
    };
    Ok(Some((date, rest)))
}

/// The last such day up to `until`, that day included.
fn latest(weekday: Weekday, until: Date) -> Result<Date, Error> {
    let back = i64::from(weekday.until(until.weekday()));
    until.checked_sub(back.days()).map_err(|_| Error::BadDate)
}

/// `2026-11-27`. What looks like one and is none is an error.
fn iso(text: &str) -> Result<Option<(Date, &str)>, Error> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits != 4 || bytes.get(4) != Some(&b'-') || !bytes.get(5).is_some_and(u8::is_ascii_digit) {
        return Ok(None);
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '-')
        .unwrap_or(text.len());
    let (date, rest) = text.split_at(end);
    match date.parse::<Date>() {
        Ok(date) if end == 10 && ended(rest) => Ok(Some((date, rest))),
        _ => Err(Error::BadDate),
    }
}

/// The word that `text` begins with, in lower case, and the rest; `None` when something is glued to it.
fn word(text: &str) -> Option<(String, &str)> {
    let end = text
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (!word.is_empty() && ended(rest)).then(|| (word.to_lowercase(), rest))
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" | "lunes" => Weekday::Monday,
        "tuesday" | "tue" | "tues" | "martes" => Weekday::Tuesday,
        "wednesday" | "wed" | "miércoles" | "miercoles" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" | "jueves" => Weekday::Thursday,
        "friday" | "fri" | "viernes" => Weekday::Friday,
        "saturday" | "sat" | "sábado" | "sabado" => Weekday::Saturday,
        "sunday" | "sun" | "domingo" => Weekday::Sunday,
        _ => return None,
    })
}
