//! A duration at the beginning of a text.

use super::Error;

/// Words for an hour and for a minute.
const HOURS: &[&str] = &["h", "hr", "hrs", "hour", "hours", "hora", "horas"];
const MINUTES: &[&str] = &["m", "min", "mins", "minute", "minutes", "minuto", "minutos"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Hour,
    Minute,
}

/// A decimal number: how many of it, in 1/[`PARTS`].
const PARTS: i64 = 1_000_000;

/// The minutes of the duration that `text` begins with, at most `max`, and the rest; `None` when it begins with none.
pub(super) fn take(text: &str, max: i64) -> Result<Option<(i64, &str)>, Error> {
    if let Some(rest) = text.strip_prefix(['-', '−', '–', '—']) {
        let number = rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
        return if number {
            Err(Error::Negative)
        } else {
            Ok(None)
        };
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    let Some((whole, parts, rest)) = number(text) else {
        return Ok(None);
    };
    if parts == 0
        && let Some(found) = clock(whole, rest, max)?
    {
        return Ok(Some(found));
    }
    let Some((unit, rest)) = unit(rest) else {
        return Err(Error::NoUnit);
    };
    let first = amount(whole, parts, unit);
    let (minutes, rest) = match unit {
        Unit::Minute => (first, rest),
        Unit::Hour => second(first, rest),
    };
    limits(minutes, max).map(|minutes| Some((minutes, rest)))
}

fn limits(minutes: i64, max: i64) -> Result<i64, Error> {
    match minutes {
        ..=0 => Err(Error::Zero),
        minutes if minutes > max => Err(Error::TooLong),
        minutes => Ok(minutes),
    }
}

/// `:30` after the hours, if that is what follows. A colon that no digit follows begins the description.
fn clock(hours: i64, rest: &str, max: i64) -> Result<Option<(i64, &str)>, Error> {
    let Some(after) = rest.strip_prefix(':') else {
        return Ok(None);
    };
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Ok(None);
    }
    let (minutes, rest) = after.split_at(digits);
    let minutes: i64 = minutes.parse().map_err(|_| Error::BadMinutes)?;
    let seconds = rest
        .strip_prefix(':')
        .is_some_and(|more| more.starts_with(|c: char| c.is_ascii_digit()));
    if digits != 2 || minutes > 59 || seconds {
        return Err(Error::BadMinutes);
    }
    let rest = match unit(rest) {
        Some((Unit::Hour, rest)) => rest,
        Some((Unit::Minute, _)) => return Err(Error::BadMinutes),
        None if ended(rest) => rest,
        None => return Err(Error::NoUnit),
    };
    limits(hours.saturating_mul(60).saturating_add(minutes), max).map(|all| Some((all, rest)))
}

/// The minutes after hours: `30m`, ` 30 min`, or `30` right behind.
fn second(hours: i64, rest: &str) -> (i64, &str) {
    let next = rest.trim_start();
    let Some((whole, parts, after)) = number(next) else {
        return (hours, rest);
    };
    match unit(after) {
        Some((Unit::Minute, after)) => (
            hours.saturating_add(amount(whole, parts, Unit::Minute)),
            after,
        ),
        None if next.len() == rest.len() && parts == 0 && whole < 60 && ended(after) => {
            (hours.saturating_add(whole), after)
        }
        _ => (hours, rest),
    }
}

/// `12`, `2.5`, `2,5`, `.5`: the whole part, the fraction in [`PARTS`], and the rest.
fn number(text: &str) -> Option<(i64, i64, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let behind = &text[whole..];
    let fraction = behind
        .strip_prefix(['.', ','])
        .map(|after| &after[..digits(after)])
        .filter(|fraction| !fraction.is_empty());
    if whole == 0 && fraction.is_none() {
        return None;
    }
    // More digits than fit say more than a day in any case.
    let value = if whole == 0 {
        0
    } else {
        text[..whole].parse().unwrap_or(i64::MAX / PARTS)
    };
    let parts = fraction.map_or(0, |fraction| {
        let places = fraction.len().min(6);
        let parts: i64 = fraction[..places].parse().unwrap_or(0);
        parts * 10_i64.pow(u32::try_from(6 - places).unwrap_or(0))
    });
    let rest = fraction.map_or(behind, |fraction| &behind[1 + fraction.len()..]);
    Some((value, parts, rest))
}

/// So many hours or minutes, in minutes, rounded to the nearest.
fn amount(whole: i64, parts: i64, unit: Unit) -> i64 {
    let minutes = if unit == Unit::Hour { 60 } else { 1 };
    whole
        .saturating_mul(minutes)
        .saturating_add((parts * minutes + PARTS / 2) / PARTS)
}

/// The unit that `text` begins with, after blanks, and the rest.
fn unit(text: &str) -> Option<(Unit, &str)> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let word = word.to_lowercase();
    let (unit, rest) = if HOURS.contains(&word.as_str()) {
        (Unit::Hour, rest)
    } else if MINUTES.contains(&word.as_str()) {
        (Unit::Minute, rest)
    } else {
        return None;
    };
    // `2h.` and `90 min.` are abbreviations.
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let goes_on = unit == Unit::Hour && rest.starts_with(|c: char| c.is_ascii_digit());
    (goes_on || ended(rest)).then_some((unit, rest))
}

/// Whether a word ends here.
pub(super) fn ended(rest: &str) -> bool {
    rest.chars()
        .next()
        .is_none_or(|c| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '#' | '-' | '–' | '—'))
}
