//! Page and sync tokens: opaque to clients, self-contained for us.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Where an incremental listing starts, and under which conditions it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SyncToken {
    /// Collection the token belongs to.
    pub of: String,
    /// Everything up to this change is known.
    pub seq: u64,
    /// The collection's generation when the token was issued.
    pub generation: u64,
    /// The first request's parameters.
    pub params: String,
    /// The first request's window: `timeMin`, `timeMax` in microseconds.
    pub window: (Option<i64>, Option<i64>),
    /// Issued at, seconds.
    pub issued: i64,
}

/// Where the next page starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PageToken {
    /// Collection the token belongs to.
    pub of: String,
    /// All parameters of the first page.
    pub params: String,
    /// Changes after this one are left to the next sync.
    pub upper: u64,
    /// Last change (or offset) already delivered.
    pub last: u64,
    /// Pages delivered so far.
    pub page: u64,
}

/// The opaque form. Deliberately needs percent-encoding in a query (`=`).
pub(super) fn seal<T: Serialize>(token: &T) -> String {
    let json = serde_json::to_vec(token).unwrap_or_default();
    format!("{}==", URL_SAFE_NO_PAD.encode(json))
}

/// Reads the opaque form back.
pub(super) fn unseal<T: for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_suffix("==")?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The parameters that must not change, sorted, as one string.
pub(super) fn bind(params: &[(String, String)], free: &[&str]) -> String {
    let bound = params
        .iter()
        .filter(|(name, _)| !free.contains(&name.as_str()));
    let mut bound: Vec<String> = bound.map(|(n, v)| format!("{n}={v}")).collect();
    bound.sort();
    bound.join("&")
}
