//! Dashboard sessions: a random token in a cookie, its hash in the store (RELIABILITY §8).

use daybook_domain::account::{Role, Scope};
use daybook_domain::{ApiKeyId, SessionId};
use daybook_store::members::Membership;
use daybook_store::users::User;
use daybook_store::workspaces::Workspace;
use daybook_store::{Error, Tx, api_keys, members, sessions};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::principal::{Principal, Via};
use super::token;
use crate::Context;

/// A session ends after this long without a request.
pub const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// A plain member's session ends after this long in any case.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// An owner's or admin's session ends after this long in any case.
pub const LONGEST_ADMIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Uses are noted at most this often, so that reading does not turn into writing.
pub(super) const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// A session that has just begun.
#[derive(Debug)]
pub struct SignedIn {
    /// Goes into the cookie, and nowhere else.
    pub token: SecretString,
    /// Who signed in.
    pub view: View,
}

/// Who is signed in, where, and what they may do.
#[derive(Debug, Clone)]
pub struct View {
    /// The person.
    pub user: User,
    /// As which member, in which role.
    pub who: Principal,
    /// Where.
    pub workspace: Workspace,
    /// Where else they could be.
    pub workspaces: Vec<Membership>,
    /// When the session or key ends; `None`: never.
    pub expires_at: Option<Timestamp>,
}

/// Whom a session token belongs to; `None` when it is not, or no longer, valid.
///
/// # Errors
/// When the store fails.
pub async fn authenticate(cx: &Context, token: &SecretString) -> Result<Option<Principal>, Error> {
    let mut tx = cx.store.read().await?;
    let now = tx.now().await?;
    let Some((session, found)) = sessions::by_token_hash(&mut tx, &token::hash(token)).await?
    else {
        return Ok(None);
    };
    drop(tx);
    let unused = now.duration_since(session.last_seen_at);
    if unused > IDLE {
        return Ok(None);
    }
    if unused > NOTED_EVERY {
        let mut tx = cx.store.write().await?;
        sessions::touch(&mut tx, session.id).await?;
        tx.commit().await?;
    }
    Ok(Some(principal(
        &found,
        Scope::ALL.to_vec(),
        Via::Session(session.id),
    )))
}

/// Everything about the caller's session or key.
///
/// # Errors
/// [`Error::NotFound`] when the member is gone; others when the store fails.
pub async fn view(cx: &Context, who: &Principal) -> Result<View, Error> {
    let mut tx = cx.store.read().await?;
    view_in(&mut tx, who, None).await
}

/// Ends the caller's session. Nothing happens for an API key.
///
/// # Errors
/// When the store fails.
pub async fn logout(cx: &Context, who: &Principal) -> Result<(), Error> {
    let Via::Session(id) = who.via else {
        return Ok(());
    };
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    sessions::delete(&mut tx, id).await?;
    tx.commit().await
}

/// Begins a session of somebody who has just proved who they are.
pub(super) async fn begin(
    cx: &Context,
    tx: &mut Tx,
    found: &sessions::Principal,
    user_agent: Option<&str>,
) -> Result<SignedIn, Error> {
    let token = token::fresh(&*cx.ids);
    let longest = if found.member.role >= Role::Admin {
        LONGEST_ADMIN
    } else {
        LONGEST
    };
    let now = tx.now().await?;
    let new = sessions::NewSession {
        token_hash: &token::hash(&token),
        user_id: found.user.id,
        workspace_id: found.workspace.id,
        member_id: found.member.id,
        expires_at: now.saturating_add(longest).unwrap_or(now),
        user_agent,
    };
    let session = sessions::create(tx, &new).await?;
    let who = principal(found, Scope::ALL.to_vec(), Via::Session(session.id));
    let view = view_in(tx, &who, Some(session.expires_at)).await?;
    Ok(SignedIn { token, view })
}

/// The principal behind rows of the store.
pub(super) fn principal(found: &sessions::Principal, scopes: Vec<Scope>, via: Via) -> Principal {
    Principal {
        workspace_id: found.workspace.id,
        user_id: found.user.id,
        member_id: found.member.id,
        role: found.member.role,
        scopes,
        via,
    }
}

async fn view_in(tx: &mut Tx, who: &Principal, ends: Option<Timestamp>) -> Result<View, Error> {
    let found = sessions::principal(tx, who.workspace_id, who.member_id)
        .await?
        .ok_or(Error::NotFound)?;
    let workspaces = members::of_user(tx, who.user_id).await?;
    let expires_at = match (ends, who.via) {
        (Some(at), _) => Some(at),
        (None, Via::Session(id)) => session_end(tx, id).await?,
        (None, Via::ApiKey(id)) => key_end(tx, who, id).await?,
        (None, Via::Operator) => None,
    };
    Ok(View {
        user: found.user,
        who: who.clone(),
        workspace: found.workspace,
        workspaces,
        expires_at,
    })
}

async fn session_end(tx: &mut Tx, id: SessionId) -> Result<Option<Timestamp>, Error> {
    Ok(sessions::get(tx, id)
        .await?
        .map(|session| session.expires_at))
}

async fn key_end(tx: &mut Tx, who: &Principal, id: ApiKeyId) -> Result<Option<Timestamp>, Error> {
    Ok(api_keys::get(tx, who.workspace_id, id).await?.expires_at)
}
