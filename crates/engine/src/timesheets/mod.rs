//! Time entries: made by hand or from an event, edited, handed in, approved.

pub mod approvals;
pub(crate) mod booking;
pub mod bulk;
mod choices;
pub mod convert;
pub mod drafts;
pub mod entries;
pub mod follow;
mod gather;
pub mod history;
pub mod import;
pub mod overlaps;
pub(crate) mod placement;
mod policy;
pub mod quick;
pub mod reminders;
pub mod rules;
mod settle;
pub mod shape;
pub(crate) mod submissions;
pub mod timer;
pub mod to_calendar;
mod worth;

use daybook_domain::time_entry::NotAllowed;
use daybook_domain::{InvoiceId, duration};
use daybook_store as store;
use jiff::civil::Date;

use crate::accounts::once;

pub(crate) use gather::{meetings_of, meetings_on};
pub(crate) use policy::Policy;

/// Why something about a time entry did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value is out of its range.
    #[error("{detail}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What it must be.
        detail: String,
    },
    /// The event takes whole days.
    #[error("all-day events are left out of time entries; send force: true if this one was work")]
    AllDay,
    /// The owner declined the meeting.
    #[error("you declined this meeting; send force: true if you attended after all")]
    Declined,
    /// A working location, birthday or the like.
    #[error("this is not a meeting but a note in the calendar; send force: true if it was work")]
    Informational,
    /// The event was cancelled.
    #[error("this event was cancelled")]
    Cancelled,
    /// The calendar's filters leave it out.
    #[error(
        "this calendar's filters leave this event out ({0}); convert it by itself, or send force: true, if it was billable after all"
    )]
    NotOffered(String),
    /// A client or project that is not there.
    #[error("there is no such client or project")]
    UnknownReference,
    /// A project or client that is over.
    #[error("{0} is archived; bring it back first, or choose another one")]
    Archived(String),
    /// A draft of an invoice holds the entry.
    #[error(
        "this time is on the draft {invoice} of an invoice for {client}; take it off that draft, or delete the draft, and then delete the time"
    )]
    OnInvoice {
        /// The draft.
        invoice: InvoiceId,
        /// For whom it is.
        client: String,
    },
    /// The step is not allowed from where the entry stands.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// Only those who manage the workspace approve.
    #[error("only an owner or admin approves and rejects time")]
    NotApprover,
    /// A week without time that could be decided on.
    #[error("nothing of this week waits for approval; it may have been decided on meanwhile")]
    NothingWaits,
    /// Only those who manage the workspace make rules.
    #[error("only an owner or admin changes rules; you can try them out")]
    NotManager,
    /// Nobody approves their own time here.
    #[error("in this workspace nobody approves their own time; ask another owner or admin")]
    OwnTime,
    /// The books are closed.
    #[error(
        "time up to {until} is locked; ask an owner or admin to open the period, or choose a later day"
    )]
    Locked {
        /// The last day that is.
        until: Date,
    },
    /// There is one already.
    #[error("a timer is running already; stop it first")]
    TimerRunning,
    /// There is none.
    #[error("no timer is running")]
    NoTimer,
    /// An entry whose timer runs.
    #[error("this entry's timer is running; stop it first")]
    Running,
    /// Several things that do not go together.
    #[error("{0}")]
    Apart(&'static str),
    /// A text about time that cannot be understood.
    #[error(transparent)]
    Duration(#[from] duration::Error),
    /// A `#word` that names no project.
    #[error("there is no project #{word}; {there}")]
    UnknownProject {
        /// It.
        word: String,
        /// Which there are.
        there: String,
    },
    /// A `#word` that could name more than one.
    #[error("#{word} could mean more than one project; {there}. Write more of its name")]
    SeveralProjects {
        /// It.
        word: String,
        /// Which there are.
        there: String,
    },
    /// Somebody else changed it meanwhile.
    #[error("somebody changed this entry meanwhile; look at it again and repeat your change")]
    Changed,
    /// The idempotency key.
    #[error(transparent)]
    Once(#[from] once::Error),
    /// The database failed, or there is no such entry.
    #[error(transparent)]
    Store(store::Error),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Reference => Self::UnknownReference,
            store::Error::Conflict { ref constraint } if constraint == "time_entry_version" => {
                Self::Changed
            }
            other => Self::Store(other),
        }
    }
}
