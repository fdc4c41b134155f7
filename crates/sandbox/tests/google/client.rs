//! A plain in-process client for the simulator, and a mirror that follows the contract's sync rules.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use daybook_sandbox::clock::{ManualClock, SandboxClock};
use daybook_sandbox::fault::TransportFault;
use daybook_sandbox::google::{Client, Config, GoogleSim, OracleEvent, OracleTime, Seed};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt;

pub const ADA: &str = "ada@northwind.example";
pub const REDIRECT: &str = "http://127.0.0.1:8080/oauth/callback/google";
pub const SCOPES: [&str; 2] = [
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/calendar.events",
];

fn spec_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/google-calendar.json")
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

    pub fn reason(&self) -> String {
        self.json()["error"]["errors"][0]["reason"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }
}

pub struct World {
    pub sim: GoogleSim,
    pub clock: Arc<ManualClock>,
    pub router: Router,
    pub token: String,
}

pub fn world(seed: Seed) -> World {
    world_with(seed, |_| {})
}

pub fn world_with(seed: Seed, change: impl FnOnce(&mut Config)) -> World {
    let clock = Arc::new(ManualClock::at("2026-03-04T09:00:00Z".parse().unwrap()));
    let mut config = Config {
        clients: vec![Client {
            id: "daybook".into(),
            secret: "s3cret+/:%".into(),
            redirect_uris: vec![REDIRECT.into()],
        }],
        spec_path: Some(spec_path()),
        ..Config::default()
    };
    change(&mut config);
    let sim = GoogleSim::new(config, clock.clone(), seed);
    if seed == Seed::Empty {
        sim.add_person(ADA, "Ada Marsh", "Europe/Berlin");
    }
    let token = sim.access_token(ADA, &SCOPES);
    World {
        router: sim.router(),
        sim,
        clock,
        token,
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
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/calendar/v3{path}"))
            .header("authorization", format!("Bearer {}", self.token))
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

    pub async fn events(&self, query: &str) -> Answer {
        self.get(&format!("/calendars/primary/events?{query}"))
            .await
    }

    pub async fn page(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request =
            Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A full or incremental pass over a calendar: all rows and the next sync token.
    pub async fn pull(
        &self,
        calendar: &str,
        token: Option<&str>,
        extra: &str,
    ) -> Result<(Vec<Value>, String), Answer> {
        let (mut rows, mut page) = (Vec::new(), None::<String>);
        loop {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(token.map(|t| ("syncToken", t)));
            query.extend_pairs(page.as_deref().map(|p| ("pageToken", p)));
            let query = query.finish();
            let calendar: String =
                url::form_urlencoded::byte_serialize(calendar.as_bytes()).collect();
            let answer = self
                .get(&format!("/calendars/{calendar}/events?{query}&{extra}"))
                .await;
            if answer.status != 200 {
                return Err(answer);
            }
            let body = answer.json();
            rows.extend(body["items"].as_array().unwrap().clone());
            match body["nextPageToken"].as_str() {
                Some(next) => page = Some(next.to_owned()),
                None => {
                    return Ok((
                        rows,
                        body["nextSyncToken"]
                            .as_str()
                            .unwrap_or_default()
                            .to_owned(),
                    ));
                }
            }
        }
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

/// Follows one calendar the way the contract demands.
#[derive(Default)]
pub struct Mirror {
    pub rows: BTreeMap<String, Value>,
    pub token: Option<String>,
    /// The control: forgets that an instance was cancelled.
    pub forgets_holes: bool,
}

impl Mirror {
    pub async fn sync(&mut self, world: &World, calendar: &str, extra: &str) {
        if let Some(token) = self.token.take() {
            match world.pull(calendar, Some(&token), extra).await {
                Ok((rows, next)) => {
                    rows.into_iter().for_each(|row| self.apply(row));
                    self.token = Some(next);
                    return;
                }
                Err(answer) => assert_eq!(answer.is(410).reason(), "fullSyncRequired"),
            }
        }
        let (rows, next) = world.pull(calendar, None, extra).await.ok().unwrap();
        self.rows.clear();
        rows.into_iter().for_each(|row| self.apply(row));
        self.token = Some(next);
    }

    fn apply(&mut self, row: Value) {
        let id = row["id"].as_str().unwrap().to_owned();
        if self.forgets_holes && row["status"] == "cancelled" {
            self.rows.remove(&id);
        } else if row["status"] == "cancelled" && row.get("recurringEventId").is_none() {
            // A deleted series takes its exceptions and holes along.
            self.rows
                .retain(|_, r| r["recurringEventId"] != id.as_str());
            self.rows.remove(&id);
        } else {
            self.rows.insert(id, row);
        }
    }

    /// Holes of series that are gone are gone too.
    fn settled(&self) -> BTreeMap<String, Value> {
        let orphan_hole = |row: &Value| {
            let master = row["recurringEventId"].as_str();
            let alive = master.is_some_and(|m| {
                self.rows
                    .get(m)
                    .is_some_and(|m| m.get("recurrence").is_some())
            });
            row["status"] == "cancelled" && !alive
        };
        let kept = self.rows.iter().filter(|(_, row)| !orphan_hole(row));
        kept.map(|(id, row)| (id.clone(), row.clone())).collect()
    }

    pub fn equals_oracle(&self, world: &World, calendar: &str, context: &str) {
        assert_eq!(self.facts(), oracle_facts(world, calendar), "{context}");
    }

    pub fn differs(&self, world: &World, calendar: &str) -> bool {
        self.facts() != oracle_facts(world, calendar)
    }

    /// What R4 compares: id, etag, start, end, status, recurrence, and the place in the series.
    fn facts(&self) -> Vec<Value> {
        let fact = |(id, row): (&String, &Value)| {
            json!([
                id,
                row["etag"],
                moment(&row["start"]),
                moment(&row["end"]),
                row["status"],
                row.get("recurrence").unwrap_or(&json!([])),
                row["recurringEventId"],
                moment(&row["originalStartTime"])
            ])
        };
        self.settled().iter().map(fact).collect()
    }
}

fn oracle_facts(world: &World, calendar: &str) -> Vec<Value> {
    let fact = |e: OracleEvent| {
        json!([
            e.id,
            e.etag,
            told(e.start),
            told(e.end),
            e.status,
            e.recurrence,
            e.recurring_event_id,
            told(e.original_start)
        ])
    };
    world.sim.snapshot(calendar).into_iter().map(fact).collect()
}

fn told(time: Option<OracleTime>) -> Value {
    match time {
        None => Value::Null,
        Some(OracleTime::Date(date)) => json!(date.to_string()),
        Some(OracleTime::At { instant, zone }) => json!([instant.to_string(), zone]),
    }
}

/// The wire form of a time in the oracle's terms.
fn moment(value: &Value) -> Value {
    if let Some(time) = value["dateTime"].as_str() {
        let instant: jiff::Timestamp = time.parse().unwrap();
        return json!([instant.to_string(), value["timeZone"]]);
    }
    value["date"].clone()
}

pub fn meeting(title: &str, start: &str, end: &str) -> Value {
    json!({"summary": title, "start": {"dateTime": start, "timeZone": "Europe/Berlin"},
        "end": {"dateTime": end, "timeZone": "Europe/Berlin"}})
}

pub fn weekly(title: &str) -> Value {
    let mut body = meeting(title, "2026-03-03T10:00:00", "2026-03-03T11:00:00");
    body["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=8"]);
    body
}
