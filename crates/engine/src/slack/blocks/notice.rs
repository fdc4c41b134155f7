//! What people are told in direct messages.

use daybook_provider_api::chat::Message;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::home::{booking, titled};
use super::{
    actions, button, clock, coloured, context, fields, header, link_button, message, section, words,
};
use crate::context::page_of;
use crate::slack::meetings::Named;
use crate::slack::time::duration;

/// An invoice that is ready.
#[derive(Debug, Clone, Copy)]
pub struct InvoiceReady<'a> {
    /// Its number.
    pub number: &'a str,
    /// For whom.
    pub client: &'a str,
    /// How much, as people read it: `EUR 1,250.00`.
    pub total: &'a str,
    /// Its page, below the base address.
    pub path: &'a str,
}

/// An invoice is ready.
#[must_use]
pub fn invoice(ready: &InvoiceReady<'_>, base: &Url) -> Message {
    let (number, total) = (words(ready.number), words(ready.total));
    let title = format!("Invoice {} is ready", ready.number);
    let pairs = [("Client", words(ready.client)), ("Total", total.clone())];
    let open = link_button("invoice_open", "Open invoice", &page_of(base, ready.path));
    message(
        &format!("Invoice {number} is ready: {total}"),
        vec![
            header(&title),
            fields(&pairs),
            actions("invoice", vec![open]),
        ],
    )
}

/// A day in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Time entries.
    pub entries: usize,
    /// Their minutes.
    pub minutes: i64,
    /// Of those, waiting for approval.
    pub pending: usize,
    /// Meetings that are not logged.
    pub unlogged: usize,
    /// `Friday, 21 November`.
    pub day: String,
}

/// The summary of a day.
#[must_use]
pub fn summary(day: &Summary, base: &Url) -> Message {
    let total = duration(day.minutes);
    let noun = if day.entries == 1 { "entry" } else { "entries" };
    let mut line = format!(
        "*{}* {noun} · *{total}* total · *{}* pending",
        day.entries, day.pending
    );
    match day.unlogged {
        0 => {}
        1 => line.push_str("\nOne meeting is not logged yet."),
        n => line.push_str(&format!("\n{n} meetings are not logged yet.")),
    }
    let mut blocks = vec![header("Daily summary"), section(&line)];
    if day.unlogged > 0 {
        let sheet = link_button("timesheet_open", "Log them", &page_of(base, "/timesheet"));
        blocks.push(actions("summary", vec![sheet]));
    }
    let off = page_of(base, "/settings/slack");
    blocks.push(context(&format!("{} · <{off}|Turn off>", day.day)));
    let text = format!("Today: {} {noun}, {total}", day.entries);
    message(&text, blocks)
}

/// The question after a meeting.
#[must_use]
pub fn ask_meeting(open: &Named, zone: &TimeZone) -> Message {
    let meeting = &open.draft.event;
    let title = words(titled(&meeting.details.title));
    let long = duration(open.draft.minutes);
    let line = format!(
        ":calendar: *Log this meeting?*\n{title}\n{}–{} · {long}\n{}",
        clock(meeting.start_us, zone),
        clock(meeting.end_us, zone),
        booking(open.on.as_deref(), &open.draft.suggestion),
    );
    let id = meeting.id.to_string();
    let buttons = vec![
        coloured(button("meeting_log", "Log it", &id), "primary"),
        button("meeting_edit", "Change first", &id),
        button("meeting_dismiss", "Not this one", &id),
    ];
    message(
        &format!("Log this meeting? {title}, {long}"),
        vec![section(&line), actions(&format!("meeting_{id}"), buttons)],
    )
}

/// A meeting that somebody does not want to log.
#[must_use]
pub fn not_logged(title: &str) -> Message {
    let title = words(title);
    let line = format!("Not logged: {title}");
    message(&line, vec![section(&line)])
}

/// A connection that must be made again.
#[derive(Debug, Clone, Copy)]
pub struct Broken<'a> {
    /// The provider's name.
    pub provider: &'a str,
    /// The account.
    pub account: &'a str,
    /// Its connect page, below the base address.
    pub path: &'a str,
}

