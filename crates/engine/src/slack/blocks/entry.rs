//! A time entry in a message: made, changed, deleted; and the entries of a day.

use daybook_domain::time_entry::Status;
use daybook_provider_api::chat::Message;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{
    actions, button, clock, coloured, context, date, fields, header, message, plain, section, words,
};
use crate::slack::time::duration;
use crate::store::time_entries::TimeEntry;

/// An entry that was made or changed, with its buttons.
#[must_use]
pub fn created(title: &str, entry: &TimeEntry, project: Option<&str>, zone: &TimeZone) -> Message {
    let long = duration(entry.duration_minutes);
    let what = words(&entry.description);
    let text = match what.as_str() {
        "" => format!("{title}: {long}"),
        what => format!("{title}: {long} - {what}"),
    };
    let headline = match what.as_str() {
        "" => format!(":white_check_mark: *{title}*\n{long}"),
        what => format!(":white_check_mark: *{title}*\n{long} · {what}"),
    };
    let mut pairs = vec![
        ("Date", date(entry.started_at, zone)),
        ("Status", status(entry.status).to_owned()),
    ];
    if let Some(project) = project {
        pairs.push(("Project", words(project)));
    }
    let id = entry.id.to_string();
    let mut blocks = vec![section(&headline), fields(&pairs)];
    if entry.status != Status::Invoiced {
        blocks.push(buttons(&id));
    }
    message(&text, blocks)
}

fn buttons(id: &str) -> Value {
    let mut delete = coloured(button("time_entry_delete", "Delete", id), "danger");
    delete["confirm"] = serde_json::json!({
        "title": plain("Delete entry?", 100),
        "text": plain("This cannot be undone.", 300),
        "confirm": plain("Delete", 30),
        "deny": plain("Keep", 30),
    });
    let elements = vec![button("time_entry_edit", "Edit", id), delete];
    actions(&format!("entry_{id}"), elements)
}

/// In the place of an entry that is gone.
#[must_use]
pub fn deleted(entry: &TimeEntry) -> Message {
    let long = duration(entry.duration_minutes);
    let what = words(&entry.description);
    let text = format!("Deleted: {long} {what}");
    let line = format!(":wastebasket: *Time entry deleted*\n~{long}~ {what}");
    message(text.trim_end(), vec![section(&line)])
}

/// In the place of what is settled: a sentence and no buttons. `text` is ours, or went through [`words`].
#[must_use]
pub fn done(text: &str) -> Message {
    message(text, vec![section(text)])
}

/// The entries of a day, the first first.
#[must_use]
pub fn today(entries: &[TimeEntry], unlogged: usize, zone: &TimeZone, day: &str) -> Message {
    let total: i64 = entries.iter().map(|entry| entry.duration_minutes).sum();
    let count = entries.len();
    let noun = if count == 1 { "entry" } else { "entries" };
    let text = format!("Today: {count} {noun}, {}", duration(total));
    let mut blocks = vec![header(&text)];
    let lines: Vec<String> = entries
        .iter()
        .take(20)
        .map(|entry| {
            let what = words(&entry.description);
            format!(
                "{} · *{}* · {what}",
                clock(entry.started_at, zone),
                duration(entry.duration_minutes)
            )
        })
        .collect();
    if !lines.is_empty() {
        blocks.push(section(&lines.join("\n")));
    }
    if count > 20 {
        blocks.push(context(&format!("and {} more", count - 20)));
    }
    let open = match unlogged {
        0 => format!("{day} · no meeting is left to log"),
        1 => format!("{day} · one meeting is not logged yet"),
        n => format!("{day} · {n} meetings are not logged yet"),
    };
    blocks.push(context(&open));
    message(&text, blocks)
}

/// A status as people read it.
pub(super) const fn status(status: Status) -> &'static str {
    match status {
        Status::Draft => "Draft",
        Status::Pending => "Pending",
        Status::Approved => "Approved",
        Status::Rejected => "Sent back",
        Status::Invoiced => "Invoiced",
    }
}
