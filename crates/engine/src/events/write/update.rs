//! Changes an event: one occurrence, this and the following ones, or all of it.

use daybook_domain::event::{Draft, EventTime, Patch, Role, Scope};
use daybook_domain::recurrence;
use daybook_domain::{CalendarId, EventId, EventWriteId, InstanceId};
use daybook_store as store;
use serde_json::json;
use store::event_writes::{EventWrite, Kind, NewEventWrite, State};
use store::instances::InstanceView;
use uuid::Uuid;

use super::check::{self, When, invalid};
use super::create::{id_for, shown};
use super::cut::{self, Time};
use super::desk::Desk;
use super::found::Found;
use super::{Error, change, following};
use crate::accounts::once::Key;
use crate::{Context, Principal};

/// What changes; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Title.
    pub title: Option<String>,
    /// Plain text; empty removes it.
    pub description: Option<String>,
    /// Where; empty removes it.
    pub location: Option<String>,
    /// Start; with `end`.
    pub start: Option<When>,
    /// End; with `start`.
    pub end: Option<When>,
    /// IANA zone of the new times; by default the event's.
    pub time_zone: Option<String>,
    /// Addresses: the whole list.
    pub attendees: Option<Vec<String>>,
    /// Recurrence lines: the whole set, for a series.
    pub recurrence: Option<Vec<String>>,
    /// Whether it blocks time.
    pub opaque: Option<bool>,
    /// Whether the provider may mail the attendees.
    pub notify: bool,
}

/// Changes event `id` of `calendar`. Answers with what the id names afterwards.
///
/// # Errors
/// [`Error`]; [`Error::Reused`] for the key of another cut; [`Error::Changed`] when somebody else changed the same things meanwhile.
pub async fn update(
    cx: &Context,
    who: &Principal,
    calendar: CalendarId,
    id: Uuid,
    scope: Option<Scope>,
    ask: Change,
    key: Option<&Key>,
) -> Result<InstanceView, Error> {
    let mut desk = Desk::open(cx, who, calendar).await?;
    let mut note_id = key.map(|key| id_for(who, key));
    if let Some(intent) = earlier_cut(&desk, note_id).await? {
        match cut_again(&mut desk, &intent, id).await? {
            Some(event) => return shown(cx, &desk, event).await,
            // It was refused and undone: this is another attempt.
            None => note_id = None,
        }
    }
    let found = Found::find(cx, who.workspace_id, &desk.calendar, id, scope).await?;
    let patch = patch(&found, &ask)?;
    if patch.is_empty() {
        return current(cx, &desk, &found, id).await;
    }
    mailed(&desk, &found, &patch, ask.notify)?;
    if found.scope == Scope::Following && !following::is_first(&found) {
        let event = following::change(&mut desk, who, &found, patch, ask.notify, note_id).await?;
        return shown(cx, &desk, event).await;
    }
    change_now(&mut desk, who, &found, id, &patch, &ask).await
}

/// The cut that an earlier request with the same key noted. Other changes may simply be made again.
async fn earlier_cut(
    desk: &Desk<'_>,
    id: Option<EventWriteId>,
) -> Result<Option<EventWrite>, Error> {
    let Some(id) = id else { return Ok(None) };
    let workspace = desk.calendar.workspace_id;
    let mut tx = desk.cx.store.read_in(workspace).await?;
    let intent = store::event_writes::find(&mut tx, workspace, id).await?;
    Ok(intent.filter(|intent| intent.kind == Kind::Split))
}

/// What became of a cut that was asked for before, finished if it is not; `None`: it was refused.
async fn cut_again(
    desk: &mut Desk<'_>,
    intent: &EventWrite,
    id: Uuid,
) -> Result<Option<EventId>, Error> {
    if intent.calendar_id != desk.calendar.id || !following::names(intent, id) {
        return Err(Error::Reused);
    }
    match (intent.state, cut::noted(&intent.request)) {
        (State::Done, _) => Ok(intent.event_id),
        (State::Pending, Some(steps)) => {
            cut::run(desk, intent, &steps, Time::Again).await.map(Some)
        }
        _ => Ok(None),
    }
}

async fn change_now(
    desk: &mut Desk<'_>,
    who: &Principal,
    found: &Found,
    id: Uuid,
    patch: &Patch,
    ask: &Change,
) -> Result<InstanceView, Error> {
    let cx = desk.cx;
    let intent = note(desk, who, Kind::Update, found, &json!({"patch": patch})).await?;
    let result = change::apply(desk, found.target(), found.shown(), patch, ask.notify).await;
    match result {
        Ok(written) => {
            desk.keep(&written, Some((intent.id, found.event_id)))
                .await?;
            current(cx, desk, found, id).await
        }
        Err(error) => {
            desk.give_up(intent.id, &error).await;
            let (people, sent) = (patch.attendees.as_deref(), ask.attendees.as_deref());
            Err(check::placed(
                error,
                people.unwrap_or_default(),
                sent.unwrap_or_default(),
            ))
        }
    }
}

/// Notes what is meant with an event that exists.
pub(super) async fn note(
    desk: &Desk<'_>,
    who: &Principal,
    kind: Kind,
    found: &Found,
    request: &serde_json::Value,
) -> Result<EventWrite, Error> {
    let mut tx = desk.cx.store.write_in(desk.calendar.workspace_id).await?;
    let new = NewEventWrite {
        id: None,
        calendar_id: desk.calendar.id,
        member_id: who.member_id,
        kind,
        request,
        event_id: Some(found.event_id),
    };
    let intent = store::event_writes::begin(&mut tx, desk.calendar.workspace_id, &new).await?;
    tx.commit().await?;
    Ok(intent)
}

