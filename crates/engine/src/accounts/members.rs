//! Who is in the workspace, and in which role.

use daybook_domain::account::Role;
use daybook_domain::{MemberId, WorkspaceId};
use daybook_store::members::Profile;
use daybook_store::{Error as StoreError, Tx, members, sessions, workspaces};
use jiff::Timestamp;

use super::principal::Principal;
use crate::Context;

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A workspace without an owner could not be managed any more.
    #[error("this is the last owner; make somebody else an owner first")]
    LastOwner,
    /// The caller's role is lower than the one given or taken.
    #[error("only owners may make, change or remove owners")]
    AboveYou,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Those who are in the workspace, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn list(
    cx: &Context,
    who: &Principal,
    after: Option<(Timestamp, MemberId)>,
    limit: u32,
) -> Result<Vec<Profile>, StoreError> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    members::list(&mut tx, who.workspace_id, after, i64::from(limit)).await
}

/// Everybody who is in the workspace and whose account is on, oldest first.
///
/// # Errors
/// When the store fails.
pub(crate) async fn everybody(
    tx: &mut Tx,
    workspace: WorkspaceId,
) -> Result<Vec<Profile>, StoreError> {
    let mut all = members::list(tx, workspace, None, i64::MAX).await?;
    all.retain(|one| one.disabled_at.is_none());
    Ok(all)
}

/// One who is in the workspace.
///
/// # Errors
/// [`StoreError::NotFound`]; others when the store fails.
pub async fn get(cx: &Context, who: &Principal, id: MemberId) -> Result<Profile, StoreError> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    profile(&mut tx, who, id).await
}

/// Gives a member another role.
///
/// # Errors
/// See [`Error`].
pub async fn set_role(
    cx: &Context,
    who: &Principal,
    id: MemberId,
    role: Role,
) -> Result<Profile, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let member = locked(&mut tx, who, id).await?;
    if member.role > who.role || role > who.role {
        return Err(Error::AboveYou);
    }
    members::set_role(&mut tx, who.workspace_id, id, role).await?;
    keep_an_owner(&mut tx, who).await?;
    tx.commit().await?;
    Ok(Profile { role, ..member })
}

/// Takes a member out, with their sessions and keys. What they made stays.
///
/// # Errors
/// See [`Error`].
pub async fn remove(cx: &Context, who: &Principal, id: MemberId) -> Result<(), Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let member = locked(&mut tx, who, id).await?;
    if member.role > who.role {
        return Err(Error::AboveYou);
    }
    members::remove(&mut tx, who.workspace_id, id).await?;
    keep_an_owner(&mut tx, who).await?;
    Ok(tx.commit().await?)
}

/// The member, with the workspace's row locked: changes of roles happen one after the other, so that two owners who
/// step down at the same time cannot both succeed.
async fn locked(tx: &mut Tx, who: &Principal, id: MemberId) -> Result<Profile, StoreError> {
    workspaces::update(tx, who.workspace_id, &workspaces::Changes::default()).await?;
    profile(tx, who, id).await
}

async fn keep_an_owner(tx: &mut Tx, who: &Principal) -> Result<(), Error> {
    match members::count_owners(tx, who.workspace_id).await? {
        0 => Err(Error::LastOwner),
        _ => Ok(()),
    }
}

async fn profile(tx: &mut Tx, who: &Principal, id: MemberId) -> Result<Profile, StoreError> {
    let found = sessions::principal(tx, who.workspace_id, id)
        .await?
        .ok_or(StoreError::NotFound)?;
    Ok(Profile {
        id: found.member.id,
        user_id: found.user.id,
        role: found.member.role,
        created_at: found.member.created_at,
        email: found.user.email,
        name: found.user.name,
        time_zone: found.user.time_zone,
        disabled_at: found.user.disabled_at,
    })
}
