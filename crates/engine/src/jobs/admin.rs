//! Background work as those who manage a workspace see it.

use daybook_domain::JobId;
use daybook_store as store;
use jiff::Timestamp;
use store::jobs::{Filter, Job, State};

use crate::{Context, Principal};

/// The workspace's jobs, or those in this state, the newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Context,
    who: &Principal,
    state: Option<State>,
    after: Option<(Timestamp, JobId)>,
    limit: i64,
) -> store::Result<Vec<Job>> {
    let filter = Filter {
        workspace_id: Some(who.workspace_id),
        kind: None,
        state,
    };
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    store::jobs::list(&mut tx, &filter, after, limit).await
}

/// Makes a job of the workspace that was given up live again.
///
/// # Errors
/// [`store::Error::NotFound`] also when it was not given up; [`store::Error::Conflict`] when another one does its work.
pub async fn retry(cx: &Context, who: &Principal, id: JobId) -> store::Result<Job> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let job = store::jobs::get(&mut tx, id).await?;
    if job.workspace_id != Some(who.workspace_id) {
        return Err(store::Error::NotFound);
    }
    let job = store::jobs::retry(&mut tx, id).await?;
    tx.commit().await?;
    Ok(job)
}
