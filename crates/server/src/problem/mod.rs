//! The one error answer: RFC 9457 problem details with a stable `code`, and nothing of our insides (SPEC §2).

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

/// Where the problem types are described; `type` is this plus the code.
const TYPES: &str = "https://daybook.example/problems/";

/// What went wrong, for people (`detail`) and programs (`code`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// One thing that is wrong with the request's body or query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where: a JSON pointer into the body (RFC 6901), or `?name` for a query parameter.
    pub pointer: String,
    /// What is wrong, and what is expected.
    pub detail: String,
}

/// A problem as it goes over the wire.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Identifies the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable, for programs.
    pub code: String,
    /// What happened, what Daybook did, and what to do next.
    pub detail: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// Names this request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    /// A problem with this status, stable code and explanation.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// 400.
    pub fn malformed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401, with the challenge RFC 9110 §11.6.1 asks for.
    pub fn unauthenticated(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail).with_header(
            WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"daybook\""),
        )
    }

    /// 403.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404 for a thing that is not there, or belongs to somebody else: the answer is the same.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("There is no such {what} here."),
        )
    }

    /// 409.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422 about several fields, or none in particular.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", one.pointer, one.detail),
            several => format!("{} fields of the request are not valid.", several.len()),
        };
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation", detail);
        problem.errors = errors;
        problem
    }

    /// 422 about one field.
    pub fn invalid_field(pointer: &str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError {
            pointer: pointer.to_owned(),
            detail: detail.into(),
        }])
    }

    /// 422 with a code of its own.
    pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 429.
    #[must_use]
    pub fn too_many(retry_after_seconds: u64, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
            .with_retry_after(retry_after_seconds)
    }

    /// 502.
    pub fn provider(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, code, detail)
    }

    /// 503.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).with_retry_after(5)
    }

    /// 500. The cause goes to the log, never to the client.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side; nothing was changed. If it happens again, give the request id to whoever runs this server.",
        )
    }

    /// The same problem about one field of the body.
    #[must_use]
    pub fn at(mut self, pointer: &str) -> Self {
        let detail = self.detail.clone();
        self.errors.push(FieldError {
            pointer: pointer.to_owned(),
            detail,
        });
        self
    }

    /// The same problem with a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same problem with `Retry-After`.
    #[must_use]
    pub fn with_retry_after(self, seconds: u64) -> Self {
        self.with_header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The body, also for problems inside other answers.
    #[must_use]
    pub fn body(&self, request_id: Option<String>) -> ProblemBody {
        ProblemBody {
            kind: format!("{TYPES}{}", self.code),
            title: title(self.code),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.clone(),
            errors: self.errors.clone(),
            request_id,
        }
    }

    /// The response, with the request's id once that is known.
    pub(crate) fn respond(self, request_id: Option<String>) -> Response {
        let bytes = serde_json::to_vec(&self.body(request_id)).unwrap_or_default();
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = self.status;
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        for (name, value) in &self.headers {
            response.headers_mut().insert(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.respond(None)
    }
}

/// `slot_taken` → `Slot taken`.
fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Puts the request's id into a problem that was answered without one; other responses pass.
pub(crate) fn with_request_id(mut response: Response, request_id: &str) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let allow = response.headers().get(ALLOW).cloned();
    let mut named = problem.respond(Some(request_id.to_owned()));
    for (name, value) in response.headers() {
        if !named.headers().contains_key(name) && name != http::header::CONTENT_LENGTH {
            named.headers_mut().append(name, value.clone());
        }
    }
    if let Some(allow) = allow {
        named.headers_mut().insert(ALLOW, allow);
    }
    named
}

/// Collects what is wrong with a body, so that a person hears it all at once.
#[derive(Debug, Default)]
pub struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    /// Nothing wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that the field at `pointer` is wrong.
    pub fn wrong(&mut self, pointer: &str, detail: impl Into<String>) {
        self.errors.push(FieldError {
            pointer: pointer.to_owned(),
            detail: detail.into(),
        });
    }

    /// Parses a text into a value that exists only valid.
    pub fn parse<T>(&mut self, pointer: &str, text: &str) -> Option<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        text.parse()
            .map_err(|error: T::Err| self.wrong(pointer, error.to_string()))
            .ok()
    }

    /// As [`Check::parse`], for a field that may be absent.
    pub fn parse_opt<T>(&mut self, pointer: &str, text: Option<&str>) -> Option<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        text.and_then(|text| self.parse(pointer, text))
    }

    /// A trimmed text of 1 to `max` characters without control characters.
    pub fn line(&mut self, pointer: &str, text: &str, max: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.wrong(pointer, "must not be empty");
        } else if text.chars().count() > max {
            self.wrong(pointer, format!("must have at most {max} characters"));
        } else if text.chars().any(char::is_control) {
            self.wrong(pointer, "must not contain control characters");
        }
        text.to_owned()
    }

    /// A text of at most `max` characters; line breaks and tabs are fine.
    pub fn text(&mut self, pointer: &str, text: &str, max: usize) -> String {
        if text.chars().count() > max {
            self.wrong(pointer, format!("must have at most {max} characters"));
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            self.wrong(pointer, "must not contain control characters");
        }
        text.to_owned()
    }

    /// A number within bounds.
    pub fn within<N>(&mut self, pointer: &str, number: N, bounds: std::ops::RangeInclusive<N>) -> N
    where
        N: PartialOrd + std::fmt::Display + Copy,
    {
        if !bounds.contains(&number) {
            self.wrong(
                pointer,
                format!("must be between {} and {}", bounds.start(), bounds.end()),
            );
        }
        number
    }

    /// A value that [`Check::parse`] returned.
    ///
    /// # Errors
    /// 422 `validation` with everything that was noted so far, when there is no value.
    pub fn required<T>(&mut self, value: Option<T>) -> Result<T, Problem> {
        value.ok_or_else(|| Problem::invalid(std::mem::take(&mut self.errors)))
    }

    /// Ends the check.
    ///
    /// # Errors
    /// 422 `validation` with everything that was noted.
    pub fn done(self) -> Result<(), Problem> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.errors))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_as_a_title() {
        assert_eq!(title("slot_taken"), "Slot taken");
        assert_eq!(title(""), "");
    }

    #[test]
    fn one_wrong_field_is_named_in_the_detail() {
        let mut check = Check::new();
        check.line("/name", " ", 10);
        let problem = check.done().unwrap_err();
        assert_eq!(problem.body(None).detail, "/name: must not be empty");
        assert_eq!(problem.status(), 422);
    }

    #[test]
    fn headers_of_a_problem_survive_the_request_id() {
        let response = Problem::too_many(7, "Slow down.").into_response();
        let response = with_request_id(response, "r1");
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    }
}
