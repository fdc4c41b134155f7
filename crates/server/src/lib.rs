//! The door: everything that speaks HTTP to people and programs. A request walks `listener` → `router` → `layers` →
//! one handler in `api/<resource>/`, which makes one engine call.

pub mod api;
pub mod cursor;
pub mod extract;
pub mod hooks;
mod layers;
pub mod limits;
pub mod listener;
pub mod openapi;
pub mod problem;
mod router;
pub mod state;

pub use openapi::openapi;
pub use problem::Problem;
pub use router::router;
pub use state::{App, HttpSettings};
