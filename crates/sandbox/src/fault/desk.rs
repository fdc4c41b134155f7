//! The desk where a simulator's script, log and counts lie.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use http::Method;
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;

use super::rule::{Fault, Rule};
use crate::clock::SandboxClock;

/// How many requests the log keeps; counts go on beyond it.
const LOG_LIMIT: usize = 20_000;

/// One request as the simulator saw it. Header values and bodies are not kept.
#[derive(Debug, Clone, Serialize)]
pub struct LoggedRequest {
    /// Position since start, from 1.
    pub number: u64,
    /// Sandbox time of arrival.
    pub at: Timestamp,
    /// HTTP method.
    pub method: String,
    /// Percent-encoded path.
    pub path: String,
    /// Raw query.
    pub query: String,
    /// Status sent, 0 when the connection was cut instead.
    pub status: u16,
    /// The fault that hit it.
    pub fault: Option<Fault>,
}

/// Something a client sent that the provider's own description does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// `GET /calendars/{calendarId}/events`
    pub operation: String,
    /// What was wrong, in a sentence.
    pub problem: String,
}

/// Running totals.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Stats {
    /// Requests that reached the simulator.
    pub requests: u64,
    /// Requests being answered now.
    pub in_flight: u32,
    /// The most that were answered at the same time.
    pub max_in_flight: u32,
    /// Requests hit by a fault.
    pub faulted: u64,
    /// By named counter: `token.authorization_code`, `token.refresh_token`, `revoke`, `events.list`, ….
    pub counters: BTreeMap<String, u64>,
}

/// Script, log, totals and violations of one simulator.
#[derive(Debug)]
pub struct Desk {
    clock: Arc<dyn SandboxClock>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    rules: Vec<Armed>,
    rng: StdRng,
    log: Vec<LoggedRequest>,
    by_endpoint: BTreeMap<String, u64>,
    stats: Stats,
    violations: Vec<Violation>,
}

#[derive(Debug)]
struct Armed {
    rule: Rule,
    seen: u32,
    used: u32,
}

impl Desk {
    /// An empty desk; `seed` drives rules with a probability.
    pub fn new(clock: Arc<dyn SandboxClock>, seed: u64) -> Self {
        Self {
            clock,
            inner: Mutex::new(Inner {
                rules: Vec::new(),
                rng: StdRng::seed_from_u64(seed),
                log: Vec::new(),
                by_endpoint: BTreeMap::new(),
                stats: Stats::default(),
                violations: Vec::new(),
            }),
        }
    }

    /// The simulator's clock.
    pub fn clock(&self) -> &Arc<dyn SandboxClock> {
        &self.clock
    }

    /// Adds a rule behind the existing ones.
    pub fn add(&self, rule: Rule) {
        let armed = Armed {
            rule,
            seen: 0,
            used: 0,
        };
        crate::lock(&self.inner).rules.push(armed);
    }

    /// Removes all rules: from now on the provider answers again.
    pub fn clear(&self) {
        crate::lock(&self.inner).rules.clear();
    }

    /// The rules with the number of requests each has hit.
    pub fn rules(&self) -> Vec<(Rule, u32)> {
        let inner = crate::lock(&self.inner);
        inner
            .rules
            .iter()
            .map(|a| (a.rule.clone(), a.used))
            .collect()
    }

    /// The kept request log, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        crate::lock(&self.inner).log.clone()
    }

    /// Requests per `METHOD path`.
    pub fn by_endpoint(&self) -> BTreeMap<String, u64> {
        crate::lock(&self.inner).by_endpoint.clone()
    }

    /// Forgets log and totals, keeps rules and violations.
    pub fn reset_log(&self) {
        let mut inner = crate::lock(&self.inner);
        inner.log.clear();
        inner.by_endpoint.clear();
        inner.stats = Stats {
            in_flight: inner.stats.in_flight,
            ..Stats::default()
        };
    }

    /// Running totals.
    pub fn stats(&self) -> Stats {
        crate::lock(&self.inner).stats.clone()
    }

    /// Adds one to a named counter.
    pub fn count(&self, counter: &str) {
        let mut inner = crate::lock(&self.inner);
        *inner.stats.counters.entry(counter.to_owned()).or_default() += 1;
    }

    /// The named counter's value.
    pub fn counter(&self, counter: &str) -> u64 {
        let inner = crate::lock(&self.inner);
        inner.stats.counters.get(counter).copied().unwrap_or(0)
    }

    /// Records that a client broke the provider's description.
    pub fn violate(&self, operation: impl Into<String>, problem: impl Into<String>) {
        let violation = Violation {
            operation: operation.into(),
            problem: problem.into(),
        };
        let mut inner = crate::lock(&self.inner);
        if !inner.violations.contains(&violation) {
            inner.violations.push(violation);
        }
    }

    /// All violations so far, each once.
    pub fn violations(&self) -> Vec<Violation> {
        crate::lock(&self.inner).violations.clone()
    }

    /// The fault for this request, if a rule hits it.
    pub(super) fn draw(
        &self,
        method: &Method,
        path: &str,
        query: &str,
        applies: impl Fn(&Fault) -> bool,
    ) -> Option<Fault> {
        let mut inner = crate::lock(&self.inner);
        let Inner { rules, rng, .. } = &mut *inner;
        for armed in rules {
            let when = &armed.rule.when;
            if !when.matches(method, path, query) || !applies(&armed.rule.fault) {
                continue;
            }
            armed.seen += 1;
            let spent = when.count.is_some_and(|count| armed.used >= count);
            if armed.seen <= when.skip || spent {
                continue;
            }
            let chance = when.probability.unwrap_or(1.0).clamp(0.0, 1.0);
            if chance >= 1.0 || rng.random_bool(chance) {
                armed.used += 1;
                return Some(armed.rule.fault.clone());
            }
        }
        None
    }

    pub(super) fn begin(&self) {
        let mut inner = crate::lock(&self.inner);
        let stats = &mut inner.stats;
        stats.requests += 1;
        stats.in_flight += 1;
        stats.max_in_flight = stats.max_in_flight.max(stats.in_flight);
    }

    pub(super) fn end(&self) {
        let mut inner = crate::lock(&self.inner);
        inner.stats.in_flight = inner.stats.in_flight.saturating_sub(1);
    }

    pub(super) fn log(&self, mut entry: LoggedRequest) {
        let mut inner = crate::lock(&self.inner);
        entry.number = inner.stats.requests;
        inner.stats.faulted += u64::from(entry.fault.is_some());
        let endpoint = format!("{} {}", entry.method, entry.path);
        *inner.by_endpoint.entry(endpoint).or_default() += 1;
        if inner.log.len() < LOG_LIMIT {
            inner.log.push(entry);
        }
    }
}
