//! Rules about what meetings are booked on, in the order in which they are tried.

use daybook_domain::rule::{Action, Conditions, Rule};
use daybook_domain::{ClientId, ProjectId, TimeRuleId, WorkspaceId};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::{Result, Tx};

row! {
    /// A rule.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct TimeRule of "time_rule" {
        /// Its id.
        pub id: TimeRuleId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Its place, from 1.
        pub position: i64,
        /// Its name.
        pub name: String,
        /// Whether it is tried.
        pub enabled: bool,
        /// When.
        pub conditions: Conditions,
        /// Whether what fits is no work.
        pub exclude: bool,
        /// For whom.
        pub client_id: Option<ClientId>,
        /// For what.
        pub project_id: Option<ProjectId>,
        /// Whether it is billed.
        pub billable: Option<bool>,
        /// Tags.
        pub tags: Vec<String>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub updated_at: Timestamp,
    }
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Its name.
    pub name: String,
    /// Whether it is tried.
    pub enabled: bool,
    /// When.
    pub conditions: Conditions,
    /// What then.
    pub action: Action,
}

impl TimeRule {
    /// The rule as it is tried.
    #[must_use]
    pub fn rule(&self) -> Rule {
        Rule {
            id: self.id,
            name: self.name.clone(),
            conditions: self.conditions.clone(),
            action: self.contents().action,
        }
    }

    /// What it says.
    #[must_use]
    pub fn contents(&self) -> Contents {
        Contents {
            name: self.name.clone(),
            enabled: self.enabled,
            conditions: self.conditions.clone(),
            action: Action {
                exclude: self.exclude,
                client_id: self.client_id,
                project_id: self.project_id,
                billable: self.billable,
                tags: self.tags.clone(),
            },
        }
    }
}

/// Makes a rule at a place. `Reference` when its client or project is not there.
pub async fn create(
    tx: &mut Tx,
    ws: WorkspaceId,
    position: i64,
    new: &Contents,
) -> Result<TimeRule> {
    let (id, now): (TimeRuleId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        TimeRule,
        "INSERT INTO time_rule (id, workspace_id, position, name, enabled, conditions, exclude, client_id, project_id, billable, tags, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) RETURNING *",
        id,
        ws,
        position,
        &new.name,
        new.enabled,
        Json(&new.conditions),
        new.action.exclude,
        new.action.client_id,
        new.action.project_id,
        new.action.billable,
        Json(&new.action.tags),
        now
    )
}

/// The rule.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: TimeRuleId) -> Result<TimeRule> {
    fetch_one!(
        tx,
        TimeRule,
        "SELECT * FROM time_rule WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// All rules, in their order.
pub async fn all(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<TimeRule>> {
    fetch_all!(
        tx,
        TimeRule,
        "SELECT * FROM time_rule WHERE workspace_id = $1 ORDER BY position, id",
        ws
    )
}

/// Puts other contents in place of the rule's.
pub async fn replace(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: TimeRuleId,
    new: &Contents,
) -> Result<TimeRule> {
    let now = tx.stamp().await?;
    fetch_one!(
        tx,
        TimeRule,
        "UPDATE time_rule SET name = $3, enabled = $4, conditions = $5, exclude = $6, client_id = $7, project_id = $8, billable = $9, tags = $10, updated_at = $11
         WHERE workspace_id = $1 AND id = $2 RETURNING *",
        ws,
        id,
        &new.name,
        new.enabled,
        Json(&new.conditions),
        new.action.exclude,
        new.action.client_id,
        new.action.project_id,
        new.action.billable,
        Json(&new.action.tags),
        now
    )
}

/// Gives the rule another place.
pub async fn place(tx: &mut Tx, ws: WorkspaceId, id: TimeRuleId, position: i64) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE time_rule SET position = $3 WHERE workspace_id = $1 AND id = $2",
        ws,
        id,
        position
    )
}

/// Removes the rule.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: TimeRuleId) -> Result<()> {
    execute_one!(
        tx,
        "DELETE FROM time_rule WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}
