//! Syncs a calendar because somebody asked: the statistics at once, or the job that goes on when it takes long.

use std::time::Duration;

use daybook_domain::sync::Statistics;
use daybook_domain::{CalendarId, JobId};

use super::changeable;
use crate::jobs::sync_calendar::{self, When};
use crate::sync::{self, Ask, Error, Mode};
use crate::{Context, Principal};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synced {
    /// It is up to date.
    Done(Statistics),
    /// It goes on in the background.
    GoesOn(JobId),
}

/// Between looks at a calendar that is being synced by somebody else.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Syncs calendar `id`, in full if asked. A sync that is under way (the first one after connecting, say) is waited for. After [`crate::Settings::sync_patience`] the work goes on by itself and a job looks after it.
///
/// # Errors
/// [`sync::Error`].
pub async fn sync_now(
    cx: &Context,
    who: &Principal,
    id: CalendarId,
    full: bool,
) -> Result<Synced, Error> {
    changeable(cx, who, id).await?;
    let (workspace, mode) = (
        who.workspace_id,
        if full { Mode::Full } else { Mode::Incremental },
    );
    let work = cx.clone();
    let ask = Ask {
        mode,
        by_hand: true,
    };
    let task = cx.detached.spawn(async move {
        let mut waited = Duration::ZERO;
        loop {
            match sync::run(&work, workspace, id, ask).await {
                Err(Error::Running) if waited < work.settings.sync_patience => {
                    work.pause.pause(LOOK_AGAIN).await;
                    waited += LOOK_AGAIN;
                }
                result => return result,
            }
        }
    });
    match tokio::time::timeout(cx.settings.sync_patience, task).await {
        Ok(Ok(result)) => result.map(Synced::Done),
        Ok(Err(_)) => Err(Error::LostLease),
        Err(_) => {
            let mut tx = cx.store.write_in(workspace).await?;
            let job = sync_calendar::enqueue(&mut tx, workspace, id, full, When::Now).await?;
            tx.commit().await?;
            Ok(Synced::GoesOn(job.id()))
        }
    }
}
