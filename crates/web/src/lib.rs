//! The dashboard, embedded, and the server-rendered public pages.
//!
//! Everything the browser loads that is not the API comes from here, so that the rules about caching, sniffing and
//! what a page may load are in one place. A path that is neither a file nor the API is a page of the dashboard: it
//! gets `index.html`, and the dashboard's own router decides.

mod notice;

use std::borrow::Cow;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What a page of the dashboard may load. Scripts are strict; styles are not, because the component kit writes
/// `<style>` elements at run time.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";

#[derive(RustEmbed)]
#[folder = "$DAYBOOK_WEB_EMBED"]
struct Dist;

/// A router whose fallback serves the dashboard; merge or nest it last.
///
/// Compression is left to the caller's layer: entity tags are weak for that reason.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().fallback(handle)
}

/// The axum handler behind [`router`], for callers that set their own fallback.
pub async fn handle(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            [(header::ALLOW, "GET, HEAD")],
        )
            .into_response();
    }
    serve(uri.path(), &headers).map(Body::from)
}

/// Answers one GET for `path` (as in the request line, with its leading slash).
///
/// 200 with the file or the dashboard's page, 304 when the caller's copy is current, 404 for a missing file and for
/// everything under `/api/`.
#[must_use]
pub fn serve(path: &str, headers: &HeaderMap) -> http::Response<Cow<'static, [u8]>> {
    let name = path.trim_start_matches('/');
    if name == "api" || name.starts_with("api/") {
        return api_not_found();
    }
    if let Some(file) = Dist::get(name).filter(|_| !name.is_empty()) {
        return embedded(name, file, headers);
    }
    if name == "public.css" {
        return notice::stylesheet(headers);
    }
    if looks_like_file(name) {
        return with_headers(
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            REVALIDATE,
            Cow::Borrowed(b"not found"),
        );
    }
    match Dist::get("index.html") {
        Some(file) => embedded("index.html", file, headers),
        None => notice::page(),
    }
}

/// Whether this binary carries the dashboard (false: the notice page is served instead).
#[must_use]
pub fn has_dashboard() -> bool {
    Dist::get("index.html").is_some()
}

fn embedded(
    name: &str,
    file: EmbeddedFile,
    headers: &HeaderMap,
) -> http::Response<Cow<'static, [u8]>> {
    let hash = file.metadata.sha256_hash();
    let cache = if name.starts_with("assets/") {
        IMMUTABLE
    } else {
        REVALIDATE
    };
    let mime = match file.metadata.mimetype() {
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    let mut answer = tagged(&hash, &mime, cache, file.data, headers);
    if mime.starts_with("text/html") {
        set(
            &mut answer,
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        );
    }
    answer
}

/// 200 with a weak entity tag made of `hash`, or 304 when the caller has it already.
fn tagged(
    hash: &[u8],
    mime: &str,
    cache: &str,
    body: Cow<'static, [u8]>,
    headers: &HeaderMap,
) -> http::Response<Cow<'static, [u8]>> {
    let digest: String = hash.iter().take(12).map(|b| format!("{b:02x}")).collect();
    let tag = format!("W/\"{digest}\"");
    let mut answer = if has_current(headers, &digest) {
        with_headers(
            StatusCode::NOT_MODIFIED,
            mime,
            cache,
            Cow::Borrowed(&[] as &[u8]),
        )
    } else {
        with_headers(StatusCode::OK, mime, cache, body)
    };
    set(&mut answer, header::ETAG, &tag);
    answer
}

fn has_current(headers: &HeaderMap, digest: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|tag| tag == digest || tag == "*")
}

/// Hashed assets, and names with an extension, are files: a missing one must not turn into a page.
fn looks_like_file(name: &str) -> bool {
    name.starts_with("assets/") || name.rsplit('/').next().is_some_and(|s| s.contains('.'))
}

fn api_not_found() -> http::Response<Cow<'static, [u8]>> {
    let body = br#"{"type":"about:blank","title":"Not found","status":404,"code":"not_found","detail":"There is no such API route."}"#;
    with_headers(
        StatusCode::NOT_FOUND,
        "application/problem+json",
        "no-store",
        Cow::Borrowed(body),
    )
}

fn with_headers(
    status: StatusCode,
    mime: &str,
    cache: &str,
    body: Cow<'static, [u8]>,
) -> http::Response<Cow<'static, [u8]>> {
    let mut answer = http::Response::new(body);
    *answer.status_mut() = status;
    set(&mut answer, header::CONTENT_TYPE, mime);
    set(&mut answer, header::CACHE_CONTROL, cache);
    set(&mut answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    answer
}

/// Sets a header whose value is known to be visible ASCII; anything else is left out rather than answered with 500.
fn set(answer: &mut http::Response<Cow<'static, [u8]>>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
