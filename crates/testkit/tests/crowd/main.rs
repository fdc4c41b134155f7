#![expect(clippy::unwrap_used, reason = "tests")]
//! Many calendars at once, in simulated time: nobody starts in a herd (RELIABILITY R11), and a day of outage costs nobody anything
//! (R13). The real scheduler, job queue, limits and circuit breakers; databases in memory; providers that count.

mod herd;
mod hours;
mod import;
mod outage;
mod town;

/// A number from the environment, for longer runs.
fn number(name: &str, usual: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}
