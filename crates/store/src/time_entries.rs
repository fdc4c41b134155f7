//! Time entries: work with a duration, at most one for each cause and member.

use daybook_domain::time_entry::{Source, Status};
use daybook_domain::{
    CalendarId, ClientId, EventId, InstanceId, MemberId, ProjectId, TimeEntryId, WorkspaceId,
};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::{Error, Result, Tx};

row! {
    /// A time entry.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct TimeEntry of "time_entry" {
        /// Its id.
        pub id: TimeEntryId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Whose work.
        pub member_id: MemberId,
        /// Where it came from.
        pub source: Source,
        /// Where it stands.
        pub status: Status,
        /// What was done.
        pub description: String,
        /// When it began.
        pub started_at: Timestamp,
        /// When it ended; `None` for a bare duration or a running timer.
        pub ended_at: Option<Timestamp>,
        /// How long, in minutes.
        pub duration_minutes: i64,
        /// For whom.
        pub client_id: Option<ClientId>,
        /// For what.
        pub project_id: Option<ProjectId>,
        /// Whether it is billed.
        pub billable: bool,
        /// The instance it was made from, which may be gone.
        pub synced_event_id: Option<InstanceId>,
        /// The calendar of that instance, which may be gone.
        pub calendar_id: Option<CalendarId>,
        /// What caused it; unique for a member.
        pub cause_key: Option<String>,
        /// Tags.
        pub tags: Vec<String>,
        /// Why it was sent back.
        pub rejected_reason: Option<String>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub updated_at: Timestamp,
        /// Counts changes.
        pub version: i64,
        /// Whether it is a timer that runs.
        pub running: bool,
    }
}

/// A time entry to be made.
#[derive(Debug, Clone)]
pub struct NewTimeEntry {
    /// Whose work.
    pub member_id: MemberId,
    /// Where it came from.
    pub source: Source,
    /// Where it stands.
    pub status: Status,
    /// What was done.
    pub description: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How long, in minutes.
    pub duration_minutes: i64,
    /// For whom.
    pub client_id: Option<ClientId>,
    /// For what.
    pub project_id: Option<ProjectId>,
    /// Whether it is billed.
    pub billable: bool,
    /// The instance it is made from.
    pub synced_event_id: Option<InstanceId>,
    /// The calendar of that instance.
    pub calendar_id: Option<CalendarId>,
    /// What caused it.
    pub cause_key: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
}

/// What changes; `None` stays, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// What was done.
    pub description: Option<String>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Option<Timestamp>>,
    /// How long, in minutes.
    pub duration_minutes: Option<i64>,
    /// For whom.
    pub client_id: Option<Option<ClientId>>,
    /// For what.
    pub project_id: Option<Option<ProjectId>>,
    /// Whether it is billed.
    pub billable: Option<bool>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// Where it stands.
    pub status: Option<Status>,
}

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this member.
    pub member_id: Option<MemberId>,
    /// Begun at or after this.
    pub from: Option<Timestamp>,
    /// Begun before this.
    pub to: Option<Timestamp>,
    /// Standing so.
    pub status: Option<Status>,
    /// From there.
    pub source: Option<Source>,
    /// For this client.
    pub client_id: Option<ClientId>,
    /// For this project.
    pub project_id: Option<ProjectId>,
    /// Made from this instance.
    pub synced_event_id: Option<InstanceId>,
}

/// Makes an entry. When the member has one with the same cause already, that one is returned, and false.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, new: &NewTimeEntry) -> Result<(TimeEntry, bool)> {
    let (id, now): (TimeEntryId, _) = (tx.id(), tx.stamp().await?);
    let made = fetch_optional!(
        tx,
        TimeEntry,
        "INSERT INTO time_entry (id, workspace_id, member_id, source, status, description, started_at, ended_at, duration_minutes, client_id, project_id,
         billable, synced_event_id, calendar_id, cause_key, tags, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)
         ON CONFLICT (workspace_id, member_id, cause_key) DO NOTHING RETURNING *",
        id,
        ws,
        new.member_id,
        new.source,
        new.status,
        &new.description,
        new.started_at,
        new.ended_at,
        new.duration_minutes,
        new.client_id,
        new.project_id,
        new.billable,
        new.synced_event_id,
        new.calendar_id,
        new.cause_key.as_deref(),
        Json(&new.tags),
        now
    )?;
    if let Some(made) = made {
        return Ok((made, true));
    }
    let cause = new.cause_key.as_deref().unwrap_or_default();
    let existing = get_by_cause(tx, ws, new.member_id, cause).await?;
    existing
        .map(|entry| (entry, false))
        .ok_or_else(|| Error::Conflict {
            constraint: "time_entry_workspace_id_member_id_cause_key_key".into(),
        })
}

