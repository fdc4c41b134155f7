//! The HTTP API, called as clients call it: routers in-process over a database in memory, and the listener over real sockets.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::too_many_lines, reason = "stories are told in one go")]

mod accounts;
mod availability;
mod billing;
mod calendars;
mod contract;
mod cors;
mod document;
mod event_again;
mod event_batch;
mod events;
mod exports;
mod hooks;
mod idempotency;
mod invitations;
mod invoices;
mod keys;
mod listener;
mod oidc;
mod slack;
mod stream;
mod support;
mod sync;
mod tenants;
mod time;
mod timesheets;
