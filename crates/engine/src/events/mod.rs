//! Events of the mirror, as instances in a range.

pub mod list;
pub mod write;

pub use list::{Error, Query, list};
