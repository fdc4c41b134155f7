//! The vocabulary of a fault script; also the JSON of `POST /_sandbox/faults`.

use http::Method;
use serde::{Deserialize, Serialize};

/// One line of a fault script: the first rule that selects a request and is not used up decides.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rule {
    /// Which requests, and how many of them.
    #[serde(default)]
    pub when: Selector,
    /// What happens to them.
    pub fault: Fault,
}

impl Rule {
    /// A rule for every request whose path matches `path` (see [`Selector::path`]).
    pub fn on(path: impl Into<String>, fault: Fault) -> Self {
        Self {
            when: Selector {
                path: Some(path.into()),
                ..Selector::default()
            },
            fault,
        }
    }

    /// Only the first `count` matching requests.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.when.count = Some(count);
        self
    }

    /// Leaves the first `skip` matching requests alone.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.when.skip = skip;
        self
    }

    /// Only with this probability, drawn from the desk's seeded generator.
    #[must_use]
    pub fn with_probability(mut self, probability: f64) -> Self {
        self.when.probability = Some(probability);
        self
    }

    /// Only requests with this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.when.method = Some(method.to_owned());
        self
    }

    /// Only requests whose raw query contains this text (`pageToken=`, `syncToken=`).
    #[must_use]
    pub fn query(mut self, text: &str) -> Self {
        self.when.query = Some(text.to_owned());
        self
    }
}

/// Which requests a rule applies to. An empty selector takes all.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selector {
    /// HTTP method, any case.
    pub method: Option<String>,
    /// Path pattern: `*` stands for any run of characters; without a `*` it is a prefix. Percent-encoded as sent.
    pub path: Option<String>,
    /// Text the raw query must contain.
    pub query: Option<String>,
    /// How many matching requests pass untouched first (`skip: 2` hits from the third on).
    pub skip: u32,
    /// How many requests are hit before the rule is spent; absent means always.
    pub count: Option<u32>,
    /// Chance that a matching request is hit, 0 to 1; absent means certain.
    pub probability: Option<f64>,
}

impl Selector {
    /// Whether method, path and query fit (counts and chance are the desk's business).
    #[must_use]
    pub fn matches(&self, method: &Method, path: &str, query: &str) -> bool {
        let same_method = |m: &String| m.eq_ignore_ascii_case(method.as_str());
        self.method.as_ref().is_none_or(same_method)
            && self.path.as_ref().is_none_or(|p| path_matches(p, path))
            && self
                .query
                .as_ref()
                .is_none_or(|q| query.contains(q.as_str()))
    }
}

