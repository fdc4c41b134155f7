//! The calendar capability: listing calendars and pulling changes.

pub mod free_busy;
pub mod push;
pub mod write;

use std::collections::BTreeMap;

use async_trait::async_trait;
use daybook_domain::calendar::RemoteCalendar;
use daybook_domain::event::Change;
use jiff::Timestamp;

use crate::Result;
use crate::session::Session;

pub use free_busy::FreeBusy;
pub use push::Push;
pub use write::EventWriter;

/// Finer differences between calendar providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarCapability {
    /// Events travel in resources that hold a whole UID (CalDAV); changes come as `Change::Resource…`.
    pub resources: bool,
    /// A complete read tells only what touches `Pull::window` (Graph): what lies before it is not gone because it is not told.
    pub windowed: bool,
}

/// A provider that has calendars.
#[async_trait]
pub trait CalendarProvider: Send + Sync {
    /// The finer differences.
    fn capability(&self) -> CalendarCapability;

    /// All calendars of the account that hold events.
    async fn list_calendars(&self, session: &Session<'_>) -> Result<Vec<RemoteCalendar>>;

    /// Writing events, if it can.
    fn writer(&self) -> Option<&dyn EventWriter> {
        None
    }

    /// Asking the provider itself when a calendar is busy, if it can.
    fn free_busy(&self) -> Option<&dyn FreeBusy> {
        None
    }

    /// Being told of changes, if it can.
    fn push(&self) -> Option<&dyn Push> {
        None
    }

    /// Starts reading what changed since `pull.cursor`, or everything. Sends nothing yet.
    fn changes(&self, pull: Pull) -> Box<dyn ChangeStream>;
}

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// The provider's id of the calendar.
    pub calendar: String,
    /// Where the last complete read ended. `None`: read everything.
    pub cursor: Option<String>,
    /// For floating times: the calendar's IANA zone.
    pub default_zone: String,
    /// The account's address, to find the owner among the attendees.
    pub account_email: Option<String>,
    /// The stretch the mirror keeps now. Providers whose cursors are bound to a window (Graph) read this one, and start a full
    /// read when the cursor's window has fallen too far behind it.
    pub window: std::ops::Range<Timestamp>,
}

/// The resources the mirror holds, asked for only by strategies that compare etags.
#[async_trait]
pub trait KnownResources: Send + Sync {
    /// Canonical href → etag of every resource in the mirror.
    async fn etags(&self) -> Result<BTreeMap<String, Option<String>>>;
}

/// A read in progress. State moves on only when `next` succeeds: after an error the same call may be repeated, also with
/// a session that holds fresher credentials.
#[async_trait]
pub trait ChangeStream: Send {
    /// The next page.
    ///
    /// # Errors
    /// `CursorExpired` when the provider no longer knows the cursor: start again with `cursor: None`.
    async fn next(&mut self, session: &Session<'_>, known: &dyn KnownResources) -> Result<Page>;
}

/// One page of changes. The engine writes each page in one transaction, the last one together with its cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What changed, in the order told.
    pub changes: Vec<Change>,
    /// Resources or events told to exist of which nothing new is told (provider ids or hrefs): the mirror holds them in this version, or
    /// they could not be read. What it holds stays; of a resource, all but the events that `changes` tells of.
    pub unchanged: Vec<String>,
    /// What comes next.
    pub next: Next,
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another page.
    More,
    /// Nothing: the read is complete.
    Done {
        /// Where the next incremental read starts. `None`: the provider gave none, the next read is full again.
        cursor: Option<String>,
        /// True when everything was told, so that what was not told is gone. False after an incremental read.
        complete: bool,
    },
}
