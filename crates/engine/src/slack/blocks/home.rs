//! The home page of the app.

use daybook_provider_api::chat::Message;
use serde_json::{Value, json};
use url::Url;

use super::{
    actions, address, button, coloured, context, divider, header, link_button, section, words,
};
use crate::slack::time::duration;

/// Most lines of a list.
const MOST: usize = 15;

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
}

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// `Friday, 21 November`.
    pub day: String,
    /// Today's meetings.
    pub meetings: Vec<Line>,
    /// Minutes logged today.
    pub today: i64,
    /// Minutes logged this week.
    pub week: i64,
    /// Entries that wait for this person's approval.
    pub approvals: Vec<Line>,
}

/// The page of a member.
#[must_use]
pub fn home(home: &Home, base: &Url) -> Value {
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
                link_button("timesheet_open", "Timesheet", &address(base, "/timesheet")),
            ],
        ),
        divider(),
    ];
    let open = home.meetings.iter().filter(|line| !line.done).count();
    blocks.push(section(&match (home.meetings.len(), open) {
        (0, _) => "*Meetings*\nNone today.".to_owned(),
        (_, 0) => "*Meetings*\nAll of them are logged.".to_owned(),
        (_, 1) => "*Meetings*\nOne is not logged yet.".to_owned(),
        (_, n) => format!("*Meetings*\n{n} are not logged yet."),
    }));
    blocks.extend(home.meetings.iter().take(MOST).map(meeting));
    if !home.approvals.is_empty() {
        blocks.push(divider());
        blocks.push(section(&format!(
            "*Approvals*\n{} wait for you.",
            home.approvals.len()
        )));
        for line in home.approvals.iter().take(MOST) {
            blocks.push(section(&format!(
                "{} · {}",
                words(&line.lead),
                words(&line.what)
            )));
            blocks.push(actions(
                &format!("home_approval_{}", line.id),
                vec![
                    coloured(button("approval_approve", "Approve", &line.id), "primary"),
                    coloured(button("approval_reject", "Reject", &line.id), "danger"),
                ],
            ));
        }
    }
    view(blocks)
}

fn meeting(line: &Line) -> Value {
    let mark = if line.done { ":white_check_mark: " } else { "" };
    let mut block = section(&format!(
        "{mark}{} · {}",
        words(&line.lead),
        words(&line.what)
    ));
    if !line.done {
        block["accessory"] = button("meeting_log", "Log it", &line.id);
    }
    block
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
