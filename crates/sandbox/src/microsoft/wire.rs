//! Events and calendars as JSON, as the asking person may see them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

use super::prefer::Prefer;
use super::state::calendar::Calendar;
use super::state::event::Event;
use super::state::{Account, Entry, Person, zones};

const NEVER: &str = "0001-01-01T00:00:00Z";

/// Who looks, and how they want it.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub calendar: &'a Calendar,
    pub prefer: &'a Prefer,
    /// Whether the caller owns the calendar; others see private events without details.
    pub owner: bool,
}

impl View<'_> {
    /// The complete event resource (contract §5).
    pub fn event(&self, event: &Event) -> Value {
        let mut map = self.times(event);
        let hidden = !self.owner && matches!(event.text("sensitivity"), "private" | "confidential");
        let fields = if hidden {
            Map::new()
        } else {
            event.fields.clone()
        };
        self.content(&mut map, event, fields, hidden);
        let mut set = |key: &str, value: Value| drop(map.insert(key.to_owned(), value));
        set("createdDateTime", json!(millis(event.created)));
        set("lastModifiedDateTime", json!(millis(event.modified)));
        set("changeKey", json!(event.change_key()));
        let date = event
            .original
            .map(|d| d.strftime("%Y%m%d").to_string())
            .unwrap_or_default();
        set(
            "iCalUId",
            json!(format!(
                "040000008200E00074C5B7101A82E008{date}{}",
                hex(&event.key)
            )),
        );
        set("transactionId", json!(event.transaction));
        set("originalStartTimeZone", json!(event.zone_label));
        set("originalEndTimeZone", json!(event.zone_label));
        set("originalStart", json!(event.original_start.map(millis)));
        set("isCancelled", json!(event.cancelled));
        set("isOrganizer", json!(event.organizer == self.calendar.owner));
        set("isDraft", json!(false));
        set("hasAttachments", json!(false));
        set(
            "organizer",
            json!({"emailAddress": {"name": event.organizer, "address": event.organizer}}),
        );
        set(
            "responseStatus",
            json!({"response": event.response,
            "time": event.responded.map_or(NEVER.to_owned(), millis)}),
        );
        set(
            "recurrence",
            json!(event.recurrence.as_ref().map(|r| r.to_wire())),
        );
        let id = self.calendar.wire_id(event, self.prefer.immutable);
        set(
            "webLink",
            json!(format!(
                "https://outlook.office365.com/owa/?itemid={id}&exvsurl=1"
            )),
        );
        Value::Object(map)
    }

    /// What a delta round tells of an unchanged occurrence: no subject, no `showAs`, no `iCalUId`.
    pub fn sparse(&self, event: &Event) -> Value {
        Value::Object(self.times(event))
    }

    fn times(&self, event: &Event) -> Map<String, Value> {
        let master = event
            .original
            .map(|_| self.calendar.id_of(&event.key, None, self.prefer.immutable));
        let (start, end) = event.instants();
        let mut map = Map::new();
        let mut set = |key: &str, value: Value| drop(map.insert(key.to_owned(), value));
        set("@odata.type", json!("#microsoft.graph.event"));
        set("@odata.etag", json!(event.etag()));
        set(
            "id",
            json!(self.calendar.wire_id(event, self.prefer.immutable)),
        );
        set("type", json!(event.kind.as_str()));
        set("seriesMasterId", json!(master));
        set("start", self.time(start, event.start, event.all_day));
        set("end", self.time(end, event.end, event.all_day));
        map
    }

    fn content(
        &self,
        map: &mut Map<String, Value>,
        event: &Event,
        fields: Map<String, Value>,
        hidden: bool,
    ) {
        let defaults = json!({"subject": "", "importance": "normal", "sensitivity": "normal", "showAs": "busy",
            "categories": [], "location": {"displayName": "", "locationType": "default"}, "locations": [],
            "attendees": [], "isReminderOn": true, "reminderMinutesBeforeStart": 15, "responseRequested": true,
            "allowNewTimeProposals": true, "hideAttendees": false, "isOnlineMeeting": false,
            "onlineMeetingProvider": "unknown", "onlineMeetingUrl": null, "onlineMeeting": null, "isAllDay": event.all_day});
        if let Value::Object(defaults) = defaults {
            map.extend(defaults);
        }
        let body = fields
            .get("body")
            .map(|b| self.body(&without_early_link(event, b)));
        map.extend(fields);
        let body =
            body.unwrap_or_else(|| self.body(&json!({"contentType": "html", "content": ""})));
        map.insert("bodyPreview".into(), json!(preview(&body)));
        map.insert("body".into(), body);
        if hidden {
            map.insert("subject".into(), json!("Private Appointment"));
            map.insert(
                "sensitivity".into(),
                event.fields.get("sensitivity").cloned().unwrap_or_default(),
            );
            map.insert("showAs".into(), json!(event.show_as()));
        } else if event.is_online() {
            let ready = event.join_url.as_ref().filter(|_| event.pending_reads == 0);
            map.insert(
                "onlineMeeting".into(),
                json!({"joinUrl": ready, "conferenceId": ready.map(|_| "123456789")}),
            );
        }
    }

    /// Seven digits and no offset. All-day events keep their midnights whatever the zone.
    fn time(&self, at: Timestamp, civil: DateTime, all_day: bool) -> Value {
        let civil = if all_day {
            civil
        } else {
            at.to_zoned(self.prefer.zone.clone()).datetime()
        };
        json!({"dateTime": civil.strftime("%Y-%m-%dT%H:%M:%S.0000000").to_string(), "timeZone": self.prefer.zone_label})
    }

    /// Bodies come back as HTML unless text is asked for.
    fn body(&self, stored: &Value) -> Value {
        let content = stored
            .get("content")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let is_html = stored
            .get("contentType")
            .and_then(Value::as_str)
            .is_some_and(|t| t.eq_ignore_ascii_case("html"));
        match (self.prefer.text_body, is_html) {
            (true, _) => json!({"contentType": "text", "content": stripped(content)}),
            (false, true) => json!({"contentType": "html", "content": content}),
            (false, false) => json!({"contentType": "html", "content":
                format!("<html><head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>\r\n{}</body></html>", crate::shell::escape(content))}),
        }
    }
}

