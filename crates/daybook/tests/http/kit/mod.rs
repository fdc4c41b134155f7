//! What the suites share: the server as a process, simulators in this one, HTTP to the byte, a look into the database.

pub mod database;
pub mod document;
pub mod server;
pub mod sims;
pub mod wire;

pub use server::{Server, free_port};
pub use sims::Sims;
pub use wire::{Answer, Ask};

/// Everybody's password: long enough, and the same, because passwords are not what these suites are about.
pub const PASSWORD: &str = "a quiet river bend";
