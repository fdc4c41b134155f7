//! A plain in-process client for the simulator.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use daybook_sandbox::clock::{ManualClock, SandboxClock};
use daybook_sandbox::fault::TransportFault;
use daybook_sandbox::microsoft::{Account, Client, Config, MicrosoftSim, Seed};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt;

pub const ADA: &str = "ada@northwind.example";
pub const REDIRECT: &str = "http://127.0.0.1:8080/oauth/callback/microsoft";
pub const SECRET: &str = "s3cret+/:%";
pub const SCOPES: [&str; 2] = ["User.Read", "Calendars.ReadWrite"];
pub const PREFER: &str = "IdType=\"ImmutableId\", outlook.timezone=\"UTC\", odata.maxpagesize=200";

fn spec_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/microsoft-graph.json")
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub transport: Option<TransportFault>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap().to_owned()
    }

    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    pub fn rows(&self) -> Vec<Value> {
        self.json()["value"].as_array().unwrap().clone()
    }
}

pub struct World {
    pub sim: MicrosoftSim,
    pub clock: Arc<ManualClock>,
    pub router: Router,
    pub token: String,
    pub prefer: String,
    /// Ada's default calendar.
    pub home: String,
}

pub fn world(seed: Seed) -> World {
    world_with(seed, |_| {})
}

pub fn world_with(seed: Seed, change: impl FnOnce(&mut Config)) -> World {
    let clock = Arc::new(ManualClock::at("2026-03-04T09:00:00Z".parse().unwrap()));
    let mut config = Config {
        clients: vec![Client::new("daybook", SECRET, REDIRECT)],
        spec_path: Some(spec_path()),
        ..Config::default()
    };
    change(&mut config);
    let sim = MicrosoftSim::new(config, clock.clone(), seed);
    if seed == Seed::Empty {
        sim.add_person(ADA, "Ada Marsh", "Europe/Berlin", Account::Work);
    }
    let home = sim.calendars_of(ADA).first().map(|(id, _)| id.clone());
    World {
        router: sim.router(),
        token: sim.access_token(ADA, &SCOPES),
        sim,
        clock,
        prefer: PREFER.to_owned(),
        home: home.unwrap_or_default(),
    }
}

impl World {
    pub fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            transport: parts.extensions.get().copied(),
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.call_if(method, path, body, None).await
    }

    pub async fn call_if(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        etag: Option<&str>,
    ) -> Answer {
        // Links are absolute; in this process only their path matters.
        let path = path.strip_prefix("http://graph.test/v1.0").unwrap_or(path);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/v1.0{path}"))
            .header("host", "graph.test")
            .header("authorization", format!("Bearer {}", self.token))
            .header("prefer", &self.prefer)
            .header("content-type", "application/json");
        if let Some(etag) = etag {
            request = request.header("if-match", etag);
        }
        let body = body.map_or(Body::empty(), |b| Body::from(b.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub async fn page(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request =
            Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// All pages behind a path.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut rows, mut next) = (Vec::new(), Some(path.to_owned()));
        while let Some(path) = next {
            let answer = self.get(&path).await;
            rows.extend(answer.is(200).rows());
            next = answer.json()["@odata.nextLink"].as_str().map(str::to_owned);
        }
        rows
    }

    pub fn view(&self, query: &str) -> String {
        format!("/me/calendars/{}/calendarView?{query}", encode(&self.home))
    }

    /// Whether requests are held against the provider's description here.
    pub fn has_description(&self) -> bool {
        let found = spec_path().exists();
        if !found {
            println!("The provider's description is not at hand: nothing was validated.");
        }
        found
    }

    pub fn is_clean(&self) {
        assert!(
            self.sim.desk().violations().is_empty(),
            "{:?}",
            self.sim.desk().violations()
        );
    }
}

pub fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

pub fn meeting(subject: &str, start: &str, end: &str) -> Value {
    let at = |t: &str| json!({"dateTime": t, "timeZone": "W. Europe Standard Time"});
    json!({"subject": subject, "start": at(start), "end": at(end)})
}

/// Tuesdays at ten in Berlin from 3 March, eight times.
pub fn weekly(subject: &str) -> Value {
    let mut body = meeting(subject, "2026-03-03T10:00:00", "2026-03-03T11:00:00");
    body["recurrence"] = json!({"pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["tuesday"]},
        "range": {"type": "numbered", "startDate": "2026-03-03", "numberOfOccurrences": 8}});
    body
}
