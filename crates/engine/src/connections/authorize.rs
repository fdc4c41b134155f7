//! Starts an authorisation: remembers who asks, and answers where the browser goes.

use daybook_domain::ConnectionId;
use daybook_provider_api::manifest::Auth;
use daybook_provider_api::oauth::{self, Authorization, Pkce};
use daybook_provider_api::registry::Configured;
use daybook_store as store;
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use store::oauth_flows::NewFlow;

use super::{Error, return_to};
use crate::{Context, Principal};

/// How long a started authorisation can be completed.
pub const FLOW_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Where people land when they did not say.
pub const DEFAULT_RETURN: &str = "/integrations/callback";

/// What is asked.
#[derive(Debug, Clone)]
pub struct Authorize {
    /// The provider's key.
    pub provider: String,
    /// What it will be used for: `calendar`, `video` or `chat`.
    pub kind: String,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// The connection to authorise again: another account is refused then.
    pub connection: Option<ConnectionId>,
    /// What the browser's cookie holds from an authorisation that is still under way, so that several can be.
    pub browser: Option<SecretString>,
}

/// What the browser needs.
#[derive(Debug, Clone)]
pub struct Started {
    /// The provider's consent page.
    pub authorization_url: String,
    /// The state in it.
    pub state: String,
    /// What the browser keeps in a cookie until it is back.
    pub browser: SecretString,
}

/// Starts an authorisation at `ask.provider` for `who`.
///
/// # Errors
/// [`Error::UnknownProvider`], [`Error::NotConfigured`], [`Error::NotManager`], [`Error::NotReady`], [`Error::OtherWay`],
/// [`Error::InvalidReturnTo`].
pub async fn authorize(cx: &Context, who: &Principal, ask: Authorize) -> Result<Started, Error> {
    let entry = cx
        .registry
        .get(&ask.provider)
        .ok_or(Error::UnknownProvider)?;
    let Auth::Oauth(manifest) = &entry.provider.manifest().auth else {
        return Err(Error::OtherWay {
            provider: ask.provider,
            instead: "a user name and an app password, not with OAuth",
        });
    };
    let Some(client) = entry.client.as_ref().filter(|_| entry.missing.is_empty()) else {
        return Err(Error::NotConfigured {
            provider: ask.provider,
            missing: entry.missing.clone(),
        });
    };
    usable(entry, who)?;
    let return_to = ask.return_to.as_deref().unwrap_or(DEFAULT_RETURN);
    let return_to = return_to::check(&cx.settings, return_to)?;
    let ids = cx.ids.as_ref();
    let (state, pkce) = (oauth::new_state(ids), Pkce::new(ids));
    let browser = ask.browser.filter(is_ours);
    let browser = browser.unwrap_or_else(|| SecretString::from(oauth::new_state(ids)));
    let scopes = oauth::all_scopes(manifest);
    let request = Authorization {
        state: &state,
        challenge: &pkce.challenge,
        scopes: &scopes,
        login_hint: None,
    };
    let url = oauth::authorization_request(client, manifest, &request)?;
    if let Some(id) = ask.connection {
        super::list::get(cx, who, id).await?;
    }
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let now = tx.now().await?;
    let scopes: Vec<String> = scopes.into_iter().map(str::to_owned).collect();
    let flow = NewFlow {
        state_hash: &oauth::state_hash(&state),
        member_id: who.member_id,
        session_binding: &who.binding(),
        browser_hash: &oauth::state_hash(browser.expose_secret()),
        provider: &ask.provider,
        kind: &ask.kind,
        verifier: Some(&pkce.verifier),
        redirect_uri: &client.redirect_uri,
        return_to: Some(&return_to),
        connection_id: ask.connection,
        scopes: &scopes,
        expires_at: now.saturating_add(FLOW_LIFE).unwrap_or(now),
    };
    store::oauth_flows::create(&mut tx, who.workspace_id, &flow).await?;
    tx.commit().await?;
    Ok(Started {
        authorization_url: url.into(),
        state,
        browser,
    })
}

/// Whether a cookie's value has the form of those made here: 43 characters of base64url.
fn is_ours(value: &SecretString) -> bool {
    let value = value.expose_secret();
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    value.len() == 43 && value.bytes().all(known)
}

/// Whether `who` may connect the provider, and this version can do anything with it.
fn usable(entry: &Configured, who: &Principal) -> Result<(), Error> {
    if entry.provider.chat().is_some() && !who.sees_everything() {
        return Err(Error::NotManager);
    }
    if !entry.available() {
        return Err(Error::NotReady {
            provider: entry.provider.manifest().name,
        });
    }
    Ok(())
}
