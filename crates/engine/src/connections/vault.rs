//! The token vault: hands out credentials that work, and makes sure that one expiry causes one refresh over all nodes.
//!
//! A refresh needs the connection's lease (on the database's clock), runs detached from whoever asked for it, and is saved by
//! compare-and-swap on the token's version. A refused refresh token is believed only when it is still the newest one
//! stored (RELIABILITY R5, contracts/oauth-security §4).

use std::time::Duration;

use daybook_domain::connection::{ErrorKind, Status};
use daybook_domain::{ConnectionId, WorkspaceId};
use daybook_provider_api::manifest::Auth;
use daybook_provider_api::oauth::{Client, TokenSet};
use daybook_provider_api::{self as provider, Credential, Session};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::connections::{Connection, Lease, NewTokens, Secrets};

use super::{Error, outcome};
use crate::Context;

/// Between looks at a connection that somebody else is refreshing.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How often a refreshed token is tried to be saved before it is given up: losing it may cost the connection.
const SAVE_TRIES: u32 = 20;

/// A connection with credentials to use now.
#[derive(Clone)]
pub struct Access {
    /// The connection.
    pub connection: Connection,
    /// Its credentials.
    pub credential: Credential,
    /// Which version of the tokens these are.
    pub version: i64,
    api_url: String,
    userinfo_url: Option<String>,
}

impl Access {
    /// A session for the provider's calls.
    #[must_use]
    pub fn session<'a>(&'a self, cx: &'a Context) -> Session<'a> {
        Session::new(
            &cx.egress,
            &self.connection.provider,
            self.connection.subject.clone(),
            self.api_url.clone(),
            self.userinfo_url.clone(),
            self.credential.clone(),
        )
    }
}

