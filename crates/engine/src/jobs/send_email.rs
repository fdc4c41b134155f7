//! `send_email`: one mail of the outbox.

use daybook_domain::{MailId, WorkspaceId};
use daybook_store as store;
use serde::Deserialize;
use serde_json::{Value, json};
use store::jobs::NewJob;

use super::{Failure, Work, read};
use crate::Context;
use crate::mail::send::{self, Outcome, TRIES};

/// Its name.
pub const NAME: &str = "send_email";

#[derive(Deserialize)]
struct Payload {
    workspace_id: WorkspaceId,
    mail_id: MailId,
}

/// Enqueues it in the caller's transaction.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue(
    tx: &mut store::Tx,
    workspace: WorkspaceId,
    mail: MailId,
) -> store::Result<()> {
    let key = mail.to_string();
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        max_attempts: TRIES,
        ..NewJob::new(NAME, json!({"workspace_id": workspace, "mail_id": mail}))
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: Payload = read(payload)?;
        match send::send(&cx, payload.workspace_id, payload.mail_id).await? {
            Outcome::Sent => Ok(()),
            Outcome::Again(why) => Err(Failure::Again(why)),
            Outcome::Failed(why) => Err(Failure::Never(why)),
        }
    })
}
