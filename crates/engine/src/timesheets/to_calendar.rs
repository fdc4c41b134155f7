//! Puts work that was entered by hand into a calendar: one event for one entry, and the two know each other (SPEC §2.8).

use daybook_domain::id::derived;
use daybook_domain::{CalendarId, TimeEntryId};
use daybook_store as store;
use store::instances::InstanceView;

use super::{convert, entries, history};
use crate::events::write::create::{self, NewEvent};
use crate::events::write::{self, When};
use crate::{Context, Principal};

/// Why an entry could not be put into a calendar.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It came from an event, or has one already.
    #[error("this entry has a calendar event already")]
    HasEvent,
    /// It has no time of day.
    #[error("this entry has no end yet: stop the timer, or give it one, before it can be an event")]
    NoEnd,
    /// The event could not be written.
    #[error(transparent)]
    Write(#[from] write::Error),
    /// The entry could not be read.
    #[error(transparent)]
    Entry(#[from] super::Error),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Entry(error.into())
    }
}

/// Creates an event in `calendar` that says what the entry says, once however often it is asked for. The event counts as
/// converted: it is never billed a second time.
///
/// # Errors
/// [`Error`].
pub async fn to_calendar(
    cx: &Context,
    who: &Principal,
    entry: TimeEntryId,
    calendar: CalendarId,
) -> Result<InstanceView, Error> {
    let entry = entries::get(cx, who, entry).await?;
    if !who.may_change(entry.member_id) {
        return Err(store::Error::NotFound.into());
    }
    if entry.synced_event_id.is_some() || entry.cause_key.is_some() {
        return Err(Error::HasEvent);
    }
    let end = entry.ended_at.ok_or(Error::NoEnd)?;
    let title: String = entry
        .description
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    let new = NewEvent {
        title: if title.trim().is_empty() {
            "Work".to_owned()
        } else {
            title
        },
        description: None,
        location: None,
        start: When::At(entry.started_at),
        end: When::At(end),
        time_zone: None,
        attendees: Vec::new(),
        recurrence: Vec::new(),
        conference: None,
        opaque: true,
        notify: false,
    };
    let id = derived(
        entry.id.as_uuid(),
        &["calendar_event", &calendar.to_string()],
    )
    .into();
    let event = create::create_as(cx, who, calendar, new, Some(id)).await?;
    link(cx, who, entry.id, &event).await?;
    Ok(InstanceView {
        time_entry_id: Some(entry.id),
        ..event
    })
}

/// Once, however often the event is found.
async fn link(
    cx: &Context,
    who: &Principal,
    entry: TimeEntryId,
    event: &InstanceView,
) -> Result<(), Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    let before = store::time_entries::get(&mut tx, ws, entry).await?;
    if before.synced_event_id == Some(event.id) {
        return Ok(());
    }
    let (calendar, cause) = (event.calendar_id, event.cause_key());
    store::time_entries::link_event(&mut tx, ws, entry, event.id, calendar, &cause).await?;
    let after = store::time_entries::get(&mut tx, ws, entry).await?;
    // Others whose calendars show it are told that it is billed already.
    convert::claim(&mut tx, &after, &cause).await?;
    history::changed(&mut tx, who, (&before, &after), "linked", None).await?;
    Ok(tx.commit().await?)
}
