//! Zones that a file defines for itself (RFC 5545 §3.6.5).

use jiff::civil::DateTime;

use crate::recurrence::Rule;
use crate::recurrence::civil::{days_of_civil, seconds_of_datetime};
use crate::recurrence::onsets;

/// A `VTIMEZONE` component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VTimezone {
    /// `TZID`: the label that times in the same file use.
    pub tzid: String,
    /// `X-LIC-LOCATION`: an IANA name that some programs note.
    pub location: Option<String>,
    /// `STANDARD` and `DAYLIGHT` parts.
    pub observances: Vec<Observance>,
}

/// One `STANDARD` or `DAYLIGHT` part: an offset and when it comes into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observance {
    /// First onset, on a wall that still shows `offset_from`.
    pub start: DateTime,
    /// Seconds east of UTC before the onset.
    pub offset_from: i32,
    /// Seconds east of UTC after the onset.
    pub offset_to: i32,
    /// Further onsets.
    pub rules: Vec<Rule>,
    /// Further onsets, one by one.
    pub rdates: Vec<DateTime>,
}

/// Years in which the rules of a `VTIMEZONE` are worked out.
const YEARS: std::ops::Range<i64> = 1900..2200;
/// Onsets kept per observance.
const MAX_ONSETS: usize = 400;
/// Steps spent on the rules of one definition.
const MAX_STEPS: u32 = 50_000;
/// Observances read per definition.
const MAX_OBSERVANCES: usize = 200;

/// A `VTIMEZONE` worked out: every change of offset in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Transitions {
    pub(super) name: String,
    before: i32,
    changes: Vec<Change>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    /// Unix seconds.
    at: i64,
    /// Local seconds from which on the new offset is the only or the rightful reading of a wall time.
    local: i64,
    offset: i32,
}

impl Transitions {
    pub(super) fn of(definition: &VTimezone) -> Option<Self> {
        let mut changes: Vec<(i64, i32, i32)> = Vec::new();
        let mut steps = MAX_STEPS;
        for observance in definition.observances.iter().take(MAX_OBSERVANCES) {
            let from = i64::from(observance.offset_from);
            let walls = observance_onsets(observance, &mut steps);
            changes.extend(
                walls
                    .into_iter()
                    .map(|wall| (wall - from, observance.offset_from, observance.offset_to)),
            );
        }
        changes.sort_unstable();
        changes.dedup_by_key(|change| change.0);
        let before = changes.first()?.1;
        let mut offset = before;
        let changes = changes
            .into_iter()
            .map(|(at, _, after)| {
                let local = at + i64::from(offset.max(after));
                offset = after;
                Change { at, local, offset }
            })
            .collect();
        Some(Self {
            name: definition.tzid.clone(),
            before,
            changes,
        })
    }

    pub(super) fn offset_at(&self, at: i64) -> i32 {
        self.offset_after(self.changes.partition_point(|change| change.at <= at))
    }

    pub(super) fn instant_of_local(&self, local: i64) -> i64 {
        let passed = self.changes.partition_point(|change| change.local <= local);
        local - i64::from(self.offset_after(passed))
    }

    pub(super) fn stretch(&self, at: i64) -> (i64, i64, i32) {
        let passed = self.changes.partition_point(|change| change.at <= at);
        let from = passed
            .checked_sub(1)
            .and_then(|last| self.changes.get(last));
        let until = self.changes.get(passed);
        (
            from.map_or(i64::MIN / 4, |change| change.local),
            until.map_or(i64::MAX / 4, |change| change.local),
            self.offset_after(passed),
        )
    }

    pub(super) fn next_after(&self, at: i64) -> Option<i64> {
        let passed = self.changes.partition_point(|change| change.at <= at);
        self.changes.get(passed).map(|change| change.at)
    }

    fn offset_after(&self, passed: usize) -> i32 {
        passed
            .checked_sub(1)
            .and_then(|last| self.changes.get(last))
            .map_or(self.before, |change| change.offset)
    }
}

fn observance_onsets(observance: &Observance, steps: &mut u32) -> Vec<i64> {
    let start = seconds_of_datetime(observance.start);
    let window = days_of_civil(YEARS.start, 1, 1) * 86_400..days_of_civil(YEARS.end, 1, 1) * 86_400;
    let rules = observance.rules.get(..8).unwrap_or(&observance.rules);
    let mut walls = onsets(
        rules,
        observance.start,
        observance.offset_from,
        window,
        MAX_ONSETS,
        steps,
    );
    let dates = observance.rdates.iter().take(MAX_ONSETS);
    walls.extend(dates.map(|wall| seconds_of_datetime(*wall)));
    walls.push(start);
    walls
}
