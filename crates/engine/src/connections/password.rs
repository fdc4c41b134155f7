//! Connects an account with a user name and a password: CalDAV servers, and Apple as a preset of them.

use daybook_domain::connection::ErrorKind;
use daybook_provider_api::manifest::Auth;
use daybook_provider_api::{self as provider, Credential, Session};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::Error;
use super::establish::{self, Connected, Established, Secrets};
use crate::{Context, Principal};

/// What the person typed.
pub struct Connect {
    /// The provider's key: `caldav` or `apple`.
    pub provider: String,
    /// Server address, domain or e-mail address. Not needed where the server is always the same.
    pub url: Option<String>,
    /// User name.
    pub username: String,
    /// Password.
    pub password: SecretString,
}

/// Checks the credentials at the server, finds the calendars, and stores the connection.
///
/// # Errors
/// [`Error::CredentialsRefused`], [`Error::NotCaldav`], [`Error::InvalidUrl`], [`Error::TargetNotAllowed`], or the provider's failure.
pub async fn connect(cx: &Context, who: &Principal, ask: Connect) -> Result<Connected, Error> {
    let entry = cx
        .registry
        .get(&ask.provider)
        .ok_or(Error::UnknownProvider)?;
    let Auth::Password(manifest) = &entry.provider.manifest().auth else {
        return Err(Error::OtherWay {
            provider: ask.provider,
            instead: "OAuth, not with a password",
        });
    };
    let own = cx.settings.server_urls.get(&ask.provider);
    let address = address(own.map(String::as_str).or(manifest.server_url), &ask)?;
    let credential = Credential::Basic {
        username: ask.username.clone(),
        password: ask.password.clone(),
    };
    let account = format!("{}@{address}", ask.username);
    let session = Session::new(
        &cx.egress,
        &ask.provider,
        account.clone(),
        address,
        None,
        credential.clone(),
    );
    let identity = entry.provider.identify(&session).await.map_err(explain)?;
    let home = identity
        .api_url
        .clone()
        .unwrap_or_else(|| session.api_url.clone());
    let session = Session::new(&cx.egress, &ask.provider, account, home, None, credential);
    let calendars = establish::list_calendars(entry.provider.as_ref(), &session).await?;
    let found = Established {
        provider: ask.provider,
        identity,
        username: Some(ask.username),
        secrets: Secrets::Password(ask.password),
        scopes: Vec::new(),
        missing: Vec::new(),
        calendars,
        installation: None,
    };
    establish::establish(cx, who, found).await
}

/// A web address from what was typed: an address, a domain, or an e-mail address (RFC 6764 §6).
fn address(fixed: Option<&str>, ask: &Connect) -> Result<String, Error> {
    if let Some(fixed) = fixed {
        return Ok(fixed.to_owned());
    }
    let typed = ask
        .url
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty() && text.len() <= 2048)
        .ok_or(Error::InvalidUrl)?;
    if typed.chars().any(|c| c.is_control() || c.is_whitespace())
        || ask.password.expose_secret().is_empty()
    {
        return Err(Error::InvalidUrl);
    }
    let text = match (typed.contains("://"), typed.rsplit_once('@')) {
        (true, _) => typed.to_owned(),
        (false, Some((_, domain))) => format!("https://{domain}/"),
        (false, None) => format!("https://{typed}"),
    };
    let mut url = Url::parse(&text).map_err(|_| Error::InvalidUrl)?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none();
    if !plain {
        return Err(Error::InvalidUrl);
    }
    url.set_fragment(None);
    Ok(url.into())
}

/// What a failed discovery means to the person at the form.
fn explain(error: provider::Error) -> Error {
    match error.kind {
        ErrorKind::Auth => Error::CredentialsRefused,
        ErrorKind::Blocked => Error::TargetNotAllowed,
        ErrorKind::Unsupported | ErrorKind::NotFound | ErrorKind::Gone | ErrorKind::Malformed => {
            Error::NotCaldav
        }
        _ => Error::Provider(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(url: &str) -> Result<String, Error> {
        let ask = Connect {
            provider: "caldav".into(),
            url: Some(url.into()),
            username: "ada".into(),
            password: SecretString::from("x"),
        };
        address(None, &ask)
    }

    #[test]
    fn domains_and_addresses_become_web_addresses() {
        assert_eq!(
            typed("https://dav.example/cal/").unwrap(),
            "https://dav.example/cal/"
        );
        assert_eq!(typed("dav.example").unwrap(), "https://dav.example/");
        assert_eq!(
            typed(" dav.example:8443/x ").unwrap(),
            "https://dav.example:8443/x"
        );
        assert_eq!(typed("ada@dav.example").unwrap(), "https://dav.example/");
        assert_eq!(
            typed("http://127.0.0.1:5232").unwrap(),
            "http://127.0.0.1:5232/"
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            " ",
            "ftp://x",
            "https://",
            "https://u:p@dav.example",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://a b",
            "https://exa\nmple",
        ] {
            assert!(matches!(typed(bad), Err(Error::InvalidUrl)), "{bad}");
        }
    }
}
