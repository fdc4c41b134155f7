//! Writing events at Google (contracts/google §6 and §7): every call may be repeated.

mod body;
mod like;
mod locked;
mod meet;
mod people;
mod relocate;

use async_trait::async_trait;
use daybook_domain::event::{Change, Conference, EventTime, Patch, ResponseStatus};
use daybook_provider_api::calendar::EventWriter;
use daybook_provider_api::calendar::write::{
    Create, EventMover, Place, Target, WriteCapability, Written,
};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Result, Session};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::calls::delete_event::DeleteEvent;
use super::calls::find_instance::FindInstance;
use super::calls::get_event::GetEvent;
use super::calls::insert_event::InsertEvent;
use super::calls::list_events::{ListEvents, PROBE_PAGE};
use super::{Google, errors, map, wire};

#[async_trait]
impl EventWriter for Google {
    fn capability(&self) -> WriteCapability {
        WriteCapability {
            quiet: true,
            conferences: &[Conference::GoogleMeet],
            any_recurrence: true,
        }
    }

    fn mover(&self) -> Option<&dyn EventMover> {
        Some(self)
    }

    async fn create(
        &self,
        session: &Session<'_>,
        place: &Place,
        create: &Create,
    ) -> Result<Written> {
        let mut event = body::create(&create.draft, create.key, &place.default_zone)?;
        if create.draft.conference.is_some() {
            meet::check_allowed(session, place).await?;
        }
        if let Some(other) = &create.like {
            like::complete(session, place, &mut event, other, create.key).await?;
        }
        let call = InsertEvent {
            calendar: &place.calendar,
            event: &event,
            notify: create.notify,
        };
        match call.send(session).await {
            Ok(event) => written(event, place),
            Err(error) if error.code.as_deref() == Some("duplicate") => {
                earlier(session, place, create.key).await
            }
            Err(error) => Err(error),
        }
    }

