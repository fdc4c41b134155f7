//! Watching the integrations: health and the activity log (SPEC §2.9).

pub mod analytics;
pub mod csv;
pub mod health;
pub mod logs;
