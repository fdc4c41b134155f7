//! Time entries as reports and timers see them.

use daybook_domain::time_entry::Status;
use daybook_domain::{CalendarId, ClientId, MemberId, ProjectId, TimeEntryId, WorkspaceId};
use jiff::Timestamp;

use crate::time_entries::{Filter, TimeEntry};
use crate::{Result, Tx};

row! {
    /// What a report needs of an entry.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Fact of "time_entry" {
        /// Its id.
        pub id: TimeEntryId,
        /// Whose work.
        pub member_id: MemberId,
        /// Where it stands.
        pub status: Status,
        /// When it began.
        pub started_at: Timestamp,
        /// How long, in minutes.
        pub duration_minutes: i64,
        /// For whom.
        pub client_id: Option<ClientId>,
        /// For what.
        pub project_id: Option<ProjectId>,
        /// Whether it is billed.
        pub billable: bool,
        /// The calendar it came from, which may be gone.
        pub calendar_id: Option<CalendarId>,
        /// That calendar's name.
        pub calendar_name: Option<String>,
        /// That calendar's provider.
        pub provider: Option<String>,
    }
}

row! {
    /// What a member's entries of one state come to, billed or not.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Sum of "time_entry" {
        /// Whose work.
        pub member_id: MemberId,
        /// Where it stands.
        pub status: Status,
        /// Whether it is billed.
        pub billable: bool,
        /// How many entries.
        pub entries: i64,
        /// How long, in minutes.
        pub minutes: i64,
    }
}

/// The sums of a stretch by member, state and billing, of one member or of all; no running timers.
pub async fn sums(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: Option<MemberId>,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Sum>> {
    fetch_all!(
        tx,
        Sum,
        "SELECT member_id, status, billable, count(*) AS entries, CAST(sum(duration_minutes) AS BIGINT) AS minutes FROM time_entry
         WHERE workspace_id = $1 AND started_at >= $2 AND started_at < $3 AND NOT running AND (member_id = $4 OR $4 IS NULL)
         GROUP BY member_id, status, billable ORDER BY member_id, status, billable",
        ws,
        from,
        to,
        member
    )
}

row! {
    struct Start of "time_entry" {
        started_at: Timestamp,
    }
}

/// When the latest entry that stands so begins, of one member or of all, in a stretch; no running timers.
pub async fn latest(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: Option<MemberId>,
    status: Status,
    (from, to): (Timestamp, Timestamp),
) -> Result<Option<Timestamp>> {
    let row = fetch_optional!(
        tx,
        Start,
        "SELECT started_at FROM time_entry WHERE workspace_id = $1 AND status = $2 AND started_at >= $3 AND started_at < $4 AND NOT running
         AND (member_id = $5 OR $5 IS NULL) ORDER BY started_at DESC LIMIT 1",
        ws,
        status,
        from,
        to,
        member
    )?;
    Ok(row.map(|row| row.started_at))
}

bulk! {
    GET_MANY = "SELECT * FROM time_entry WHERE workspace_id = $1 AND id IN (",
    fixed 1, columns 1, ") ORDER BY started_at, id"
}
/// Those of these entries that are there, in order of their start.
pub async fn get_many(tx: &mut Tx, ws: WorkspaceId, ids: &[TimeEntryId]) -> Result<Vec<TimeEntry>> {
    Ok(bulk_fetch!(tx, TimeEntry, GET_MANY, [ws], ids, |id| [*id]))
}

/// Facts, the earliest start first; no running timers.
pub async fn facts(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &Filter,
    after: Option<(Timestamp, TimeEntryId)>,
    limit: i64,
) -> Result<Vec<Fact>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Fact,
        "SELECT t.id, t.member_id, t.status, t.started_at, t.duration_minutes, t.client_id, t.project_id, t.billable, t.calendar_id, c.name AS calendar_name, n.provider
         FROM time_entry t LEFT JOIN calendar c ON c.workspace_id = t.workspace_id AND c.id = t.calendar_id
         LEFT JOIN connection n ON n.workspace_id = c.workspace_id AND n.id = c.connection_id
         WHERE t.workspace_id = $1 AND (t.started_at, t.id) > ($2, $3) AND t.started_at >= $4 AND t.started_at < $5 AND NOT t.running
         AND (t.member_id = $6 OR $6 IS NULL) AND (t.status = $7 OR $7 IS NULL) AND (t.client_id = $8 OR $8 IS NULL) AND (t.project_id = $9 OR $9 IS NULL)
         ORDER BY t.started_at, t.id LIMIT $10",
        ws,
        at,
        id,
        filter.from.unwrap_or(Timestamp::MIN),
        filter.to.unwrap_or(Timestamp::MAX),
        filter.member_id,
        filter.status,
        filter.client_id,
        filter.project_id,
        limit
    )
}

