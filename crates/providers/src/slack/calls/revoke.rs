//! `auth.revoke`: ends the token.

use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Result, Session};

use super::get;

/// Revokes. A token that is dead already counts as revoked.
pub(in crate::slack) async fn ask(session: &Session<'_>) -> Result<()> {
    match get(session, "auth.revoke", &[]).await {
        Err(error) if error.kind == ErrorKind::Auth => Ok(()),
        other => other.map(|_| ()),
    }
}
