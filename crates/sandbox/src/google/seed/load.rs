//! A calendar with very many events, made quickly.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};

use crate::google::oracle::add_person;
use crate::google::state::State;
use crate::google::state::event::{Event, Status};
use crate::google::state::moment::{Moment, zone};

/// Half an hour each, spread evenly over two years around now.
pub(super) fn plant(state: &mut State, now: Timestamp, count: usize) {
    let email = "load@northwind.example";
    add_person(state, email, "Load Carrier", "Europe/Berlin");
    let zone = zone("Europe/Berlin");
    let begin = now
        .checked_sub(SignedDuration::from_hours(365 * 24))
        .unwrap_or(now);
    let step = 2 * 365 * 24 * 60 / i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    let mut at = begin;
    for n in 0..count {
        let start = at.to_zoned(zone.clone());
        let end = start.saturating_add(SignedDuration::from_mins(30));
        let mut fields = Map::new();
        fields.insert("summary".into(), json!(format!("Meeting {n}")));
        let id = format!("load{n:08}");
        let event = Event {
            seq: 0,
            status: Status::Confirmed,
            created: begin,
            updated: begin,
            sequence: 0,
            start: Moment::At(start),
            end: Moment::At(end),
            recurrence: Vec::new(),
            series: None,
            creator: email.to_owned(),
            organizer: email.to_owned(),
            ical_uid: format!("{id}@google.com"),
            fields,
            pending_reads: 0,
            id,
        };
        let seq = state.next_seq();
        if let Some(calendar) = state.calendars.get_mut(email) {
            calendar.keep(event, seq, begin);
        }
        at = at
            .checked_add(SignedDuration::from_mins(step.max(1)))
            .unwrap_or(at);
    }
}
