//! Scripted faults, shared by every simulator: which requests misbehave, how often, and in which way.
//!
//! A [`Rule`] selects requests and names a [`Fault`]. A simulator wraps its router with [`wrap`], which also serves
//! the control surface under `/_sandbox/` and keeps the request log. Faults below HTTP (a reset, silence, a slow
//! body) cannot be expressed by a response, so the answer carries a [`TransportFault`] extension: `serve` acts it
//! out on the socket, an in-process transport maps it to its own error.

mod bodies;
mod control;
mod desk;
mod dialect;
mod gzip;
mod layer;
mod rule;

pub use desk::{Desk, LoggedRequest, Stats, Violation};
pub use dialect::{Dialect, JsonDialect, Shape};
pub use layer::wrap;
pub use rule::{Fault, RetryAfter, Rule, Selector, TokenAnswer, TransportFault};
