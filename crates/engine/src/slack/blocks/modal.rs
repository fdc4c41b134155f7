//! The forms: a time entry to make or change, and the reason for sending one back.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{cut, plain, section, words};
use crate::timesheets::entries::MAX_DESCRIPTION;

/// Longest title of a form.
const TITLE: usize = 24;
/// Most choices of a list or of a group of it, and most groups.
const CHOICES: usize = 100;

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A new entry.
    New,
    /// Another state of an entry.
    Edit,
    /// A meeting, with changes.
    Meeting,
}

/// What a form shows to begin with.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// `2.5`.
    pub hours: String,
    /// What was done.
    pub description: String,
    /// On which day.
    pub date: Option<Date>,
    /// The chosen project's id.
    pub project: Option<String>,
    /// Projects to choose from: id and name.
    pub projects: Vec<(String, String)>,
}

impl Form {
    /// What its submission is recognised by.
    #[must_use]
    pub const fn callback_id(self) -> &'static str {
        match self {
            Self::New => "time_entry_new",
            Self::Edit => "time_entry_edit",
            Self::Meeting => "log_meeting",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::New => "Log time",
            Self::Edit => "Edit entry",
            Self::Meeting => "Log this meeting",
        }
    }
}

/// The form of a time entry. `about` comes back with it.
#[must_use]
pub fn modal(form: Form, fields: &Fields, about: &str) -> Value {
    let mut blocks = vec![
        input(
            "hours",
            "Hours",
            text_input(&fields.hours, "2.5, 1:30 or 2h 30m", false),
            false,
        ),
        input(
            "description",
            "What was it?",
            text_input(
                &fields.description,
                "Design review",
                fields.description.contains('\n'),
            ),
            true,
        ),
    ];
    if form != Form::Meeting {
        let mut picker = json!({"type": "datepicker", "action_id": "v"});
        if let Some(date) = fields.date {
            picker["initial_date"] = json!(date.to_string());
        }
        blocks.push(input("date", "Date", picker, true));
    }
    if !fields.projects.is_empty() {
        blocks.push(input("project", "Project", projects(fields), true));
    }
    view(form.callback_id(), form.title(), "Save", blocks, about)
}

/// The form that asks why an entry is sent back.
#[must_use]
pub fn reason(what: &str, about: &str) -> Value {
    let blocks = vec![
        section(&format!("{} is sent back to who wrote it.", words(what))),
        input(
            "reason",
            "Why?",
            text_input("", "Wrong project", true),
            false,
        ),
    ];
    view("reject_reason", "Send back", "Send back", blocks, about)
}

/// A sentence in a form's place, when nothing could be done.
#[must_use]
pub fn nothing_changed(text: &str) -> Value {
    json!({
        "type": "modal",
        "title": plain("Nothing was changed", TITLE),
        "close": plain("Close", TITLE),
        "blocks": [section(&words(text))],
    })
}

fn view(callback: &str, title: &str, submit: &str, blocks: Vec<Value>, about: &str) -> Value {
    json!({
        "type": "modal",
        "callback_id": callback,
        "private_metadata": about,
        "title": plain(title, TITLE),
        "submit": plain(submit, TITLE),
        "close": plain("Cancel", TITLE),
        "blocks": blocks,
    })
}

fn input(block: &str, label: &str, element: Value, optional: bool) -> Value {
    json!({"type": "input", "block_id": block, "label": plain(label, 2000), "element": element, "optional": optional})
}

fn text_input(initial: &str, hint: &str, long: bool) -> Value {
    let mut input = json!({
        "type": "plain_text_input",
        "action_id": "v",
        "placeholder": plain(hint, 150),
        "max_length": MAX_DESCRIPTION,
        "multiline": long,
    });
    let initial: String = initial.chars().take(MAX_DESCRIPTION).collect();
    if !initial.is_empty() {
        input["initial_value"] = json!(initial);
    }
    input
}

/// The projects by name; in groups, when there are more than a list can have.
fn projects(fields: &Fields) -> Value {
    let option = |(id, name): &(String, String)| json!({"text": plain(name, 75), "value": id});
    let mut known: Vec<&(String, String)> = fields.projects.iter().collect();
    known.sort_by_cached_key(|(_, name)| name.to_lowercase());
    let mut select = json!({
        "type": "static_select",
        "action_id": "v",
        "placeholder": plain("No project", 150),
    });
    if known.len() <= CHOICES {
        let options: Vec<Value> = known.iter().map(|one| option(one)).collect();
        select["options"] = options.into();
    } else {
        let group = |some: &[&(String, String)]| {
            let options: Vec<Value> = some.iter().map(|one| option(one)).collect();
            json!({"label": plain(&span(some), 75), "options": options})
        };
        let groups: Vec<Value> = known.chunks(CHOICES).take(CHOICES).map(group).collect();
        select["option_groups"] = groups.into();
    }
    let chosen = known
        .iter()
        .find(|(id, _)| fields.project.as_deref() == Some(id.as_str()));
    if let Some(chosen) = chosen {
        select["initial_option"] = option(chosen);
    }
    select
}

/// From the first name of a group to its last.
fn span(some: &[&(String, String)]) -> String {
    let name =
        |one: Option<&&(String, String)>| one.map_or_else(String::new, |(_, name)| cut(name, 30));
    format!("{} – {}", name(some.first()), name(some.last()))
}
