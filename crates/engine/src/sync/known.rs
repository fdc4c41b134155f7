//! What the mirror holds, for adapters that compare version tags.

use std::collections::BTreeMap;

use async_trait::async_trait;
use daybook_domain::connection::ErrorKind;
use daybook_domain::{CalendarId, WorkspaceId};
use daybook_provider_api::calendar::KnownResources;
use daybook_provider_api::{Error, Result};
use daybook_store::{self as store, Store};

/// The resources of one calendar in the mirror.
pub(super) struct Mirror<'a> {
    pub(super) store: &'a Store,
    pub(super) workspace: WorkspaceId,
    pub(super) calendar: CalendarId,
}

#[async_trait]
impl KnownResources for Mirror<'_> {
    async fn etags(&self) -> Result<BTreeMap<String, Option<String>>> {
        let read = async {
            let mut tx = self.store.read_in(self.workspace).await?;
            store::events::resources_of(&mut tx, self.workspace, self.calendar).await
        };
        let rows = read.await.map_err(|error| {
            Error::new(
                ErrorKind::Unavailable,
                format!("the mirror cannot be read: {error}"),
            )
        })?;
        Ok(rows
            .into_iter()
            .map(|row| (row.resource, row.etag))
            .collect())
    }
}
