#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]
//! Deterministic simulations (RELIABILITY R4 and R5): real sync and vault code, simulated providers, time moved by hand.
//!
//! `DAYBOOK_SIM_SEEDS=10000` runs that many seeds of each simulation instead of the usual number. `DAYBOOK_SIM_SEED=7` replays
//! one. Each simulation has a control, which brings a bug back and must be found.

/// A simulation in four shares, each a test of its own, so that all cores are used and none takes long.
macro_rules! shares {
    ($name:ident, $count:expr, $one:expr) => {
        mod $name {
            use super::*;
            #[test]
            fn first() {
                hold(concat!(module_path!(), "::first"), share($count, 0), $one);
            }
            #[test]
            fn second() {
                hold(concat!(module_path!(), "::second"), share($count, 1), $one);
            }
            #[test]
            fn third() {
                hold(concat!(module_path!(), "::third"), share($count, 2), $one);
            }
            #[test]
            fn fourth() {
                hold(concat!(module_path!(), "::fourth"), share($count, 3), $one);
            }
        }
    };
}

mod caldav;
mod convergence;
mod crash;
mod google;
mod live;
mod microsoft;
mod naive;
mod push;
mod storm;
mod vault;

use daybook_testkit::{Seeds, sweep};

/// Runs a simulation; fails with the command that replays the seed that failed.
fn hold(test: &str, seeds: Seeds, one: impl Fn(u64) -> Result<(), String> + Sync) {
    let test = test.trim_start_matches("sim::");
    let (run, failed) = sweep(seeds, one);
    if let Some((seed, reason)) = failed {
        panic!(
            "seed {seed}: {reason}\nreplay: DAYBOOK_SIM_SEED={seed} cargo test -p daybook-testkit --test sim -- --exact {test} --nocapture"
        );
    }
    println!("{test}: {run} seeds from {} on", seeds.first);
    assert!(run > 0 || seeds.count == 0);
}

/// One of four shares.
fn share(count: u64, nth: u64) -> Seeds {
    Seeds::share(count, nth, 4)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
