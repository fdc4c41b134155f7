//! The provider's memory: people, calendars, events, grants, channels.

pub(super) mod calendar;
pub(super) mod event;
pub(super) mod moment;
pub(super) mod recurrence;

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::channels::{Channel, Delivery};
use super::oauth::Grants;
use calendar::Calendar;

/// What a person may do with a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sees busy times only.
    FreeBusyReader,
    /// Sees events, private ones without details.
    Reader,
    /// Changes events.
    Writer,
    /// Owns the calendar.
    Owner,
}

impl Role {
    /// The provider's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FreeBusyReader => "freeBusyReader",
            Self::Reader => "reader",
            Self::Writer => "writer",
            Self::Owner => "owner",
        }
    }
}

/// Someone with an account.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub email: String,
    pub name: String,
    pub sub: String,
    pub time_zone: String,
    pub list: BTreeMap<String, Entry>,
}

/// A line of someone's calendar list.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub seq: u64,
    pub role: Role,
    pub primary: bool,
    pub hidden: bool,
    pub deleted: bool,
    pub summary_override: Option<String>,
    pub background: String,
}

#[derive(Debug)]
pub(super) struct State {
    pub people: BTreeMap<String, Person>,
    pub calendars: BTreeMap<String, Calendar>,
    pub grants: Grants,
    pub channels: BTreeMap<String, Channel>,
    pub deliveries: Vec<Delivery>,
    pub recent: HashMap<String, VecDeque<Timestamp>>,
    /// Ends every calendar-list cursor issued before it changed.
    pub list_generation: u64,
    pub rng: StdRng,
    seq: u64,
}

impl State {
    pub fn new(seed: u64) -> Self {
        Self {
            people: BTreeMap::new(),
            calendars: BTreeMap::new(),
            grants: Grants::default(),
            channels: BTreeMap::new(),
            deliveries: Vec::new(),
            recent: HashMap::new(),
            list_generation: 0,
            rng: StdRng::seed_from_u64(seed),
            seq: 0,
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

    /// A random name of `len` characters that is a legal event id (`a`–`v`, `0`–`9`).
    pub fn random_id(&mut self, len: usize) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
        let letter = |_| char::from(LETTERS[self.rng.random_range(0..LETTERS.len())]);
        (0..len).map(letter).collect()
    }

    /// The calendar behind an id as `email` writes it (`primary` is the own one), with the role there.
    pub fn open(&self, email: &str, id: &str) -> Option<(String, Role)> {
        let id = if id == "primary" { email } else { id };
        let entry = self.people.get(email)?.list.get(id)?;
        let alive = !entry.deleted && self.calendars.contains_key(id);
        alive.then(|| (id.to_owned(), entry.role))
    }
}