/// Credentials for `id`, refreshed when they are due.
///
/// # Errors
/// [`Error::NeedsReauth`] and [`Error::Disconnected`] when there are none; [`Error::Provider`] when a refresh was needed and failed.
pub async fn access(
    cx: &Context,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> Result<Access, Error> {
    let (connection, secrets) = read(cx, workspace, id).await?;
    let now = cx.clock.now();
    if !needs_refresh(&connection, &secrets, now) {
        return usable(cx, connection, secrets);
    }
    let version = secrets.token_version;
    match renew(cx, workspace, id, version).await {
        Err(Error::Provider(error))
            if error.kind != ErrorKind::Auth
                && secrets.token_expires_at.is_some_and(|at| now < at) =>
        {
            tracing::info!(connection.id = %id, kind = %error.kind, "the refresh failed; the access token is still good and is used");
            usable(cx, connection, secrets)
        }
        other => other,
    }
}

/// Fresh credentials, because those of `stale_version` are due or were refused. Whoever asks first refreshes; the others wait for it.
///
/// # Errors
/// As [`access`].
pub async fn renew(
    cx: &Context,
    workspace: WorkspaceId,
    id: ConnectionId,
    stale_version: i64,
) -> Result<Access, Error> {
    let gate = cx.refreshes.of(id);
    let _turn = gate.lock().await;
    let patience = cx.settings.refresh_lease.saturating_mul(2);
    let mut waited = Duration::ZERO;
    loop {
        let (connection, secrets) = read(cx, workspace, id).await?;
        if secrets.token_version != stale_version {
            return usable(cx, connection, secrets);
        }
        if let Some(lease) = take_lease(cx, workspace, id).await? {
            let task = cx
                .detached
                .spawn(refresh(cx.clone(), connection, stale_version, lease));
            return task.await.unwrap_or_else(|_| Err(Error::Interrupted));
        }
        if waited >= patience {
            return Err(Error::Provider(provider::Error::new(
                ErrorKind::Unavailable,
                "another refresh of this account does not end; try again in a minute",
            )));
        }
        cx.pause.pause(LOOK_AGAIN).await;
        waited += LOOK_AGAIN;
    }
}

/// Whether 80 % of the token's life has passed.
#[must_use]
pub fn needs_refresh(connection: &Connection, secrets: &Secrets, now: Timestamp) -> bool {
    if secrets.refresh_token.is_none() {
        return false;
    }
    let Some(expires) = secrets.token_expires_at else {
        return secrets.access_token.is_none();
    };
    now >= refresh_due(
        connection.refreshed_at.unwrap_or(connection.created_at),
        expires,
    )
}

/// When 80 % of a token's life has passed.
#[must_use]
pub fn refresh_due(from: Timestamp, expires: Timestamp) -> Timestamp {
    let life = expires.as_second().saturating_sub(from.as_second()).max(0);
    from.saturating_add(SignedDuration::from_secs(life / 5 * 4))
        .unwrap_or(expires)
}

async fn read(
    cx: &Context,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> Result<(Connection, Secrets), Error> {
    let mut tx = cx.store.read_in(workspace).await?;
    // The secrets first: on PostgreSQL a refresh may be saved between the two statements. Old tokens with a new date of refresh
    // count as due, and their version says that they are not the newest; the other way round, new tokens would be refreshed.
    let secrets = store::connections::secrets(&mut tx, workspace, id).await?;
    let connection = store::connections::get(&mut tx, workspace, id).await?;
    match connection.status {
        Status::Disconnected => return Err(Error::Disconnected),
        Status::NeedsReauth => return Err(Error::NeedsReauth),
        Status::Connected | Status::Error => {}
    }
    Ok((connection, secrets))
}

async fn take_lease(
    cx: &Context,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> Result<Option<Lease>, Error> {
    let ttl = SignedDuration::try_from(cx.settings.refresh_lease)
        .unwrap_or(SignedDuration::from_secs(20));
    let mut tx = cx.store.write_in(workspace).await?;
    let lease =
        store::connections::take_refresh_lease(&mut tx, workspace, id, &cx.node, ttl).await?;
    tx.commit().await?;
    Ok(lease)
}

/// The holder of the lease refreshes, saves, and lets go.
async fn refresh(
    cx: Context,
    connection: Connection,
    version: i64,
    lease: Lease,
) -> Result<Access, Error> {
    let (workspace, id) = (connection.workspace_id, connection.id);
    // Between reading and taking the lease somebody may have refreshed: look again under the lease.
    let (connection, secrets) = read(&cx, workspace, id).await?;
    if secrets.token_version != version {
        release(&cx, workspace, id, lease.fence).await;
        return usable(&cx, connection, secrets);
    }
    let result = match (client(&cx, &connection.provider), &secrets.refresh_token) {
        (Some(client), Some(token)) => client.refresh(token).await,
        (None, Some(_)) => Err(provider::Error::new(
            ErrorKind::Operator,
            format!(
                "{} is no longer configured on this server",
                connection.provider
            ),
        )),
        (_, None) => Err(provider::Error::new(
            ErrorKind::Auth,
            "the credentials were refused and there is no refresh token",
        )),
    };
    match result {
        Ok(tokens) => save(&cx, &connection, lease, tokens).await?,
        Err(error) => refused(&cx, &connection, version, lease.fence, error).await?,
    }
    let (connection, secrets) = read(&cx, workspace, id).await?;
    usable(&cx, connection, secrets)
}

/// Saves the new tokens if nobody was faster. Tries hard: with single-use refresh tokens the old one is dead by now, so a
/// lease that ran out meanwhile is taken again, as long as the stored tokens are still those that were spent.
async fn save(
    cx: &Context,
    connection: &Connection,
    mut lease: Lease,
    tokens: TokenSet,
) -> Result<(), Error> {
    let spent = lease.token_version;
    let new = NewTokens {
        access_token: tokens.access,
        refresh_token: tokens.refresh,
        token_expires_at: tokens.expires_at,
        refresh_token_expires_at: tokens.refresh_expires_at,
    };
    let mut tries = 0;
    loop {
        match try_save(cx, connection, lease, &new).await {
            Ok(true) => return Ok(()),
            Ok(false) => match lease_again(cx, connection, spent).await? {
                Some(again) => lease = again,
                None => {
                    tracing::info!(connection.id = %connection.id, "another refresh was faster; its tokens are used");
                    return Ok(());
                }
            },
            Err(error) if tries < SAVE_TRIES => {
                tracing::error!(connection.id = %connection.id, %error, "refreshed tokens could not be saved; trying again");
                tries += 1;
                cx.pause
                    .pause(Duration::from_millis(50 * u64::from(tries)))
                    .await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The lease once more, as soon as its holder lets it go. `None` when the tokens of version `spent` are no longer the stored
/// ones, or the connection is gone.
async fn lease_again(
    cx: &Context,
    connection: &Connection,
    spent: i64,
) -> Result<Option<Lease>, Error> {
    let (workspace, id) = (connection.workspace_id, connection.id);
    loop {
        let mut tx = cx.store.read_in(workspace).await?;
        let now = store::connections::get(&mut tx, workspace, id).await?;
        drop(tx);
        if now.token_version != spent || now.status == Status::Disconnected {
            return Ok(None);
        }
        match take_lease(cx, workspace, id).await? {
            Some(lease) if lease.token_version == spent => return Ok(Some(lease)),
            Some(lease) => {
                release(cx, workspace, id, lease.fence).await;
                return Ok(None);
            }
            None => cx.pause.pause(LOOK_AGAIN).await,
        }
    }
}

async fn try_save(
    cx: &Context,
    connection: &Connection,
    lease: Lease,
    new: &NewTokens,
) -> store::Result<bool> {
    let mut tx = cx.store.write_in(connection.workspace_id).await?;
    let saved = store::connections::save_tokens(
        &mut tx,
        connection.workspace_id,
        connection.id,
        &lease,
        new,
    )
    .await?;
    if saved {
        outcome::token_refreshed(&mut tx, connection).await?;
    }
    tx.commit().await?;
    Ok(saved)
}

/// The provider said no, or nothing. Only a refusal of the newest stored token changes the connection.
async fn refused(
    cx: &Context,
    connection: &Connection,
    version: i64,
    fence: i64,
    error: provider::Error,
) -> Result<(), Error> {
    let (workspace, id) = (connection.workspace_id, connection.id);
    let mut tx = cx.store.write_in(workspace).await?;
    let newest = store::connections::secrets(&mut tx, workspace, id).await?;
    if newest.token_version != version {
        return Ok(());
    }
    outcome::failed(cx, &mut tx, connection, &error).await?;
    store::connections::release_lease(&mut tx, workspace, id, fence).await?;
    tx.commit().await?;
    outcome::tell(cx, connection, &error);
    Err(Error::Provider(error))
}

async fn release(cx: &Context, workspace: WorkspaceId, id: ConnectionId, fence: i64) {
    let done = async {
        let mut tx = cx.store.write_in(workspace).await?;
        store::connections::release_lease(&mut tx, workspace, id, fence).await?;
        tx.commit().await
    };
    if let Err(error) = done.await {
        tracing::debug!(connection.id = %id, %error, "the refresh lease was not released; it runs out by itself");
    }
}

/// This installation's OAuth client at the provider.
pub(super) fn client<'a>(cx: &'a Context, key: &'a str) -> Option<Client<'a>> {
    let entry = cx.registry.get(key)?;
    let Auth::Oauth(oauth) = &entry.provider.manifest().auth else {
        return None;
    };
    Some(Client {
        egress: &cx.egress,
        provider: key,
        endpoints: entry.client.as_ref()?,
        oauth,
    })
}

fn usable(cx: &Context, connection: Connection, secrets: Secrets) -> Result<Access, Error> {
    let entry = cx
        .registry
        .get(&connection.provider)
        .ok_or(Error::UnknownProvider)?;
    let (credential, base) = match (
        &entry.provider.manifest().auth,
        secrets.access_token,
        secrets.password,
    ) {
        (Auth::Oauth(manifest), Some(token), _) => {
            let base = entry.client.as_ref().map_or_else(
                || manifest.api_url.to_owned(),
                |client| client.api_url.clone(),
            );
            (Credential::Bearer(token), base)
        }
        (Auth::Password(_), _, Some(password)) => {
            let username = connection.username.clone().unwrap_or_default();
            (Credential::Basic { username, password }, String::new())
        }
        _ => return Err(Error::NeedsReauth),
    };
    let api_url = connection.api_url.clone().unwrap_or(base);
    let userinfo_url = entry
        .client
        .as_ref()
        .map(|client| client.userinfo_url.clone());
    Ok(Access {
        version: secrets.token_version,
        connection,
        credential,
        api_url,
        userinfo_url,
    })
}
