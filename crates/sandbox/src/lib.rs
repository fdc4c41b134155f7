//! The stand-ins: provider simulators with scripted faults.
//!
//! Each simulator is a state machine behind an `axum::Router`: call the router in-process for a deterministic
//! simulation, or hand it to [`serve::serve`] to speak to it over loopback. Time comes from a [`clock::SandboxClock`],
//! randomness from a seed.

pub mod caldav;
pub mod clock;
mod endpoints;
pub mod fault;
pub mod google;
pub mod microsoft;
pub mod oidc;
pub mod serve;
mod shell;
pub mod slack;
mod spec;
mod stage;

pub use endpoints::Endpoints;
pub use stage::{Running, Sandbox};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks even after a panic elsewhere: a simulator's state is plain data.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
