//! What buttons do.

use daybook_domain::time_entry::Status;
use daybook_domain::{InstanceId, ProjectId, TimeEntryId};
use daybook_store as store;
use serde_json::json;
use store::time_entries::TimeEntry;

use super::{Click, say_instead};
use crate::slack::blocks::{self, Fields, Form};
use crate::slack::entry::{self, Logged};
use crate::slack::respond::{self, Spot};
use crate::slack::who::Bound;
use crate::slack::{Error, approvals, command, jobs, time};
use crate::timesheets::convert::Convert;
use crate::timesheets::{drafts, placement, submissions};
use crate::{Context, timesheets};

/// What is said of time that was changed since it was shown: nobody decides about what they have not seen.
pub(super) const CHANGED: &str =
    "This time changed after the page was shown. Look at it again: the page shows how it is now.";

/// Does what a button says. What is not known is acknowledged: buttons that only lead somewhere are told too.
pub(super) async fn press(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    match click.action {
        "time_entry_edit" => edit(cx, bound, click).await,
        "time_entry_delete" => delete(cx, bound, click).await,
        "meeting_log" => log_meeting(cx, bound, click).await,
        "meeting_edit" => edit_meeting(cx, bound, click).await,
        "meeting_dismiss" => dismiss_meeting(cx, bound, click).await,
        "approval_approve" => approve(cx, bound, click).await,
        "approval_reject" => ask_reason(cx, bound, click).await,
        "submission_approve" => approve_all(cx, bound, click).await,
        "submission_reject" => ask_reason_for_all(cx, bound, click).await,
        "home_log" => {
            let about = json!({"home": click.at_home}).to_string();
            command::open_form(cx, bound, click.trigger, None, &about).await
        }
        _ => Ok(()),
    }
}

/// An entry that the person may change, and what was shown of it; `None` when it is not there for them.
async fn entry_of<'a>(
    cx: &Context,
    bound: &Bound,
    click: &Click<'a>,
) -> Result<Option<(TimeEntry, &'a str)>, Error> {
    let Some((id, seen)) = approvals::named_by::<TimeEntryId>(click.value) else {
        return Ok(None);
    };
    match timesheets::entries::get(cx, &bound.who, id).await {
        Ok(entry) => Ok(Some((entry, seen))),
        Err(error) => {
            refused(cx, bound, click, error).await?;
            Ok(None)
        }
    }
}

/// What a person may not do, or what is not there any more, said to them; anything else stays an error.
async fn refused(
    cx: &Context,
    bound: &Bound,
    click: &Click<'_>,
    error: timesheets::Error,
) -> Result<(), Error> {
    let what = match click.action.starts_with("meeting") {
        true => "meeting",
        false => "entry",
    };
    match error {
        timesheets::Error::Store(store::Error::NotFound) => {
            let text = format!("This {what} is not there any more.");
            say_instead(cx, bound, click, &text).await
        }
        timesheets::Error::Store(error) => Err(error.into()),
        error => say_instead(cx, bound, click, &sentence(&error)).await,
    }
}

async fn edit(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    let Some((entry, _)) = entry_of(cx, bound, click).await? else {
        return Ok(());
    };
    let fields = Fields {
        hours: time::hours(entry.duration_minutes),
        description: entry.description.clone(),
        date: Some(entry.started_at.to_zoned(bound.zone.clone()).date()),
        project: entry.project_id.map(|id| id.to_string()),
        projects: choices(cx, bound, entry.project_id).await?,
    };
    let about = json!({"id": entry.id, "spot": click.spot, "project": entry.project_id});
    let about = about.to_string();
    let view = blocks::modal(Form::Edit, &fields, &about);
    respond::open_view(cx, bound, click.trigger, view, click.spot.url.clone());
    Ok(())
}

async fn delete(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    let Some((entry, _)) = entry_of(cx, bound, click).await? else {
        return Ok(());
    };
    match timesheets::entries::delete(cx, &bound.who, entry.id).await {
        Ok(()) => {
            let message = blocks::deleted(&entry);
            respond::change_now(cx, bound, click.spot.clone(), &message).await?;
            Ok(())
        }
        Err(error) => refused(cx, bound, click, error).await,
    }
}

