//! The event stream: what happens right now, to those who may know it.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use daybook_engine::Principal;
use daybook_engine::live::{Envelope, Message};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::extract::Reader;
use crate::layers::authenticate::{Identity, identify};
use crate::state::App;

/// Messages that may wait for a slow reader.
const WAITING: usize = 64;

/// Live events
///
/// Server-sent events `sync`, `connection` and `time_entry`; a comment every 15 seconds shows that the stream is alive. Best effort:
/// after a gap, read the resources again.
#[utoipa::path(get, path = "/stream", tag = "Watching", responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn stream(State(app): State<App>, Reader(who): Reader, headers: HeaderMap) -> Response {
    const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(feed(app, who, headers, sender));
    let header = (NO_BUFFERING, HeaderValue::from_static("no"));
    let unkept = (CACHE_CONTROL, HeaderValue::from_static("no-store"));
    ([header, unkept], Sse::new(ReceiverStream::new(receiver))).into_response()
}

type Sender = mpsc::Sender<Result<Event, Infallible>>;

/// Feeds one watcher until they leave, their credentials end, or the server stops.
async fn feed(app: App, who: Principal, headers: HeaderMap, sender: Sender) {
    let mut messages = app.cx.live.watch();
    let mut heartbeat = tokio::time::interval(app.http.heartbeat);
    loop {
        let event = tokio::select! {
            () = app.stopping.cancelled() => return,
            () = sender.closed() => return,
            _ = heartbeat.tick() => {
                if !still_valid(&app, &headers).await {
                    return;
                }
                Some(Event::default().comment("alive"))
            }
            message = messages.recv() => match message {
                Ok(envelope) => concerns(&who, &envelope).then(|| event(&envelope.message)),
                Err(RecvError::Lagged(_)) => Some(Event::default().comment("messages were missed")),
                Err(RecvError::Closed) => return,
            },
        };
        if let Some(event) = event
            && sender.send(Ok(event)).await.is_err()
        {
            return;
        }
    }
}

/// A key that was revoked, or a session that ended, watches no longer than one heartbeat.
async fn still_valid(app: &App, headers: &HeaderMap) -> bool {
    matches!(identify(app, headers).await, Ok(Identity::Known(_)))
}

/// Only the same workspace, and for plain members only their own things.
fn concerns(who: &Principal, envelope: &Envelope) -> bool {
    envelope.workspace == who.workspace_id && envelope.member.is_none_or(|member| who.sees(member))
}

fn event(message: &Message) -> Event {
    let (name, data) = wire(message);
    Event::default().event(name).data(data.to_string())
}

fn wire(message: &Message) -> (&'static str, Value) {
    match message {
        Message::Sync {
            calendar_id,
            phase,
            changes,
            result,
            error,
        } => {
            let result = result.as_ref().map(|result| {
                let mut body = json!(result);
                body["calendar_id"] = json!(calendar_id);
                body
            });
            let error = error.as_ref().map(|message| json!({ "message": message }));
            let data = json!({
                "calendar_id": calendar_id, "phase": phase, "changes": changes, "result": result, "error": error,
            });
            ("sync", data)
        }
        Message::Connection {
            connection_id,
            status,
        } => (
            "connection",
            json!({ "connection_id": connection_id, "status": status }),
        ),
        Message::TimeEntry { id } => ("time_entry", json!({ "id": id })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use daybook_domain::account::Role;
    use daybook_domain::{MemberId, TimeEntryId};
    use uuid::Uuid;

    #[test]
    fn nobody_hears_of_other_peoples_things() {
        let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let member = Principal::operator(mine.into(), mine.into(), mine.into(), Role::Member);
        let admin = Principal {
            role: Role::Admin,
            ..member.clone()
        };
        let message = Message::TimeEntry {
            id: TimeEntryId::from_uuid(mine),
        };
        let of = |workspace: Uuid, member: Option<MemberId>| Envelope {
            workspace: workspace.into(),
            member,
            message: message.clone(),
        };
        let others = of(mine, Some(other.into()));
        assert!(!concerns(&member, &others) && concerns(&admin, &others));
        assert!(concerns(&member, &of(mine, None)) && !concerns(&admin, &of(other, None)));
    }
}
