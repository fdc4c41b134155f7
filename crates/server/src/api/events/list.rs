//! Reading events.

use axum::extract::State;
use daybook_domain::{CalendarId, InstanceId};
use daybook_engine::events;
use daybook_engine::{Context, Principal};
use jiff::Timestamp;

use super::body::{CalendarEventsQuery, EventBody, EventsQuery};
use crate::api::wire::instant;
use crate::cursor::List;
use crate::extract::{Id, Json, Page, Query, Reader};
use crate::problem::{Check, Problem};

/// List events of a calendar
///
/// Recurring events are expanded; all-day events are among them, cancelled ones are not.
#[utoipa::path(get, path = "/integrations/calendars/{id}/events", tag = "Events", params(CalendarEventsQuery), responses((status = 200, body = List<EventBody>)))]
pub async fn of_calendar(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<CalendarId>,
    Query(query): Query<CalendarEventsQuery>,
) -> Result<Json<List<EventBody>>, Problem> {
    let CalendarEventsQuery {
        from,
        to,
        q,
        converted,
        billable,
        distinct,
        limit,
        cursor,
    } = query;
    let calendar_id = vec![id.into()];
    page(
        &cx,
        &who,
        EventsQuery {
            calendar_id,
            provider: None,
            from,
            to,
            q,
            converted,
            billable,
            distinct,
            limit,
            cursor,
        },
    )
    .await
}

/// List events of several calendars
#[utoipa::path(get, path = "/integrations/events", tag = "Events", params(EventsQuery), responses((status = 200, body = List<EventBody>)))]
pub async fn of_all(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<EventsQuery>,
) -> Result<Json<List<EventBody>>, Problem> {
    page(&cx, &who, query).await
}

async fn page(
    cx: &Context,
    who: &Principal,
    query: EventsQuery,
) -> Result<Json<List<EventBody>>, Problem> {
    let page: Page<(Timestamp, InstanceId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let mut check = Check::new();
    let ask = events::Query {
        calendars: query.calendar_id.into_iter().map(Into::into).collect(),
        provider: query.provider,
        from: instant(&mut check, "?from", query.from.as_deref()),
        to: instant(&mut check, "?to", query.to.as_deref()),
        q: query.q.filter(|text| !text.trim().is_empty()),
        converted: query.converted,
        billable: query.billable,
        distinct: query.distinct,
        after: page.after,
        limit: i64::from(page.size()),
    };
    check.done()?;
    let listing = events::page(cx, who, ask).await?;
    let items = listing.events.into_iter().map(EventBody::from).collect();
    Ok(Json(List::page(items, listing.next.as_ref())))
}
