//! A series made ready for expansion: its rules compiled, its dates turned into instants.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::civil::{DAY, days_of_date, seconds_of_datetime};
use super::plan::Plan;
use super::seek::{Budget, Outcome, Walk};
use super::set::{PeriodEnd, Recurrence, ZonedValue};
use super::values::{DateValue, EventDuration, wall_seconds};
use crate::event::EventTime;
use crate::zone::Zone;

/// An event with its recurrence, compiled once and expanded for many windows.
#[derive(Debug, Clone)]
pub struct Series {
    pub(super) zone: Zone,
    pub(super) duration: EventDuration,
    pub(super) all_day: bool,
    /// Wall seconds of DTSTART; a midnight for series of dates.
    pub(super) start: i64,
    /// The instant of DTSTART, which decides when its wall time comes twice. Unix seconds.
    pub(super) start_at: i64,
    pub(super) rules: Vec<Plan>,
    pub(super) exrules: Vec<Plan>,
    pub(super) extras: Vec<Extra>,
    /// Excluded instants, Unix seconds, sorted.
    pub(super) excluded: Vec<i64>,
    /// Excluded local days since 1970, sorted.
    pub(super) excluded_days: Vec<i64>,
    recurrence: Recurrence,
}

/// An `RDATE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Extra {
    /// Unix seconds.
    pub(super) at: i64,
    /// Wall seconds.
    pub(super) local: i64,
    /// Unix seconds, when it has its own end.
    pub(super) end: Option<i64>,
}

impl Series {
    /// A series that starts at `start` and repeats on the wall of `zone`, the zone of DTSTART; for dates, the zone whose
    /// midnights turn them into instants (the calendar's).
    #[must_use]
    pub fn new(
        start: &EventTime,
        duration: EventDuration,
        zone: Zone,
        recurrence: Recurrence,
    ) -> Self {
        let (all_day, wall, at) = match start {
            EventTime::AllDay(date) => (
                true,
                days_of_date(*date) * DAY,
                zone.start_of_day(*date).as_second(),
            ),
            EventTime::Timed { at, .. } => (false, wall_seconds(&zone, *at), at.as_second()),
        };
        let mut series = Self {
            zone,
            duration,
            all_day,
            start: wall,
            start_at: at,
            rules: Vec::new(),
            exrules: Vec::new(),
            extras: Vec::new(),
            excluded: Vec::new(),
            excluded_days: Vec::new(),
            recurrence,
        };
        series.compile();
        series
    }

    /// The same series with the wall time that DTSTART was written with. Only a DTSTART inside a gap of the clocks needs
    /// this: its instant alone shows a later time on the wall.
    #[must_use]
    pub fn with_wall(mut self, wall: DateTime) -> Self {
        if !self.all_day {
            self.start = seconds_of_datetime(wall);
            self.compile();
        }
        self
    }

    /// The zone on whose wall this repeats.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The length of each occurrence.
    #[must_use]
    pub const fn duration(&self) -> EventDuration {
        self.duration
    }

    /// Whether occurrences are whole days.
    #[must_use]
    pub const fn is_all_day(&self) -> bool {
        self.all_day
    }

