//! The real binary as processes: its command line, its starts and stops, and what it keeps when it is killed.
#![expect(clippy::too_many_lines, reason = "a story reads in one piece")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each test file uses its part of the kit")]
mod support;

mod cli;
mod fsync;
mod import;
mod invoices;
mod kill;
mod kill_writes;
mod mail;
mod meetings;
mod nodes;
mod radicale;
mod slack;
mod starts;
mod stop;
