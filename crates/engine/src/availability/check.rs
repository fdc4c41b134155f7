//! The free slots of one day by a configuration.

use daybook_domain::availability::{
    Configuration as Settings, DURATION_MINUTES, Hours, Interval, Need, Person, Rule, Search, Set,
};
use daybook_domain::{ConfigurationId, MemberId};
use daybook_store as store;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use store::calendars::Calendar;
use store::configurations::Configuration;

use super::gather::{Gathered, How, Seen, Whose, gather};
use super::reasons::{Judge, MOST_REFUSED, Reason, Refused, gaps};
use super::{Error, configurations, invalid};
use crate::{Context, Principal};

/// Years that are asked about.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Of which day, in the configuration's zone.
    pub date: Date,
    /// How long a slot is, in minutes; otherwise as the configuration says.
    pub duration_minutes: Option<i64>,
    /// Whether to ask the providers instead of the mirror.
    pub live: bool,
    /// Whether to say why slots are refused.
    pub explain: bool,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The configuration's zone.
    pub time_zone: String,
    /// Free slots: the instants, and what clocks in the zone show at both ends.
    pub slots: Vec<(Interval, DateTime, DateTime)>,
    /// Slots that are not offered, if that was asked for.
    pub refused: Vec<(Refused, DateTime, DateTime)>,
    /// Taken time of the day.
    pub busy: Set,
    /// The calendars that were looked at.
    pub calendars: Vec<Seen>,
    /// What is to be said of the day as a whole: closed, too far ahead, a calendar that cannot be read.
    pub reasons: Vec<Reason>,
}

/// The free slots of a day.
///
/// # Errors
/// [`Error::Invalid`]; when there is no such configuration for `who`.
pub async fn check(
    cx: &Context,
    who: &Principal,
    id: ConfigurationId,
    ask: Ask,
) -> Result<Checked, Error> {
    let configuration = configurations::get(cx, who, id).await?;
    let settings = &configuration.settings;
    let duration = ask.duration_minutes.unwrap_or(settings.duration);
    if !DURATION_MINUTES.contains(&duration) {
        return Err(invalid("/duration_minutes", "must be from 1 to 1440"));
    }
    if !YEARS.contains(&ask.date.year()) {
        return Err(invalid("/date", "must be a date from 2000 to 2100"));
    }
    let hours = settings
        .opening()
        .ok_or_else(|| invalid("/time_zone", "is not known any more; choose another one"))?;
    let day = day_of(&hours, ask.date);
    let windows = hours.on(ask.date);
    let whose = whose(cx, who, &configuration).await?;
    let known = gather(
        cx,
        who.workspace_id,
        &[whose],
        around(day, &windows, settings),
        How {
            live: ask.live,
            count: false,
        },
    )
    .await?;
    Ok(search(
        cx,
        settings,
        &hours,
        (ask, duration),
        day,
        &windows,
        known,
    ))
}

/// From the first instant of a date to the first of the next, in the zone of the hours.
fn day_of(hours: &Hours, date: Date) -> Interval {
    let start = |date: Date| hours.zone().start_of_day(date).as_second();
    Interval::new(start(date), start(date.saturating_add(1.day())))
}

/// The day, its hours, and the time to be kept free around them.
fn around(day: Interval, windows: &Set, settings: &Settings) -> Interval {
    let first = windows.parts().first().map_or(day.start, |part| part.start);
    let last = windows.parts().last().map_or(day.end, |part| part.end);
    Interval::new(
        day.start.min(first) - settings.prep_time * 60,
        day.end.max(last) + settings.buffer_after * 60,
    )
}

/// The configuration's calendars and its owner's blocks.
async fn whose(
    cx: &Context,
    who: &Principal,
    configuration: &Configuration,
) -> Result<Whose, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let found =
        store::calendars::get_many(&mut tx, who.workspace_id, &configuration.calendar_ids).await?;
    let in_order = configuration.calendar_ids.iter();
    let calendars: Vec<Calendar> = in_order
        .filter_map(|id| found.iter().find(|calendar| calendar.id == *id).cloned())
        .collect();
    let members: Vec<MemberId> = vec![configuration.member_id];
    Ok(Whose {
        calendars,
        members,
        rules: configuration.settings.busy_rules,
    })
}

fn search(
    cx: &Context,
    settings: &Settings,
    hours: &Hours,
    (ask, duration): (Ask, i64),
    day: Interval,
    windows: &Set,
    known: Vec<Gathered>,
) -> Checked {
    let (zone, now) = (hours.zone(), cx.clock.now());
    let rules = settings.forbidden(zone, now);
    let forbidden: Set = rules.iter().map(|(_, time)| *time).collect();
    let people = people(&known);
    let search = Search {
        windows,
        within: None,
        forbidden: &forbidden,
        duration: duration * 60,
        step: settings.slot_interval.unwrap_or(duration) * 60,
        round: None,
        before: settings.prep_time * 60,
        after: settings.buffer_after * 60,
        people: &people,
        need: Need::All,
        most: usize::MAX,
        most_refused: if ask.explain { MOST_REFUSED } else { 0 },
    };
    let found = search.run();
    let shown = |time: Interval| {
        let clock = |at| zone.to_datetime(at);
        (clock(time.from()), clock(time.until()))
    };
    let judge = Judge {
        known: &known,
        open: &[],
        full: &[],
        forbidden: &rules,
        before: search.before,
        after: search.after,
        some: false,
    };
    let mut checked = Checked {
        time_zone: settings.time_zone.clone(),
        slots: Vec::with_capacity(found.slots.len()),
        refused: Vec::with_capacity(found.refused.len()),
        busy: taken(&known).clip(day),
        reasons: whole_day(windows, &rules, &known),
        calendars: Vec::new(),
    };
    for slot in &found.slots {
        let (start, end) = shown(slot.time);
        checked.slots.push((slot.time, start, end));
    }
    for slot in &found.refused {
        let (start, end) = shown(slot.time);
        checked.refused.push((judge.explain(slot), start, end));
    }
    checked.calendars = known.into_iter().flat_map(|one| one.calendars).collect();
    checked
}

/// Those who must all be free: one, with the configuration's calendars.
fn people(known: &[Gathered]) -> Vec<Person> {
    let each = known.iter().map(|one| Person {
        open: None,
        busy: one.claims.set(),
        required: true,
    });
    each.collect()
}

/// The time that is known to be taken.
fn taken(known: &[Gathered]) -> Set {
    let each = known.iter().flat_map(|one| one.claims.taken());
    each.collect()
}

/// What is to be said of the day as a whole.
fn whole_day(windows: &Set, rules: &[(Rule, Interval)], known: &[Gathered]) -> Vec<Reason> {
    let mut reasons = gaps(known);
    if windows.is_empty() {
        reasons.push(Reason::plain(Rule::OutsideHours));
    }
    for (rule, time) in rules {
        let all = windows.parts().iter().all(|part| part.and(*time) == *part);
        if all && !windows.is_empty() {
            reasons.push(Reason::plain(*rule));
        }
    }
    reasons
}
