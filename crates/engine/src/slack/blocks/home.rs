//! The home page of the app.

use daybook_provider_api::chat::Message;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use url::Url;

use super::{
    actions, button, clock, coloured, context, divider, header, link_button, section, words,
};
use crate::context::page_of;
use crate::slack::meetings::Named;
use crate::slack::time::duration;
use crate::timesheets::drafts::{Because, Suggestion};

/// Most lines of a list: a page has 100 blocks, and two lists need two for each line.
pub const MOST: usize = 15;

/// A line with what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The thing's id.
    pub id: String,
    /// `09:00–10:00`, or whose it is.
    pub lead: String,
    /// Somebody's words.
    pub what: String,
    /// Whether it is done already.
    pub done: bool,
    /// What of it is shown, in short: a decision is about that and nothing else. Empty where nothing is decided.
    pub seen: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct Home {
    /// `Friday, 21 November`.
    pub day: String,
    /// Meetings of this week that are over and not logged.
    pub drafts: Vec<Named>,
    /// Today's meetings.
    pub meetings: Vec<Line>,
    /// Minutes logged today.
    pub today: i64,
    /// Minutes logged this week.
    pub week: i64,
    /// Entries that wait for this person's approval, as far as they are shown.
    pub approvals: Vec<Line>,
    /// How many there are.
    pub waiting: usize,
}

/// The page of a member.
#[must_use]
pub fn home(home: &Home, zone: &TimeZone, base: &Url) -> Value {
    let mut blocks = vec![
        header("Today"),
        context(&format!(
            "{} · *{}* today · *{}* this week",
            home.day,
            duration(home.today),
            duration(home.week)
        )),
        actions(
            "home",
            vec![
                coloured(button("home_log", "Log time", "new"), "primary"),
                link_button("timesheet_open", "Timesheet", &page_of(base, "/timesheet")),
            ],
        ),
        divider(),
    ];
    blocks.extend(drafts(&home.drafts, zone));
    blocks.push(divider());
    blocks.extend(meetings(&home.meetings));
    if !home.approvals.is_empty() {
        blocks.push(divider());
        blocks.extend(approvals(&home.approvals, home.waiting));
    }
    view(blocks)
}

/// What is not logged yet of this week, with what it would be booked on.
fn drafts(open: &[Named], zone: &TimeZone) -> Vec<Value> {
    let mut blocks = vec![section(&match open.len() {
        0 => "*Not logged yet*\nNothing of this week.".to_owned(),
        1 => "*Not logged yet*\nOne meeting of this week.".to_owned(),
        n => format!("*Not logged yet*\n{n} meetings of this week."),
    })];
    for Named { draft, on } in open.iter().take(MOST) {
        let (event, id) = (&draft.event, draft.event.id.to_string());
        let begin = event.start_us.to_zoned(zone.clone());
        blocks.push(section(&format!(
            "{}–{} · {} · {}\n{}",
            begin.strftime("%a %H:%M"),
            clock(event.end_us, zone),
            words(titled(&event.details.title)),
            duration(draft.minutes),
            booking(on.as_deref(), &draft.suggestion),
        )));
        blocks.push(actions(
            &format!("home_draft_{id}"),
            vec![
                coloured(button("meeting_log", "Log it", &id), "primary"),
                button("meeting_edit", "Change first", &id),
                button("meeting_dismiss", "Not this one", &id),
            ],
        ));
    }
    blocks.extend(rest(open.len()));
    blocks
}

/// Today's meetings: those that are logged, and those to come.
fn meetings(lines: &[Line]) -> Vec<Value> {
    let head = if lines.is_empty() {
        "*Meetings today*\nNone."
    } else {
        "*Meetings today*"
    };
    let mut blocks = vec![section(head)];
    blocks.extend(lines.iter().take(MOST).map(|line| {
        let mark = if line.done { ":white_check_mark: " } else { "" };
        section(&format!(
            "{mark}{} · {}",
            words(&line.lead),
            words(&line.what)
        ))
    }));
    blocks.extend(rest(lines.len()));
    blocks
}

fn approvals(lines: &[Line], all: usize) -> Vec<Value> {
    let head = match all {
        1 => "*Approvals*\nOne waits for you.".to_owned(),
        n => format!("*Approvals*\n{n} wait for you."),
    };
    let mut blocks = vec![section(&head)];
    for line in lines.iter().take(MOST) {
        blocks.push(section(&format!(
            "{} · {}",
            words(&line.lead),
            words(&line.what)
        )));
        let value = format!("{}:{}", line.id, line.seen);
        blocks.push(actions(
            &format!("home_approval_{}", line.id),
            vec![
                coloured(button("approval_approve", "Approve", &value), "primary"),
                coloured(button("approval_reject", "Reject", &value), "danger"),
            ],
        ));
    }
    blocks.extend(rest(all));
    blocks
}

/// How many more there are than are shown.
fn rest(all: usize) -> Option<Value> {
    let more = all.checked_sub(MOST).filter(|more| *more > 0)?;
    Some(context(&format!("and {more} more in the dashboard")))
}

/// What a meeting would be booked on, and why.
pub(super) fn booking(on: Option<&str>, suggestion: &Suggestion) -> String {
    let detail = words(suggestion.detail.as_deref().unwrap_or_default());
    let why = match suggestion.because {
        Because::Rule => format!("by the rule “{detail}”"),
        Because::Series => "as the last time in this series".to_owned(),
        Because::Title => "as the last time with this title".to_owned(),
        Because::Domain => format!("as the last time with {detail}"),
        Because::Calendar => format!("by the calendar “{detail}”"),
        Because::Nothing => return "_No project is suggested_".to_owned(),
    };
    let on = on.map_or_else(
        || "no project".to_owned(),
        |name| format!("*{}*", words(name)),
    );
    let billed = if suggestion.billable {
        ""
    } else {
        " · not billed"
    };
    format!("→ {on}, {why}{billed}")
}

/// A meeting's title, or what stands for one.
pub fn titled(title: &str) -> &str {
    match title.trim() {
        "" => "Meeting",
        title => title,
    }
}

/// The page of somebody who is not linked, or no longer: a sentence that is ours.
#[must_use]
pub fn stranger(message: &Message) -> Value {
    let blocks = message.blocks.as_array().cloned().unwrap_or_default();
    view(blocks)
}

fn view(blocks: Vec<Value>) -> Value {
    json!({"type": "home", "blocks": blocks})
}
