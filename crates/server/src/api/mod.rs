//! The resources. One folder each: wire types in `body.rs` and `input.rs`, and a handler per use case. Handlers extract, make
//! one engine call, and answer.

pub mod accounts;
pub mod availability;
pub mod calendars;
pub mod connections;
pub mod drafts;
pub mod errors;
pub mod events;
pub mod invoices;
pub mod jobs;
pub mod reports;
pub mod slack;
pub mod system;
pub mod time;
pub mod watching;
pub mod wire;
