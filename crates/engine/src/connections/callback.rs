//! Completes an authorisation: checks that it is the same person in the same session, and only then exchanges the code.

use std::collections::BTreeSet;

use daybook_domain::connection::ErrorKind;
use daybook_provider_api::chat::Installation;
use daybook_provider_api::manifest::{Auth, Oauth};
use daybook_provider_api::oauth::{self, TokenSet};
use daybook_provider_api::registry::{Configured, Identity};
use daybook_provider_api::{self as provider, Credential, Session};
use daybook_store as store;
use secrecy::{ExposeSecret, SecretString};
use store::oauth_flows::{Fate, Flow};
use subtle::ConstantTimeEq;
use url::{Origin, Url};

use super::establish::{self, Connected, Established};
use super::{Error, vault};
use crate::{Context, Principal};

/// What came back from the provider.
#[derive(Debug, Clone, Default)]
pub struct Callback {
    /// The provider's key, from the path or body.
    pub provider: String,
    /// The authorization code.
    pub code: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// An error instead of a code.
    pub error: Option<String>,
    /// The provider's words about it, read for its error numbers only.
    pub description: Option<String>,
    /// Who says so (RFC 9207), where the provider does.
    pub issuer: Option<String>,
    /// What the browser's cookie holds. Programs have none: the session or key that started it is compared in any case.
    pub browser: Option<SecretString>,
}

/// A completed authorisation.
#[derive(Debug, Clone)]
pub struct Completed {
    /// What is connected now.
    pub connected: Connected,
    /// Where the browser goes.
    pub return_to: String,
}

/// Why it failed, and where the browser goes nevertheless, when the flow was the asker's own.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub error: Error,
    /// Where to.
    pub return_to: Option<String>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self {
            error,
            return_to: None,
        }
    }
}

/// Completes the authorisation that `callback.state` names, for `who` (nobody, when no session or key was sent).
///
/// The order of checks is contracts/oauth-security §3: state, person and session, single use, error, and only then the code.
///
/// # Errors
/// [`Failed`] with every reason of [`Error`]; no token endpoint was called unless the reason is the provider's.
pub async fn complete(
    cx: &Context,
    who: Option<&Principal>,
    callback: Callback,
) -> Result<Completed, Failed> {
    let state = callback
        .state
        .as_deref()
        .filter(|state| state.len() <= 512)
        .ok_or(Error::InvalidState)?;
    let flow = take(cx, who, state, &callback).await?;
    let return_to = flow.return_to.clone();
    finish(cx, who, flow, callback)
        .await
        .map_err(|error| Failed { error, return_to })
}

async fn finish(
    cx: &Context,
    who: Option<&Principal>,
    flow: Flow,
    callback: Callback,
) -> Result<Completed, Error> {
    let who = who.ok_or(Error::StateForeign)?;
    let issuer = callback.issuer.clone();
    let entry = cx
        .registry
        .get(&flow.provider)
        .ok_or(Error::UnknownProvider)?;
    let Auth::Oauth(manifest) = &entry.provider.manifest().auth else {
        return Err(Error::UnknownProvider);
    };
    let code = code_of(callback, manifest)?;
    let client = vault::client(cx, &flow.provider).ok_or_else(|| Error::NotConfigured {
        provider: flow.provider.clone(),
        missing: entry.missing.clone(),
    })?;
    check_issuer(issuer.as_deref(), &client.endpoints.authorize_url, manifest)?;
    let verifier = flow.verifier.clone().unwrap_or_default();
    let tokens = client
        .exchange(&code, &verifier)
        .await
        .map_err(refused_code)?;
    let scopes = check_scopes(manifest, &tokens, &flow)?;
    let (api_url, userinfo) = (
        client.endpoints.api_url.clone(),
        Some(client.endpoints.userinfo_url.clone()),
    );
    let session = Session::new(
        &cx.egress,
        &flow.provider,
        flow.id.to_string(),
        api_url,
        userinfo,
        Credential::Bearer(tokens.access.clone()),
    );
    let identity: Identity = entry.provider.identify(&session).await?;
    check_account(cx, &flow, &identity).await?;
    let calendars = establish::list_calendars(entry.provider.as_ref(), &session).await?;
    let installation = installation(entry, &tokens)?;
    let established = Established {
        provider: flow.provider.clone(),
        identity,
        username: None,
        secrets: establish::Secrets::Tokens(tokens),
        missing: oauth::missing_scopes(manifest, &scopes)
            .iter()
            .map(|missing| missing.scope.to_owned())
            .collect(),
        scopes: scopes.into_iter().collect(),
        calendars,
        installation,
    };
    let connected = establish::establish(cx, who, established).await?;
    Ok(Completed {
        connected,
        return_to: flow
            .return_to
            .unwrap_or_else(|| super::authorize::DEFAULT_RETURN.to_owned()),
    })
}

/// Where the app was installed, at chat providers.
fn installation(entry: &Configured, tokens: &TokenSet) -> Result<Option<Installation>, Error> {
    let Some(chat) = entry.provider.chat() else {
        return Ok(None);
    };
    let found = chat.installation(&tokens.about);
    found.map(Some).ok_or(Error::CodeRefused)
}

/// The code, unless the provider sent an error in its place.
fn code_of(callback: Callback, manifest: &Oauth) -> Result<String, Error> {
    if let Some(error) = explained(&callback, manifest) {
        return Err(error);
    }
    match callback.error.as_deref() {
        None => callback
            .code
            .filter(|code| !code.is_empty() && code.len() <= 4096)
            .ok_or(Error::CodeRefused),
        Some("access_denied" | "user_denied" | "consent_required") => Err(Error::AccessDenied),
        Some(other) => Err(Error::ProviderError(printable(other))),
    }
}

