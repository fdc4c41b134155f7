//! Other addresses of the same things (SPEC §2.2, §2.3).

use axum::extract::State;
use daybook_domain::{CalendarId, ConnectionId};
use daybook_engine::calendars::list;
use daybook_engine::connections::list as connection_list;
use daybook_engine::{Context, Principal};

use super::body::{CalendarBody, CalendarQuery};
use super::manage::{body, page};
use crate::api::connections::body::{ConnectionBody, DisconnectedBody, RefreshedBody};
use crate::api::connections::input::ConnectionQuery;
use crate::api::connections::manage as connections;
use crate::cursor::List;
use crate::extract::{Id, Json, Query, Reader, Writer};
use crate::problem::Problem;

/// List calendars with their sync state
#[utoipa::path(get, path = "/api/v1/integrations/calendar", tag = "Aliases", params(CalendarQuery), responses((status = 200, body = List<CalendarBody>)))]
pub async fn list_states(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<CalendarQuery>,
) -> Result<Json<List<CalendarBody>>, Problem> {
    page(&cx, &who, query).await
}

/// A calendar with its sync state
#[utoipa::path(get, path = "/api/v1/integrations/calendar/{id}", tag = "Aliases", responses((status = 200, body = CalendarBody)))]
pub async fn state(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<CalendarId>,
) -> Result<Json<CalendarBody>, Problem> {
    let calendar = list::get(&cx, &who, id).await?;
    body(&cx, calendar).await
}

/// List calendars
#[utoipa::path(get, path = "/api/calendars", tag = "Aliases", params(CalendarQuery), responses((status = 200, body = List<CalendarBody>)))]
pub async fn list_calendars(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<CalendarQuery>,
) -> Result<Json<List<CalendarBody>>, Problem> {
    page(&cx, &who, query).await
}

/// List Google connections
#[utoipa::path(get, path = "/api/calendars/google/connections", tag = "Aliases", params(ConnectionQuery), responses((status = 200, body = List<ConnectionBody>)))]
pub async fn google_connections(
    state: State<Context>,
    reader: Reader,
    Query(query): Query<ConnectionQuery>,
) -> Result<Json<List<ConnectionBody>>, Problem> {
    let query = ConnectionQuery {
        provider: Some("google".to_owned()),
        ..query
    };
    connections::list(state, reader, Query(query)).await
}

/// Refresh a Google connection
#[utoipa::path(post, path = "/api/calendars/{connection_id}/google/refresh", tag = "Aliases", responses((status = 200, body = RefreshedBody)))]
pub async fn google_refresh(
    state: State<Context>,
    writer: Writer,
    id: Id<ConnectionId>,
) -> Result<Json<RefreshedBody>, Problem> {
    only_google(&state.0, &writer.0, id.0).await?;
    connections::refresh(state, writer, id).await
}

/// Disconnect a Google connection
#[utoipa::path(post, path = "/api/calendars/{connection_id}/google/disconnect", tag = "Aliases", responses((status = 200, body = DisconnectedBody)))]
pub async fn google_disconnect(
    state: State<Context>,
    writer: Writer,
    id: Id<ConnectionId>,
) -> Result<Json<DisconnectedBody>, Problem> {
    only_google(&state.0, &writer.0, id.0).await?;
    connections::disconnect(state, writer, id).await
}

/// The address names a provider: a connection of another one is not there.
async fn only_google(cx: &Context, who: &Principal, id: ConnectionId) -> Result<(), Problem> {
    let connection = connection_list::get(cx, who, id).await?;
    if connection.provider == "google" {
        Ok(())
    } else {
        Err(Problem::not_found("Google connection"))
    }
}
