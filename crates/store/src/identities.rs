//! Who people are at a single sign-on service: issuer and subject, which never change, lead to a user.

use daybook_domain::UserId;

use crate::users::User;
use crate::{Result, Tx};

/// The person behind a subject; notes that they were here.
pub async fn user_of(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<User>> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "UPDATE identity SET last_used_at = $3 WHERE issuer = $1 AND subject = $2",
        issuer,
        subject,
        now
    )?;
    fetch_optional!(
        tx,
        User,
        "SELECT u.* FROM identity i JOIN account_user u ON u.id = i.user_id WHERE i.issuer = $1 AND i.subject = $2",
        issuer,
        subject
    )
}

/// Notes that the subject is this person. `Conflict` when the person is somebody else there already, or somebody else is.
pub async fn link(tx: &mut Tx, issuer: &str, subject: &str, user: UserId) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO identity (issuer, subject, user_id, created_at, last_used_at) VALUES ($1, $2, $3, $4, $4)",
        issuer,
        subject,
        user,
        now
    )
    .map(|_| ())
}
