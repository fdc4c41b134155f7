//! Sign-ins at a single sign-on service that are under way: bound to one browser, used once, over after a while.

use jiff::Timestamp;

use crate::{Result, Tx};

row! {
    /// A sign-in that came back.
    #[derive(Debug, Clone)]
    pub struct SignInFlow of "sign_in_flow" {
        /// SHA-256 of what only the browser has.
        pub browser_hash: Vec<u8>,
        /// SHA-256 of the invitation that is to be accepted.
        pub invitation_hash: Option<Vec<u8>>,
        /// Where the browser goes afterwards.
        pub return_to: Option<String>,
        /// Until when it may come back.
        pub expires_at: Timestamp,
    }
}

/// A sign-in that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewSignInFlow<'a> {
    /// SHA-256 of the state.
    pub state_hash: &'a [u8; 32],
    /// SHA-256 of what only the browser has.
    pub browser_hash: &'a [u8; 32],
    /// SHA-256 of the invitation that is to be accepted.
    pub invitation_hash: Option<&'a [u8; 32]>,
    /// Where the browser goes afterwards.
    pub return_to: Option<&'a str>,
    /// Until when it may come back.
    pub expires_at: Timestamp,
}

/// Notes a sign-in that begins.
pub async fn create(tx: &mut Tx, new: &NewSignInFlow<'_>) -> Result<()> {
    let now = tx.stamp().await?;
    execute!(
        tx,
        "INSERT INTO sign_in_flow (state_hash, browser_hash, invitation_hash, return_to, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        new.state_hash,
        new.browser_hash,
        new.invitation_hash.map(<[u8; 32]>::as_slice),
        new.return_to,
        now,
        new.expires_at
    )
    .map(|_| ())
}

/// Takes the sign-in with this state away, so that it is used once; `None` when there is none, or it is over.
pub async fn take(tx: &mut Tx, state_hash: &[u8; 32]) -> Result<Option<SignInFlow>> {
    let now = tx.now().await?;
    let taken = fetch_optional!(
        tx,
        SignInFlow,
        "DELETE FROM sign_in_flow WHERE state_hash = $1 RETURNING browser_hash, invitation_hash, return_to, expires_at",
        state_hash
    )?;
    Ok(taken.filter(|flow| flow.expires_at > now))
}

/// Removes those that never came back.
pub async fn delete_expired(tx: &mut Tx) -> Result<u64> {
    let now = tx.now().await?;
    execute!(tx, "DELETE FROM sign_in_flow WHERE expires_at <= $1", now)
}
