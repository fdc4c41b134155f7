//! What happens in Slack after an answer: a form opens, a message changes. A form's trigger lives three seconds, so it is opened at
//! once by this process; messages are changed by jobs, so that a crash loses none.

use std::time::Duration;

use daybook_domain::{ConnectionId, WorkspaceId};
use daybook_provider_api::chat::Message;
use daybook_store as store;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::jobs::{NewJob, Priority};

use super::call::{Ask, call};
use super::who::Bound;
use super::{chat, jobs};
use crate::Context;

/// Tries of a change: one that asks us to wait counts too.
const TRIES: i64 = 8;

/// Where a message is that should change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// In which conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// What it is called there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<String>,
    /// Where answers to the click on it go: the only way to a message that only one person sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A change of a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) workspace_id: WorkspaceId,
    pub(super) connection_id: ConnectionId,
    pub(super) spot: Spot,
    pub(super) text: String,
    pub(super) blocks: Value,
}

impl Spot {
    /// The message that a click was on.
    pub fn of_payload(payload: &Value) -> Self {
        let text = |pointer: &str| {
            let text = payload.pointer(pointer)?.as_str()?;
            Some(text.to_owned()).filter(|text| text.len() <= 2000)
        };
        let only_theirs = payload["container"]["is_ephemeral"] == Value::Bool(true);
        let kept = |text: Option<String>| text.filter(|_| !only_theirs);
        Self {
            channel: kept(text("/container/channel_id")),
            ts: kept(text("/container/message_ts")),
            url: text("/response_url"),
        }
    }

    fn is_nowhere(&self) -> bool {
        self.url.is_none() && (self.channel.is_none() || self.ts.is_none())
    }
}

/// Opens a form, now and in the background. A trigger that has run out cannot be helped: the person is told, where there is a way.
pub(super) fn open_view(
    cx: &Context,
    bound: &Bound,
    trigger: Option<&str>,
    view: Value,
    url: Option<String>,
) {
    let Some(trigger) = trigger.map(str::to_owned) else {
        return;
    };
    let (cx, workspace, connection) = (cx.clone(), bound.workspace(), bound.connection);
    cx.detached.clone().spawn(async move {
        let opened = call(&cx, workspace, connection, &Ask::Open(&trigger, &view)).await;
        let Err(error) = opened else {
            return;
        };
        tracing::info!(connection.id = %connection, %error, "a form could not be opened in Slack");
        let text = "The form could not be opened in time. Try again, or type it: `/time 2.5 hours: Description`.";
        let body = json!({"response_type": "ephemeral", "replace_original": false, "text": text});
        if let (Some(url), Some(chat)) = (url, chat(&cx))
            && let Err(error) = chat.respond(&cx.egress, &url, &body).await
        {
            tracing::info!(%error, "that could not be told either");
        }
    });
}

/// Enqueues a change of a message.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn change(
    cx: &Context,
    tx: &mut store::Tx,
    workspace: WorkspaceId,
    connection: ConnectionId,
    mut spot: Spot,
    message: &Message,
) -> store::Result<()> {
    if let Some(url) = &spot.url
        && !chat(cx).is_some_and(|chat| chat.may_respond(url))
    {
        tracing::warn!("a request named a response_url that is not Slack's; nothing is sent there");
        spot.url = None;
    }
    if spot.is_nowhere() {
        return Ok(());
    }
    let change = Change {
        workspace_id: workspace,
        connection_id: connection,
        spot,
        text: message.text.clone(),
        blocks: message.blocks.clone(),
    };
    let job = NewJob {
        workspace_id: Some(workspace),
        priority: Priority::High,
        max_attempts: TRIES,
        ..NewJob::new(
            jobs::UPDATE,
            serde_json::to_value(&change).unwrap_or_default(),
        )
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

/// [`change`], in a transaction of its own.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn change_now(
    cx: &Context,
    bound: &Bound,
    spot: Spot,
    message: &Message,
) -> store::Result<()> {
    let mut tx = cx.store.write_in(bound.workspace()).await?;
    change(
        cx,
        &mut tx,
        bound.workspace(),
        bound.connection,
        spot,
        message,
    )
    .await?;
    tx.commit().await
}

/// Makes a change.
///
/// # Errors
/// When Slack does not take it for now; one that it will never take is let go.
pub(super) async fn make(cx: &Context, change: Change) -> Result<(), crate::jobs::Failure> {
    use crate::jobs::Failure;
    let message = Message {
        text: change.text,
        blocks: change.blocks,
    };
    let (workspace, connection) = (change.workspace_id, change.connection_id);
    let done = match (&change.spot.channel, &change.spot.ts, &change.spot.url) {
        (Some(channel), Some(ts), _) => {
            let ask = Ask::Update(channel, ts, &message);
            call(cx, workspace, connection, &ask).await.map(|_| ())
        }
        (_, _, Some(url)) => {
            let Some(chat) = chat(cx) else { return Ok(()) };
            let body =
                json!({"replace_original": true, "text": message.text, "blocks": message.blocks});
            let sent = chat.respond(&cx.egress, url, &body).await;
            sent.map_err(crate::connections::Error::from)
        }
        _ => Ok(()),
    };
    match done {
        Ok(()) => Ok(()),
        Err(error) => match super::notify::send::verdict(&error) {
            super::notify::send::Verdict::Later(wait) => Err(Failure::After(
                wait.unwrap_or(Duration::from_secs(2)),
                error.to_string(),
            )),
            _ => {
                tracing::info!(connection.id = %connection, %error, "a message in Slack was not changed");
                Ok(())
            }
        },
    }
}
