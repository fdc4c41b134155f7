//! Writing events at their provider.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::CalendarId;
use daybook_domain::event::ResponseStatus;
use daybook_engine::accounts::once::{Answer, Key};
use daybook_engine::events::write::{Error, create, delete, relocate, respond, update};
use daybook_engine::{Context, Principal};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::EventBody;
use super::input::{
    EventBatchInput, EventInput, EventPatch, MoveInput, OnlyScopeQuery, RespondInput, ScopeQuery,
};
use crate::extract::{Creating, Id, Id2, Json, OnceKey, Query, Writer, created};
use crate::problem::{Problem, ProblemBody};

/// Most events of one batch.
const MOST: usize = 50;

/// What became of several events.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EventBatch)]
pub struct EventBatchBody {
    /// One for each event, in the order of the request.
    pub items: Vec<EventWrittenBody>,
}

/// What became of one event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EventWritten)]
pub struct EventWrittenBody {
    /// The event, when it was created.
    #[schema(required = true)]
    pub event: Option<EventBody>,
    /// Why it was not.
    #[schema(required = true)]
    pub problem: Option<ProblemBody>,
}

/// Declares a handler that creates an event: the same at each of its addresses.
macro_rules! creates {
    ($($(#[$doc:meta])* $name:ident at $path:literal of $tag:literal;)+) => {$(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = $tag, request_body = EventInput, responses((status = 201, body = EventBody)))]
        pub async fn $name(
            State(cx): State<Context>,
            Writer(who): Writer,
            Id(id): Id<CalendarId>,
            Creating { body, key }: Creating<EventInput>,
        ) -> Result<Response, Problem> {
            make(&cx, &who, id, body, key).await
        }
    )+};
}

creates! {
    /// Create an event
    ///
    /// It is created at the calendar's provider, exactly once for an `Idempotency-Key`. Nobody is mailed unless `notify_attendees` says so.
    create at "/integrations/calendars/{id}/events" of "Events";
    /// Create an event (short address)
    create_short at "/calendars/{id}/create-event" of "Events";
    /// Create an event (other address)
    create_alias at "/api/calendars/{id}/create-event" of "Aliases";
}

async fn make(
    cx: &Context,
    who: &Principal,
    id: CalendarId,
    body: EventInput,
    key: OnceKey,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(cx, who).await? {
        return Ok(earlier);
    }
    let view = create::create(cx, who, id, body.read()?, key.key()).await?;
    key.respond(cx, who, created(&EventBody::from(view))).await
}

/// Create several events
///
/// Each stands for itself: what cannot be created is refused with its reason, the others are made. With an `Idempotency-Key` the whole batch may be sent again.
/// When the provider is so slow that the time is up, the rest is not begun, and each says so (503 `not_begun`): send the batch again.
#[utoipa::path(post, path = "/integrations/calendars/{id}/events/batch", tag = "Events", request_body = EventBatchInput, responses((status = 200, body = EventBatchBody)))]
pub async fn create_batch(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id(id): Id<CalendarId>,
    Creating { body, key }: Creating<EventBatchInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    if !(1..=MOST).contains(&body.items.len()) {
        let detail = format!("must have 1 to {MOST} items");
        return Err(Problem::invalid_field("/items", detail));
    }
    let mut batch = create::Batch::open(&cx, &who, id).await?;
    let mut items = Vec::with_capacity(body.items.len());
    let mut unsure = false;
    for (index, item) in body.items.into_iter().enumerate() {
        let part = key.key().map(|key| Key {
            name: format!("{}#{index}", key.name),
            ..key.clone()
        });
        let made = match item.read() {
            Ok(new) => batch
                .create(&who, new, part.as_ref())
                .await
                .map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        let (event, problem) = match made {
            Ok(view) => (Some(view.into()), None),
            Err(problem) => {
                unsure |= problem.status().is_server_error();
                (None, Some(problem.body(None)))
            }
        };
        items.push(EventWrittenBody { event, problem });
    }
    let answer = Answer {
        status: 200,
        body: serde_json::to_value(EventBatchBody { items }).unwrap_or_default(),
    };
    // An answer that may be better next time is not kept: the batch may be sent again, and makes what is missing.
    if unsure {
        return Ok(axum::response::IntoResponse::into_response((
            StatusCode::OK,
            Json(answer.body),
        )));
    }
    key.respond(&cx, &who, answer).await
}

/// Change an event
///
/// One occurrence, this and the following ones, or the whole series. What is not named stays as it is at the provider. With `following` the
/// series is cut in two: the new part keeps what the old one carries (reminders, categories, visibility; a meeting link of its own), and
/// occurrences that were changed keep what is their own, unless the start or the rule changes. After 502 it may be sent again at once, and
/// is done once.
#[utoipa::path(patch, path = "/integrations/calendars/{id}/events/{event_id}", tag = "Events", params(OnlyScopeQuery, ("Idempotency-Key" = Option<String>, Header, description = "Your name for this change: sent again within 24 hours, it is answered as the first time and changes nothing more.")), request_body = EventPatch, responses((status = 200, body = EventBody)))]
pub async fn change(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id2(id, event): Id2<CalendarId, Uuid>,
    Query(query): Query<OnlyScopeQuery>,
    Creating { body, key }: Creating<EventPatch>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    let change = body.read()?;
    let view = update::update(&cx, &who, id, event, query.scope, change, key.key()).await?;
    let view = view.seen_by(who.member_id);
    key.done(&cx, &who, &EventBody::from(view)).await
}

/// Remove an event
#[utoipa::path(delete, path = "/integrations/calendars/{id}/events/{event_id}", tag = "Events", params(ScopeQuery), responses((status = 204)))]
pub async fn remove(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id2(id, event): Id2<CalendarId, Uuid>,
    Query(query): Query<ScopeQuery>,
) -> Result<StatusCode, Problem> {
    delete::delete(&cx, &who, id, event, query.scope, query.notify_attendees).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answer an invitation
#[utoipa::path(post, path = "/integrations/calendars/{id}/events/{event_id}/respond", tag = "Events", params(OnlyScopeQuery), request_body = RespondInput, responses((status = 200, body = EventBody)))]
pub async fn answer(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id2(id, event): Id2<CalendarId, Uuid>,
    Query(query): Query<OnlyScopeQuery>,
    Json(input): Json<RespondInput>,
) -> Result<Json<EventBody>, Problem> {
    let answer: ResponseStatus = input.response.parse().map_err(|_| {
        Problem::invalid_field("/response", "must be accepted, tentative or declined")
    })?;
    let notify = input.notify_organizer.unwrap_or(true);
    let view = respond::respond(&cx, &who, id, event, query.scope, answer, notify).await?;
    Ok(Json(view.seen_by(who.member_id).into()))
}

/// Move an event to another calendar
///
/// Between calendars of one account the provider moves it where it can: its id there, answers, links and exceptions stay. Elsewhere it
/// is created in the other calendar and then removed from this one, exactly once; a meeting that somebody else called, or a series with
/// changed occurrences, is refused then. A series moves as a whole. Time entries made from it stay with it.
#[utoipa::path(post, path = "/integrations/calendars/{id}/events/{event_id}/move", tag = "Events", params(OnlyScopeQuery), request_body = MoveInput, responses((status = 200, body = EventBody)))]
pub async fn relocate(
    State(cx): State<Context>,
    Writer(who): Writer,
    Id2(id, event): Id2<CalendarId, Uuid>,
    Query(query): Query<OnlyScopeQuery>,
    Creating { body, key }: Creating<MoveInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    let ask = relocate::Move {
        to: body.calendar_id.into(),
        scope: query.scope,
        notify: body.notify_attendees,
    };
    let view = relocate::relocate(&cx, &who, id, event, ask, key.key())
        .await
        .map_err(Error::without_field)?;
    let view = view.seen_by(who.member_id);
    key.done(&cx, &who, &EventBody::from(view)).await
}