/// What goes wrong. `kind` names the variant in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// The answer comes `ms` milliseconds late (over HTTP; in-process only the marker).
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The body trickles at `bytes_per_second` (over HTTP; in-process only the marker).
    Drip {
        /// Speed.
        bytes_per_second: u32,
    },
    /// The provider's name does not resolve (over HTTP the connection is reset instead).
    NoAddress,
    /// Connection reset before the request had any effect.
    ResetBefore,
    /// The request takes effect, then the connection is reset before the first answer byte.
    ResetAfter,
    /// The request takes effect, half of the announced body arrives, then the connection is reset.
    ResetMidBody,
    /// The request takes effect and no answer ever comes: the caller's timeout decides.
    DropResponse,
    /// 200 with an HTML login page.
    HtmlLogin,
    /// 200 with an empty listing that has no cursor.
    EmptyList,
    /// 200 with a zero-length body.
    EmptyBody,
    /// 200 with the first half of the true body.
    Truncated,
    /// 200 with bytes that are not text in any format.
    Garbage,
    /// 200 with every top-level key given twice with different values.
    DuplicateKeys,
    /// 200 with a value nested `depth` levels deep.
    Deep {
        /// Levels.
        depth: u32,
    },
    /// The true body under another content type.
    WrongContentType {
        /// The type to claim.
        content_type: String,
    },
    /// 200, gzip-encoded, that unpacks to `mebibytes` MiB.
    GzipBomb {
        /// Unpacked size.
        mebibytes: u32,
    },
    /// A redirect.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// Where to, as sent.
        location: String,
    },
    /// 401 as for an expired or revoked access token.
    Unauthorized,
    /// 403 for exceeding a usage limit; `reason` in the provider's words (default: its short-term rate limit).
    QuotaExceeded {
        /// The provider's word for the limit.
        #[serde(default)]
        reason: Option<String>,
    },
    /// 403 for a missing permission.
    Forbidden,
    /// 403 for a token without the needed scope.
    InsufficientScope,
    /// 404.
    NotFound,
    /// 410 for a resource that was deleted.
    Gone,
    /// The incremental cursor is no longer valid; on a request without cursor the rule waits.
    CursorExpired,
    /// The page cursor is no longer valid; on a request without page cursor the rule waits.
    PageCursorExpired,
    /// 409.
    Conflict,
    /// 412.
    PreconditionFailed,
    /// 429.
    RateLimited {
        /// The header to send along.
        #[serde(default)]
        retry_after: RetryAfter,
    },
    /// 500, 502, 503, 504 or any other status, with the provider's error body.
    Status {
        /// The status to send.
        status: u16,
        /// The header to send along.
        #[serde(default)]
        retry_after: RetryAfter,
    },
    /// Every page names a further, always new page.
    EndlessPaging,
    /// Every page names the same next page.
    LoopingPaging,
    /// The OAuth error `invalid_grant` (400).
    InvalidGrant,
    /// The OAuth error `invalid_client` (401).
    InvalidClient,
    /// Edits the JSON of a successful token answer.
    TokenAnswer(TokenAnswer),
}

/// How a token answer deviates. Fields that are left out stay true.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenAnswer {
    /// Replaces `expires_in`; JSON `"absent"` removes it. Use `0`, `"3599"`, `9e18`, `-5`.
    pub expires_in: Option<serde_json::Value>,
    /// Leaves out `refresh_token`.
    pub omit_refresh_token: bool,
    /// Leaves out `scope`.
    pub omit_scope: bool,
    /// Replaces `scope`.
    pub scope: Option<String>,
    /// Replaces `token_type`.
    pub token_type: Option<String>,
}

/// The forms of `Retry-After` a client meets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// No header.
    #[default]
    None,
    /// Whole seconds.
    Seconds(u64),
    /// An HTTP date this many seconds after the sandbox's now (negative: in the past).
    HttpDate(i64),
    /// Text that is neither.
    Garbage,
}

/// A fault below HTTP, attached to the response as an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportFault {
    /// The name does not resolve; nothing was processed.
    NoAddress,
    /// Connection reset; nothing was processed.
    ResetBefore,
    /// Connection reset; the request took effect.
    ResetAfter,
    /// Send this many body bytes, then reset.
    ResetMidBody {
        /// Body bytes that still arrive.
        after: usize,
    },
    /// Never answer; the request took effect.
    NoAnswer,
    /// Answer late.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Send the body slowly.
    Drip {
        /// Speed.
        bytes_per_second: u32,
    },
}

impl TransportFault {
    /// Whether nothing of an answer comes.
    pub(crate) const fn is_silent(self) -> bool {
        matches!(
            self,
            Self::NoAddress | Self::ResetBefore | Self::ResetAfter | Self::NoAnswer
        )
    }
}

/// `*` is any run of characters; a pattern without `*` is a prefix.
fn path_matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return true;
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::path_matches;

    #[test]
    fn patterns_are_prefixes_or_globs() {
        assert!(path_matches("/calendar", "/calendar/v3/x"));
        assert!(path_matches("/c/*/events", "/c/a%40b/events"));
        assert!(!path_matches("/c/*/events", "/c/a%40b/events/1"));
        assert!(path_matches("/c/*/events*", "/c/a%40b/events/1"));
        assert!(!path_matches("/x*", "/y"));
    }
}
