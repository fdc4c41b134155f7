//! Removes a calendar with its mirror; time entries made from it stay. A later listing of the account brings it back, switched off.

use daybook_domain::CalendarId;
use daybook_domain::activity::LogType;
use daybook_store as store;

use super::{Error, changeable};
use crate::activity::Line;
use crate::{Context, Principal, push};

/// Removes calendar `id`.
///
/// # Errors
/// When there is no such calendar.
pub async fn remove(cx: &Context, who: &Principal, id: CalendarId) -> Result<(), Error> {
    let calendar = changeable(cx, who, id).await?;
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    push::release(&mut tx, who.workspace_id, id).await?;
    store::calendars::delete(&mut tx, who.workspace_id, id).await?;
    Line::new(
        LogType::CalendarSync,
        format!(
            "{} was removed from this server; time entries made from it stay",
            calendar.name
        ),
    )
    .about(
        &calendar.provider,
        calendar.connection_id,
        calendar.member_id,
    )
    .write(&mut tx, who.workspace_id)
    .await?;
    tx.commit().await?;
    Ok(())
}
