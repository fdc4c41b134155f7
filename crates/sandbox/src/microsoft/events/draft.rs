//! What a client sends made into an event: creation and PATCH (contract §6).

use jiff::civil::{DateTime, Time};
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use crate::microsoft::errors::ApiError;
use crate::microsoft::state::event::Event;
use crate::microsoft::state::recurrence::Recurrence;
use crate::microsoft::state::zones;

/// Kept as sent.
const PLAIN: &[&str] = &[
    "subject",
    "body",
    "importance",
    "sensitivity",
    "showAs",
    "location",
    "locations",
    "categories",
    "isReminderOn",
    "reminderMinutesBeforeStart",
    "responseRequested",
    "allowNewTimeProposals",
    "hideAttendees",
    "isOnlineMeeting",
    "onlineMeetingProvider",
];
/// Part of the contract, but the server's to fill.
const READ_ONLY: &[&str] = &[
    "id",
    "changeKey",
    "createdDateTime",
    "lastModifiedDateTime",
    "iCalUId",
    "isCancelled",
    "isOrganizer",
    "isDraft",
    "onlineMeeting",
    "onlineMeetingUrl",
    "organizer",
    "originalStart",
    "originalStartTimeZone",
    "originalEndTimeZone",
    "responseStatus",
    "seriesMasterId",
    "type",
    "webLink",
    "bodyPreview",
    "hasAttachments",
];
/// Marks the part of a body that carries the join link.
pub(in crate::microsoft) const BLOB: &str = "________________ Join the meeting now ";

/// Whose event it is.
#[derive(Debug, Clone, Copy)]
pub(in crate::microsoft) struct Author<'a> {
    pub owner: &'a str,
    /// The mailbox's zone, IANA.
    pub zone: &'a str,
    pub teams: bool,
    pub now: Timestamp,
}

/// A new event.
pub(in crate::microsoft) fn create(
    body: &Value,
    key: String,
    by: Author,
) -> Result<Event, ApiError> {
    for name in ["start", "end"] {
        if body.get(name).is_none() {
            return Err(ApiError::property(format!(
                "Required property {name} is missing."
            )));
        }
    }
    let midnight = DateTime::constant(2000, 1, 1, 0, 0, 0, 0);
    let zone = zones::zone(by.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let mut event = Event::new(
        key,
        (midnight, midnight),
        (zone, zones::windows(by.zone)),
        by.now,
    );
    event.organizer = by.owner.to_owned();
    event.transaction = body
        .get("transactionId")
        .and_then(Value::as_str)
        .map(str::to_owned);
    apply(event, body, by)
}

/// The event with the sent changes. Fails as the provider would; a `Null` or absent field stays as it was.
pub(in crate::microsoft) fn apply(
    mut event: Event,
    body: &Value,
    by: Author,
) -> Result<Event, ApiError> {
    let Some(sent) = body.as_object() else {
        return Err(ApiError::invalid("The body must be an object."));
    };
    let before = (
        event.start,
        event.end,
        event.zone_label.clone(),
        event.all_day,
        event.recurrence.clone(),
    );
    if let Some(all_day) = sent.get("isAllDay").and_then(Value::as_bool) {
        event.all_day = all_day;
    }
    times(&mut event, sent)?;
    plain(&mut event, sent, by)?;
    if let Some(attendees) = sent.get("attendees").and_then(Value::as_array) {
        let attendees: Result<Vec<Value>, ApiError> = attendees.iter().map(attendee).collect();
        event
            .fields
            .insert("attendees".into(), Value::Array(attendees?));
    }
    extended(&mut event, sent)?;
    match sent.get("recurrence") {
        None => {}
        Some(_) if event.original.is_some() => {
            return Err(ApiError::invalid("An occurrence cannot have a recurrence."));
        }
        Some(Value::Null) => {
            // A single event again: what the series had becomes history.
            if let Some(old) = event.recurrence.take() {
                let far = event.start.date().saturating_add(2.years());
                event.former = old.dates(far).into_iter().collect();
            }
        }
        Some(value) => {
            let recurrence = Recurrence::parse(value, &event.zone_label);
            event.recurrence = Some(recurrence.map_err(ApiError::property)?);
        }
    }
    let after = (
        event.start,
        event.end,
        event.zone_label.clone(),
        event.all_day,
        event.recurrence.clone(),
    );
    event.settle(before != after);
    Ok(event)
}

/// What of a body the server fills itself; a client has no business sending it.
pub(in crate::microsoft) fn read_only(body: &Value) -> Vec<&'static str> {
    let sent = |name: &&&str| body.get(**name).is_some();
    READ_ONLY.iter().filter(sent).copied().collect()
}

fn times(event: &mut Event, sent: &Map<String, Value>) -> Result<(), ApiError> {
    if let Some(start) = sent.get("start") {
        let length = event.start.duration_until(event.end);
        let (civil, label) = time(start, "start")?;
        event.zone = zone_of(&label)?;
        event.zone_label = label;
        event.start = civil;
        event.end = civil.saturating_add(length);
    }
    if let Some(end) = sent.get("end") {
        let (civil, label) = time(end, "end")?;
        let zone = zone_of(&label)?;
        // Kept in the start's zone.
        let at = zone
            .to_zoned(civil)
            .map_err(|_| ApiError::property("The end is not a time."))?;
        event.end = if event.all_day {
            civil
        } else {
            at.with_time_zone(event.zone.clone()).datetime()
        };
    }
    if event.start > event.end {
        return Err(ApiError::property(
            "The end of the event must not be before its start.",
        ));
    }
    if event.all_day {
        let midnight = |t: DateTime| t.time() == Time::midnight();
        if !midnight(event.start) || !midnight(event.end) || event.start == event.end {
            return Err(ApiError::property(
                "The Event.Start property for an all-day event needs to be set to midnight.",
            ));
        }
    }
    Ok(())
}

