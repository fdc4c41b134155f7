//! The provider's memory: organisations, workspaces, people, installations, tokens, conversations, views.

mod install;
mod talk;

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

pub(super) use install::{Code, Install, Refresh, Token};
pub(super) use talk::{Channel, Kind, Message, ResponseUrl, Trigger, View};

/// A Slack workspace.
#[derive(Debug, Clone)]
pub(super) struct Team {
    pub id: String,
    pub name: String,
    pub domain: String,
    /// `E…` when it belongs to an organisation.
    pub enterprise: Option<String>,
}

/// Somebody in a workspace.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub id: String,
    pub team: String,
    pub handle: String,
    pub name: String,
    pub email: String,
    pub tz: String,
    /// Deactivated.
    pub deleted: bool,
}

/// An attempt to bring an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// `Ev…`
    pub event_id: String,
    /// From 0.
    pub number: u32,
    /// The status of the answer; `None` when nobody answered.
    pub status: Option<u16>,
}

/// An event on its way.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub app: String,
    pub body: Value,
    pub number: u32,
    pub reason: &'static str,
    pub due: Timestamp,
}

#[derive(Debug)]
pub(super) struct State {
    /// Ids of organisations to their names.
    pub enterprises: BTreeMap<String, String>,
    pub teams: BTreeMap<String, Team>,
    pub users: BTreeMap<String, User>,
    pub installs: BTreeMap<String, Install>,
    pub tokens: BTreeMap<String, Token>,
    pub refresh: BTreeMap<String, Refresh>,
    pub codes: BTreeMap<String, Code>,
    pub channels: BTreeMap<String, Channel>,
    pub messages: Vec<Message>,
    pub triggers: HashMap<String, Trigger>,
    pub responses: HashMap<String, ResponseUrl>,
    pub views: BTreeMap<String, View>,
    /// Modals that are open, the topmost last, by app and user.
    pub open: BTreeMap<(String, String), Vec<String>>,
    /// Home tabs by app and user.
    pub homes: BTreeMap<(String, String), String>,
    /// Tickets for the socket, to app ids.
    pub tickets: BTreeMap<String, String>,
    pub outbox: Vec<Delivery>,
    pub attempts: Vec<Attempt>,
    pub recent: HashMap<String, VecDeque<Timestamp>>,
    /// The address under which the last API request came.
    pub base: String,
    last_ts: i64,
    rng: StdRng,
}

impl State {
    pub fn new(seed: u64) -> Self {
        Self {
            enterprises: BTreeMap::new(),
            teams: BTreeMap::new(),
            users: BTreeMap::new(),
            installs: BTreeMap::new(),
            tokens: BTreeMap::new(),
            refresh: BTreeMap::new(),
            codes: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: Vec::new(),
            triggers: HashMap::new(),
            responses: HashMap::new(),
            views: BTreeMap::new(),
            open: BTreeMap::new(),
            homes: BTreeMap::new(),
            tickets: BTreeMap::new(),
            outbox: Vec::new(),
            attempts: Vec::new(),
            recent: HashMap::new(),
            base: "http://127.0.0.1".to_owned(),
            last_ts: 0,
            rng: StdRng::seed_from_u64(seed),
        }
    }

    /// A random name of capital letters and digits behind `prefix`.
    pub fn id(&mut self, prefix: &str) -> String {
        const LETTERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let letter = |_| char::from(LETTERS[self.rng.random_range(0..LETTERS.len())]);
        let name: String = (0..9).map(letter).collect();
        format!("{prefix}0{name}")
    }

    /// A random word of lower-case letters and digits.
    pub fn word(&mut self, len: usize) -> String {
        const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        let letter = |_| char::from(LETTERS[self.rng.random_range(0..LETTERS.len())]);
        (0..len).map(letter).collect()
    }

    /// A message's name: seconds and microseconds, never twice.
    pub fn ts(&mut self, now: Timestamp) -> String {
        self.last_ts = now.as_microsecond().max(self.last_ts + 1);
        format!(
            "{}.{:06}",
            self.last_ts.div_euclid(1_000_000),
            self.last_ts.rem_euclid(1_000_000)
        )
    }

    /// The organisation of a workspace.
    pub fn enterprise_of(&self, team: &str) -> Option<&str> {
        self.teams.get(team)?.enterprise.as_deref()
    }
}
