//! Random but realistic mutations, for simulations that compare a mirror with the oracle (R4).

use jiff::Timestamp;
use jiff::civil::Date;
use rand::{Rng, RngExt};
use serde_json::{Value, json};

use super::{day, edit, id_of, put_body, shift};
use crate::microsoft::MicrosoftSim;
use crate::microsoft::state::State;
use crate::microsoft::state::event::{Event, Kind};

const ZONES: [&str; 4] = [
    "W. Europe Standard Time",
    "America/New_York",
    "India Standard Time",
    "UTC",
];
const TITLES: [&str; 6] = [
    "Review",
    "Stand-up",
    "Planning",
    "Interview",
    "Workshop",
    "1:1",
];
const SHOWN: [&str; 5] = ["busy", "free", "tentative", "oof", "workingElsewhere"];

impl MicrosoftSim {
    /// Performs one random mutation on a calendar and says what it did. The same generator state and the same
    /// calendar give the same mutation.
    pub fn random_op(&self, calendar: &str, rng: &mut impl Rng) -> String {
        let now = self.now();
        let mut state = self.sim.lock();
        let live = live(&state, calendar);
        if live.is_empty() {
            return create(&mut state, calendar, now, rng);
        }
        let chosen = &live[rng.random_range(0..live.len())];
        let id = id_of(&state, calendar, chosen);
        let done = match rng.random_range(0..12_u8) {
            0 | 1 => return create(&mut state, calendar, now, rng),
            2 | 3 => return create_series(&mut state, calendar, now, rng),
            4 => {
                state.delete(calendar, &chosen.key, None, now);
                return format!("delete {id}");
            }
            5 => retitle(&mut state, calendar, &id, now, rng),
            6 => {
                let minutes = rng.random_range(-20_000..20_000_i64);
                let done = shift(&mut state, calendar, &id, minutes, now);
                done.map(|()| format!("move {id} by {minutes} min"))
            }
            7 => flip_all_day(&mut state, calendar, chosen, now),
            8 => change_rule(&mut state, calendar, &live, now, rng),
            9 => series_or_not(&mut state, calendar, chosen, now, rng),
            _ => touch_occurrence(&mut state, calendar, &live, now, rng),
        };
        done.unwrap_or_else(|why| format!("nothing ({why})"))
    }
}

fn live(state: &State, calendar: &str) -> Vec<Event> {
    let calendar = state.calendars.get(calendar);
    calendar
        .into_iter()
        .flat_map(|c| c.events.values())
        .cloned()
        .collect()
}

fn pick_master<'a>(live: &'a [Event], rng: &mut impl Rng) -> Result<&'a Event, String> {
    let masters: Vec<&Event> = live.iter().filter(|e| e.kind == Kind::Master).collect();
    if masters.is_empty() {
        return Err("no series".into());
    }
    Ok(masters[rng.random_range(0..masters.len())])
}

fn body(now: Timestamp, rng: &mut impl Rng) -> (Value, Date) {
    let zone = ZONES[rng.random_range(0..ZONES.len())];
    let date = day(now, zone, rng.random_range(-40..60));
    let title = TITLES[rng.random_range(0..TITLES.len())];
    let show_as = SHOWN[rng.random_range(0..SHOWN.len())];
    let at = |date: Date, hour: u8, minute: u8| json!({"dateTime": format!("{date}T{hour:02}:{minute:02}:00"), "timeZone": zone});
    let mut body = json!({"subject": title, "showAs": show_as});
    if rng.random_bool(0.2) {
        let end = date.saturating_add(jiff::Span::new().days(rng.random_range(1..4_i64)));
        body["isAllDay"] = json!(true);
        body["start"] = at(date, 0, 0);
        body["end"] = at(end, 0, 0);
    } else {
        let (hour, minute) = (rng.random_range(0..22_u8), 15 * rng.random_range(0..4_u8));
        body["start"] = at(date, hour, minute);
        body["end"] = at(date, hour + 1, minute);
    }
    (body, date)
}

fn create(state: &mut State, calendar: &str, now: Timestamp, rng: &mut impl Rng) -> String {
    let (body, _) = body(now, rng);
    told("create", put_body(state, calendar, &body, now))
}

fn create_series(state: &mut State, calendar: &str, now: Timestamp, rng: &mut impl Rng) -> String {
    let (mut body, date) = body(now, rng);
    body["recurrence"] = rule(date, rng);
    told("create series", put_body(state, calendar, &body, now))
}

