//! Moves an event to another calendar: by the provider itself where it can (the event stays the same one), else as a copy there and
//! then a removal here. A note carries either over a crash, so that the event is never in both calendars for good, and never in none.

use daybook_domain::event::{Draft, Role, Scope};
use daybook_domain::id::derived;
use daybook_domain::{CalendarId, EventId, EventWriteId};
use daybook_provider_api::calendar::write::{Moved, Target};
use daybook_store as store;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::event_writes::{EventWrite, Kind, NewEventWrite, State};
use store::instances::InstanceView;
use uuid::Uuid;

use super::check::invalid;
use super::create::{id_for, shown};
use super::desk::{Call, Desk};
use super::found::Found;
use super::{Error, copy, settle as settling};
use crate::accounts::once::Key;
use crate::{Context, Principal};

/// Where to.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// The calendar it goes to.
    pub to: CalendarId,
    /// `series` must be said when one occurrence is named: a series moves as a whole.
    pub scope: Option<Scope>,
    /// Whether the providers may mail the attendees.
    pub notify: bool,
}

/// What is meant, as it is noted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Steps {
    /// Where to.
    pub(super) to: CalendarId,
    /// The event in the calendar it leaves.
    pub(super) event: EventId,
    /// Its provider id there.
    pub(super) provider_id: String,
    /// The resource it is in.
    pub(super) resource: Option<String>,
    /// What the copy says; `None`: the provider moves it.
    pub(super) draft: Option<Draft>,
    /// Whether attendees may be mailed.
    pub(super) notify: bool,
}

impl Steps {
    /// The event in the calendar it leaves, in whatever version.
    pub(super) fn source(&self) -> Target {
        Target {
            provider_id: self.provider_id.clone(),
            resource: self.resource.clone(),
            series: None,
            occurrence: None,
            etag: None,
        }
    }
}

/// Moves event `id` of `calendar`; answers with the event in its new calendar. The same `key` moves once.
///
/// # Errors
/// [`Error`]; after [`Error::Unknown`] it is in one of the two calendars, and Daybook finds out by itself.
pub async fn relocate(
    cx: &Context,
    who: &Principal,
    calendar: CalendarId,
    id: Uuid,
    ask: Move,
    key: Option<&Key>,
) -> Result<InstanceView, Error> {
    let mut from = Desk::open(cx, who, calendar).await?;
    let mut to = Desk::open(cx, who, ask.to).await?;
    to.takes_new()?;
    fits(&from, &to)?;
    let note = key.map(|key| id_for(who, key));
    let event = match earlier(&from, note, &ask).await? {
        Some((intent, _)) if intent.state == State::Done => intent.event_id.ok_or(Error::Gone)?,
        Some((intent, steps)) => again(&mut from, &mut to, who, &intent, steps).await?,
        None => {
            let found = Found::find(cx, who.workspace_id, &from.calendar, id, ask.scope).await?;
            whole(&found, ask.scope)?;
            if let Some((intent, steps)) = under_way(&from, &found, &ask).await? {
                again(&mut from, &mut to, who, &intent, steps).await?
            } else if from.calendar.connection_id == to.calendar.connection_id {
                by_provider(&mut from, &mut to, who, &found, &ask, note).await?
            } else {
                copy::start(&mut from, &mut to, who, &found.event, ask.notify, note).await?
            }
        }
    };
    shown(cx, &to, event).await
}

fn fits(from: &Desk<'_>, to: &Desk<'_>) -> Result<(), Error> {
    if from.calendar.id == to.calendar.id {
        return Err(invalid("/calendar_id", "is the calendar the event is in"));
    }
    if from.calendar.member_id != to.calendar.member_id {
        return Err(invalid(
            "/calendar_id",
            "must be a calendar of the same person",
        ));
    }
    Ok(())
}

/// A series moves as a whole, and only where all of it is.
fn whole(found: &Found, scope: Option<Scope>) -> Result<(), Error> {
    if matches!(found.event.role, Role::Override { .. }) {
        return Err(Error::Unsupported(
            "only single occurrences of this series are in the calendar; they cannot be moved to another one".to_owned(),
        ));
    }
    if found.occurrence.is_some() && scope != Some(Scope::Series) {
        return Err(invalid(
            "?scope",
            "a series moves as a whole: send `series`, or the series' own `event_id`",
        ));
    }
    Ok(())
}

/// The note of the same request, when it was sent before.
async fn earlier(
    from: &Desk<'_>,
    note: Option<EventWriteId>,
    ask: &Move,
) -> Result<Option<(EventWrite, Steps)>, Error> {
    let Some(id) = note else { return Ok(None) };
    let workspace = from.calendar.workspace_id;
    let mut tx = from.cx.store.read_in(workspace).await?;
    // A copy in place of a move that the provider could not do counts for the same request.
    let copy = store::event_writes::find(&mut tx, workspace, copy_of(id)).await?;
    let intent = match copy {
        Some(copy) => Some(copy),
        None => store::event_writes::find(&mut tx, workspace, id).await?,
    };
    let Some(intent) = intent else {
        return Ok(None);
    };
    match noted(&intent.request) {
        Some(steps)
            if matches!(intent.kind, Kind::Move | Kind::Copy)
                && intent.calendar_id == from.calendar.id
                && (steps.to, steps.notify) == (ask.to, ask.notify) =>
        {
            Ok(Some((intent, steps)))
        }
        _ => Err(Error::Reused),
    }
}

