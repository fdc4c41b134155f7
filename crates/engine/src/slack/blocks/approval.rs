//! The question whether time is approved, and what was decided in its place.

use daybook_provider_api::chat::Message;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{actions, button, coloured, date, fields, message, section, words};
use crate::slack::time::duration;

/// Most entries that are listed one by one.
const LISTED: usize = 10;

/// An entry of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub minutes: i64,
    /// What was done.
    pub what: String,
    /// For what.
    pub project: Option<String>,
}

/// Time that is asked about at once.
#[derive(Debug, Clone, Copy)]
pub struct Approval<'a> {
    /// The question's id.
    pub id: &'a str,
    /// What it shows, in short: a click on it is about that and nothing else.
    pub seen: &'a str,
    /// Whether its entries changed since it was asked.
    pub changed: bool,
    /// Whose time it is.
    pub member: &'a str,
    /// Its entries, the earliest first.
    pub pieces: &'a [Piece],
}

/// What became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// Entries that are approved.
    pub approved: usize,
    /// Entries that were sent back.
    pub rejected: usize,
    /// Why.
    pub reason: Option<&'a str>,
}

impl Approval<'_> {
    /// `2.5 h · Design review`, or `38.5 h · 12 entries`: somebody's words are escaped.
    fn sum(&self) -> (String, String) {
        let minutes = self.pieces.iter().map(|piece| piece.minutes).sum();
        let what = match self.pieces {
            [one] => words(&one.what),
            many => format!("{} entries", many.len()),
        };
        (duration(minutes), what)
    }
}

/// Asks for approval.
#[must_use]
pub fn approval(ask: &Approval<'_>, zone: &TimeZone) -> Message {
    let member = words(ask.member);
    let (long, what) = ask.sum();
    let mut line = format!(":hourglass_flowing_sand: *Approval needed*\n{member}: {long} · {what}");
    if ask.changed {
        line.push_str("\n_This changed after you were asked. Look at it again._");
    }
    let mut blocks = vec![section(&line)];
    match ask.pieces {
        [one] => {
            let mut pairs = vec![("Date", date(one.at, zone))];
            pairs.extend(one.project.as_deref().map(|name| ("Project", words(name))));
            blocks.push(fields(&pairs));
        }
        many => blocks.push(section(&list(many, zone))),
    }
    let value = format!("{}:{}", ask.id, ask.seen);
    let buttons = vec![
        coloured(button("submission_approve", "Approve", &value), "primary"),
        coloured(button("submission_reject", "Reject", &value), "danger"),
    ];
    blocks.push(actions(&format!("submission_{}", ask.id), buttons));
    message(&format!("Approval needed: {member}, {long}"), blocks)
}

fn list(pieces: &[Piece], zone: &TimeZone) -> String {
    let line = |piece: &Piece| {
        let project = piece.project.as_deref().map(words);
        let project = project.map_or_else(String::new, |name| format!(" ({name})"));
        // Ten lines of somebody's words fit into a section.
        let what: String = piece.what.chars().take(80).collect();
        let (day, long) = (date(piece.at, zone), duration(piece.minutes));
        format!("• {day} · {long} · {}{project}", words(&what))
    };
    let mut lines: Vec<String> = pieces.iter().take(LISTED).map(line).collect();
    match pieces.len().saturating_sub(LISTED) {
        0 => {}
        1 => lines.push("… and one more".to_owned()),
        more => lines.push(format!("… and {more} more")),
    }
    lines.join("\n")
}

/// In the place of [`approval`], once all of it is decided.
#[must_use]
pub fn settled(ask: &Approval<'_>, by: &str, outcome: Outcome<'_>) -> Message {
    let (member, by) = (words(ask.member), words(by));
    let (long, what) = ask.sum();
    let (mark, verb) = match (outcome.approved, outcome.rejected) {
        (_, 0) => (":white_check_mark:", "Approved"),
        (0, _) => (":leftwards_arrow_with_hook:", "Sent back"),
        _ => (":white_check_mark:", "Decided"),
    };
    let mut line = format!("{mark} *{verb}* by {by}\n{member}: {long} · {what}");
    if outcome.approved > 0 && outcome.rejected > 0 {
        let (approved, rejected) = (outcome.approved, outcome.rejected);
        line.push_str(&format!("\n{approved} approved, {rejected} sent back"));
    }
    if let Some(reason) = outcome.reason {
        line.push_str(&format!("\n> {}", words(reason)));
    }
    message(
        &format!("{verb} by {by}: {member}, {long}"),
        vec![section(&line)],
    )
}

/// In the place of [`approval`], when all of it was deleted.
#[must_use]
pub fn withdrawn(by: &str) -> Message {
    let line = format!(
        "{} deleted this time; nothing of it waits for approval any more.",
        words(by)
    );
    message(&line, vec![section(&line)])
}
