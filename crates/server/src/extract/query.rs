//! Query strings. Repeated keys become lists; unknown keys are refused like unknown fields.

use axum::extract::FromRequestParts;
use daybook_domain::InvalidId;
use http::request::Parts;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::IntoParams;

use super::Json;
use super::json::humane;
use crate::cursor::{self, List};
use crate::problem::{FieldError, Problem};

/// A parsed query string.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum_extra::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|query| Self(query.0))
            .map_err(|error| refuse(&error_text(&error)))
    }
}

/// The innermost message of an error.
fn error_text(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn refuse(message: &str) -> Problem {
    let name = message.split('`').nth(1).unwrap_or_default();
    let (pointer, detail) = if message.starts_with("unknown field") {
        (
            format!("?{name}"),
            "is not a parameter of this request".to_owned(),
        )
    } else if message.starts_with("missing field") {
        (format!("?{name}"), "is required".to_owned())
    } else {
        match message.split_once(": ") {
            Some((name, why)) if !name.contains(' ') => {
                (format!("?{name}"), humane(why).to_owned())
            }
            _ => ("?".to_owned(), message.to_owned()),
        }
    };
    Problem::invalid(vec![FieldError { pointer, detail }])
}

/// Yes or no in a query string: `true`, `false`, `1` or `0`. For `#[serde(default, deserialize_with = "switch")]` on a `bool`
/// or an `Option<bool>`.
///
/// # Errors
/// For any other value.
pub fn switch<'de, D: Deserializer<'de>, T: From<bool>>(value: D) -> Result<T, D::Error> {
    match String::deserialize(value)?.as_str() {
        "true" | "1" => Ok(true.into()),
        "false" | "0" => Ok(false.into()),
        _ => Err(D::Error::custom("must be true, false, 1 or 0")),
    }
}

/// `?limit=` and `?cursor=`, for lists without filters.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

impl Paging {
    /// The page asked for.
    ///
    /// # Errors
    /// Those of [`Page::new`].
    pub fn page<K: DeserializeOwned + Serialize>(&self) -> Result<Page<K>, Problem> {
        Page::new(self.limit, self.cursor.as_deref())
    }
}

/// Where a list goes on, and how long a page is.
#[derive(Debug, Clone)]
pub struct Page<K> {
    /// The key of the last row of the previous page.
    pub after: Option<K>,
    limit: u32,
}

impl<K: DeserializeOwned + Serialize> Page<K> {
    /// From `?limit=` and `?cursor=`.
    ///
    /// # Errors
    /// 400 `invalid_cursor`; 422 when the limit is out of bounds.
    pub fn new(limit: Option<u32>, cursor: Option<&str>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(Problem::invalid_field(
                "?limit",
                "must be between 1 and 200",
            ));
        }
        let after = cursor.map(cursor::decode).transpose()?;
        Ok(Self { after, limit })
    }

    /// How many rows a page has.
    #[must_use]
    pub const fn size(&self) -> u32 {
        self.limit
    }

    /// How many rows to fetch: one more than a page, to know whether another follows.
    #[must_use]
    pub const fn fetch(&self) -> u32 {
        self.limit + 1
    }

    /// The page as it goes over the wire, from [`Page::fetch`] rows.
    pub fn list<R, B>(
        &self,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        body: impl Fn(R) -> B,
    ) -> Json<List<B>> {
        let size = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(key);
        Json(List::page(
            rows.into_iter().map(body).collect(),
            next.as_ref(),
        ))
    }
}

impl From<InvalidId> for Problem {
    fn from(error: InvalidId) -> Self {
        Self::malformed("malformed_id", error.to_string())
    }
}
