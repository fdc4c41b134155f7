//! Daybook's binary as a library, so that tests can put a server together the way the binary does.

pub mod cli;
pub mod config;
pub mod ids;
pub mod wire;
