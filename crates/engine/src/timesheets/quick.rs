//! Time as people type it becomes an entry (SPEC §2.7): for the dashboard and the API.

use daybook_domain::duration::Logged;
use daybook_domain::time_entry::Source;
use daybook_store as store;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Error;
use super::entries::Create;
use super::placement::{self, Work};
use crate::{Context, Principal};

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
/// [`Error::UnknownProject`], [`Error::SeveralProjects`], for a `#word` that does not name one.
pub async fn entry_of(
    cx: &Context,
    who: &Principal,
    logged: Logged,
    source: Source,
) -> Result<Create, Error> {
    let zone = zone(cx, who).await?;
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let project = match &logged.project {
        Some(word) => Some(placement::project_by_word(&mut tx, who.workspace_id, word).await?),
        None => None,
    };
    let work = Work {
        date: logged.date,
        minutes: logged.minutes,
    };
    let started_at = placement::start_of(&mut tx, who, (cx.clock.now(), &zone), work).await?;
    Ok(Create {
        description: logged.description,
        started_at,
        ended_at: None,
        duration_minutes: Some(logged.minutes),
        client_id: None,
        project_id: project.map(|project| project.id),
        billable: None,
        tags: logged.tags,
        source,
    })
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
