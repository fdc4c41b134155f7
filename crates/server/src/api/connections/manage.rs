//! Looking after connected accounts.

use axum::extract::State;
use daybook_domain::ConnectionId;
use daybook_engine::Context;
use daybook_engine::connections::{check, disconnect, list, refresh};
use daybook_engine::store::connections::{Connection, Filter};
use daybook_engine::{Principal, accounts::names};
use jiff::Timestamp;

use super::body::{ConnectionBody, DisconnectedBody, RefreshedBody, TestBody, TestErrorBody};
use super::input::{ConnectionQuery, provider_key};
use crate::cursor::List;
use crate::extract::{Id, Json, Page, Query, Reader, Writer};
use crate::problem::{Check, Problem};

/// List connections
///
/// Your own; owners and admins see the whole workspace's.
#[utoipa::path(get, path = "/integrations/connections", tag = "Connections", params(ConnectionQuery), responses((status = 200, body = List<ConnectionBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<ConnectionQuery>,
) -> Result<Json<List<ConnectionBody>>, Problem> {
    let page: Page<(Timestamp, ConnectionId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let mut check = Check::new();
    let filter = Filter {
        provider: query
            .provider
            .as_deref()
            .map(|name| provider_key(name).to_owned()),
        status: check.parse_opt("?status", query.status.as_deref()),
        ..Filter::default()
    };
    check.done()?;
    let rows = list::list(&cx, &who, filter, page.after, i64::from(page.fetch())).await?;
    let bodies = bodies(&cx, &who, rows).await?;
    Ok(page.list(
        bodies,
        |body| (body.created_at, body.id.into()),
        |body| body,
    ))
}

/// A connection
#[utoipa::path(get, path = "/integrations/connections/{id}", tag = "Connections", responses((status = 200, body = ConnectionBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<ConnectionId>,
) -> Result<Json<ConnectionBody>, Problem> {
    let connection = list::get(&cx, &who, id).await?;
    Ok(Json(body(&cx, &who, connection).await?))
}

/// Refresh a connection
///
/// Refreshes its token now, and lists its calendars again.
#[utoipa::path(post, path = "/integrations/connections/{id}/refresh", tag = "Connections", responses((status = 200, body = RefreshedBody)))]
pub async fn refresh(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ConnectionId>,
) -> Result<Json<RefreshedBody>, Problem> {
    let (connection, calendars_count) = refresh::refresh(&cx, &who, id).await?;
    let message = format!("The connection works; the provider lists {calendars_count} calendars.");
    let connection = body(&cx, &who, connection).await?;
    Ok(Json(RefreshedBody {
        connection,
        calendars_count,
        message,
    }))
}

/// Test a connection
///
/// Asks the provider something harmless, now.
#[utoipa::path(post, path = "/integrations/connections/{id}/test", tag = "Connections", responses((status = 200, body = TestBody)))]
pub async fn test(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ConnectionId>,
) -> Result<Json<TestBody>, Problem> {
    let checked = check::check(&cx, &who, id).await?;
    let error = checked.error.map(|error| TestErrorBody {
        kind: error.kind,
        message: error.message,
    });
    let latency_ms = u64::try_from(checked.latency.as_millis()).unwrap_or(u64::MAX);
    Ok(Json(TestBody {
        ok: error.is_none(),
        latency_ms,
        error,
    }))
}

/// Disconnect
///
/// Withdraws the grant at the provider, forgets the credentials, keeps the history. Where the provider has no way to withdraw it
/// (Microsoft), `removal` says where people remove Daybook themselves.
#[utoipa::path(post, path = "/integrations/connections/{id}/disconnect", tag = "Connections", responses((status = 200, body = DisconnectedBody)))]
pub async fn disconnect(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<ConnectionId>,
) -> Result<Json<DisconnectedBody>, Problem> {
    let done = disconnect::disconnect(&cx, &who, id).await?;
    let message = match (done.revoked, done.removal) {
        (true, _) => {
            "The account is disconnected, and the access was withdrawn at the provider.".to_owned()
        }
        (false, None) => {
            "The account is disconnected; its credentials are forgotten here.".to_owned()
        }
        (false, Some(removal)) => {
            format!("The account is disconnected; its credentials are forgotten here. {removal}")
        }
    };
    Ok(Json(DisconnectedBody {
        connection: body(&cx, &who, done.connection).await?,
        revoked: done.revoked,
        removal: done.removal,
        message,
    }))
}

/// The connections as `who` sees them, with what their calendars amount to.
async fn bodies(
    cx: &Context,
    who: &Principal,
    rows: Vec<Connection>,
) -> Result<Vec<ConnectionBody>, Problem> {
    let summaries = list::summaries(cx, who).await?;
    let names = names::load(
        cx,
        who,
        rows.iter().map(|row| row.member_id).collect(),
        vec![],
        vec![],
    )
    .await?;
    let body = |row: Connection| {
        let (summary, owner) = (summaries.get(&row.id), names.member(row.member_id));
        ConnectionBody::new(row, who, summary, owner)
    };
    Ok(rows.into_iter().map(body).collect())
}

async fn body(cx: &Context, who: &Principal, row: Connection) -> Result<ConnectionBody, Problem> {
    let summaries = list::summaries(cx, who).await?;
    let owner = names::load(cx, who, vec![row.member_id], vec![], vec![])
        .await?
        .member(row.member_id);
    let summary = summaries.get(&row.id);
    Ok(ConnectionBody::new(row, who, summary, owner))
}
