//! A workspace with an installed app, and an app in this process.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use daybook_sandbox::clock::ManualClock;
use daybook_sandbox::slack::seed::ADA;
use daybook_sandbox::slack::{Answer, Answering, App, Config, Courier, Outgoing, Seed, SlackSim};
use http::{HeaderMap, Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

pub const REDIRECT: &str = "http://daybook.test/api/v1/integrations/slack/callback";
pub const SCOPES: [&str; 6] = [
    "commands",
    "chat:write",
    "im:write",
    "users:read",
    "users:read.email",
    "team:read",
];

/// The app: keeps what it was sent and answers what was laid out, or 200 with nothing.
#[derive(Debug, Default)]
pub struct Bot {
    pub seen: Mutex<Vec<Outgoing>>,
    pub answers: Mutex<VecDeque<Option<Answer>>>,
}

impl Bot {
    pub fn answer(&self, status: u16, body: &str) {
        let answer = Answer {
            status,
            no_retry: false,
            body: body.as_bytes().to_vec(),
        };
        self.answers.lock().unwrap().push_back(Some(answer));
    }

    pub fn last(&self) -> Outgoing {
        self.seen.lock().unwrap().last().unwrap().clone()
    }
}

#[derive(Debug)]
struct Wire(Arc<Bot>);

impl Courier for Wire {
    fn post(&self, request: Outgoing) -> Answering {
        self.0.seen.lock().unwrap().push(request);
        let next = self.0.answers.lock().unwrap().pop_front();
        let usual = Some(Answer {
            status: 200,
            no_retry: false,
            body: Vec::new(),
        });
        Box::pin(async move { next.unwrap_or(usual) })
    }
}

pub struct World {
    pub sim: SlackSim,
    pub clock: Arc<ManualClock>,
    pub router: Router,
    pub bot: Arc<Bot>,
    pub token: String,
}

/// What came back.
pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The error's word; "" when it went well.
    pub fn error(&self) -> String {
        let body = self.json();
        assert_eq!(
            body["ok"] == json!(true),
            body.get("error").is_none(),
            "{body}"
        );
        body["error"].as_str().unwrap_or_default().to_owned()
    }
}

pub fn world() -> World {
    world_with(|_| {}, |_| {})
}

pub fn world_with(change: impl FnOnce(&mut Config), app: impl FnOnce(&mut App)) -> World {
    let clock = Arc::new(ManualClock::at("2026-11-21T09:00:00Z".parse().unwrap()));
    let mut daybook = App::daybook("daybook", "s3cret+/:%", "http://daybook.test");
    app(&mut daybook);
    let spec = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/slack.json");
    let mut config = Config {
        apps: vec![daybook],
        spec_path: Some(spec),
        ..Config::default()
    };
    change(&mut config);
    let sim = SlackSim::new(config, clock.clone(), Seed::Demo);
    let bot = Arc::new(Bot::default());
    sim.set_courier(Arc::new(Wire(bot.clone())));
    let (token, _) = sim.install("daybook", ADA, &SCOPES).unwrap();
    World {
        router: sim.router(),
        sim,
        clock,
        bot,
        token,
    }
}

impl World {
    pub async fn send(&self, request: Request<Body>) -> Got {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Got {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    /// A JSON call with the installation's token.
    pub async fn call(&self, method: &str, body: Value) -> Got {
        self.call_as(&self.token, method, body).await
    }

    pub async fn call_as(&self, token: &str, method: &str, body: Value) -> Got {
        let request = Request::post(format!("/api/{method}"))
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::HOST, "slack.test")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.finish())).unwrap())
            .await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Ada's conversation with the app.
    pub async fn direct(&self) -> String {
        let opened = self.call("conversations.open", json!({"users": ADA})).await;
        opened.json()["channel"]["id"].as_str().unwrap().to_owned()
    }

    /// The client broke nothing.
    pub fn clean(&self) {
        assert_eq!(self.sim.desk().violations(), vec![]);
    }
}

/// Fields of a form.
pub fn fields(body: &[u8]) -> Value {
    let pairs = url::form_urlencoded::parse(body).into_owned();
    pairs
        .map(|(k, v)| (k, json!(v)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The payload of an interaction.
pub fn payload(sent: &Outgoing) -> Value {
    serde_json::from_str(fields(&sent.body)["payload"].as_str().unwrap()).unwrap()
}
