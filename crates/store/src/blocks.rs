//! Blocks: time that members keep for themselves, once or every week.

use daybook_domain::availability::{self, Interval, Weekly};
use daybook_domain::{BlockId, MemberId, WorkspaceId};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::{Result, Tx};

row! {
    /// A block: `start_us` and `end_us`, or `weekly`.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Block of "block" {
        /// Its id.
        pub id: BlockId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Whose.
        pub member_id: MemberId,
        /// What for; may be empty.
        pub title: String,
        /// When it starts, if it is once.
        pub start_us: Option<Timestamp>,
        /// When it ends, exclusive, if it is once.
        pub end_us: Option<Timestamp>,
        /// When it is, if it is every week.
        pub weekly: Option<Weekly>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub updated_at: Timestamp,
    }
}

/// When a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Once, from and until.
    Once(Timestamp, Timestamp),
    /// Every week.
    Weekly(Weekly),
}

impl Block {
    /// When it is.
    #[must_use]
    pub fn time(&self) -> availability::Block {
        match (&self.weekly, self.start_us, self.end_us) {
            (Some(weekly), ..) => availability::Block::Weekly(weekly.clone()),
            (None, Some(start), Some(end)) => {
                availability::Block::Once(Interval::between(start, end))
            }
            // The table's own check leaves no such row.
            _ => availability::Block::Once(Interval::new(0, 0)),
        }
    }
}

impl When {
    fn columns(&self) -> (Option<Timestamp>, Option<Timestamp>, Option<Json<&Weekly>>) {
        match self {
            Self::Once(start, end) => (Some(*start), Some(*end), None),
            Self::Weekly(weekly) => (None, None, Some(Json(weekly))),
        }
    }
}

bulk! {
    OF_MEMBERS = "SELECT * FROM block WHERE workspace_id = $1 AND (start_us IS NULL OR start_us < $2) AND (end_us IS NULL OR end_us > $3) AND member_id IN (",
    fixed 3, columns 1, ") ORDER BY created_at, id"
}

/// Makes a block. `Reference` when there is no such member.
pub async fn create(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    title: &str,
    when: &When,
) -> Result<Block> {
    let (id, now): (BlockId, _) = (tx.id(), tx.stamp().await?);
    let (start, end, weekly) = when.columns();
    fetch_one!(
        tx,
        Block,
        "INSERT INTO block (id, workspace_id, member_id, title, start_us, end_us, weekly, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *",
        id,
        ws,
        member,
        title,
        start,
        end,
        weekly,
        now,
        now
    )
}

/// The block.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: BlockId) -> Result<Block> {
    fetch_one!(
        tx,
        Block,
        "SELECT * FROM block WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}

/// Blocks of one member or of all, oldest first.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: Option<MemberId>,
    after: Option<(Timestamp, BlockId)>,
    limit: i64,
) -> Result<Vec<Block>> {
    let (at, id) = after.unwrap_or((Timestamp::MIN, uuid::Uuid::nil().into()));
    fetch_all!(
        tx,
        Block,
        "SELECT * FROM block WHERE workspace_id = $1 AND (member_id = $2 OR $2 IS NULL) AND (created_at, id) > ($3, $4) ORDER BY created_at, id LIMIT $5",
        ws,
        member,
        at,
        id,
        limit
    )
}

/// Those blocks of these members that may take some of a stretch: all weekly ones, and the others that touch it.
pub async fn of_members(
    tx: &mut Tx,
    ws: WorkspaceId,
    members: &[MemberId],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Block>> {
    Ok(bulk_fetch!(
        tx,
        Block,
        OF_MEMBERS,
        [ws, to, from],
        members,
        |id| [*id]
    ))
}

/// Puts another title and time in place of the block's.
pub async fn replace(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: BlockId,
    title: &str,
    when: &When,
) -> Result<Block> {
    let now = tx.stamp().await?;
    let (start, end, weekly) = when.columns();
    fetch_one!(
        tx,
        Block,
        "UPDATE block SET title = $3, start_us = $4, end_us = $5, weekly = $6, updated_at = $7 WHERE workspace_id = $1 AND id = $2 RETURNING *",
        ws,
        id,
        title,
        start,
        end,
        weekly,
        now
    )
}

/// Removes the block.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: BlockId) -> Result<()> {
    execute_one!(
        tx,
        "DELETE FROM block WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )
}
