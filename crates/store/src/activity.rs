//! The activity log.

use daybook_domain::activity::LogType;
use daybook_domain::{ActivityId, CalendarId, ConnectionId, MemberId, WorkspaceId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use crate::sql::containing;
use crate::{Result, Tx};

row! {
    /// A line of the log.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Activity of "activity" {
        /// Its id.
        pub id: ActivityId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// What kind of thing happened.
        pub log_type: LogType,
        /// With which provider.
        pub integration_type: Option<String>,
        /// With which connection, which may be gone.
        pub connection_id: Option<ConnectionId>,
        /// With which calendar, which may be gone.
        pub calendar_id: Option<CalendarId>,
        /// Whom it concerns.
        pub member_id: Option<MemberId>,
        /// Whether it went well.
        pub success: bool,
        /// A sentence.
        pub title: String,
        /// Figures; never contents or secrets.
        pub detail: Value,
        /// How long it took.
        pub duration_ms: Option<i64>,
        /// When.
        pub created_at: Timestamp,
    }
}

/// A line to be written.
#[derive(Debug, Clone)]
pub struct NewActivity {
    /// What kind of thing happened.
    pub log_type: LogType,
    /// With which provider.
    pub integration_type: Option<String>,
    /// With which connection.
    pub connection_id: Option<ConnectionId>,
    /// With which calendar.
    pub calendar_id: Option<CalendarId>,
    /// Whom it concerns.
    pub member_id: Option<MemberId>,
    /// Whether it went well.
    pub success: bool,
    /// A sentence.
    pub title: String,
    /// Figures.
    pub detail: Value,
    /// How long it took.
    pub duration_ms: Option<i64>,
}

/// Which lines to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this kind.
    pub log_type: Option<LogType>,
    /// With this provider.
    pub provider: Option<String>,
    /// About this kind of integration.
    pub about: Option<About>,
    /// Whose sentence contains this. Upper and lower case are the same for ASCII letters, and on PostgreSQL for all.
    pub q: Option<String>,
    /// With this connection.
    pub connection_id: Option<ConnectionId>,
    /// With this calendar.
    pub calendar_id: Option<CalendarId>,
    /// That concern this member.
    pub member_id: Option<MemberId>,
    /// That went well, or did not.
    pub success: Option<bool>,
    /// At or after this.
    pub from: Option<Timestamp>,
    /// Before this.
    pub to: Option<Timestamp>,
}

/// A kind of integration: what some types of line are about by themselves, and others through their provider.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Lines of these types, and
    pub log_types: Vec<LogType>,
    /// of those types that say nothing about the kind,
    pub open_types: Vec<LogType>,
    /// with these providers.
    pub providers: Vec<String>,
}

/// A set as one text that a statement looks into: `|a|b|`.
fn set<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.fold("|".to_owned(), |set, name| set + name + "|")
}

/// Writes a line.
pub async fn append(tx: &mut Tx, ws: WorkspaceId, new: &NewActivity) -> Result<ActivityId> {
    let (id, now): (ActivityId, _) = (tx.id(), tx.stamp().await?);
    execute!(
        tx,
        "INSERT INTO activity (id, workspace_id, log_type, integration_type, connection_id, calendar_id, member_id, success, title, detail, duration_ms, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        ws,
        new.log_type,
        new.integration_type.as_deref(),
        new.connection_id,
        new.calendar_id,
        new.member_id,
        new.success,
        &new.title,
        Json(&new.detail),
        new.duration_ms,
        now
    )?;
    Ok(id)
}

/// Lines, the newest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &Filter,
    after: Option<(Timestamp, ActivityId)>,
    limit: i64,
) -> Result<Vec<Activity>> {
    let (at, id) = after.unwrap_or((Timestamp::MAX, uuid::Uuid::max().into()));
    let lower = filter.q.as_deref().map(|q| containing(&q.to_lowercase()));
    // SQLite's lower() knows ASCII only: what was typed exactly as it stands there is found as well.
    let typed = filter.q.as_deref().map(containing);
    let about = filter.about.as_ref();
    let types = |types: &[LogType]| set(types.iter().map(|log_type| log_type.as_str()));
    let themselves = about.map(|about| types(&about.log_types));
    let open = about.map(|about| types(&about.open_types));
    let providers = about.map(|about| set(about.providers.iter().map(String::as_str)));
    fetch_all!(
        tx,
        Activity,
        "SELECT * FROM activity WHERE workspace_id = $1 AND (created_at, id) < ($2, $3) AND created_at >= $4 AND created_at < $5
         AND (log_type = $6 OR $6 IS NULL) AND (integration_type = $7 OR $7 IS NULL) AND (connection_id = $8 OR $8 IS NULL)
         AND (calendar_id = $9 OR $9 IS NULL) AND (member_id = $10 OR $10 IS NULL) AND (success = $11 OR $11 IS NULL)
         AND (lower(title) LIKE $12 ESCAPE '!' OR title LIKE $13 ESCAPE '!' OR $12 IS NULL)
         AND (replace($14, '|' || log_type || '|', '') <> $14
              OR (replace($15, '|' || log_type || '|', '') <> $15 AND replace($16, '|' || integration_type || '|', '') <> $16) OR $14 IS NULL)
         ORDER BY created_at DESC, id DESC LIMIT $17",
        ws,
        at,
        id,
        filter.from.unwrap_or(Timestamp::MIN),
        filter.to.unwrap_or(Timestamp::MAX),
        filter.log_type,
        filter.provider.as_deref(),
        filter.connection_id,
        filter.calendar_id,
        filter.member_id,
        filter.success,
        lower,
        typed,
        themselves,
        open,
        providers,
        limit
    )
}

/// Forgets lines written before `before`, in every workspace.
pub async fn delete_older(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    execute!(tx, "DELETE FROM activity WHERE created_at < $1", before)
}