/// The entry.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: TimeEntryId) -> Result<TimeEntry> {
    fetch_one!(
        tx,
        TimeEntry,
        "SELECT * FROM time_entry WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// The member's entry with this cause.
pub async fn get_by_cause(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    cause_key: &str,
) -> Result<Option<TimeEntry>> {
    fetch_optional!(
        tx,
        TimeEntry,
        "SELECT * FROM time_entry WHERE workspace_id = $1 AND member_id = $2 AND cause_key = $3",
        ws,
        member,
        cause_key
    )
}

/// Entries, the latest start first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &Filter,
    after: Option<(Timestamp, TimeEntryId)>,
    limit: i64,
) -> Result<Vec<TimeEntry>> {
    let (at, id) = after.unwrap_or((Timestamp::MAX, uuid::Uuid::max().into()));
    fetch_all!(
        tx,
        TimeEntry,
        "SELECT * FROM time_entry WHERE workspace_id = $1 AND (started_at, id) < ($2, $3) AND started_at >= $4 AND started_at < $5
         AND (member_id = $6 OR $6 IS NULL) AND (status = $7 OR $7 IS NULL) AND (source = $8 OR $8 IS NULL)
         AND (client_id = $9 OR $9 IS NULL) AND (project_id = $10 OR $10 IS NULL) AND (synced_event_id = $11 OR $11 IS NULL)
         ORDER BY started_at DESC, id DESC LIMIT $12",
        ws,
        at,
        id,
        filter.from.unwrap_or(Timestamp::MIN),
        filter.to.unwrap_or(Timestamp::MAX),
        filter.member_id,
        filter.status,
        filter.source,
        filter.client_id,
        filter.project_id,
        filter.synced_event_id,
        limit
    )
}

/// Changes the entry as `version` shows it; `Conflict` when it changed meanwhile.
pub async fn update(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: TimeEntryId,
    version: i64,
    changes: &Changes,
) -> Result<TimeEntry> {
    let now = tx.stamp().await?;
    let changed = fetch_optional!(
        tx,
        TimeEntry,
        "UPDATE time_entry SET description = coalesce($4, description), started_at = coalesce($5, started_at),
         ended_at = CASE WHEN $6 THEN $7 ELSE ended_at END, duration_minutes = coalesce($8, duration_minutes),
         client_id = CASE WHEN $9 THEN $10 ELSE client_id END, project_id = CASE WHEN $11 THEN $12 ELSE project_id END,
         billable = coalesce($13, billable), tags = coalesce($14, tags), status = coalesce($15, status), updated_at = $16, version = version + 1
         WHERE workspace_id = $1 AND id = $2 AND version = $3 RETURNING *",
        ws,
        id,
        version,
        changes.description.as_deref(),
        changes.started_at,
        changes.ended_at.is_some(),
        changes.ended_at.flatten(),
        changes.duration_minutes,
        changes.client_id.is_some(),
        changes.client_id.flatten(),
        changes.project_id.is_some(),
        changes.project_id.flatten(),
        changes.billable,
        changes.tags.as_ref().map(Json),
        changes.status,
        now
    )?;
    changed_or_conflict(tx, ws, id, changed).await
}

/// Moves the entry from where `version` shows it; `Conflict` when it changed meanwhile. `reason` is kept for rejected entries.
pub async fn set_status(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: TimeEntryId,
    version: i64,
    status: Status,
    reason: Option<&str>,
) -> Result<TimeEntry> {
    let now = tx.stamp().await?;
    let changed = fetch_optional!(
        tx,
        TimeEntry,
        "UPDATE time_entry SET status = $4, rejected_reason = $5, updated_at = $6, version = version + 1 WHERE workspace_id = $1 AND id = $2 AND version = $3 RETURNING *",
        ws,
        id,
        version,
        status,
        reason,
        now
    )?;
    changed_or_conflict(tx, ws, id, changed).await
}

/// The entry and the instance belong together from now on.
pub async fn link_event(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: TimeEntryId,
    instance: InstanceId,
    calendar: CalendarId,
    cause_key: &str,
) -> Result<()> {
    let now = tx.stamp().await?;
    execute_one!(
        tx,
        "UPDATE time_entry SET synced_event_id = $1, calendar_id = $2, cause_key = $3, updated_at = $4, version = version + 1 WHERE workspace_id = $5 AND id = $6",
        instance,
        calendar,
        cause_key,
        now,
        ws,
        id
    )
}

row! {
    /// An entry that was made from an instance of an event.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Linked of "time_entry" {
        /// The entry.
        pub id: TimeEntryId,
        /// What caused it.
        pub cause_key: Option<String>,
        /// Which occurrence of the event it was.
        pub occurrence_key: Option<String>,
    }
}

/// The entries that were made from instances of this event.
pub async fn of_event(tx: &mut Tx, ws: WorkspaceId, event: EventId) -> Result<Vec<Linked>> {
    fetch_all!(
        tx,
        Linked,
        "SELECT t.id, t.cause_key, i.occurrence_key FROM instance i JOIN time_entry t ON t.workspace_id = i.workspace_id AND t.synced_event_id = i.id
         WHERE i.workspace_id = $1 AND i.event_id = $2",
        ws,
        event
    )
}

/// Removes the entry.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: TimeEntryId) -> Result<()> {
    execute_one!(
        tx,
        "DELETE FROM time_entry WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

async fn changed_or_conflict(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: TimeEntryId,
    changed: Option<TimeEntry>,
) -> Result<TimeEntry> {
    match changed {
        Some(entry) => Ok(entry),
        None => {
            get(tx, ws, id).await?;
            Err(Error::Conflict {
                constraint: "time_entry_version".into(),
            })
        }
    }
}
