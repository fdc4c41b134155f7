//! Time as people type it becomes an entry (SPEC §2.7): for the dashboard, the API and Slack.

use daybook_domain::ProjectId;
use daybook_domain::duration::{Logged, same_project};
use daybook_domain::time_entry::Source;
use daybook_store as store;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::projects::{Filter, Project};

use super::Error;
use super::entries::Create;
use crate::{Context, Principal};

/// When a day's work begins if nobody says it.
pub(super) const MORNING: i8 = 9;

/// The day where the caller lives, by which `yesterday` is meant.
///
/// # Errors
/// When the database cannot be read.
pub async fn today(cx: &Context, who: &Principal) -> Result<Date, Error> {
    let zone = zone(cx, who).await?;
    Ok(cx.clock.now().to_zoned(zone).date())
}

/// What to create for what was typed. On the day itself it ended now; on another it follows that day's last entry, or begins at
/// nine, where the caller lives.
///
/// # Errors
/// [`Error::UnknownProject`], for a `#word` that names none.
pub async fn entry_of(
    cx: &Context,
    who: &Principal,
    logged: Logged,
    source: Source,
) -> Result<Create, Error> {
    let zone = zone(cx, who).await?;
    let project = match &logged.project {
        Some(tag) => Some(project_of(cx, who, tag).await?),
        None => None,
    };
    let now = cx.clock.now();
    let length = SignedDuration::from_mins(logged.minutes);
    let today = now.to_zoned(zone.clone()).date();
    let started = match logged.date.filter(|day| *day != today) {
        None => now.checked_sub(length).unwrap_or(now),
        Some(day) => free_on(cx, who, day, zone).await?,
    };
    Ok(Create {
        description: logged.description,
        started_at: to_minute(started),
        ended_at: None,
        duration_minutes: Some(logged.minutes),
        client_id: None,
        project_id: project,
        billable: None,
        tags: logged.tags,
        source,
    })
}

/// The project that a `#word` names; archived ones are over.
async fn project_of(cx: &Context, who: &Principal, tag: &str) -> Result<ProjectId, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let filter = Filter::default();
    let all: Vec<Project> =
        store::projects::list(&mut tx, who.workspace_id, &filter, None, 10_000).await?;
    all.iter()
        .find(|project| same_project(tag, &project.name))
        .map(|project| project.id)
        .ok_or_else(|| Error::UnknownProject(tag.to_owned()))
}

/// The end of the last entry of that day, or nine in the morning.
async fn free_on(
    cx: &Context,
    who: &Principal,
    day: Date,
    zone: TimeZone,
) -> Result<Timestamp, Error> {
    let at = |day: Date, hour: i8| {
        let there = day.at(hour, 0, 0, 0).to_zoned(zone.clone());
        there.map_or(Timestamp::MIN, |zoned| zoned.timestamp())
    };
    let next = day.checked_add(1.day()).unwrap_or(day);
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let (ws, member) = (who.workspace_id, who.member_id);
    let end = at(next, 0);
    let there = store::time_facts::overlapping(&mut tx, ws, member, at(day, MORNING), end, None);
    let last = there
        .await?
        .into_iter()
        .filter_map(|entry| entry.ended_at)
        .max();
    Ok(last.filter(|last| *last < end).unwrap_or(at(day, MORNING)))
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
