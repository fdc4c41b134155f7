//! CalDAV servers that attack their client (RELIABILITY §3 rows 17 and 19, test S6).
//!
//! Outside of its attack a [`HostileCalDav`] is a correct server with one calendar holding a
//! harmless "canary" event, so that a test can tell "refused the attack" from "gave up for ever".
//! Requests that end up where they must not go are caught by an [`EvilListener`].

mod answers;
mod evil;
mod list;
mod poison;
mod stage;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;

use super::{CalDavSim, CalendarSpec, Profile, SimError, http};
use crate::clock::SandboxClock;

pub use evil::{EvilListener, Visit};
pub use list::attacks;
pub use stage::Stage;

use answers::Scene;

/// User name on every hostile server.
pub const USER: &str = "victim";
/// Password on every hostile server; it must never reach an [`EvilListener`].
pub const PASSWORD: &str = "victim-app-password";
/// UID of the harmless event in every hostile calendar.
pub const CANARY_UID: &str = "canary@sandbox.example";

/// What a correct client does when it meets the attack. In every case it stays alive, keeps its
/// memory bounded, deletes nothing it had stored and sends no credentials to another origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExpectedOutcome {
    /// The step fails as a malformed answer.
    Malformed,
    /// The step fails (or stops reading) because the answer exceeds a size or count limit.
    TooLarge,
    /// The step fails because the target is not allowed; no connection to it is opened.
    BlockedTarget,
    /// The step fails, or goes on without credentials: another origin never sees them.
    CredentialsWithheld,
    /// The step fails after at most five redirects.
    TooManyRedirects,
    /// The step stops after a bounded number of pages without progress.
    Endless,
    /// The step fails by the client's own deadline.
    TimedOut,
    /// The step succeeds or fails, but nothing stored before is removed.
    NothingLost,
    /// The step succeeds and the canary is stored; the poisonous row is skipped or cut to limits.
    CanarySurvives,
    /// The step succeeds as if nothing were odd.
    Unaffected,
}

/// One scripted attack.
#[derive(Clone, Copy)]
pub struct Attack {
    /// Stable short name.
    pub name: &'static str,
    /// What the server does, in a sentence.
    pub about: &'static str,
    /// The step of a client's work in which it strikes.
    pub stage: Stage,
    /// What a correct client does.
    pub expected: ExpectedOutcome,
    pub(crate) weapon: Weapon,
}

impl std::fmt::Debug for Attack {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Attack")
            .field("name", &self.name)
            .field("stage", &self.stage)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

/// How an attack is carried out.
#[derive(Clone, Copy)]
pub(crate) enum Weapon {
    /// An answer in place of the true one.
    Answer(fn(&Scene<'_>) -> Response),
    /// An object in the calendar.
    Object(fn() -> String),
    /// An object with this ETag.
    Etag(&'static str),
}

/// A server carrying out one attack.
#[derive(Clone, Debug)]
pub struct HostileCalDav {
    sim: CalDavSim,
    attack: Attack,
    calendar: String,
    evil: String,
    armed: Arc<AtomicBool>,
    strikes: Arc<AtomicU64>,
}

impl HostileCalDav {
    /// A server for this attack. `evil` is the origin of an [`EvilListener`]
    /// (`http://127.0.0.1:port`); bind that listener on all loopback addresses (0.0.0.0) so that it
    /// also catches the attacks that use `127.0.0.2`.
    ///
    /// # Errors
    /// Never in practice; the canary is a valid event.
    pub fn new(attack: Attack, clock: Arc<dyn SandboxClock>, evil: &str) -> Result<Self, SimError> {
        let sim = CalDavSim::new(clock, 1, Profile::Sabre);
        sim.add_account(USER, PASSWORD);
        let calendar = sim.add_calendar(USER, CalendarSpec::named("Victim"))?;
        sim.put(&format!("{calendar}canary.ics"), &poison::canary())?;
        match attack.weapon {
            Weapon::Answer(_) => {}
            Weapon::Object(text) => poison::plant(&sim, &calendar, text(), None),
            Weapon::Etag(etag) => {
                poison::plant(&sim, &calendar, poison::harmless("odd-etag"), Some(etag));
            }
        }
        Ok(Self {
            sim,
            attack,
            calendar,
            evil: evil.trim_end_matches('/').to_owned(),
            armed: Arc::new(AtomicBool::new(true)),
            strikes: Arc::new(AtomicU64::new(0)),
        })
    }

    /// The server as a router.
    pub fn router(&self) -> Router {
        Router::new().fallback(handle).with_state(self.clone())
    }

    /// The correct server behind the attack, for its truth and its request log.
    #[must_use]
    pub fn sim(&self) -> &CalDavSim {
        &self.sim
    }

    /// The path of the calendar holding the canary.
    #[must_use]
    pub fn calendar(&self) -> &str {
        &self.calendar
    }

    /// Switches an attack by answer off (the client stores its first state) and on again. Planted
    /// objects stay.
    pub fn set_armed(&self, armed: bool) {
        self.armed.store(armed, Ordering::SeqCst);
    }

    /// How many requests were answered with the attack.
    #[must_use]
    pub fn strikes(&self) -> u64 {
        self.strikes.load(Ordering::SeqCst)
    }

    /// Paths the client asked this server for that lie outside of the account: it followed a
    /// traversal.
    #[must_use]
    pub fn strayed(&self) -> Vec<String> {
        let context = Profile::Sabre.context_path();
        self.sim
            .requests()
            .into_iter()
            .map(|request| request.path)
            .filter(|path| {
                let entry = matches!(path.as_str(), "/" | "" | "/.well-known/caldav");
                path.contains("..") || !(entry || path.starts_with(context))
            })
            .collect()
    }
}

async fn handle(State(server): State<HostileCalDav>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let here = stage::of(parts.method.as_str(), parts.uri.path(), &body, &server.sim);
    if let Weapon::Answer(answer) = server.attack.weapon
        && server.armed.load(Ordering::SeqCst)
        && here == Some(server.attack.stage)
    {
        let strike = server.strikes.fetch_add(1, Ordering::SeqCst);
        let scene = Scene {
            sim: &server.sim,
            calendar: &server.calendar,
            evil: &server.evil,
            path: parts.uri.path(),
            strike,
        };
        return answer(&scene);
    }
    http::handle(
        State(server.sim.clone()),
        Request::from_parts(parts, Body::from(body)),
    )
    .await
}
