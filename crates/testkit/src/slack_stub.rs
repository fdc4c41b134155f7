//! A stand-in for Slack's Web API that a test scripts: it says yes to everything unless told otherwise, and remembers what it was
//! asked. No simulator: nothing is kept there.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use daybook_domain::Ids;
use daybook_domain::clock::SeededIds;
use daybook_engine::connections::authorize::{self, Authorize};
use daybook_engine::connections::callback::{self, Callback};
use daybook_engine::connections::establish::Connected;
use daybook_engine::{Context, Principal};
use daybook_provider_api::Egress;
use daybook_provider_api::egress::{EgressConfig, Transport, TransportError, TransportLimits};
use daybook_providers::ProviderSettings;
use hmac::{Hmac, KeyInit, Mac};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::World;
use crate::world::must;

/// What requests are signed with.
pub const SECRET: &str = "daybook-test-signing-secret";
/// Where answers to commands go.
pub const RESPONSE_URL: &str = "http://slack.test/commands/T1/1/abc";
/// The Slack workspace.
pub const TEAM: &str = "T1";
/// Who installs the app.
pub const INSTALLER: &str = "U1";

/// A call that arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Called {
    /// `chat.postMessage`, or the path of a `response_url`.
    pub method: String,
    /// The bearer token.
    pub token: String,
    /// The JSON body, or the query and form as an object.
    pub body: Value,
}

/// What to answer.
#[derive(Debug, Clone)]
pub enum Says {
    /// This, with 200.
    Json(Value),
    /// `ok: false` with this word, with 200.
    Error(&'static str),
    /// 429 with so many seconds.
    Wait(u64),
    /// This status and a page.
    Status(u16),
    /// Nothing in time, although the call was taken.
    Timeout,
    /// No connection.
    Down,
}

/// The stand-in. Clones share one state.
#[derive(Clone, Default)]
pub struct SlackStub(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    calls: Vec<Called>,
    script: BTreeMap<String, VecDeque<Says>>,
    posted: u64,
    tokens: u64,
    /// What the token endpoint says beside the usual.
    install: Option<Value>,
}

impl SlackStub {
    /// The world's engine, with this stand-in behind its egress and no other provider's host.
    #[must_use]
    pub fn around(world: &World) -> (Context, Self) {
        Self::with(world, &[])
    }

    /// As [`SlackStub::around`], with more settings, such as `SLACK_BOT_TOKEN`; an empty value takes one away.
    #[must_use]
    pub fn with(world: &World, more: &[(&str, &str)]) -> (Context, Self) {
        let stub = Self::default();
        let settings = ProviderSettings::read("http://daybook.test", |name| {
            let own = more.iter().find(|(key, _)| *key == name);
            let value = match (own, name) {
                (Some((_, value)), _) => value,
                (_, "SLACK_CLIENT_ID") => "1.2",
                (_, "SLACK_CLIENT_SECRET") => "s3cret",
                (_, "SLACK_SIGNING_SECRET") => SECRET,
                (_, "SLACK_AUTHORIZE_URL") => "http://slack.test/oauth/v2/authorize",
                (_, "SLACK_TOKEN_URL") => "http://slack.test/api/oauth.v2.access",
                (_, "SLACK_USERINFO_URL") => "http://slack.test/api/auth.test",
                (_, "SLACK_API_URL") => "http://slack.test/api",
                _ => return None,
            };
            Some((*value).to_owned())
        });
        let registry = Arc::new(daybook_providers::registry(&settings));
        let config = EgressConfig {
            allow_private: true,
            ..EgressConfig::default()
        };
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(77));
        let egress = Egress::with_transport(
            config.for_registry(&registry),
            world.cx.clock.clone(),
            ids,
            Arc::new(stub.clone()),
        );
        let cx = Context {
            registry,
            egress: Arc::new(egress),
            ..world.cx.clone()
        };
        (cx, stub)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next answer to `method`; several are given one after the other, and then yes again.
    pub fn next(&self, method: &str, says: Says) {
        let mut state = self.state();
        state
            .script
            .entry(method.to_owned())
            .or_default()
            .push_back(says);
    }

    /// What the token endpoint says from now on.
    pub fn installs(&self, answer: Value) {
        self.state().install = Some(answer);
    }

    /// What was asked since the last time.
    pub fn calls(&self) -> Vec<Called> {
        std::mem::take(&mut self.state().calls)
    }

    /// What `method` was asked since the last time; everything else is forgotten too.
    #[must_use]
    pub fn calls_of(&self, method: &str) -> Vec<Value> {
        let calls = self.calls().into_iter();
        calls
            .filter(|call| call.method == method)
            .map(|call| call.body)
            .collect()
    }

