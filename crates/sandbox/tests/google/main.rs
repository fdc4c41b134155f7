//! The simulated Google, spoken to as a client would: consent, sync, writes, faults.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::print_stdout, reason = "tests say when they skip")]

mod calendar_list;
mod client;
mod events;
mod faults;
mod free_busy;
mod http;
mod oauth;
mod oracle;
mod pages;
mod push;
mod sync;
mod writes;
