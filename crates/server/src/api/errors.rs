//! What the store's and the idempotency keys' failures look like from outside. Each resource maps its own errors beside its handlers.

use daybook_engine::accounts::{StoreError, once};
use http::StatusCode;

use crate::problem::Problem;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found("thing"),
            StoreError::Conflict { constraint } => {
                tracing::info!(%constraint, "a request clashed with something that exists");
                Self::conflict(
                    "conflict",
                    "This clashes with something that exists already.",
                )
            }
            StoreError::Reference => Self::unprocessable(
                "reference",
                "Something this refers to is not there, or is still referred to. Nothing was changed.",
            ),
            StoreError::Unavailable(_) | StoreError::Locked => {
                tracing::warn!(%error, "the database did not answer a request");
                Self::unavailable("The database is out of reach at the moment. Try again shortly.")
            }
            StoreError::Full | StoreError::ReadOnly => {
                tracing::error!(%error, "the database takes no writes");
                let detail = "The server cannot store anything at the moment; nothing was changed. Its operator has to act.";
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "storage_unavailable",
                    detail,
                )
                .with_retry_after(60)
            }
            other => {
                tracing::error!(error = %other, "a request failed in the database");
                Self::internal()
            }
        }
    }
}

impl From<once::Error> for Problem {
    fn from(error: once::Error) -> Self {
        match error {
            once::Error::Reused => Self::unprocessable(
                "idempotency_key_reuse",
                "This Idempotency-Key was used for another request. Use a fresh key for each new request.",
            ),
            once::Error::InProgress => Self::conflict(
                "idempotency_in_progress",
                "The first request with this Idempotency-Key is still running. Ask again in a moment.",
            )
            .with_retry_after(1),
            once::Error::Store(error) => error.into(),
        }
    }
}