/// What the id names now; an occurrence that is no more is shown by its series.
pub(super) async fn current(
    cx: &Context,
    desk: &Desk<'_>,
    found: &Found,
    id: Uuid,
) -> Result<InstanceView, Error> {
    let mut tx = cx.store.read_in(desk.calendar.workspace_id).await?;
    let instance: InstanceId = id.into();
    match store::instances::get(&mut tx, desk.calendar.workspace_id, instance).await {
        Ok(view) => Ok(view),
        Err(store::Error::NotFound) => {
            drop(tx);
            shown(cx, desk, found.event_id).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Providers that always mail are only told to write when there is nobody to mail, or the caller agreed. Who is taken off an event is
/// mailed too.
pub(super) fn mailed(
    desk: &Desk<'_>,
    found: &Found,
    patch: &Patch,
    notify: bool,
) -> Result<(), Error> {
    let invites = patch.attendees.as_ref().is_some_and(|to| !to.is_empty());
    let anybody = invites || !found.shown().details.attendees.is_empty();
    if anybody && !notify && !desk.writer.capability().quiet {
        return Err(Error::AlwaysNotifies);
    }
    Ok(())
}

fn patch(found: &Found, ask: &Change) -> Result<Patch, Error> {
    let optional = |pointer, text: &Option<String>, most| match text.as_deref() {
        None => Ok(None),
        Some("") => Ok(Some(None)),
        Some(text) => check::text(pointer, text, most).map(|text| Some(Some(text))),
    };
    let title = match &ask.title {
        Some(title) => Some(check::line("/summary", title, check::MAX_TITLE)?),
        None => None,
    };
    let attendees = match &ask.attendees {
        Some(addresses) => Some(check::attendees(addresses)?),
        None => None,
    };
    let mut patch = Patch {
        title,
        description: optional("/description", &ask.description, check::MAX_DESCRIPTION)?,
        location: optional("/location", &ask.location, check::MAX_LOCATION)?,
        times: times(found, ask)?,
        attendees,
        recurrence: ask.recurrence.clone(),
        opaque: ask.opaque,
    };
    repeat(found, &mut patch)?;
    Ok(patch)
}

fn times(found: &Found, ask: &Change) -> Result<Option<(EventTime, EventTime)>, Error> {
    let (start, end) = match (&ask.start, &ask.end) {
        (None, None) if ask.time_zone.is_some() => {
            return Err(invalid(
                "/time_zone",
                "needs `start_time` and `end_time` beside it",
            ));
        }
        (None, None) => return Ok(None),
        (Some(start), Some(end)) => (start, end),
        (Some(_), None) => {
            return Err(invalid(
                "/end_time",
                "needs to be there when `start_time` is",
            ));
        }
        (None, Some(_)) => {
            return Err(invalid(
                "/start_time",
                "needs to be there when `end_time` is",
            ));
        }
    };
    let zone = match &ask.time_zone {
        Some(name) => check::zone(name)?,
        None => found.zone.clone(),
    };
    let (start, end) = check::times(start, end, &zone)?;
    if found.scope == Scope::Series {
        return Ok(Some(found.times_of_series(start, end)));
    }
    Ok(Some((start, end)))
}

/// The recurrence that goes with the change: checked when it is given, moved along when the series moves to another day.
fn repeat(found: &Found, patch: &mut Patch) -> Result<(), Error> {
    if found.scope == Scope::Instance {
        return match patch.recurrence {
            Some(_) => Err(invalid(
                "/recurrence",
                "belongs to the series: send `scope=series` or `scope=following`",
            )),
            None => Ok(()),
        };
    }
    let start = match (&patch.times, found.scope) {
        (Some((start, _)), _) => start.clone(),
        (None, Scope::Following) => following::starts(found),
        (None, _) => found.event.start.clone(),
    };
    if let Some(lines) = &patch.recurrence {
        return check::recurrence(lines, &start, &found.zone);
    }
    let (Role::Master { recurrence: lines }, Some(_), Scope::Series) =
        (&found.event.role, &patch.times, found.scope)
    else {
        return Ok(());
    };
    let day = |time: &EventTime| match time {
        EventTime::AllDay(date) => *date,
        EventTime::Timed { at, .. } => found.zone.to_datetime(*at).date(),
    };
    let (old, new) = (day(&found.event.start), day(&start));
    if old != new {
        patch.recurrence = Some(recurrence::moved(lines, old, new)?);
    }
    Ok(())
}

/// What the new part of a series says: as the series does, or (with another rule, or at other times) as what is shown does, which
/// may be a changed occurrence.
pub(super) fn draft_of(found: &Found, patch: Patch, lines: Vec<String>, anew: bool) -> Draft {
    let own = found.occurrence.as_ref().and_then(|one| one.own.as_ref());
    let shown = own.filter(|_| anew).unwrap_or(&found.event);
    let details = shown.details.clone();
    let (start, end) = patch.times.unwrap_or_else(|| following::times(found));
    let invited = details
        .attendees
        .into_iter()
        .map(|attendee| attendee.person)
        .filter(|person| person.email.is_some());
    Draft {
        title: patch.title.unwrap_or(details.title),
        description: patch.description.unwrap_or(details.description),
        location: patch.location.unwrap_or(details.location),
        start,
        end,
        attendees: patch.attendees.unwrap_or_else(|| invited.collect()),
        recurrence: lines,
        conference: None,
        opaque: patch.opaque.unwrap_or(shown.opaque),
    }
}
