//! Time as people type it becomes an entry (SPEC §2.7): which project a word means, and when the work was done. The same for the
//! dashboard, the API and Slack.

use daybook_domain::duration::{Logged, same_project};
use daybook_domain::time_entry::{MAX_MINUTES, Source};
use daybook_domain::{MemberId, WorkspaceId};
use daybook_store as store;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::Tx;
use store::projects::{Filter, Project};

use super::Error;
use super::entries::Create;
use crate::{Context, Principal};

/// When a day's work begins if nobody says it.
pub(super) const MORNING: i8 = 9;
/// How far back or ahead a typed day may lie, in days: what lies further is a slip.
const FURTHEST_BACK: i64 = 366;
const FURTHEST_AHEAD: i64 = 31;
/// Projects that are named where none has the word that was typed.
const NAMED: usize = 8;

/// The day where the caller lives, by which `yesterday` is meant.
///
/// # Errors
/// When the database cannot be read.
pub async fn today(cx: &Context, who: &Principal) -> Result<Date, Error> {
    let zone = zone(cx, who).await?;
    Ok(cx.clock.now().to_zoned(zone).date())
}

/// What to create for what was typed.
///
/// # Errors
/// [`Error::UnknownProject`], for a `#word` that names none; [`Error::Invalid`].
pub async fn entry_of(
    cx: &Context,
    who: &Principal,
    logged: Logged,
    source: Source,
) -> Result<Create, Error> {
    let zone = zone(cx, who).await?;
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let project = match &logged.project {
        Some(word) => Some(project_of(&mut tx, who.workspace_id, word).await?.id),
        None => None,
    };
    let work = Work {
        date: logged.date,
        minutes: logged.minutes,
    };
    let started_at = start_of(&mut tx, who, (cx.clock.now(), &zone), work).await?;
    Ok(Create {
        description: logged.description,
        started_at,
        ended_at: None,
        duration_minutes: Some(logged.minutes),
        client_id: None,
        project_id: project,
        billable: None,
        tags: logged.tags,
        source,
    })
}

/// The one project that a word means: by its name, or by the beginning of its name; archived ones are over.
///
/// # Errors
/// [`Error::UnknownProject`]; [`Error::Invalid`] when it means several.
pub(crate) async fn project_of(tx: &mut Tx, ws: WorkspaceId, word: &str) -> Result<Project, Error> {
    let projects = projects(tx, ws).await?;
    let exactly: Vec<&Project> = projects
        .iter()
        .filter(|project| same_project(word, &project.name))
        .collect();
    let wanted = slug(word);
    let begins: Vec<&Project> = projects
        .iter()
        .filter(|project| !wanted.is_empty() && slug(&project.name).starts_with(&wanted))
        .collect();
    match (exactly.as_slice(), begins.as_slice()) {
        ([one], _) | ([], [one]) => Ok((*one).clone()),
        ([], []) => Err(unknown(word, &projects)),
        _ => Err(Error::Invalid {
            pointer: "/project",
            detail: "more than one project has this name; write more of it".to_owned(),
        }),
    }
}

/// The projects that time can be booked on.
pub(crate) async fn projects(tx: &mut Tx, ws: WorkspaceId) -> store::Result<Vec<Project>> {
    store::projects::list(tx, ws, &Filter::default(), None, i64::MAX).await
}

fn unknown(word: &str, projects: &[Project]) -> Error {
    let names: Vec<String> = projects
        .iter()
        .take(NAMED)
        .map(|project| format!("#{}", slug(&project.name)))
        .collect();
    let known = match names.is_empty() {
        true => "there are no projects yet".to_owned(),
        false => format!("there are {}", names.join(", ")),
    };
    let word: String = word.chars().take(50).collect();
    Error::UnknownProject(format!("there is no project #{word}; {known}"))
}

/// A name as a tag: `Acme: Website 2` → `acme-website-2`.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Work of a length, on a day; `None`: today.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) date: Option<Date>,
    pub(crate) minutes: i64,
}

/// When work began that somebody typed at `now`. On the day itself it ended now, and did not begin the day before; on another it
/// follows that day's last entry, or begins at nine.
///
/// # Errors
/// [`Error::Invalid`] for no length, and for a day out of reach.
pub(crate) async fn start_of(
    tx: &mut Tx,
    who: &Principal,
    (now, zone): (Timestamp, &TimeZone),
    work: Work,
) -> Result<Timestamp, Error> {
    within_reach((now, zone), work)?;
    let today = now.to_zoned(zone.clone()).date();
    let started = match work.date.filter(|day| *day != today) {
        None => {
            let length = SignedDuration::from_mins(work.minutes);
            let back = now.checked_sub(length).unwrap_or(now);
            to_minute(back).max(hour_of(today, 0, zone))
        }
        Some(day) => free_on(tx, (who.workspace_id, who.member_id), day, zone).await?,
    };
    Ok(to_minute(started))
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

/// The end of the last entry of that day, or nine in the morning.
async fn free_on(
    tx: &mut Tx,
    (ws, member): (WorkspaceId, MemberId),
    day: Date,
    zone: &TimeZone,
) -> Result<Timestamp, Error> {
    let morning = hour_of(day, MORNING, zone);
    let end = hour_of(day.saturating_add(1.day()), 0, zone);
    let there = store::time_facts::overlapping(tx, ws, member, morning, end, None).await?;
    let last = there.into_iter().filter_map(|entry| entry.ended_at).max();
    Ok(last.filter(|last| *last < end).unwrap_or(morning))
}

/// The instant at which an hour of a day begins.
fn hour_of(day: Date, hour: i8, zone: &TimeZone) -> Timestamp {
    let there = day.at(hour, 0, 0, 0).to_zoned(zone.clone());
    there.map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

/// The zone where the caller lives.
///
/// # Errors
/// When the database cannot be read.
pub async fn zone(cx: &Context, who: &Principal) -> Result<TimeZone, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let user = store::users::get(&mut tx, who.user_id).await?;
    Ok(TimeZone::get(&user.time_zone).unwrap_or(TimeZone::UTC))
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

    #[test]
    fn names_become_tags() {
        assert_eq!(slug("Acme: Website 2"), "acme-website-2");
        assert_eq!(slug("  Über  "), "über");
        assert_eq!(slug("!!!"), "");
    }
}
