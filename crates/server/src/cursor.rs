//! Page cursors: the key of the last row, opaque to clients. They carry no rights, so they need no signature; a cursor that
//! was tampered with only names another place in a list the caller may read anyway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// Longest cursor that is looked at, in bytes.
const MAX: usize = 1024;

/// A list as it goes over the wire.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct List<T> {
    /// This page.
    pub items: Vec<T>,
    /// Send as `?cursor=` for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A page of `items`, which came with the key that continues after them.
    pub fn page<K: Serialize>(items: Vec<T>, next: Option<&K>) -> Self {
        Self {
            items,
            next_cursor: next.and_then(encode),
        }
    }

    /// A list that is always complete.
    #[must_use]
    pub fn all(items: Vec<T>) -> Self {
        Self {
            items,
            next_cursor: None,
        }
    }
}

/// The opaque form of a key. Keys are made of numbers, texts and ids, which always encode.
pub fn encode<K: Serialize>(key: &K) -> Option<String> {
    serde_json::to_vec(key)
        .ok()
        .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

/// The key in a cursor.
///
/// # Errors
/// 400 `invalid_cursor` when this is not a cursor of this kind of list.
pub fn decode<K: DeserializeOwned>(cursor: &str) -> Result<K, Problem> {
    let key = (cursor.len() <= MAX)
        .then(|| URL_SAFE_NO_PAD.decode(cursor).ok())
        .flatten()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    key.ok_or_else(|| {
        Problem::malformed(
            "invalid_cursor",
            "The cursor is not one this list gave out. Start again without it.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_its_key() {
        let cursor = encode(&(17_i64, "x")).unwrap();
        assert_eq!(
            decode::<(i64, String)>(&cursor).unwrap(),
            (17, "x".to_owned())
        );
    }

    #[test]
    fn tampered_cursors_are_refused() {
        let cursor = encode(&(17_i64, "x")).unwrap();
        for bad in ["", "!", "AAAA", &cursor[1..], &"A".repeat(5000), "bnVsbA"] {
            assert_eq!(
                decode::<(i64, String)>(bad).unwrap_err().code(),
                "invalid_cursor",
                "{bad}"
            );
        }
    }
}
