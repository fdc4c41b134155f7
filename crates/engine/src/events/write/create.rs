//! Creates an event at its provider, exactly once.

use daybook_domain::event::{Conference, Draft};
use daybook_domain::id::derived;
use daybook_domain::recurrence::OccurrenceKey;
use daybook_domain::{CalendarId, EventId, EventWriteId, InstanceId};
use daybook_provider_api::calendar::write::{Create, Written};
use daybook_store as store;
use serde_json::json;
use store::event_writes::{EventWrite, Kind, NewEventWrite, State};
use store::instances::InstanceView;

use super::check::{self, When, invalid};
use super::desk::{Call, Desk};
use super::{Error, link, settle};
use crate::accounts::once::Key;
use crate::{Context, Principal};

/// A new event, as it was asked for.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Title.
    pub title: String,
    /// Plain text.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// Start.
    pub start: When,
    /// End, exclusive.
    pub end: When,
    /// IANA zone; by default the calendar's.
    pub time_zone: Option<String>,
    /// Addresses of those invited.
    pub attendees: Vec<String>,
    /// RRULE, RDATE and EXDATE lines.
    pub recurrence: Vec<String>,
    /// A meeting link to be made.
    pub conference: Option<Conference>,
    /// Whether it blocks time.
    pub opaque: bool,
    /// Whether the provider may mail the attendees.
    pub notify: bool,
}

/// A calendar laid open for several new events.
pub struct Batch<'a>(Desk<'a>);

impl<'a> Batch<'a> {
    /// Opens the calendar.
    ///
    /// # Errors
    /// [`Error`], as any write to it would have.
    pub async fn open(
        cx: &'a Context,
        who: &Principal,
        calendar: CalendarId,
    ) -> Result<Self, Error> {
        let desk = Desk::open(cx, who, calendar).await?;
        desk.takes_new()?;
        Ok(Self(desk))
    }

    /// Creates one of them.
    ///
    /// # Errors
    /// As [`create`]; [`Error::NotBegun`] when the time is up.
    pub async fn create(
        &mut self,
        who: &Principal,
        new: NewEvent,
        key: Option<&Key>,
    ) -> Result<InstanceView, Error> {
        let desk = &mut self.0;
        if !desk.has_time() {
            return Err(Error::NotBegun);
        }
        let made = create_at(desk, who, new, key.map(|key| id_for(who, key))).await?;
        shown(desk.cx, desk, made.event).await
    }
}

/// An event that was created.
struct Made {
    event: EventId,
    /// The provider's id, when its meeting link is still being made.
    without_link: Option<String>,
}

/// Creates the event. The same `key` creates it once, however often it is asked for.
///
/// # Errors
/// [`Error`]; after [`Error::Unknown`] the event may or may not exist, and Daybook finds out by itself.
pub async fn create(
    cx: &Context,
    who: &Principal,
    calendar: CalendarId,
    new: NewEvent,
    key: Option<&Key>,
) -> Result<InstanceView, Error> {
    create_as(cx, who, calendar, new, key.map(|key| id_for(who, key))).await
}

/// As [`create`]; what has the same `id` is the same event.
///
/// # Errors
/// As [`create`].
pub(crate) async fn create_as(
    cx: &Context,
    who: &Principal,
    calendar: CalendarId,
    new: NewEvent,
    id: Option<EventWriteId>,
) -> Result<InstanceView, Error> {
    let mut desk = Desk::open(cx, who, calendar).await?;
    desk.takes_new()?;
    let made = create_at(&mut desk, who, new, id).await?;
    if let Some(provider_id) = made.without_link {
        link::wait(&mut desk, &provider_id).await;
    }
    shown(cx, &desk, made.event).await
}

async fn create_at(
    desk: &mut Desk<'_>,
    who: &Principal,
    new: NewEvent,
    id: Option<EventWriteId>,
) -> Result<Made, Error> {
    let (draft, notify) = (draft(desk, &new)?, new.notify);
    allowed(desk, &draft, notify)?;
    let intent = begin(desk, who, id, &draft, notify).await?;
    if intent.state == State::Done
        && let Some(event) = intent.event_id
    {
        return Ok(Made {
            event,
            without_link: None,
        });
    }
    let create = Create {
        key: intent.id.into(),
        draft,
        notify,
        like: None,
    };
    let written = settled(desk, &intent, &create)
        .await
        .map_err(|error| check::placed(error, &create.draft.attendees, &new.attendees))?;
    let event = desk.event_id(&written);
    desk.keep(&written, Some((intent.id, event))).await?;
    let pending = written.conference_pending;
    if create.draft.conference.is_some() && !pending {
        link::report(desk, &written).await?;
    }
    Ok(Made {
        event,
        without_link: pending.then_some(written.provider_id),
    })
}

