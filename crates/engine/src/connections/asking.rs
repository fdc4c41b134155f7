//! Asking a provider with credentials that work: when they are refused, they are refreshed once and the same is asked again.

use daybook_domain::{ConnectionId, WorkspaceId};
use daybook_provider_api::{self as provider, Credential, Session};

use super::vault::{self, Access};
use super::{Error, outcome};
use crate::Context;

/// Credentials in use, and whether they were refreshed because they were refused.
pub(crate) struct Asking {
    access: Access,
    renewed: bool,
}

impl Asking {
    /// With credentials from the vault.
    ///
    /// # Errors
    /// As [`vault::access`].
    pub(crate) async fn begin(
        cx: &Context,
        workspace: WorkspaceId,
        id: ConnectionId,
    ) -> Result<Self, Error> {
        Ok(Self {
            access: vault::access(cx, workspace, id).await?,
            renewed: false,
        })
    }

    /// A session for one call.
    pub(crate) fn session<'a>(&'a self, cx: &'a Context) -> Session<'a> {
        self.access.session(cx)
    }

    /// After a refusal: whether the credentials are fresh now, so that the same may be asked again. True once at most.
    ///
    /// # Errors
    /// As [`vault::renew`].
    pub(crate) async fn again(
        &mut self,
        cx: &Context,
        error: &provider::Error,
    ) -> Result<bool, Error> {
        let can = matches!(self.access.credential, Credential::Bearer(_));
        if self.renewed || !can || !outcome::is_about_the_grant(error) {
            return Ok(false);
        }
        self.renewed = true;
        let (workspace, id) = (
            self.access.connection.workspace_id,
            self.access.connection.id,
        );
        self.access = vault::renew(cx, workspace, id, self.access.version).await?;
        Ok(true)
    }
}
