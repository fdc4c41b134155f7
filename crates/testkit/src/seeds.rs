//! Which seeds a simulation runs, on how many threads, and for how long.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Within this a share of a simulation ends, on however slow a machine: before the test runner takes it for hung.
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
        match number("DAYBOOK_SIM_SEEDS") {
            Some(count) => Self {
                first: 0,
                count,
                time: Duration::MAX,
            },
            None => Self {
                first: 0,
                count,
                time: Duration::from_secs(seconds),
            },
        }
    }

    /// The `nth` of `of` equal shares of `count` seeds, or of `DAYBOOK_SIM_SEEDS` (without limit of time).
    #[must_use]
    pub fn share(count: u64, nth: u64, of: u64) -> Self {
        let wanted = number("DAYBOOK_SIM_SEEDS");
        let count = wanted.unwrap_or(count);
        let first = count * nth / of;
        Self {
            first,
            count: count * (nth + 1) / of - first,
            time: wanted.map_or(LIMIT, |_| Duration::MAX),
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
