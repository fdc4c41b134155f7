//! How a provider fails, in words the engine can decide on.

use std::time::Duration;

pub use daybook_domain::connection::ErrorKind;

/// Whether and when the same call may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Trying again gives the same answer.
    No,
    /// After a backoff of our own.
    Soon,
    /// Not before this long, because the provider said so (`Retry-After`).
    After(Duration),
}

/// What of an event a provider refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Its title.
    Title,
    /// Its description.
    Description,
    /// Its location.
    Location,
    /// When it starts.
    Start,
    /// When it ends.
    End,
    /// The zone of its times.
    TimeZone,
    /// Those invited.
    Attendees,
    /// One of those invited: the index in the draft.
    Attendee(usize),
    /// How it repeats.
    Recurrence,
    /// The meeting link that was asked for.
    Conference,
    /// Whether it blocks time.
    Busy,
    /// Whether the attendees are mailed.
    Notify,
    /// The answer to the invitation.
    Answer,
}

impl std::fmt::Display for Field {
    /// In words that complete `refuses …`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Title => "the title",
            Self::Description => "the description",
            Self::Location => "the location",
            Self::Start => "the start",
            Self::End => "the end",
            Self::TimeZone => "the time zone",
            Self::Attendees => "the attendees",
            Self::Attendee(_) => "one of the attendees",
            Self::Recurrence => "the way it repeats",
            Self::Conference => "the meeting link",
            Self::Busy => "whether it blocks time",
            Self::Notify => "whether the attendees are mailed",
            Self::Answer => "the answer",
        })
    }
}

/// A provider call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What it means for us.
    pub kind: ErrorKind,
    /// When to try again.
    pub retry: Retry,
    /// HTTP status, where an answer came.
    pub status: Option<u16>,
    /// The provider's own reason code, such as `rateLimitExceeded`. Never a body.
    pub code: Option<String>,
    /// What of the event was refused, where the provider says so.
    pub field: Option<Field>,
    /// One sentence for people: what happened. Holds no secrets and no provider text beyond the code.
    pub message: String,
}

impl Error {
    /// An error of `kind` that should not be retried as it is.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retry = match kind {
            ErrorKind::Unavailable | ErrorKind::RateLimited | ErrorKind::Malformed => Retry::Soon,
            _ => Retry::No,
        };
        Self {
            kind,
            retry,
            status: None,
            code: None,
            field: None,
            message: message.into(),
        }
    }

    /// The same error with the HTTP status it came with.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The same error with the provider's reason code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The same error, about this part of an event.
    #[must_use]
    pub fn about(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }

    /// The same error with another retry advice.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}
