//! Refuses requests that another site makes a browser send (CSRF). Browsers say where a request comes from in
//! `Sec-Fetch-Site` and `Origin`; programs send neither, and have no cookie that a page could abuse.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::{HeaderMap, Method};
use url::Url;

use super::headers::is_hook;
use crate::problem::Problem;
use crate::state::App;

/// Lets safe methods, bearer credentials and our own pages pass.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let settings = &app.cx.settings;
    let ours = [Some(&settings.base_url), settings.frontend_url.as_ref()];
    // A notice is no act of a person, so there is no session that another site could abuse.
    let is_notice = is_hook(request.uri().path());
    if is_notice
        || is_safe(request.method())
        || is_ours(request.headers(), ours.into_iter().flatten())
    {
        return next.run(request).await;
    }
    let detail = "The request came from another site, so nothing was changed. Use the dashboard itself, or an API key.";
    Problem::forbidden("csrf", detail).into_response()
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn is_ours<'a>(headers: &HeaderMap, ours: impl Iterator<Item = &'a Url>) -> bool {
    if headers.contains_key(AUTHORIZATION) {
        return true;
    }
    let text = |name| {
        headers
            .get(name)
            .map(|value: &http::HeaderValue| value.to_str().unwrap_or("?"))
    };
    let origin = text(ORIGIN.as_str());
    match (text("sec-fetch-site"), origin) {
        (Some("same-origin" | "none"), _) | (None, None) => true,
        (Some(_), None) => false,
        (site, Some(origin)) => {
            let same_host = site.is_none()
                && origin.split_once("://").map(|(_, host)| host) == text(HOST.as_str());
            same_host
                || ours
                    .map(Url::origin)
                    .any(|url| url.ascii_serialization() == origin)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        let base = Url::parse("https://daybook.test/").unwrap();
        let front = Url::parse("http://localhost:3000/").unwrap();
        is_ours(&headers, [&base, &front].into_iter())
    }

    #[test]
    fn our_own_pages_and_programs_pass() {
        assert!(passes(&[]));
        assert!(passes(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://127.0.0.1:8000")
        ]));
        assert!(passes(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://localhost:3000")
        ]));
        assert!(passes(&[("origin", "https://daybook.test")]));
        assert!(passes(&[
            ("origin", "http://127.0.0.1:8000"),
            ("host", "127.0.0.1:8000")
        ]));
        assert!(passes(&[
            ("authorization", "Bearer dbk_x"),
            ("sec-fetch-site", "cross-site")
        ]));
    }

    #[test]
    fn other_sites_do_not() {
        assert!(!passes(&[("sec-fetch-site", "cross-site")]));
        assert!(!passes(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.daybook.test")
        ]));
        assert!(!passes(&[
            ("origin", "https://evil.test"),
            ("host", "daybook.test")
        ]));
        assert!(!passes(&[("origin", "null"), ("host", "daybook.test")]));
        assert!(!passes(&[("origin", "https://daybook.test.evil.test")]));
    }
}
