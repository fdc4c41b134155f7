//! Time entries from Slack: one for each command, however often it arrives (R6).

use daybook_domain::duration;
use daybook_domain::time_entry::{Source, Status};
use daybook_domain::{ClientId, ProjectId, TimeEntryId};
use daybook_store as store;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::Tx;
use store::time_entries::{Changes, Filter, NewTimeEntry, TimeEntry};

use super::{Error, notify, time};
use crate::timesheets::booking::{self, Said};
use crate::timesheets::placement::{self, Work};
use crate::{Context, Once, Outcome, Principal, live, timesheets};

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
    let work = Work {
        date: new.date,
        minutes: new.minutes,
    };
    let start = placement::start_of(tx, who, (cx.clock.now(), zone), work).await?;
    let project_id = match (new.project_id, &new.project) {
        (None, Some(word)) => {
            let project = placement::project_by_word(tx, who.workspace_id, word).await?;
            Some(project.id)
        }
        (id, _) => id,
    };
    let said = Said {
        client_id: new.client_id,
        project_id,
        billable: None,
    };
    let booked = booking::book(tx, who.workspace_id, said, None).await?;
    let row = NewTimeEntry {
        member_id: who.member_id,
        source: Source::Slack,
        status: Status::Pending,
        description,
        started_at: start,
        ended_at: timesheets::entries::end_of(start, new.minutes),
        duration_minutes: new.minutes,
        client_id: booked.client_id,
        project_id: booked.project_id,
        billable: booked.billable,
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
    let project = name_of(tx, who, &entry).await?;
    Ok((Logged { entry, project }, created))
}

/// Tells open dashboards, after the commit.
pub fn tell(cx: &Context, who: &Principal, entry: &TimeEntry) {
    let message = live::Message::TimeEntry { id: entry.id };
    cx.live
        .send(who.workspace_id, Some(entry.member_id), message);
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

/// Takes back what a member last made in Slack, in the caller's transaction; `None` when that is approved, invoiced or gone.
///
/// # Errors
/// [`Error::Time`] where it may not be deleted.
pub async fn take_back(tx: &mut Tx, who: &Principal) -> Result<Option<TimeEntry>, Error> {
    let ws = who.workspace_id;
    let newest = store::slack::entries::newest(tx, ws, who.member_id).await?;
    let can_go = |entry: &TimeEntry| !matches!(entry.status, Status::Approved | Status::Invoiced);
    let Some(newest) = newest.filter(can_go) else {
        return Ok(None);
    };
    let policy = timesheets::Policy::load(tx, ws).await;
    let policy = policy.map_err(timesheets::Error::from)?;
    let entry = timesheets::entries::load_to_change(tx, who, newest.id).await?;
    timesheets::entries::erase(who, tx, &policy, &entry, "deleted").await?;
    Ok(Some(entry))
}

/// Changes an entry to what a form says. The day moves, the time of day stays; so does the project without a word about it.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Time`].
pub async fn change(
    cx: &Context,
    who: &Principal,
    zone: &TimeZone,
    id: TimeEntryId,
    new: New,
    project: Option<Option<ProjectId>>,
) -> Result<Logged, Error> {
    let entry = timesheets::entries::get(cx, who, id).await?;
    let description = described(&new.description)?;
    let was = entry.started_at.to_zoned(zone.clone());
    let started_at = match new.date.filter(|date| *date != was.date()) {
        None => None,
        Some(date) => {
            let work = Work {
                date: Some(date),
                minutes: new.minutes,
            };
            placement::within_reach((cx.clock.now(), zone), work)?;
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
        project_id: project,
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
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let project = name_of(&mut tx, who, &entry).await?;
    Ok(Logged { entry, project })
}

async fn name_of(tx: &mut Tx, who: &Principal, entry: &TimeEntry) -> store::Result<Option<String>> {
    let Some(id) = entry.project_id else {
        return Ok(None);
    };
    let project = store::projects::get(tx, who.workspace_id, id).await?;
    Ok(Some(project.name))
}

fn invalid(pointer: &'static str, detail: &str) -> Error {
    Error::Invalid {
        pointer,
        detail: detail.to_owned(),
    }
}
