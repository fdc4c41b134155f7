//! `POST /me/calendar/getSchedule` (contract §8).

use std::sync::Arc;

use axum::{Json, Router, routing};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Sim;
use super::call::{Call, person};
use super::errors::ApiError;
use super::prefer::Prefer;
use super::scopes;
use super::state::event::Event;
use super::state::{Account, State, zones};
use super::wire;

const MOST_SCHEDULES: usize = 20;
const MOST_ITEMS: usize = 1000;
/// Whole days reach so far beyond where UTC has them, at most.
const DAY: SignedDuration = SignedDuration::from_hours(24);
const LONGEST: SignedDuration = SignedDuration::from_hours(62 * 24);

pub(super) fn routes() -> Router<Arc<Sim>> {
    Router::new().route("/me/calendar/getSchedule", routing::post(query))
}

async fn query(call: Call) -> Result<Json<Value>, ApiError> {
    let operation = "POST /me/calendar/getSchedule";
    call.begin("getSchedule", operation, &[]);
    let body = call.json(operation, None)?;
    let known = [
        "schedules",
        "starttime",
        "endtime",
        "availabilityviewinterval",
    ];
    let keys = body.as_object().into_iter().flatten().map(|(key, _)| key);
    for key in keys.filter(|k| !known.contains(&k.to_ascii_lowercase().as_str())) {
        call.violate(operation, format!("Unknown field {key}."));
    }
    let state = call.sim.lock();
    let caller = call.mailbox(&state, scopes::FREE_BUSY)?;
    if person(&state, &caller)?.account == Account::Personal {
        return Err(ApiError::new(
            403,
            "ErrorAccessDenied",
            "This API is not supported for MSA accounts.",
        ));
    }
    let schedules = field(&body, "schedules").and_then(Value::as_array);
    let schedules = schedules.ok_or_else(|| {
        ApiError::new(
            400,
            "ErrorInvalidParameter",
            "The parameter 'schedules' is missing.",
        )
    })?;
    if schedules.is_empty() || schedules.len() > MOST_SCHEDULES {
        return Err(ApiError::new(
            400,
            "ErrorInvalidParameter",
            "The number of schedules must be from 1 to 20.",
        ));
    }
    let (window, interval) = range(&body)?;
    let lines = schedules.iter().filter_map(Value::as_str);
    let lines: Vec<Value> = lines
        .map(|address| line(&state, &call.prefer, address, window, interval))
        .collect();
    Ok(Json(
        json!({"@odata.context": format!("{}/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)", call.base()), "value": lines}),
    ))
}

/// The time asked about, and minutes per digit of the answer.
fn range(body: &Value) -> Result<((Timestamp, Timestamp), i64), ApiError> {
    let window = (moment(body, "startTime")?, moment(body, "endTime")?);
    if window.0 >= window.1 || window.1.duration_since(window.0) > LONGEST {
        return Err(ApiError::new(
            400,
            "ErrorInvalidTimeInterval",
            "The requested time duration specified for FreeBusyViewOptions.TimeWindow is not valid or too long.",
        ));
    }
    let interval = field(body, "availabilityViewInterval")
        .and_then(Value::as_i64)
        .unwrap_or(30);
    if !(5..=1440).contains(&interval) {
        return Err(ApiError::new(
            400,
            "ErrorInvalidMergedFreeBusyInterval",
            "The interval must be from 5 to 1440 minutes.",
        ));
    }
    Ok((window, interval))
}

/// Names of action parameters are told apart without regard to case.
fn field<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    let mut all = body.as_object()?.iter();
    all.find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn moment(body: &Value, name: &str) -> Result<Timestamp, ApiError> {
    let wrong = || {
        ApiError::new(
            400,
            "ErrorInvalidParameter",
            format!("The parameter '{name}' is not a time."),
        )
    };
    let value = field(body, name).ok_or_else(wrong)?;
    let text = value
        .get("dateTime")
        .and_then(Value::as_str)
        .ok_or_else(wrong)?;
    let zone = value
        .get("timeZone")
        .and_then(Value::as_str)
        .unwrap_or("UTC");
    let zone = zones::zone(zone).ok_or_else(wrong)?;
    let civil = text.trim_end_matches('Z').parse().map_err(|_| wrong())?;
    Ok(zone.to_zoned(civil).map_err(|_| wrong())?.timestamp())
}

