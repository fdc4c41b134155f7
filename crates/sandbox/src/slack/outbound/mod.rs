//! What Slack sends to an app: commands, interactions and events, signed, by HTTP or through the socket.

mod events;
mod interact;
mod payload;

pub(super) use events::{deliver, enqueue, tokens_revoked, uninstalled, verify};
pub(super) use interact::{act_in_view, click, close, command, home, submit};

use serde_json::Value;

use super::Sim;
use super::config::App;
use super::courier::Answer;
use super::sign::seal;

/// What is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Command,
    Interaction,
    Event,
}

/// An app was installed, a message posted, a view opened: who waits for it looks again.
pub(super) fn note(sim: &Sim) {
    sim.changed.notify_waiters();
}

/// Brings a payload to the app and waits for its answer, at most as long as Slack does.
pub(super) async fn carry(
    sim: &Sim,
    app: &App,
    kind: Kind,
    (payload, retry): (&Value, Option<(u32, &'static str)>),
) -> Option<Answer> {
    let config = sim.config();
    sim.desk.count(match kind {
        Kind::Command => "sent.command",
        Kind::Interaction => "sent.interaction",
        Kind::Event => "sent.event",
    });
    if app.socket_mode {
        let answer = sim.sockets.carry(app, kind, payload, retry);
        return tokio::time::timeout(config.answer_within, answer)
            .await
            .ok()?;
    }
    let (url, content_type, body) = match kind {
        Kind::Command => (&app.command_url, FORM, form(payload)),
        Kind::Interaction => {
            let pair = [("payload", payload.to_string())];
            (&app.interactivity_url, FORM, encode(pair.into_iter()))
        }
        Kind::Event => (
            &app.events_url,
            "application/json",
            payload.to_string().into_bytes(),
        ),
    };
    let mut request = seal(
        app,
        config.tamper,
        sim.desk.clock().now(),
        (url, content_type, body),
    );
    if let Some((number, reason)) = retry {
        request
            .headers
            .push(("x-slack-retry-num", number.to_string()));
        request
            .headers
            .push(("x-slack-retry-reason", reason.to_owned()));
    }
    let courier = sim.courier()?;
    tokio::time::timeout(config.answer_within, courier.post(request))
        .await
        .ok()?
}

const FORM: &str = "application/x-www-form-urlencoded";

fn form(payload: &Value) -> Vec<u8> {
    let fields = payload.as_object().into_iter().flatten();
    encode(
        fields.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default().to_owned())),
    )
}

fn encode<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> Vec<u8> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    form.finish().into_bytes()
}
