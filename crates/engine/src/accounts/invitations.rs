//! Invitations: a link for one e-mail address. Accepting never touches an account that exists (RELIABILITY §2, A1).

use daybook_domain::InvitationId;
use daybook_domain::account::{EmailAddress, Role};
use daybook_store::{Error as StoreError, Tx, invitations, members, sessions, users, workspaces};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::once::{self, Once, Outcome};
use super::password;
use super::principal::Principal;
use super::sessions::{SignedIn, begin};
use super::token;
use crate::Context;
use crate::mail::letters;

pub use daybook_store::invitations::Invitation;

/// How long a link works.
pub const VALID: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct Create {
    /// Who; nobody else can accept.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
}

/// An invitation that was just made.
#[derive(Debug)]
pub struct Created {
    /// The invitation.
    pub invitation: Invitation,
    /// The link to send, shown this once.
    pub url: SecretString,
    /// Whether it is on its way to the invited person by e-mail.
    pub emailed: bool,
}

/// What somebody without an account chooses.
#[derive(Debug, Default)]
pub struct Accept {
    /// Their name; by default the part of their address before the `@`.
    pub name: Option<String>,
    /// Their password.
    pub password: Option<SecretString>,
    /// The browser.
    pub user_agent: Option<String>,
}

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Only owners invite owners.
    #[error("only owners may invite owners")]
    AboveYou,
    /// The link is over, was used, or was withdrawn.
    #[error("this invitation is no longer valid; ask for a new one")]
    Over,
    /// There is an account with the address.
    #[error(
        "there is an account with the invited address: sign in to it, then open the link again"
    )]
    SignInFirst,
    /// The caller is signed in as somebody else.
    #[error(
        "this invitation is for another e-mail address than yours: sign out, then open the link again"
    )]
    ForSomebodyElse,
    /// They are in already.
    #[error("already a member of this workspace")]
    AlreadyMember,
    /// A new account needs a password.
    #[error("choose a password for your new account")]
    PasswordNeeded,
    /// The password is not accepted.
    #[error(transparent)]
    Password(#[from] password::Error),
    /// The idempotency key.
    #[error(transparent)]
    Once(#[from] once::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Invites somebody.
///
/// # Errors
/// See [`Error`].
pub async fn create(
    cx: &Context,
    who: &Principal,
    cmd: Create,
    once: &Once<'_, Created>,
) -> Result<Outcome<Created>, Error> {
    if cmd.role > who.role {
        return Err(Error::AboveYou);
    }
    let mut tx = cx.store.write().await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    if is_member(&mut tx, who, &cmd.email).await? {
        return Err(Error::AlreadyMember);
    }
    let token = token::fresh(&*cx.ids);
    let now = tx.now().await?;
    let new = invitations::NewInvitation {
        email: &cmd.email,
        role: cmd.role,
        token_hash: &token::hash(&token),
        invited_by: who.member_id,
        expires_at: now.saturating_add(VALID).unwrap_or(now),
    };
    let invitation = invitations::create(&mut tx, who.workspace_id, &new).await?;
    let url = link(cx, &token);
    let emailed = mail(cx, &mut tx, who, (&invitation, &cmd.email, &url)).await?;
    let created = Created {
        invitation,
        url,
        emailed,
    };
    once.finish(&mut tx, who, &created).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(created))
}

/// Puts the link into the outbox, where mail is configured.
async fn mail(
    cx: &Context,
    tx: &mut Tx,
    who: &Principal,
    (invitation, to, url): (&Invitation, &EmailAddress, &SecretString),
) -> Result<bool, StoreError> {
    let by = sessions::principal(tx, who.workspace_id, who.member_id).await?;
    let by = by.ok_or(StoreError::NotFound)?;
    let workspace = workspaces::get(tx, who.workspace_id).await?;
    let it = letters::Invited {
        id: invitation.id,
        to,
        by: &by.user.name,
        by_member: who.member_id,
        workspace: &workspace.name,
        url,
    };
    letters::invitation(cx, tx, who.workspace_id, &it).await
}

/// The workspace's open invitations, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn list(
    cx: &Context,
    who: &Principal,
    after: Option<(Timestamp, InvitationId)>,
    limit: u32,
) -> Result<Vec<Invitation>, StoreError> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    invitations::list(&mut tx, who.workspace_id, after, i64::from(limit)).await
}

