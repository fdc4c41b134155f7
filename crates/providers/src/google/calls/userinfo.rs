//! Who the account is: OIDC userinfo, or the older `oauth2/v2/userinfo` (contracts/google §2).

use daybook_provider_api::registry::Identity;
use daybook_provider_api::{Result, Session};
use serde::Deserialize;

use super::super::errors;

/// `GET` userinfo.
pub(in super::super) struct Userinfo;

#[derive(Deserialize)]
struct Answer {
    /// OIDC.
    sub: Option<String>,
    /// The v2 API's name for the same value.
    id: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

impl Userinfo {
    /// Sends it.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Identity> {
        let url = session.userinfo_url.as_deref().unwrap_or_default();
        let body = super::send(session, super::get(url, &[], &[])?).await?;
        parse(&body)
    }
}

fn parse(body: &[u8]) -> Result<Identity> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| errors::malformed())?;
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let subject = filled(answer.sub)
        .or(filled(answer.id))
        .ok_or_else(errors::malformed)?;
    Ok(Identity {
        subject,
        email: filled(answer.email).map(|email| email.to_lowercase()),
        name: filled(answer.name),
        api_url: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_and_never_the_address_as_key() {
        let oidc = br#"{"sub":"1077","email":"Ada@Example.com","email_verified":true,"name":"Ada","hd":"example.com"}"#;
        let identity = parse(oidc).unwrap();
        assert_eq!(
            (identity.subject.as_str(), identity.email.as_deref()),
            ("1077", Some("ada@example.com"))
        );
        assert_eq!(parse(br#"{"id":"1077","name":""}"#).unwrap().name, None);
        for bad in [
            &br#"{"email":"ada@example.com"}"#[..],
            br#"{"sub":""}"#,
            b"[]",
            b"",
        ] {
            assert!(parse(bad).is_err());
        }
    }
}
