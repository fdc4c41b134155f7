//! Projects: what time is billed to.

use daybook_domain::{ClientId, ProjectId, WorkspaceId};
use jiff::Timestamp;

use crate::{Result, Tx};

row! {
    /// A project.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Project of "project" {
        /// Its id.
        pub id: ProjectId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// For whom.
        pub client_id: Option<ClientId>,
        /// Name.
        pub name: String,
        /// `#rrggbb`.
        pub color: Option<String>,
        /// ISO 4217 code; `None`: the client's or the workspace's.
        pub currency: Option<String>,
        /// Price of an hour in minor units.
        pub hourly_rate_minor: Option<i64>,
        /// Whether its time is billed unless said otherwise.
        pub billable: bool,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was archived.
        pub archived_at: Option<Timestamp>,
        /// How many minutes are planned.
        pub budget_minutes: Option<i64>,
        /// How much money is planned, in minor units.
        pub budget_minor: Option<i64>,
    }
}

/// A project to be made.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// For whom.
    pub client_id: Option<ClientId>,
    /// Name.
    pub name: String,
    /// `#rrggbb`.
    pub color: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Price of an hour in minor units.
    pub hourly_rate_minor: Option<i64>,
    /// Whether its time is billed unless said otherwise.
    pub billable: bool,
}

/// What changes; `None` stays, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// For whom.
    pub client_id: Option<Option<ClientId>>,
    /// Name.
    pub name: Option<String>,
    /// `#rrggbb`.
    pub color: Option<Option<String>>,
    /// ISO 4217 code.
    pub currency: Option<Option<String>>,
    /// Price of an hour in minor units.
    pub hourly_rate_minor: Option<Option<i64>>,
    /// Whether its time is billed unless said otherwise.
    pub billable: Option<bool>,
    /// Archives it, or brings it back.
    pub archived: Option<bool>,
}

/// Which projects to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this client.
    pub client_id: Option<ClientId>,
    /// Archived ones too.
    pub archived: bool,
}

/// Makes a project. `Reference` when there is no such client.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, new: &NewProject) -> Result<Project> {
    let (id, now): (ProjectId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        Project,
        "INSERT INTO project (id, workspace_id, client_id, name, color, currency, hourly_rate_minor, billable, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *",
        id,
        ws,
        new.client_id,
        &new.name,
        new.color.as_deref(),
        new.currency.as_deref(),
        new.hourly_rate_minor,
        new.billable,
        now
    )
}

/// The project, also when archived.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: ProjectId) -> Result<Project> {
    fetch_one!(
        tx,
        Project,
        "SELECT * FROM project WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Projects, oldest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &Filter,
    after: Option<(Timestamp, ProjectId)>,
    limit: i64,
) -> Result<Vec<Project>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Project,
        "SELECT * FROM project WHERE workspace_id = $1 AND (client_id = $2 OR $2 IS NULL) AND (archived_at IS NULL OR $3) AND (created_at, id) > ($4, $5) ORDER BY created_at, id LIMIT $6",
        ws,
        filter.client_id,
        filter.archived,
        at,
        id,
        limit
    )
}

/// Changes the project. `Reference` when there is no such client.
pub async fn update(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ProjectId,
    changes: &Changes,
) -> Result<Project> {
    let now = tx.stamp().await?;
    fetch_one!(
        tx,
        Project,
        "UPDATE project SET client_id = CASE WHEN $3 THEN $4 ELSE client_id END, name = coalesce($5, name), color = CASE WHEN $6 THEN $7 ELSE color END,
         currency = CASE WHEN $8 THEN $9 ELSE currency END, hourly_rate_minor = CASE WHEN $10 THEN $11 ELSE hourly_rate_minor END,
         billable = coalesce($12, billable), archived_at = CASE WHEN $13 THEN coalesce(archived_at, $14) WHEN NOT $13 THEN NULL ELSE archived_at END
         WHERE workspace_id = $1 AND id = $2 RETURNING *",
        ws,
        id,
        changes.client_id.is_some(),
        changes.client_id.flatten(),
        changes.name.as_deref(),
        changes.color.is_some(),
        changes.color.as_ref().and_then(Option::as_deref),
        changes.currency.is_some(),
        changes.currency.as_ref().and_then(Option::as_deref),
        changes.hourly_rate_minor.is_some(),
        changes.hourly_rate_minor.flatten(),
        changes.billable,
        changes.archived,
        now
    )
}

bulk! {
    GET_MANY = "SELECT * FROM project WHERE workspace_id = $1 AND id IN (",
    fixed 1, columns 1, ")"
}

/// Those of these projects that are there, also archived ones.
pub async fn get_many(tx: &mut Tx, ws: WorkspaceId, ids: &[ProjectId]) -> Result<Vec<Project>> {
    Ok(bulk_fetch!(tx, Project, GET_MANY, [ws], ids, |id| [*id]))
}

/// Plans so many minutes and so much money for the project.
pub async fn set_budget(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: ProjectId,
    minutes: Option<i64>,
    minor: Option<i64>,
) -> Result<Project> {
    fetch_one!(
        tx,
        Project,
        "UPDATE project SET budget_minutes = $3, budget_minor = $4 WHERE workspace_id = $1 AND id = $2 RETURNING *",
        ws,
        id,
        minutes,
        minor
    )
}

/// Removes a project that nothing refers to; `Reference` when a time entry or a calendar does: then archive it.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: ProjectId) -> Result<()> {
    execute_one!(
        tx,
        "DELETE FROM project WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}