async fn log_meeting(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    let Ok(instance) = click.value.parse::<InstanceId>() else {
        return Ok(());
    };
    match drafts::log_and_tell(cx, &bound.who, Convert::of(instance), None, false).await {
        Ok((entry, _)) => {
            let logged = entry::with_project(cx, &bound.who, entry).await?;
            show(cx, bound, click.spot.clone(), "Logged", &logged).await?;
            redraw(cx, bound, click).await
        }
        Err(error) => refused(cx, bound, click, error).await,
    }
}

async fn edit_meeting(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    let Some(meeting) = meeting_of(cx, bound, click).await? else {
        return Ok(());
    };
    let mut tx = cx.store.read_in(bound.workspace()).await?;
    let draft = drafts::get(&mut tx, &bound.who, meeting.id).await?;
    drop(tx);
    let minutes = daybook_domain::time_entry::minutes_between(meeting.start_us, meeting.end_us);
    let project = draft.and_then(|draft| draft.suggestion.project_id);
    let fields = Fields {
        hours: time::hours(minutes),
        description: meeting.details.title.clone(),
        project: project.map(|id| id.to_string()),
        projects: choices(cx, bound, project).await?,
        ..Fields::default()
    };
    let about = about(&meeting.id.to_string(), click);
    let view = blocks::modal(Form::Meeting, &fields, &about);
    respond::open_view(cx, bound, click.trigger, view, click.spot.url.clone());
    Ok(())
}

async fn dismiss_meeting(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    let Some(meeting) = meeting_of(cx, bound, click).await? else {
        return Ok(());
    };
    if let Err(error) = drafts::dismiss(cx, &bound.who, meeting.id).await {
        return refused(cx, bound, click, error).await;
    }
    let message = blocks::not_logged(&meeting.details.title);
    respond::change_now(cx, bound, click.spot.clone(), &message).await?;
    redraw(cx, bound, click).await
}

/// A meeting of the person's own.
async fn meeting_of(
    cx: &Context,
    bound: &Bound,
    click: &Click<'_>,
) -> Result<Option<store::instances::InstanceView>, Error> {
    let Ok(id) = click.value.parse::<InstanceId>() else {
        return Ok(None);
    };
    let mut tx = cx.store.read_in(bound.workspace()).await?;
    let found = store::instances::get(&mut tx, bound.workspace(), id).await;
    drop(tx);
    match found {
        Ok(meeting) if meeting.member_id == bound.who.member_id => Ok(Some(meeting)),
        Ok(_) | Err(store::Error::NotFound) => {
            let gone = timesheets::Error::Store(store::Error::NotFound);
            refused(cx, bound, click, gone).await?;
            Ok(None)
        }
        Err(other) => Err(other.into()),
    }
}

async fn approve(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    let Some((entry, seen)) = waiting_of(cx, bound, click).await? else {
        return Ok(());
    };
    match submissions::decide_one(cx, &bound.who, (entry.id, seen), None).await {
        Ok(()) => redraw(cx, bound, click).await,
        Err(error) => refused(cx, bound, click, error).await,
    }
}

/// An entry that waits for approval as it was shown; `None` when that is not so any more, which is said.
async fn waiting_of<'a>(
    cx: &Context,
    bound: &Bound,
    click: &Click<'a>,
) -> Result<Option<(TimeEntry, &'a str)>, Error> {
    let Some((entry, seen)) = entry_of(cx, bound, click).await? else {
        return Ok(None);
    };
    let shown = submissions::seen(std::slice::from_ref(&entry)) == seen;
    let changed = (!shown).then(|| CHANGED.to_owned());
    match decided(&entry).or(changed) {
        None => Ok(Some((entry, seen))),
        Some(text) => {
            say_instead(cx, bound, click, &text).await?;
            Ok(None)
        }
    }
}