/// One invitation.
///
/// # Errors
/// [`StoreError::NotFound`]; others when the store fails.
pub async fn get(
    cx: &Context,
    who: &Principal,
    id: InvitationId,
) -> Result<Invitation, StoreError> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    invitations::get(&mut tx, who.workspace_id, id).await
}

/// Withdraws an invitation.
///
/// # Errors
/// [`StoreError::NotFound`]; others when the store fails.
pub async fn withdraw(cx: &Context, who: &Principal, id: InvitationId) -> Result<(), StoreError> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    invitations::delete(&mut tx, who.workspace_id, id).await?;
    tx.commit().await
}

/// Accepts an invitation. Somebody with an account must be signed in to it; somebody without chooses a password.
///
/// # Errors
/// See [`Error`].
pub async fn accept(
    cx: &Context,
    secret: &SecretString,
    who: Option<&Principal>,
    cmd: Accept,
) -> Result<SignedIn, Error> {
    let mut tx = cx.store.read().await?;
    let invitation = valid(&mut tx, secret).await?;
    let email: EmailAddress = invitation.email.parse().map_err(|_| Error::Over)?;
    let existing = users::by_email(&mut tx, &email).await?;
    drop(tx);
    let hash = match (&existing, who) {
        (Some(user), Some(who)) if who.user_id == user.id => None,
        (_, Some(_)) => return Err(Error::ForSomebodyElse),
        (Some(_), None) => return Err(Error::SignInFirst),
        (None, None) => Some(new_password(cx, &email, cmd.password.as_ref()).await?),
    };
    let mut tx = cx.store.write().await?;
    let invitation = valid(&mut tx, secret).await?;
    let user = match (existing, hash) {
        (Some(user), _) => user,
        (None, hash) => new_user(&mut tx, &email, cmd.name.as_deref(), hash.as_ref()).await?,
    };
    let member =
        match members::create(&mut tx, invitation.workspace_id, user.id, invitation.role).await {
            Err(StoreError::Conflict { .. }) => return Err(Error::AlreadyMember),
            other => other?,
        };
    if !invitations::accept(&mut tx, invitation.workspace_id, invitation.id).await? {
        return Err(Error::Over);
    }
    let found = sessions::principal(&mut tx, member.workspace_id, member.id).await?;
    let found = found.ok_or(StoreError::NotFound)?;
    let signed_in = begin(cx, &mut tx, &found, cmd.user_agent.as_deref()).await?;
    tx.commit().await?;
    Ok(signed_in)
}

async fn valid(tx: &mut Tx, secret: &SecretString) -> Result<Invitation, Error> {
    invitations::by_token_hash(tx, &token::hash(secret))
        .await?
        .ok_or(Error::Over)
}

async fn new_password(
    cx: &Context,
    email: &EmailAddress,
    password: Option<&SecretString>,
) -> Result<SecretString, Error> {
    let password = password.ok_or(Error::PasswordNeeded)?;
    password::check(password, email.as_str())?;
    Ok(password::hash(&*cx.ids, password).await?)
}

/// Adds the person. An account that appeared meanwhile is not touched.
async fn new_user(
    tx: &mut Tx,
    email: &EmailAddress,
    name: Option<&str>,
    hash: Option<&SecretString>,
) -> Result<users::User, Error> {
    let local = email.as_str().split('@').next().unwrap_or_default();
    let new = users::NewUser {
        email,
        name: name.unwrap_or(local),
        password_hash: hash,
        time_zone: "UTC",
        locale: "en",
    };
    match users::create(tx, &new).await {
        Err(StoreError::Conflict { .. }) => Err(Error::SignInFirst),
        other => Ok(other?),
    }
}

async fn is_member(tx: &mut Tx, who: &Principal, email: &EmailAddress) -> Result<bool, StoreError> {
    let Some(user) = users::by_email(tx, email).await? else {
        return Ok(false);
    };
    let memberships = members::of_user(tx, user.id).await?;
    Ok(memberships
        .iter()
        .any(|m| m.workspace_id == who.workspace_id))
}

/// The page of the dashboard that accepts an invitation.
fn link(cx: &Context, token: &SecretString) -> SecretString {
    let path = format!("/invitations/{}", token.expose_secret());
    SecretString::from(cx.settings.page(&path))
}
