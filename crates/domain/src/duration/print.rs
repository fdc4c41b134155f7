//! Durations for people.

use std::fmt;

use super::Logged;

/// `2h 30m`, `45m`, `2h`; `0m` for nothing. Negative ones have a minus.
#[must_use]
pub fn format_minutes(minutes: i64) -> String {
    let sign = if minutes < 0 { "−" } else { "" };
    let all = minutes.unsigned_abs();
    match (all / 60, all % 60) {
        (0, minutes) => format!("{sign}{minutes}m"),
        (hours, 0) => format!("{sign}{hours}h"),
        (hours, minutes) => format!("{sign}{hours}h {minutes}m"),
    }
}

/// Hours with at most two decimals, rounded half up: `2.5`, `0.33`, `8`.
#[must_use]
pub fn decimal_hours(minutes: i64) -> String {
    let sign = if minutes < 0 { "-" } else { "" };
    let hundredths = (u128::from(minutes.unsigned_abs()) * 100 + 30) / 60;
    let text = format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// As it can be typed again.
impl fmt::Display for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_minutes(self.minutes))?;
        if let Some(date) = self.date {
            write!(f, " {date}")?;
        }
        for tag in self.project.iter().chain(&self.tags) {
            write!(f, " #{tag}")?;
        }
        if !self.description.is_empty() {
            write!(f, ": {}", self.description)?;
        }
        Ok(())
    }
}