    fn answer(&self, method: &str, body: &Value) -> Result<Response<Bytes>, TransportError> {
        let mut state = self.state();
        let scripted = state.script.get_mut(method).and_then(VecDeque::pop_front);
        let says = scripted.unwrap_or_else(|| Says::Json(usual(&mut state, method, body)));
        drop(state);
        let json = |status: u16, body: &Value| {
            let mut response = Response::new(Bytes::from(body.to_string()));
            *response.status_mut() = must(http::StatusCode::from_u16(status));
            response
        };
        Ok(match says {
            Says::Json(body) => json(200, &body),
            Says::Error(word) => json(200, &json!({"ok": false, "error": word})),
            Says::Wait(seconds) => {
                let mut response = json(429, &json!({"ok": false, "error": "ratelimited"}));
                let value = HeaderValue::from(seconds);
                response.headers_mut().insert("retry-after", value);
                response
            }
            Says::Status(status) => {
                let mut response = json(status, &Value::Null);
                *response.body_mut() = Bytes::from_static(b"<html>no</html>");
                response
            }
            Says::Timeout => return Err(TransportError::Timeout),
            Says::Down => return Err(TransportError::Connect),
        })
    }
}

/// Yes.
fn usual(state: &mut State, method: &str, body: &Value) -> Value {
    match method {
        "oauth.v2.access" => {
            state.tokens += 1;
            let token = format!("xoxb-{}", state.tokens);
            let mut answer = json!({
                "ok": true, "access_token": token, "token_type": "bot",
                "scope": "commands,chat:write,im:write,users:read,users:read.email,team:read",
                "bot_user_id": "U0", "app_id": "A1", "team": {"id": TEAM, "name": "Acme"}, "enterprise": null,
                "is_enterprise_install": false, "authed_user": {"id": INSTALLER},
            });
            let more = state.install.as_ref().and_then(Value::as_object);
            for (name, value) in more.into_iter().flatten() {
                answer[name] = value.clone();
            }
            answer
        }
        "auth.test" => {
            json!({"ok": true, "url": "https://acme.slack.com/", "team": "Acme", "team_id": TEAM, "user_id": "U0", "bot_id": "B0"})
        }
        "chat.postMessage" => {
            state.posted += 1;
            let ts = format!("1503435956.{:06}", state.posted);
            json!({"ok": true, "channel": body["channel"], "ts": ts})
        }
        "conversations.open" => {
            let user = body["users"].as_str().unwrap_or_default();
            json!({"ok": true, "channel": {"id": format!("D{user}")}})
        }
        "users.info" => {
            json!({"ok": true, "user": {"id": body["user"], "name": "ada", "real_name": "Ada L", "tz": "Europe/Berlin", "profile": {"email": "ada@people.example"}}})
        }
        "users.lookupByEmail" => {
            json!({"ok": true, "user": {"id": "U7", "name": "bo", "profile": {"email": body["email"]}}})
        }
        "apps.connections.open" => json!({"ok": true, "url": "ws://slack.test/link"}),
        _ => json!({"ok": true}),
    }
}

#[async_trait]
impl Transport for SlackStub {
    async fn send(
        &self,
        request: Request<Bytes>,
        _limits: TransportLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let (parts, body) = request.into_parts();
        if parts.uri.host() != Some("slack.test") {
            return Err(TransportError::Resolve);
        }
        let path = parts.uri.path();
        let method = path.strip_prefix("/api/").unwrap_or(path).to_owned();
        let token = parts.headers.get(AUTHORIZATION);
        let token = token.and_then(|value| value.to_str().ok());
        let token = token.unwrap_or_default().trim_start_matches("Bearer ");
        let body: Value = match serde_json::from_slice(&body) {
            Ok(body) => body,
            Err(_) => {
                let query = parts.uri.query().unwrap_or_default();
                let both = url::form_urlencoded::parse(query.as_bytes())
                    .chain(url::form_urlencoded::parse(&body));
                both.map(|(name, value)| (name.into_owned(), Value::from(value.as_ref())))
                    .collect()
            }
        };
        self.state().calls.push(Called {
            method: method.clone(),
            token: token.to_owned(),
            body: body.clone(),
        });
        self.answer(&method, &body)
    }
}

/// Installs the app for `who`, through the consent page's two steps.
///
/// # Errors
/// As [`callback::complete`].
pub async fn install(
    cx: &Context,
    who: &Principal,
) -> Result<Connected, daybook_engine::connections::Error> {
    let ask = Authorize {
        provider: "slack".to_owned(),
        kind: "chat".to_owned(),
        return_to: None,
        connection: None,
        browser: None,
    };
    let started = authorize::authorize(cx, who, ask).await?;
    let back = Callback {
        provider: "slack".to_owned(),
        code: Some("code".to_owned()),
        state: Some(started.state),
        ..Callback::default()
    };
    let completed = callback::complete(cx, Some(who), back).await;
    completed
        .map(|completed| completed.connected)
        .map_err(|failed| failed.error)
}

/// The headers of a request with this body, signed at `at`.
#[must_use]
pub fn signed(body: &[u8], at: Timestamp) -> HeaderMap {
    let stamp = at.as_second().to_string();
    let mut mac = must(Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()));
    mac.update(format!("v0:{stamp}:").as_bytes());
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut headers = HeaderMap::new();
    let value = |text: &str| must(HeaderValue::from_str(text));
    headers.insert("x-slack-request-timestamp", value(&stamp));
    headers.insert("x-slack-signature", value(&format!("v0={hex}")));
    headers
}

/// The form of a `/time` command.
#[must_use]
pub fn command(user: &str, text: &str, trigger: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs([
        ("token", "xyz"),
        ("team_id", TEAM),
        ("team_domain", "acme"),
        ("user_id", user),
        ("command", "/time"),
        ("text", text),
        ("is_enterprise_install", "false"),
        ("response_url", RESPONSE_URL),
        ("trigger_id", trigger),
    ]);
    form.finish()
}

/// A click on a button of a message.
#[must_use]
pub fn click(user: &str, action: &str, value: &str, stamp: &str) -> Value {
    json!({
        "type": "block_actions", "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}, "api_app_id": "A1",
        "container": {"type": "message", "message_ts": "1503435956.000001", "channel_id": format!("D{user}")},
        "trigger_id": format!("trigger.{stamp}"), "response_url": RESPONSE_URL,
        "actions": [{"action_id": action, "block_id": "b", "type": "button", "value": value, "action_ts": stamp}],
    })
}