/// What the provider's own number in an error's description means, where its manifest knows: that an administrator must
/// approve first, for one.
fn explained(callback: &Callback, manifest: &Oauth) -> Option<Error> {
    callback.error.as_ref()?;
    let number = oauth::number_in(callback.description.as_deref()?)?;
    let known = manifest.dialect.error_code(number)?;
    let told = format!("The provider {}.", known.what);
    Some(provider::Error::new(known.kind, told).into())
}

/// An issuer that is named must be the authorization server that was asked (RFC 9207 §2.4), so that a code of another one is
/// never handed to it. Issuers differ in their paths, by tenant for one, so origins are compared.
fn check_issuer(issuer: Option<&str>, asked: &str, manifest: &Oauth) -> Result<(), Error> {
    let Some(issuer) = issuer else {
        return Ok(());
    };
    let origin = |text: &str| Url::parse(text).ok().map(|url| url.origin());
    let named = origin(issuer).filter(Origin::is_tuple);
    let known = [origin(asked), origin(manifest.authorize_url)];
    if named.is_some() && known.contains(&named) {
        Ok(())
    } else {
        Err(Error::WrongIssuer)
    }
}

/// Takes the flow out of circulation, if it is this person's, in this session, at this provider. A stranger's attempt leaves
/// it as it was.
async fn take(
    cx: &Context,
    who: Option<&Principal>,
    state: &str,
    callback: &Callback,
) -> Result<Flow, Error> {
    let mut tx = cx.store.write().await?;
    let hash = oauth::state_hash(state);
    let Some(flow) = store::oauth_flows::take(&mut tx, &hash).await? else {
        return Err(match store::oauth_flows::fate(&mut tx, &hash).await? {
            Fate::Used => Error::StateUsed,
            Fate::Over => Error::StateExpired,
            Fate::Unknown => Error::InvalidState,
        });
    };
    let own = who.is_some_and(|who| {
        who.workspace_id == flow.workspace_id
            && who.member_id == flow.member_id
            && who.binding() == flow.session_binding
    });
    if !own || !same_browser(&flow, callback.browser.as_ref()) {
        return Err(Error::StateForeign);
    }
    if flow.provider != callback.provider {
        return Err(Error::InvalidState);
    }
    tx.commit().await?;
    Ok(flow)
}

/// Whether a cookie, where there is one, is that of the browser that started the flow.
fn same_browser(flow: &Flow, cookie: Option<&SecretString>) -> bool {
    let (Some(known), Some(cookie)) = (&flow.browser_hash, cookie) else {
        return true;
    };
    let given = oauth::state_hash(cookie.expose_secret());
    given.as_slice().ct_eq(known).into()
}

/// Reconnecting a connection takes its account and no other.
async fn check_account(cx: &Context, flow: &Flow, identity: &Identity) -> Result<(), Error> {
    let Some(id) = flow.connection_id else {
        return Ok(());
    };
    let mut tx = cx.store.read_in(flow.workspace_id).await?;
    let connection = store::connections::get(&mut tx, flow.workspace_id, id).await?;
    if connection.subject == identity.subject && connection.member_id == flow.member_id {
        Ok(())
    } else {
        Err(Error::WrongAccount)
    }
}

fn refused_code(error: daybook_provider_api::Error) -> Error {
    if error.kind == ErrorKind::Auth {
        Error::CodeRefused
    } else {
        Error::Provider(error)
    }
}

/// What was granted; refused when something is missing that nothing works without.
fn check_scopes(
    manifest: &Oauth,
    tokens: &TokenSet,
    flow: &Flow,
) -> Result<BTreeSet<String>, Error> {
    let granted = tokens
        .scopes
        .clone()
        .unwrap_or_else(|| flow.scopes.iter().cloned().collect());
    let missing: Vec<String> = oauth::missing_scopes(manifest, &granted)
        .into_iter()
        .filter(|scope| scope.required)
        .map(|scope| scope.scope.to_owned())
        .collect();
    if missing.is_empty() {
        Ok(granted)
    } else {
        Err(Error::ScopesMissing(missing))
    }
}

/// A provider's error code, as far as it can be shown: letters, digits and a few marks, at most 64.
fn printable(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c))
        .take(64)
        .collect()
}

#[cfg(test)]
mod tests {
    use daybook_provider_api::manifest::{ClientAuth, Dialect, ErrorCode};

    use super::*;

    #[test]
    fn a_providers_number_says_what_to_do() {
        let oauth = Oauth {
            authorize_url: "",
            token_url: "",
            revoke_url: None,
            userinfo_url: "",
            api_url: "",
            pkce: true,
            scopes: &[],
            authorize_params: &[],
            client_auth: ClientAuth::Form,
            revoke_ends_whole_grant: false,
            dialect: Dialect {
                error_codes: &[ErrorCode {
                    number: 90094,
                    kind: ErrorKind::Scope,
                    what: "wants an administrator. Ask your administrator",
                }],
                ..Dialect::STANDARD
            },
        };
        let refused = |description: Option<&str>| {
            let callback = Callback {
                error: Some("access_denied".to_owned()),
                description: description.map(str::to_owned),
                ..Callback::default()
            };
            code_of(callback, &oauth)
                .err()
                .map(|error| error.to_string())
        };
        let told = refused(Some(
            "AADSTS90094: <b>The grant requires admin permission.</b>",
        ))
        .unwrap();
        assert!(told.contains("Ask your administrator") && !told.contains('<'));
        let plain = Error::AccessDenied.to_string();
        assert_eq!(refused(Some("AADSTS1: unknown")), Some(plain.clone()));
        assert_eq!(refused(None), Some(plain));
    }
}
