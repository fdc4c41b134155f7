//! Slack: the app in Slack workspaces, who is who there, and what was asked and told.

pub mod bindings;
pub mod entries;
pub mod installations;
pub mod links;
pub mod notices;
pub mod preferences;
pub mod requests;
