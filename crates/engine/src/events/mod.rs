//! Events of the mirror, as instances in a range.

pub mod list;
pub mod offer;
pub(crate) mod sightings;
pub mod write;

pub use list::{Error, Listed, Listing, Query, list, page};
pub use offer::hint;
