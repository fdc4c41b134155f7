//! The free/busy capability: asking the provider itself, past the mirror.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::Result;
use crate::session::Session;

/// A stretch of taken time, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Busy {
    /// First instant taken.
    pub start: Timestamp,
    /// First instant free again.
    pub end: Timestamp,
}

/// What one calendar answered. Not knowing is never being free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Taken times that touch the range, in order.
    Known(Vec<Busy>),
    /// The provider did not say; the reason is its code or a word of ours, fit to be shown.
    Unknown(String),
    /// It is not asked such questions here: what is known without asking counts.
    CannotAsk,
}

/// A provider that can be asked when its calendars are busy.
#[async_trait]
pub trait FreeBusy: Send + Sync {
    /// Taken time of each calendar (the provider's ids) from `from` to `to`, in the order asked. Long ranges and many calendars
    /// are split into as many calls as the contract wants.
    ///
    /// # Errors
    /// When nothing could be learned at all.
    async fn free_busy(
        &self,
        session: &Session<'_>,
        calendars: &[String],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Answer>>;
}
