//! The issuer's discovery document (OpenID Connect Discovery 1.0 §3–4).

use serde_json::Value;
use url::Url;

use super::operator;
use crate::Result;

/// Where an issuer is reached.
#[derive(Debug, Clone)]
pub struct Issuer {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    /// Whether the client's secret travels in the form, where the issuer takes no Basic authentication.
    pub(super) secret_in_form: bool,
    /// Whether authorization answers carry `iss` (RFC 9207); then one without it is refused.
    pub names_itself: bool,
}

impl Issuer {
    /// The document, if it is the expected issuer's (§4.3: the identifier must be exactly the same).
    pub(super) fn read(document: &Value, expected: &str) -> Result<Self> {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        if text("issuer") != Some(expected) {
            return Err(operator(
                "what answers at OIDC_ISSUER_URL calls itself otherwise; the setting must be written exactly as the issuer writes it, also a slash at the end",
            ));
        }
        let url = |name: &str| {
            let url = text(name).and_then(|text| Url::parse(text).ok());
            url.filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
        };
        let needed = |name: &str| {
            url(name).ok_or_else(|| operator(&format!("its discovery document lacks {name}")))
        };
        let methods = document
            .get("token_endpoint_auth_methods_supported")
            .and_then(Value::as_array);
        let takes = |method: &str| {
            methods.is_some_and(|methods| methods.iter().any(|one| one.as_str() == Some(method)))
        };
        Ok(Self {
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            jwks_uri: needed("jwks_uri")?,
            userinfo_endpoint: url("userinfo_endpoint"),
            secret_in_form: takes("client_secret_post") && !takes("client_secret_basic"),
            names_itself: document
                .get("authorization_response_iss_parameter_supported")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        })
    }
}
