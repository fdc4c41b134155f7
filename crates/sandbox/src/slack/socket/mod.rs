//! Socket Mode: a WebSocket over which commands, interactions and events come, so that an app needs no public address.
//!
//! `apps.connections.open` gives a ticket; `GET /link` takes it and says `hello`. Each envelope wants an acknowledgement with its id, which
//! may carry the answer. With several sockets each envelope goes to one of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State as AxumState};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::Sim;
use super::call::Call;
use super::config::{App, Disconnect};
use super::courier::Answer;
use super::errors::ApiError;
use super::limits;
use super::outbound::Kind;

/// The open sockets of all apps.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// By number, each with its app.
    open: BTreeMap<u64, (String, mpsc::UnboundedSender<Out>)>,
    waiting: HashMap<String, oneshot::Sender<Value>>,
    counter: u64,
}

#[derive(Debug)]
enum Out {
    Text(String),
    Close,
}

impl Sockets {
    /// How many sockets an app has open.
    pub fn count(&self, app: &str) -> usize {
        let inner = crate::lock(&self.inner);
        inner.open.values().filter(|(own, _)| own == app).count()
    }

    /// Sends an envelope through one of the app's sockets and waits for its acknowledgement.
    pub async fn carry(
        &self,
        app: &App,
        kind: Kind,
        payload: &Value,
        retry: Option<(u32, &'static str)>,
    ) -> Option<Answer> {
        let receiver = {
            let mut inner = crate::lock(&self.inner);
            inner.counter += 1;
            let turn = inner.counter;
            let id = format!("env-{turn:08}");
            let mut envelope = json!({"envelope_id": id, "payload": payload, "accepts_response_payload": kind != Kind::Event,
                "type": match kind { Kind::Command => "slash_commands", Kind::Interaction => "interactive", Kind::Event => "events_api" }});
            if kind == Kind::Event {
                let (number, reason) = retry.unwrap_or((0, ""));
                envelope["retry_attempt"] = json!(number);
                envelope["retry_reason"] = json!(reason);
            }
            let own: Vec<u64> = inner
                .open
                .iter()
                .filter(|(_, (name, _))| *name == app.id)
                .map(|(n, _)| *n)
                .collect();
            let turn = usize::try_from(turn).unwrap_or(0);
            let chosen = own.get(turn % own.len().max(1))?;
            let (_, sender) = inner.open.get(chosen)?;
            sender.send(Out::Text(envelope.to_string())).ok()?;
            let (sender, receiver) = oneshot::channel();
            inner.waiting.insert(id, sender);
            receiver
        };
        let payload = receiver.await.ok()?;
        let body = if payload.is_null() {
            Vec::new()
        } else {
            payload.to_string().into_bytes()
        };
        Some(Answer {
            status: 200,
            no_retry: false,
            body,
        })
    }

    /// Tells all sockets of an app to go, and closes them unless it is only a warning.
    pub fn disconnect(&self, app: &str, why: Disconnect) {
        let inner = crate::lock(&self.inner);
        let text =
            json!({"type": "disconnect", "reason": why.word(), "debug_info": {"host": "sandbox"}})
                .to_string();
        for (_, sender) in inner.open.values().filter(|(own, _)| own == app) {
            // A socket that is gone already needs no telling.
            let _ = sender.send(Out::Text(text.clone()));
            if why != Disconnect::Warning {
                let _ = sender.send(Out::Close);
            }
        }
    }

    fn enter(&self, app: &str) -> (u64, mpsc::UnboundedReceiver<Out>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut inner = crate::lock(&self.inner);
        inner.counter += 1;
        let number = inner.counter;
        inner.open.insert(number, (app.to_owned(), sender));
        (number, receiver)
    }

    fn leave(&self, number: u64) {
        crate::lock(&self.inner).open.remove(&number);
    }

    /// False when nobody waits for it.
    fn acknowledge(&self, text: &str) -> bool {
        let Ok(body) = serde_json::from_str::<Value>(text) else {
            return false;
        };
        let id = body["envelope_id"].as_str().unwrap_or_default();
        let waiting = crate::lock(&self.inner).waiting.remove(id);
        let payload = body.get("payload").cloned().unwrap_or_default();
        waiting.is_some_and(|sender| sender.send(payload).is_ok())
    }
}

/// `apps.connections.open`, with the app's own token.
pub(super) fn open(call: &Call) -> Result<Value, ApiError> {
    call.begin(&["token"]);
    let token = call.token().ok_or_else(|| ApiError::new("not_authed"))?;
    let app = call.config.apps.iter().find(|app| app.app_token == token);
    let Some(app) = app else {
        let wrong_kind = token.starts_with("xoxb") || token.starts_with("xoxe");
        return Err(ApiError::new(if wrong_kind {
            "not_allowed_token_type"
        } else {
            "invalid_auth"
        }));
    };
    if !app.socket_mode {
        return Err(ApiError::new("socket_mode_not_enabled"));
    }
    let now = call.now();
    let mut state = call.sim.lock();
    limits::method(&call.config, &mut state, &call.method, &app.id, now)?;
    let ticket = state.word(36);
    state.tickets.insert(ticket.clone(), app.id.clone());
    let base = call
        .config
        .public_url
        .clone()
        .unwrap_or_else(|| state.base.clone());
    let base = base.replacen("http", "ws", 1);
    Ok(json!({"url": format!("{base}/link?ticket={ticket}&app_id={}", app.id)}))
}

/// `GET /link`: the socket itself. A ticket works once.
pub(super) async fn link(
    AxumState(sim): AxumState<Arc<Sim>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let ticket = query.get("ticket").map_or("", String::as_str);
    let app = sim.lock().tickets.remove(ticket);
    match app {
        Some(app) => upgrade.on_upgrade(move |socket| run(sim, app, socket)),
        None => (StatusCode::FORBIDDEN, "link_disabled").into_response(),
    }
}

async fn run(sim: Arc<Sim>, app: String, mut socket: WebSocket) {
    let (number, mut out) = sim.sockets.enter(&app);
    let hello = json!({"type": "hello", "num_connections": sim.sockets.count(&app), "connection_info": {"app_id": app},
        "debug_info": {"host": "sandbox", "approximate_connection_time": 3600}});
    if socket.send(Message::text(hello.to_string())).await.is_ok() {
        sim.changed.notify_waiters();
        loop {
            tokio::select! {
                going = out.recv() => match going {
                    Some(Out::Text(text)) => if socket.send(Message::text(text)).await.is_err() { break },
                    Some(Out::Close) | None => break,
                },
                coming = socket.recv() => match coming {
                    Some(Ok(Message::Text(text))) => if !sim.sockets.acknowledge(&text) {
                        sim.desk.violate("socket", "An acknowledgement that nobody waits for.");
                    },
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => {}
                },
            }
        }
    }
    sim.sockets.leave(number);
    // The other side may be gone.
    let _ = socket.send(Message::Close(None)).await;
}