/// Entries, the earliest start first; no running timers.
pub async fn ascending(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &Filter,
    after: Option<(Timestamp, TimeEntryId)>,
    limit: i64,
) -> Result<Vec<TimeEntry>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        TimeEntry,
        "SELECT * FROM time_entry WHERE workspace_id = $1 AND (started_at, id) > ($2, $3) AND started_at >= $4 AND started_at < $5 AND NOT running
         AND (member_id = $6 OR $6 IS NULL) AND (status = $7 OR $7 IS NULL) AND (client_id = $8 OR $8 IS NULL) AND (project_id = $9 OR $9 IS NULL)
         ORDER BY started_at, id LIMIT $10",
        ws,
        at,
        id,
        filter.from.unwrap_or(Timestamp::MIN),
        filter.to.unwrap_or(Timestamp::MAX),
        filter.member_id,
        filter.status,
        filter.client_id,
        filter.project_id,
        limit
    )
}

/// The member's other entries that take some of a stretch.
pub async fn overlapping(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    start: Timestamp,
    end: Timestamp,
    except: Option<TimeEntryId>,
) -> Result<Vec<TimeEntry>> {
    // No entry is longer than a week.
    let earliest = crate::tx::plus(start, -jiff::SignedDuration::from_hours(24 * 7));
    fetch_all!(
        tx,
        TimeEntry,
        "SELECT * FROM time_entry WHERE workspace_id = $1 AND member_id = $2 AND started_at >= $3 AND started_at < $4 AND ended_at > $5
         AND (id <> $6 OR $6 IS NULL) AND NOT running ORDER BY started_at, id LIMIT 20",
        ws,
        member,
        earliest,
        end,
        start,
        except
    )
}

bulk! {
    PAIRS = "SELECT a.id, b.id FROM time_entry a JOIN time_entry b ON b.workspace_id = a.workspace_id AND b.member_id = a.member_id AND b.id <> a.id \
             AND b.started_at > a.started_at - 604800000000 AND b.started_at < a.ended_at AND b.ended_at > a.started_at \
             WHERE a.workspace_id = $1 AND NOT a.running AND NOT b.running AND a.id IN (",
    fixed 1, columns 1, ")"
}

/// Which other entries of the same member take some of the time of these.
pub async fn overlaps(
    tx: &mut Tx,
    ws: WorkspaceId,
    ids: &[TimeEntryId],
) -> Result<Vec<(TimeEntryId, TimeEntryId)>> {
    let rows: Vec<(uuid::Uuid, uuid::Uuid)> =
        bulk_fetch!(tx, (uuid::Uuid, uuid::Uuid), PAIRS, [ws], ids, |id| [*id]);
    Ok(rows
        .into_iter()
        .map(|(a, b)| (a.into(), b.into()))
        .collect())
}

/// The member's running timer.
pub async fn running(tx: &mut Tx, ws: WorkspaceId, member: MemberId) -> Result<Option<TimeEntry>> {
    fetch_optional!(
        tx,
        TimeEntry,
        "SELECT * FROM time_entry WHERE workspace_id = $1 AND member_id = $2 AND running",
        ws,
        member
    )
}

/// Makes an entry the member's running timer; false when they have one. Of two at the same time the second waits for the first.
pub async fn run(tx: &mut Tx, ws: WorkspaceId, member: MemberId, id: TimeEntryId) -> Result<bool> {
    if running(tx, ws, member).await?.is_some() {
        return Ok(false);
    }
    let done = execute!(
        tx,
        "UPDATE time_entry SET running = TRUE, ended_at = NULL WHERE workspace_id = $1 AND member_id = $2 AND id = $3",
        ws,
        member,
        id
    );
    match done {
        Ok(changed) => Ok(changed > 0),
        Err(crate::Error::Conflict { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Ends a running timer; `None` when it does not run.
pub async fn stop(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: TimeEntryId,
    ended: Timestamp,
    minutes: i64,
) -> Result<Option<TimeEntry>> {
    let now = tx.stamp().await?;
    fetch_optional!(
        tx,
        TimeEntry,
        "UPDATE time_entry SET running = FALSE, ended_at = $3, duration_minutes = $4, updated_at = $5, version = version + 1
         WHERE workspace_id = $1 AND id = $2 AND running RETURNING *",
        ws,
        id,
        ended,
        minutes,
        now
    )
}
