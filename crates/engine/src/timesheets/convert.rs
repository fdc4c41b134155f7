//! Makes a time entry from a calendar event, once: the same meeting, however often and through whichever calendar it is
//! converted, gives the same entry (R6).

use daybook_domain::event::{ResponseStatus, Status as EventStatus};
use daybook_domain::time_entry::{MAX_MINUTES, Source, Status, is_meeting, minutes_between};
use daybook_domain::{ClientId, InstanceId, ProjectId, WorkspaceId};
use daybook_store as store;
use store::instances::InstanceView;
use store::time_entries::{Changes, NewTimeEntry, TimeEntry};

use super::booking::{self, Booking, Said};
use super::{Error, Policy, choices, follow, history, submissions};
use crate::events::hint;
use crate::slack::notify;
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
    /// Refuse what the calendar's filters leave out, unless forced.
    pub only_offered: bool,
    /// Another length than the meeting's, in minutes.
    pub minutes: Option<i64>,
    /// On no project, whatever is suggested or usual.
    pub no_project: bool,
    /// An entry of its own, although the meeting has one from another calendar.
    pub separate: bool,
}

impl Convert {
    /// A meeting as it is.
    #[must_use]
    pub const fn of(instance: InstanceId) -> Self {
        Self {
            instance,
            client_id: None,
            project_id: None,
            force: false,
            billable: None,
            description: None,
            only_offered: false,
            minutes: None,
            no_project: false,
            separate: false,
        }
    }
}

/// Makes the entry. The second value is false when it existed: then it is returned as it is.
///
/// # Errors
/// [`Error::AllDay`], [`Error::Declined`], [`Error::Informational`] unless forced; [`Error::Cancelled`];
/// [`Error::UnknownReference`]; [`Error::Archived`]; [`Error::Invalid`] for a project of another client, and for a meeting more than a year
/// ahead, as of any entry; [`store::Error::NotFound`].
pub async fn convert(
    cx: &Context,
    who: &Principal,
    ask: Convert,
) -> Result<(TimeEntry, bool), Error> {
    convert_with(cx, who, ask, Suggested::default(), true).await
}

/// What a draft adds to what is asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Suggested {
    /// Whether it would be billed. Unlike [`Convert::billable`] nobody insists on it.
    pub(super) billable: Option<bool>,
    /// Tags.
    pub(super) tags: Vec<String>,
}

/// As [`convert`], with what a draft suggests; who sees already that it was made need not be told.
pub(super) async fn convert_with(
    cx: &Context,
    who: &Principal,
    ask: Convert,
    suggested: Suggested,
    tell: bool,
) -> Result<(TimeEntry, bool), Error> {
    super::entries::words(ask.description.as_deref(), Some(&suggested.tags))?;
    let workspace = who.workspace_id;
    let mut tx = cx.store.write_in(workspace).await?;
    let event = store::instances::get(&mut tx, workspace, ask.instance).await?;
    if !who.may_change(event.member_id) {
        return Err(Error::Store(store::Error::NotFound));
    }
    let cause = match existing(&mut tx, workspace, &event, ask.separate).await? {
        Found::Entry(entry) => return Ok((*entry, false)),
        Found::Cause(cause) => cause,
    };
    check(&event, ask.force)?;
    if ask.only_offered && !ask.force {
        offered(&event)?;
    }
    let calendar = store::calendars::get(&mut tx, workspace, event.calendar_id).await?;
    let said = Said {
        client_id: ask.client_id,
        project_id: ask.project_id,
        billable: ask.billable.or(suggested.billable),
    };
    let mut booked = booking::book(&mut tx, workspace, said, Some(&calendar)).await?;
    booked.project_id = booked.project_id.filter(|_| !ask.no_project);
    Policy::load(&mut tx, workspace)
        .await?
        .start(cx, event.start_us)?;
    let seen = event.clone().seen_by(who.member_id);
    let mut new = new_entry(&seen, ask.description, cause, booked, suggested.tags);
    if let Some(minutes) = ask.minutes.filter(|asked| *asked != new.duration_minutes) {
        new.duration_minutes = super::entries::length(new.started_at, None, Some(minutes))?;
        new.ended_at = super::entries::end_of(new.started_at, minutes);
    }
    let (entry, created) = store::time_entries::create(&mut tx, workspace, &new).await?;
    if !created {
        return Ok((entry, false));
    }
    let entry = bill(&mut tx, entry, ask.billable == Some(true)).await?;
    history::created(&mut tx, who, &entry, "created").await?;
    told(&mut tx, &entry, tell).await?;
    store::drafts::restore(&mut tx, workspace, entry.member_id, &event.cause_key()).await?;
    store::drafts::note_event(&mut tx, workspace, &follow::seen(&entry, &event)).await?;
    choices::learn(&mut tx, &event, &calendar, &entry, booked.billable).await?;
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
    description: Option<String>,
    cause: String,
    booked: Booking,
    tags: Vec<String>,
) -> NewTimeEntry {
    // Whoever converts a reminder, which has no length, says that it was work: a minute, to be made longer.
    let minutes = minutes_between(event.start_us, event.end_us).clamp(1, MAX_MINUTES);
    let ended_at = match event.end_us > event.start_us {
        true => Some(event.end_us),
        false => super::entries::end_of(event.start_us, minutes),
    };
    NewTimeEntry {
        member_id: event.member_id,
        source: Source::Calendar,
        status: Status::Pending,
        description: description.unwrap_or_else(|| title(event)),
        started_at: event.start_us,
        ended_at,
        duration_minutes: minutes,
        client_id: booked.client_id,
        project_id: booked.project_id,
        billable: booked.billable,
        synced_event_id: Some(event.id),
        calendar_id: Some(event.calendar_id),
        cause_key: Some(cause),
        tags,
    }
}

