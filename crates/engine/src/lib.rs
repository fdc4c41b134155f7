//! The work: one file per use case, the job runner and the schedule.
//!
//! A use case is a free function that takes a [`Context`] and, where a person asks, a [`Principal`]. It loads, decides (in
//! `domain`), saves and enqueues in one transaction, and never speaks HTTP inside one.

pub mod accounts;
pub mod activity;
pub mod availability;
pub mod calendars;
pub mod clients;
pub mod connections;
pub mod context;
pub mod events;
pub mod health;
mod hex;
pub mod invoices;
pub mod jobs;
pub mod live;
pub mod mail;
pub mod notifications;
pub mod projects;
pub mod push;
pub mod rates;
pub mod reports;
pub mod slack;
pub mod sync;
pub mod timesheets;

pub use accounts::once::{Answer, Once, Outcome};
pub use accounts::principal::{Principal, Via};
pub use context::{Context, Settings};

/// The words of providers' manifests and failures, for those who show them.
pub use daybook_provider_api as provider;
/// The rows use cases return, for those who show them.
pub use daybook_store as store;
