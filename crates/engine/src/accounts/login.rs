//! Signing in with e-mail and password. Every refusal looks and takes the same.

use daybook_domain::UserId;
use daybook_domain::account::EmailAddress;
use daybook_store::{Error as StoreError, Tx, members, sessions, users};
use secrecy::{ExposeSecret, SecretString};

use super::password;
use super::sessions::{SignedIn, begin};
use crate::Context;

/// A sign-in.
#[derive(Debug)]
pub struct Login {
    /// As typed; an impossible address is refused like an unknown one.
    pub email: String,
    /// As typed.
    pub password: SecretString,
    /// The slug of the workspace to enter; by default the one joined first.
    pub workspace: Option<String>,
    /// The browser.
    pub user_agent: Option<String>,
}

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wrong address, password or workspace, or the account is off: which of them is not told.
    #[error("the e-mail address or the password is wrong")]
    InvalidCredentials,
    /// Hashing failed.
    #[error(transparent)]
    Password(#[from] password::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Begins a session.
///
/// # Errors
/// See [`Error`].
pub async fn login(cx: &Context, cmd: Login) -> Result<SignedIn, Error> {
    let mut tx = cx.store.read().await?;
    let account = account(&mut tx, &cmd.email).await?;
    drop(tx);
    let hash = account.as_ref().and_then(|(_, hash)| hash.as_ref());
    if !password::verify(&cmd.password, hash).await? {
        return Err(Error::InvalidCredentials);
    }
    let (Some((user, _)), Some(hash)) = (&account, hash) else {
        return Err(Error::InvalidCredentials);
    };
    let renewed = match password::is_outdated(hash) {
        true => Some(password::hash(&*cx.ids, &cmd.password).await?),
        false => None,
    };
    let mut tx = cx.store.write().await?;
    let now = users::password_hash(&mut tx, *user).await?;
    if now.as_ref().map(ExposeSecret::expose_secret) != Some(hash.expose_secret()) {
        return Err(Error::InvalidCredentials);
    }
    if let Some(renewed) = renewed {
        users::set_password(&mut tx, *user, &renewed).await?;
    }
    let found = enter(&mut tx, *user, cmd.workspace.as_deref()).await?;
    let signed_in = begin(cx, &mut tx, &found, cmd.user_agent.as_deref()).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// The account with this address and its password hash.
async fn account(
    tx: &mut Tx,
    email: &str,
) -> Result<Option<(UserId, Option<SecretString>)>, StoreError> {
    let Ok(email) = email.parse::<EmailAddress>() else {
        return Ok(None);
    };
    let Some(user) = users::by_email(tx, &email).await? else {
        return Ok(None);
    };
    let hash = users::password_hash(tx, user.id).await?;
    Ok(Some((user.id, hash)))
}

/// The member to sign in as.
pub(super) async fn enter(
    tx: &mut Tx,
    user: UserId,
    slug: Option<&str>,
) -> Result<sessions::Principal, Error> {
    let mut memberships = members::of_user(tx, user).await?.into_iter();
    let chosen = memberships.find(|m| slug.is_none_or(|slug| m.workspace_slug == slug));
    let chosen = chosen.ok_or(Error::InvalidCredentials)?;
    let found = sessions::principal(tx, chosen.workspace_id, chosen.id).await?;
    found.ok_or(Error::InvalidCredentials)
}