fn rule(start: Date, rng: &mut impl Rng) -> Value {
    let count = rng.random_range(3..20_u8);
    let pattern = match rng.random_range(0..5_u8) {
        0 => json!({"type": "daily", "interval": rng.random_range(1..4_u8)}),
        1 => {
            json!({"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "thursday"], "firstDayOfWeek": "monday"})
        }
        2 => json!({"type": "weekly", "interval": 2, "daysOfWeek": ["tuesday"]}),
        3 => json!({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31}),
        _ => {
            json!({"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"})
        }
    };
    let range = match rng.random_range(0..3_u8) {
        0 => json!({"type": "noEnd", "startDate": start.to_string()}),
        1 => {
            json!({"type": "numbered", "startDate": start.to_string(), "numberOfOccurrences": count})
        }
        _ => json!({"type": "endDate", "startDate": start.to_string(),
            "endDate": start.saturating_add(jiff::Span::new().days(90)).to_string()}),
    };
    json!({"pattern": pattern, "range": range})
}

fn retitle(
    state: &mut State,
    calendar: &str,
    id: &str,
    now: Timestamp,
    rng: &mut impl Rng,
) -> Result<String, String> {
    let title = format!("Renamed {}", rng.random_range(0..1000_u16));
    let show_as = SHOWN[rng.random_range(0..SHOWN.len())];
    edit(
        state,
        calendar,
        id,
        &json!({"subject": title, "showAs": show_as}),
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
    let id = id_of(state, calendar, event);
    let date = event.start.date();
    let next = date.saturating_add(jiff::Span::new().days(1));
    let at = |date: Date, hour: u8| json!({"dateTime": format!("{date}T{hour:02}:00:00"), "timeZone": "Europe/Berlin"});
    let patch = if event.all_day {
        json!({"isAllDay": false, "start": at(date, 9), "end": at(date, 10)})
    } else {
        json!({"isAllDay": true, "start": at(date, 0), "end": at(next, 0)})
    };
    edit(state, calendar, &id, &patch, now)?;
    Ok(format!("all-day or timed {id}"))
}

fn change_rule(
    state: &mut State,
    calendar: &str,
    live: &[Event],
    now: Timestamp,
    rng: &mut impl Rng,
) -> Result<String, String> {
    let master = pick_master(live, rng)?;
    let id = id_of(state, calendar, master);
    let rule = rule(master.start.date(), rng);
    edit(state, calendar, &id, &json!({"recurrence": rule}), now)?;
    Ok(format!("rule of {id}"))
}

/// A single event becomes a series.
fn series_or_not(
    state: &mut State,
    calendar: &str,
    event: &Event,
    now: Timestamp,
    rng: &mut impl Rng,
) -> Result<String, String> {
    if event.kind == Kind::Master {
        return Err("is a series already".into());
    }
    let id = id_of(state, calendar, event);
    let rule = rule(event.start.date(), rng);
    edit(state, calendar, &id, &json!({"recurrence": rule}), now)?;
    Ok(format!("make a series of {id}"))
}

/// An exception or a hole in a series.
fn touch_occurrence(
    state: &mut State,
    calendar: &str,
    live: &[Event],
    now: Timestamp,
    rng: &mut impl Rng,
) -> Result<String, String> {
    let master = pick_master(live, rng)?;
    let to = day(now, "UTC", 60);
    let dates = master
        .recurrence
        .as_ref()
        .map(|r| r.dates(to))
        .unwrap_or_default();
    let dates: Vec<Date> = dates
        .into_iter()
        .filter(|d| !master.holes.contains(d))
        .collect();
    if dates.is_empty() {
        return Err("the series has no occurrences".into());
    }
    let date = dates[rng.random_range(0..dates.len())];
    let home = state.calendars.get(calendar).ok_or("no calendar")?;
    let id = home.id_of(&master.key, Some(date), true);
    match rng.random_range(0..4_u8) {
        0 | 1 => {
            state.delete(calendar, &master.key, Some(date), now);
            Ok(format!("delete occurrence {id}"))
        }
        2 => retitle(state, calendar, &id, now, rng),
        _ => {
            shift(state, calendar, &id, 30 * rng.random_range(1..200_i64), now)?;
            Ok(format!("move occurrence {id}"))
        }
    }
}

fn told(what: &str, result: Result<Event, String>) -> String {
    match result {
        Ok(event) => format!("{what} {}", event.key),
        Err(why) => format!("nothing ({why})"),
    }
}
