//! Slack: `/time`, buttons and forms, the home page, and what people are told in direct messages (SPEC §2.7).
//!
//! A request is authenticated by its signature (`inbound`), its sender by the binding of the Slack user to a member (`who`), and
//! everything it does goes through the same use cases as the API. The provider is called after the answer, never before it.

mod approvals;
pub mod blocks;
mod call;
pub mod command;
mod entry;
pub mod events;
mod grammar;
mod home;
pub mod inbound;
pub mod install;
pub mod interactions;
pub mod jobs;
pub mod link;
mod meetings;
pub mod notify;
pub mod preferences;
mod respond;
pub mod seed;
pub mod socket;
pub mod status;
mod summaries;
pub(crate) mod time;
mod who;

use daybook_provider_api::Chat;
use daybook_store as store;

use crate::accounts::once;
use crate::{Context, timesheets};

pub use entry::{ByApi, Logged, by_api};

/// The provider's key.
pub const KEY: &str = "slack";

/// Why something in Slack did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operator has not set it up.
    #[error("Slack is not set up on this server: set {0}")]
    NotConfigured(&'static str),
    /// The request is not what Slack sends.
    #[error("this is nothing that Slack sends")]
    Malformed,
    /// The app is in no Slack workspace.
    #[error("Daybook is not installed in a Slack workspace yet; an owner or admin installs it")]
    NotInstalled,
    /// The link was used, is too old, or never was.
    #[error("this link was used already, or is too old; type /time in Slack to get a new one")]
    LinkUnusable,
    /// A value is out of its range.
    #[error("{detail}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What it must be.
        detail: String,
    },
    /// The entry could not be made or changed.
    #[error(transparent)]
    Time(#[from] timesheets::Error),
    /// The idempotency key.
    #[error(transparent)]
    Once(#[from] once::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Slack's adapter.
#[must_use]
pub fn chat(cx: &Context) -> Option<&dyn Chat> {
    cx.registry.get(KEY)?.provider.chat()
}
