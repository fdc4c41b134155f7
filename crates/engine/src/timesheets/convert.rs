//! Makes a time entry from a calendar event, once: the same meeting, however often and through whichever calendar it is
//! converted, gives the same entry (R6).

use daybook_domain::event::{ResponseStatus, Status as EventStatus};
use daybook_domain::time_entry::{MAX_MINUTES, Source, Status, minutes_between};
use daybook_domain::{ClientId, InstanceId, ProjectId};
use daybook_store as store;
use store::instances::InstanceView;
use store::projects::Project;
use store::time_entries::{Changes, NewTimeEntry, TimeEntry};

use super::{Error, Policy, agree, choices, follow, history, project_of};
use crate::{Context, Principal, live};

/// Which event, and what it is billed to.
#[derive(Debug, Clone)]
pub struct Convert {
    /// The instance.
    pub instance: InstanceId,
    /// Client; otherwise the project's, the calendar's default, or none.
    pub client_id: Option<ClientId>,
    /// Project; otherwise the calendar's default, or none.
    pub project_id: Option<ProjectId>,
    /// Also when it is all-day, declined or informational.
    pub force: bool,
    /// Whether it is billed; otherwise as the project says.
    pub billable: Option<bool>,
    /// Other words than the title.
    pub description: Option<String>,
}

/// Makes the entry. The second value is false when it existed: then it is returned as it is.
///
/// # Errors
/// [`Error::AllDay`], [`Error::Declined`], [`Error::Informational`] unless forced; [`Error::Cancelled`];
/// [`Error::UnknownReference`]; [`Error::Invalid`] for a project of another client; [`store::Error::NotFound`].
pub async fn convert(
    cx: &Context,
    who: &Principal,
    ask: Convert,
) -> Result<(TimeEntry, bool), Error> {
    convert_with(cx, who, ask, Vec::new()).await
}

/// As [`convert`], with tags.
pub(super) async fn convert_with(
    cx: &Context,
    who: &Principal,
    ask: Convert,
    tags: Vec<String>,
) -> Result<(TimeEntry, bool), Error> {
    super::entries::words(ask.description.as_deref(), None)?;
    let workspace = who.workspace_id;
    let mut tx = cx.store.write_in(workspace).await?;
    let event = store::instances::get(&mut tx, workspace, ask.instance).await?;
    if !who.may_change(event.member_id) {
        return Err(Error::Store(store::Error::NotFound));
    }
    let cause = event.cause_key();
    if let Some(existing) =
        store::time_entries::get_by_cause(&mut tx, workspace, event.member_id, &cause).await?
    {
        return Ok((existing, false));
    }
    check(&event, ask.force)?;
    let calendar = store::calendars::get(&mut tx, workspace, event.calendar_id).await?;
    let mut project = project_of(
        &mut tx,
        workspace,
        ask.project_id.or(calendar.default_project_id),
    )
    .await?;
    if ask.project_id.is_none() && agree(ask.client_id, project.as_ref()).is_err() {
        // The calendar's project is only a suggestion: whoever names another client does not mean it.
        project = None;
    }
    agree(ask.client_id, project.as_ref())?;
    let client_id = ask
        .client_id
        .or_else(|| project.as_ref().and_then(|project| project.client_id))
        .or(calendar.default_client_id);
    Policy::load(&mut tx, workspace)
        .await?
        .open(event.start_us)?;
    let new = new_entry(&event, ask.clone(), client_id, project.as_ref(), tags);
    let (entry, created) = store::time_entries::create(&mut tx, workspace, &new).await?;
    if !created {
        return Ok((entry, false));
    }
    let entry = bill(&mut tx, entry, ask.billable == Some(true)).await?;
    history::created(&mut tx, who, &entry, "created").await?;
    store::drafts::restore(&mut tx, workspace, entry.member_id, &event.cause_key()).await?;
    store::drafts::note_event(&mut tx, workspace, &follow::seen(&entry, &event)).await?;
    choices::learn(&mut tx, &event, &calendar, &entry).await?;
    tx.commit().await?;
    cx.live.send(
        workspace,
        Some(entry.member_id),
        live::Message::TimeEntry { id: entry.id },
    );
    Ok((entry, true))
}

fn new_entry(
    event: &InstanceView,
    ask: Convert,
    client_id: Option<ClientId>,
    project: Option<&Project>,
    tags: Vec<String>,
) -> NewTimeEntry {
    let minutes = minutes_between(event.start_us, event.end_us).min(MAX_MINUTES);
    NewTimeEntry {
        member_id: event.member_id,
        source: Source::Calendar,
        status: Status::Pending,
        description: ask.description.unwrap_or_else(|| title(event)),
        started_at: event.start_us,
        ended_at: Some(event.end_us),
        duration_minutes: minutes,
        client_id,
        project_id: project.map(|project| project.id),
        billable: ask
            .billable
            .or_else(|| project.map(|project| project.billable))
            .unwrap_or(true),
        synced_event_id: Some(event.id),
        calendar_id: Some(event.calendar_id),
        cause_key: Some(event.cause_key()),
        tags,
    }
}

/// A meeting that several members attended is billed by the first entry, unless somebody says so of another one too.
async fn bill(tx: &mut store::Tx, entry: TimeEntry, asked: bool) -> Result<TimeEntry, Error> {
    let cause = entry.cause_key.clone().unwrap_or_default();
    if !entry.billable || !cause.starts_with("ical:") {
        return Ok(entry);
    }
    let first = store::drafts::bill(tx, entry.workspace_id, &cause, entry.id).await?;
    if first || asked {
        return Ok(entry);
    }
    let changes = Changes {
        billable: Some(false),
        ..Changes::default()
    };
    let (ws, id) = (entry.workspace_id, entry.id);
    Ok(store::time_entries::update(tx, ws, id, entry.version, &changes).await?)
}

fn check(event: &InstanceView, force: bool) -> Result<(), Error> {
    if event.status == EventStatus::Cancelled {
        return Err(Error::Cancelled);
    }
    match event {
        _ if force => Ok(()),
        event if event.all_day => Err(Error::AllDay),
        event if event.response_status == ResponseStatus::Declined => Err(Error::Declined),
        event if event.informational => Err(Error::Informational),
        _ => Ok(()),
    }
}

fn title(event: &InstanceView) -> String {
    let title = event.details.title.trim();
    if title.is_empty() {
        "Meeting".to_owned()
    } else {
        title.chars().take(500).collect()
    }
}
