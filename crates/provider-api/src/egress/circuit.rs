//! A circuit breaker per host, so that an outage costs few requests and nobody's connection (RELIABILITY R13).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use daybook_domain::Ids;
use jiff::{SignedDuration, Timestamp};

/// Failures in a row that open a circuit.
const FAILURES: u32 = 5;
/// They count as "in a row" only this close together.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// First pause; doubled after each probe that fails.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// A probe that is not heard of again stops blocking others after this long.
const PROBE_LOST: SignedDuration = SignedDuration::from_mins(2);
/// Hosts remembered; beyond this, the healthy ones are forgotten.
const MOST_HOSTS: usize = 10_000;

/// How a host stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// Requests are sent.
    Closed,
    /// The host failed repeatedly: nothing is sent before `until`.
    Open {
        /// When one request will be let through to see whether the host is back.
        until: Timestamp,
    },
    /// One request is on its way, or may be, to see whether the host is back.
    HalfOpen,
}

/// All circuits, by host.
#[derive(Debug, Default)]
pub(super) struct Circuits {
    hosts: Mutex<HashMap<String, Circuit>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Circuit {
    failures: u32,
    first_failure: Option<Timestamp>,
    /// How often it opened without a success since.
    openings: u32,
    open_until: Option<Timestamp>,
    probing_since: Option<Timestamp>,
}

/// What became of a request, as far as the circuit cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The host answered, if only to refuse.
    Answered,
    /// It says that it is not available, or there was no answer.
    Failed,
    /// Nothing was learnt about the host.
    Nothing,
}

impl Circuits {
    /// Lets a request to `host` through, or says how long to wait.
    pub(super) fn admit(&self, host: &str, now: Timestamp) -> Result<(), Duration> {
        let mut hosts = self.lock();
        let Some(circuit) = hosts.get_mut(host) else {
            return Ok(());
        };
        let Some(until) = circuit.open_until else {
            return Ok(());
        };
        if now < until {
            return Err(wait(now, until));
        }
        match circuit.probing_since {
            Some(since) if now.duration_since(since) < PROBE_LOST => Err(Duration::from_secs(5)),
            _ => {
                circuit.probing_since = Some(now);
                Ok(())
            }
        }
    }

    /// Notes what became of a request that was let through.
    pub(super) fn record(&self, host: &str, outcome: Outcome, now: Timestamp, ids: &dyn Ids) {
        let mut hosts = self.lock();
        match outcome {
            Outcome::Answered => {
                hosts.remove(host);
            }
            Outcome::Nothing => {
                if let Some(circuit) = hosts.get_mut(host) {
                    circuit.probing_since = None;
                }
            }
            Outcome::Failed => {
                if hosts.len() >= MOST_HOSTS {
                    hosts.retain(|_, circuit| circuit.open_until.is_some_and(|until| until > now));
                }
                let circuit = hosts.entry(host.to_owned()).or_default();
                circuit.fail(now, ids);
            }
        }
    }

    pub(super) fn state(&self, host: &str, now: Timestamp) -> CircuitState {
        self.lock()
            .get(host)
            .map_or(CircuitState::Closed, |circuit| circuit.state(now))
    }

