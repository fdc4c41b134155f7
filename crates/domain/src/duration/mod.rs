//! Time as people type it: `2.5 hours: Design review`, `1:30 yesterday #acme: Review` (SPEC §2.7). One grammar for the API, the
//! dashboard and Slack.
//!
//! ```text
//! text     = { duration | date | "#" project } [ separator ] [ description ]      in any order, one duration
//! duration = number unit [ number unit ] | hours ":" two digits                    2.5 h · 2,5h · 2h 30m · 2h30 · 90min · 1:30
//! date     = "today" | "yesterday" | "tomorrow" | [ "last" ] weekday | YYYY-MM-DD  a weekday is the latest one, today included
//! ```
//! The separator is a colon, or a dash between blanks; without one, the first other word begins the description. A `#word` counts
//! wherever it stands, unless it has digits only (`#123` is somebody's issue).

mod amount;
mod date;
mod print;
mod read;

use jiff::civil::Date;

pub use print::{decimal_hours, format_minutes};
pub use read::{parse, parse_command, parse_line, parse_minutes};

/// The longest input, in characters.
pub const MAX_INPUT: usize = 2_500;
/// The longest time in one go, in minutes: a day.
pub const MAX_MINUTES: i64 = 24 * 60;
/// The most hours of an invoice's line, in minutes.
pub const MAX_LINE: i64 = 10_000 * 60;
/// The most `#words`.
pub const MAX_TAGS: usize = 10;
/// The longest `#word`, in characters, without the sign.
pub const MAX_TAG: usize = 50;

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// How long: from 1 to [`MAX_MINUTES`].
    pub minutes: i64,
    /// On which day; `None`: not said.
    pub date: Option<Date>,
    /// The first `#word`, without the sign: see [`same_project`].
    pub project: Option<String>,
    /// The other `#words`.
    pub tags: Vec<String>,
    /// What was done, blanks made single; may be empty.
    pub description: String,
}

/// What somebody wants of `/time`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Nothing was typed, or `help`.
    Help,
    /// What is logged today.
    Today,
    /// Take the last one back.
    Undo,
    /// Log this.
    Log(Logged),
}

/// Why a text cannot be understood. No message repeats what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing but blanks.
    #[error("say how long it took and what it was, for example 2h 30m: Design review")]
    Empty,
    /// Far too much.
    #[error("that is too long: at most {MAX_INPUT} characters")]
    InputTooLong,
    /// It does not begin with one.
    #[error(
        "there is no duration at the beginning; write one like 2h 30m, 2.5h, 90m or 1:30, then a colon and what it was"
    )]
    NoDuration,
    /// A number alone.
    #[error("say whether the number means hours or minutes, for example 2h or 90m")]
    NoUnit,
    /// `1:75`, `1:5`, `1:30:00`.
    #[error("a time like 1:30 has two digits from 00 to 59 after the colon")]
    BadMinutes,
    /// Not even a minute.
    #[error("a duration must be at least one minute")]
    Zero,
    /// Less than nothing.
    #[error("a duration cannot be negative")]
    Negative,
    /// More than a day.
    #[error("a duration can be at most 24 hours; split longer work by day")]
    TooLong,
    /// More than an invoice's line holds.
    #[error("a line can be at most 10,000 hours; write several lines")]
    LineTooLong,
    /// `2h 3h`.
    #[error("there are two durations; write one, and put the rest after a colon")]
    TwoDurations,
    /// `today yesterday`.
    #[error("there are two dates; write one, and put the rest after a colon")]
    TwoDates,
    /// `2026-02-30`.
    #[error("this date is not in the calendar; write it as 2026-11-27, or yesterday, or a weekday")]
    BadDate,
    /// Too many `#words`, or one that is too long.
    #[error("at most {MAX_TAGS} words with #, of at most {MAX_TAG} characters each")]
    Tags,
}

/// Whether a `#word` means the project of this name: letters and digits count, whatever their case, nothing else does.
#[must_use]
pub fn same_project(word: &str, name: &str) -> bool {
    let word = plain(word);
    !word.is_empty() && word == plain(name)
}

/// Whether a `#word` is how the project's name begins, read as by [`same_project`].
#[must_use]
pub fn begins_project(word: &str, name: &str) -> bool {
    let word = plain(word);
    !word.is_empty() && plain(name).starts_with(&word)
}

fn plain(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
