//! Providers, and the accounts connected at them (SPEC §2.2).

pub mod body;
pub mod by_password;
pub mod input;
pub mod manage;
pub mod oauth;
pub mod providers;

use daybook_engine::connections::Error;
use daybook_engine::provider;
use http::{HeaderValue, StatusCode};

use crate::problem::Problem;

/// What the provider's failure looks like from outside: the sentence and our own kind, never its body.
pub(in crate::api) fn provider_problem(error: &provider::Error) -> Problem {
    use daybook_domain::connection::ErrorKind;
    let detail = error.message.clone();
    match error.kind {
        ErrorKind::Unavailable | ErrorKind::Malformed => {
            Problem::provider("provider_unreachable", detail)
        }
        ErrorKind::Blocked => Problem::unprocessable("target_not_allowed", detail),
        ErrorKind::RateLimited => {
            let wait = match error.retry {
                provider::Retry::After(wait) => wait.as_secs().max(1),
                _ => 60,
            };
            let problem = Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "provider_rate_limited",
                detail,
            );
            problem.with_header(http::header::RETRY_AFTER, HeaderValue::from(wait))
        }
        ErrorKind::Auth => Problem::conflict("needs_reauth", detail),
        _ => Problem::provider("provider_refused", detail),
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = sentence(&error.to_string());
        match error {
            Error::UnknownProvider => Self::new(StatusCode::NOT_FOUND, "unknown_provider", text),
            Error::NotConfigured { .. } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "provider_not_configured",
                text,
            ),
            Error::NotManager => Self::forbidden("forbidden", text),
            Error::NotReady { .. } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "provider_not_ready", text)
            }
            Error::OtherWay { .. } => Self::unprocessable("other_way", text),
            Error::InvalidReturnTo => Self::unprocessable("invalid_return_to", text),
            Error::InvalidState => Self::malformed("invalid_state", text),
            Error::StateUsed => Self::malformed("state_used", text),
            Error::StateExpired => Self::malformed("state_expired", text),
            Error::StateForeign => Self::forbidden("state_foreign", text),
            Error::WrongIssuer => Self::malformed("wrong_issuer", text),
            Error::AccessDenied => Self::malformed("access_denied", text),
            Error::ProviderError(_) | Error::CodeRefused => {
                Self::provider("provider_refused", text)
            }
            Error::ScopesMissing(_) => Self::unprocessable("scopes_missing", text),
            Error::WrongAccount => Self::conflict("wrong_account", text),
            Error::CredentialsRefused => Self::unprocessable("credentials_refused", text),
            Error::NotCaldav => Self::unprocessable("not_caldav", text),
            Error::InvalidUrl => Self::invalid_field("/url", text),
            Error::TargetNotAllowed => Self::unprocessable("target_not_allowed", text),
            Error::NeedsReauth => Self::conflict("needs_reauth", text),
            Error::Disconnected => Self::conflict("disconnected", text),
            Error::Interrupted => Self::unavailable(text),
            Error::Provider(error) => provider_problem(&error),
            Error::Store(error) => error.into(),
        }
    }
}

/// Engine errors are clauses; answers are sentences.
pub(in crate::api) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut sentence: String = letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    });
    if !sentence.ends_with(['.', '?', '!', ')']) {
        sentence.push('.');
    }
    sentence
}
