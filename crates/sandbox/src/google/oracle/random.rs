//! Random but realistic mutations, for simulations that compare a mirror with the oracle (R4).

use jiff::Timestamp;
use rand::{Rng, RngExt};
use serde_json::{Value, json};

use super::{day, edit, put_body, shift};
use crate::google::GoogleSim;
use crate::google::state::State;
use crate::google::state::event::Event;

const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"];
const TITLES: [&str; 6] = [
    "Review",
    "Stand-up",
    "Planning",
    "Interview",
    "Workshop",
    "1:1",
];

impl GoogleSim {
    /// Performs one random mutation on a calendar and says what it did. The same generator state and the same
    /// calendar give the same mutation.
    pub fn random_op(&self, calendar: &str, rng: &mut impl Rng) -> String {
        let now = self.now();
        let mut state = self.sim.lock();
        let live = live(&state, calendar);
        let Some(chosen) = pick(&live, rng) else {
            return create(&mut state, calendar, now, rng);
        };
        let done = match rng.random_range(0..12_u8) {
            0 | 1 => return create(&mut state, calendar, now, rng),
            2 => return create_series(&mut state, calendar, now, rng),
            3 => return delete(&mut state, calendar, &chosen.id, now),
            4 => retitle(&mut state, calendar, &chosen.id, now, rng),
            5 | 6 => {
                let minutes = rng.random_range(-2880..2880_i64);
                let done = shift(&mut state, calendar, &chosen.id, minutes, now);
                done.map(|()| format!("move {} by {minutes} min", chosen.id))
            }
            7 => flip_all_day(&mut state, calendar, chosen, now),
            8 => change_zone(&mut state, calendar, chosen, now, rng),
            9 => change_rule(&mut state, calendar, &live, now, rng),
            _ => touch_instance(&mut state, calendar, &live, now, rng),
        };
        done.unwrap_or_else(|why| format!("nothing ({why})"))
    }
}

fn live(state: &State, calendar: &str) -> Vec<Event> {
    let events = state
        .calendars
        .get(calendar)
        .into_iter()
        .flat_map(|c| c.events.values());
    events.filter(|e| !e.is_cancelled()).cloned().collect()
}

fn pick<'a>(events: &'a [Event], rng: &mut impl Rng) -> Option<&'a Event> {
    if events.is_empty() {
        return None;
    }
    events.get(rng.random_range(0..events.len()))
}

fn pick_master<'a>(live: &'a [Event], rng: &mut impl Rng) -> Option<&'a Event> {
    let masters: Vec<&Event> = live.iter().filter(|e| e.is_master()).collect();
    if masters.is_empty() {
        return None;
    }
    masters.get(rng.random_range(0..masters.len())).copied()
}

fn times(now: Timestamp, rng: &mut impl Rng) -> (Value, Value) {
    let zone = ZONES[rng.random_range(0..ZONES.len())];
    let date = day(now, zone, rng.random_range(-20..40));
    if rng.random_bool(0.2) {
        let end = date.saturating_add(jiff::Span::new().days(rng.random_range(1..4_i64)));
        return (
            json!({"date": date.to_string()}),
            json!({"date": end.to_string()}),
        );
    }
    let hour = rng.random_range(0..22_u8);
    let minute = 15 * rng.random_range(0..4_u8);
    let at = |hour: u8| json!({"dateTime": format!("{date}T{hour:02}:{minute:02}:00"), "timeZone": zone});
    (at(hour), at(hour + 1))
}

fn create(state: &mut State, calendar: &str, now: Timestamp, rng: &mut impl Rng) -> String {
    let (start, end) = times(now, rng);
    let title = TITLES[rng.random_range(0..TITLES.len())];
    let body = json!({"summary": title, "start": start, "end": end});
    told("create", put_body(state, calendar, &body, now))
}

fn create_series(state: &mut State, calendar: &str, now: Timestamp, rng: &mut impl Rng) -> String {
    let (start, end) = times(now, rng);
    let body = json!({"summary": "Series", "start": start, "end": end, "recurrence": [rule(rng)]});
    told("create series", put_body(state, calendar, &body, now))
}

