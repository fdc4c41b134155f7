//! The shelves: SQLite and PostgreSQL behind one set of functions.
//!
//! A transaction ([`Tx`]) is the only way in; every aggregate has a module of free functions that take one. Functions take the
//! [`WorkspaceId`](daybook_domain::WorkspaceId) they work in. The system-wide ones, which look across workspaces, are:
//! `workspaces::{create, list_all, by_slug}`, everything in `users`, `identities`, `password_resets` and `sign_in_flows`, `members::of_user`, `sessions::{by_token_hash, get, delete,
//! delete_of_user, delete_expired}`, `api_keys::by_token_hash`, `invitations::by_token_hash`, `idempotency::delete_older`,
//! `connections::{count_same_grant, due_for_refresh}`, `oauth_flows::{take, delete_expired}`, `calendars::{due, due_for_expansion}`,
//! `push_channels::{by_token_hashes, by_remote_ids, opening_elsewhere, due, unwanted, delete_expired}`, `activity::delete_older`, `mails::delete_older`, `submissions::delete_older`, `event_writes::delete_older`,
//! `slack::installations::everywhere`, `slack::bindings::{find, everybody}`, the `delete_expired` and
//! `delete_older` of `slack`, and all of `jobs`, `leases`, `schedules`, `meta` and
//! `keys`.

#[macro_use]
mod sql;

pub mod activity;
pub mod api_keys;
pub mod backup;
pub mod billing;
pub mod blocks;
pub mod calendars;
pub mod clients;
pub mod configurations;
pub mod connections;
pub mod crypto;
pub mod drafts;
pub mod entry_changes;
mod error;
pub mod event_writes;
pub mod events;
pub mod idempotency;
pub mod identities;
pub mod imports;
pub mod instances;
pub mod invitations;
pub mod invoices;
pub mod jobs;
pub mod keys;
pub mod leases;
pub mod mail_preferences;
pub mod mails;
pub mod members;
pub mod meta;
mod migrations;
pub mod oauth_flows;
mod open;
pub mod password_resets;
pub mod projects;
pub mod push_channels;
pub mod rates;
mod row;
pub mod schedules;
mod scope;
pub mod sessions;
mod shelf;
pub mod sign_in_flows;
pub mod slack;
pub mod submissions;
#[cfg(feature = "test-support")]
pub mod test_support;
pub mod time_entries;
pub mod time_facts;
pub mod time_rules;
mod tx;
pub mod users;
pub mod workspaces;

pub use error::{Error, LastError, Result};
pub use open::{Kind, Options, Store, Wakeups};
pub use sql::{BULK, Bulk, Dialect, STATEMENTS, Statement, TABLES};
pub use tx::Tx;