/// A line of `GET /me/calendars` (contract §3).
pub(super) fn calendar(
    calendar: &Calendar,
    entry: &Entry,
    person: &Person,
    owner: Option<&Person>,
) -> Value {
    let own = calendar.owner == person.email;
    let (providers, default) = match person.account {
        Account::Personal => (json!([]), "unknown"),
        _ => (json!(["teamsForBusiness"]), "teamsForBusiness"),
    };
    json!({"id": calendar.id, "name": calendar.name, "color": "auto", "hexColor": "",
        "changeKey": format!("ck{}", calendar.generation), "isDefaultCalendar": calendar.default && own,
        "canEdit": entry.can_edit, "canShare": own, "canViewPrivateItems": own, "isRemovable": !calendar.default,
        "isTallyingResponses": calendar.default && own, "allowedOnlineMeetingProviders": providers,
        "defaultOnlineMeetingProvider": default,
        "owner": {"name": owner.map_or(calendar.owner.as_str(), |o| o.name.as_str()), "address": calendar.owner}})
}

/// Only the properties of `$select`, plus what always comes.
pub(super) fn select(mut row: Value, names: Option<&str>) -> Value {
    let Some(names) = names else { return row };
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    if let Some(map) = row.as_object_mut() {
        map.retain(|key, _| key == "@odata.etag" || key == "id" || names.contains(&key.as_str()));
    }
    row
}

/// RFC 3339 with seven digits, UTC.
pub(super) fn millis(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Mailbox settings (contract §2, scopes).
pub(super) fn settings(person: &Person) -> Value {
    let zone = zones::windows(&person.time_zone);
    json!({"timeZone": zone, "timeFormat": "HH:mm", "dateFormat": "dd.MM.yyyy",
        "workingHours": {"daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "startTime": "09:00:00.0000000", "endTime": "17:00:00.0000000", "timeZone": {"name": zone}}})
}

/// As long as a meeting's link is being made, the text does not have it either.
fn without_early_link(event: &Event, body: &Value) -> Value {
    let mut body = body.clone();
    let url = event.join_url.as_ref().filter(|_| event.pending_reads > 0);
    if let (Some(url), Some(content)) = (url, body["content"].as_str()) {
        body["content"] = json!(content.replace(url.as_str(), ""));
    }
    body
}

/// Text of an HTML body, its tags dropped.
pub(super) fn stripped(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.trim().to_owned()
}

fn preview(body: &Value) -> String {
    let content = body
        .get("content")
        .and_then(Value::as_str)
        .unwrap_or_default();
    stripped(content).chars().take(255).collect()
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02X}")).collect()
}
