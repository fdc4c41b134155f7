//! Password resets that are under way: found by the hash of their token, used once, over after a while.

use daybook_domain::UserId;
use jiff::Timestamp;

use crate::{Result, Tx};

/// When the person's newest open reset was asked for.
pub async fn asked_at(tx: &mut Tx, user: UserId) -> Result<Option<Timestamp>> {
    let found = fetch_optional!(
        tx,
        (i64,),
        "SELECT created_at FROM password_reset WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1",
        user
    )?;
    Ok(found.and_then(|(at,)| Timestamp::from_microsecond(at).ok()))
}

/// Begins a reset; earlier ones of the person stop working.
pub async fn create(
    tx: &mut Tx,
    user: UserId,
    token_hash: &[u8; 32],
    expires_at: Timestamp,
) -> Result<()> {
    let now = tx.stamp().await?;
    delete_of_user(tx, user).await?;
    execute!(
        tx,
        "INSERT INTO password_reset (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        token_hash,
        user,
        now,
        expires_at
    )
    .map(|_| ())
}

/// Whose reset this is, without using it up; `None` when it was used, is over or never was.
pub async fn peek(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<Option<UserId>> {
    let now = tx.now().await?;
    let found = fetch_optional!(
        tx,
        (uuid::Uuid,),
        "SELECT user_id FROM password_reset WHERE token_hash = $1 AND expires_at > $2",
        token_hash,
        now
    )?;
    Ok(found.map(|(id,)| UserId::from_uuid(id)))
}

/// Uses the reset up; of several at the same time exactly one gets it.
pub async fn take(tx: &mut Tx, token_hash: &[u8; 32]) -> Result<Option<UserId>> {
    let now = tx.now().await?;
    let found = fetch_optional!(
        tx,
        (uuid::Uuid,),
        "DELETE FROM password_reset WHERE token_hash = $1 AND expires_at > $2 RETURNING user_id",
        token_hash,
        now
    )?;
    Ok(found.map(|(id,)| UserId::from_uuid(id)))
}

/// Ends every open reset of a person.
pub async fn delete_of_user(tx: &mut Tx, user: UserId) -> Result<u64> {
    execute!(tx, "DELETE FROM password_reset WHERE user_id = $1", user)
}

/// Removes those that are over.
pub async fn delete_expired(tx: &mut Tx) -> Result<u64> {
    let now = tx.now().await?;
    execute!(tx, "DELETE FROM password_reset WHERE expires_at <= $1", now)
}
