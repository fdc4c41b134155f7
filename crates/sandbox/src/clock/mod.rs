//! The simulators' time, handed in so that a simulation can own it.

use std::fmt::Debug;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Where a simulator reads the time.
pub trait SandboxClock: Send + Sync + Debug + 'static {
    /// The current instant.
    fn now(&self) -> Timestamp;
    /// Moves this clock forwards (or backwards); behind `POST /_sandbox/clock/advance`.
    fn advance(&self, by: SignedDuration);
}

/// The machine's clock plus whatever it was advanced by.
#[derive(Debug, Default)]
pub struct RealClock {
    ahead_us: AtomicI64,
}

impl RealClock {
    /// Shows the machine's time until it is advanced.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl SandboxClock for RealClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the sandbox reads the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        let real = Timestamp::now();
        let ahead = SignedDuration::from_micros(self.ahead_us.load(Ordering::SeqCst));
        real.checked_add(ahead).unwrap_or(real)
    }

    fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.ahead_us.fetch_add(micros, Ordering::SeqCst);
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// Stands at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self {
            now: Mutex::new(start),
        }
    }

    /// Jumps to `instant`.
    pub fn set(&self, instant: Timestamp) {
        *crate::lock(&self.now) = instant;
    }
}

impl SandboxClock for ManualClock {
    fn now(&self) -> Timestamp {
        *crate::lock(&self.now)
    }

    fn advance(&self, by: SignedDuration) {
        let mut now = crate::lock(&self.now);
        *now = now.checked_add(by).unwrap_or(*now);
    }
}
