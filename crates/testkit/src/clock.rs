//! One time for everybody: the engine, the store's leases and the simulators.

use std::sync::Arc;

use daybook_domain::Clock;
use daybook_domain::clock::ManualClock;
use daybook_sandbox::clock::SandboxClock;
use jiff::{SignedDuration, Timestamp};

/// A clock that stands still until it is moved. Clones show the same time.
#[derive(Debug, Clone)]
pub struct SimClock(Arc<ManualClock>);

impl SimClock {
    /// Stands at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self(Arc::new(ManualClock::at(start)))
    }

    /// The current instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Clock::now(self.0.as_ref())
    }

    /// Moves it on by `seconds`.
    pub fn pass(&self, seconds: i64) {
        self.0.advance(SignedDuration::from_secs(seconds));
    }

    /// Moves it on by `time`.
    pub fn advance(&self, time: SignedDuration) {
        self.0.advance(time);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Clock::now(self.0.as_ref())
    }

    fn ahead_us(&self) -> i64 {
        self.0.ahead_us()
    }
}

impl SandboxClock for SimClock {
    fn now(&self) -> Timestamp {
        Clock::now(self.0.as_ref())
    }

    fn advance(&self, by: SignedDuration) {
        self.0.advance(by);
    }
}
