//! The caller's workspace.

use daybook_store::{Error as StoreError, workspaces};

use super::principal::Principal;
use crate::Context;

pub use daybook_store::workspaces::Changes;

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another workspace has the slug.
    #[error("another workspace on this server uses this slug; choose another")]
    SlugTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The workspace.
///
/// # Errors
/// When the store fails.
pub async fn get(cx: &Context, who: &Principal) -> Result<workspaces::Workspace, StoreError> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    workspaces::get(&mut tx, who.workspace_id).await
}

/// Changes the workspace.
///
/// # Errors
/// See [`Error`].
pub async fn update(
    cx: &Context,
    who: &Principal,
    changes: Changes,
) -> Result<workspaces::Workspace, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let updated = match workspaces::update(&mut tx, who.workspace_id, &changes).await {
        Err(StoreError::Conflict { .. }) => return Err(Error::SlugTaken),
        other => other?,
    };
    tx.commit().await?;
    Ok(updated)
}
