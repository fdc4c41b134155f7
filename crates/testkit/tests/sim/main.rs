#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]
//! Deterministic simulations (RELIABILITY R4 and R5): real sync and vault code, simulated providers, time moved by hand.
//!
//! `DAYBOOK_SIM_SEEDS=1000` runs that many seeds; without it, as many as fit the time of a build. `DAYBOOK_SIM_SEED=7` replays
//! one. Each simulation has a control, which brings a bug back and must be found.

mod caldav;
mod convergence;
mod crash;
mod google;
mod live;
mod naive;
mod vault;

use daybook_testkit::{Seeds, sweep};

/// Runs a simulation; fails with the command that replays the seed that failed.
fn hold(test: &str, seeds: Seeds, one: impl Fn(u64) -> Result<(), String> + Sync) {
    let (run, failed) = sweep(seeds, one);
    if let Some((seed, reason)) = failed {
        panic!(
            "seed {seed}: {reason}\nreplay: DAYBOOK_SIM_SEED={seed} cargo test -p daybook-testkit --test sim -- --exact {test} --nocapture"
        );
    }
    println!("{test}: {run} seeds");
    assert!(run > 0);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
