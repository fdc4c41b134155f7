//! A server of a test's own, and requests that read as sentences.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use daybook_engine::context::RealPause;
use daybook_engine::{Context, Settings, live};
use daybook_provider_api::egress::{EgressConfig, Network, SystemResolver, Transport};
use daybook_provider_api::{Egress, Registry};
use daybook_server::listener::Peer;
use daybook_server::{App, HttpSettings, router};
use daybook_store::test_support::{TestDb, fresh_ids};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

pub const PASSWORD: &str = "a quiet river bend";
pub const EMAIL: &str = "ada@example.com";

pub struct Server {
    pub router: Router,
    pub app: App,
    pub db: TestDb,
}

impl Server {
    /// A server that nobody has set up, reached over plain HTTP.
    pub async fn fresh() -> Self {
        Self::at("http://daybook.test/").await
    }

    /// A server that people reach at `base_url`.
    pub async fn at(base_url: &str) -> Self {
        Self::with_settings(Settings::at(Url::parse(base_url).unwrap())).await
    }

    /// A server with these settings.
    pub async fn with_settings(settings: Settings) -> Self {
        let db = TestDb::memory().await;
        let network = Network::new(&EgressConfig::default(), Arc::new(SystemResolver)).unwrap();
        Self::with_transport(settings, db, Arc::new(network)).await
    }

    /// A server whose requests go out through `transport`.
    pub async fn with_transport(
        settings: Settings,
        db: TestDb,
        transport: Arc<dyn Transport>,
    ) -> Self {
        let ids: Arc<dyn daybook_domain::Ids> = Arc::new(fresh_ids());
        let config = EgressConfig::default();
        let egress = Egress::with_transport(config, db.clock.clone(), ids.clone(), transport);
        let cx = Context {
            store: db.store.clone(),
            clock: db.clock.clone(),
            ids,
            registry: Arc::new(Registry::default()),
            egress: Arc::new(egress),
            live: live::Bus::default(),
            pause: Arc::new(RealPause),
            settings: Arc::new(settings),
            node: "test".into(),
            refreshes: Arc::default(),
            notices: Arc::default(),
            detached: tokio_util::task::TaskTracker::new(),
        };
        let http = HttpSettings {
            setup_token: Some("let me in".into()),
            ..HttpSettings::default()
        };
        let app = App::new(cx, http);
        Self {
            router: router(app.clone()),
            app,
            db,
        }
    }

    /// A server with Ada, its owner, and her session's cookie.
    pub async fn with_ada() -> (Self, Ada) {
        let server = Self::fresh().await;
        let answer = server.set_up().await;
        let ada = Ada {
            cookie: answer.cookie(),
            session: answer.body,
        };
        (server, ada)
    }

    pub async fn set_up(&self) -> Answer {
        let body = json!({"email": EMAIL, "password": PASSWORD, "name": "Ada", "workspace_name": "Analytical Engines"});
        let answer = self
            .send(Ask::post("/api/v1/auth/setup").json(&body).local())
            .await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer
    }

    pub async fn send(&self, ask: Ask) -> Answer {
        Answer::of(self.router.clone().oneshot(ask.build()).await.unwrap()).await
    }

    /// Signs somebody in; the cookie.
    pub async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.send(
            Ask::post("/api/v1/auth/login").json(&json!({"email": email, "password": password})),
        )
        .await
    }

    /// An API key of whoever has the cookie.
    pub async fn api_key(&self, cookie: &str, scopes: &[&str]) -> String {
        let body = json!({"name": "test", "scopes": scopes});
        let answer = self
            .send(Ask::post("/api/v1/api-keys").json(&body).cookie(cookie))
            .await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.body["key"].as_str().unwrap().to_owned()
    }

    /// A plain member of Ada's workspace: their cookie and member id.
    pub async fn invite(&self, owner: &str, email: &str, role: &str) -> (String, String) {
        let body = json!({"email": email, "role": role});
        let made = self
            .send(
                Ask::post("/api/v1/workspace/invitations")
                    .json(&body)
                    .cookie(owner),
            )
            .await;
        assert_eq!(made.status, 201, "{}", made.text);
        let token = made.body["url"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned();
        let accept = format!("/api/v1/auth/invitations/{token}/accept");
        let joined = self
            .send(Ask::post(&accept).json(&json!({"name": "Bob", "password": PASSWORD})))
            .await;
        assert_eq!(joined.status, 201, "{}", joined.text);
        (
            joined.cookie(),
            joined.body["member"]["id"].as_str().unwrap().to_owned(),
        )
    }
}

/// Sends a request to a router of another making.
pub async fn call(router: &Router, ask: Ask) -> Answer {
    Answer::of(router.clone().oneshot(ask.build()).await.unwrap()).await
}

pub struct Ada {
    pub cookie: String,
    pub session: Value,
}

#[derive(Clone)]
pub struct Ask {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    peer: Option<&'static str>,
}

impl Ask {
    pub fn new(method: &str, path: &str) -> Self {
        let method = method.to_uppercase().parse().unwrap();
        Self {
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            peer: Some("203.0.113.7:4000"),
        }
    }

    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    pub fn json(self, body: &Value) -> Self {
        self.raw(body.to_string())
            .header("content-type", "application/json")
    }

    pub fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie)
    }

    pub fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// From the server's own machine.
    pub fn local(mut self) -> Self {
        self.peer = Some("127.0.0.1:4000");
        self
    }

    fn build(self) -> Request<Body> {
        let mut builder = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        let mut request = builder.body(Body::from(self.body)).unwrap();
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        }
        request
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    async fn of(response: http::Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self {
            status: parts.status,
            headers: parts.headers,
            text,
            body,
        }
    }

    /// The session cookie as a browser would send it back.
    pub fn cookie(&self) -> String {
        let header = self.headers["set-cookie"].to_str().unwrap();
        header.split(';').next().unwrap().to_owned()
    }

    /// Asserts a problem with this status and code, well-formed and named.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> &Self {
        assert_eq!(
            (self.status.as_u16(), self.body["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text
        );
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert!(
            self.body["detail"]
                .as_str()
                .is_some_and(|detail| detail.len() > 10),
            "{}",
            self.text
        );
        assert_eq!(
            self.body["request_id"].as_str(),
            self.headers["x-request-id"].to_str().ok()
        );
        self
    }

    /// Asserts 422 `validation` about exactly these places.
    #[track_caller]
    pub fn refuses(&self, pointers: &[&str]) -> &Self {
        self.is_problem(422, "validation");
        let found: Vec<&str> = self.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(found, pointers, "{}", self.text);
        self
    }
}
