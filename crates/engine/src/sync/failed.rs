//! Notes a failed sync: on the calendar always, on the connection when its access is concerned or it is out of reach, and
//! switches the calendar off after five confirmed losses of access in a row. An outage never switches anything off (R13).

use daybook_domain::activity::LogType;
use daybook_domain::connection::{CONFIRMED_ERRORS_BEFORE_OFF, ErrorKind};
use daybook_domain::sync::{next_due, scattered_due};
use daybook_provider_api as provider;
use daybook_store as store;
use serde_json::json;
use store::LastError;
use store::calendars::Calendar;

use super::Error;
use crate::Context;
use crate::activity::Line;
use crate::connections::{notices, outcome};
use crate::push;

/// Writes the failure down and gives it back.
pub(super) async fn note(cx: &Context, calendar: &Calendar, error: Error) -> Error {
    let Error::Provider(failure) = &error else {
        return error;
    };
    match write(cx, calendar, failure).await {
        Ok(()) => error,
        Err(store) => {
            tracing::error!(calendar.id = %calendar.id, %error, %store, "a failed sync could not be noted");
            error
        }
    }
}

async fn write(cx: &Context, calendar: &Calendar, failure: &provider::Error) -> store::Result<()> {
    let (workspace, id) = (calendar.workspace_id, calendar.id);
    let now = cx.clock.now();
    // Those that fall ill together must not come back together for hours.
    let due = if calendar.sync_errors == 0 {
        scattered_due
    } else {
        next_due
    };
    let next_at = due(now, calendar.sync_interval_minutes, cx.ids.fraction());
    let last = LastError {
        kind: failure.kind,
        message: failure.message.clone(),
        at: now,
    };
    let mut tx = cx.store.write_in(workspace).await?;
    let counts = store::calendars::mark_sync_error(
        &mut tx,
        workspace,
        id,
        &last,
        next_at,
        failure.kind.confirms_lost_access(),
    )
    .await?;
    let connection = store::connections::get(&mut tx, workspace, calendar.connection_id).await?;
    if concerns_the_account(failure.kind) {
        outcome::failed(cx, &mut tx, &connection, failure).await?;
    }
    // The first failure of a row is a line in the log; an outage of a day is not a thousand.
    if counts.sync_errors == 1 {
        line(
            calendar,
            format!("{} could not be synced: {}", calendar.name, failure.message),
        )
        .detail(json!({"kind": failure.kind, "code": failure.code, "status": failure.status}))
        .write(&mut tx, workspace)
        .await?;
    }
    if counts.confirmed_errors >= i64::from(CONFIRMED_ERRORS_BEFORE_OFF) && calendar.sync_enabled {
        store::calendars::give_up(&mut tx, workspace, id).await?;
        push::release(&mut tx, workspace, id).await?;
        let title = format!(
            "{} was switched off: its provider refused access {} times in a row",
            calendar.name, counts.confirmed_errors
        );
        line(calendar, title)
            .detail(json!({"kind": failure.kind}))
            .write(&mut tx, workspace)
            .await?;
        notices::calendar_off(cx, &mut tx, calendar, &connection).await?;
    }
    tx.commit().await?;
    outcome::tell(cx, &connection, failure);
    Ok(())
}

/// A calendar that is gone says nothing about its account; everything else does.
const fn concerns_the_account(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::Gone | ErrorKind::CursorExpired | ErrorKind::Conflict
    )
}

fn line(calendar: &Calendar, title: String) -> Line {
    Line::new(LogType::CalendarSync, title)
        .failed()
        .about(
            &calendar.provider,
            calendar.connection_id,
            calendar.member_id,
        )
        .calendar(calendar.id)
}