/// A wall-clock time and its zone's name. A time with an offset is a mistake that Graph forgives.
fn time(value: &Value, name: &str) -> Result<(DateTime, String), ApiError> {
    let text = value.get("dateTime").and_then(Value::as_str);
    let text = text.ok_or_else(|| ApiError::property(format!("{name}.dateTime is missing.")))?;
    let label = value
        .get("timeZone")
        .and_then(Value::as_str)
        .unwrap_or("UTC")
        .to_owned();
    let civil = text.trim_end_matches('Z').parse();
    let civil = civil.map_err(|_| ApiError::property(format!("{name}.dateTime is not a time.")))?;
    Ok((civil, label))
}

fn zone_of(label: &str) -> Result<jiff::tz::TimeZone, ApiError> {
    zones::zone(label).ok_or_else(|| {
        let message = format!("A valid TimeZone value must be specified. The following TimeZone value is not supported: '{label}'.");
        ApiError::new(400, "TimeZoneNotSupportedException", message)
    })
}

fn plain(event: &mut Event, sent: &Map<String, Value>, by: Author) -> Result<(), ApiError> {
    let was_online = event.is_online();
    for name in PLAIN {
        match sent.get(*name) {
            None => {}
            Some(Value::Null) => drop(event.fields.remove(*name)),
            Some(value) => drop(event.fields.insert((*name).to_owned(), value.clone())),
        }
    }
    if was_online && !event.is_online() {
        // Once online, always online.
        event.fields.insert("isOnlineMeeting".into(), json!(true));
    }
    if !was_online && event.is_online() {
        let provider = event.text("onlineMeetingProvider");
        if !by.teams || !matches!(provider, "" | "unknown" | "teamsForBusiness") {
            return Err(ApiError::invalid(
                "The online meeting provider is not allowed for this calendar.",
            ));
        }
        event
            .fields
            .insert("onlineMeetingProvider".into(), json!("teamsForBusiness"));
        let url = format!(
            "https://teams.microsoft.com/l/meetup-join/19%3ameeting_{}%40thread.v2/0",
            event.key.replace('/', "_")
        );
        let content = event
            .fields
            .get("body")
            .and_then(|b| b.get("content"))
            .and_then(Value::as_str);
        let content = content.unwrap_or_default();
        let body = json!({"contentType": "html", "content": format!("{content}<div>{BLOB}<a href=\"{url}\">Join</a></div>")});
        event.fields.insert("body".into(), body);
        event.join_url = Some(url);
    }
    Ok(())
}

fn attendee(sent: &Value) -> Result<Value, ApiError> {
    let address = sent
        .pointer("/emailAddress/address")
        .and_then(Value::as_str);
    let address =
        address.ok_or_else(|| ApiError::property("An attendee needs emailAddress.address."))?;
    // RFC 2606: nobody has an address at `.invalid`.
    if address.ends_with(".invalid") {
        let message = "At least one recipient isn't valid.";
        return Err(ApiError::new(400, "ErrorInvalidRecipients", message));
    }
    let name = sent
        .pointer("/emailAddress/name")
        .and_then(Value::as_str)
        .unwrap_or(address);
    let kind = sent
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("required");
    let status = sent.get("status").cloned();
    let status =
        status.unwrap_or_else(|| json!({"response": "none", "time": "0001-01-01T00:00:00Z"}));
    Ok(json!({"type": kind, "status": status, "emailAddress": {"name": name, "address": address}}))
}

fn extended(event: &mut Event, sent: &Map<String, Value>) -> Result<(), ApiError> {
    let list = sent
        .get("singleValueExtendedProperties")
        .and_then(Value::as_array);
    for property in list.into_iter().flatten() {
        let text = |key: &str| {
            property
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let (id, value) = (text("id"), text("value"));
        if !is_property_id(id) {
            return Err(ApiError::property(format!(
                "The extended property id '{id}' is not valid."
            )));
        }
        event
            .extended
            .retain(|(known, _)| !known.eq_ignore_ascii_case(id));
        event.extended.push((id.to_owned(), value.to_owned()));
    }
    Ok(())
}

/// `String {guid} Name X` or `String {guid} Id 0x8001`.
fn is_property_id(id: &str) -> bool {
    let parts: Vec<&str> = id.splitn(4, ' ').collect();
    let [kind, guid, way, name] = parts[..] else {
        return false;
    };
    let guid = guid.strip_prefix('{').and_then(|g| g.strip_suffix('}'));
    kind.chars().all(char::is_alphanumeric)
        && guid.is_some_and(|g| uuid::Uuid::try_parse(g).is_ok())
        && matches!(way, "Name" | "Id")
        && !name.is_empty()
}
