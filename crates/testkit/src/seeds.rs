//! Which seeds a simulation runs, on how many threads, and for how long.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many seeds of a simulation are run.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    /// As many as this.
    pub count: u64,
    /// But none is started after this long.
    pub time: Duration,
}

impl Seeds {
    /// `DAYBOOK_SIM_SEEDS` (a number, without limit of time), or else as many of `count` as fit into `seconds`.
    #[must_use]
    pub fn from_env(count: u64, seconds: u64) -> Self {
        match number("DAYBOOK_SIM_SEEDS") {
            Some(count) => Self {
                count,
                time: Duration::MAX,
            },
            None => Self {
                count,
                time: Duration::from_secs(seconds),
            },
        }
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
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.count {
                return;
            }
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
