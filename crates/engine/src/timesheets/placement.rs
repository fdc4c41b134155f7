//! Where work goes that was told without a time of day, and which project a word means: the same for typed time wherever it is typed.

use daybook_domain::WorkspaceId;
use daybook_domain::duration::{begins_project, same_project};
use daybook_domain::time_entry::MAX_MINUTES;
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
/// How far back or ahead a typed day may lie, in days: what lies further is a slip.
const FURTHEST_BACK: i64 = 366;
const FURTHEST_AHEAD: i64 = 31;
/// The most projects that a word is looked for in.
const PROJECTS: i64 = 10_000;
/// The most entries of one day.
const ENTRIES: i64 = 1_000;
/// How many projects an error names.
const NAMED: usize = 8;

/// Work of a length, on a day; `None`: today.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) date: Option<Date>,
    pub(crate) minutes: i64,
}

/// When work began that somebody typed at `now`, where they live. Today's ended at `now`, whose seconds say nothing; another day's follows the last
/// entry of that day, or begins at nine. Neither begins before its day, and another day's ends within it where there is room.
///
/// # Errors
/// [`Error::Invalid`] for no length, and for a day out of reach.
pub(crate) async fn start_of(
    tx: &mut store::Tx,
    who: &Principal,
    (now, zone): (Timestamp, &TimeZone),
    work: Work,
) -> Result<Timestamp, Error> {
    within_reach((now, zone), work)?;
    let today = now.to_zoned(zone.clone()).date();
    let length = SignedDuration::from_mins(work.minutes);
    let day = work.date.unwrap_or(today);
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

/// Whether work can have this length and lie on this day.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn within_reach((now, zone): (Timestamp, &TimeZone), work: Work) -> Result<(), Error> {
    let invalid = |pointer, detail: &str| Error::Invalid {
        pointer,
        detail: detail.to_owned(),
    };
    if !(1..=MAX_MINUTES).contains(&work.minutes) {
        let detail = "must be more than 0 and at most a week";
        return Err(invalid("/duration", detail));
    }
    let today = now.to_zoned(zone.clone()).date();
    let date = work.date.unwrap_or(today);
    let earliest = today.saturating_sub(FURTHEST_BACK.days());
    let latest = today.saturating_add(FURTHEST_AHEAD.days());
    if date < earliest || date > latest {
        let detail = "must lie within the last year, and at most a month ahead";
        return Err(invalid("/date", detail));
    }
    Ok(())
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
    let all = projects(tx, ws).await?;
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

/// The projects that time can be booked on.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn projects(tx: &mut store::Tx, ws: WorkspaceId) -> store::Result<Vec<Project>> {
    store::projects::list(tx, ws, &Projects::default(), None, PROJECTS).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_lengths_out_of_reach_are_refused() {
        let now: Timestamp = "2026-11-21T16:00:00Z".parse().unwrap();
        let reach = |date: Option<&str>, minutes| {
            let date = date.map(|date| date.parse().unwrap());
            within_reach((now, &TimeZone::UTC), Work { date, minutes })
        };
        assert!(reach(Some("2026-11-20"), 60).is_ok());
        for (date, minutes) in [
            (Some("1999-01-01"), 60),
            (Some("2027-06-01"), 60),
            (None, 0),
            (None, -5),
            (None, MAX_MINUTES + 1),
        ] {
            assert!(reach(date, minutes).is_err(), "{date:?} {minutes}");
        }
    }
}
