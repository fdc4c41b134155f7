//! The caller's own profile and password.

use daybook_store::{Error as StoreError, sessions, users};
use secrecy::SecretString;

use super::password;
use super::principal::Principal;
use super::sessions::{SignedIn, begin};
use crate::Context;

/// What changes; `None` stays.
#[derive(Debug, Default)]
pub struct Change {
    /// Name.
    pub name: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// BCP 47 tag.
    pub locale: Option<String>,
    /// The new password, with the current one.
    pub password: Option<NewPassword>,
    /// The browser, for the session that a new password begins.
    pub user_agent: Option<String>,
}

/// A change of password.
#[derive(Debug)]
pub struct NewPassword {
    /// The current one.
    pub current: SecretString,
    /// The new one.
    pub new: SecretString,
}

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The current password is wrong.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The new password is not accepted.
    #[error(transparent)]
    Password(#[from] password::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The caller's profile.
///
/// # Errors
/// When the store fails.
pub async fn get(cx: &Context, who: &Principal) -> Result<users::User, StoreError> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    users::get(&mut tx, who.user_id).await
}

/// Changes the profile. A new password ends every session of the person, and begins a fresh one for the caller.
///
/// # Errors
/// See [`Error`].
pub async fn update(
    cx: &Context,
    who: &Principal,
    change: Change,
) -> Result<(users::User, Option<SignedIn>), Error> {
    let hash = match &change.password {
        Some(passwords) => Some(checked(cx, who, passwords).await?),
        None => None,
    };
    let mut tx = cx.store.write().await?;
    let changes = users::Changes {
        name: change.name,
        time_zone: change.time_zone,
        locale: change.locale,
        disabled: None,
    };
    let user = users::update(&mut tx, who.user_id, &changes).await?;
    let mut signed_in = None;
    if let Some(hash) = hash {
        users::set_password(&mut tx, who.user_id, &hash).await?;
        sessions::delete_of_user(&mut tx, who.user_id, None).await?;
        let found = sessions::principal(&mut tx, who.workspace_id, who.member_id).await?;
        let found = found.ok_or(StoreError::NotFound)?;
        signed_in = Some(begin(cx, &mut tx, &found, change.user_agent.as_deref()).await?);
    }
    tx.commit().await?;
    Ok((user, signed_in))
}

/// The hash of the new password, once the current one was right.
async fn checked(
    cx: &Context,
    who: &Principal,
    passwords: &NewPassword,
) -> Result<SecretString, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let user = users::get(&mut tx, who.user_id).await?;
    let hash = users::password_hash(&mut tx, who.user_id).await?;
    drop(tx);
    if !password::verify(&passwords.current, hash.as_ref()).await? {
        return Err(Error::WrongPassword);
    }
    password::check(&passwords.new, &user.email)?;
    Ok(password::hash(&*cx.ids, &passwords.new).await?)
}
