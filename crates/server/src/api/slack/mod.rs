//! Slack (SPEC §2.7): what Slack posts to us, and what members set for themselves.

pub mod body;
pub mod input;
pub mod manage;
pub mod signed;

use daybook_engine::slack::Error;
use http::StatusCode;

use super::connections::sentence;
use crate::problem::Problem;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = sentence(&error.to_string());
        match error {
            Error::NotConfigured(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "provider_not_configured",
                text,
            ),
            Error::Malformed => Self::malformed("malformed_payload", text),
            Error::NotInstalled => Self::conflict("slack_not_installed", text),
            Error::LinkUnusable => Self::new(StatusCode::GONE, "link_unusable", text),
            Error::Invalid { pointer, detail } => Self::invalid_field(pointer, detail),
            Error::Time(error) => error.into(),
            Error::Once(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}
