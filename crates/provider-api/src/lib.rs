//! The contract with the outside world: what a provider is, what it can do, how it fails, and `egress`, the one place
//! that sends HTTP out.

pub mod calendar;
pub mod chat;
pub mod egress;
pub mod error;
pub mod manifest;
pub mod oauth;
pub mod oidc;
pub mod registry;
pub mod session;

pub use calendar::{CalendarProvider, EventWriter, FreeBusy, Push};
pub use chat::Chat;
pub use egress::Egress;
pub use error::{Error, Retry};
pub use manifest::Manifest;
pub use registry::{Provider, Registry};
pub use session::{Credential, Patience, Session};

/// What a provider call gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;
