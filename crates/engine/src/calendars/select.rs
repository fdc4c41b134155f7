//! Switches syncing on for a calendar named by its provider's id.

use daybook_domain::{ClientId, ConnectionId, ProjectId};
use daybook_store as store;
use store::calendars::{Calendar, Settings};

use super::Error;
use super::settings::reference;
use crate::jobs::sync_calendar::{self, When};
use crate::{Context, Principal};

/// Which calendar, and what its events are billed to.
#[derive(Debug, Clone)]
pub struct Select {
    /// The provider's key.
    pub provider: String,
    /// The provider's id of the calendar.
    pub calendar_id: String,
    /// Of this connection; otherwise of the oldest that has it.
    pub connection_id: Option<ConnectionId>,
    /// Client of entries made from its events.
    pub client_id: Option<ClientId>,
    /// Project of entries made from its events.
    pub project_id: Option<ProjectId>,
}

/// Switches syncing on; the first sync starts by itself.
///
/// # Errors
/// [`Error::UnknownCalendar`], [`Error::UnknownReference`].
pub async fn select(cx: &Context, who: &Principal, ask: Select) -> Result<Calendar, Error> {
    let workspace = who.workspace_id;
    let mut tx = cx.store.write_in(workspace).await?;
    let found = store::calendars::by_external_id(
        &mut tx,
        workspace,
        who.own_only(),
        &ask.provider,
        ask.connection_id,
        &ask.calendar_id,
    )
    .await?;
    let calendar = found
        .filter(|calendar| who.may_change(calendar.member_id))
        .ok_or(Error::UnknownCalendar)?;
    let settings = Settings {
        default_client_id: ask.client_id.map(Some),
        default_project_id: ask.project_id.map(Some),
        ..Settings::default()
    };
    store::calendars::update_settings(&mut tx, workspace, calendar.id, &settings)
        .await
        .map_err(reference)?;
    let after = store::calendars::set_enabled(&mut tx, workspace, calendar.id, true).await?;
    sync_calendar::enqueue(&mut tx, workspace, calendar.id, false, When::Now).await?;
    tx.commit().await?;
    Ok(after)
}
