//! What an hour costs: set for members in projects, projects, members, clients and the workspace, and resolved for work.

mod resolve;

use daybook_domain::money::Currency;
use daybook_domain::rate::Card;
use daybook_domain::{ProjectId, RateId};
use daybook_store as store;
use jiff::Timestamp;
use jiff::civil::Date;
use store::rates::{Filter, Rate};

use crate::accounts::once;
use crate::projects::MAX_RATE;
use crate::{Context, Once, Outcome, Principal};

pub use daybook_domain::rate::{Level, NoRate, Rate as Price, amount};
pub use resolve::{Facts, Pricer, resolve};

/// Why something about a rate did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value makes no sense.
    #[error("{detail}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What it must be.
        detail: String,
    },
    /// Only those who manage the workspace set rates.
    #[error("only an owner or admin sets rates")]
    NotManager,
    /// What is billed in one currency costs nothing in another.
    #[error("this work is billed in {wanted}, so its rate must be in {wanted} too")]
    OtherCurrency {
        /// The currency it must have.
        wanted: String,
    },
    /// Another one is valid on some of the days.
    #[error(
        "another rate for the same work is valid on some of these days; end that one first, or choose other days"
    )]
    Collides,
    /// A member, client or project that is not there.
    #[error("there is no such member, client or project")]
    UnknownReference,
    /// The idempotency key.
    #[error(transparent)]
    Once(#[from] once::Error),
    /// The database failed, or there is no such rate.
    #[error(transparent)]
    Store(store::Error),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Reference => Self::UnknownReference,
            other => Self::Store(other),
        }
    }
}

/// Changes of a rate: `None` stays, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Price of an hour in minor units.
    pub hourly_minor: Option<i64>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// First day.
    pub from: Option<Option<Date>>,
    /// Last day.
    pub to: Option<Option<Date>>,
}

/// Sets a rate.
///
/// # Errors
/// [`Error`].
pub async fn create(
    cx: &Context,
    who: &Principal,
    card: &Card,
    once: &Once<'_, Rate>,
) -> Result<Outcome<Rate>, Error> {
    if !who.manages() {
        return Err(Error::NotManager);
    }
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    check(&mut tx, who, card, None).await?;
    let rate = store::rates::create(&mut tx, ws, card).await?;
    once.finish(&mut tx, who, &rate).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(rate))
}

/// Rates, oldest first. Plain members see none of other members.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    filter: &Filter,
    after: Option<(Timestamp, RateId)>,
    limit: i64,
) -> Result<Vec<Rate>, Error> {
    if !who.sees_everything() {
        return Err(Error::NotManager);
    }
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::rates::list(&mut tx, who.workspace_id, filter, after, limit).await?)
}

/// One rate.
///
/// # Errors
/// When there is none.
pub async fn get(cx: &Context, who: &Principal, id: RateId) -> Result<Rate, Error> {
    if !who.sees_everything() {
        return Err(Error::NotManager);
    }
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::rates::get(&mut tx, who.workspace_id, id).await?)
}

/// Changes a rate's price or days. What it is for stays.
///
/// # Errors
/// [`Error`].
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: RateId,
    changes: Changes,
) -> Result<Rate, Error> {
    if !who.manages() {
        return Err(Error::NotManager);
    }
    let ws = who.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    let mut card = store::rates::get(&mut tx, ws, id).await?.card();
    card.hourly_minor = changes.hourly_minor.unwrap_or(card.hourly_minor);
    card.currency = changes.currency.unwrap_or(card.currency);
    card.from = changes.from.unwrap_or(card.from);
    card.to = changes.to.unwrap_or(card.to);
    check(&mut tx, who, &card, Some(id)).await?;
    let rate = store::rates::replace(&mut tx, ws, id, &card).await?;
    tx.commit().await?;
    Ok(rate)
}

/// Removes a rate.
///
/// # Errors
/// When there is none.
pub async fn delete(cx: &Context, who: &Principal, id: RateId) -> Result<(), Error> {
    if !who.manages() {
        return Err(Error::NotManager);
    }
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    store::rates::delete(&mut tx, who.workspace_id, id).await?;
    Ok(tx.commit().await?)
}

async fn check(
    tx: &mut store::Tx,
    who: &Principal,
    card: &Card,
    id: Option<RateId>,
) -> Result<(), Error> {
    let invalid = |pointer, detail: String| Err(Error::Invalid { pointer, detail });
    if !(0..=MAX_RATE).contains(&card.hourly_minor) {
        return invalid(
            "/hourly_minor",
            format!("must be from 0 to {MAX_RATE}, in minor units (cents)"),
        );
    }
    if let Err(error) = card.currency.parse::<Currency>() {
        return invalid("/currency", error.to_string());
    }
    if matches!((card.from, card.to), (Some(from), Some(to)) if from > to) {
        return invalid("/to", "must not be before from".into());
    }
    if card.client_id.is_some() && (card.member_id.is_some() || card.project_id.is_some()) {
        return invalid(
            "/client_id",
            "a rate is for a client, or for a member or project, not for both".into(),
        );
    }
    // Two rates at the same time would not see each other: the workspace's row makes them wait.
    store::workspaces::update(tx, who.workspace_id, &store::workspaces::Changes::default()).await?;
    if let Some(wanted) = billed_in(tx, who, card).await?
        && wanted != card.currency
    {
        return Err(Error::OtherCurrency { wanted });
    }
    let all = store::rates::all(tx, who.workspace_id).await?;
    let collides = |other: &Rate| Some(other.id) != id && other.card().collides(card);
    if all.iter().any(collides) {
        return Err(Error::Collides);
    }
    Ok(())
}

/// The currency that work under this rate is billed in, where there is only one.
async fn billed_in(
    tx: &mut store::Tx,
    who: &Principal,
    card: &Card,
) -> Result<Option<String>, Error> {
    let ws = who.workspace_id;
    let unknown = |error| match error {
        store::Error::NotFound => Error::UnknownReference,
        other => other.into(),
    };
    if let Some(id) = card.member_id {
        store::members::get(tx, ws, id).await.map_err(unknown)?;
    }
    let (own, client) = match card.project_id {
        Some(id) => {
            let project: ProjectId = id;
            let project = store::projects::get(tx, ws, project)
                .await
                .map_err(unknown)?;
            (project.currency, project.client_id)
        }
        None => (None, card.client_id),
    };
    let of_client = match client {
        Some(id) => {
            store::clients::get(tx, ws, id)
                .await
                .map_err(unknown)?
                .currency
        }
        None => None,
    };
    if card.project_id.is_none() && card.client_id.is_none() {
        return Ok(None);
    }
    match own.or(of_client) {
        Some(currency) => Ok(Some(currency)),
        None => Ok(Some(store::workspaces::get(tx, ws).await?.currency)),
    }
}
