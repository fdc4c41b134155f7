//! The writing capability. Every call may be repeated: a create carries a key that the provider (or its adapter) recognises, a
//! change carries the version it was based on.

use async_trait::async_trait;
use daybook_domain::event::{Change, Conference, Draft, EventTime, Patch, ResponseStatus};
use uuid::Uuid;

use crate::Result;
use crate::session::Session;

/// What a provider's writing can and cannot do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteCapability {
    /// Attendees can be left without a mail (Google `sendUpdates=none`). Where false, writing an event with attendees always
    /// mails them, and the engine refuses unless the caller agreed to that.
    pub quiet: bool,
    /// Meeting links the provider makes itself.
    pub conferences: &'static [Conference],
    /// Every recurrence line of RFC 5545 can be kept. Where false, `create` refuses what does not fit with `Unsupported`.
    pub any_recurrence: bool,
}

/// A calendar to write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The provider's id of the calendar.
    pub calendar: String,
    /// For times without a zone: the calendar's IANA zone.
    pub default_zone: String,
    /// The account's address: the owner among the attendees, and the organizer of what we create.
    pub account_email: Option<String>,
}

/// An event that exists at the provider, as the mirror knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `provider_id` of the single event, of the series' master, or of the override that stands for the occurrence.
    pub provider_id: String,
    /// The resource it is in (CalDAV href).
    pub resource: Option<String>,
    /// The series' master, when one occurrence is meant.
    pub series: Option<String>,
    /// The occurrence's original start, when one occurrence of a series is meant. `None`: the single event or whole series.
    pub occurrence: Option<EventTime>,
    /// The version the change is based on. `None`: whatever is there.
    pub etag: Option<String>,
}

/// A new event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The intent's id: the same for every attempt, never used for another event. Google's event id (hex without hyphens), Graph's
    /// `transactionId`, CalDAV's file name and UID derive from it.
    pub key: Uuid,
    /// What it says.
    pub draft: Draft,
    /// Whether the provider may mail the attendees.
    pub notify: bool,
    /// The series that the new one is cut off from.
    pub like: Option<Like>,
}

/// What a new event goes on with: everything that is not in its draft (alarms, categories, visibility, what other programs
/// wrote), and a meeting link of its own where that one has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Like {
    /// The event it is like. `NotFound` when it is gone.
    pub of: Target,
    /// What differs, beside times and recurrence, which are the draft's. What is not named is taken over as it is written there.
    pub patch: Patch,
}

/// What the provider holds after a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The event as the provider answered it, ready for the mirror: an upsert, a whole resource, or (after a delete) a removal.
    pub changes: Vec<Change>,
    /// The provider's id of the event written.
    pub provider_id: String,
    /// A meeting link was asked for and is still being made: read again later.
    pub conference_pending: bool,
}

/// The code of the error of a server that cannot move events after all: then a move is a create and a delete.
pub const NO_MOVE: &str = "no_move";

/// The code of `Unsupported` for an event that another program has locked: it can be written later.
pub const LOCKED: &str = "locked";

/// What both calendars hold after a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What the calendar it left says now.
    pub left: Vec<Change>,
    /// What the calendar it went to says now.
    pub arrived: Written,
}

/// A provider that moves events between calendars of one account itself, with everything they hold: answers, links, exceptions.
///
/// # Errors (all calls)
/// As those of [`EventWriter`]. After an unknown outcome the same call is repeated, or [`EventMover::moved`] asked.
#[async_trait]
pub trait EventMover: Send + Sync {
    /// Moves the single event or whole series from one calendar to another; where an earlier attempt did, that is the answer.
    async fn relocate(
        &self,
        session: &Session<'_>,
        from: &Place,
        to: &Place,
        target: &Target,
        notify: bool,
    ) -> Result<Moved>;

    /// Whether an earlier attempt moved it.
    async fn moved(
        &self,
        session: &Session<'_>,
        from: &Place,
        to: &Place,
        target: &Target,
    ) -> Result<Option<Moved>>;
}

/// A provider whose events can be written.
///
/// # Errors (all calls)
/// `Conflict` with `status` 412 or 409: the event changed since `etag`: read it, merge, try again. `NotFound`/`Gone`: it is not
/// there. `Scope`: the calendar or event is read-only for us; `code` says why. `Unsupported`: the provider cannot keep this; `field`
/// says what, where that is known. `Unavailable` with an unknown outcome: repeat the same call with the same key.
#[async_trait]
pub trait EventWriter: Send + Sync {
    /// What it can do.
    fn capability(&self) -> WriteCapability;

    /// Moving events between calendars of one account, where the provider can. Elsewhere a move is a create and a delete.
    fn mover(&self) -> Option<&dyn EventMover> {
        None
    }

    /// Creates the event, or gives the one that an earlier attempt with this key created.
    async fn create(
        &self,
        session: &Session<'_>,
        place: &Place,
        create: &Create,
    ) -> Result<Written>;

    /// The event that an earlier attempt with this key created, if there is one.
    async fn find(
        &self,
        session: &Session<'_>,
        place: &Place,
        key: Uuid,
    ) -> Result<Option<Written>>;

    /// What the provider holds now, with its current etag.
    async fn read(&self, session: &Session<'_>, place: &Place, target: &Target) -> Result<Written>;

    /// Changes the event, the whole series, or (with `target.occurrence`) one occurrence. What the patch does not name stays as
    /// it is at the provider, unknown properties included.
    async fn update(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        patch: &Patch,
        notify: bool,
    ) -> Result<Written>;

    /// Removes the event, the whole series, or one occurrence. Already gone is success.
    async fn delete(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        notify: bool,
    ) -> Result<Written>;

    /// Answers an invitation.
    async fn respond(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        answer: ResponseStatus,
        notify: bool,
    ) -> Result<Written>;
}
