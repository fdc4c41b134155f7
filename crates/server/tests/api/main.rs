//! The HTTP API, called as clients call it: routers in-process over a database in memory, and the listener over real sockets.
#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod contract;
mod document;
mod idempotency;
mod invitations;
mod keys;
mod listener;
mod support;
mod time;
