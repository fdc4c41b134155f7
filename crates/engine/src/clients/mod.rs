//! Clients: whom time is billed to.

use daybook_domain::ClientId;
use daybook_domain::account::EmailAddress;
use daybook_domain::money::Currency;
use daybook_store as store;
use jiff::Timestamp;
use store::clients::{Changes, Client, NewClient};

use crate::accounts::once;
use crate::{Context, Once, Outcome, Principal};

/// Why something about a client or project did not work.
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
    /// Only those who keep the books do this.
    #[error("only an owner or admin {0}")]
    NotManager(&'static str),
    /// It refers to a client that is not there.
    #[error("there is no such client")]
    UnknownReference,
    /// Something still refers to it.
    #[error("time entries, projects, invoices or calendars still refer to it; archive it instead")]
    InUse,
    /// The idempotency key.
    #[error(transparent)]
    Once(#[from] once::Error),
    /// The database failed, or there is no such thing.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Makes a client: any member may, but what currency it is billed in is not theirs to say.
///
/// # Errors
/// [`Error::Invalid`], [`Error::NotManager`], [`Error::Once`].
pub async fn create(
    cx: &Context,
    who: &Principal,
    new: NewClient,
    once: &Once<'_, Client>,
) -> Result<Outcome<Client>, Error> {
    if new.currency.is_some() {
        books(who, MONEY)?;
    }
    name(Some(&new.name))?;
    check(
        new.currency.as_deref(),
        new.color.as_deref(),
        new.notes.as_deref(),
    )?;
    email(new.email.as_deref())?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let client = store::clients::create(&mut tx, who.workspace_id, &new).await?;
    once.finish(&mut tx, who, &client).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(client))
}

/// Clients, oldest first; archived ones only when asked for.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    archived: bool,
    after: Option<(Timestamp, ClientId)>,
    limit: i64,
) -> Result<Vec<Client>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::clients::list(&mut tx, who.workspace_id, archived, after, limit).await?)
}

/// One client.
///
/// # Errors
/// When there is no such client.
pub async fn get(cx: &Context, who: &Principal, id: ClientId) -> Result<Client, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::clients::get(&mut tx, who.workspace_id, id).await?)
}

/// Changes a client, archives it or brings it back.
///
/// # Errors
/// [`Error::NotManager`], [`Error::Invalid`]; when there is no such client.
pub async fn update(
    cx: &Context,
    who: &Principal,
    id: ClientId,
    changes: Changes,
) -> Result<Client, Error> {
    books(who, "changes or archives clients")?;
    name(changes.name.as_deref())?;
    check(
        changes.currency.as_ref().and_then(Option::as_deref),
        changes.color.as_ref().and_then(Option::as_deref),
        changes.notes.as_ref().and_then(Option::as_deref),
    )?;
    email(changes.email.as_ref().and_then(Option::as_deref))?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let client = store::clients::update(&mut tx, who.workspace_id, id, &changes).await?;
    tx.commit().await?;
    Ok(client)
}

/// Removes a client that nothing refers to.
///
/// # Errors
/// [`Error::NotManager`]; [`Error::InUse`]: archive it instead.
pub async fn delete(cx: &Context, who: &Principal, id: ClientId) -> Result<(), Error> {
    books(who, "deletes clients")?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    store::clients::delete(&mut tx, who.workspace_id, id)
        .await
        .map_err(in_use)?;
    tx.commit().await?;
    Ok(())
}

/// What members do not set.
pub(crate) const MONEY: &str = "sets prices, budgets and currencies; leave them out";

/// Whether this is the caller's to do.
pub(crate) fn books(who: &Principal, what: &'static str) -> Result<(), Error> {
    if who.keeps_books() {
        Ok(())
    } else {
        Err(Error::NotManager(what))
    }
}

pub(crate) fn in_use(error: store::Error) -> Error {
    match error {
        store::Error::Reference => Error::InUse,
        other => other.into(),
    }
}

/// 1 to 200 characters, not only blanks.
pub(crate) fn name(name: Option<&str>) -> Result<(), Error> {
    match name {
        Some(name) if name.trim().is_empty() || name.chars().count() > 200 => {
            Err(invalid("/name", "must be 1 to 200 characters"))
        }
        _ => Ok(()),
    }
}

/// Currency, colour and notes, where given.
pub(crate) fn check(
    currency: Option<&str>,
    color: Option<&str>,
    notes: Option<&str>,
) -> Result<(), Error> {
    if let Some(Err(error)) = currency.map(str::parse::<Currency>) {
        return Err(invalid("/currency", &error.to_string()));
    }
    let hex = |text: &str| {
        text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
    };
    if color.is_some_and(|color| !color.is_ascii() || !hex(color)) {
        return Err(invalid("/color", "must be a colour such as #0088aa"));
    }
    if notes.is_some_and(|notes| notes.chars().count() > 5000) {
        return Err(invalid("/notes", "must be at most 5000 characters"));
    }
    Ok(())
}

fn email(email: Option<&str>) -> Result<(), Error> {
    match email.map(str::parse::<EmailAddress>) {
        Some(Err(error)) => Err(invalid("/email", &error.to_string())),
        _ => Ok(()),
    }
}

fn invalid(pointer: &'static str, detail: &str) -> Error {
    Error::Invalid {
        pointer,
        detail: detail.to_owned(),
    }
}
