//! A provider with any number of accounts, which counts: who asks how often, how much at once, and when syncs start. It refuses
//! what Google and Microsoft refuse: more than 10,000 requests a minute of one app or 600 of one account, and more than four of one
//! account at once. Answers take time, which passes when everybody waits for it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use daybook_domain::calendar::RemoteCalendar;
use daybook_domain::connection::ErrorKind;
use daybook_provider_api::calendar::{
    CalendarCapability, CalendarProvider, ChangeStream, KnownResources, Next, Page, Pull,
};
use daybook_provider_api::egress::{CallOptions, Transport, TransportError, TransportLimits};
use daybook_provider_api::manifest::{Auth, Kind, Limits, Manifest, Password};
use daybook_provider_api::registry::{Configured, Identity};
use daybook_provider_api::{Error, Provider, Registry, Result, Session};
use daybook_testkit::SimClock;
use http::{Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, oneshot};

/// Requests of one app in any minute.
pub const APP: usize = 10_000;
/// Requests of one account in any minute.
const ACCOUNT: usize = 600;
/// Requests of one account at once.
const AT_ONCE: usize = 4;
/// How long an answer takes.
const LATENCY: SignedDuration = SignedDuration::from_millis(100);
/// Its key.
pub const KEY: &str = "town";
/// Where it is.
pub const HOST: &str = "http://town.test";

const MANIFEST: Manifest = Manifest {
    key: KEY,
    name: "Town",
    kinds: &[Kind::Calendar],
    summary: "Counts.",
    auth: Auth::Password(Password {
        server_url: None,
        preset_of: None,
        password_hint: "password",
    }),
    limits: Limits {
        per_minute: 540,
        concurrent: 4,
        min_poll_minutes: 5,
    },
    setup_steps: &[],
    setup_guide: "",
};

/// The provider. Its calendars are empty.
pub struct Town;

impl Town {
    /// A registry with this provider alone.
    pub fn registry() -> Registry {
        Registry::default().with(Configured {
            provider: Arc::new(Self),
            client: None,
            missing: Vec::new(),
        })
    }
}

#[async_trait]
impl Provider for Town {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        Some(self)
    }

    async fn identify(&self, _: &Session<'_>) -> Result<Identity> {
        Err(Error::new(ErrorKind::Unsupported, "nobody asks"))
    }
}

#[async_trait]
impl CalendarProvider for Town {
    fn capability(&self) -> CalendarCapability {
        CalendarCapability {
            resources: false,
            windowed: false,
        }
    }

    async fn list_calendars(&self, _: &Session<'_>) -> Result<Vec<RemoteCalendar>> {
        Err(Error::new(ErrorKind::Unsupported, "nobody asks"))
    }

    fn changes(&self, pull: Pull) -> Box<dyn ChangeStream> {
        Box::new(Reading {
            calendar: pull.calendar,
            page: 0,
        })
    }
}

struct Reading {
    calendar: String,
    page: u32,
}

#[async_trait]
impl ChangeStream for Reading {
    /// Every other calendar has two pages.
    async fn next(&mut self, session: &Session<'_>, _: &dyn KnownResources) -> Result<Page> {
        let url = format!("{HOST}/{}?page={}", self.calendar, self.page);
        let request = Request::get(url).body(Bytes::new()).unwrap();
        let answer = session.send(request, CallOptions::API).await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(Error::new(ErrorKind::RateLimited, "too many requests"));
            }
            _ => return Err(Error::new(ErrorKind::Unavailable, "out of reach")),
        }
        let last = self.page > 0 || self.calendar.ends_with(['0', '2', '4', '6', '8']);
        self.page += 1;
        Ok(Page {
            changes: Vec::new(),
            unchanged: Vec::new(),
            next: if last {
                Next::Done {
                    cursor: Some("here".to_owned()),
                    complete: false,
                }
            } else {
                Next::More
            },
        })
    }
}

/// The way to the town, with a meter.
#[derive(Clone)]
pub struct Meter(Arc<Inner>);

