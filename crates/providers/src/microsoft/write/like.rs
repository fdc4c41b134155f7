//! An event that goes on with another: what is not said anew is taken over as Graph has it.

use daybook_domain::event::Patch;
use serde_json::{Map, Value, json};

use super::super::wire;
use super::body;

/// What Daybook never writes itself, and what goes along.
const KEPT: [&str; 8] = [
    "allowNewTimeProposals",
    "categories",
    "hideAttendees",
    "importance",
    "isReminderOn",
    "reminderMinutesBeforeStart",
    "responseRequested",
    "sensitivity",
];

/// Whether the event has a link to Teams for work or school.
pub(super) fn has_teams(event: &wire::Event, source: &Value) -> bool {
    let provider = source.get("onlineMeetingProvider").and_then(Value::as_str);
    event.is_online_meeting == Some(true)
        && matches!(provider, None | Some("unknown" | "teamsForBusiness"))
}

/// Completes the body of a new event from another, which is `source` as Graph tells it. `patch`: what it says otherwise; `teams`: whether
/// it gets a link of its own.
pub(super) fn complete(
    new: &mut Value,
    event: &wire::Event,
    source: &Value,
    patch: &Patch,
    teams: bool,
) {
    let Some(fields) = new.as_object_mut() else {
        return;
    };
    for name in KEPT {
        take(fields, source, name);
    }
    if patch.title.is_none() {
        take(fields, source, "subject");
    }
    if patch.location.is_none() {
        take(fields, source, "location");
        take(fields, source, "locations");
    }
    if patch.opaque.is_none() {
        take(fields, source, "showAs");
    }
    if patch.description.is_none()
        && let Some(text) = event.body.as_ref()
    {
        let content = text.content.as_deref().unwrap_or_default();
        let content = body::without_joined_part(content, event);
        let kind = text.content_type.as_deref().unwrap_or("text");
        fields.insert(
            "body".to_owned(),
            json!({"contentType": kind, "content": content}),
        );
    }
    let people = fields.get_mut("attendees").and_then(Value::as_array_mut);
    for person in people.map(Vec::as_mut_slice).unwrap_or_default() {
        if let Some(kind) = kind_of(person, event) {
            person["type"] = json!(kind);
        }
    }
    if teams {
        fields.insert("isOnlineMeeting".to_owned(), json!(true));
        fields.insert(
            "onlineMeetingProvider".to_owned(),
            json!("teamsForBusiness"),
        );
    } else if event.is_online_meeting == Some(true) {
        say(fields, event);
    }
}

fn take(fields: &mut Map<String, Value>, source: &Value, name: &str) {
    if let Some(value) = source.get(name).filter(|value| !value.is_null()) {
        fields.insert(name.to_owned(), value.clone());
    }
}

/// Optional, a room: what a guest was stays.
fn kind_of(person: &Value, event: &wire::Event) -> Option<String> {
    let own = person.pointer("/emailAddress/address")?.as_str()?;
    let known = event.attendees.iter().flatten().find(|known| {
        let address = known.email_address.as_ref();
        let address = address.and_then(|address| address.address.as_deref());
        address.is_some_and(|address| address.eq_ignore_ascii_case(own))
    });
    known?.kind.clone()
}

/// Puts a link that Outlook does not make (again) into the text.
fn say(fields: &mut Map<String, Value>, event: &wire::Event) {
    let link = event.online_meeting.as_ref();
    let link = link.and_then(|meeting| meeting.join_url.as_deref());
    let Some(link) = link.or(event.online_meeting_url.as_deref()) else {
        return;
    };
    let body = fields.get("body");
    let of = |name: &str| body.and_then(|body| body.get(name)).and_then(Value::as_str);
    let text = of("content").unwrap_or_default();
    if text.contains(link) {
        return;
    }
    let html = of("contentType").is_some_and(|kind| kind.eq_ignore_ascii_case("html"));
    let (kind, content) = match html {
        true => ("html", format!("{text}<div>{}</div>", body::escaped(link))),
        false => ("text", format!("{text}\n\n{link}").trim().to_owned()),
    };
    fields.insert(
        "body".to_owned(),
        json!({"contentType": kind, "content": content}),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(source: &Value, patch: &Patch) -> Value {
        let text = source.to_string();
        let event = wire::event(text.as_bytes()).unwrap();
        let mut new = json!({"subject": "Planning", "showAs": "busy", "start": {}, "end": {},
            "body": {"contentType": "text", "content": "as the mirror has it"},
            "attendees": [{"type": "required", "emailAddress": {"address": "bo@x.example"}}]});
        complete(&mut new, &event, source, patch, has_teams(&event, source));
        new
    }

    #[test]
    fn what_is_not_said_anew_is_taken_over() {
        let source = json!({"id": "b", "subject": "Stand-up", "categories": ["Client"], "sensitivity": "private",
            "importance": "high", "isReminderOn": true, "reminderMinutesBeforeStart": 5, "showAs": "oof",
            "isOnlineMeeting": true, "onlineMeetingProvider": "teamsForBusiness",
            "onlineMeeting": {"joinUrl": "https://teams.microsoft.com/l/1"},
            "attendees": [{"type": "optional", "emailAddress": {"address": "Bo@x.example"}}],
            "body": {"contentType": "html", "content": "<b>Bring</b> numbers<div>________________ Join https://teams.microsoft.com/l/1</div>"}});
        let patch = Patch {
            title: Some("Planning".to_owned()),
            ..Patch::default()
        };
        assert_eq!(
            completed(&source, &patch),
            json!({"subject": "Planning", "showAs": "oof", "start": {}, "end": {},
                "categories": ["Client"], "sensitivity": "private", "importance": "high", "isReminderOn": true,
                "reminderMinutesBeforeStart": 5, "isOnlineMeeting": true, "onlineMeetingProvider": "teamsForBusiness",
                "attendees": [{"type": "optional", "emailAddress": {"address": "bo@x.example"}}],
                "body": {"contentType": "html", "content": "<b>Bring</b> numbers<div>"}})
        );
    }

    #[test]
    fn a_link_that_outlook_does_not_make_is_put_into_the_text() {
        let source = json!({"id": "b", "isOnlineMeeting": true, "onlineMeetingProvider": "skypeForConsumer",
            "onlineMeetingUrl": "https://join.skype.com/1", "body": {"contentType": "text", "content": "Numbers"}});
        let new = completed(&source, &Patch::default());
        assert_eq!(
            new["body"]["content"],
            "Numbers\n\nhttps://join.skype.com/1"
        );
        assert!(new.get("isOnlineMeeting").is_none());
    }
}
