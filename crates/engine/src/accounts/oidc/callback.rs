//! Back from the sign-in service: is it the same browser, who is it, and may they come in?

use daybook_domain::account::EmailAddress;
use daybook_provider_api::oidc::Identity;
use daybook_store::sign_in_flows::SignInFlow;
use daybook_store::{
    Error as StoreError, Tx, identities, invitations, members, sessions, sign_in_flows, users,
};
use secrecy::SecretString;
use subtle::ConstantTimeEq;

use super::{Error, client, proof_of};
use crate::Context;
use crate::accounts::login::enter;
use crate::accounts::sessions::{SignedIn, begin};
use crate::accounts::token;

/// What the browser brings back.
#[derive(Debug, Default)]
pub struct Callback {
    /// From its cookie.
    pub browser: Option<SecretString>,
    /// The state.
    pub state: Option<String>,
    /// The code.
    pub code: Option<String>,
    /// Or why there is none.
    pub error: Option<String>,
    /// Who answers (RFC 9207).
    pub issuer: Option<String>,
    /// What the browser is.
    pub user_agent: Option<String>,
}

/// Somebody is signed in.
pub struct Completed {
    /// Their session.
    pub signed_in: SignedIn,
    /// Where the browser goes.
    pub return_to: Option<String>,
}

/// Nobody is.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub error: Error,
    /// Where the browser was to go.
    pub return_to: Option<String>,
}

/// Ends a sign-in.
///
/// # Errors
/// See [`Error`]; with where the browser was to go, if that is known.
pub async fn complete(cx: &Context, callback: Callback) -> Result<Completed, Failed> {
    let flow = take(cx, &callback).await.map_err(|error| Failed {
        error,
        return_to: None,
    })?;
    let return_to = flow.return_to.clone();
    match finish(cx, callback, flow).await {
        Ok(signed_in) => Ok(Completed {
            signed_in,
            return_to,
        }),
        Err(error) => Err(Failed { error, return_to }),
    }
}

/// The flow, if it was begun in this browser. A state is used up by whoever brings it.
async fn take(cx: &Context, callback: &Callback) -> Result<SignInFlow, Error> {
    client(cx)?;
    let state = callback.state.as_ref().ok_or(Error::State)?;
    let state = token::hash(&SecretString::from(state.as_str()));
    let mut tx = cx.store.write().await?;
    let flow = sign_in_flows::take(&mut tx, &state).await?;
    tx.commit().await?;
    let flow = flow.ok_or(Error::State)?;
    let browser = callback.browser.as_ref().ok_or(Error::State)?;
    let same = bool::from(flow.browser_hash.ct_eq(&token::hash(browser)));
    if same { Ok(flow) } else { Err(Error::State) }
}

async fn finish(cx: &Context, callback: Callback, flow: SignInFlow) -> Result<SignedIn, Error> {
    let client = client(cx)?;
    let (Some(code), None) = (&callback.code, &callback.error) else {
        return Err(Error::Denied);
    };
    let issuer = client.discover(&cx.egress).await?;
    let named = callback.issuer.as_deref();
    if named.is_some_and(|named| named != client.issuer) || (named.is_none() && issuer.names_itself)
    {
        return Err(Error::WrongIssuer);
    }
    let browser = callback.browser.as_ref().ok_or(Error::State)?;
    let proof = proof_of(browser);
    let identity = client.identify(&cx.egress, &issuer, code, &proof).await?;
    let mut tx = cx.store.write().await?;
    let found = admit(&mut tx, &client.issuer, &identity, &flow).await?;
    let signed_in = begin(cx, &mut tx, &found, callback.user_agent.as_deref()).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Who comes in: by subject; the first time by verified address; without an account, by an invitation to that address.
async fn admit(
    tx: &mut Tx,
    issuer: &str,
    identity: &Identity,
    flow: &SignInFlow,
) -> Result<sessions::Principal, Error> {
    let known = identities::user_of(tx, issuer, &identity.subject).await?;
    let invitation = invitation(tx, flow).await?;
    let (user, fresh) = match known {
        Some(user) => (Some(user), false),
        None => {
            let email = verified(identity)?;
            (users::by_email(tx, &email).await?, true)
        }
    };
    if user.as_ref().is_some_and(|user| user.disabled_at.is_some()) {
        return Err(Error::NoAccount);
    }
    let user = match (user, &invitation) {
        (Some(user), _) => user,
        (None, Some(invitation)) => {
            let email = verified(identity)?;
            if invitation.email != email.as_str() {
                return Err(Error::ForSomebodyElse);
            }
            newcomer(tx, &email, identity).await?
        }
        (None, None) => return Err(Error::NoAccount),
    };
    if fresh {
        match identities::link(tx, issuer, &identity.subject, user.id).await {
            Err(StoreError::Conflict { .. }) => return Err(Error::OtherIdentity),
            other => other?,
        }
    }
    match invitation {
        Some(invitation) => join(tx, &user, &invitation).await,
        None => enter(tx, user.id, None).await.map_err(|error| match error {
            crate::accounts::login::Error::Store(error) => Error::Store(error),
            _ => Error::NoAccount,
        }),
    }
}

/// The address, if the service has verified that it is theirs.
fn verified(identity: &Identity) -> Result<EmailAddress, Error> {
    let email = identity
        .email
        .as_deref()
        .filter(|_| identity.email_verified);
    email
        .and_then(|email| email.parse().ok())
        .ok_or(Error::EmailNotVerified)
}

async fn invitation(
    tx: &mut Tx,
    flow: &SignInFlow,
) -> Result<Option<invitations::Invitation>, Error> {
    let Some(hash) = &flow.invitation_hash else {
        return Ok(None);
    };
    let hash: [u8; 32] = hash
        .as_slice()
        .try_into()
        .map_err(|_| Error::InvitationOver)?;
    let found = invitations::by_token_hash(tx, &hash).await?;
    found.map(Some).ok_or(Error::InvitationOver)
}

/// Somebody new: without a password, they come in by the service.
async fn newcomer(
    tx: &mut Tx,
    email: &EmailAddress,
    identity: &Identity,
) -> Result<users::User, Error> {
    let local = email.as_str().split('@').next().unwrap_or_default();
    let new = users::NewUser {
        email,
        name: identity.name.as_deref().unwrap_or(local),
        password_hash: None,
        time_zone: "UTC",
        locale: "en",
    };
    Ok(users::create(tx, &new).await?)
}

/// Accepts the invitation for the person it is for.
async fn join(
    tx: &mut Tx,
    user: &users::User,
    invitation: &invitations::Invitation,
) -> Result<sessions::Principal, Error> {
    if invitation.email != user.email {
        return Err(Error::ForSomebodyElse);
    }
    let workspace = invitation.workspace_id;
    let member = match members::create(tx, workspace, user.id, invitation.role).await {
        Err(StoreError::Conflict { .. }) => return Err(Error::InvitationOver),
        other => other?,
    };
    if !invitations::accept(tx, workspace, invitation.id).await? {
        return Err(Error::InvitationOver);
    }
    let found = sessions::principal(tx, workspace, member.id).await?;
    found.ok_or(Error::NoAccount)
}
