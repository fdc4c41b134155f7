//! People: a user may be a member of several workspaces.

use daybook_domain::UserId;
use daybook_domain::account::EmailAddress;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::{Result, Tx};

row! {
    /// A person.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct User of "account_user" {
        /// Their id.
        pub id: UserId,
        /// Address in lower case; unique on this server.
        pub email: String,
        /// Name.
        pub name: String,
        /// IANA zone.
        pub time_zone: String,
        /// BCP 47 tag.
        pub locale: String,
        /// Since when.
        pub created_at: Timestamp,
        /// When the account was switched off.
        pub disabled_at: Option<Timestamp>,
    }
}

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// Address.
    pub email: &'a EmailAddress,
    /// Name.
    pub name: &'a str,
    /// The PHC string of their password; `None` when they sign in elsewhere.
    pub password_hash: Option<&'a SecretString>,
    /// IANA zone.
    pub time_zone: &'a str,
    /// BCP 47 tag.
    pub locale: &'a str,
}

/// What changes; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Name.
    pub name: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// BCP 47 tag.
    pub locale: Option<String>,
    /// Switches the account off or on.
    pub disabled: Option<bool>,
}

/// Adds a person. `Conflict` when the address is taken.
pub async fn create(tx: &mut Tx, new: &NewUser<'_>) -> Result<User> {
    let (id, now): (UserId, _) = (tx.id(), tx.stamp().await?);
    fetch_one!(
        tx,
        User,
        "INSERT INTO account_user (id, email, name, password_hash, time_zone, locale, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *",
        id,
        new.email.as_str(),
        new.name,
        new.password_hash.map(ExposeSecret::expose_secret),
        new.time_zone,
        new.locale,
        now
    )
}

/// The person.
pub async fn get(tx: &mut Tx, id: UserId) -> Result<User> {
    fetch_one!(tx, User, "SELECT * FROM account_user WHERE id = $1", id)
}

/// The person with this address.
pub async fn by_email(tx: &mut Tx, email: &EmailAddress) -> Result<Option<User>> {
    fetch_optional!(
        tx,
        User,
        "SELECT * FROM account_user WHERE email = $1",
        email.as_str()
    )
}

/// The PHC string of the person's password, if they have one.
pub async fn password_hash(tx: &mut Tx, id: UserId) -> Result<Option<SecretString>> {
    let (hash,) = fetch_one!(
        tx,
        (Option<String>,),
        "SELECT password_hash FROM account_user WHERE id = $1",
        id
    )?;
    Ok(hash.map(SecretString::from))
}

/// Changes the person.
pub async fn update(tx: &mut Tx, id: UserId, changes: &Changes) -> Result<User> {
    let now = tx.stamp().await?;
    fetch_one!(
        tx,
        User,
        "UPDATE account_user SET name = coalesce($2, name), time_zone = coalesce($3, time_zone), locale = coalesce($4, locale), disabled_at = CASE WHEN $5 THEN coalesce(disabled_at, $6) WHEN NOT $5 THEN NULL ELSE disabled_at END WHERE id = $1 RETURNING *",
        id,
        changes.name.as_deref(),
        changes.time_zone.as_deref(),
        changes.locale.as_deref(),
        changes.disabled,
        now
    )
}

/// Sets the password; the caller ends the person's other sessions.
pub async fn set_password(tx: &mut Tx, id: UserId, hash: &SecretString) -> Result<()> {
    execute_one!(
        tx,
        "UPDATE account_user SET password_hash = $2 WHERE id = $1",
        id,
        hash.expose_secret()
    )
}

/// How many people the server knows; 0 means that it is not set up.
pub async fn count_all(tx: &mut Tx) -> Result<i64> {
    let (count,) = fetch_one!(tx, (i64,), "SELECT count(*) FROM account_user")?;
    Ok(count)
}
