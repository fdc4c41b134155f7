//! Writing events (contracts/microsoft §6). A create looks for its marker before it posts; a change reads what is there, because
//! Graph replaces lists and bodies as a whole.

mod body;
mod like;
mod read_back;

use async_trait::async_trait;
use daybook_domain::event::{Change, Conference, EventTime, Patch, ResponseStatus};
use daybook_domain::zone::Zone;
use daybook_provider_api::calendar::EventWriter;
use daybook_provider_api::calendar::write::{Create, Place, Target, WriteCapability, Written};
use daybook_provider_api::error::{ErrorKind, Field};
use daybook_provider_api::{Error, Result, Session};
use jiff::SignedDuration;
use uuid::Uuid;

use super::calls::{calendar_view, event, find_event, list_calendars, respond, write_event};
use super::map::{self, series, time};
use super::{Microsoft, errors, wire};
use read_back::written;

/// Where an occurrence is looked for, around its original start.
const AROUND: SignedDuration = SignedDuration::from_hours(36);

/// The event a target names, at Graph.
struct Found {
    id: String,
    /// The version to insist on.
    etag: Option<String>,
}

#[async_trait]
impl EventWriter for Microsoft {
    fn capability(&self) -> WriteCapability {
        WriteCapability {
            quiet: false,
            conferences: &[Conference::MicrosoftTeams],
            any_recurrence: false,
        }
    }

    async fn create(
        &self,
        session: &Session<'_>,
        place: &Place,
        create: &Create,
    ) -> Result<Written> {
        let home = map::home(&place.default_zone);
        let mut body = body::of_draft(create, place, &home)?;
        if let Some(found) = find_event::by_key(session, &place.calendar, create.key).await? {
            return Ok(written(session, place, found).await);
        }
        if create.draft.conference.is_some() {
            has_teams(session, &place.calendar).await?;
        }
        if let Some(other) = &create.like {
            let (event, source) =
                event::whole(session, &place.calendar, &other.of.provider_id).await?;
            let teams = like::has_teams(&event, &source)
                && has_teams(session, &place.calendar).await.is_ok();
            like::complete(&mut body, &event, &source, &other.patch, teams);
        }
        let made = match write_event::create(session, &place.calendar, &body).await {
            // What a second POST with one transactionId gives is not said: perhaps this.
            Err(error) if error.kind == ErrorKind::Conflict => {
                find_event::by_key(session, &place.calendar, create.key)
                    .await?
                    .ok_or(error)?
            }
            other => other?,
        };
        Ok(written(session, place, made).await)
    }

    async fn find(
        &self,
        session: &Session<'_>,
        place: &Place,
        key: Uuid,
    ) -> Result<Option<Written>> {
        Ok(
            match find_event::by_key(session, &place.calendar, key).await? {
                Some(found) => Some(written(session, place, found).await),
                None => None,
            },
        )
    }

    async fn read(&self, session: &Session<'_>, place: &Place, target: &Target) -> Result<Written> {
        let found = locate(session, place, target)
            .await?
            .ok_or_else(not_there)?;
        let event = event::get(session, &place.calendar, &found.id).await?;
        Ok(written(session, place, event).await)
    }

    async fn update(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        patch: &Patch,
        _: bool,
    ) -> Result<Written> {
        let found = locate(session, place, target)
            .await?
            .ok_or_else(not_there)?;
        let current = event::get(session, &place.calendar, &found.id).await?;
        let home = map::home(&place.default_zone);
        let body = body::of_patch(patch, &current, place, &home)?;
        if body.as_object().is_none_or(serde_json::Map::is_empty) {
            return Ok(written(session, place, current).await);
        }
        let etag = found.etag.as_deref();
        let changed = write_event::update(session, &place.calendar, &found.id, etag, &body).await?;
        Ok(written(session, place, changed).await)
    }

