//! A calendar laid open for writing: its provider's capability, credentials that work, and what follows a call.

use std::time::Duration;

use daybook_domain::connection::ErrorKind;
use daybook_domain::event::{Change, Patch, ProviderEvent, ResponseStatus};
use daybook_domain::{CalendarId, EventId, EventWriteId, WorkspaceId};
use daybook_provider_api::calendar::EventWriter;
use daybook_provider_api::calendar::write::{Create, Moved, NO_MOVE, Place, Target, Written};
use daybook_provider_api::{self as provider, Credential, Patience};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::calendars::Calendar;
use store::event_writes::EventWrite;

use super::{Error, link};
use crate::calendars::changeable;
use crate::connections::outcome;
use crate::connections::vault::{self, Access};
use crate::{Context, Principal, live, sync};

/// How often the mirror is written again when a sync wrote the same rows at the same time.
pub(super) const MIRROR_TRIES: u32 = 5;
/// How long all calls of a request may take: less than its handler has (40 s), so that what became of them is what is told.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);
/// How long one of them may take: after a lost answer there is time to look for what it was about.
const EACH: Duration = Duration::from_secs(14);
/// With less time than this nothing new is begun.
const TO_BEGIN: SignedDuration = SignedDuration::from_secs(6);

/// A calendar and the way to write to it.
pub(super) struct Desk<'a> {
    pub(super) cx: &'a Context,
    pub(super) calendar: Calendar,
    pub(super) writer: &'a dyn EventWriter,
    pub(super) place: Place,
    access: Access,
    /// Until when somebody waits; `None` in background work.
    until: Option<Timestamp>,
}