/// A meeting that several members attended is billed by the first entry, unless somebody says so of another one too.
pub(super) async fn bill(
    tx: &mut store::Tx,
    entry: TimeEntry,
    asked: bool,
) -> Result<TimeEntry, Error> {
    let cause = entry.cause_key.as_deref().unwrap_or_default();
    let first = claim(tx, &entry, cause).await?;
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

/// Says that a meeting is billed by this entry, if it is billed at all; false when another one bills it already.
pub(super) async fn claim(
    tx: &mut store::Tx,
    entry: &TimeEntry,
    cause: &str,
) -> store::Result<bool> {
    if !entry.billable || !is_meeting(cause) {
        return Ok(true);
    }
    store::drafts::bill(tx, entry.workspace_id, cause, entry.id).await
}

/// The entry there is, or the cause of the one to be made.
enum Found {
    Entry(Box<TimeEntry>),
    Cause(String),
}

/// The meeting's entry, whichever calendar it was made through. `separate`: only one that was made from this very instance.
async fn existing(
    tx: &mut store::Tx,
    workspace: WorkspaceId,
    event: &InstanceView,
    separate: bool,
) -> Result<Found, Error> {
    use store::time_entries::get_by_cause;
    let (shared, own) = (event.cause_key(), event.own_cause_key());
    if let Some(entry) = get_by_cause(tx, workspace, event.member_id, &own).await? {
        return Ok(Found::Entry(Box::new(entry)));
    }
    Ok(
        match get_by_cause(tx, workspace, event.member_id, &shared).await? {
            Some(entry) if !separate || entry.synced_event_id == Some(event.id) => {
                Found::Entry(Box::new(entry))
            }
            Some(_) => Found::Cause(own),
            None => Found::Cause(shared),
        },
    )
}

/// Whether the calendar's filters offer the event.
fn offered(event: &InstanceView) -> Result<(), Error> {
    let hint = hint(event);
    match hint.left_out {
        Some(left_out) if left_out.by_filter() => Err(Error::NotOffered(
            hint.matched.unwrap_or_else(|| left_out.to_string()),
        )),
        _ => Ok(()),
    }
}

/// Who is told in Slack of an entry that was made.
async fn told(tx: &mut store::Tx, entry: &TimeEntry, tell: bool) -> store::Result<()> {
    if tell {
        notify::time_entry_created(tx, entry).await?;
    }
    submissions::waits(tx, entry, false).await
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
