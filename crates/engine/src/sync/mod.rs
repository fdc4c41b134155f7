//! Keeps the mirror of a calendar equal to what its provider holds.

mod apply;
pub mod expand;
mod failed;
mod known;
mod pieces;
mod roll;
mod run;
mod written;

use daybook_provider_api as provider;
use daybook_store as store;

pub use roll::roll_forward;
pub use run::{Ask, run};
pub(crate) use written::written;

use crate::connections;

/// How to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// What changed since the last time; everything when there was none.
    Incremental,
    /// Everything, as if for the first time. Ids stay.
    Full,
}

/// Why a calendar could not be synced. It was noted on the calendar, except for the first four.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another sync of this calendar is under way.
    #[error("this calendar is being synced right now; its result will show in a moment")]
    Running,
    /// Syncing is switched off, or the provider no longer lists the calendar.
    #[error("syncing is switched off for this calendar; switch it on first")]
    Off,
    /// The account must be connected again.
    #[error("the account must be connected again before its calendars can be synced")]
    NeedsReauth,
    /// The account was disconnected.
    #[error("the account was disconnected; connect it again")]
    Disconnected,
    /// Another node took over: nothing of the last page was written.
    #[error("the sync took too long and was taken over; nothing of its last page was written")]
    LostLease,
    /// The provider failed.
    #[error(transparent)]
    Provider(#[from] provider::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<connections::Error> for Error {
    fn from(error: connections::Error) -> Self {
        match error {
            connections::Error::NeedsReauth => Self::NeedsReauth,
            connections::Error::Disconnected => Self::Disconnected,
            connections::Error::Provider(error) => Self::Provider(error),
            connections::Error::Store(error) => Self::Store(error),
            other => Self::Provider(provider::Error::new(
                provider::error::ErrorKind::Operator,
                other.to_string(),
            )),
        }
    }
}
