//! Ids in paths.

use std::str::FromStr;

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use crate::problem::Problem;

/// The one id in the path. Anything that is not a UUID is answered with 400 `malformed_id`, before any work is done.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

/// The two ids (or names) in the path.
#[derive(Debug, Clone, Copy)]
pub struct Id2<A, B>(pub A, pub B);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Path(text) = parts
            .extract::<Path<String>>()
            .await
            .map_err(|_| malformed())?;
        text.parse().map(Id).map_err(|_| malformed())
    }
}

impl<S: Send + Sync, A: FromStr, B: FromStr> FromRequestParts<S> for Id2<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Path((first, second)) = parts
            .extract::<Path<(String, String)>>()
            .await
            .map_err(|_| malformed())?;
        Ok(Self(
            first.parse().map_err(|_| malformed())?,
            second.parse().map_err(|_| malformed())?,
        ))
    }
}

fn malformed() -> Problem {
    Problem::malformed(
        "malformed_id",
        "The id in the address is not one: ids are UUIDs such as 01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012.",
    )
}