fn line(
    state: &State,
    prefer: &Prefer,
    address: &str,
    window: (Timestamp, Timestamp),
    interval: i64,
) -> Value {
    let person = state.people.get(&address.to_ascii_lowercase());
    let fail = |code: &str, message: String| {
        json!({"scheduleId": address, "availabilityView": "", "scheduleItems": [],
        "error": {"responseCode": code, "message": message}})
    };
    let Some(person) = person.filter(|p| p.account == Account::Work) else {
        return fail(
            "ErrorMailRecipientNotFound",
            format!("Unable to resolve e-mail address {address} to an Active Directory object."),
        );
    };
    let own = state
        .calendars
        .values()
        .filter(|c| c.owner == person.email && c.default);
    let around = (window.0 - DAY, window.1 + DAY);
    let zone = zones::zone(&person.time_zone).unwrap_or(TimeZone::UTC);
    let items: Vec<Taken> = own
        .flat_map(|c| c.view(around))
        .filter(|e| !e.cancelled && e.response != "declined")
        .map(|e| Taken::of(e, &zone))
        .filter(|taken| taken.meets(window))
        .collect();
    if items.len() > MOST_ITEMS {
        return fail(
            "5006",
            "The result set contains too many calendar entries.".to_owned(),
        );
    }
    let rows: Vec<Value> = items.iter().map(|taken| item(taken, prefer)).collect();
    json!({"scheduleId": address, "availabilityView": digits(&items, window, interval), "scheduleItems": rows,
        "workingHours": wire::settings(person)["workingHours"]})
}

/// An event, and the stretch that it takes. Unlike in calendars, whole days are told as what they are in the mailbox's zone:
/// one at UTC+3 begins at 21:00 UTC (issue 578 of microsoft-graph-explorer-v4).
struct Taken {
    event: Event,
    start: Timestamp,
    end: Timestamp,
}

impl Taken {
    fn of(event: Event, mailbox: &TimeZone) -> Self {
        let (start, end) = if event.all_day {
            let midnight = |at: DateTime| mailbox.to_timestamp(at).unwrap_or_default();
            (midnight(event.start), midnight(event.end))
        } else {
            event.instants()
        };
        Self { event, start, end }
    }

    /// Whether it meets `[from, to)`; one without length counts as its moment.
    fn meets(&self, (from, to): (Timestamp, Timestamp)) -> bool {
        self.start < to && (self.end > from || (self.start == self.end && self.start >= from))
    }
}

fn item(taken: &Taken, prefer: &Prefer) -> Value {
    let event = &taken.event;
    let at = |t: Timestamp| {
        let civil = t.to_zoned(prefer.zone.clone());
        json!({"dateTime": civil.strftime("%Y-%m-%dT%H:%M:%S.0000000").to_string(), "timeZone": prefer.zone_label})
    };
    let private = matches!(event.text("sensitivity"), "private" | "confidential");
    let mut row = json!({"status": event.show_as(), "start": at(taken.start), "end": at(taken.end), "isPrivate": private});
    if !private {
        row["subject"] = json!(event.text("subject"));
        row["location"] = event
            .fields
            .get("location")
            .and_then(|l| l.get("displayName"))
            .cloned()
            .unwrap_or(json!(""));
    }
    row
}

/// One digit per interval, the busiest state in it.
fn digits(items: &[Taken], (from, to): (Timestamp, Timestamp), minutes: i64) -> String {
    let mut text = String::new();
    let mut at = from;
    while at < to {
        let end = at
            .checked_add(SignedDuration::from_mins(minutes))
            .unwrap_or(to);
        let busy = items.iter().filter(|taken| taken.meets((at, end.min(to))));
        let digit = busy.map(|taken| match taken.event.show_as() {
            "free" | "workingElsewhere" => '0',
            "tentative" => '1',
            "oof" => '3',
            _ => '2',
        });
        text.push(digit.max().unwrap_or('0'));
        at = end;
    }
    text
}
