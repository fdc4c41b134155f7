//! When people are free: scheduling settings, blocks, and the two questions, of one configuration's day and of many people.

pub mod blocks;
pub mod check;
pub mod configurations;
mod difference;
mod gather;
mod live;
pub mod many;
mod question;
mod reasons;

use daybook_domain::availability::Invalid;
use daybook_store as store;

pub use gather::{Origin, Seen};
pub use reasons::{Reason, Refused};

use crate::accounts::once;

/// Why something about availability did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Values that make no sense, each with its place.
    #[error("{}", faults(.0))]
    Invalid(Vec<Invalid>),
    /// It names a calendar or a member that is not there.
    #[error("there is no such {what} here")]
    UnknownReference {
        /// Where it is named, as a JSON pointer.
        pointer: String,
        /// What is not there.
        what: &'static str,
    },
    /// The idempotency key.
    #[error(transparent)]
    Once(#[from] once::Error),
    /// The database failed, or there is no such thing.
    #[error(transparent)]
    Store(#[from] store::Error),
}

fn faults(all: &[Invalid]) -> String {
    let each: Vec<String> = all.iter().map(ToString::to_string).collect();
    each.join("; ")
}

fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Error {
    Error::Invalid(vec![Invalid {
        pointer: pointer.into(),
        detail: detail.into(),
    }])
}
