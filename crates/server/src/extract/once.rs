//! `Idempotency-Key`: a POST that creates may be sent again without creating again (SPEC §2, R7).

use axum::body::Bytes;
use axum::extract::{FromRequest, MatchedPath, Request};
use axum::response::{IntoResponse, Response};
use daybook_engine::accounts::once::{self, Answer, Key, Once, Outcome, Render};
use daybook_engine::{Context, Principal};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::json::{Json, parse, read};
use crate::problem::Problem;

/// The body of a POST that creates, and its idempotency key.
pub struct Creating<T> {
    /// The parsed body.
    pub body: T,
    /// The key, if the client sent one.
    pub key: OnceKey,
}

/// As [`Creating`], where the body may be missing altogether.
pub struct CreatingOptional<T> {
    /// The parsed body.
    pub body: T,
    /// The key, if the client sent one.
    pub key: OnceKey,
}

/// An idempotency key, if there is one.
pub struct OnceKey(Option<Key>);

impl OnceKey {
    /// What the use case needs to do its work once; `render` makes the answer that is kept.
    pub fn once<'a, T>(&'a self, render: &'a Render<T>) -> Once<'a, T> {
        Once::new(self.0.as_ref(), render)
    }
}

impl OnceKey {
    /// The key itself, for use cases that are told apart by it.
    #[must_use]
    pub const fn key(&self) -> Option<&Key> {
        self.0.as_ref()
    }

    /// What was answered to this key before, for work that is idempotent by nature.
    ///
    /// # Errors
    /// 422 when the key was used with another body.
    pub async fn earlier(
        &self,
        cx: &Context,
        who: &Principal,
    ) -> Result<Option<Response>, Problem> {
        let Some(key) = &self.0 else {
            return Ok(None);
        };
        let earlier = once::earlier(cx, who, key).await?;
        Ok(earlier.map(respond))
    }

    /// Answers 200 with this body, and keeps the answer for [`OnceKey::earlier`].
    ///
    /// # Errors
    /// As [`OnceKey::respond`].
    pub async fn done<B: Serialize>(
        &self,
        cx: &Context,
        who: &Principal,
        body: &B,
    ) -> Result<Response, Problem> {
        self.made(cx, who, body, false).await
    }

    /// Answers 201 with what was made, or 200 with what was there already, and keeps the answer for [`OnceKey::earlier`].
    ///
    /// # Errors
    /// As [`OnceKey::respond`].
    pub async fn made<B: Serialize>(
        &self,
        cx: &Context,
        who: &Principal,
        body: &B,
        created: bool,
    ) -> Result<Response, Problem> {
        let status = if created { 201 } else { 200 };
        let body = serde_json::to_value(body).unwrap_or_default();
        self.respond(cx, who, Answer { status, body }).await
    }

    /// Answers, and keeps the answer for [`OnceKey::earlier`].
    ///
    /// # Errors
    /// When the database cannot be written; the work is done all the same and may be asked for again.
    pub async fn respond(
        &self,
        cx: &Context,
        who: &Principal,
        answer: Answer,
    ) -> Result<Response, Problem> {
        if let Some(key) = &self.0 {
            once::keep(cx, who, key, &answer).await?;
        }
        Ok(respond(answer))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Creating<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (key, is_json, bytes) = keyed(request).await?;
        let body = parse(is_json, &bytes)?;
        Ok(Self { body, key })
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for CreatingOptional<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (key, is_json, bytes) = keyed(request).await?;
        let body = if bytes.iter().all(u8::is_ascii_whitespace) {
            T::default()
        } else {
            parse(is_json, &bytes)?
        };
        Ok(Self { body, key })
    }
}

/// The key of a request, whether its body says that it is JSON, and the body.
async fn keyed(request: Request) -> Result<(OnceKey, bool, Bytes), Problem> {
    let name = name(request.headers())?;
    let path = request.extensions().get::<MatchedPath>();
    let route = format!(
        "{} {}",
        request.method(),
        path.map_or("", MatchedPath::as_str)
    );
    let target = request.uri().path().to_owned();
    let (is_json, bytes) = read(request).await?;
    let key = name.map(|name| Key {
        route,
        name,
        body_hash: mark(&target, &bytes),
    });
    Ok((OnceKey(key), is_json, bytes))
}

/// What makes two requests the same: the thing in the address, and the body.
fn mark(target: &str, body: &[u8]) -> [u8; 32] {
    let target = Sha256::digest(target);
    Sha256::new()
        .chain_update(target)
        .chain_update(body)
        .finalize()
        .into()
}

fn name(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let name = value.to_str().unwrap_or_default().trim();
    if name.is_empty() || name.len() > 255 {
        let detail = "The Idempotency-Key header must have 1 to 255 visible ASCII characters.";
        return Err(Problem::malformed("malformed_idempotency_key", detail));
    }
    Ok(Some(name.to_owned()))
}

/// The answer `201` with this body.
pub fn created<B: Serialize>(body: &B) -> Answer {
    Answer {
        status: 201,
        body: serde_json::to_value(body).unwrap_or_default(),
    }
}

/// Answers with what was made now, or with what was answered the first time.
pub fn answer<T>(outcome: Outcome<T>, render: impl Fn(&T) -> Answer) -> Response {
    let answer = match outcome {
        Outcome::Fresh(made) => render(&made),
        Outcome::Replayed(answer) => answer,
    };
    respond(answer)
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    (status, Json(answer.body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_body_for_another_thing_is_another_request() {
        assert_eq!(mark("/a/1", b"{}"), mark("/a/1", b"{}"));
        assert_ne!(mark("/a/1", b"{}"), mark("/a/2", b"{}"));
        assert_ne!(mark("/a/1", b"{}"), mark("/a/1", b"{ }"));
    }
}
