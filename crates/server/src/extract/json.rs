//! JSON bodies: bounded in size and depth, and refused in words that point at the field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use daybook_domain::nul;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use crate::problem::Problem;

/// Largest JSON body, in bytes (RELIABILITY §8).
const MAX_BYTES: usize = 256 * 1024;
/// Deepest nesting of a JSON body.
const MAX_DEPTH: usize = 64;

/// A JSON body, in or out.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// A JSON body that may be missing altogether.
#[derive(Debug, Clone, Copy)]
pub struct OptionalJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (is_json, bytes) = read(request).await?;
        parse(is_json, &bytes).map(Json)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (is_json, bytes) = read(request).await?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(T::default()));
        }
        parse(is_json, &bytes).map(OptionalJson)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// For fields of a PATCH that can be cleared: absent → `None`, `null` → `Some(None)`, a value → `Some(Some(value))`.
///
/// # Errors
/// Those of `T`.
pub fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// The whole body, and whether its type says JSON.
pub(super) async fn read(request: Request) -> Result<(bool, Bytes), Problem> {
    let is_json = is_json(&request);
    let body = Limited::new(request.into_body(), MAX_BYTES);
    match body.collect().await {
        Ok(body) => Ok((is_json, body.to_bytes())),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("The body is larger than {MAX_BYTES} bytes."),
        )),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_incomplete",
            "The body did not arrive completely and in time. Send the request again.",
        )),
    }
}

/// Parses a body that [`read`] returned.
pub(super) fn parse<T: DeserializeOwned>(is_json: bool, bytes: &[u8]) -> Result<T, Problem> {
    if !is_json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body must be JSON, sent with Content-Type: application/json.",
        ));
    }
    if depth(bytes) > MAX_DEPTH {
        let detail = format!("The JSON is nested deeper than {MAX_DEPTH} levels.");
        return Err(Problem::malformed("too_deep", detail));
    }
    if nul::find_escape(bytes, 0).is_some() {
        let detail =
            "A text in the body holds the character U+0000, which cannot be stored. Leave it out.";
        return Err(Problem::malformed("nul_character", detail));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| refuse(&pointer(error.path()), error.inner()))?;
    deserializer.end().map_err(|error| refuse("", &error))?;
    Ok(value)
}

fn is_json(request: &Request) -> bool {
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let kind = kind.to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// The deepest nesting of brackets outside strings.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// RFC 6901.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}

/// Turns serde's message into one for people, without names of our types.
fn refuse(at: &str, error: &serde_json::Error) -> Problem {
    let message = error.to_string();
    if !error.is_data() {
        let place = format!("line {}, column {}", error.line(), error.column());
        return Problem::malformed(
            "malformed_json",
            format!("The body is not valid JSON ({place})."),
        );
    }
    let message = message.split(" at line ").next().unwrap_or_default();
    let quoted = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("missing field") {
        Problem::invalid_field(&format!("{at}/{quoted}"), "is required")
    } else if message.starts_with("duplicate field") {
        Problem::invalid_field(&format!("{at}/{quoted}"), "is given twice")
    } else if message.starts_with("unknown field") {
        let pointer = if at.ends_with(&format!("/{quoted}")) {
            at.to_owned()
        } else {
            format!("{at}/{quoted}")
        };
        Problem::invalid_field(&pointer, "is not a field of this request")
    } else if let Some((_, expected)) = message.split_once(", expected ") {
        let expected = if expected.starts_with("struct ") {
            "an object"
        } else {
            expected
        };
        Problem::invalid_field(at, format!("must be {}", plain(expected)))
    } else {
        Problem::invalid_field(at, humane(message))
    }
}

/// What parsers of single values say, in words for people.
pub(super) fn humane(message: &str) -> &str {
    let begins = |start: &str| message.starts_with(start);
    if begins("UUID parsing failed") {
        "must be a UUID such as 01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012"
    } else if begins("invalid digit") || begins("number too") || begins("cannot parse integer") {
        "must be a whole number"
    } else if begins("provided string was not `true`") {
        "must be true or false"
    } else if begins("unknown field") {
        "is not a parameter of this request"
    } else if begins("unsupported value") {
        "is given more than once"
    } else if message.contains("timestamp") || begins("failed to parse") {
        "must be an instant such as 2026-12-01T09:00:00Z"
    } else {
        message
    }
}

/// Names of JSON things for names of Rust ones.
fn plain(expected: &str) -> &str {
    match expected {
        "i64" | "i32" | "u32" | "u64" | "i16" | "u16" | "u8" | "usize" => "a whole number",
        "f64" => "a number",
        "bool" => "true or false",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its parsing is looked at")]
    struct Body {
        name: String,
        items: Vec<Item>,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its parsing is looked at")]
    struct Item {
        count: i64,
    }

    fn refused(body: &str) -> (u16, String, String) {
        let problem = parse::<Body>(true, body.as_bytes()).unwrap_err();
        let body = problem.body(None);
        let field = body.errors.into_iter().next();
        let (pointer, detail) = field.map_or_else(Default::default, |f| (f.pointer, f.detail));
        (body.status, pointer, detail)
    }

    #[test]
    fn errors_point_at_the_field() {
        let cases = [
            (r#"{"items":[]}"#, "/name", "is required"),
            (
                r#"{"name":"x","items":[{"count":"1"}]}"#,
                "/items/0/count",
                "must be a whole number",
            ),
            (
                r#"{"name":"x","items":[{}]}"#,
                "/items/0/count",
                "is required",
            ),
            (
                r#"{"name":"x","items":[],"role":1}"#,
                "/role",
                "is not a field of this request",
            ),
            (
                r#"{"name":"x","items":[{"count":1,"x":2}]}"#,
                "/items/0/x",
                "is not a field of this request",
            ),
            (r#""text""#, "", "must be an object"),
        ];
        for (body, pointer, detail) in cases {
            assert_eq!(
                refused(body),
                (422, pointer.to_owned(), detail.to_owned()),
                "{body}"
            );
        }
    }

    #[test]
    fn broken_and_deep_json_is_malformed() {
        for body in ["", "{", "nul", "\u{feff}{}", &"[".repeat(100_000)] {
            assert_eq!(refused(body).0, 400, "{}", &body[..body.len().min(9)]);
        }
        assert_eq!(depth(br#"{"a":"[[[\"[["}"#), 1);
    }
}
