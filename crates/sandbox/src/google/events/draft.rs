//! What a client sends for an event, checked and turned into the provider's own form.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::google::errors::ApiError;
use crate::google::state::event::{Event, Status};
use crate::google::state::moment::Moment;

/// Fields the server fills in itself; sent values are ignored.
const MANAGED: &[&str] = &[
    "kind",
    "etag",
    "id",
    "status",
    "htmlLink",
    "created",
    "updated",
    "creator",
    "organizer",
    "iCalUID",
    "sequence",
    "start",
    "end",
    "recurrence",
    "recurringEventId",
    "originalStartTime",
    "reminders",
    "hangoutLink",
    "attendeesOmitted",
];

/// Who writes, where, when.
#[derive(Debug, Clone, Copy)]
pub(in crate::google) struct Author<'a> {
    pub email: &'a str,
    /// The calendar's owner: organizer of what is created there.
    pub owner: &'a str,
    /// The calendar's zone, for times that name none.
    pub zone: &'a str,
    pub now: Timestamp,
    /// Whether `conferenceData` in the request counts (`conferenceDataVersion=1`).
    pub conference: bool,
}

/// A new event from a request body.
pub(in crate::google) fn create(body: &Value, id: String, by: Author) -> Result<Event, ApiError> {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let ical_uid = text("iCalUID").map_or_else(|| format!("{id}@google.com"), str::to_owned);
    let event = Event {
        status: Status::Confirmed,
        seq: 0,
        created: by.now,
        updated: by.now,
        sequence: 0,
        start: moment(body, "start", by.zone)?,
        end: moment(body, "end", by.zone)?,
        recurrence: Vec::new(),
        series: None,
        creator: by.email.to_owned(),
        organizer: by.owner.to_owned(),
        ical_uid,
        fields: Map::new(),
        pending_reads: 0,
        id,
    };
    apply(event, body, by)
}

/// The event with the body in place of everything a client may set: PUT, and the second half of PATCH.
pub(in crate::google) fn apply(
    mut event: Event,
    body: &Value,
    by: Author,
) -> Result<Event, ApiError> {
    let before = (
        event.start.clone(),
        event.end.clone(),
        event.recurrence.clone(),
    );
    event.start = moment(body, "start", by.zone)?;
    event.end = moment(body, "end", by.zone)?;
    event.recurrence = recurrence(body)?;
    check_times(&event, body)?;
    if let Some(status) = body.get("status").and_then(Value::as_str) {
        let status = Status::parse(status);
        event.status = status.ok_or_else(|| ApiError::invalid("Invalid status."))?;
    }
    let conference = event.fields.get("conferenceData").cloned();
    let link = event.fields.get("hangoutLink").cloned();
    let kind = event.event_type().to_owned();
    let is_new = event.seq == 0;
    event.fields = fields(body);
    if !is_new && event.event_type() != kind {
        return Err(ApiError::new(
            400,
            "calendar",
            "eventTypeRestriction",
            "The event type cannot be changed.",
        ));
    }
    if !by.conference {
        event.fields.remove("conferenceData");
        event
            .fields
            .extend(conference.map(|c| ("conferenceData".to_owned(), c)));
        event
            .fields
            .extend(link.map(|l| ("hangoutLink".to_owned(), l)));
    }
    check_attendees(&event)?;
    if !is_new
        && before
            != (
                event.start.clone(),
                event.end.clone(),
                event.recurrence.clone(),
            )
    {
        event.sequence += 1;
    }
    Ok(event)
}

/// The event as a body that PUT would accept: what PATCH merges into.
pub(in crate::google) fn as_body(event: &Event) -> Value {
    let mut map = event.fields.clone();
    map.insert("status".into(), json!(event.status.as_str()));
    map.insert("start".into(), event.start.to_wire());
    map.insert("end".into(), event.end.to_wire());
    if event.is_master() {
        map.insert("recurrence".into(), json!(event.recurrence));
    }
    Value::Object(map)
}

