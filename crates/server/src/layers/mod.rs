//! What happens to every request before its handler, and to every answer after it.

pub mod address;
pub mod authenticate;
pub mod cors;
pub mod headers;
pub mod observe;
pub mod origin;