struct Inner {
    clock: SimClock,
    state: Mutex<State>,
    moved: Notify,
}

/// What was counted.
#[derive(Default)]
pub struct State {
    /// When syncs started: the requests for first pages.
    pub starts: Vec<Timestamp>,
    /// All requests.
    pub requests: usize,
    /// Requests that were refused.
    pub refused: usize,
    /// The most requests in any minute.
    pub most_a_minute: usize,
    /// The most requests at once.
    pub most_at_once: usize,
    minute: VecDeque<Timestamp>,
    accounts: BTreeMap<String, Account>,
    waiting: BinaryHeap<Reverse<(Timestamp, usize)>>,
    sleepers: BTreeMap<usize, oneshot::Sender<()>>,
}

#[derive(Default)]
struct Account {
    minute: VecDeque<Timestamp>,
    at_once: usize,
}

impl Meter {
    pub fn new(clock: &SimClock) -> Self {
        Self(Arc::new(Inner {
            clock: clock.clone(),
            state: Mutex::default(),
            moved: Notify::new(),
        }))
    }

    /// What was counted so far.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until `workers` wait for answers. One may also wait for another's turn at the same account, so after a while those that
    /// wait are enough.
    pub async fn all_wait(&self, workers: usize) {
        loop {
            let waiting = self.state().sleepers.len();
            if waiting >= workers {
                return;
            }
            let patience = std::time::Duration::from_millis(20);
            let quiet = tokio::time::timeout(patience, self.0.moved.notified()).await;
            if quiet.is_err() && waiting > 0 && self.state().sleepers.len() == waiting {
                return;
            }
        }
    }

    /// Lets time pass until the next answer comes.
    pub fn answer_next(&self) {
        let mut state = self.state();
        let Some(Reverse((at, n))) = state.waiting.pop() else {
            return;
        };
        let now = self.0.clock.now();
        self.0
            .clock
            .advance(at.duration_since(now).max(SignedDuration::ZERO));
        if let Some(sleeper) = state.sleepers.remove(&n) {
            let _ = sleeper.send(());
        }
    }
}

impl State {
    /// Whether the request is one too many.
    fn refuses(&mut self, account: &str, now: Timestamp) -> bool {
        let minute_ago = now - SignedDuration::from_mins(1);
        let forget = |times: &mut VecDeque<Timestamp>| {
            while times.front().is_some_and(|at| *at <= minute_ago) {
                times.pop_front();
            }
            times.push_back(now);
            times.len()
        };
        let app = forget(&mut self.minute);
        let account = self.accounts.entry(account.to_owned()).or_default();
        let own = forget(&mut account.minute);
        account.at_once += 1;
        self.requests += 1;
        self.most_a_minute = self.most_a_minute.max(app);
        self.most_at_once = self.most_at_once.max(account.at_once);
        let refused = app > APP || own > ACCOUNT || account.at_once > AT_ONCE;
        self.refused += usize::from(refused);
        refused
    }
}

#[async_trait]
impl Transport for Meter {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: TransportLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let uri = request.uri();
        let account = uri.path().split('/').nth(1).unwrap_or_default().to_owned();
        let (done, refused) = {
            let mut state = self.state();
            let now = self.0.clock.now();
            if uri.query() == Some("page=0") {
                state.starts.push(now);
            }
            let refused = state.refuses(&account, now);
            let (sleeper, done) = oneshot::channel();
            let n = state.requests;
            state.sleepers.insert(n, sleeper);
            state.waiting.push(Reverse((now + LATENCY, n)));
            (done, refused)
        };
        self.0.moved.notify_one();
        let _ = done.await;
        if let Some(account) = self.state().accounts.get_mut(&account) {
            account.at_once -= 1;
        }
        let answer = Response::builder();
        let answer = if refused {
            answer.status(429).header("retry-after", "30")
        } else {
            answer.status(200)
        };
        answer.body(Bytes::new()).map_err(|_| TransportError::Reset)
    }
}
