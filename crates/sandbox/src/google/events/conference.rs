//! Meet links on events: a request is answered later (contract §7 A).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::google::config::{Config, Meet};
use crate::google::state::State;
use crate::google::state::event::Event;

/// Takes up a new `createRequest`; one with a request id that was seen before is ignored.
pub(super) fn request(event: &mut Event, before: Option<&Value>, config: &Config) {
    let asked = event
        .fields
        .get("conferenceData")
        .and_then(|c| c.get("createRequest"));
    let Some(asked) = asked.cloned() else {
        return;
    };
    let old = before.and_then(|c| c.get("createRequest"));
    if old.and_then(|r| r.get("requestId")) == asked.get("requestId") {
        event
            .fields
            .extend(before.map(|b| ("conferenceData".to_owned(), b.clone())));
        return;
    }
    let status = match config.meet {
        Meet::Fails | Meet::NotAllowed => "failure",
        Meet::PendingReads(reads) => {
            event.pending_reads = reads.saturating_add(1);
            "pending"
        }
    };
    let mut asked = asked;
    asked["status"] = json!({"statusCode": status});
    event
        .fields
        .insert("conferenceData".into(), json!({"createRequest": asked}));
}

/// Counts a read of the event; after the configured number of reads the link is there, as a change of its own.
pub(super) fn settle(state: &mut State, calendar: &str, id: &str, now: Timestamp) {
    let code = {
        let letters: String = state
            .random_id(10)
            .replace(|c: char| c.is_ascii_digit(), "w");
        format!("{}-{}-{}", &letters[..3], &letters[3..7], &letters[7..])
    };
    let event = state
        .calendars
        .get_mut(calendar)
        .and_then(|c| c.events.get_mut(id));
    let Some(event) = event.filter(|e| e.pending_reads > 0 && !e.is_cancelled()) else {
        return;
    };
    event.pending_reads -= 1;
    if event.pending_reads > 0 {
        return;
    }
    let mut ready = event.clone();
    let uri = format!("https://meet.google.com/{code}");
    if let Some(data) = ready.fields.get_mut("conferenceData") {
        data["createRequest"]["status"] = json!({"statusCode": "success"});
        data["conferenceId"] = json!(code);
        data["conferenceSolution"] =
            json!({"key": {"type": "hangoutsMeet"}, "name": "Google Meet"});
        data["entryPoints"] = json!([
            {"entryPointType": "video", "uri": uri, "label": uri.trim_start_matches("https://")},
            {"entryPointType": "phone", "uri": "tel:+1-555-010-0100", "pin": "123456789"},
        ]);
    }
    ready.fields.insert("hangoutLink".into(), json!(uri));
    state.put(calendar, ready, now);
}
