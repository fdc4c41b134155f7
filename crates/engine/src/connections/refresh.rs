//! Refreshes an account by hand: a new token now, and the list of calendars read again.

use daybook_domain::ConnectionId;
use daybook_domain::calendar::RemoteCalendar;
use daybook_domain::connection::Status;
use daybook_store as store;
use store::connections::Connection;

use super::asking::Asking;
use super::{Error, establish, outcome, vault};
use crate::{Context, Principal};

/// Refreshes the token of connection `id` if it has one to refresh, and lists its calendars again. Returns the connection and how
/// many calendars it has.
///
/// # Errors
/// [`Error::NeedsReauth`] when the account must be connected again; the provider's failure otherwise.
pub async fn refresh(
    cx: &Context,
    who: &Principal,
    id: ConnectionId,
) -> Result<(Connection, usize), Error> {
    let connection = own(cx, who, id).await?;
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let secrets = store::connections::secrets(&mut tx, who.workspace_id, id).await?;
    drop(tx);
    if secrets.refresh_token.is_some() {
        vault::renew(cx, who.workspace_id, id, secrets.token_version).await?;
    }
    let count = relist(cx, &connection).await?;
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok((
        store::connections::get(&mut tx, who.workspace_id, id).await?,
        count,
    ))
}

/// A connection the principal may manage.
pub(super) async fn own(
    cx: &Context,
    who: &Principal,
    id: ConnectionId,
) -> Result<Connection, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let connection = store::connections::get(&mut tx, who.workspace_id, id).await?;
    if !who.may_change(connection.member_id) {
        return Err(store::Error::NotFound.into());
    }
    match connection.status {
        Status::Disconnected => Err(Error::Disconnected),
        _ => Ok(connection),
    }
}

/// Lists the calendars of a connection again and stores what is new. Calendars that are gone are kept, inactive.
///
/// # Errors
/// The provider's failure, noted on the connection.
pub async fn relist(cx: &Context, connection: &Connection) -> Result<usize, Error> {
    let (workspace, id) = (connection.workspace_id, connection.id);
    let listed = match list(cx, connection).await {
        Ok(listed) => listed,
        Err(Error::Provider(error)) => {
            let mut tx = cx.store.write_in(workspace).await?;
            outcome::failed(cx, &mut tx, connection, &error).await?;
            tx.commit().await?;
            outcome::tell(cx, connection, &error);
            return Err(error.into());
        }
        Err(other) => return Err(other),
    };
    let mut tx = cx.store.write_in(workspace).await?;
    let connection = store::connections::get(&mut tx, workspace, id).await?;
    let calendars = establish::store_calendars(&mut tx, &connection, &listed).await?;
    outcome::succeeded(&mut tx, &connection).await?;
    tx.commit().await?;
    Ok(calendars.len())
}

/// Lists the calendars with credentials that work: when they are refused, once more with refreshed ones.
pub(super) async fn list(
    cx: &Context,
    connection: &Connection,
) -> Result<Vec<RemoteCalendar>, Error> {
    let entry = cx.registry.get(&connection.provider);
    let entry = entry.ok_or(Error::UnknownProvider)?;
    if entry.provider.calendar().is_none() && entry.provider.chat().is_some() {
        identify(cx, connection).await?;
        return Ok(Vec::new());
    }
    let capability = cx.registry.calendar(&connection.provider)?;
    let mut asking = Asking::begin(cx, connection.workspace_id, connection.id).await?;
    loop {
        let listed = capability.list_calendars(&asking.session(cx)).await;
        match listed {
            Err(error) if asking.again(cx, &error).await? => {}
            other => return Ok(other?),
        }
    }
}

/// Asks who the account is, of a provider without calendars: that its credentials work.
async fn identify(cx: &Context, connection: &Connection) -> Result<(), Error> {
    let entry = cx.registry.get(&connection.provider);
    let entry = entry.ok_or(Error::UnknownProvider)?;
    let mut asking = Asking::begin(cx, connection.workspace_id, connection.id).await?;
    loop {
        match entry.provider.identify(&asking.session(cx)).await {
            Err(error) if asking.again(cx, &error).await? => {}
            other => return Ok(other.map(|_| ())?),
        }
    }
}