/// PATCH semantics: objects merge, null removes, everything else replaces.
pub(in crate::google) fn merge(target: &mut Value, patch: &Value) {
    let (Value::Object(target), Value::Object(patch)) = (target, patch) else {
        return;
    };
    for (key, value) in patch {
        match (target.get_mut(key), value) {
            (_, Value::Null) => drop(target.remove(key)),
            (Some(old @ Value::Object(_)), Value::Object(_)) => merge(old, value),
            _ => drop(target.insert(key.clone(), value.clone())),
        }
    }
}

/// `a`–`v` and `0`–`9`, 5 to 1024 of them.
pub(in crate::google) fn is_legal_id(id: &str) -> bool {
    let legal = |b: u8| b.is_ascii_digit() || (b'a'..=b'v').contains(&b);
    (5..=1024).contains(&id.len()) && id.bytes().all(legal)
}

fn moment(body: &Value, key: &str, zone: &str) -> Result<Moment, ApiError> {
    let missing = || ApiError::new(400, "global", "required", &format!("Missing {key} time."));
    let value = body.get(key).filter(|v| !v.is_null()).ok_or_else(missing)?;
    Moment::parse(value, zone).map_err(|message| ApiError::invalid(&message))
}

fn recurrence(body: &Value) -> Result<Vec<String>, ApiError> {
    let lines = body.get("recurrence").and_then(Value::as_array);
    let lines = lines.into_iter().flatten().filter_map(Value::as_str);
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    let legal = |l: &String| {
        ["RRULE", "EXRULE", "RDATE", "EXDATE"]
            .iter()
            .any(|p| l.starts_with(p))
    };
    if !lines.iter().all(legal) {
        return Err(ApiError::invalid("Invalid recurrence rule."));
    }
    Ok(lines)
}

fn check_times(event: &Event, body: &Value) -> Result<(), ApiError> {
    if event.start.is_day() != event.end.is_day() {
        let message = "Start and end times must either both be date or both be dateTime.";
        return Err(ApiError::invalid(message));
    }
    let utc = jiff::tz::TimeZone::UTC;
    let (start, end) = (event.start.instant(&utc), event.end.instant(&utc));
    if end < start || (event.start.is_day() && end == start) {
        let message = "The specified time range is empty.";
        return Err(ApiError::new(400, "calendar", "timeRangeEmpty", message));
    }
    let zoned = body
        .pointer("/start/timeZone")
        .is_some_and(Value::is_string);
    if event.is_master() && !event.start.is_day() && !zoned {
        let message = "Missing time zone definition for start time.";
        return Err(ApiError::new(400, "global", "required", message));
    }
    Ok(())
}

fn check_attendees(event: &Event) -> Result<(), ApiError> {
    let attendees = event.fields.get("attendees").and_then(Value::as_array);
    // RFC 2606: nobody has an address at `.invalid`.
    let is_address = |a: &Value| {
        let email = a.get("email").and_then(Value::as_str);
        email.is_some_and(|e| e.contains('@') && !e.ends_with(".invalid"))
    };
    let bad = attendees.into_iter().flatten().position(|a| !is_address(a));
    if let Some(index) = bad {
        let place = format!("attendees[{index}].email");
        return Err(ApiError::parameter(&place, "Invalid attendee email."));
    }
    let private = event
        .fields
        .get("extendedProperties")
        .and_then(|p| p.get("private"));
    let fits = |(key, value): (&String, &Value)| {
        key.len() <= 44 && value.as_str().is_some_and(|v| v.len() <= 1024)
    };
    if !private
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .all(fits)
    {
        return Err(ApiError::invalid("Invalid extended property."));
    }
    Ok(())
}

fn fields(body: &Value) -> Map<String, Value> {
    let all = body.as_object().into_iter().flatten();
    let kept = all.filter(|(key, value)| !MANAGED.contains(&key.as_str()) && !value.is_null());
    kept.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
