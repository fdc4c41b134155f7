//! A new password for somebody who forgot theirs: a link by mail, for one hour, once. Whether an address has an account is never told.

use daybook_domain::account::EmailAddress;
use daybook_store::{Error as StoreError, members, password_resets, sessions, users};
use jiff::SignedDuration;
use secrecy::SecretString;

use super::{password, token};
use crate::mail::{self, letters};
use crate::{Context, jobs};

/// How long a link works.
pub const VALID: SignedDuration = SignedDuration::from_hours(1);
/// How soon another link may be asked for.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no mail server.
    #[error(
        "this installation sends no e-mail, so that it cannot send you a link. Ask the person who runs it: 'daybook user create --reset-password' sets a new password"
    )]
    NoMail,
    /// The link is over, was used, or never was.
    #[error("this link is no longer valid; ask for a new one")]
    Over,
    /// The password is not accepted.
    #[error(transparent)]
    Password(#[from] password::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks for a link. The same for every address: a job looks whether it belongs to somebody.
///
/// # Errors
/// See [`Error`].
pub async fn ask(cx: &Context, email: &EmailAddress) -> Result<(), Error> {
    if !mail::is_configured(cx) {
        return Err(Error::NoMail);
    }
    let mut tx = cx.store.write().await?;
    jobs::begin_password_reset::enqueue(&mut tx, email).await?;
    Ok(tx.commit().await?)
}

/// Mails the link, if the address belongs to somebody who signs in with a password.
///
/// # Errors
/// When the store fails.
pub async fn begin(cx: &Context, email: &EmailAddress) -> Result<(), StoreError> {
    let mut tx = cx.store.write().await?;
    let Some(user) = users::by_email(&mut tx, email).await? else {
        return Ok(());
    };
    let has_password = users::password_hash(&mut tx, user.id).await?.is_some();
    let memberships = members::of_user(&mut tx, user.id).await?;
    let Some(home) = memberships.first() else {
        return Ok(());
    };
    if !has_password || user.disabled_at.is_some() {
        return Ok(());
    }
    let now = tx.now().await?;
    let asked_at = password_resets::asked_at(&mut tx, user.id).await?;
    if asked_at.is_some_and(|at| now.duration_since(at) < AGAIN) {
        return Ok(());
    }
    let secret = token::fresh(&*cx.ids);
    let expires_at = now.saturating_add(VALID).unwrap_or(now);
    password_resets::create(&mut tx, user.id, &token::hash(&secret), expires_at).await?;
    let it = letters::Forgotten {
        request: &cx.ids.uuid().to_string(),
        to: email,
        member: home.id,
        token: &secret,
    };
    letters::password_reset(cx, &mut tx, home.workspace_id, &it).await?;
    tx.commit().await
}

/// Sets a new password with the secret of a link, and ends every session of the person.
///
/// # Errors
/// See [`Error`]. A password that is not accepted leaves the link valid.
pub async fn reset(cx: &Context, secret: &SecretString, new: &SecretString) -> Result<(), Error> {
    let found = token::hash(secret);
    let mut tx = cx.store.read().await?;
    let user = password_resets::peek(&mut tx, &found)
        .await?
        .ok_or(Error::Over)?;
    let user = users::get(&mut tx, user).await?;
    drop(tx);
    password::check(new, &user.email)?;
    let hash = password::hash(&*cx.ids, new).await?;
    let mut tx = cx.store.write().await?;
    let taken = password_resets::take(&mut tx, &found).await?;
    if taken != Some(user.id) || user.disabled_at.is_some() {
        return Err(Error::Over);
    }
    users::set_password(&mut tx, user.id, &hash).await?;
    sessions::delete_of_user(&mut tx, user.id, None).await?;
    password_resets::delete_of_user(&mut tx, user.id).await?;
    Ok(tx.commit().await?)
}
