//! What forms do. What is wrong with them is told beside the field, in the answer itself.

use daybook_domain::{InstanceId, ProjectId, SubmissionId, TimeEntryId};
use daybook_store as store;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::buttons::{self, show};
use crate::hex::hex;
use crate::slack::entry::{self, New};
use crate::slack::respond::Spot;
use crate::slack::who::Bound;
use crate::slack::{Error, approvals, blocks, grammar};
use crate::timesheets::convert::Convert;
use crate::timesheets::{drafts, submissions};
use crate::{Context, timesheets};

/// What came back with a form. It names things; whether they are this person's is looked up again.
#[derive(Default, Deserialize)]
struct About {
    #[serde(default)]
    id: String,
    #[serde(default)]
    spot: Spot,
    /// The project that the form began with.
    #[serde(default)]
    project: Option<ProjectId>,
    /// Whether it names all that was asked about at once.
    #[serde(default)]
    all: bool,
    /// Whether it was opened from the home page.
    #[serde(default)]
    home: bool,
    /// What the question showed then.
    #[serde(default)]
    seen: String,
}

/// What was filled in.
struct Filled {
    minutes: i64,
    description: String,
    date: Option<Date>,
    project: Option<ProjectId>,
}

/// Takes a submitted form; `None` closes it.
pub(super) async fn submit(
    cx: &Context,
    bound: &Bound,
    view: &Value,
    key: &[u8; 32],
) -> Result<Option<Value>, Error> {
    let about = view["private_metadata"].as_str().unwrap_or_default();
    let about: About = serde_json::from_str(about).unwrap_or_default();
    let home = about.home;
    let done = match view["callback_id"].as_str().unwrap_or_default() {
        "time_entry_new" => new(cx, bound, view, key).await,
        "time_entry_edit" => edit(cx, bound, view, about).await,
        "log_meeting" => meeting(cx, bound, view, about).await,
        "reject_reason" => reject(cx, bound, view, about).await,
        _ => Ok(None),
    };
    let answer = match done {
        Err(error) => refused(error)?,
        Ok(answer) => answer,
    };
    let open = answer
        .as_ref()
        .is_some_and(|answer| answer["response_action"] == "errors");
    if home && !open {
        // Whoever goes back to the page finds it as it is now, also when nothing could be done.
        buttons::refresh_home(cx, bound).await?;
    }
    Ok(answer)
}

async fn new(
    cx: &Context,
    bound: &Bound,
    view: &Value,
    key: &[u8; 32],
) -> Result<Option<Value>, Error> {
    let filled = match filled(view) {
        Ok(filled) => filled,
        Err(answer) => return Ok(Some(answer)),
    };
    let cause = format!("slack:form:{}", hex(key));
    let mut tx = cx.store.write_in(bound.workspace()).await?;
    let made = entry::create(
        cx,
        &mut tx,
        &bound.who,
        &bound.zone,
        filled.into(),
        Some(cause),
    );
    let (logged, _) = made.await?;
    tx.commit().await?;
    entry::tell(cx, &bound.who, &logged.entry);
    let project = logged.project.as_deref();
    let message = blocks::created("Time entry created", &logged.entry, project, &bound.zone);
    Ok(Some(confirmed(&message)))
}

/// A form closes without a trace; this one shows what was made in its place.
fn confirmed(message: &daybook_provider_api::chat::Message) -> Value {
    let mut shown = message.blocks.as_array().cloned().unwrap_or_default();
    // Buttons belong to messages: what they would change is not on the screen any more.
    shown.retain(|block| block["type"] != "actions");
    json!({"response_action": "update", "view": {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Logged"},
        "close": {"type": "plain_text", "text": "Done"},
        "blocks": shown,
    }})
}

async fn edit(
    cx: &Context,
    bound: &Bound,
    view: &Value,
    about: About,
) -> Result<Option<Value>, Error> {
    let filled = match filled(view) {
        Ok(filled) => filled,
        Err(answer) => return Ok(Some(answer)),
    };
    let Ok(id) = about.id.parse::<TimeEntryId>() else {
        return Ok(None);
    };
    // What the person left alone stays, whatever became of it meanwhile.
    let project = (filled.project != about.project).then_some(filled.project);
    let change = entry::change(cx, &bound.who, &bound.zone, id, filled.into(), project);
    let logged = change.await?;
    show(cx, bound, about.spot, "Time entry changed", &logged).await?;
    Ok(None)
}

