//! Graph's recurrence patterns and RFC 5545 rules (contracts/microsoft §5). A pattern is read as the rules it may mean, which
//! are then held against the occurrences told; a rule is written as a pattern only when both mean the same days.

mod read;
mod write;

use jiff::civil::Weekday;

pub(super) use read::rules;
pub(super) use write::pattern;

/// The days as Graph spells them, Sunday first.
const DAYS: [(&str, Weekday); 7] = [
    ("sunday", Weekday::Sunday),
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
];

/// Graph's `index`, and how RFC 5545 counts.
const INDEXES: [(&str, i8); 5] = [
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("last", -1),
];

fn weekday(name: &str) -> Option<Weekday> {
    let found = DAYS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(found.1)
}

fn day_name(day: Weekday) -> &'static str {
    DAYS.iter()
        .find(|(_, known)| *known == day)
        .map_or("sunday", |(name, _)| name)
}

#[cfg(test)]
mod tests;
