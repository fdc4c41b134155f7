//! Workspaces: the tenants.

use daybook_domain::WorkspaceId;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Result, Tx};

row! {
    /// A workspace.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Workspace of "workspace" {
        /// Its id.
        pub id: WorkspaceId,
        /// Name.
        pub name: String,
        /// Its part of public addresses; unique on this server.
        pub slug: String,
        /// IANA zone.
        pub time_zone: String,
        /// ISO 4217 code.
        pub currency: String,
        /// When it was made.
        pub created_at: Timestamp,
        /// Whether those who approve time may approve their own.
        pub self_approval: bool,
        /// The last day, in the workspace's zone, whose time nobody changes any more.
        pub time_locked_until: Option<Date>,
    }
}

/// A workspace to be made.
#[derive(Debug, Clone)]
pub struct NewWorkspace<'a> {
    /// Name.
    pub name: &'a str,
    /// Its part of public addresses.
    pub slug: &'a str,
    /// IANA zone.
    pub time_zone: &'a str,
    /// ISO 4217 code.
    pub currency: &'a str,
}

/// What changes; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Name.
    pub name: Option<String>,
    /// Its part of public addresses.
    pub slug: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Whether those who approve time may approve their own.
    pub self_approval: Option<bool>,
    /// The last day whose time nobody changes any more.
    pub time_locked_until: Option<Option<Date>>,
}

/// Makes a workspace. `Conflict` when the slug is taken.
pub async fn create(tx: &mut Tx, new: &NewWorkspace<'_>) -> Result<Workspace> {
    let (id, now): (WorkspaceId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        Workspace,
        "INSERT INTO workspace (id, name, slug, time_zone, currency, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *",
        id,
        new.name,
        new.slug,
        new.time_zone,
        new.currency,
        now
    )
}

/// The workspace.
pub async fn get(tx: &mut Tx, id: WorkspaceId) -> Result<Workspace> {
    fetch_one!(tx, Workspace, "SELECT * FROM workspace WHERE id = $1", id)
}

/// The workspace with this slug.
pub async fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Workspace>> {
    fetch_optional!(
        tx,
        Workspace,
        "SELECT * FROM workspace WHERE slug = $1",
        slug
    )
}

/// Changes the workspace. `Conflict` when the slug is taken.
pub async fn update(tx: &mut Tx, id: WorkspaceId, changes: &Changes) -> Result<Workspace> {
    fetch_one!(
        tx,
        Workspace,
        "UPDATE workspace SET name = coalesce($2, name), slug = coalesce($3, slug), time_zone = coalesce($4, time_zone), currency = coalesce($5, currency),
         self_approval = coalesce($6, self_approval), time_locked_until = CASE WHEN $7 THEN $8 ELSE time_locked_until END WHERE id = $1 RETURNING *",
        id,
        changes.name.as_deref(),
        changes.slug.as_deref(),
        changes.time_zone.as_deref(),
        changes.currency.as_deref(),
        changes.self_approval,
        changes.time_locked_until.is_some(),
        changes.time_locked_until.flatten()
    )
}

/// Every workspace of the server.
pub async fn list_all(tx: &mut Tx) -> Result<Vec<Workspace>> {
    fetch_all!(
        tx,
        Workspace,
        "SELECT * FROM workspace ORDER BY created_at, id"
    )
}