/// The move of this event that is under way, which is the same one when it goes to the same place, under whatever key: a second copy
/// must not be made.
async fn under_way(
    from: &Desk<'_>,
    found: &Found,
    ask: &Move,
) -> Result<Option<(EventWrite, Steps)>, Error> {
    let notes = from.under_way(found.event_id).await?;
    let mut moves = notes.into_iter().filter_map(|intent| {
        let steps = noted(&intent.request)?;
        Some((intent, steps))
    });
    match moves.next() {
        Some((_, steps)) if steps.to != ask.to => Err(Error::Locked(
            "an earlier move of this event to another calendar has not ended, so nothing was done. Daybook looks after it within a few minutes: see where the event is then, and move it again".to_owned(),
        )),
        other => Ok(other),
    }
}

/// A request that was sent before goes on where it stopped.
async fn again(
    from: &mut Desk<'_>,
    to: &mut Desk<'_>,
    who: &Principal,
    intent: &EventWrite,
    steps: Steps,
) -> Result<EventId, Error> {
    if steps.draft.is_some() {
        return copy::run(from, to, intent, &steps).await;
    }
    run(from, to, who, intent, &steps).await
}

/// Lets the provider move the event.
async fn by_provider(
    from: &mut Desk<'_>,
    to: &mut Desk<'_>,
    who: &Principal,
    found: &Found,
    ask: &Move,
    note: Option<EventWriteId>,
) -> Result<EventId, Error> {
    let steps = Steps {
        to: ask.to,
        event: found.event_id,
        provider_id: found.event.provider_id.clone(),
        resource: found.event.resource.clone(),
        draft: None,
        notify: ask.notify,
    };
    let intent = begin(from, who, note, &steps).await?;
    run(from, to, who, &intent, &steps).await
}

async fn run(
    from: &mut Desk<'_>,
    to: &mut Desk<'_>,
    who: &Principal,
    intent: &EventWrite,
    steps: &Steps,
) -> Result<EventId, Error> {
    let source = steps.source();
    let mut tries = 0;
    let moved = loop {
        tries += 1;
        let call = Call::Relocate(&source, &to.place, steps.notify);
        match from.relocate(&call).await {
            // A move can be said twice: one that got through is recognised.
            Err(Error::Unknown(_) | Error::Changed) if tries < 2 => {}
            Err(error @ Error::Unknown(_)) => return Err(error),
            Err(error) => {
                from.give_up(intent.id, &error).await;
                return Err(error);
            }
            Ok(moved) => break moved,
        }
    };
    match moved {
        Some(moved) => taken(from, to, intent, steps, moved).await,
        None => {
            let cannot = Error::Unsupported("the provider cannot move events; copied".to_owned());
            from.give_up(intent.id, &cannot).await;
            let workspace = from.calendar.workspace_id;
            let mut tx = from.cx.store.read_in(workspace).await?;
            let event = store::events::get(&mut tx, workspace, steps.event)
                .await?
                .event;
            drop(tx);
            copy::start(
                from,
                to,
                who,
                &event,
                steps.notify,
                Some(copy_of(intent.id)),
            )
            .await
        }
    }
}

/// The note of the copy that stands in for a move.
fn copy_of(id: EventWriteId) -> EventWriteId {
    derived(id.as_uuid(), &["copy"]).into()
}

/// Takes a move into both mirrors.
async fn taken(
    from: &Desk<'_>,
    to: &Desk<'_>,
    intent: &EventWrite,
    steps: &Steps,
    moved: Moved,
) -> Result<EventId, Error> {
    let event = to.event_id(&moved.arrived);
    copy::close(from, to, intent, steps, moved.left, &moved.arrived).await?;
    Ok(event)
}

/// Notes what is meant; the look after it follows by itself.
pub(super) async fn begin(
    from: &Desk<'_>,
    who: &Principal,
    id: Option<EventWriteId>,
    steps: &Steps,
) -> Result<EventWrite, Error> {
    let workspace = from.calendar.workspace_id;
    let request = json!({"move": steps});
    let mut tx = from.cx.store.write_in(workspace).await?;
    let new = NewEventWrite {
        id,
        calendar_id: from.calendar.id,
        member_id: who.member_id,
        kind: if steps.draft.is_some() {
            Kind::Copy
        } else {
            Kind::Move
        },
        request: &request,
        event_id: Some(steps.event),
    };
    let intent = store::event_writes::begin(&mut tx, workspace, &new).await?;
    if intent.state == State::Pending {
        settling::enqueue(&mut tx, workspace, &intent).await?;
    }
    tx.commit().await?;
    Ok(intent)
}

/// The steps of a note.
fn noted(request: &Value) -> Option<Steps> {
    serde_json::from_value(request.get("move")?.clone()).ok()
}

/// Looks after a move whose end is not known. What did not begin is not done now; what is there already is finished.
pub(super) async fn settle(from: &mut Desk<'_>, intent: &EventWrite) -> Result<(), Error> {
    let Some(steps) = noted(&intent.request) else {
        return Ok(());
    };
    let workspace = from.calendar.workspace_id;
    let mut to = match Desk::open_for_work(from.cx, workspace, steps.to).await {
        Err(Error::Store(store::Error::NotFound)) => {
            from.give_up(intent.id, &Error::Gone).await;
            return Ok(());
        }
        other => other?,
    };
    if steps.draft.is_some() {
        return match to.call(&Call::Find(intent.id.into())).await? {
            Some(written) => copy::finish(from, &mut to, intent, &steps, written)
                .await
                .map(|_| ()),
            None => {
                from.give_up(intent.id, &Error::Gone).await;
                Ok(())
            }
        };
    }
    let look = Call::LookForMoved(&steps.source(), &to.place);
    match from.relocate(&look).await? {
        Some(moved) => taken(from, &to, intent, &steps, moved).await.map(|_| ()),
        None => {
            from.give_up(intent.id, &Error::Gone).await;
            Ok(())
        }
    }
}