/// A call to the provider.
pub(super) enum Call<'a> {
    Create(&'a Create),
    Find(uuid::Uuid),
    Read(&'a Target),
    Update(&'a Target, &'a Patch, bool),
    Delete(&'a Target, bool),
    Respond(&'a Target, ResponseStatus, bool),
    Relocate(&'a Target, &'a Place, bool),
    LookForMoved(&'a Target, &'a Place),
}

/// What the provider answered.
enum Answer {
    Written(Option<Written>),
    Moved(Option<Box<Moved>>),
}

impl<'a> Desk<'a> {
    /// Opens a calendar of the principal's for writing.
    pub(super) async fn open(
        cx: &'a Context,
        who: &Principal,
        id: CalendarId,
    ) -> Result<Desk<'a>, Error> {
        let until = cx.clock.now().saturating_add(PATIENCE).ok();
        let calendar = changeable(cx, who, id).await?;
        let desk = Self::of(cx, calendar).await?;
        Ok(Self { until, ..desk })
    }

    /// Opens a calendar for background work.
    pub(super) async fn open_for_work(
        cx: &'a Context,
        workspace: WorkspaceId,
        id: CalendarId,
    ) -> Result<Desk<'a>, Error> {
        let mut tx = cx.store.read_in(workspace).await?;
        let calendar = store::calendars::get(&mut tx, workspace, id).await?;
        drop(tx);
        Self::of(cx, calendar).await
    }

    /// Whether the calendar's owner lets new events be written to it. Those that are there can be changed all the same.
    pub(super) fn takes_new(&self) -> Result<(), Error> {
        match self.calendar.write_target {
            true => Ok(()),
            false => Err(Error::NotTarget(self.calendar.name.clone())),
        }
    }

    async fn of(cx: &'a Context, calendar: Calendar) -> Result<Desk<'a>, Error> {
        let writer = cx
            .registry
            .calendar(&calendar.provider)?
            .writer()
            .ok_or_else(|| {
                Error::Unsupported(format!(
                    "Daybook cannot write to calendars of {} yet",
                    calendar.provider
                ))
            })?;
        if !calendar.active {
            return Err(Error::ReadOnly(
                "the provider no longer lists this calendar".to_owned(),
            ));
        }
        if !calendar.access_role.can_write() {
            return Err(Error::ReadOnly(format!(
                "the account may only read the calendar {}; ask its owner for the right to change events",
                calendar.name
            )));
        }
        let access = vault::access(cx, calendar.workspace_id, calendar.connection_id).await?;
        let place = Place {
            calendar: calendar.external_id.clone(),
            default_zone: calendar
                .time_zone
                .clone()
                .unwrap_or_else(|| "UTC".to_owned()),
            account_email: calendar.connection_email.clone(),
        };
        Ok(Self {
            cx,
            calendar,
            writer,
            place,
            access,
            until: None,
        })
    }

    /// Writes of several steps to this event whose end is not known.
    pub(super) async fn under_way(&self, event: EventId) -> store::Result<Vec<EventWrite>> {
        let workspace = self.calendar.workspace_id;
        let mut tx = self.cx.store.read_in(workspace).await?;
        store::event_writes::under_way(&mut tx, workspace, event).await
    }

    /// Whether there is time to begin something.
    pub(super) fn has_time(&self) -> bool {
        self.until
            .is_none_or(|until| until.duration_since(self.cx.clock.now()) >= TO_BEGIN)
    }

    /// Calls the provider. `None` is only for `Find`.
    pub(super) async fn call(&mut self, call: &Call<'_>) -> Result<Option<Written>, Error> {
        match self.ask(call).await? {
            Answer::Written(written) => Ok(written),
            Answer::Moved(moved) => Ok(moved.map(|moved| moved.arrived)),
        }
    }

    /// As [`Desk::call`], for moves; `None` when the provider cannot, or (looked for) did not.
    pub(super) async fn relocate(&mut self, call: &Call<'_>) -> Result<Option<Moved>, Error> {
        match self.ask(call).await? {
            Answer::Moved(moved) => Ok(moved.map(|moved| *moved)),
            Answer::Written(_) => Ok(None),
        }
    }

    /// Asks the provider; when the credentials are refused, once more with fresh ones.
    async fn ask(&mut self, call: &Call<'_>) -> Result<Answer, Error> {
        let mut renewed = false;
        loop {
            match self.send(call).await {
                Err(error)
                    if error.kind == ErrorKind::Auth
                        && !renewed
                        && matches!(self.access.credential, Credential::Bearer(_)) =>
                {
                    renewed = true;
                    let (workspace, connection) =
                        (self.calendar.workspace_id, self.calendar.connection_id);
                    self.access =
                        vault::renew(self.cx, workspace, connection, self.access.version).await?;
                }
                Err(error) => {
                    if error.kind == ErrorKind::Auth {
                        self.note_refusal(&error).await?;
                    }
                    return Err(error.into());
                }
                Ok(answer) => return Ok(answer),
            }
        }
    }

    /// As [`Desk::call`], for calls that always have an answer.
    pub(super) async fn must(&mut self, call: &Call<'_>) -> Result<Written, Error> {
        self.call(call).await?.ok_or(Error::Gone)
    }

    async fn send(&self, call: &Call<'_>) -> provider::Result<Answer> {
        let patience = self.until.map(|until| Patience { until, each: EACH });
        let session = self.access.session(self.cx).patient(patience);
        let (writer, place) = (self.writer, &self.place);
        let written = match *call {
            Call::Create(create) => writer.create(&session, place, create).await.map(Some),
            Call::Find(key) => writer.find(&session, place, key).await,
            Call::Read(target) => writer.read(&session, place, target).await.map(Some),
            Call::Update(target, patch, notify) => writer
                .update(&session, place, target, patch, notify)
                .await
                .map(Some),
            Call::Delete(target, notify) => writer
                .delete(&session, place, target, notify)
                .await
                .map(Some),
            Call::Respond(target, answer, notify) => writer
                .respond(&session, place, target, answer, notify)
                .await
                .map(Some),
            Call::Relocate(target, to, notify) => {
                let Some(mover) = writer.mover() else {
                    return Ok(Answer::Moved(None));
                };
                let moved = mover.relocate(&session, place, to, target, notify).await;
                return match moved {
                    Err(error) if error.code.as_deref() == Some(NO_MOVE) => Ok(Answer::Moved(None)),
                    moved => moved.map(|moved| Answer::Moved(Some(Box::new(moved)))),
                };
            }
            Call::LookForMoved(target, to) => {
                let Some(mover) = writer.mover() else {
                    return Ok(Answer::Moved(None));
                };
                let moved = mover.moved(&session, place, to, target).await?;
                return Ok(Answer::Moved(moved.map(Box::new)));
            }
        };
        written.map(Answer::Written)
    }

    async fn note_refusal(&self, error: &provider::Error) -> Result<(), Error> {
        let mut tx = self.cx.store.write_in(self.calendar.workspace_id).await?;
        let connection = &self.access.connection;
        outcome::failed(self.cx, &mut tx, connection, error).await?;
        tx.commit().await?;
        outcome::tell(self.cx, connection, error);
        Ok(())
    }

    /// Takes what the provider holds now into the mirror and, with it, finishes the note of what was meant. A link that is still
    /// being made is fetched later.
    pub(super) async fn keep(
        &self,
        written: &Written,
        note: Option<(EventWriteId, EventId)>,
    ) -> Result<(), Error> {
        let workspace = self.calendar.workspace_id;
        let mut tries = 0;
        loop {
            tries += 1;
            let mut tx = self.cx.store.write_in(self.calendar.workspace_id).await?;
            let done: store::Result<()> = async {
                sync::written(self.cx, &mut tx, &self.calendar, written.changes.clone()).await?;
                if let Some((id, event)) = note {
                    store::event_writes::done(&mut tx, workspace, id, Some(event)).await?;
                    if written.conference_pending {
                        link::enqueue(&mut tx, &self.calendar, event).await?;
                    }
                }
                tx.commit().await
            }
            .await;
            match done {
                Err(store::Error::Conflict { .. } | store::Error::Locked)
                    if tries < MIRROR_TRIES => {}
                Err(error) => return Err(error.into()),
                Ok(()) => break,
            }
        }
        self.tell();
        Ok(())
    }

    /// Those who watch see that the calendar was written to.
    pub(super) fn tell(&self) {
        let message = live::Message::Sync {
            calendar_id: self.calendar.id,
            phase: "written",
            changes: 1,
            result: None,
            error: None,
        };
        let member = Some(self.calendar.member_id);
        self.cx
            .live
            .send(self.calendar.workspace_id, member, message);
    }

    /// The note ends with a failure.
    pub(super) async fn give_up(&self, id: EventWriteId, error: &Error) {
        let done = async {
            let mut tx = self.cx.store.write_in(self.calendar.workspace_id).await?;
            store::event_writes::failed(
                &mut tx,
                self.calendar.workspace_id,
                id,
                &error.to_string(),
            )
            .await?;
            tx.commit().await
        };
        if let Err(store) = done.await {
            tracing::warn!(event_write.id = %id, %store, "a write that failed was not noted as such; it is looked after later");
        }
    }

    /// The mirror's id of what was written.
    pub(super) fn event_id(&self, written: &Written) -> EventId {
        let id =
            event_of(written, &written.provider_id).map_or(written.provider_id.as_str(), series_of);
        EventId::of(self.calendar.id, id)
    }
}

fn series_of(event: &ProviderEvent) -> &str {
    match &event.role {
        daybook_domain::event::Role::Override { series, .. } => series,
        _ => &event.provider_id,
    }
}

/// The event with this provider id, and its version tag, among what the provider answered.
pub(super) fn event_of<'w>(written: &'w Written, provider_id: &str) -> Option<&'w ProviderEvent> {
    written.changes.iter().find_map(|change| match change {
        Change::Upsert(event) => Some(&**event).filter(|event| event.provider_id == provider_id),
        Change::Resource { events, .. } => {
            events.iter().find(|event| event.provider_id == provider_id)
        }
        Change::Removed { .. } | Change::ResourceRemoved { .. } => None,
    })
}

/// The version tag of what the provider holds: the resource's, or the event's own.
pub(super) fn etag_of(written: &Written, provider_id: &str) -> Option<String> {
    let of_resource = written.changes.iter().find_map(|change| match change {
        Change::Resource { etag, .. } => etag.clone(),
        _ => None,
    });
    of_resource.or_else(|| event_of(written, provider_id).and_then(|event| event.etag.clone()))
}
