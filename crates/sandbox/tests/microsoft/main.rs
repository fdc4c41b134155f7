//! The simulated Microsoft 365, spoken to as a client would: consent, sync, writes, notifications, faults.
#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "tests, told as stories"
)]
#![expect(clippy::print_stdout, reason = "tests say when they skip")]

mod batch;
mod calendars;
mod client;
mod delta;
mod events;
mod faults;
mod mirror;
mod oauth;
mod oracle;
mod pages;
mod push;
mod schedule;
mod writes;
