//! Time and randomness as parameters, so that a test can move the one and replay the other.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// The current instant.
    fn now(&self) -> Timestamp;

    /// How far this clock is ahead of the machine's, in microseconds: 0 in production. The store adds it to the
    /// database's clock, so that leases follow a test's time too.
    fn ahead_us(&self) -> i64 {
        0
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's clock, moved: starts at the real time (or a chosen one) and advances with it plus what the test adds.
#[derive(Debug, Default)]
pub struct MovableClock {
    ahead: AtomicI64,
}

impl MovableClock {
    /// A clock that shows the machine's time until it is moved.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock by `by`, forwards or (to simulate a jump) backwards.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.ahead.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let real = SystemClock.now();
        real.checked_add(SignedDuration::from_micros(self.ahead_us()))
            .unwrap_or(real)
    }

    fn ahead_us(&self) -> i64 {
        self.ahead.load(Ordering::SeqCst)
    }
}

/// A clock that stands still until it is moved: for deterministic simulations.
#[derive(Debug)]
pub struct ManualClock {
    now_us: AtomicI64,
}

impl ManualClock {
    /// Stands at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self {
            now_us: AtomicI64::new(start.as_microsecond()),
        }
    }

    /// Moves the clock by `by`.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.now_us.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.now_us.load(Ordering::SeqCst))
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn ahead_us(&self) -> i64 {
        self.now().as_microsecond() - SystemClock.now().as_microsecond()
    }
}

/// Where ids and random bytes come from. The system's source lives in the binary; tests seed theirs.
pub trait Ids: Send + Sync + 'static {
    /// A fresh UUIDv7.
    fn uuid(&self) -> Uuid;
    /// Fills `bytes` with random bytes, fit for keys and tokens in production.
    fn fill(&self, bytes: &mut [u8]);

    /// A random fraction in `[0, 1)`, for jitter.
    fn fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        f64::from(u32::from_be_bytes(bytes)) / 4_294_967_296.0
    }
}

/// Ids for tests and simulations: a counter and a small generator, so that the same seed gives the same run.
#[derive(Debug)]
pub struct SeededIds {
    state: Mutex<u64>,
    base: Timestamp,
}

impl SeededIds {
    /// A source that depends only on `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(seed),
            base: Timestamp::UNIX_EPOCH,
        }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): small, fast and good enough to drive tests.
    fn next(&self) -> u64 {
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Ids for SeededIds {
    fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        let millis = u64::try_from(self.base.as_millisecond()).unwrap_or(0);
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6] = (bytes[6] & 0x0f) | 0x70;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Uuid::from_bytes(bytes)
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}
