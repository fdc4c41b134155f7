//! Started OAuth authorisations, found by the hash of their state and usable once.

use daybook_domain::{ConnectionId, MemberId, OauthFlowId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use sqlx::types::Json;

use crate::crypto::Place;
use crate::tx::plus;
use crate::{Result, Tx};

/// An authorisation that was started.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Its id.
    pub id: OauthFlowId,
    /// Where.
    pub workspace_id: WorkspaceId,
    /// By whom.
    pub member_id: MemberId,
    /// Hash of the session or API key that started it; the callback must come from the same.
    pub session_binding: Vec<u8>,
    /// SHA-256 of what the browser that started it keeps in a cookie.
    pub browser_hash: Option<Vec<u8>>,
    /// The provider's key.
    pub provider: String,
    /// `calendar`, `video`, `chat` or `sign_in`.
    pub kind: String,
    /// PKCE verifier.
    pub verifier: Option<SecretString>,
    /// The redirect address the provider was given.
    pub redirect_uri: String,
    /// Where the browser goes afterwards.
    pub return_to: Option<String>,
    /// The connection that is to be authorised again; `None`: a new one, or whichever has the account.
    pub connection_id: Option<ConnectionId>,
    /// What was asked for.
    pub scopes: Vec<String>,
    /// When it was started.
    pub created_at: Timestamp,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// An authorisation to start.
#[derive(Debug, Clone)]
pub struct NewFlow<'a> {
    /// SHA-256 of the state.
    pub state_hash: &'a [u8; 32],
    /// By whom.
    pub member_id: MemberId,
    /// Hash of the session or API key.
    pub session_binding: &'a [u8],
    /// SHA-256 of what the browser keeps in a cookie.
    pub browser_hash: &'a [u8; 32],
    /// The provider's key.
    pub provider: &'a str,
    /// `calendar`, `video`, `chat` or `sign_in`.
    pub kind: &'a str,
    /// PKCE verifier.
    pub verifier: Option<&'a SecretString>,
    /// The redirect address the provider is given.
    pub redirect_uri: &'a str,
    /// Where the browser goes afterwards.
    pub return_to: Option<&'a str>,
    /// The connection that is to be authorised again.
    pub connection_id: Option<ConnectionId>,
    /// What is asked for.
    pub scopes: &'a [String],
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

row! {
    struct Row of "oauth_flow" {
        id: OauthFlowId,
        workspace_id: WorkspaceId,
        member_id: MemberId,
        session_binding: Vec<u8>,
        browser_hash: Option<Vec<u8>>,
        provider: String,
        kind: String,
        verifier: Option<Vec<u8>>,
        redirect_uri: String,
        return_to: Option<String>,
        connection_id: Option<ConnectionId>,
        scopes: Vec<String>,
        created_at: Timestamp,
        expires_at: Timestamp,
    }
}

/// Starts an authorisation.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, new: &NewFlow<'_>) -> Result<OauthFlowId> {
    let (id, now): (OauthFlowId, _) = (tx.id(), tx.stamp().await?);
    let place = Place::new(ws, "oauth_flow", "verifier", id.as_uuid());
    let verifier = new
        .verifier
        .map(|secret| tx.keys().encrypt(&place, secret, tx.store.ids.as_ref()))
        .transpose()?;
    execute!(
        tx,
        "INSERT INTO oauth_flow (id, state_hash, workspace_id, member_id, session_binding, provider, kind, verifier, redirect_uri, return_to, scopes, created_at, expires_at, connection_id, browser_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        id,
        new.state_hash,
        ws,
        new.member_id,
        new.session_binding,
        new.provider,
        new.kind,
        verifier,
        new.redirect_uri,
        new.return_to,
        Json(new.scopes),
        now,
        new.expires_at,
        new.connection_id,
        new.browser_hash
    )?;
    Ok(id)
}

/// The flow with this state, without using it up; `None` when it was used, is over or never was.
pub async fn peek(tx: &mut Tx, state_hash: &[u8; 32]) -> Result<Option<Flow>> {
    let now = tx.now().await?;
    let row = fetch_optional!(
        tx,
        Row,
        "SELECT * FROM oauth_flow WHERE state_hash = $1 AND used_at IS NULL AND expires_at > $2",
        state_hash,
        now
    )?;
    row.map(|row| open(tx, row)).transpose()
}

/// Uses the flow with this state up and returns it; `None` when it was used, is over or never was. Of several concurrent
/// callers exactly one gets it.
pub async fn take(tx: &mut Tx, state_hash: &[u8; 32]) -> Result<Option<Flow>> {
    let now = tx.now().await?;
    let row = fetch_optional!(
        tx,
        Row,
        "UPDATE oauth_flow SET used_at = $2 WHERE state_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING *",
        state_hash,
        now
    )?;
    row.map(|row| open(tx, row)).transpose()
}

/// Forgets flows that ended a day ago; until then [`fate`] can tell what became of them.
pub async fn delete_expired(tx: &mut Tx) -> Result<u64> {
    let before = plus(tx.now().await?, SignedDuration::from_hours(-24));
    execute!(tx, "DELETE FROM oauth_flow WHERE expires_at <= $1", before)
}

fn open(tx: &Tx, row: Row) -> Result<Flow> {
    let place = Place::new(row.workspace_id, "oauth_flow", "verifier", row.id.as_uuid());
    let verifier = row.verifier.map(|value| tx.keys().decrypt(&place, &value));
    Ok(Flow {
        id: row.id,
        workspace_id: row.workspace_id,
        member_id: row.member_id,
        session_binding: row.session_binding,
        browser_hash: row.browser_hash,
        provider: row.provider,
        kind: row.kind,
        verifier: verifier.transpose()?,
        redirect_uri: row.redirect_uri,
        return_to: row.return_to,
        connection_id: row.connection_id,
        scopes: row.scopes,
        created_at: row.created_at,
        expires_at: row.expires_at,
    })
}

/// Why a flow cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was used.
    Used,
    /// Its time is over.
    Over,
    /// It never was, or was forgotten.
    Unknown,
}

/// What became of the flow with this state.
pub async fn fate(tx: &mut Tx, state_hash: &[u8; 32]) -> Result<Fate> {
    let row = fetch_optional!(
        tx,
        (bool,),
        "SELECT used_at IS NOT NULL FROM oauth_flow WHERE state_hash = $1",
        state_hash
    )?;
    Ok(match row {
        Some((true,)) => Fate::Used,
        Some((false,)) => Fate::Over,
        None => Fate::Unknown,
    })
}
