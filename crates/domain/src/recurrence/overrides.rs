//! Occurrences that were changed one by one: `RECURRENCE-ID`, and `RANGE=THISANDFUTURE` (RFC 5545 §3.8.4.4).

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::civil::{DAY, days_of_date};
use super::expand::{Expansion, Limits, Occurrence, Span, expand, wall_in};
use super::series::Series;
use super::values::{EventDuration, OccurrenceKey};
use crate::zone::timestamp_of_seconds;

/// A changed or removed occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Override {
    /// The original start of the occurrence. A day on a series of times means the occurrence of that local day.
    pub recurrence_id: OccurrenceKey,
    /// `STATUS:CANCELLED`: the occurrence is a hole.
    pub cancelled: bool,
    /// `RANGE=THISANDFUTURE`: later occurrences are moved and lengthened alike.
    pub this_and_future: bool,
    /// When it takes place now.
    pub span: Span,
    /// Where the caller keeps the rest of it.
    pub index: usize,
}

/// What a window shows of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance {
    /// When it takes place.
    pub span: Span,
    /// Its name for good: the original start.
    pub key: OccurrenceKey,
    /// [`Override::index`] of the override it follows; `None` for the series' own.
    pub source: Option<usize>,
}

/// What an expansion with overrides found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instances {
    /// In order of start.
    pub instances: Vec<Instance>,
    /// See [`Expansion::exhausted`].
    pub exhausted: bool,
    /// See [`Expansion::truncated`].
    pub truncated: bool,
    /// Steps taken.
    pub steps: u32,
}

/// Expands a series and lays its overrides over it: what was moved into the window is shown and what was moved out is not;
/// cancelled occurrences are holes; overrides of occurrences that the series does not have are shown as they are.
#[must_use]
pub fn instances(
    series: &Series,
    overrides: &[Override],
    window: Range<Timestamp>,
    limits: &Limits,
) -> Instances {
    let reach = overrides
        .iter()
        .filter(|change| change.this_and_future)
        .map(|change| Shift::of(series, change).reach())
        .max();
    // Later occurrences that a range moves may come from outside the window.
    let wide = match reach {
        None => window.clone(),
        Some(reach) => {
            let by = SignedDuration::from_secs(reach + DAY);
            window.start.saturating_sub(by).unwrap_or(Timestamp::MIN)
                ..window.end.saturating_add(by).unwrap_or(Timestamp::MAX)
        }
    };
    apply_overrides(series, &expand(series, wide, limits), overrides, window)
}

/// Lays overrides over an expansion that covers at least `window`; with ranges among them, also as much around it as they
/// move ([`instances`] sees to that).
#[must_use]
pub fn apply_overrides(
    series: &Series,
    expansion: &Expansion,
    overrides: &[Override],
    window: Range<Timestamp>,
) -> Instances {
    let mut single: BTreeMap<OccurrenceKey, &Override> = BTreeMap::new();
    let mut ranges: Vec<(OccurrenceKey, &Override)> = Vec::new();
    for change in overrides {
        let key = key_in(series, expansion, change.recurrence_id);
        if change.this_and_future {
            ranges.push((key, change));
        }
        single.insert(key, change);
    }
    ranges.sort_by_key(|(key, _)| *key);
    let mut shown: Vec<Instance> = Vec::new();
    for occurrence in expansion
        .occurrences
        .iter()
        .filter(|occurrence| !single.contains_key(&occurrence.key))
    {
        let range = ranges
            .partition_point(|(key, _)| *key < occurrence.key)
            .checked_sub(1);
        match range.and_then(|last| ranges.get(last)) {
            None => shown.push(Instance {
                span: occurrence.span(),
                key: occurrence.key,
                source: None,
            }),
            Some((_, change)) if change.cancelled => {}
            Some((_, change)) => shown.push(Instance {
                span: Shift::of(series, change).apply(series, occurrence),
                key: occurrence.key,
                source: Some(change.index),
            }),
        }
    }
    let own = single.iter().filter(|(_, change)| !change.cancelled);
    shown.extend(own.map(|(key, change)| Instance {
        span: change.span,
        key: *key,
        source: Some(change.index),
    }));
    shown.retain(|instance| instance.span.touches(&window));
    shown.sort_unstable();
    Instances {
        instances: shown,
        exhausted: expansion.exhausted,
        truncated: expansion.truncated,
        steps: expansion.steps,
    }
}

/// By how much a range moves later occurrences.
#[derive(Debug, Clone, Copy)]
struct Shift {
    /// On the wall, in seconds.
    wall: i64,
    length: EventDuration,
}

impl Shift {
    fn of(series: &Series, change: &Override) -> Self {
        let original = match change.recurrence_id {
            OccurrenceKey::Day(date) if series.all_day => days_of_date(date) * DAY,
            OccurrenceKey::Day(date) => days_of_date(date) * DAY + series.start.rem_euclid(DAY),
            OccurrenceKey::Instant(at) => wall_in(series, at),
        };
        let now = change.span.days.map_or_else(
            || wall_in(series, change.span.start),
            |(first, _)| days_of_date(first) * DAY,
        );
        let length = match change.span.days {
            Some((first, after)) => EventDuration::days(days_of_date(after) - days_of_date(first)),
            None => {
                EventDuration::seconds(change.span.end.as_second() - change.span.start.as_second())
            }
        };
        Self {
            wall: (now - original).clamp(-40_000 * DAY, 40_000 * DAY),
            length,
        }
    }

    fn reach(&self) -> i64 {
        self.wall.abs() + self.length.upper_bound()
    }

    fn apply(&self, series: &Series, occurrence: &Occurrence) -> Span {
        let wall = occurrence.days.map_or_else(
            || wall_in(series, occurrence.start),
            |(first, _)| days_of_date(first) * DAY,
        );
        let start = timestamp_of_seconds(series.zone.instant_of_local(wall + self.wall));
        let days = occurrence.days.filter(|_| self.wall % DAY == 0).map(|_| {
            let first = (wall + self.wall).div_euclid(DAY);
            let after = first + i64::from(self.length.days);
            (
                super::civil::date_of_days(first),
                super::civil::date_of_days(after),
            )
        });
        Span {
            start,
            end: self.length.after(start, &series.zone).max(start),
            days,
        }
    }
}

/// The key as the series has it: clients name occurrences by day where they start at a time, and the other way round.
fn key_in(series: &Series, expansion: &Expansion, key: OccurrenceKey) -> OccurrenceKey {
    match key {
        OccurrenceKey::Day(date) if !series.all_day => {
            let day = days_of_date(date);
            let same = expansion
                .occurrences
                .iter()
                .find(|one| wall_in(series, one.start).div_euclid(DAY) == day);
            same.map_or_else(
                || {
                    OccurrenceKey::instant(
                        series
                            .zone
                            .instant_of_local(day * DAY + series.start.rem_euclid(DAY)),
                    )
                },
                |one| one.key,
            )
        }
        OccurrenceKey::Instant(at) if series.all_day => {
            let second = at.as_second();
            let wall = if second.rem_euclid(DAY) == 0 {
                second
            } else {
                wall_in(series, at)
            };
            OccurrenceKey::day(wall.div_euclid(DAY))
        }
        key => key,
    }
}
