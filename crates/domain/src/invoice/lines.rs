//! From entries to lines.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Grouping, Rounding, RoundingPer};
use crate::{MemberId, ProjectId, TimeEntryId};

/// An approved entry with its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The entry.
    pub entry: TimeEntryId,
    /// Its day, in the workspace's zone.
    pub day: Date,
    /// Who did it.
    pub member: MemberId,
    /// Their name.
    pub member_name: String,
    /// For what.
    pub project: Option<ProjectId>,
    /// Its name.
    pub project_name: Option<String>,
    /// What was done.
    pub description: String,
    /// How long, in minutes.
    pub minutes: i64,
    /// Price of an hour, in minor units.
    pub rate_minor: i64,
}

/// A line made of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// What it says.
    pub description: String,
    /// How long, rounded.
    pub minutes: i64,
    /// Price of an hour, in minor units.
    pub rate_minor: i64,
    /// Its entries, by day.
    pub entries: Vec<TimeEntryId>,
}

/// What puts entries into the same line, in the order lines have on the invoice.
type Key = (String, uuid::Uuid, i64);

/// Groups entries into lines. The order of `work` makes no difference.
#[must_use]
pub fn draw(work: &[Work], grouping: Grouping, rounding: Rounding) -> Vec<Drawn> {
    let mut sorted: Vec<&Work> = work.iter().collect();
    sorted.sort_by_key(|work| (work.day, work.entry));
    let mut groups: BTreeMap<Key, Vec<&Work>> = BTreeMap::new();
    for one in sorted {
        groups.entry(key(one, grouping)).or_default().push(one);
    }
    groups
        .into_values()
        .filter_map(|group| {
            let first = *group.first()?;
            Some(Drawn {
                description: describe(first, grouping),
                minutes: minutes(&group, rounding),
                rate_minor: first.rate_minor,
                entries: group.iter().map(|work| work.entry).collect(),
            })
        })
        .collect()
}

fn key(work: &Work, grouping: Grouping) -> Key {
    let (label, id) = match grouping {
        Grouping::Project => (
            work.project_name.clone().unwrap_or_default(),
            work.project.map_or(uuid::Uuid::nil(), ProjectId::as_uuid),
        ),
        Grouping::Member => (work.member_name.clone(), work.member.as_uuid()),
        Grouping::Day => (work.day.to_string(), uuid::Uuid::nil()),
        Grouping::Entry => (work.day.to_string(), work.entry.as_uuid()),
    };
    (label, id, work.rate_minor)
}

fn describe(work: &Work, grouping: Grouping) -> String {
    match grouping {
        Grouping::Project => work
            .project_name
            .clone()
            .unwrap_or_else(|| "Work without a project".to_owned()),
        Grouping::Member => work.member_name.clone(),
        Grouping::Day => work.day.to_string(),
        Grouping::Entry if work.description.trim().is_empty() => work.day.to_string(),
        Grouping::Entry => format!("{} · {}", work.day, work.description.trim()),
    }
}

/// The line's time: entries, days and the line itself, rounded where the setting says.
fn minutes(group: &[&Work], rounding: Rounding) -> i64 {
    let mut days: BTreeMap<Date, i64> = BTreeMap::new();
    for work in group {
        let minutes = rounding.at(RoundingPer::Entry, work.minutes.max(0));
        let day = days.entry(work.day).or_default();
        *day = day.saturating_add(minutes);
    }
    let sum = days.values().fold(0_i64, |sum, minutes| {
        sum.saturating_add(rounding.at(RoundingPer::Day, *minutes))
    });
    rounding.at(RoundingPer::Line, sum)
}
