//! What people are told in direct messages.

use daybook_provider_api::chat::Message;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::{
    actions, address, button, clock, coloured, context, date, fields, header, link_button, message,
    section, words,
};
use crate::slack::time::duration;
use crate::store::calendars::Calendar;
use crate::store::instances::InstanceView;
use crate::store::time_entries::TimeEntry;

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
    let open = link_button("invoice_open", "Open invoice", &address(base, ready.path));
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
        let sheet = link_button("timesheet_open", "Log them", &address(base, "/timesheet"));
        blocks.push(actions("summary", vec![sheet]));
    }
    let off = address(base, "/settings/slack");
    blocks.push(context(&format!("{} · <{off}|Turn off>", day.day)));
    let text = format!("Today: {} {noun}, {total}", day.entries);
    message(&text, blocks)
}

/// The question after a meeting.
#[must_use]
pub fn ask_meeting(meeting: &InstanceView, zone: &TimeZone) -> Message {
    let title = match words(&meeting.details.title) {
        empty if empty.is_empty() => "Meeting".to_owned(),
        title => title,
    };
    let minutes = daybook_domain::time_entry::minutes_between(meeting.start_us, meeting.end_us);
    let long = duration(minutes);
    let line = format!(
        ":calendar: *Log this meeting?*\n{title}\n{}–{} · {long}",
        clock(meeting.start_us, zone),
        clock(meeting.end_us, zone)
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

/// Time that waits for approval.
#[derive(Debug, Clone, Copy)]
pub struct Approval<'a> {
    /// The entry.
    pub entry: &'a TimeEntry,
    /// Whose it is.
    pub member: &'a str,
    /// Its project.
    pub project: Option<&'a str>,
}

/// Asks for approval.
#[must_use]
pub fn approval(ask: &Approval<'_>, zone: &TimeZone) -> Message {
    let (member, what) = (words(ask.member), words(&ask.entry.description));
    let long = duration(ask.entry.duration_minutes);
    let line = format!(":hourglass_flowing_sand: *Approval needed*\n{member}: {long} · {what}");
    let mut pairs = vec![("Date", date(ask.entry.started_at, zone))];
    if let Some(project) = ask.project {
        pairs.push(("Project", words(project)));
    }
    let id = ask.entry.id.to_string();
    let buttons = vec![
        coloured(button("approval_approve", "Approve", &id), "primary"),
        coloured(button("approval_reject", "Reject", &id), "danger"),
    ];
    message(
        &format!("Approval needed: {member}, {long}"),
        vec![
            section(&line),
            fields(&pairs),
            actions(&format!("approval_{id}"), buttons),
        ],
    )
}

/// In the place of [`approval`], once somebody decided.
#[must_use]
pub fn settled(ask: &Approval<'_>, by: &str, approved: bool) -> Message {
    let (member, what, by) = (words(ask.member), words(&ask.entry.description), words(by));
    let long = duration(ask.entry.duration_minutes);
    let (mark, verb) = if approved {
        (":white_check_mark:", "Approved")
    } else {
        (":leftwards_arrow_with_hook:", "Sent back")
    };
    let mut line = format!("{mark} *{verb}* by {by}\n{member}: {long} · {what}");
    if let Some(reason) = ask.entry.rejected_reason.as_deref().filter(|_| !approved) {
        line.push_str(&format!("\n> {}", words(reason)));
    }
    message(
        &format!("{verb} by {by}: {member}, {long}"),
        vec![section(&line)],
    )
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
        &address(base, broken.path),
    );
    message(
        &format!("{provider} must be connected again: {account}"),
        vec![section(&line), actions("connection", vec![open])],
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
        &address(base, broken.path),
    );
    message(
        &format!("The access to {provider} ends on {ends}: {account}"),
        vec![section(&line), actions("connection", vec![open])],
    )
}

/// A calendar was switched off.
#[must_use]
pub fn calendar_off(calendar: &Calendar, base: &Url) -> Message {
    let name = words(&calendar.name);
    let line = format!(
        ":warning: *{name} is no longer synced*\nIts provider kept refusing it, so Daybook switched it off. What was synced stays. Ask its owner to share it again, then switch it on."
    );
    let path = format!("/integrations/calendar/{}", calendar.id);
    let open = link_button("calendar_open", "Look at it", &address(base, &path));
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