/// A connection must be made again.
#[must_use]
pub fn broken(broken: &Broken<'_>, base: &Url) -> Message {
    let (provider, account) = (words(broken.provider), words(broken.account));
    let line = format!(
        ":warning: *{provider} must be connected again*\n{account}: its access was withdrawn or has ended. Nothing is lost; it goes on where it stopped."
    );
    let open = link_button(
        "connection_open",
        "Connect again",
        &page_of(base, broken.path),
    );
    message(
        &format!("{provider} must be connected again: {account}"),
        vec![section(&line), actions("connection", vec![open])],
    )
}

/// An invoice should have been paid.
#[must_use]
pub fn overdue(late: &InvoiceReady<'_>, due: &str, base: &Url) -> Message {
    let (number, total) = (words(late.number), words(late.total));
    let pairs = [
        ("Client", words(late.client)),
        ("Open", total.clone()),
        ("Due", words(due)),
    ];
    let open = link_button("invoice_open", "Open invoice", &page_of(base, late.path));
    message(
        &format!("Invoice {number} is overdue: {total}"),
        vec![
            header(&format!("Invoice {} is overdue", late.number)),
            fields(&pairs),
            actions("invoice", vec![open]),
        ],
    )
}

/// Last week's time is not handed in: how many entries, how long, and `23 November`, the week's Monday.
#[must_use]
pub fn submit_reminder(entries: i64, minutes: i64, monday: &str, base: &Url) -> Message {
    let noun = if entries == 1 { "entry" } else { "entries" };
    let long = duration(minutes);
    let line = format!(
        ":alarm_clock: *Your time is not handed in*\nWeek of {monday}: {entries} {noun}, {long}, wait for you to submit them."
    );
    let sheet = link_button("timesheet_open", "Submit it", &page_of(base, "/timesheet"));
    let off = page_of(base, "/settings/notifications");
    message(
        &format!("Your time of the week of {monday} is not handed in: {long}"),
        vec![
            section(&line),
            actions("submit", vec![sheet]),
            context(&format!("<{off}|Turn off>")),
        ],
    )
}

/// The provider ends the access to an account soon.
#[must_use]
pub fn ending(broken: &Broken<'_>, ends: Timestamp, base: &Url) -> Message {
    let (provider, account) = (words(broken.provider), words(broken.account));
    let ends = ends.strftime("%-d %B, %H:%M UTC");
    let line = format!(
        ":warning: *The access to {provider} ends on {ends}*\n{account}: connect it again before then and nothing stops."
    );
    let open = link_button(
        "connection_open",
        "Connect again",
        &page_of(base, broken.path),
    );
    message(
        &format!("The access to {provider} ends on {ends}: {account}"),
        vec![section(&line), actions("connection", vec![open])],
    )
}

/// A calendar was switched off.
#[must_use]
pub fn calendar_off(calendar: &str, path: &str, base: &Url) -> Message {
    let name = words(calendar);
    let line = format!(
        ":warning: *{name} is no longer synced*\nIts provider kept refusing it, so Daybook switched it off. What was synced stays. Ask its owner to share it again, then switch it on."
    );
    let open = link_button("calendar_open", "Look at it", &page_of(base, path));
    message(
        &format!("{name} is no longer synced"),
        vec![section(&line), actions("calendar", vec![open])],
    )
}

/// Asks a Slack user whether they are a member.
#[must_use]
pub fn ask_to_link(member: &str, workspace: &str, id: &str) -> Message {
    let (member, workspace) = (words(member), words(workspace));
    let line = format!(
        "*Is this you?*\n{member} wants to be known as you in Daybook ({workspace}). Confirm only if you asked for it a moment ago."
    );
    let buttons = vec![
        coloured(button("link_confirm", "Yes, that is me", id), "primary"),
        button("link_refuse", "No", id),
    ];
    message(
        "Is this you? Daybook asks whether to link your account.",
        vec![section(&line), actions("link", buttons)],
    )
}
