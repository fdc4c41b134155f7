//! What happens to every request before its handler, and to every answer after it.

pub mod address;
pub mod authenticate;
pub mod headers;
pub mod observe;
pub mod origin;
