//! Background work: durable, at least once, in the same database as the facts it follows (ADR 2).

pub mod admin;
mod list;
mod runner;
mod schedule;

pub mod begin_password_reset;
mod cleanup;
mod fetch_meeting_link;
pub mod full_calendar_sync;
pub mod notify_integration_disconnected;
mod refresh_tokens;
mod renew_push_channels;
pub mod send_email;
mod settle_event_write;
pub mod stop_push_channel;
mod sync_all_calendars;
pub mod sync_calendar;
pub mod warn_grant_ending;
pub mod watch_calendar;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Context;

pub use list::JOBS;
pub use runner::{Runner, RunnerOptions, run_due, run_now};
pub use runner::{let_go, take_over};
pub use schedule::{SCHEDULE, ensure as ensure_schedule, tick};

/// How often a job is tried before it is `failed`: once, and three times more (SPEC §5).
pub const TRIES: i64 = 4;

/// A kind of job.
pub struct Kind {
    /// Its name, as in SPEC §5.
    pub name: &'static str,
    /// How long one try may take.
    pub timeout: Duration,
    /// What it does.
    pub run: fn(Context, Value) -> Work,
}

/// A job at work.
pub type Work = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// Why a try did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Try again after a backoff.
    #[error("{0}")]
    Again(String),
    /// Try again, but not before this long.
    #[error("{1}")]
    After(Duration, String),
    /// Trying again is pointless.
    #[error("{0}")]
    Never(String),
}

impl From<daybook_store::Error> for Failure {
    fn from(error: daybook_store::Error) -> Self {
        match error {
            daybook_store::Error::NotFound => {
                Self::Never("what the job was about is gone".to_owned())
            }
            other => Self::Again(other.to_string()),
        }
    }
}

/// What a job was enqueued with.
pub(crate) fn read<T: DeserializeOwned>(payload: Value) -> Result<T, Failure> {
    serde_json::from_value(payload)
        .map_err(|error| Failure::Never(format!("the payload cannot be read: {error}")))
}
