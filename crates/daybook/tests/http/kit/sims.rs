//! The simulated providers, on loopback listeners inside the test, with a record of what went over the wire.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use daybook_sandbox::caldav::{CalDavSim, CalendarSpec, Profile};
use daybook_sandbox::clock::RealClock;
use daybook_sandbox::google::{Config, GoogleSim, Seed};
use daybook_sandbox::serve::serve;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use url::Url;

use super::server::text;
use super::{Answer, Ask, Server};

/// The OAuth client's id at the simulated Google.
pub const CLIENT_ID: &str = "daybook-under-test";

/// Everything the server exchanged with the simulators' OAuth endpoints, and the credentials it sent elsewhere.
pub type Record = Arc<Mutex<Vec<String>>>;

pub struct Sims {
    pub google: GoogleSim,
    pub google_url: String,
    pub caldav: CalDavSim,
    pub caldav_url: String,
    pub record: Record,
    pub runtime: Runtime,
    secret: String,
}

impl Sims {
    /// Simulators that know the server on `port`, and its client secret.
    pub fn start(port: u16, secret: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let clock = Arc::new(RealClock::new());
        let google = GoogleSim::new(Config::default(), clock.clone(), Seed::Demo);
        let redirect = format!("http://127.0.0.1:{port}/api/v1/integrations/google/callback");
        google.register_client(CLIENT_ID, secret, &redirect);
        let caldav = CalDavSim::new(clock, 1, Profile::ALL[0]);
        let record = Record::default();
        let google_url = open(&runtime, recorded(google.router(), &record), "127.0.0.1:0");
        let caldav_url = open(&runtime, recorded(caldav.router(), &record), "127.0.0.1:0");
        Self {
            google,
            google_url,
            caldav,
            caldav_url,
            record,
            runtime,
            secret: secret.to_owned(),
        }
    }

    /// The settings with which a server talks to them.
    pub fn env(&self) -> Vec<(String, String)> {
        let google = GoogleSim::endpoints(&self.google_url);
        [
            ("DAYBOOK_ALLOW_PRIVATE_TARGETS", "true".to_owned()),
            ("GOOGLE_CLIENT_ID", CLIENT_ID.to_owned()),
            ("GOOGLE_CLIENT_SECRET", self.secret.clone()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(google.settings("GOOGLE"))
        .collect()
    }

    /// A CalDAV account with one calendar of this name and one timed event per title, an hour each, from tomorrow on.
    pub fn caldav_account(&self, user: &str, password: &str, calendar: &str, titles: &[&str]) {
        self.caldav.add_account(user, password);
        let path = self
            .caldav
            .add_calendar(user, CalendarSpec::named(calendar))
            .unwrap();
        for (index, title) in titles.iter().enumerate() {
            let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 + index as i64);
            let stamp = at.strftime("%Y%m%dT%H%M%SZ");
            let end = (at + jiff::SignedDuration::from_hours(1)).strftime("%Y%m%dT%H%M%SZ");
            let ics = format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:{user}-{index}@test.example\r\nDTSTAMP:{stamp}\r\nDTSTART:{stamp}\r\nDTEND:{end}\r\nSUMMARY:{title}\r\nDESCRIPTION:about {title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            );
            self.caldav
                .put(&format!("{path}{index}.ics"), &ics)
                .unwrap();
        }
    }

    /// Connects a CalDAV account; the connection's id.
    pub fn connect_caldav(&self, server: &Server, who: &str, user: &str, password: &str) -> String {
        let body =
            serde_json::json!({"url": self.caldav_url, "username": user, "password": password});
        let made = server.make(who, "/api/v1/integrations/caldav/connect", &body, 200);
        text(&made["connection"]["id"])
    }

    /// Starts an authorisation; the consent page's address.
    pub fn authorize(&self, server: &Server, who: &str, return_to: &str) -> Url {
        let target = format!("/api/v1/integrations/google/authorize?return_to={return_to}");
        let started = server.read(who, &target);
        Url::parse(started["authorization_url"].as_str().unwrap()).unwrap()
    }

    /// Says yes (or what `more` says) at the consent page; where it sends the browser, as path and query.
    pub fn consent(&self, asked: &Url, person: &str, more: &[(&str, &str)]) -> String {
        let answer = self.decide(asked, person, more);
        let location = answer.header("location").to_owned();
        let url = Url::parse(&location)
            .unwrap_or_else(|_| panic!("no redirect: {} {}", answer.status, answer.text));
        format!("{}?{}", url.path(), url.query().unwrap_or_default())
    }

    /// The consent page's answer.
    pub fn decide(&self, asked: &Url, person: &str, more: &[(&str, &str)]) -> Answer {
        let mut form: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
        form.push(("person".into(), person.into()));
        let decided = more.iter().any(|(name, _)| *name == "decision");
        form.extend(more.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())));
        if !decided {
            form.push(("decision".into(), "allow".into()));
        }
        let host = self.google_url.trim_start_matches("http://").to_owned();
        Ask::post(asked.path()).form(&form).send(&host)
    }

    /// Connects a Google account; the connection's id.
    pub fn connect_google(&self, server: &Server, who: &str, person: &str) -> String {
        let back = self.consent(&self.authorize(server, who, "/integrations"), person, &[]);
        let done = server.send(&Ask::get(&back).by(who)).ok(303);
        let location = done.header("location");
        let (_, id) = location
            .split_once("connection=")
            .unwrap_or_else(|| panic!("{location}"));
        id.to_owned()
    }

    /// How often the token endpoint was asked.
    pub fn exchanges(&self) -> u64 {
        let log = self.google.desk().requests();
        log.iter().filter(|one| one.path == "/token").count() as u64
    }
}

/// Serves `router` at `address` for as long as the runtime lives; its URL.
pub fn open(runtime: &Runtime, router: Router, address: &str) -> String {
    let listener = runtime.block_on(TcpListener::bind(address)).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(serve(listener, router));
    format!("http://127.0.0.1:{port}")
}

fn recorded(router: Router, record: &Record) -> Router {
    router.layer(from_fn_with_state(record.clone(), note))
}

/// Notes credentials of every request, and the bodies of the OAuth endpoints in both directions.
async fn note(State(record): State<Record>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let oauth = matches!(parts.uri.path(), "/token" | "/revoke" | "/o/oauth2/v2/auth");
    let mut lines = Vec::new();
    if let Some(value) = parts.headers.get("authorization") {
        lines.push(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    let body = if oauth {
        let bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
        lines.push(String::from_utf8_lossy(&bytes).into_owned());
        Body::from(bytes)
    } else {
        body
    };
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if oauth
        && response.status().is_success()
        && response.headers().get("content-encoding").is_none()
    {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
        lines.push(String::from_utf8_lossy(&bytes).into_owned());
        response = Response::from_parts(parts, Body::from(bytes));
    }
    record.lock().unwrap().extend(lines);
    response
}
