//! Refuses requests that another site makes a browser send (CSRF). Browsers say where a request comes from in
//! `Sec-Fetch-Site` and `Origin`; programs send neither, and have no cookie that a page could abuse.
//!
//! The front end of `FRONTEND_URL` may act with a person's session only where the browser sees it as the same site: then the
//! cookie is the person's own doing. From another site it uses API keys.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use http::{HeaderMap, Method};
use url::Url;

use super::cors::is_from;
use super::headers::is_hook;
use crate::problem::Problem;
use crate::state::App;

/// Lets safe methods, bearer credentials and our own pages pass. A page of another site that may read answers (CORS) does so
/// without the session.
pub async fn check(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let settings = &app.cx.settings;
    let ours = Ours {
        base: &settings.base_url,
        front_end: settings.frontend_url.as_ref(),
    };
    // A notice is no act of a person, so there is no session that another site could abuse.
    if is_hook(request.uri().path()) {
        return next.run(request).await;
    }
    if is_safe(request.method()) {
        if is_foreign_read(request.headers()) {
            request.headers_mut().remove(COOKIE);
        }
        return next.run(request).await;
    }
    if ours.sent(request.headers()) {
        return next.run(request).await;
    }
    let detail = "The request came from another site, so nothing was changed. Use the dashboard itself, a front end on the same site, or an API key.";
    Problem::forbidden("csrf", detail).into_response()
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// A script of another site reads: such requests carry `Origin`, which following a link does not.
fn is_foreign_read(headers: &HeaderMap) -> bool {
    text(headers, "sec-fetch-site") == Some("cross-site") && headers.contains_key(ORIGIN)
}

/// The pages that may change things with a person's cookie.
struct Ours<'a> {
    base: &'a Url,
    front_end: Option<&'a Url>,
}

impl Ours<'_> {
    /// Whether a request that changes something was sent by one of them, or by a program.
    fn sent(&self, headers: &HeaderMap) -> bool {
        if headers.contains_key(AUTHORIZATION) {
            return true;
        }
        let origin = text(headers, ORIGIN.as_str());
        match (text(headers, "sec-fetch-site"), origin) {
            (Some("same-origin" | "none"), _) | (None, None) => true,
            (Some("same-site"), Some(_)) => self.is_base(headers) || self.is_front_end(headers),
            (Some(_), _) => false,
            (None, Some(origin)) => {
                let same_host =
                    origin.split_once("://").map(|(_, host)| host) == text(headers, HOST.as_str());
                same_host
                    || self.is_base(headers)
                    || (self.is_front_end(headers) && self.front_end_is_near())
            }
        }
    }

    fn is_base(&self, headers: &HeaderMap) -> bool {
        is_from(headers, &self.base.origin().ascii_serialization())
    }

    fn is_front_end(&self, headers: &HeaderMap) -> bool {
        self.front_end
            .is_some_and(|url| is_from(headers, &url.origin().ascii_serialization()))
    }

    /// Whether the front end is surely of the same site, for browsers that do not say: the same scheme, and the same host or
    /// one below the other.
    fn front_end_is_near(&self) -> bool {
        let Some((front, base)) = self.front_end.map(|front| (front, self.base)) else {
            return false;
        };
        let (Some(one), Some(other)) = (front.host_str(), base.host_str()) else {
            return false;
        };
        let below = |child: &str, parent: &str| {
            let rest = child.strip_suffix(parent);
            parent.contains('.') && rest.is_some_and(|rest| rest.ends_with('.'))
        };
        front.scheme() == base.scheme() && (one == other || below(one, other) || below(other, one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes_with(front_end: &str, pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let base = Url::parse("https://daybook.test/").unwrap();
        let front_end = Url::parse(front_end).unwrap();
        let ours = Ours {
            base: &base,
            front_end: Some(&front_end),
        };
        ours.sent(&headers)
    }

    fn passes(pairs: &[(&'static str, &str)]) -> bool {
        passes_with("https://app.daybook.test/start", pairs)
    }

    #[test]
    fn our_own_pages_and_programs_pass() {
        assert!(passes(&[]));
        assert!(passes(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://127.0.0.1:8000")
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
    fn the_front_end_passes_where_it_is_the_same_site() {
        let front = "https://app.daybook.test";
        assert!(passes(&[
            ("sec-fetch-site", "same-site"),
            ("origin", front)
        ]));
        assert!(!passes(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", front)
        ]));
        // A browser that does not say: below our host is near, a neighbour or a stranger is not, nor is another scheme.
        assert!(passes(&[("origin", front)]));
        for far in [
            "https://daybook2.test",
            "https://app.example",
            "https://notdaybook.test",
            "http://app.daybook.test",
            "https://test",
        ] {
            let origin = Url::parse(far).unwrap().origin().ascii_serialization();
            assert!(!passes_with(far, &[("origin", &origin)]), "{far}");
        }
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
        assert!(!passes(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://app.daybook.test"),
            ("origin", "https://evil.test")
        ]));
    }
}
