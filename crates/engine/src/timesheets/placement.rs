//! Where work goes that was told without a time of day, and which project a word means: the same for typed time wherever it is typed.

use daybook_domain::WorkspaceId;
use daybook_domain::duration::{begins_project, same_project};
use daybook_store as store;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::projects::{Filter as Projects, Project};
use store::time_entries::Filter;

use super::Error;
use crate::Principal;

/// When a day's work begins if nobody says it.
pub(super) const MORNING: i8 = 9;
/// The most projects that a word is looked for in.
const PROJECTS: i64 = 10_000;
/// The most entries of one day.
const ENTRIES: i64 = 1_000;
/// How many projects an error names.
const NAMED: usize = 8;

/// When work of `minutes` began, where the caller lives. Today's ended at `now`, whose seconds say nothing; another day's follows the last
/// entry of that day, or begins at nine. Neither begins before its day, and another day's ends within it where there is room.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn start_of(
    tx: &mut store::Tx,
    who: &Principal,
    zone: &TimeZone,
    now: Timestamp,
    (date, minutes): (Option<Date>, i64),
) -> Result<Timestamp, store::Error> {
    let today = now.to_zoned(zone.clone()).date();
    let length = SignedDuration::from_mins(minutes);
    let day = date.unwrap_or(today);
    let (begin, end) = (at(day, 0, zone), at(day.saturating_add(1.day()), 0, zone));
    if day == today {
        let start = before(now, length);
        return Ok(to_minute(start).max(begin));
    }
    let nine = at(day, MORNING, zone);
    let filter = Filter {
        member_id: Some(who.member_id),
        from: Some(begin),
        to: Some(end),
        ..Filter::default()
    };
    let there = store::time_entries::list(tx, who.workspace_id, &filter, None, ENTRIES).await?;
    let last = there.into_iter().filter_map(|entry| entry.ended_at).max();
    let free = to_minute(last.unwrap_or(nine).max(nine));
    Ok(free.min(before(end, length)).max(begin))
}

/// The one open project that a word means: by its name, or by the beginning of it.
///
/// # Errors
/// [`Error::UnknownProject`], [`Error::SeveralProjects`]; when the database cannot be read.
pub(crate) async fn project_by_word(
    tx: &mut store::Tx,
    ws: WorkspaceId,
    word: &str,
) -> Result<Project, Error> {
    let all = store::projects::list(tx, ws, &Projects::default(), None, PROJECTS).await?;
    let fit = |fits: fn(&str, &str) -> bool| -> Vec<&Project> {
        all.iter()
            .filter(|project| fits(word, &project.name))
            .collect()
    };
    let (named, begun) = (fit(same_project), fit(begins_project));
    match (named.as_slice(), begun.as_slice()) {
        ([one], _) | ([], [one]) => Ok((*one).clone()),
        ([], []) => Err(Error::UnknownProject {
            word: word.chars().take(50).collect(),
            there: names(&all.iter().collect::<Vec<_>>()),
        }),
        ([], several) | (several, _) => Err(Error::SeveralProjects {
            word: word.chars().take(50).collect(),
            there: names(several),
        }),
    }
}

fn names(projects: &[&Project]) -> String {
    let names: Vec<&str> = projects
        .iter()
        .map(|project| project.name.as_str())
        .collect();
    match names.len() {
        0 => "there are no projects yet".to_owned(),
        count if count > NAMED => format!(
            "there are {} and {} more",
            names[..NAMED].join(", "),
            count - NAMED
        ),
        _ => format!("there are {}", names.join(", ")),
    }
}

fn at(day: Date, hour: i8, zone: &TimeZone) -> Timestamp {
    let there = zone.to_ambiguous_zoned(day.at(hour, 0, 0, 0)).compatible();
    there.map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

fn before(end: Timestamp, length: SignedDuration) -> Timestamp {
    end.checked_sub(length).unwrap_or(end)
}

/// Seconds say nothing about work.
fn to_minute(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(60) * 60).unwrap_or(at)
}
