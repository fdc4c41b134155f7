//! Projects: what time is billed to.

use daybook_domain::ProjectId;
use daybook_store as store;
use jiff::Timestamp;
use store::projects::{Changes, Filter, NewProject, Project};

use crate::clients::{self, Error};
use crate::timesheets::booking;
use crate::{Context, Once, Outcome, Principal};

/// The highest price of an hour, in minor units.
pub const MAX_RATE: i64 = 100_000_000;

/// The most minutes that are planned: a hundred people's ten years.
pub const MAX_BUDGET_MINUTES: i64 = 60 * 2_000_000;
/// The most money that is planned, in minor units.
pub const MAX_BUDGET: i64 = 1_000_000_000_000;

/// Makes a project: any member may, but money is not theirs to set.
///
/// # Errors
/// [`Error::Invalid`], [`Error::NotManager`], [`Error::UnknownReference`], [`Error::Once`].
pub async fn create(
    cx: &Context,
    who: &Principal,
    new: NewProject,
    once: &Once<'_, Project>,
) -> Result<Outcome<Project>, Error> {
    create_planned(cx, who, new, (None, None), once).await
}

/// As [`create`], with so many minutes and so much money planned.
///
/// # Errors
/// As [`create`].
pub async fn create_planned(
    cx: &Context,
    who: &Principal,
    new: NewProject,
    (minutes, minor): (Option<i64>, Option<i64>),
    once: &Once<'_, Project>,
) -> Result<Outcome<Project>, Error> {
    if new.hourly_rate_minor.is_some() || new.currency.is_some() || minor.is_some() {
        clients::books(who, clients::MONEY)?;
    }
    budget(minutes, minor)?;
    clients::name(Some(&new.name))?;
    clients::check(new.currency.as_deref(), new.color.as_deref(), None)?;
    rate(new.hourly_rate_minor)?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let mut project = store::projects::create(&mut tx, who.workspace_id, &new)
        .await
        .map_err(reference)?;
    if minutes.is_some() || minor.is_some() {
        let (ws, id) = (who.workspace_id, project.id);
        project = store::projects::set_budget(&mut tx, ws, id, minutes, minor).await?;
    }
    once.finish(&mut tx, who, &project).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(project))
}

/// Projects, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    filter: &Filter,
    after: Option<(Timestamp, ProjectId)>,
    limit: i64,
) -> Result<Vec<Project>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::projects::list(&mut tx, who.workspace_id, filter, after, limit).await?)
}

/// One project.
///
/// # Errors
/// When there is no such project.
pub async fn get(cx: &Context, who: &Principal, id: ProjectId) -> Result<Project, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::projects::get(&mut tx, who.workspace_id, id).await?)
}

/// Changes a project, archives it or brings it back. With another client, its time that is not billed goes to that one too.
///
/// # Errors
/// [`Error::NotManager`], [`Error::Invalid`], [`Error::UnknownReference`]; when there is no such project.
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: ProjectId,
    changes: Changes,
) -> Result<Project, Error> {
    update_planned(cx, who, id, changes, (None, None)).await
}

/// As [`update`], with what is planned: `None` stays, `Some(None)` clears.
///
/// # Errors
/// As [`update`].
pub async fn update_planned(
    cx: &Context,
    who: &Principal,
    id: ProjectId,
    changes: Changes,
    (minutes, minor): (Option<Option<i64>>, Option<Option<i64>>),
) -> Result<Project, Error> {
    clients::books(who, "changes or archives projects")?;
    budget(minutes.flatten(), minor.flatten())?;
    clients::name(changes.name.as_deref())?;
    clients::check(
        changes.currency.as_ref().and_then(Option::as_deref),
        changes.color.as_ref().and_then(Option::as_deref),
        None,
    )?;
    rate(changes.hourly_rate_minor.flatten())?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    // Changing nothing holds the row: of two who change its client, the second finds the time with the first one's.
    let before = match changes.client_id {
        Some(_) => {
            let nothing = Changes::default();
            Some(store::projects::update(&mut tx, who.workspace_id, id, &nothing).await?)
        }
        None => None,
    };
    let mut project = store::projects::update(&mut tx, who.workspace_id, id, &changes)
        .await
        .map_err(reference)?;
    if let Some(before) = before {
        booking::hand_over(&mut tx, who, &project, before.client_id).await?;
    }
    if minutes.is_some() || minor.is_some() {
        let minutes = minutes.unwrap_or(project.budget_minutes);
        let minor = minor.unwrap_or(project.budget_minor);
        project =
            store::projects::set_budget(&mut tx, who.workspace_id, id, minutes, minor).await?;
    }
    tx.commit().await?;
    Ok(project)
}

/// Removes a project that nothing refers to.
///
/// # Errors
/// [`Error::NotManager`]; [`Error::InUse`]: archive it instead.
pub async fn delete(cx: &Context, who: &Principal, id: ProjectId) -> Result<(), Error> {
    clients::books(who, "deletes projects")?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    store::projects::delete(&mut tx, who.workspace_id, id)
        .await
        .map_err(clients::in_use)?;
    tx.commit().await?;
    Ok(())
}

fn reference(error: store::Error) -> Error {
    match error {
        store::Error::Reference => Error::UnknownReference,
        other => other.into(),
    }
}

/// What may be planned.
fn budget(minutes: Option<i64>, minor: Option<i64>) -> Result<(), Error> {
    for (pointer, value, most) in [
        ("/budget_minutes", minutes, MAX_BUDGET_MINUTES),
        ("/budget_minor", minor, MAX_BUDGET),
    ] {
        if value.is_some_and(|value| !(1..=most).contains(&value)) {
            return Err(Error::Invalid {
                pointer,
                detail: format!("must be from 1 to {most}, or null for none"),
            });
        }
    }
    Ok(())
}

fn rate(rate: Option<i64>) -> Result<(), Error> {
    match rate {
        Some(rate) if !(0..=MAX_RATE).contains(&rate) => Err(Error::Invalid {
            pointer: "/hourly_rate_minor",
            detail: format!("must be from 0 to {MAX_RATE}, in minor units (cents)"),
        }),
        _ => Ok(()),
    }
}
