//! The simulated Slack, spoken to as an app would: installation, Web API, commands, buttons, modals, events, Socket Mode.
#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "tests, told as stories"
)]

mod api;
mod events;
mod install;
mod kit;
mod node;
mod pages;
mod people;
mod signatures;
mod socket;
