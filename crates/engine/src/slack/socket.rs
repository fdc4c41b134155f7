//! Socket Mode: instead of calling us, Slack is listened to, so that all of it works behind a router that lets nobody in. What arrives is
//! the same as over HTTP and goes to the same handlers; the socket itself is what proves it.

use std::time::Duration;

use daybook_domain::retry;
use daybook_provider_api::egress::{Heard, Socket};
use daybook_provider_api::manifest::Auth;
use daybook_provider_api::{self as provider};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::command::{self, Command};
use super::{Error, KEY, chat, events, interactions};
use crate::Context;

/// First wait before the socket is opened again.
const FIRST: Duration = Duration::from_secs(1);
/// Longest.
const LONGEST: Duration = Duration::from_secs(60);
/// Slack sends a sign of life more often than this.
const SILENCE: Duration = Duration::from_secs(90);
/// Envelopes at once; more wait in the socket.
const AT_ONCE: usize = 64;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Slack asked for a new one.
    Renew,
    /// It broke, or was closed.
    Lost,
    /// Somebody switched Socket Mode off.
    Off,
}

/// Listens until `stop`, over one connection after the other. Ends at once without an app token.
pub async fn listen(cx: Context, stop: CancellationToken) {
    if chat(&cx).is_none_or(|chat| chat.socket_token().is_none()) {
        return;
    }
    let mut failures = 0_u32;
    while !stop.is_cancelled() {
        match connect(&cx).await {
            Ok(socket) => {
                tracing::info!("listening to Slack");
                let end = serve(&cx, socket, &stop).await;
                tracing::info!(?end, "the connection to Slack ended");
                failures = match end {
                    End::Renew => 0,
                    End::Lost => 1,
                    End::Off => 10,
                };
            }
            Err(error) => {
                failures = failures.saturating_add(1).min(16);
                tracing::warn!(kind = %error.kind, %error, "Slack cannot be listened to; trying again");
            }
        }
        if failures > 0 {
            let wait = retry::backoff(FIRST, LONGEST, failures - 1, cx.ids.fraction());
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}

/// Opens a connection.
async fn connect(cx: &Context) -> provider::Result<Socket> {
    let missing =
        || provider::Error::new(provider::error::ErrorKind::Operator, "Slack is not there");
    let chat = chat(cx).ok_or_else(missing)?;
    let entry = cx.registry.get(KEY).ok_or_else(missing)?;
    let usual = match &entry.provider.manifest().auth {
        Auth::Oauth(oauth) => oauth.api_url,
        Auth::Password(_) => "",
    };
    let api_url = entry.client.as_ref();
    let api_url = api_url.map_or(usual, |client| client.api_url.as_str());
    let url = chat.socket_url(&cx.egress, api_url).await?;
    cx.egress.listen(&url).await
}

/// Takes what arrives and answers it, several at a time.
async fn serve(cx: &Context, mut socket: Socket, stop: &CancellationToken) -> End {
    let mut at_work: JoinSet<Option<String>> = JoinSet::new();
    let end = loop {
        tokio::select! {
            () = stop.cancelled() => break End::Renew,
            Some(done) = at_work.join_next() => {
                if let Ok(Some(answer)) = done
                    && socket.say(answer).await.is_err()
                {
                    break End::Lost;
                }
            }
            heard = tokio::time::timeout(SILENCE, socket.next()), if at_work.len() < AT_ONCE => {
                match heard {
                    Ok(Ok(Heard::Text(text))) => match told(&text) {
                        Some(Told::Envelope(envelope)) => {
                            at_work.spawn(answer(cx.clone(), envelope));
                        }
                        Some(Told::Disconnect(end)) => break end,
                        None => {}
                    },
                    Ok(Ok(Heard::Beat)) => {}
                    _ => break End::Lost,
                }
            }
        }
    };
    // What was begun is answered, as long as the connection takes it.
    while let Some(done) = at_work.join_next().await {
        if let Ok(Some(answer)) = done
            && socket.say(answer).await.is_err()
        {
            break;
        }
    }
    socket.close().await;
    end
}

enum Told {
    Envelope(Value),
    Disconnect(End),
}

fn told(text: &str) -> Option<Told> {
    let message: Value = serde_json::from_str(text).ok()?;
    match message["type"].as_str()? {
        "hello" => None,
        "disconnect" => Some(Told::Disconnect(if message["reason"] == "link_disabled" {
            End::Off
        } else {
            End::Renew
        })),
        _ => Some(Told::Envelope(message)),
    }
}

/// The acknowledgement of an envelope. One that fails is not acknowledged: Slack sends it again.
async fn answer(cx: Context, envelope: Value) -> Option<String> {
    let id = envelope["envelope_id"].as_str()?;
    let payload = &envelope["payload"];
    let answer = match envelope["type"].as_str().unwrap_or_default() {
        "slash_commands" => match Command::of_json(payload) {
            Some(command) => command::handle(&cx, command).await,
            None => Err(Error::Malformed),
        },
        "interactive" => interactions::handle(&cx, payload).await,
        "events_api" => events::receive_json(&cx, payload).await.map(|_| None),
        _ => Ok(None),
    };
    match answer {
        Ok(Some(body)) if envelope["accepts_response_payload"] == Value::Bool(true) => {
            Some(json!({"envelope_id": id, "payload": body}).to_string())
        }
        Ok(_) | Err(Error::Malformed) => Some(json!({"envelope_id": id}).to_string()),
        Err(error) => {
            tracing::warn!(%error, "an envelope of Slack could not be taken; Slack sends it again");
            None
        }
    }
}