    /// The instant of DTSTART.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        crate::zone::timestamp_of_seconds(self.start_at)
    }

    /// Whether every rule fires at DTSTART. Readers disagree about rules that do not; Daybook does not write them.
    #[must_use]
    pub fn starts_on_its_rules(&self) -> bool {
        self.rules.iter().all(names_its_start)
    }

    /// What it was made from.
    #[must_use]
    pub const fn recurrence(&self) -> &Recurrence {
        &self.recurrence
    }

    fn compile(&mut self) {
        let plan = |rule| Plan::compile(rule, self.start, &self.zone, self.all_day);
        let mut rules: Vec<Plan> = self.recurrence.rules.iter().map(plan).collect();
        self.exrules = self.recurrence.exrules.iter().map(plan).collect();
        for rule in &mut rules {
            // DTSTART counts as the first instance even where the rule does not name it.
            if let Some(count) = rule.count
                && !names_its_start(rule)
            {
                rule.count = Some(count - 1);
            }
        }
        self.rules = rules;
        self.compile_dates();
    }

    fn compile_dates(&mut self) {
        let mut zones = ZoneMemo::default();
        let mut excluded = Vec::new();
        let mut excluded_days = Vec::new();
        for date in &self.recurrence.exdates {
            match &date.value {
                DateValue::Date(day) => excluded_days.push(days_of_date(*day)),
                _ if self.all_day => excluded_days.push(self.day_of(date)),
                _ => excluded.push(zones.instant(date, &self.zone).as_second()),
            }
        }
        excluded.sort_unstable();
        excluded_days.sort_unstable();
        let mut extras: Vec<Extra> = self
            .recurrence
            .rdates
            .iter()
            .map(|rdate| {
                let at = zones.instant(&rdate.start, &self.zone);
                let end = rdate.end.as_ref().map(|end| match end {
                    PeriodEnd::At(value) => zones.instant(
                        &ZonedValue {
                            value: *value,
                            tzid: rdate.start.tzid.clone(),
                        },
                        &self.zone,
                    ),
                    PeriodEnd::After(length) => length.after(at, &self.zone),
                });
                self.extra(&rdate.start, at, end)
            })
            .collect();
        extras.sort_unstable();
        (self.excluded, self.excluded_days, self.extras) = (excluded, excluded_days, extras);
    }

    fn extra(&self, start: &ZonedValue, at: Timestamp, end: Option<Timestamp>) -> Extra {
        if self.all_day {
            let day = self.day_of(start);
            let at = self.zone.instant_of_local(day * DAY);
            return Extra {
                at,
                local: day * DAY,
                end: None,
            };
        }
        let local = match (&start.value, start.tzid.as_deref()) {
            // A date on a series of times: that day at DTSTART's time.
            (DateValue::Date(date), _) => days_of_date(*date) * DAY + self.start.rem_euclid(DAY),
            _ => wall_seconds(&self.zone, at),
        };
        let at = match &start.value {
            DateValue::Date(_) => self.zone.instant_of_local(local),
            _ => at.as_second(),
        };
        Extra {
            at,
            local,
            end: end.map(|end| end.as_second().max(at)),
        }
    }

    /// The day that a date or time names on a series of dates.
    fn day_of(&self, date: &ZonedValue) -> i64 {
        match &date.value {
            DateValue::Date(day) => days_of_date(*day),
            DateValue::Local(wall) => days_of_date(wall.date()),
            DateValue::Utc(at) if at.as_second().rem_euclid(DAY) == 0 => {
                at.as_second().div_euclid(DAY)
            }
            DateValue::Utc(at) => wall_seconds(&self.zone, *at).div_euclid(DAY),
        }
    }
}

/// Whether the rule itself fires at its DTSTART.
fn names_its_start(plan: &Plan) -> bool {
    let unlimited = Plan {
        count: None,
        ..plan.clone()
    };
    let mut named = false;
    let outcome = Walk::new(&unlimited).visit(
        plan.start,
        plan.start.saturating_add(1),
        &mut Budget::new(1_000),
        |_| {
            named = true;
            false
        },
    );
    named || outcome == Outcome::Exhausted
}

/// Five thousand exceptions in one foreign zone look that zone up once.
#[derive(Default)]
struct ZoneMemo(Vec<(String, Zone)>);

impl ZoneMemo {
    fn instant(&mut self, date: &ZonedValue, zone: &Zone) -> Timestamp {
        let Some(tzid) = date.tzid.as_deref().filter(|tzid| *tzid != zone.name()) else {
            return date.value.instant_in(zone);
        };
        if let Some((_, known)) = self.0.iter().find(|(name, _)| name == tzid) {
            return date.value.instant_in(known);
        }
        let found = crate::zone::resolve(tzid, None, zone).zone;
        let at = date.value.instant_in(&found);
        if self.0.len() < 32 {
            self.0.push((tzid.to_owned(), found));
        }
        at
    }
}