    async fn delete(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        _: bool,
    ) -> Result<Written> {
        if let Some(found) = locate(session, place, target).await? {
            event::delete(session, &place.calendar, &found.id, found.etag.as_deref()).await?;
        }
        let changes = match (&target.occurrence, &target.series) {
            (None, _) => vec![removed(&target.provider_id)],
            (Some(_), series) => {
                let series = series.as_deref().unwrap_or(&target.provider_id);
                read_back::series_changes(session, place, series).await
            }
        };
        Ok(Written {
            changes,
            provider_id: target.provider_id.clone(),
            conference_pending: false,
        })
    }

    async fn respond(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        answer: ResponseStatus,
        notify: bool,
    ) -> Result<Written> {
        let found = locate(session, place, target)
            .await?
            .ok_or_else(not_there)?;
        respond::send(session, &found.id, answer, notify).await?;
        match event::get(session, &place.calendar, &found.id).await {
            Ok(event) => Ok(written(session, place, event).await),
            // Declined meetings leave the calendar.
            Err(error) if errors::is_gone(&error) => Ok(Written {
                changes: vec![removed(&found.id)],
                provider_id: found.id,
                conference_pending: false,
            }),
            Err(error) => Err(error),
        }
    }
}

fn removed(provider_id: &str) -> Change {
    Change::Removed {
        provider_id: provider_id.to_owned(),
    }
}

fn not_there() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "Outlook no longer has this event. Nothing was changed; the next sync removes it here.",
    )
}

/// Whether the calendar can make Teams links; personal accounts cannot.
async fn has_teams(session: &Session<'_>, calendar: &str) -> Result<()> {
    let entries = list_calendars::all(session).await?;
    let own = entries
        .iter()
        .find(|entry| entry.id.as_deref() == Some(calendar));
    match own.is_some_and(list_calendars::Entry::has_teams) {
        true => Ok(()),
        false => Err(errors::unsupported(
            "a Teams link in this calendar: its account has no Teams for work or school",
        )
        .about(Field::Conference)),
    }
}

/// The event at Graph that `target` means. An occurrence that was never changed has no row in the mirror: it is looked up by
/// its series and start. `None` when there is no such occurrence (any more).
async fn locate(session: &Session<'_>, place: &Place, target: &Target) -> Result<Option<Found>> {
    let own = || Found {
        id: target.provider_id.clone(),
        etag: target.etag.clone(),
    };
    let Some(start) = &target.occurrence else {
        return Ok(Some(own()));
    };
    let series = target.series.as_deref().unwrap_or(&target.provider_id);
    if series != target.provider_id {
        return Ok(Some(own())); // the override that stands for it
    }
    let home = map::home(&place.default_zone);
    let at = match start {
        EventTime::Timed { at, .. } => *at,
        EventTime::AllDay(day) => home.start_of_day(*day),
    };
    let from = at.saturating_sub(AROUND).unwrap_or(at);
    let to = at.saturating_add(AROUND).unwrap_or(at);
    let (calendar, window) = (&place.calendar, from..to);
    let rows = calendar_view::all(session, calendar, &window, calendar_view::PLACES).await?;
    let found = rows.into_iter().find(|row| {
        row.series_master_id.as_deref() == Some(series) && stands_for(row, start, &home)
    });
    // The tag that came along is the series', so it says nothing about this one.
    Ok(found
        .and_then(|row| row.id)
        .map(|id| Found { id, etag: None }))
}

/// Whether `row` is the occurrence that originally started at `start`.
fn stands_for(row: &wire::Event, start: &EventTime, home: &Zone) -> bool {
    let own = row.original_start.as_deref().and_then(|text| {
        let zone = start.zone().and_then(|name| time::zone(Some(name)));
        time::original(text, start.is_all_day(), zone.as_ref().unwrap_or(home))
    });
    let own = own.or_else(|| Some(time::times(row, start.is_all_day(), None, home)?.0));
    own.is_some_and(|own| series::key(&own) == series::key(start))
}

#[cfg(test)]
mod tests;
