//! Doing a thing once although it is asked for twice: idempotency keys (SPEC §2, R7).
//!
//! The key is claimed and the answer kept in the transaction that does the work, so that a crash leaves both or neither, and
//! of two requests at the same time the second waits for the first and gets its answer.

use daybook_store::idempotency::{self, Claim, Scope};
use daybook_store::{Error as StoreError, Tx};
use jiff::SignedDuration;
use serde_json::Value;

use super::principal::Principal;
use crate::Context;

/// How long an answer is kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A client's key: the same key, route and body ask for the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Method and path template.
    pub route: String,
    /// The client's name for the request.
    pub name: String,
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
}

/// An answer as it was, or will be, given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON body.
    pub body: Value,
}

/// What a use case made, or what was answered when it was asked for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// Made now.
    Fresh(T),
    /// Made before.
    Replayed(Answer),
}

/// How the answer to a request that made a `T` looks.
pub type Render<T> = dyn Fn(&T) -> Answer + Send + Sync;

/// Passed to a use case that makes a `T`.
pub struct Once<'a, T> {
    request: Option<(&'a Key, &'a Render<T>)>,
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key was used with another body.
    #[error(
        "this Idempotency-Key was used for another request; use a fresh key for each new request"
    )]
    Reused,
    /// The first request with the key has not ended.
    #[error("a request with this Idempotency-Key is still running; ask again in a moment")]
    InProgress,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<'a, T> Once<'a, T> {
    /// For a request with (perhaps) a key; `render` makes the answer that is kept.
    #[must_use]
    pub fn new(key: Option<&'a Key>, render: &'a Render<T>) -> Self {
        Self {
            request: key.map(|key| (key, render)),
        }
    }

    /// For work that nobody asks for twice.
    #[must_use]
    pub const fn never() -> Self {
        Self { request: None }
    }

    /// Claims the key. `Some` is the earlier answer: give it, and change nothing.
    ///
    /// # Errors
    /// [`Error::Reused`]; [`Error::Store`].
    pub async fn claim(&self, tx: &mut Tx, who: &Principal) -> Result<Option<Answer>, Error> {
        let Some((key, _)) = self.request else {
            return Ok(None);
        };
        match idempotency::claim(tx, &scope(key, who), &key.body_hash).await? {
            Claim::Fresh => Ok(None),
            Claim::Replay { status, response } => Ok(Some(Answer {
                status,
                body: response,
            })),
            Claim::OtherBody => Err(Error::Reused),
            Claim::InProgress => Err(Error::InProgress),
        }
    }

    /// Keeps the answer to what was made.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish(&self, tx: &mut Tx, who: &Principal, made: &T) -> Result<(), StoreError> {
        let Some((key, render)) = self.request else {
            return Ok(());
        };
        let answer = render(made);
        idempotency::finish(tx, &scope(key, who), answer.status, &answer.body).await
    }
}

/// What was answered to `key` before, for work that is idempotent by nature and so needs no claim: repeating it does no harm.
///
/// # Errors
/// [`Error::Reused`]; [`Error::InProgress`]; [`Error::Store`].
pub async fn earlier(cx: &Context, who: &Principal, key: &Key) -> Result<Option<Answer>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    match idempotency::get(&mut tx, &scope(key, who), &key.body_hash).await? {
        None | Some(Claim::Fresh) => Ok(None),
        Some(Claim::Replay { status, response }) => Ok(Some(Answer {
            status,
            body: response,
        })),
        Some(Claim::OtherBody) => Err(Error::Reused),
        Some(Claim::InProgress) => Err(Error::InProgress),
    }
}

/// Keeps the answer to `key` for [`earlier`]. Of two at the same time the first is kept.
///
/// # Errors
/// [`Error::Store`].
pub async fn keep(cx: &Context, who: &Principal, key: &Key, answer: &Answer) -> Result<(), Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    if let Claim::Fresh = idempotency::claim(&mut tx, &scope(key, who), &key.body_hash).await? {
        idempotency::finish(&mut tx, &scope(key, who), answer.status, &answer.body).await?;
    }
    Ok(tx.commit().await?)
}

fn scope<'a>(key: &'a Key, who: &Principal) -> Scope<'a> {
    Scope {
        workspace: who.workspace_id,
        member: who.member_id,
        route: &key.route,
        key: &key.name,
    }
}