async fn meeting(
    cx: &Context,
    bound: &Bound,
    view: &Value,
    about: About,
) -> Result<Option<Value>, Error> {
    let filled = match filled(view) {
        Ok(filled) => filled,
        Err(answer) => return Ok(Some(answer)),
    };
    let Ok(instance) = about.id.parse::<InstanceId>() else {
        return Ok(None);
    };
    let description = Some(filled.description).filter(|text| !text.is_empty());
    let mut tx = cx.store.read_in(bound.workspace()).await?;
    let draft = drafts::get(&mut tx, &bound.who, instance).await?;
    drop(tx);
    let suggested = draft.and_then(|draft| draft.suggestion.project_id);
    let ask = Convert {
        // Left as suggested, everything that is suggested with it stands too.
        project_id: filled.project.filter(|chosen| Some(*chosen) != suggested),
        no_project: filled.project.is_none(),
        minutes: Some(filled.minutes),
        description,
        ..Convert::of(instance)
    };
    let (entry, created) = drafts::log_and_tell(cx, &bound.who, ask, None, false).await?;
    let title = match created {
        true => "Logged",
        false => "Logged before",
    };
    let logged = entry::with_project(cx, &bound.who, entry).await?;
    if about.home {
        let project = logged.project.as_deref();
        let message = blocks::created(title, &logged.entry, project, &bound.zone);
        return Ok(Some(confirmed(&message)));
    }
    show(cx, bound, about.spot, title, &logged).await?;
    Ok(None)
}

async fn reject(
    cx: &Context,
    bound: &Bound,
    view: &Value,
    about: About,
) -> Result<Option<Value>, Error> {
    let reason = value(view, "reason").and_then(|value| value["value"].as_str());
    let Some(reason) = reason.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(Some(wrong("reason", "say what is wrong with it")));
    };
    let reason = Some(reason.to_owned());
    if about.all {
        if let Ok(id) = about.id.parse::<SubmissionId>() {
            let asked = (id, about.seen.as_str());
            match approvals::decide(cx, bound, &about.spot, asked, reason).await {
                Err(Error::Time(timesheets::Error::Changed)) => {
                    approvals::ask_again(cx, bound, &about.spot, id).await?;
                    let text = "This time changed after you were asked. Look at the question again: it shows how it is now.";
                    return Ok(Some(gone(text)));
                }
                done => done?,
            }
        }
    } else if let Ok(id) = about.id.parse::<TimeEntryId>() {
        let entry = timesheets::entries::get(cx, &bound.who, id).await?;
        if let Some(text) = buttons::decided(&entry) {
            return Ok(Some(gone(&text)));
        }
        let asked = (id, about.seen.as_str());
        match submissions::decide_one(cx, &bound.who, asked, reason.as_deref()).await {
            Err(timesheets::Error::Changed) => return Ok(Some(gone(buttons::CHANGED))),
            done => done?,
        }
    }
    Ok(None)
}

/// What was filled in, or the answer that says what is wrong with it.
fn filled(view: &Value) -> Result<Filled, Value> {
    let text = |block: &str, name: &str| {
        let value = value(view, block)?;
        value[name].as_str().map(str::to_owned)
    };
    let hours = text("hours", "value").unwrap_or_default();
    let minutes = grammar::hours(&hours).map_err(|error| wrong("hours", &error.to_string()))?;
    let date = match text("date", "selected_date") {
        None => None,
        Some(date) => Some(
            date.parse()
                .map_err(|_| wrong("date", "this is no day of the calendar"))?,
        ),
    };
    let project = value(view, "project")
        .and_then(|value| value["selected_option"]["value"].as_str())
        .map(str::parse)
        .transpose()
        .map_err(|_| wrong("project", "there is no such project"))?;
    Ok(Filled {
        minutes,
        description: text("description", "value").unwrap_or_default(),
        date,
        project,
    })
}

impl From<Filled> for New {
    fn from(filled: Filled) -> Self {
        Self {
            minutes: filled.minutes,
            description: filled.description,
            date: filled.date,
            project_id: filled.project,
            ..Self::default()
        }
    }
}

/// The one value of an input block.
fn value<'a>(view: &'a Value, block: &str) -> Option<&'a Value> {
    let value = view["state"]["values"].get(block)?.get("v")?;
    value.is_object().then_some(value)
}

fn wrong(block: &str, detail: &str) -> Value {
    let mut detail = detail.to_owned();
    if let Some(first) = detail.get(..1).map(str::to_uppercase) {
        detail.replace_range(..1, &first);
    }
    let detail: String = detail.chars().take(300).collect();
    json!({"response_action": "errors", "errors": {block: detail}})
}

/// What a person did wrong, beside the field it is about.
fn refused(error: Error) -> Result<Option<Value>, Error> {
    let field = |pointer: &str| match pointer {
        "/date" | "/started_at" => "date",
        "/description" => "description",
        "/project" | "/project_id" | "/client_id" => "project",
        "/reason" => "reason",
        _ => "hours",
    };
    match error {
        Error::Invalid { pointer, detail } => Ok(Some(wrong(field(pointer), &detail))),
        Error::Time(timesheets::Error::Invalid { pointer, detail }) => {
            Ok(Some(wrong(field(pointer), &detail)))
        }
        Error::Time(timesheets::Error::UnknownReference) => {
            Ok(Some(wrong("project", "there is no such project any more")))
        }
        Error::Time(timesheets::Error::Store(store::Error::NotFound)) => {
            Ok(Some(gone("It is not there any more.")))
        }
        Error::Time(timesheets::Error::Store(error)) => Err(error.into()),
        Error::Time(error) => Ok(Some(gone(&error.to_string()))),
        other => Err(other),
    }
}

/// A sentence in the place of the form.
fn gone(text: &str) -> Value {
    json!({"response_action": "update", "view": blocks::nothing_changed(text)})
}
