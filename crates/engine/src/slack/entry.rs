//! Time entries from Slack: one for each command, however often it arrives (R6).

use daybook_domain::duration::{self, same_project};
use daybook_domain::time_entry::{MAX_MINUTES, Source, Status};
use daybook_domain::{ClientId, ProjectId, TimeEntryId};
use daybook_store as store;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::Tx;
use store::projects::Project;
use store::time_entries::{Changes, Filter, NewTimeEntry, TimeEntry};

use super::{Error, notify, time};
use crate::{Context, Once, Outcome, Principal, live, timesheets};

/// How far back or ahead a day may lie, in days.
const FURTHEST_BACK: i64 = 366;
const FURTHEST_AHEAD: i64 = 31;
/// Entries looked through for the newest one.
const LOOKED_THROUGH: i64 = 100;
/// Projects looked through for a tag.
const MOST_PROJECTS: i64 = 1_000;

/// An entry with the name of its project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The entry.
    pub entry: TimeEntry,
    /// Its project's name.
    pub project: Option<String>,
}

/// What is to be made.
#[derive(Debug, Clone, Default)]
pub struct New {
    /// How long.
    pub minutes: i64,
    /// What was done.
    pub description: String,
    /// On which day; `None`: today.
    pub date: Option<Date>,
    /// A project as a word, without `#`.
    pub project: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// The project itself.
    pub project_id: Option<ProjectId>,
    /// The client.
    pub client_id: Option<ClientId>,
}

/// What is asked for by API: the grammar of `/time` (SPEC §2.7).
#[derive(Debug, Clone)]
pub struct ByApi {
    /// `2.5 hours`, `2h 30m`, `1:30`, `90min`.
    pub duration: String,
    /// What was done.
    pub description: String,
    /// On which day.
    pub date: Option<Date>,
    /// The project.
    pub project_id: Option<ProjectId>,
    /// The client.
    pub client_id: Option<ClientId>,
}

/// Makes an entry by API, with the words and the backdating of `/time`.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Time`]; [`Error::Once`].
pub async fn by_api(
    cx: &Context,
    who: &Principal,
    ask: ByApi,
    once: &Once<'_, Logged>,
) -> Result<Outcome<Logged>, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let user = store::users::get(&mut tx, who.user_id).await?;
    let zone = time::zone(&user.time_zone);
    let minutes = duration::parse_minutes(&ask.duration);
    let minutes = minutes.map_err(|error| invalid("/duration", &error.to_string()))?;
    let new = New {
        minutes,
        description: ask.description,
        date: ask.date,
        project: None,
        tags: Vec::new(),
        project_id: ask.project_id,
        client_id: ask.client_id,
    };
    let (logged, _) = create(cx, &mut tx, who, &zone, new, None).await?;
    notify::time_entry_created(&mut tx, &logged.entry).await?;
    once.finish(&mut tx, who, &logged).await?;
    tx.commit().await?;
    tell(cx, who, &logged.entry);
    Ok(Outcome::Fresh(logged))
}

/// Makes an entry in the caller's transaction. The second value is false when this cause has made one before.
///
/// # Errors
/// [`Error::Invalid`] with words for the person; [`Error::Time`].
pub async fn create(
    cx: &Context,
    tx: &mut Tx,
    who: &Principal,
    zone: &TimeZone,
    new: New,
    cause: Option<String>,
) -> Result<(Logged, bool), Error> {
    let description = described(&new.description)?;
    let (start, end) = placed(cx.clock.now(), zone, new.date, new.minutes)?;
    let project = match (new.project_id, &new.project) {
        (None, Some(word)) => Some(project_by_word(tx, who, word).await?),
        (id, _) => timesheets::project_of(tx, who.workspace_id, id).await?,
    };
    let of = project.as_ref().and_then(|project| project.client_id);
    if let (Some(client), Some(of)) = (new.client_id, of)
        && client != of
    {
        return Err(invalid("/client_id", "is not the client of this project"));
    }
    let row = NewTimeEntry {
        member_id: who.member_id,
        source: Source::Slack,
        status: Status::Pending,
        description,
        started_at: start,
        ended_at: Some(end),
        duration_minutes: new.minutes,
        client_id: new.client_id.or(of),
        project_id: project.as_ref().map(|project| project.id),
        billable: project.as_ref().is_none_or(|project| project.billable),
        synced_event_id: None,
        calendar_id: None,
        cause_key: cause,
        tags: new.tags,
    };
    let policy = timesheets::Policy::load(tx, who.workspace_id).await;
    let policy = policy.map_err(timesheets::Error::from)?;
    policy.open(start)?;
    let made = store::time_entries::create(tx, who.workspace_id, &row).await;
    let (entry, created) = made.map_err(timesheets::Error::from)?;
    if created {
        timesheets::history::created(tx, who, &entry, "created").await?;
        timesheets::submissions::waits(tx, &entry, false).await?;
    }
    let project = project.map(|project| project.name);
    Ok((Logged { entry, project }, created))
}

