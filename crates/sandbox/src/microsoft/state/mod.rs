//! The provider's memory: people, calendars, events, grants, subscriptions.

pub(super) mod calendar;
pub(super) mod event;
pub(super) mod recurrence;
pub(super) mod zones;

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::oauth::Grants;
use super::subscriptions::{Delivery, Subscription};
use calendar::{Calendar, KEY};

/// The tenant of all personal accounts.
pub(super) const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// What sort of account somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Work or school, with a mailbox.
    Work,
    /// outlook.com: no getSchedule, no Teams for business.
    Personal,
    /// Work or school without a usable mailbox: every calendar call is 404.
    NoMailbox,
}

/// Someone with an account.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// The sign-in name.
    pub email: String,
    pub name: String,
    pub id: String,
    pub tenant: String,
    pub account: Account,
    /// `mail`, which may be null although the account has an address.
    pub mail: Option<String>,
    pub time_zone: String,
    /// Whether the administrator lets this person grant an app access.
    pub may_consent: bool,
    pub list: Vec<Entry>,
}

/// A line of someone's calendar list.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub calendar: String,
    pub can_edit: bool,
}

/// The frozen rows of one delta round.
#[derive(Debug, Clone)]
pub(super) struct Round {
    pub pages: Vec<Vec<Value>>,
    pub delta: String,
    /// `Prefer` values that every page must repeat.
    pub prefer: String,
    pub issued: Timestamp,
    pub owner: String,
}

#[derive(Debug)]
pub(super) struct State {
    pub people: BTreeMap<String, Person>,
    pub calendars: BTreeMap<String, Calendar>,
    pub grants: Grants,
    pub subscriptions: BTreeMap<String, Subscription>,
    pub outbox: Vec<Delivery>,
    pub rounds: BTreeMap<String, Round>,
    pub in_flight: HashMap<String, u32>,
    pub recent: HashMap<String, VecDeque<Timestamp>>,
    pub rng: StdRng,
    seq: u64,
}

impl State {
    pub fn new(seed: u64) -> Self {
        Self {
            people: BTreeMap::new(),
            calendars: BTreeMap::new(),
            grants: Grants::default(),
            subscriptions: BTreeMap::new(),
            outbox: Vec::new(),
            rounds: BTreeMap::new(),
            in_flight: HashMap::new(),
            recent: HashMap::new(),
            rng: StdRng::seed_from_u64(seed),
            // A delta link of an empty calendar must be older than its first event.
            seq: 1,
        }
    }

    /// The number of the newest change anywhere.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    pub fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// A random name from the base64 alphabet; case matters in it.
    pub fn random_id(&mut self, len: usize) -> String {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let letter = |_| char::from(LETTERS[self.rng.random_range(0..LETTERS.len())]);
        (0..len).map(letter).collect()
    }

    /// A new event key. It needs percent-encoding in a path.
    pub fn event_key(&mut self) -> String {
        let mut key = self.random_id(KEY);
        key.replace_range(10..12, "/+");
        key
    }

    /// A random UUID in form.
    pub fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.rng.random())
            .into_uuid()
            .to_string()
    }

    /// The calendar behind an id as `email` writes it, and whether they may write there. `None` is the default one.
    pub fn open(&self, email: &str, id: Option<&str>) -> Option<(String, bool)> {
        let person = self.people.get(email)?;
        let wanted = |entry: &&Entry| match id {
            Some(id) => entry.calendar == id,
            None => self
                .calendars
                .get(&entry.calendar)
                .is_some_and(|c| c.default && c.owner == email),
        };
        let entry = person.list.iter().find(wanted)?;
        self.calendars
            .contains_key(&entry.calendar)
            .then(|| (entry.calendar.clone(), entry.can_edit))
    }
}
