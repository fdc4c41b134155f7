#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
//! Free time as Daybook works it out from its mirror is the time that the provider itself calls free, and the time that an oracle
//! says is free, which knows nothing but what was put into the calendar. Random calendars at Google, Microsoft 365 and CalDAV.
//!
//! A seed is one calendar at each of the three. `DAYBOOK_SIM_SEEDS=1000` runs a thousand, `DAYBOOK_SIM_SEED=7` one again.

mod check;
mod providers;
mod spec;

use daybook_testkit::{Seeds, sweep};

/// Seeds where nobody says how many: a thousand calendars, which cost less than a minute of a processor.
const USUAL: u64 = 334;

#[test]
fn free_time_is_what_the_providers_say_it_is() {
    let seeds = Seeds::from_env(USUAL, 300);
    let (run, failed) = sweep(seeds, |seed| runtime().block_on(check::one(seed, None)));
    if let Some((seed, reason)) = failed {
        panic!(
            "seed {seed}: {reason}\nreplay: DAYBOOK_SIM_SEED={seed} cargo test -p daybook-testkit --test busy -- --exact free_time_is_what_the_providers_say_it_is --nocapture"
        );
    }
    println!(
        "{run} seeds from {} on, each with three calendars",
        seeds.first
    );
}

/// The control: whoever forgets one kind of event is found, and whoever believes of Microsoft what holds elsewhere.
#[test]
fn a_mistake_is_found() {
    use check::Wrong::{DaysInUtc, Forgets, KeepsLengths};
    for wrong in [
        Forgets(spec::Kind::Tentative),
        Forgets(spec::Kind::Free),
        Forgets(spec::Kind::Elsewhere),
        Forgets(spec::Kind::Declined),
        KeepsLengths,
        DaysInUtc,
    ] {
        let seeds = Seeds {
            first: 0,
            count: 300,
            time: std::time::Duration::from_secs(120),
        };
        let (run, failed) = sweep(seeds, |seed| {
            runtime().block_on(check::one(seed, Some(wrong)))
        });
        let (seed, _) = failed.unwrap_or_else(|| panic!("{wrong:?} was not found in {run} seeds"));
        println!("{wrong:?} was found at seed {seed}");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
