//! What the simulated server knows: accounts, calendars, objects and their history.

mod calendar;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::anomaly::Anomaly;
use super::profile::{EtagStyle, Layout, Profile, Quirks};
use crate::clock::SandboxClock;

pub(crate) use calendar::{Calendar, Listed, Object};
pub use calendar::{CalendarKind, CalendarSpec};

/// One user of the server.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) user: String,
    /// `None` after the password was withdrawn.
    pub(crate) password: Option<String>,
    pub(crate) layout: Layout,
    pub(crate) addresses: Vec<String>,
    /// The account exists but may not use CalDAV: everything is 403.
    pub(crate) blocked: bool,
}

/// One request as the server saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// When it arrived, by the simulator's clock.
    pub at: Timestamp,
    /// HTTP method.
    pub method: String,
    /// Path as sent.
    pub path: String,
    /// `Depth` header as sent.
    pub depth: Option<String>,
    /// Local name of the XML root element, empty without one.
    pub report: String,
    /// Whether an `Authorization` header came with it.
    pub authorized: bool,
    /// The answer's status, before any scripted fault changed it.
    pub status: u16,
}

pub(crate) struct State {
    pub(crate) clock: Arc<dyn SandboxClock>,
    pub(crate) seed: u64,
    sequence: u64,
    pub(crate) profile: Profile,
    pub(crate) quirks: Quirks,
    pub(crate) accounts: BTreeMap<String, Account>,
    /// By decoded path with a trailing slash.
    pub(crate) calendars: BTreeMap<String, Calendar>,
    /// Each taken by the next request it fits.
    pub(crate) anomalies: Vec<Anomaly>,
    pub(crate) requests: Vec<RecordedRequest>,
    pub(crate) violations: Vec<String>,
    /// `scheme://host:port` of the partition that serves homes, if it is another listener.
    pub(crate) partition: Option<String>,
    /// Former partitions: they answer 503.
    pub(crate) moved_from: Vec<String>,
    pub(crate) scheme: &'static str,
    pub(crate) puts: u64,
    /// The Digest nonce in force, and how often it was used.
    pub(crate) nonce: u64,
    pub(crate) nonce_count: u32,
}

impl State {
    pub(crate) fn new(clock: Arc<dyn SandboxClock>, seed: u64, profile: Profile) -> Self {
        Self {
            clock,
            seed,
            sequence: 0,
            profile,
            quirks: profile.quirks(),
            nonce: 0,
            nonce_count: 0,
            accounts: BTreeMap::new(),
            calendars: BTreeMap::new(),
            anomalies: Vec::new(),
            requests: Vec::new(),
            violations: Vec::new(),
            partition: None,
            moved_from: Vec::new(),
            scheme: "http",
            puts: 0,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A number never given out before.
    pub(crate) fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    pub(crate) fn add_account(&mut self, user: &str, password: &str) {
        let number = self.accounts.len() as u64;
        let layout = self.profile.layout(user, number);
        let address = if user.contains('@') {
            user.to_owned()
        } else {
            format!("{user}@example.com")
        };
        let home = layout.home.clone();
        self.accounts.insert(
            user.to_owned(),
            Account {
                user: user.to_owned(),
                password: Some(password.to_owned()),
                layout,
                addresses: vec![format!("mailto:{address}")],
                blocked: false,
            },
        );
        for (id, kind) in [
            ("inbox", CalendarKind::Inbox),
            ("outbox", CalendarKind::Outbox),
            ("notification", CalendarKind::Notifications),
        ] {
            let path = format!("{home}{id}/");
            let spec = CalendarSpec::named(id).kind(kind);
            self.calendars
                .insert(path.clone(), Calendar::new(path, user, spec));
        }
    }

    pub(crate) fn etag(&mut self, ics: &str) -> String {
        let hash = hex(&Sha256::digest(ics.as_bytes())[..16]);
        let seed = self.seed;
        match self.quirks.etags {
            EtagStyle::ContentHash => format!("\"{hash}\""),
            EtagStyle::Counter => format!("\"{seed:x}-{:08x}\"", self.next()),
            EtagStyle::Weak => format!("W/\"{seed:x}-{:08x}\"", self.next()),
        }
    }

    /// Stores an object, whoever wrote it, and returns its ETag.
    pub(crate) fn store(
        &mut self,
        calendar: &str,
        name: &str,
        uid: &str,
        ics: String,
    ) -> Option<String> {
        let etag = self.etag(&ics);
        let now = self.now();
        let object = Object {
            etag: etag.clone(),
            ics,
            uid: uid.to_owned(),
        };
        self.calendars.get_mut(calendar)?.put(name, object, now);
        Some(etag)
    }

    pub(crate) fn remove(&mut self, calendar: &str, name: &str) -> bool {
        let now = self.now();
        self.calendars
            .get_mut(calendar)
            .is_some_and(|calendar| calendar.remove(name, now))
    }

    /// The calendar (by path) and file name a decoded path points at.
    pub(crate) fn split<'a>(&self, path: &'a str) -> Option<(&'a str, &'a str)> {
        let slash = path.rfind('/')?;
        let (calendar, name) = path.split_at(slash + 1);
        (!name.is_empty() && self.calendars.contains_key(calendar)).then_some((calendar, name))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
