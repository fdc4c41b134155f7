//! Where a read ended, and how this server wants to be read. Stored as our own JSON, so that what was learned about a
//! server is not learned anew at every sync.

use std::collections::BTreeSet;

use daybook_provider_api::Result;
use http::StatusCode;

use crate::caldav::calls::Depth;
use crate::caldav::errors;

const VERSION: u8 = 1;

/// Refused resources that are remembered.
const MAX_REFUSED: usize = 200;

/// How a calendar is followed (contracts/caldav-apple §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Strategy {
    /// A: `sync-collection`; the token is the server's.
    Sync,
    /// B: a ctag tells whether anything changed; then etags are compared.
    Ctag,
    /// C: etags are compared at every read; the token is empty.
    Etag,
}

/// The cursor of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Cursor {
    v: u8,
    /// How to read on.
    pub(super) strategy: Strategy,
    /// The server's token or ctag, opaque.
    pub(super) token: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    depth_one: bool,
    /// Resources the server told of and did not hand out: they are asked for again, because nobody will tell of them again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) refused: Vec<String>,
}

impl Cursor {
    /// After a `sync-collection`.
    pub(super) fn sync(token: String, depth: Depth) -> Self {
        Self {
            v: VERSION,
            strategy: Strategy::Sync,
            token,
            depth_one: depth == Depth::One,
            refused: Vec::new(),
        }
    }

    /// After a comparison of etags: gated by the ctag read before it, where there is one.
    pub(super) fn etags(ctag: Option<String>) -> Self {
        Self {
            v: VERSION,
            strategy: if ctag.is_some() {
                Strategy::Ctag
            } else {
                Strategy::Etag
            },
            token: ctag.unwrap_or_default(),
            depth_one: false,
            refused: Vec::new(),
        }
    }

    /// The same place, and which resources are still to be asked for. A calendar that refuses more than a few hundred refuses
    /// on purpose; the first ones stand for all.
    pub(super) fn asking_for(&self, refused: &BTreeSet<String>) -> Self {
        Self {
            refused: refused.iter().take(MAX_REFUSED).cloned().collect(),
            ..self.clone()
        }
    }

    /// The `Depth` that this server takes for `sync-collection`.
    pub(super) const fn depth(&self) -> Depth {
        if self.depth_one {
            Depth::One
        } else {
            Depth::Zero
        }
    }

    /// Reads a stored cursor; one that cannot be read is as good as expired.
    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str::<Self>(text)
            .ok()
            .filter(|cursor| cursor.v == VERSION)
            .ok_or_else(|| errors::cursor_expired(StatusCode::OK))
    }

    /// As stored.
    pub(super) fn write(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|_| errors::malformed("The sync cursor could not be written."))
    }
}
