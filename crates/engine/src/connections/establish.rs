//! Stores a freshly authorised account: the connection (the same one, if the account was known), its calendars, the first
//! syncs, and a line in the log, in one transaction.

use daybook_domain::activity::LogType;
use daybook_domain::calendar::RemoteCalendar;
use daybook_domain::connection::{ErrorKind, Status};
use daybook_provider_api::chat::Installation;
use daybook_provider_api::oauth::TokenSet;
use daybook_provider_api::registry::Identity;
use daybook_provider_api::{Provider, Session};
use daybook_store as store;
use secrecy::SecretString;
use serde_json::json;
use store::calendars::{Calendar, NewCalendars};
use store::connections::{Authorised, Connection};

use super::Error;
use crate::activity::Line;
use crate::jobs::sync_calendar::{self, When};
use crate::jobs::{full_calendar_sync, warn_grant_ending};
use crate::{Context, Principal, live, slack};

/// What was proved and found.
pub struct Established {
    /// The provider's key.
    pub provider: String,
    /// Who the account is.
    pub identity: Identity,
    /// User name, for password providers.
    pub username: Option<String>,
    /// The credentials.
    pub secrets: Secrets,
    /// What was granted.
    pub scopes: Vec<String>,
    /// What was asked for and not granted.
    pub missing: Vec<String>,
    /// Its calendars; `None` when they could not be listed just now.
    pub calendars: Option<Vec<RemoteCalendar>>,
    /// Where the app was installed, at chat providers.
    pub installation: Option<Installation>,
}

/// The credentials.
pub enum Secrets {
    /// OAuth.
    Tokens(TokenSet),
    /// CalDAV.
    Password(SecretString),
}

/// What is connected now.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The connection.
    pub connection: Connection,
    /// Whether it is new.
    pub created: bool,
    /// Its calendars.
    pub calendars: Vec<Calendar>,
}

/// Lists the calendars of an account that is being connected. An outage at that moment does not lose the consent: the daily
/// (and first) re-listing makes up for it.
pub(super) async fn list_calendars(
    provider: &dyn Provider,
    session: &Session<'_>,
) -> Result<Option<Vec<RemoteCalendar>>, Error> {
    let Some(calendar) = provider.calendar() else {
        return Ok(Some(Vec::new()));
    };
    match calendar.list_calendars(session).await {
        Ok(calendars) => Ok(Some(calendars)),
        Err(error)
            if matches!(
                error.kind,
                ErrorKind::Unavailable | ErrorKind::RateLimited | ErrorKind::Malformed
            ) =>
        {
            tracing::warn!(kind = %error.kind, "the calendars could not be listed while connecting; trying again soon");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Stores it all.
///
/// # Errors
/// When the database cannot be written.
pub async fn establish(
    cx: &Context,
    who: &Principal,
    found: Established,
) -> Result<Connected, Error> {
    let workspace = who.workspace_id;
    let mut tx = cx.store.write_in(workspace).await?;
    let (connection, created) =
        store::connections::upsert_authorised(&mut tx, workspace, &authorised(who, &found)).await?;
    let calendars = match &found.calendars {
        Some(listed) => store_calendars(&mut tx, &connection, listed).await?,
        None => {
            full_calendar_sync::enqueue(&mut tx, workspace, connection.id).await?;
            Vec::new()
        }
    };
    if let Some(installation) = &found.installation {
        slack::install::record(&mut tx, who.member_id, &connection, installation, false).await?;
    }
    if !created {
        let now = tx.now().await?;
        store::push_channels::renew_all(&mut tx, workspace, connection.id, now).await?;
    }
    warn_grant_ending::enqueue(&mut tx, &connection).await?;
    let verb = if created { "connected" } else { "reconnected" };
    let account = connection.account_email.clone();
    let account = account
        .or_else(|| connection.display_name.clone())
        .unwrap_or_else(|| connection.provider.clone());
    Line::new(LogType::Oauth, format!("{account} was {verb}"))
        .about(&connection.provider, connection.id, connection.member_id)
        .detail(json!({"calendars": calendars.len(), "missing_scopes": found.missing}))
        .write(&mut tx, workspace)
        .await?;
    tx.commit().await?;
    let message = live::Message::Connection {
        connection_id: connection.id,
        status: Status::Connected,
    };
    cx.live.send(workspace, Some(connection.member_id), message);
    Ok(Connected {
        connection,
        created,
        calendars,
    })
}

fn authorised(who: &Principal, found: &Established) -> Authorised {
    let (tokens, password) = match &found.secrets {
        Secrets::Tokens(tokens) => (Some(tokens), None),
        Secrets::Password(password) => (None, Some(password.clone())),
    };
    Authorised {
        member_id: who.member_id,
        provider: found.provider.clone(),
        subject: found.identity.subject.clone(),
        account_email: found.identity.email.clone(),
        display_name: found.identity.name.clone(),
        api_url: found.identity.api_url.clone(),
        username: found.username.clone(),
        scopes: found.scopes.clone(),
        missing_scopes: found.missing.clone(),
        access_token: tokens.map(|tokens| tokens.access.clone()),
        refresh_token: tokens.and_then(|tokens| tokens.refresh.clone()),
        token_expires_at: tokens.and_then(|tokens| tokens.expires_at),
        refresh_token_expires_at: tokens.and_then(|tokens| tokens.refresh_expires_at),
        password,
    }
}

/// Writes the listing and starts a sync of what is switched on. The first time the main calendar is switched on, or all of them
/// where none is the main one; later people choose.
pub(crate) async fn store_calendars(
    tx: &mut store::Tx,
    connection: &Connection,
    listed: &[RemoteCalendar],
) -> store::Result<Vec<Calendar>> {
    let workspace = connection.workspace_id;
    let first = store::calendars::of_connection(tx, workspace, connection.id)
        .await?
        .is_empty();
    let new = match (first, listed.iter().any(|calendar| calendar.primary)) {
        (true, true) => NewCalendars::PrimaryOn,
        (true, false) => NewCalendars::AllOn,
        (false, _) => NewCalendars::Off,
    };
    let calendars =
        store::calendars::upsert_listed(tx, workspace, connection.id, listed, new).await?;
    for calendar in calendars
        .iter()
        .filter(|calendar| calendar.sync_enabled && calendar.active)
    {
        sync_calendar::enqueue(tx, workspace, calendar.id, false, When::Now).await?;
    }
    Ok(calendars)
}
