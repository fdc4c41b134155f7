//! A calendar with very many events, made quickly.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::microsoft::oracle::add_person;
use crate::microsoft::state::event::Event;
use crate::microsoft::state::{Account, State, zones};

/// Half an hour each, spread evenly over two years around now.
pub(super) fn plant(state: &mut State, now: Timestamp, count: usize) {
    let email = "load@northwind.example";
    let home = add_person(
        state,
        email,
        "Load Carrier",
        (Account::Work, "Europe/Berlin"),
    );
    let Some(zone) = zones::zone("Europe/Berlin") else {
        return;
    };
    let begin = now
        .checked_sub(SignedDuration::from_hours(365 * 24))
        .unwrap_or(now);
    let step = 2 * 365 * 24 * 60 / i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    let mut at = begin;
    for n in 0..count {
        let start = at.to_zoned(zone.clone()).datetime();
        let end = start.saturating_add(SignedDuration::from_mins(30));
        let key = state.event_key();
        let mut event = Event::new(
            key,
            (start, end),
            (zone.clone(), "W. Europe Standard Time"),
            begin,
        );
        event.organizer = email.to_owned();
        event
            .fields
            .insert("subject".into(), json!(format!("Meeting {n}")));
        state.put(&home, event, begin);
        at = at
            .checked_add(SignedDuration::from_mins(step.max(1)))
            .unwrap_or(at);
    }
}
