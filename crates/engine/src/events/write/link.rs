//! `fetch_meeting_link`: a meeting link that the provider is still making when it answers a create. It is read again after 1, 2, 4
//! and 8 seconds (contracts/google §7, microsoft §7): the first time while the request waits, then by this job. Later it is the
//! next sync's affair.

use std::time::Duration;

use daybook_domain::activity::LogType;
use daybook_domain::{CalendarId, EventId, WorkspaceId};
use daybook_provider_api::calendar::write::{Target, Written};
use daybook_store as store;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::calendars::Calendar;
use store::jobs::NewJob;

use super::Error;
use super::desk::{Call, Desk, event_of};
use crate::Context;
use crate::activity::Line;

/// The job's name.
pub const NAME: &str = "fetch_meeting_link";
/// How long the request that made the event waits for its link.
const AT_ONCE: Duration = Duration::from_secs(1);
/// Seconds before each look of the job.
const LATER: [i64; 3] = [2, 4, 8];

/// Which event, and how often the job has looked.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Payload {
    workspace_id: WorkspaceId,
    calendar_id: CalendarId,
    event_id: EventId,
    looks: usize,
}

/// Enqueues the first look of the job, in the transaction that takes the event without its link into the mirror.
pub(super) async fn enqueue(
    tx: &mut store::Tx,
    calendar: &Calendar,
    event: EventId,
) -> store::Result<()> {
    let first = Payload {
        workspace_id: calendar.workspace_id,
        calendar_id: calendar.id,
        event_id: event,
        looks: 0,
    };
    let at_once = SignedDuration::try_from(AT_ONCE).unwrap_or(SignedDuration::ZERO);
    first.enqueue(tx, at_once).await
}

impl Payload {
    /// Enqueues the next look, this much later than it would be due; none when there were enough.
    async fn enqueue(&self, tx: &mut store::Tx, later: SignedDuration) -> store::Result<()> {
        let Some(wait) = LATER.get(self.looks) else {
            return Ok(());
        };
        let now = tx.now().await?;
        let due = now.saturating_add(SignedDuration::from_secs(*wait) + later);
        let key = format!("{}:{}", self.event_id, self.looks);
        let job = NewJob {
            dedupe_key: Some(&key),
            workspace_id: Some(self.workspace_id),
            due_at: Some(due.unwrap_or(now)),
            max_attempts: crate::jobs::TRIES,
            ..NewJob::new(NAME, serde_json::to_value(self).unwrap_or(Value::Null))
        };
        store::jobs::enqueue(tx, &job).await.map(|_| ())
    }
}

/// Waits a second for the link of an event that was just made, and takes it into the mirror. What goes wrong is left to the job.
pub(super) async fn wait(desk: &mut Desk<'_>, provider_id: &str) {
    desk.cx.pause.pause(AT_ONCE).await;
    if let Err(error) = look(desk, provider_id).await {
        tracing::info!(calendar.id = %desk.calendar.id, %error, "a meeting link could not be read yet; it is looked for later");
    }
}

/// Looks once more, and enqueues the next look while there is no link.
///
/// # Errors
/// [`Error`] when the event cannot be read now.
pub async fn fetch(cx: &Context, payload: Payload) -> Result<(), Error> {
    let workspace = payload.workspace_id;
    let mut tx = cx.store.read_in(workspace).await?;
    let row = store::events::get(&mut tx, workspace, payload.event_id).await?;
    drop(tx);
    if row.event.details.meeting_url.is_some() {
        return Ok(());
    }
    let mut desk = Desk::open_for_work(cx, workspace, payload.calendar_id).await?;
    if look(&mut desk, &row.event.provider_id).await? {
        return Ok(());
    }
    let next = Payload {
        looks: payload.looks + 1,
        ..payload
    };
    let mut tx = cx.store.write_in(workspace).await?;
    next.enqueue(&mut tx, SignedDuration::ZERO).await?;
    tx.commit().await?;
    Ok(())
}

/// Reads the event; whether the provider is done with its link.
async fn look(desk: &mut Desk<'_>, provider_id: &str) -> Result<bool, Error> {
    let target = Target {
        provider_id: provider_id.to_owned(),
        resource: None,
        series: None,
        occurrence: None,
        etag: None,
    };
    let now = match desk.must(&Call::Read(&target)).await {
        Err(Error::Gone) => return Ok(true),
        other => other?,
    };
    if now.conference_pending {
        return Ok(false);
    }
    desk.keep(&now, None).await?;
    report(desk, &now).await?;
    Ok(true)
}

/// Writes down what became of a link that was asked for.
pub(super) async fn report(desk: &Desk<'_>, written: &Written) -> Result<(), Error> {
    let calendar = &desk.calendar;
    let Some(event) = event_of(written, &written.provider_id) else {
        return Ok(());
    };
    let line = match &event.details.meeting_url {
        Some(_) => {
            let title = format!("A meeting link was made for an event in {}", calendar.name);
            Line::new(LogType::VideoLinkCreated, title)
        }
        None => {
            let title = format!(
                "An event in {} has no meeting link: its provider did not make one. Put a link of your own in its location",
                calendar.name
            );
            Line::new(LogType::VideoLinkCreated, title).failed()
        }
    };
    let mut tx = desk.cx.store.write_in(calendar.workspace_id).await?;
    line.about(
        &calendar.provider,
        calendar.connection_id,
        calendar.member_id,
    )
    .calendar(calendar.id)
    .detail(json!({"event_id": desk.event_id(written)}))
    .write(&mut tx, calendar.workspace_id)
    .await?;
    tx.commit().await?;
    Ok(())
}
