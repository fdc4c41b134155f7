//! What handlers ask for: who is calling, which thing is meant, and a body that is already parsed and checked.

mod id;
mod json;
mod once;
mod principal;
mod query;

pub use id::{Id, Id2};
pub use json::{Json, OptionalJson, nullable};
pub use once::{Creating, CreatingOptional, OnceKey, answer, created};
pub use principal::{Admin, Anyone, Guest, Reader, Writer};
pub use query::{Page, Paging, Query, switch};
