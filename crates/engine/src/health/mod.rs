//! How the integrations are: a line for each connection, and an overall word.

use daybook_domain::connection::Status;
use daybook_domain::text_enum;
use daybook_provider_api::egress::{self, CircuitState};
use daybook_store as store;
use jiff::Timestamp;
use store::LastError;
use store::calendars::Calendar;
use store::connections::Connection;
use url::Url;

use crate::connections::notices;
use crate::{Context, Principal};

text_enum! {
    /// How something is.
    Health {
        /// Working.
        Healthy = "healthy",
        /// Working with trouble, or out of reach for the moment; it heals by itself.
        Degraded = "degraded",
        /// Somebody must do something.
        Unhealthy = "unhealthy",
    }
}

/// One connection's health.
#[derive(Debug, Clone)]
pub struct Integration {
    /// The connection.
    pub connection: Connection,
    /// What it is mostly for: `calendar`, `video` or `chat`.
    pub kind: &'static str,
    /// How it is.
    pub health: Health,
    /// When one of its calendars was last synced.
    pub last_sync_at: Option<Timestamp>,
    /// Failures in a row, the most of its calendars.
    pub error_count: i64,
    /// What last went wrong, with it or one of its calendars.
    pub last_error: Option<LastError>,
    /// The circuit of its provider's host.
    pub circuit: CircuitState,
    /// When the provider ends its access, if that is near: it must be connected again before then.
    pub access_ends_at: Option<Timestamp>,
}

/// All connections the principal sees that are not disconnected, with the worst health of all.
///
/// # Errors
/// When the database cannot be read.
pub async fn report(cx: &Context, who: &Principal) -> store::Result<(Health, Vec<Integration>)> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let of = store::connections::Filter {
        member_id: who.own_only(),
        ..Default::default()
    };
    let connections = store::connections::list(&mut tx, who.workspace_id, &of, None, 1000).await?;
    let of = store::calendars::Filter {
        member_id: who.own_only(),
        ..Default::default()
    };
    let calendars = store::calendars::list(&mut tx, who.workspace_id, &of, None, 5000).await?;
    drop(tx);
    let lines: Vec<Integration> = connections
        .into_iter()
        .filter(|connection| connection.status != Status::Disconnected)
        .map(|connection| {
            let own: Vec<&Calendar> = calendars
                .iter()
                .filter(|calendar| calendar.connection_id == connection.id)
                .collect();
            line(cx, connection, &own)
        })
        .collect();
    let worst = lines
        .iter()
        .map(|line| line.health)
        .max()
        .unwrap_or(Health::Healthy);
    Ok((worst, lines))
}

fn line(cx: &Context, connection: Connection, calendars: &[&Calendar]) -> Integration {
    let enabled = || calendars.iter().filter(|calendar| calendar.sync_enabled);
    let error_count = enabled()
        .map(|calendar| calendar.sync_errors)
        .max()
        .unwrap_or(0);
    let last_error = connection.last_error.clone().or_else(|| {
        enabled()
            .filter_map(|calendar| calendar.last_error.clone())
            .max_by_key(|error| error.at)
    });
    let circuit = cx.egress.circuit(&host(cx, &connection));
    let access_ends_at = notices::ends_soon(&connection, cx.clock.now());
    let health = match connection.status {
        Status::NeedsReauth | Status::Error => Health::Unhealthy,
        _ if access_ends_at.is_some() => Health::Degraded,
        _ if error_count > 0 || last_error.is_some() || circuit != CircuitState::Closed => {
            Health::Degraded
        }
        _ => Health::Healthy,
    };
    let kinds = cx.registry.get(&connection.provider);
    let kinds = kinds.map_or(&[][..], |entry| entry.provider.manifest().kinds);
    Integration {
        kind: kinds.first().map_or("calendar", |kind| kind.as_str()),
        last_sync_at: calendars
            .iter()
            .filter_map(|calendar| calendar.last_sync_at)
            .max(),
        health,
        error_count,
        last_error,
        circuit,
        access_ends_at,
        connection,
    }
}

/// The host that the connection's calls go to.
fn host(cx: &Context, connection: &Connection) -> String {
    let configured = || {
        cx.registry
            .get(&connection.provider)
            .and_then(|entry| entry.client.as_ref())
            .map(|client| client.api_url.clone())
    };
    let address = connection
        .api_url
        .clone()
        .or_else(configured)
        .unwrap_or_default();
    Url::parse(&address).map_or_else(|_| String::new(), |url| egress::host_of(&url))
}
