//! What an hour costs: of members in projects, projects, members, clients and the workspace, each for a stretch of days.

use daybook_domain::rate::Card;
use daybook_domain::{ClientId, MemberId, ProjectId, RateId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Result, Tx};

row! {
    /// A rate.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Rate of "rate" {
        /// Its id.
        pub id: RateId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// For whose work.
        pub member_id: Option<MemberId>,
        /// In which project.
        pub project_id: Option<ProjectId>,
        /// For which client.
        pub client_id: Option<ClientId>,
        /// ISO 4217 code.
        pub currency: String,
        /// Price of an hour in minor units.
        pub hourly_minor: i64,
        /// First day.
        pub from_date: Option<Date>,
        /// Last day.
        pub to_date: Option<Date>,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

/// Which rates to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// For this member's work.
    pub member_id: Option<MemberId>,
    /// In this project.
    pub project_id: Option<ProjectId>,
    /// For this client.
    pub client_id: Option<ClientId>,
}

impl Rate {
    /// Whose it is and when it is valid.
    #[must_use]
    pub fn card(&self) -> Card {
        Card {
            member_id: self.member_id,
            project_id: self.project_id,
            client_id: self.client_id,
            currency: self.currency.clone(),
            hourly_minor: self.hourly_minor,
            from: self.from_date,
            to: self.to_date,
        }
    }
}

/// Makes a rate. `Reference` when the member, project or client is not there.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, card: &Card) -> Result<Rate> {
    let (id, now): (RateId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        Rate,
        "INSERT INTO rate (id, workspace_id, member_id, project_id, client_id, currency, hourly_minor, from_date, to_date, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING *",
        id,
        ws,
        card.member_id,
        card.project_id,
        card.client_id,
        &card.currency,
        card.hourly_minor,
        card.from,
        card.to,
        now
    )
}

/// The rate.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: RateId) -> Result<Rate> {
    fetch_one!(
        tx,
        Rate,
        "SELECT * FROM rate WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// All rates of the workspace: what is needed to price any of its work.
pub async fn all(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<Rate>> {
    fetch_all!(
        tx,
        Rate,
        "SELECT * FROM rate WHERE workspace_id = $1 ORDER BY created_at, id",
        ws
    )
}

/// Rates, oldest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &Filter,
    after: Option<(Timestamp, RateId)>,
    limit: i64,
) -> Result<Vec<Rate>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Rate,
        "SELECT * FROM rate WHERE workspace_id = $1 AND (member_id = $2 OR $2 IS NULL) AND (project_id = $3 OR $3 IS NULL)
         AND (client_id = $4 OR $4 IS NULL) AND (created_at, id) > ($5, $6) ORDER BY created_at, id LIMIT $7",
        ws,
        filter.member_id,
        filter.project_id,
        filter.client_id,
        at,
        id,
        limit
    )
}

/// Puts another price and other days in place of the rate's.
pub async fn replace(tx: &mut Tx, ws: WorkspaceId, id: RateId, card: &Card) -> Result<Rate> {
    fetch_one!(
        tx,
        Rate,
        "UPDATE rate SET currency = $3, hourly_minor = $4, from_date = $5, to_date = $6 WHERE workspace_id = $1 AND id = $2 RETURNING *",
        ws,
        id,
        &card.currency,
        card.hourly_minor,
        card.from,
        card.to
    )
}

/// Removes the rate.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: RateId) -> Result<()> {
    execute_one!(
        tx,
        "DELETE FROM rate WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}