/// The write that a request with this key stands for.
pub(super) fn id_for(who: &Principal, key: &Key) -> EventWriteId {
    derived(
        who.member_id.as_uuid(),
        &["event_write", &key.route, &key.name],
    )
    .into()
}

/// What the provider holds after the create. A create whose answer was lost is looked for before it is given up.
pub(super) async fn settled(
    desk: &mut Desk<'_>,
    intent: &EventWrite,
    create: &Create,
) -> Result<Written, Error> {
    let error = match desk.must(&Call::Create(create)).await {
        Ok(written) => return Ok(written),
        Err(error) => error,
    };
    if !matches!(error, Error::Unknown(_)) {
        desk.give_up(intent.id, &error).await;
        return Err(error);
    }
    match desk.call(&Call::Find(create.key)).await {
        Ok(Some(written)) => Ok(written),
        // Not there now; the provider may still be at it, so the note stays open and is looked at again.
        Ok(None) | Err(_) => Err(error),
    }
}

async fn begin(
    desk: &Desk<'_>,
    who: &Principal,
    id: Option<EventWriteId>,
    draft: &Draft,
    notify: bool,
) -> Result<EventWrite, Error> {
    let request = json!({"draft": draft, "notify": notify});
    let workspace = desk.calendar.workspace_id;
    let mut tx = desk.cx.store.write_in(workspace).await?;
    let new = NewEventWrite {
        id,
        calendar_id: desk.calendar.id,
        member_id: who.member_id,
        kind: Kind::Create,
        request: &request,
        event_id: None,
    };
    let intent = store::event_writes::begin(&mut tx, workspace, &new).await?;
    if intent.request != request || intent.calendar_id != desk.calendar.id {
        return Err(Error::Reused);
    }
    if intent.state == State::Pending {
        settle::enqueue(&mut tx, workspace, &intent).await?;
    }
    tx.commit().await?;
    Ok(intent)
}

fn draft(desk: &Desk<'_>, new: &NewEvent) -> Result<Draft, Error> {
    let zone = check::zone(new.time_zone.as_deref().unwrap_or(&desk.place.default_zone))?;
    let title = check::line("/summary", &new.title, check::MAX_TITLE)?;
    let (start, end) = check::times(&new.start, &new.end, &zone)?;
    let text = |pointer, text: &Option<String>, most| match text.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => check::text(pointer, text, most).map(Some),
    };
    let draft = Draft {
        title,
        description: text("/description", &new.description, check::MAX_DESCRIPTION)?,
        location: text("/location", &new.location, check::MAX_LOCATION)?,
        start,
        end,
        attendees: check::attendees(&new.attendees)?,
        recurrence: new.recurrence.clone(),
        conference: new.conference,
        opaque: new.opaque,
    };
    check::draft(&draft, &zone)?;
    Ok(draft)
}

/// Whether the provider can do what the draft asks for.
pub(super) fn allowed(desk: &Desk<'_>, draft: &Draft, notify: bool) -> Result<(), Error> {
    let capability = desk.writer.capability();
    if let Some(conference) = draft.conference
        && !capability.conferences.contains(&conference)
    {
        let names: Vec<&str> = capability
            .conferences
            .iter()
            .map(|conference| conference.as_str())
            .collect();
        let can = if names.is_empty() {
            "this calendar's provider makes no meeting links".to_owned()
        } else {
            format!("this calendar's provider makes {}", names.join(", "))
        };
        return Err(invalid("/conference", can));
    }
    if !draft.attendees.is_empty() && !notify && !capability.quiet {
        return Err(Error::AlwaysNotifies);
    }
    Ok(())
}

/// What an event looks like in answers: its instance, or the first one of its series.
pub(super) async fn shown(
    cx: &Context,
    desk: &Desk<'_>,
    event: EventId,
) -> Result<InstanceView, Error> {
    let workspace = desk.calendar.workspace_id;
    let mut tx = cx.store.read_in(workspace).await?;
    if let Some(id) = store::instances::first_of_event(&mut tx, workspace, event).await? {
        return Ok(store::instances::get(&mut tx, workspace, id).await?);
    }
    // A series whose occurrences are all beyond the mirror's window: shown by its first one.
    let row = store::events::get(&mut tx, workspace, event).await?;
    let key = OccurrenceKey::of(&row.event.start).to_string();
    Ok(InstanceView::of_event(
        &desk.calendar,
        InstanceId::of(event, Some(&key)),
        key,
        row,
    ))
}
