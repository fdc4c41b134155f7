//! People, workspaces and the ways to prove who one is.

pub mod api_keys;
pub mod invitations;
pub mod login;
pub mod me;
pub mod members;
pub mod names;
pub mod oidc;
pub mod once;
pub mod password;
pub mod password_reset;
pub mod principal;
pub mod provision;
pub mod sessions;
pub mod setup;
pub(crate) mod token;
pub mod workspace;

pub use daybook_store::Error as StoreError;
pub use daybook_store::members::{Membership, Profile};
pub use daybook_store::users::User;
pub use daybook_store::workspaces::Workspace;
