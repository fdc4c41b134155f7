//! Writing to calendars: one path for every provider (SPEC §2.3).
//!
//! What is meant is stored first; then the provider is called, with a key by which it recognises a repeated create, or with the
//! version a change is based on; then its answer is taken into the mirror in the transaction that finishes the note. Whatever
//! happens in between, asking again leads to exactly one event.

mod apart;
mod change;
mod check;
mod copy;
pub mod create;
mod cut;
pub mod delete;
mod desk;
mod following;
mod found;
pub mod link;
pub mod relocate;
pub mod respond;
pub mod settle;
pub mod update;

use std::borrow::Cow;

use daybook_domain::recurrence::RuleError;
use daybook_provider_api as provider;
use daybook_provider_api::calendar::write::LOCKED;
use daybook_store as store;

use crate::connections;

pub use check::{MAX_ATTENDEES, MAX_DESCRIPTION, MAX_LOCATION, MAX_TITLE, When};

/// Why an event could not be written. Nothing was changed, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value is not one.
    #[error("{detail}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: Cow<'static, str>,
        /// What it must be.
        detail: String,
    },
    /// The calendar, or the event, is not ours to write.
    #[error("{0}")]
    ReadOnly(String),
    /// Its owner wants no new events in this calendar.
    #[error(
        "new events are not written to the calendar {0}, because its switch \u{201c}New events\u{201d} (`write_target`) is off; nothing was written. Switch it on in the calendar's settings, or choose another calendar"
    )]
    NotTarget(String),
    /// The provider cannot do this.
    #[error("{0}")]
    Unsupported(String),
    /// The provider does not take what the event says; `field` of the error says which part of it.
    #[error(transparent)]
    Refused(provider::Error),
    /// Another program holds it, or it is a copy that only its original changes.
    #[error("{0}")]
    Locked(String),
    /// The provider mails attendees whatever we say, and the caller did not agree to it.
    #[error(
        "this provider always mails the attendees of an event; nothing was written. Send `notify_attendees: true` to agree, or leave the attendees out"
    )]
    AlwaysNotifies,
    /// Somebody else changed the same thing meanwhile.
    #[error(
        "the event was changed elsewhere in the same place meanwhile; the mirror shows its new state now. Look at it and send your change again"
    )]
    Changed,
    /// It is gone at the provider.
    #[error("the event is no longer there; it was removed from its calendar elsewhere")]
    Gone,
    /// The key was used for another event.
    #[error(
        "this Idempotency-Key was used for another request; use a fresh key for each new request"
    )]
    Reused,
    /// The account must be connected again.
    #[error("the account must be connected again before its calendars can be written to")]
    NeedsReauth,
    /// The account was disconnected.
    #[error("the account was disconnected; connect it again")]
    Disconnected,
    /// The provider did not answer, and whether it did what it was asked is not known yet.
    #[error(
        "the provider did not answer, so it is not known yet whether this was done. Daybook looks again by itself and shows what it finds; sending the same request with the same Idempotency-Key does it once, whatever happened"
    )]
    Unknown(provider::Error),
    /// The time of the request was up before this one's turn came.
    #[error(
        "this event was not begun: the provider was so slow that the time for this request was up. Send it again"
    )]
    NotBegun,
    /// The provider refused.
    #[error(transparent)]
    Provider(provider::Error),
    /// The database failed, or there is no such calendar or event.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// The same for a request that does not itself say what the event says, so that it has no field to name.
    #[must_use]
    pub fn without_field(self) -> Self {
        match self {
            Self::Refused(error) => Self::Unsupported(error.message),
            other => other,
        }
    }
}

impl From<connections::Error> for Error {
    fn from(error: connections::Error) -> Self {
        match error {
            connections::Error::NeedsReauth => Self::NeedsReauth,
            connections::Error::Disconnected => Self::Disconnected,
            connections::Error::Provider(error) => error.into(),
            connections::Error::Store(error) => Self::Store(error),
            other => Self::Provider(provider::Error::new(
                provider::error::ErrorKind::Operator,
                other.to_string(),
            )),
        }
    }
}

impl From<provider::Error> for Error {
    fn from(error: provider::Error) -> Self {
        use provider::error::ErrorKind;
        match error.kind {
            ErrorKind::NotFound | ErrorKind::Gone => Self::Gone,
            ErrorKind::Conflict => Self::Changed,
            ErrorKind::Scope => Self::ReadOnly(error.message),
            ErrorKind::Unsupported if error.code.as_deref() == Some(LOCKED) => {
                Self::Locked(error.message)
            }
            ErrorKind::Unsupported if error.field.is_some() => Self::Refused(error),
            ErrorKind::Unsupported => Self::Unsupported(error.message),
            ErrorKind::Auth => Self::NeedsReauth,
            ErrorKind::Unavailable | ErrorKind::Malformed => Self::Unknown(error),
            _ => Self::Provider(error),
        }
    }
}

impl From<RuleError> for Error {
    fn from(error: RuleError) -> Self {
        Self::Invalid {
            pointer: "/recurrence".into(),
            detail: error.to_string(),
        }
    }
}