/// What is said of an entry that was decided on since the page was made.
pub(super) fn decided(entry: &TimeEntry) -> Option<String> {
    let status = entry.status;
    (status != Status::Pending)
        .then(|| format!("This time does not wait for approval any more: it is {status}."))
}

async fn ask_reason(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    let Some((entry, seen)) = waiting_of(cx, bound, click).await? else {
        return Ok(());
    };
    let what = format!(
        "{} {}",
        time::duration(entry.duration_minutes),
        entry.description
    );
    let about = json!({"id": entry.id, "seen": seen, "spot": click.spot, "home": click.at_home})
        .to_string();
    let view = blocks::reason(&what, &about);
    respond::open_view(cx, bound, click.trigger, view, click.spot.url.clone());
    Ok(())
}

async fn approve_all(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    let Some(asked) = approvals::named_by(click.value) else {
        return Ok(());
    };
    match approvals::decide(cx, bound, &click.spot, asked, None).await {
        Err(Error::Time(timesheets::Error::Changed)) => {
            approvals::ask_again(cx, bound, &click.spot, asked.0).await
        }
        Err(Error::Time(error)) => refused(cx, bound, click, error).await,
        other => other,
    }
}

async fn ask_reason_for_all(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    let Some(asked) = approvals::named_by(click.value) else {
        return Ok(());
    };
    match approvals::named(cx, bound, asked).await {
        Ok(what) => {
            let about = json!({"id": asked.0, "seen": asked.1, "spot": click.spot, "all": true});
            let about = about.to_string();
            let view = blocks::reason(&what, &about);
            respond::open_view(cx, bound, click.trigger, view, click.spot.url.clone());
            Ok(())
        }
        Err(Error::Time(timesheets::Error::Changed)) => {
            approvals::ask_again(cx, bound, &click.spot, asked.0).await
        }
        Err(Error::Time(error)) => refused(cx, bound, click, error).await,
        Err(other) => Err(other),
    }
}

/// Puts an entry in the place of what was clicked on.
pub(super) async fn show(
    cx: &Context,
    bound: &Bound,
    spot: Spot,
    title: &str,
    logged: &Logged,
) -> Result<(), Error> {
    let project = logged.project.as_deref();
    let message = blocks::created(title, &logged.entry, project, &bound.zone);
    respond::change_now(cx, bound, spot, &message).await?;
    Ok(())
}

/// The home page as it is now, where the click was on it.
async fn redraw(cx: &Context, bound: &Bound, click: &Click<'_>) -> Result<(), Error> {
    match click.at_home {
        true => refresh_home(cx, bound).await,
        false => Ok(()),
    }
}

/// The home page as it is now, for somebody who is looking at it.
pub(super) async fn refresh_home(cx: &Context, bound: &Bound) -> Result<(), Error> {
    let mut tx = cx.store.write_in(bound.workspace()).await?;
    let home = jobs::Home {
        workspace_id: bound.workspace(),
        connection_id: bound.connection,
        sender: bound.sender.clone(),
    };
    jobs::enqueue_home(&mut tx, &home).await?;
    tx.commit().await?;
    Ok(())
}

/// Projects to choose from: those that time can be booked on, and the one it is booked on already, whatever became of it.
async fn choices(
    cx: &Context,
    bound: &Bound,
    chosen: Option<ProjectId>,
) -> Result<Vec<(String, String)>, Error> {
    let mut tx = cx.store.read_in(bound.workspace()).await?;
    let mut projects = placement::projects(&mut tx, bound.workspace()).await?;
    if let Some(id) = chosen.filter(|id| projects.iter().all(|one| one.id != *id)) {
        projects.push(store::projects::get(&mut tx, bound.workspace(), id).await?);
    }
    let choice = |project: store::projects::Project| (project.id.to_string(), project.name);
    Ok(projects.into_iter().map(choice).collect())
}

/// What comes back with a form: on what, and the message or page it was opened from.
fn about(id: &str, click: &Click<'_>) -> String {
    json!({"id": id, "spot": click.spot, "home": click.at_home}).to_string()
}

fn sentence(error: &timesheets::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