    async fn find(
        &self,
        session: &Session<'_>,
        place: &Place,
        key: Uuid,
    ) -> Result<Option<Written>> {
        match get(session, place, &body::id(key)).await {
            Ok(event) if is_cancelled(&event) || !body::is_ours(&event, key) => Ok(None),
            Ok(event) => written(event, place).map(Some),
            Err(error) if is_absent(error.kind) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn read(&self, session: &Session<'_>, place: &Place, target: &Target) -> Result<Written> {
        let event = match series_of(target) {
            Some((master, original)) => instance(session, place, master, original).await?,
            None => get(session, place, &target.provider_id).await?,
        };
        written(living(event)?, place)
    }

    async fn update(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        patch: &Patch,
        notify: bool,
    ) -> Result<Written> {
        if target.occurrence.is_some() && patch.recurrence.is_some() {
            return Err(errors::refused_field(
                errors::Field::Recurrence,
                "recurrence",
                "One occurrence of a series cannot repeat by itself, so nothing was written. Leave out how it \
                 repeats, or change the whole series.",
            ));
        }
        let found = locate(session, place, target, needs_present(patch)).await?;
        let in_series = target.occurrence.is_none() && repeats(patch, found.event.as_ref());
        let mut fields = body::patch(patch, &place.default_zone, in_series)?;
        if let Some(event) = &found.event {
            people::add(&mut fields, patch, event)?;
            add_zone(&mut fields, patch, event, &place.default_zone);
        }
        write(session, place, &found, fields, notify).await
    }

    async fn delete(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        notify: bool,
    ) -> Result<Written> {
        let found = match locate(session, place, target, false).await {
            Ok(found) => found,
            Err(error) if is_absent(error.kind) => {
                return already_gone(session, place, target).await;
            }
            Err(error) => return Err(error),
        };
        let call = DeleteEvent {
            calendar: &place.calendar,
            event: &found.id,
            etag: found.etag.as_deref(),
            notify,
        };
        match call.send(session).await {
            Ok(()) => Ok(removed(session, place, target, found.id).await),
            Err(error) if error.kind == ErrorKind::Gone => {
                Ok(removed(session, place, target, found.id).await)
            }
            Err(error) if error.kind == ErrorKind::NotFound => {
                already_gone(session, place, target).await
            }
            Err(error) => Err(error),
        }
    }

    async fn respond(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        answer: ResponseStatus,
        notify: bool,
    ) -> Result<Written> {
        let found = locate(session, place, target, true).await?;
        let event = found.event.as_ref().ok_or_else(errors::malformed)?;
        let fields = people::answered(event, place.account_email.as_deref(), answer);
        let fields = fields.ok_or_else(|| {
            errors::refused_field(
                errors::Field::Answer,
                "not_invited",
                "This account is not among the event's guests at Google, so there is nothing to answer.",
            )
        })?;
        write(session, place, &found, fields, notify).await
    }
}

/// What is about to be written.
struct Found {
    /// Its id: the event's, the series' or the instance's.
    id: String,
    /// The version that the write is based on.
    etag: Option<String>,
    /// What Google holds, where it was read.
    event: Option<Value>,
}

/// The series and the occurrence's original start, when the target names an occurrence by its series. An override has an id of
/// its own.
fn series_of(target: &Target) -> Option<(&str, &EventTime)> {
    let original = target.occurrence.as_ref()?;
    let series = target.series.as_deref();
    (series.is_none() || series == Some(target.provider_id.as_str()))
        .then_some((target.provider_id.as_str(), original))
}

/// What the target means at Google, read only where it must be.
async fn locate(
    session: &Session<'_>,
    place: &Place,
    target: &Target,
    read: bool,
) -> Result<Found> {
    if let Some((master, original)) = series_of(target) {
        // The version told is the series': an untouched occurrence has none of its own in the mirror.
        if let Some(etag) = &target.etag {
            let series = living(get(session, place, master).await?)?;
            if text(&series, "etag") != Some(etag) {
                return Err(errors::changed_meanwhile());
            }
        }
        let event = living(instance(session, place, master, original).await?)?;
        return found(event);
    }
    if !read {
        return Ok(Found {
            id: target.provider_id.clone(),
            etag: target.etag.clone(),
            event: None,
        });
    }
    let event = living(get(session, place, &target.provider_id).await?)?;
    match &target.etag {
        Some(etag) if text(&event, "etag") != Some(etag) => Err(errors::changed_meanwhile()),
        _ => found(event),
    }
}

fn found(event: Value) -> Result<Found> {
    Ok(Found {
        id: text(&event, "id").ok_or_else(errors::malformed)?.to_owned(),
        etag: text(&event, "etag").map(str::to_owned),
        event: Some(event),
    })
}

/// Lists are replaced whole, and a rule needs to know whether its start has a zone.
fn needs_present(patch: &Patch) -> bool {
    let new_rule = patch
        .recurrence
        .as_ref()
        .is_some_and(|lines| !lines.is_empty());
    patch.attendees.is_some() || (new_rule && patch.times.is_none())
}

fn repeats(patch: &Patch, event: Option<&Value>) -> bool {
    match &patch.recurrence {
        Some(lines) => !lines.is_empty(),
        None => event.is_some_and(|event| event.get("recurrence").is_some()),
    }
}

/// A rule repeats in the zone of its start; where that has none, in the calendar's.
fn add_zone(fields: &mut Map<String, Value>, patch: &Patch, event: &Value, zone: &str) {
    let new_rule = patch
        .recurrence
        .as_ref()
        .is_some_and(|lines| !lines.is_empty());
    if !new_rule || patch.times.is_some() {
        return;
    }
    for name in ["start", "end"] {
        let time = event.get(name);
        let timed = time.is_some_and(|time| time.get("dateTime").is_some());
        let zoned = time.is_some_and(|time| time.get("timeZone").is_some());
        if timed && !zoned {
            fields.insert(name.to_owned(), json!({ "timeZone": zone }));
        }
    }
}

async fn write(
    session: &Session<'_>,
    place: &Place,
    found: &Found,
    fields: Map<String, Value>,
    notify: bool,
) -> Result<Written> {
    if fields.is_empty() {
        let event = get(session, place, &found.id).await?;
        return written(living(event)?, place);
    }
    let event = locked::patch(session, place, found, fields, notify).await?;
    written(event, place)
}

/// The event that an earlier attempt with this key created: its id is taken.
async fn earlier(session: &Session<'_>, place: &Place, key: Uuid) -> Result<Written> {
    let event = match get(session, place, &body::id(key)).await {
        Ok(event) => event,
        Err(error) if error.kind == ErrorKind::NotFound => return Err(errors::contradiction()),
        Err(error) => return Err(error),
    };
    // A deleted event may come without its marker, and keeps its id for ever.
    let event = living(event)?;
    if !body::is_ours(&event, key) {
        return Err(errors::id_taken());
    }
    written(event, place)
}

/// Gone is success as long as the calendar itself still answers (contracts/google §6).
async fn already_gone(session: &Session<'_>, place: &Place, target: &Target) -> Result<Written> {
    let probe = ListEvents {
        calendar: &place.calendar,
        sync_token: None,
        page_size: PROBE_PAGE,
        page_token: None,
    };
    probe.send(session).await?;
    Ok(removed(session, place, target, target.provider_id.clone()).await)
}

/// What is left of it. A cancelled occurrence stays as a hole in its series, which Google tells when asked.
async fn removed(session: &Session<'_>, place: &Place, target: &Target, id: String) -> Written {
    let hole = match (&target.occurrence, series_of(target)) {
        (None, _) => None,
        (Some(_), Some((master, original))) => {
            instance(session, place, master, original).await.ok()
        }
        (Some(_), None) => get(session, place, &id).await.ok(),
    };
    let change = match target.occurrence {
        None => Some(Change::Removed {
            provider_id: id.clone(),
        }),
        // Without an answer the next sync tells.
        Some(_) => hole
            .filter(is_cancelled)
            .and_then(|event| change(event, place).ok()),
    };
    Written {
        changes: change.into_iter().collect(),
        provider_id: id,
        conference_pending: false,
    }
}

async fn get(session: &Session<'_>, place: &Place, event: &str) -> Result<Value> {
    let calendar = &place.calendar;
    GetEvent { calendar, event }.send(session).await
}

async fn instance(
    session: &Session<'_>,
    place: &Place,
    master: &str,
    original: &EventTime,
) -> Result<Value> {
    let calendar = &place.calendar;
    let call = FindInstance {
        calendar,
        master,
        original,
    };
    call.send(session).await
}

fn written(event: Value, place: &Place) -> Result<Written> {
    let provider_id = text(&event, "id").ok_or_else(errors::malformed)?.to_owned();
    let status = event.pointer("/conferenceData/createRequest/status/statusCode");
    let conference_pending = status.and_then(Value::as_str) == Some("pending");
    Ok(Written {
        changes: vec![change(event, place)?],
        provider_id,
        conference_pending,
    })
}

fn change(event: Value, place: &Place) -> Result<Change> {
    let owner = map::Owner {
        email: place.account_email.as_deref(),
        zone: &place.default_zone,
    };
    let event = wire::Event::of(event).map_err(|_| errors::malformed())?;
    map::change(event, &owner).map_err(|_| errors::malformed())
}

fn living(event: Value) -> Result<Value> {
    match is_cancelled(&event) {
        true => Err(errors::gone()),
        false => Ok(event),
    }
}

fn is_cancelled(event: &Value) -> bool {
    text(event, "status") == Some("cancelled")
}

const fn is_absent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::Gone)
}

fn text<'e>(event: &'e Value, name: &str) -> Option<&'e str> {
    event.get(name).and_then(Value::as_str)
}
