//! To the sign-in service.

use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};

use daybook_store::sign_in_flows::{self, NewSignInFlow};

use super::{Error, MINUTES, client, proof_of};
use crate::Context;
use crate::accounts::token;
use crate::connections::return_to;

/// A sign-in that begins.
#[derive(Debug, Default)]
pub struct Start {
    /// Where the browser goes afterwards.
    pub return_to: Option<String>,
    /// The secret of an invitation that is to be accepted.
    pub invitation: Option<SecretString>,
}

/// What the browser gets.
#[derive(Debug)]
pub struct Started {
    /// Where it goes.
    pub url: String,
    /// What it keeps in a cookie until it is back.
    pub browser: SecretString,
}

/// Begins a sign-in.
///
/// # Errors
/// See [`Error`].
pub async fn start(cx: &Context, ask: Start) -> Result<Started, Error> {
    let client = client(cx)?;
    let return_to = match &ask.return_to {
        Some(address) => {
            Some(return_to::check(&cx.settings, address).map_err(|_| Error::InvalidReturnTo)?)
        }
        None => None,
    };
    let issuer = client.discover(&cx.egress).await?;
    let (state, browser) = (token::fresh(&*cx.ids), token::fresh(&*cx.ids));
    let invitation = ask.invitation.as_ref().map(token::hash);
    let mut tx = cx.store.write().await?;
    let now = tx.now().await?;
    let flow = NewSignInFlow {
        state_hash: &token::hash(&state),
        browser_hash: &token::hash(&browser),
        invitation_hash: invitation.as_ref(),
        return_to: return_to.as_deref(),
        expires_at: now
            .saturating_add(SignedDuration::from_mins(MINUTES))
            .unwrap_or(now),
    };
    sign_in_flows::create(&mut tx, &flow).await?;
    tx.commit().await?;
    let url = client.authorization_url(&issuer, state.expose_secret(), &proof_of(&browser));
    Ok(Started {
        url: url.into(),
        browser,
    })
}