fn rule(rng: &mut impl Rng) -> String {
    let count = rng.random_range(3..20_u8);
    match rng.random_range(0..4_u8) {
        0 => format!("RRULE:FREQ=DAILY;COUNT={count}"),
        1 => "RRULE:FREQ=WEEKLY".to_owned(),
        2 => format!("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT={count}"),
        _ => format!("RRULE:FREQ=MONTHLY;COUNT={count}"),
    }
}

fn delete(state: &mut State, calendar: &str, id: &str, now: Timestamp) -> String {
    state.delete(calendar, id, now);
    format!("delete {id}")
}

fn retitle(
    state: &mut State,
    calendar: &str,
    id: &str,
    now: Timestamp,
    rng: &mut impl Rng,
) -> Result<String, String> {
    let title = format!("Renamed {}", rng.random_range(0..1000_u16));
    let status = if rng.random_bool(0.3) {
        "tentative"
    } else {
        "confirmed"
    };
    edit(
        state,
        calendar,
        id,
        &json!({"summary": title, "status": status}),
        now,
    )?;
    Ok(format!("rename {id}"))
}

fn flip_all_day(
    state: &mut State,
    calendar: &str,
    event: &Event,
    now: Timestamp,
) -> Result<String, String> {
    let civil = event.start.civil();
    let date = civil.date();
    let next = date.saturating_add(jiff::Span::new().days(1));
    let patch = if event.start.is_day() {
        let at = |hour: u8| json!({"date": null, "dateTime": format!("{date}T{hour:02}:00:00"), "timeZone": "Europe/Berlin"});
        json!({"start": at(9), "end": at(10)})
    } else {
        let on = |d: jiff::civil::Date| json!({"date": d.to_string(), "dateTime": null, "timeZone": null});
        json!({"start": on(date), "end": on(next)})
    };
    edit(state, calendar, &event.id, &patch, now)?;
    Ok(format!("all-day or timed {}", event.id))
}

fn change_zone(
    state: &mut State,
    calendar: &str,
    event: &Event,
    now: Timestamp,
    rng: &mut impl Rng,
) -> Result<String, String> {
    if event.start.is_day() {
        return Err("an all-day event has no zone".into());
    }
    // The same instant, shown and repeated in another zone.
    let patch = json!({"timeZone": ZONES[rng.random_range(0..ZONES.len())]});
    edit(
        state,
        calendar,
        &event.id,
        &json!({"start": patch, "end": patch}),
        now,
    )?;
    Ok(format!("time zone of {}", event.id))
}

fn change_rule(
    state: &mut State,
    calendar: &str,
    live: &[Event],
    now: Timestamp,
    rng: &mut impl Rng,
) -> Result<String, String> {
    let master = pick_master(live, rng).ok_or("no series")?;
    let id = master.id.clone();
    edit(
        state,
        calendar,
        &id,
        &json!({"recurrence": [rule(rng)]}),
        now,
    )?;
    Ok(format!("rule of {id}"))
}

/// An exception or a hole in a series.
fn touch_instance(
    state: &mut State,
    calendar: &str,
    live: &[Event],
    now: Timestamp,
    rng: &mut impl Rng,
) -> Result<String, String> {
    let master = pick_master(live, rng).ok_or("no series")?;
    let zone = super::super::state::moment::zone("UTC");
    let to = master.start.plus_minutes(60 * 24 * 60).instant(&zone);
    let starts = master.starts(to, &zone);
    if starts.is_empty() {
        return Err("the series has no instances".into());
    }
    let start = &starts[rng.random_range(0..starts.len())];
    let id = format!("{}_{}", master.id, start.stamp());
    if rng.random_bool(0.4) {
        return Ok(delete(state, calendar, &id, now));
    }
    if rng.random_bool(0.5) {
        return retitle(state, calendar, &id, now, rng);
    }
    shift(state, calendar, &id, 30 * rng.random_range(1..60_i64), now)?;
    Ok(format!("move instance {id}"))
}

fn told(what: &str, result: Result<Event, String>) -> String {
    match result {
        Ok(event) => format!("{what} {}", event.id),
        Err(why) => format!("nothing ({why})"),
    }
}