/// Tells open dashboards, after the commit.
pub fn tell(cx: &Context, who: &Principal, entry: &TimeEntry) {
    let message = live::Message::TimeEntry { id: entry.id };
    cx.live
        .send(who.workspace_id, Some(entry.member_id), message);
}

/// When work of this length was done: up to now, or on another day up to this time of day; never before that day began.
fn placed(
    now: Timestamp,
    zone: &TimeZone,
    date: Option<Date>,
    minutes: i64,
) -> Result<(Timestamp, Timestamp), Error> {
    if !(1..=MAX_MINUTES).contains(&minutes) {
        return Err(invalid(
            "/duration",
            "must be more than 0 and at most a week",
        ));
    }
    let local = now.to_zoned(zone.clone());
    let (today, clock) = (local.date(), Time::new(local.hour(), local.minute(), 0, 0));
    let date = date.unwrap_or(today);
    let (earliest, latest) = (
        today.saturating_sub(FURTHEST_BACK.days()),
        today.saturating_add(FURTHEST_AHEAD.days()),
    );
    if date < earliest || date > latest {
        return Err(invalid(
            "/date",
            "must lie within the last year, and at most a month ahead",
        ));
    }
    let clock = clock.unwrap_or(Time::midnight());
    let end = zone
        .to_ambiguous_zoned(date.to_datetime(clock))
        .compatible();
    let end = end.map_err(|_| invalid("/date", "is no day of the calendar"))?;
    let length = SignedDuration::from_mins(minutes);
    let (midnight, _) = time::day(date, zone);
    let start = end.timestamp().saturating_sub(length).unwrap_or(midnight);
    let start = start.max(midnight);
    let end = start.saturating_add(length).unwrap_or(start);
    Ok((start, end))
}

fn described(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.chars().count() > timesheets::entries::MAX_DESCRIPTION {
        return Err(invalid("/description", "must be at most 2000 characters"));
    }
    let controls = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    if text.chars().any(controls) {
        return Err(invalid(
            "/description",
            "must not contain control characters",
        ));
    }
    Ok(text.to_owned())
}

/// The one project that a word means: by its name, or by the beginning of its name.
async fn project_by_word(tx: &mut Tx, who: &Principal, word: &str) -> Result<Project, Error> {
    let projects = projects(tx, who).await?;
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
        ([], []) => Err(unknown_project(word, &projects)),
        _ => Err(invalid(
            "/project",
            "more than one project has this name; write more of it",
        )),
    }
}

fn unknown_project(word: &str, projects: &[Project]) -> Error {
    let names: Vec<String> = projects
        .iter()
        .take(8)
        .map(|project| format!("#{}", slug(&project.name)))
        .collect();
    let known = match names.is_empty() {
        true => "there are no projects yet".to_owned(),
        false => format!("there are {}", names.join(", ")),
    };
    let word: String = word.chars().take(50).collect();
    Error::Invalid {
        pointer: "/project",
        detail: format!("there is no project #{word}; {known}"),
    }
}

