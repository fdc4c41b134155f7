//! Block Kit, as far as it is used here: small builders that keep Slack's limits and let no text of ours or of anybody else become a
//! mention or a link that was not meant (contracts/slack §5, RELIABILITY §3 row 21).

mod approval;
mod entry;
mod home;
mod modal;
mod notice;

use daybook_provider_api::chat::Message;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

pub use approval::{Approval, Outcome, Piece, approval, settled, withdrawn};
pub use entry::{created, deleted, done, today};
pub use home::{Home, Line, MOST, home, stranger, titled};
pub use modal::{Fields, Form, modal, nothing_changed, reason};
pub use notice::{
    Broken, InvoiceReady, Summary, ask_meeting, ask_to_link, broken, calendar_off, ending, invoice,
    not_logged, overdue, submit_reminder, summary,
};

/// Longest text of a section.
const SECTION: usize = 3000;
/// Longest text of a field.
const FIELD: usize = 2000;
/// Longest text that notifications show.
const FALLBACK: usize = 300;
/// Longest text of a header.
const HEADER: usize = 150;
/// Longest text of a button.
const BUTTON: usize = 75;
/// Most characters of somebody's words in a message.
const WORDS: usize = 300;

/// Somebody's words inside mrkdwn: one line, cut, and nothing in them is markup, a mention or a link.
#[must_use]
pub fn words(text: &str) -> String {
    escape(&cut(&one_line(text), WORDS))
}

/// What Slack wants escaped, and what it would take for a link or a mention by itself broken with a space that nobody sees.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' | '#' if rest.peek().is_some_and(|next| next.is_alphanumeric()) => {
                out.push(c);
                out.push(BREAK);
            }
            ':' if rest.peek() == Some(&'/') => {
                out.push(c);
                out.push(BREAK);
            }
            '.' if rest.peek().is_some_and(|next| next.is_alphabetic()) => {
                out.push(c);
                out.push(BREAK);
            }
            // Marks that hide or turn what follows.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => out.push(c),
        }
    }
    out
}

/// Zero-width space.
const BREAK: char = '\u{200b}';

/// Without line breaks and other controls.
fn one_line(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let spaced: String = spaced.collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `most` characters, with an ellipsis where something is missing.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

/// Text with markup of ours. What comes from people went through [`words`].
fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

/// Text without any markup.
fn plain(text: &str, most: usize) -> Value {
    let text = cut(&one_line(text), most);
    let text = if text.is_empty() { "…" } else { &text };
    json!({"type": "plain_text", "text": text})
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": mrkdwn(&cut(text, SECTION))})
}

fn fields(pairs: &[(&str, String)]) -> Value {
    let fields: Vec<Value> = pairs
        .iter()
        .map(|(name, value)| mrkdwn(&cut(&format!("*{name}*\n{value}"), FIELD)))
        .collect();
    json!({"type": "section", "fields": fields})
}

fn header(text: &str) -> Value {
    json!({"type": "header", "text": plain(text, HEADER)})
}

fn context(text: &str) -> Value {
    json!({"type": "context", "elements": [mrkdwn(&cut(text, SECTION))]})
}

fn divider() -> Value {
    json!({"type": "divider"})
}

fn actions(block_id: &str, elements: Vec<Value>) -> Value {
    json!({"type": "actions", "block_id": block_id, "elements": elements})
}

fn button(action: &str, text: &str, value: &str) -> Value {
    json!({"type": "button", "action_id": action, "text": plain(text, BUTTON), "value": value})
}

/// A button in the colour of what it does: `primary` or `danger`.
fn coloured(mut button: Value, style: &str) -> Value {
    button["style"] = json!(style);
    button
}

/// A button that leads somewhere. A click on it is told to us too, and acknowledged.
fn link_button(action: &str, text: &str, url: &str) -> Value {
    json!({"type": "button", "action_id": action, "text": plain(text, BUTTON), "url": url})
}

/// A day that Slack shows in its reader's own way; `2026-11-21` where it cannot.
fn date(at: Timestamp, zone: &TimeZone) -> String {
    let day = at.to_zoned(zone.clone()).date();
    format!("<!date^{}^{{date_short_pretty}}|{day}>", at.as_second())
}

/// A time of day on the person's own clock.
fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// A message: what notifications show, and the blocks.
fn message(text: &str, blocks: Vec<Value>) -> Message {
    Message {
        text: cut(text, FALLBACK),
        blocks: Value::Array(blocks),
    }
}

/// An answer that only the person sees.
#[must_use]
pub fn ephemeral(message: &Message) -> Value {
    json!({"response_type": "ephemeral", "text": message.text, "blocks": message.blocks})
}

/// A sentence that only the person sees.
#[must_use]
pub fn say(text: &str) -> Value {
    ephemeral(&message(text, vec![section(text)]))
}

#[cfg(test)]
mod tests;