    pub(super) fn not_closed(&self, now: Timestamp) -> BTreeMap<String, CircuitState> {
        self.lock()
            .iter()
            .map(|(host, circuit)| (host.clone(), circuit.state(now)))
            .filter(|(_, state)| *state != CircuitState::Closed)
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Circuit>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Circuit {
    fn state(&self, now: Timestamp) -> CircuitState {
        match self.open_until {
            None => CircuitState::Closed,
            Some(until) if now < until => CircuitState::Open { until },
            Some(_) => CircuitState::HalfOpen,
        }
    }

    fn fail(&mut self, now: Timestamp, ids: &dyn Ids) {
        if self.open_until.is_some_and(|until| now < until) {
            return; // a request that was on its way when the circuit opened
        }
        let stale = self
            .first_failure
            .is_none_or(|first| now.duration_since(first) > WINDOW);
        if stale {
            self.first_failure = Some(now);
            self.failures = 0;
        }
        self.failures += 1;
        let probe_failed = self.open_until.is_some();
        if probe_failed || self.failures >= FAILURES {
            let pause = FIRST_PAUSE
                .saturating_mul(2u32.saturating_pow(self.openings.min(10)))
                .min(LONGEST_PAUSE)
                .mul_f64(0.9 + 0.1 * ids.fraction());
            self.openings += 1;
            self.probing_since = None;
            self.failures = 0;
            self.open_until = Some(now.checked_add(pause).unwrap_or(now));
        }
    }
}

fn wait(now: Timestamp, until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use daybook_domain::clock::SeededIds;

    use super::*;

    const HOST: &str = "api.example";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn opens_after_failures_in_a_row_and_probes_once() {
        let (circuits, ids) = (Circuits::default(), SeededIds::new(1));
        for second in 0..5 {
            assert_eq!(circuits.state(HOST, at(second)), CircuitState::Closed);
            circuits.admit(HOST, at(second)).unwrap();
            circuits.record(HOST, Outcome::Failed, at(second), &ids);
        }
        let wait = circuits.admit(HOST, at(5)).unwrap_err();
        assert!(wait <= FIRST_PAUSE && wait > FIRST_PAUSE / 2, "{wait:?}");
        assert!(circuits.admit("other.example", at(5)).is_ok());
        assert!(matches!(
            circuits.state(HOST, at(5)),
            CircuitState::Open { .. }
        ));
        assert_eq!(circuits.state(HOST, at(60)), CircuitState::HalfOpen);
        circuits.admit(HOST, at(60)).unwrap();
        assert!(circuits.admit(HOST, at(60)).is_err(), "one probe at a time");
        circuits.record(HOST, Outcome::Answered, at(61), &ids);
        assert_eq!(circuits.state(HOST, at(61)), CircuitState::Closed);
        assert!(circuits.not_closed(at(61)).is_empty());
    }

    #[test]
    fn pauses_grow_to_ten_minutes() {
        let (circuits, ids) = (Circuits::default(), SeededIds::new(2));
        let mut now = 0;
        for _ in 0..5 {
            circuits.record(HOST, Outcome::Failed, at(now), &ids);
        }
        let mut last = Duration::ZERO;
        for _ in 0..10 {
            let wait = circuits.admit(HOST, at(now)).unwrap_err();
            assert!(
                wait >= last.mul_f64(0.9) && wait <= LONGEST_PAUSE,
                "{wait:?} after {last:?}"
            );
            last = wait;
            now += i64::try_from(wait.as_secs()).unwrap() + 1;
            circuits.admit(HOST, at(now)).unwrap();
            circuits.record(HOST, Outcome::Failed, at(now), &ids);
        }
        assert!(last > LONGEST_PAUSE.mul_f64(0.85), "{last:?}");
    }

    #[test]
    fn answers_and_scattered_failures_do_not_open() {
        let (circuits, ids) = (Circuits::default(), SeededIds::new(3));
        for n in 0..40 {
            circuits.record(HOST, Outcome::Failed, at(n), &ids);
            if n % 4 == 3 {
                circuits.record(HOST, Outcome::Answered, at(n), &ids);
            }
        }
        assert_eq!(circuits.state(HOST, at(41)), CircuitState::Closed);
        for n in 0..40 {
            circuits.record(HOST, Outcome::Failed, at(n * 200), &ids);
        }
        assert_eq!(circuits.state(HOST, at(8001)), CircuitState::Closed);
    }

    #[test]
    fn a_lost_probe_does_not_block_for_ever() {
        let (circuits, ids) = (Circuits::default(), SeededIds::new(4));
        for _ in 0..5 {
            circuits.record(HOST, Outcome::Failed, at(0), &ids);
        }
        circuits.admit(HOST, at(60)).unwrap();
        assert!(circuits.admit(HOST, at(100)).is_err());
        circuits.admit(HOST, at(181)).unwrap();
        circuits.record(HOST, Outcome::Nothing, at(182), &ids);
        circuits.admit(HOST, at(182)).unwrap();
    }
}
