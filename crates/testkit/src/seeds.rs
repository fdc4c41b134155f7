//! Which seeds a simulation runs, on how many threads, and for how long.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Within this a share of a simulation ends, on however slow a machine, unless `DAYBOOK_REQUIRE_SEEDS` is set.
const LIMIT: Duration = Duration::from_secs(400);

/// Which seeds of a simulation are run.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    /// From this one on.
    pub first: u64,
    /// As many as this.
    pub count: u64,
    /// But none is started after this long.
    pub time: Duration,
}

impl Seeds {
    /// `DAYBOOK_SIM_SEEDS` (a number, without limit of time), or else as many of `count` as fit into `seconds`.
    #[must_use]
    pub fn from_env(count: u64, seconds: u64) -> Self {
        let (count, time) = usual(count, Duration::from_secs(seconds));
        Self {
            first: 0,
            count,
            time,
        }
    }

    /// The `nth` of `of` equal shares of `count` seeds, or of `DAYBOOK_SIM_SEEDS` (without limit of time).
    #[must_use]
    pub fn share(count: u64, nth: u64, of: u64) -> Self {
        let (count, time) = usual(count, LIMIT);
        let first = count * nth / of;
        Self {
            first,
            count: count * (nth + 1) / of - first,
            time,
        }
    }
}

/// How many seeds, and for how long at most.
fn usual(count: u64, limit: Duration) -> (u64, Duration) {
    match number("DAYBOOK_SIM_SEEDS") {
        Some(wanted) => (wanted, Duration::MAX),
        None if std::env::var_os("DAYBOOK_REQUIRE_SEEDS").is_some() => (count, Duration::MAX),
        None => (count, limit),
    }
}

/// Runs `one` for each seed on two threads until one fails, and answers how many were run and the lowest seed that failed
/// with its reason. `DAYBOOK_SIM_SEED` runs exactly that seed.
pub fn sweep(
    seeds: Seeds,
    one: impl Fn(u64) -> Result<(), String> + Sync,
) -> (u64, Option<(u64, String)>) {
    if let Some(seed) = number("DAYBOOK_SIM_SEED") {
        return (1, one(seed).err().map(|reason| (seed, reason)));
    }
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let (stop, failed) = (AtomicBool::new(false), Mutex::new(None::<(u64, String)>));
    let started = Instant::now();
    let work = || {
        while !stop.load(Ordering::Relaxed) && started.elapsed() < seeds.time {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            if nth >= seeds.count {
                return;
            }
            let seed = seeds.first + nth;
            let result = one(seed);
            done.fetch_add(1, Ordering::Relaxed);
            if let (Err(reason), Ok(mut failed)) = (result, failed.lock()) {
                stop.store(true, Ordering::Relaxed);
                if failed.as_ref().is_none_or(|(known, _)| seed < *known) {
                    *failed = Some((seed, reason));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    (done.into_inner(), failed.into_inner().unwrap_or_default())
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
