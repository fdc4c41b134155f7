//! API keys: shown once, kept as a hash, with scopes (RELIABILITY §3 row 6).

use std::collections::HashMap;

use daybook_domain::account::Scope;
use daybook_domain::{ApiKeyId, MemberId};
use daybook_store::{Error as StoreError, Tx, api_keys, sessions};
use jiff::Timestamp;
use secrecy::SecretString;

use super::once::{self, Once, Outcome};
use super::principal::{Principal, Via};
use super::sessions::{NOTED_EVERY, principal};
use super::token;
use crate::Context;

pub use daybook_store::api_keys::ApiKey;

/// A key to be made, for the caller.
#[derive(Debug, Clone)]
pub struct Create {
    /// What its owner calls it.
    pub name: String,
    /// The greatest scope; lesser ones are included.
    pub scope: Scope,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// A key and its owner's name.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The key.
    pub key: ApiKey,
    /// Whose it is.
    pub member_name: String,
}

/// A key that was just made.
#[derive(Debug)]
pub struct Created {
    /// The key.
    pub listed: Listed,
    /// The key itself, shown this once.
    pub secret: SecretString,
}

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key cannot make a stronger key.
    #[error("an API key cannot make a key with more scopes than it has")]
    StrongerThanYou,
    /// The end lies in the past.
    #[error("the time at which the key stops working lies in the past")]
    AlreadyOver,
    /// The idempotency key.
    #[error(transparent)]
    Once(#[from] once::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whom an API key belongs to; `None` when it is not, or no longer, valid.
///
/// # Errors
/// When the store fails.
pub async fn authenticate(
    cx: &Context,
    secret: &SecretString,
) -> Result<Option<Principal>, StoreError> {
    if !token::is_api_key(secret) {
        return Ok(None);
    }
    let mut tx = cx.store.read().await?;
    let now = tx.now().await?;
    let Some((key, found)) = api_keys::by_token_hash(&mut tx, &token::hash(secret)).await? else {
        return Ok(None);
    };
    drop(tx);
    if key
        .last_used_at
        .is_none_or(|at| now.duration_since(at) > NOTED_EVERY)
    {
        let mut tx = cx.store.write().await?;
        api_keys::touch_used(&mut tx, key.workspace_id, key.id).await?;
        tx.commit().await?;
    }
    Ok(Some(principal(
        &found,
        up_to(key.scope),
        Via::ApiKey(key.id),
    )))
}

/// Makes a key for the caller.
///
/// # Errors
/// See [`Error`].
pub async fn create(
    cx: &Context,
    who: &Principal,
    cmd: Create,
    once: &Once<'_, Created>,
) -> Result<Outcome<Created>, Error> {
    if !who.may(cmd.scope) {
        return Err(Error::StrongerThanYou);
    }
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let now = tx.now().await?;
    if cmd.expires_at.is_some_and(|at| at <= now) {
        return Err(Error::AlreadyOver);
    }
    let secret = token::fresh_api_key(&*cx.ids);
    let new = api_keys::NewApiKey {
        member_id: who.member_id,
        name: &cmd.name,
        prefix: &token::shown(&secret),
        token_hash: &token::hash(&secret),
        scope: cmd.scope,
        expires_at: cmd.expires_at,
    };
    let key = api_keys::create(&mut tx, who.workspace_id, &new).await?;
    let member_name = owner_name(&mut tx, who, key.member_id).await?;
    let created = Created {
        listed: Listed { key, member_name },
        secret,
    };
    once.finish(&mut tx, who, &created).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(created))
}

/// The caller's keys; owners and admins see everybody's.
///
/// # Errors
/// When the store fails.
pub async fn list(
    cx: &Context,
    who: &Principal,
    after: Option<(Timestamp, ApiKeyId)>,
    limit: u32,
) -> Result<Vec<Listed>, StoreError> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let keys = api_keys::list(
        &mut tx,
        who.workspace_id,
        who.own_only(),
        after,
        i64::from(limit),
    )
    .await?;
    let mut names = HashMap::new();
    let mut listed = Vec::with_capacity(keys.len());
    for key in keys {
        let owner = key.member_id;
        if let std::collections::hash_map::Entry::Vacant(name) = names.entry(owner) {
            name.insert(owner_name(&mut tx, who, owner).await?);
        }
        let member_name = names.get(&owner).cloned().unwrap_or_default();
        listed.push(Listed { key, member_name });
    }
    Ok(listed)
}

/// Revokes a key of the caller's, or for owners and admins anybody's.
///
/// # Errors
/// [`StoreError::NotFound`] also when it is somebody else's; others when the store fails.
pub async fn revoke(cx: &Context, who: &Principal, id: ApiKeyId) -> Result<(), StoreError> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let key = api_keys::get(&mut tx, who.workspace_id, id).await?;
    if !who.may_change(key.member_id) {
        return Err(StoreError::NotFound);
    }
    api_keys::revoke(&mut tx, who.workspace_id, id).await?;
    tx.commit().await
}

/// The scopes that `greatest` includes.
#[must_use]
pub fn up_to(greatest: Scope) -> Vec<Scope> {
    Scope::ALL
        .iter()
        .copied()
        .filter(|scope| *scope <= greatest)
        .collect()
}

async fn owner_name(tx: &mut Tx, who: &Principal, member: MemberId) -> Result<String, StoreError> {
    let found = sessions::principal(tx, who.workspace_id, member).await?;
    Ok(found.map(|found| found.user.name).unwrap_or_default())
}