/// The projects that time can be booked on.
pub async fn projects(tx: &mut Tx, who: &Principal) -> store::Result<Vec<Project>> {
    let filter = store::projects::Filter::default();
    store::projects::list(tx, who.workspace_id, &filter, None, MOST_PROJECTS).await
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

/// A member's entries of a time, the first first.
pub async fn between(
    tx: &mut Tx,
    who: &Principal,
    (from, to): (Timestamp, Timestamp),
) -> store::Result<Vec<TimeEntry>> {
    let filter = Filter {
        member_id: Some(who.member_id),
        from: Some(from),
        to: Some(to),
        ..Filter::default()
    };
    let mut rows = store::time_entries::list(tx, who.workspace_id, &filter, None, 1_000).await?;
    rows.reverse();
    Ok(rows)
}

/// The entry that a member last made in Slack, if it can still be taken back.
pub async fn last(cx: &Context, who: &Principal) -> store::Result<Option<TimeEntry>> {
    let filter = Filter {
        member_id: Some(who.member_id),
        source: Some(Source::Slack),
        ..Filter::default()
    };
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let rows =
        store::time_entries::list(&mut tx, who.workspace_id, &filter, None, LOOKED_THROUGH).await?;
    let can_go = |entry: &TimeEntry| !matches!(entry.status, Status::Approved | Status::Invoiced);
    let newest = rows
        .into_iter()
        .max_by_key(|entry| (entry.created_at, entry.id));
    Ok(newest.filter(can_go))
}

/// Changes an entry to what a form says. The day moves, the time of day stays.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Time`].
pub async fn change(
    cx: &Context,
    who: &Principal,
    zone: &TimeZone,
    id: TimeEntryId,
    new: New,
) -> Result<Logged, Error> {
    let entry = timesheets::entries::get(cx, who, id).await?;
    let description = described(&new.description)?;
    let was = entry.started_at.to_zoned(zone.clone());
    let started_at = match new.date.filter(|date| *date != was.date()) {
        None => None,
        Some(date) => {
            placed(cx.clock.now(), zone, Some(date), new.minutes)?;
            let moved = zone
                .to_ambiguous_zoned(date.to_datetime(was.time()))
                .compatible();
            let moved = moved.map_err(|_| invalid("/date", "is no day of the calendar"))?;
            Some(moved.timestamp())
        }
    };
    let changes = Changes {
        description: Some(description),
        started_at,
        duration_minutes: Some(new.minutes),
        project_id: (new.project_id != entry.project_id).then_some(new.project_id),
        ..Changes::default()
    };
    let entry = timesheets::entries::update(cx, who, id, changes).await?;
    with_project(cx, who, entry).await
}

/// An entry with the name of its project.
///
/// # Errors
/// When the database cannot be read.
pub async fn with_project(
    cx: &Context,
    who: &Principal,
    entry: TimeEntry,
) -> Result<Logged, Error> {
    let project = match entry.project_id {
        None => None,
        Some(id) => {
            let mut tx = cx.store.read_in(who.workspace_id).await?;
            let project = store::projects::get(&mut tx, who.workspace_id, id).await?;
            Some(project.name)
        }
    };
    Ok(Logged { entry, project })
}

fn invalid(pointer: &'static str, detail: &str) -> Error {
    Error::Invalid {
        pointer,
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn work_is_backdated_and_stays_on_its_day() {
        let berlin = time::zone("Europe/Berlin");
        let now = at("2026-11-21T16:00:30Z");
        let placed = |date: Option<&str>, minutes| {
            let date = date.map(|date| date.parse().unwrap());
            let (start, end) = placed(now, &berlin, date, minutes).unwrap();
            (start.to_string(), end.to_string())
        };
        assert_eq!(
            placed(None, 150),
            ("2026-11-21T13:30:00Z".into(), "2026-11-21T16:00:00Z".into())
        );
        assert_eq!(placed(Some("2026-11-20"), 60).0, "2026-11-20T15:00:00Z");
        // Twenty hours up to 17:00 would begin the day before.
        assert_eq!(placed(None, 20 * 60).0, "2026-11-20T23:00:00Z");
    }

    #[test]
    fn days_and_lengths_out_of_reach_are_refused() {
        let now = at("2026-11-21T16:00:00Z");
        for (date, minutes) in [
            (Some("1999-01-01"), 60),
            (Some("2027-06-01"), 60),
            (None, 0),
            (None, -5),
            (None, MAX_MINUTES + 1),
        ] {
            let date = date.map(|date: &str| date.parse().unwrap());
            assert!(
                placed(now, &TimeZone::UTC, date, minutes).is_err(),
                "{date:?} {minutes}"
            );
        }
    }

    #[test]
    fn names_become_tags() {
        assert_eq!(slug("Acme: Website 2"), "acme-website-2");
        assert_eq!(slug("  Über  "), "über");
        assert_eq!(slug("!!!"), "");
    }
}
