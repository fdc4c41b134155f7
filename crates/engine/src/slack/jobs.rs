//! The jobs of Slack: what calls the provider, and what runs by the clock.

use std::time::Duration;

use daybook_domain::{
    ConnectionId, MemberId, SlackBindingId, SlackNoticeId, SubmissionId, UserId, WorkspaceId,
};
use daybook_store as store;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;
use store::jobs::{NewJob, Priority};
use store::slack::bindings::Binding;

use super::who::Sender;
use super::{approvals, home, link, meetings, notify, respond, summaries};
use crate::Context;
use crate::connections::Error;
use crate::jobs::{Failure, Work, read};

/// Sends a notice.
pub const SEND: &str = "send_slack_notification";
/// Writes the summaries that are due.
pub const SUMMARIES: &str = "send_slack_daily_summaries";
/// Asks about meetings that just ended.
pub const MEETINGS: &str = "ask_about_meetings";
/// Puts a message in the place of another one.
pub const UPDATE: &str = "update_slack_message";
/// Shows a decision in the place of the questions it answers.
pub const DECIDED: &str = "show_approval_decision";
/// Shows somebody's home page.
pub const HOME: &str = "publish_slack_home";
/// Looks for a member in Slack by their address, and asks them.
pub const SEARCH: &str = "find_slack_user";
/// Looks up the name of somebody who was just linked.
pub const WELCOME: &str = "read_slack_user";

/// How long a message takes to Slack, usually.
const ON_ITS_WAY: Duration = Duration::from_secs(5);

/// Whose home page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Home {
    pub(super) workspace_id: WorkspaceId,
    pub(super) connection_id: ConnectionId,
    pub(super) sender: Sender,
}

/// What was decided about, and by whom.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Decided {
    pub(super) workspace_id: WorkspaceId,
    pub(super) submission_id: SubmissionId,
    pub(super) by: UserId,
    /// Nothing was decided: what is asked about is not what it was.
    #[serde(default)]
    pub(super) changed: bool,
}

/// Who was linked.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Welcome {
    pub(super) workspace_id: WorkspaceId,
    pub(super) connection_id: ConnectionId,
    pub(super) binding_id: SlackBindingId,
    pub(super) slack_user_id: String,
}

#[derive(Deserialize)]
struct Send {
    workspace_id: WorkspaceId,
    notice_id: SlackNoticeId,
}

#[derive(Deserialize)]
struct Search {
    workspace_id: WorkspaceId,
    member_id: MemberId,
}

pub(super) async fn enqueue_home(tx: &mut Tx, ask: &Home) -> store::Result<()> {
    let key = format!("{}:{}", ask.workspace_id, ask.sender.user_id);
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(ask.workspace_id),
        priority: Priority::High,
        max_attempts: crate::jobs::TRIES,
        ..NewJob::new(HOME, serde_json::to_value(ask).unwrap_or_default())
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(super) async fn enqueue_decided(tx: &mut Tx, ask: &Decided) -> store::Result<()> {
    // Many changes at once are shown once.
    let key = ask
        .changed
        .then(|| format!("changed:{}", ask.submission_id));
    let job = NewJob {
        dedupe_key: key.as_deref(),
        workspace_id: Some(ask.workspace_id),
        priority: Priority::High,
        max_attempts: crate::jobs::TRIES,
        ..NewJob::new(DECIDED, serde_json::to_value(ask).unwrap_or_default())
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(super) async fn enqueue_welcome(
    tx: &mut Tx,
    binding: &Binding,
    connection: ConnectionId,
) -> store::Result<()> {
    let key = binding.id.to_string();
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(binding.workspace_id),
        max_attempts: crate::jobs::TRIES,
        ..NewJob::new(WELCOME, link::welcome_payload(binding, connection))
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(super) async fn enqueue_search(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
) -> store::Result<()> {
    let key = member.to_string();
    let payload = json!({"workspace_id": workspace, "member_id": member});
    let job = NewJob {
        dedupe_key: Some(&key),
        workspace_id: Some(workspace),
        priority: Priority::High,
        // Asking twice would be worse than asking not at all: the person can ask again.
        max_attempts: 1,
        ..NewJob::new(SEARCH, payload)
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

/// What a failed call means for a job that may be repeated.
fn failure(error: Error) -> Failure {
    match (notify::send::verdict(&error), error) {
        (_, Error::Store(error)) => error.into(),
        (notify::send::Verdict::Later(Some(wait)), error) => {
            Failure::After(wait, error.to_string())
        }
        (notify::send::Verdict::Later(None) | notify::send::Verdict::Unknown, error) => {
            Failure::Again(error.to_string())
        }
        (_, error) => Failure::Never(error.to_string()),
    }
}

pub(crate) fn send(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let ask: Send = read(payload)?;
        notify::send::send(&cx, ask.workspace_id, ask.notice_id).await
    })
}

pub(crate) fn summaries(cx: Context, _: Value) -> Work {
    Box::pin(async move { summaries::send_due(&cx).await.map_err(Failure::from) })
}

pub(crate) fn meetings(cx: Context, _: Value) -> Work {
    Box::pin(async move { meetings::ask_all(&cx).await.map_err(Failure::from) })
}

pub(crate) fn update(cx: Context, payload: Value) -> Work {
    Box::pin(async move { respond::make(&cx, read(payload)?).await })
}

pub(crate) fn decided(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let ask: Decided = read(payload)?;
        match approvals::show(&cx, &ask).await? {
            true => Ok(()),
            false => Err(Failure::After(
                ON_ITS_WAY,
                "a question about it is on its way to Slack".to_owned(),
            )),
        }
    })
}

pub(crate) fn home(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let ask: Home = read(payload)?;
        home::publish(&cx, &ask).await.map_err(failure)
    })
}

pub(crate) fn search(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let ask: Search = read(payload)?;
        let found = link::search(&cx, ask.workspace_id, ask.member_id).await;
        found.map_err(failure)
    })
}

pub(crate) fn welcome(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let ask: Welcome = read(payload)?;
        link::welcome(&cx, &ask).await.map_err(failure)
    })
}
