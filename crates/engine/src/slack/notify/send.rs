//! Sends a notice, at most once. Slack has no key against double posts: when it is not known whether a message arrived, it is noted as
//! lost and not sent again (contracts/slack §5, §9).

use std::time::Duration;

use daybook_domain::connection::ErrorKind;
use daybook_domain::{SlackNoticeId, WorkspaceId};
use daybook_provider_api::Retry;
use daybook_provider_api::chat::{Message, Posted};
use daybook_store as store;
use serde_json::json;
use store::slack::bindings::{self, Reachable};
use store::slack::notices::{self, Notice, Place, State};
use store::slack::preferences;

use super::{line, render};
use crate::Context;
use crate::connections::Error;
use crate::jobs::Failure;
use crate::slack::call::{Ask, Told, call};
use crate::slack::time;

/// What a failed call means for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::slack) enum Verdict {
    /// Slack does not have it: try again, not before this long.
    Later(Option<Duration>),
    /// Slack does not have it and will not take it.
    Never,
    /// This person cannot be told anything any more.
    Unreachable,
    /// Slack may have it.
    Unknown,
}

/// What a failed call means for a message.
pub(in crate::slack) fn verdict(error: &Error) -> Verdict {
    let Error::Provider(error) = error else {
        return match error {
            Error::Store(_) | Error::Interrupted => Verdict::Later(None),
            _ => Verdict::Never,
        };
    };
    let wait = match error.retry {
        Retry::After(wait) => Some(wait),
        Retry::No | Retry::Soon => None,
    };
    match (error.kind, error.code.as_deref()) {
        (_, Some("timeout" | "reset" | "too_large" | "encoding")) => Verdict::Unknown,
        (ErrorKind::Malformed, _) => Verdict::Unknown,
        (ErrorKind::RateLimited | ErrorKind::Unavailable, _) => Verdict::Later(wait),
        (ErrorKind::NotFound, _) => Verdict::Unreachable,
        _ => Verdict::Never,
    }
}

/// Sends notice `id`.
///
/// # Errors
/// When it should be tried again.
pub(in crate::slack) async fn send(
    cx: &Context,
    workspace: WorkspaceId,
    id: SlackNoticeId,
) -> Result<(), Failure> {
    let mut tx = cx.store.write_in(workspace).await?;
    let Some(notice) = notices::take(&mut tx, workspace, id).await? else {
        // Another try of this job got as far as sending, and no further.
        let why = "the server stopped while it was sent; whether Slack has it is not known";
        notices::settle(&mut tx, workspace, id, State::Lost, why).await?;
        tx.commit().await?;
        return Ok(());
    };
    let to = bindings::reach(&mut tx, workspace, notice.member_id).await?;
    let wanted = preferences::get(&mut tx, workspace, notice.member_id).await?;
    let message = match &to {
        Some(to) if wanted.wants(notice.kind) != Some(false) => {
            let zone = time::zone(&to.time_zone);
            render::message(cx, &mut tx, &notice, &zone).await?
        }
        _ => None,
    };
    let (Some(to), Some(message)) = (to, message) else {
        let why = "not wanted, not possible, or pointless by now";
        notices::settle(&mut tx, workspace, id, State::Skipped, why).await?;
        tx.commit().await?;
        return Ok(());
    };
    tx.commit().await?;
    match deliver(cx, &to, &message).await {
        Ok(posted) => done(cx, &notice, &to, &posted).await,
        Err(error) => failed(cx, &notice, &to, &error).await,
    }
}

async fn deliver(cx: &Context, to: &Reachable, message: &Message) -> Result<Posted, Error> {
    let (workspace, connection) = (to.workspace_id, to.connection_id);
    let channel = match &to.channel_id {
        Some(channel) => channel.clone(),
        None => open(cx, to).await?,
    };
    match call(cx, workspace, connection, &Ask::Post(&channel, message)).await? {
        Told::Posted(posted) => Ok(posted),
        _ => Err(Error::Interrupted),
    }
}

/// Opens the direct conversation, and remembers it.
async fn open(cx: &Context, to: &Reachable) -> Result<String, Error> {
    let (workspace, connection) = (to.workspace_id, to.connection_id);
    let opened = call(cx, workspace, connection, &Ask::Direct(&to.slack_user_id)).await;
    let channel = match opened {
        Ok(Told::Channel(channel)) => channel,
        Ok(_) => return Err(Error::Interrupted),
        // Opening is repeated without harm.
        Err(Error::Provider(error)) if verdict_of_opening(&error) => {
            let again = daybook_provider_api::Error::new(ErrorKind::Unavailable, error.message);
            return Err(Error::Provider(again));
        }
        Err(error) => return Err(error),
    };
    let mut tx = cx.store.write_in(workspace).await?;
    bindings::set_channel(&mut tx, workspace, to.id, &channel).await?;
    tx.commit().await?;
    Ok(channel)
}

fn verdict_of_opening(error: &daybook_provider_api::Error) -> bool {
    verdict(&Error::Provider(error.clone())) == Verdict::Unknown
}

async fn done(
    cx: &Context,
    notice: &Notice,
    to: &Reachable,
    posted: &Posted,
) -> Result<(), Failure> {
    let place = Place {
        connection_id: to.connection_id,
        channel_id: &posted.channel,
        message_ts: &posted.ts,
    };
    let mut tx = cx.store.write_in(notice.workspace_id).await?;
    notices::sent(&mut tx, notice.workspace_id, notice.id, &place).await?;
    line(notice.member_id, to.connection_id, notice.kind)
        .write(&mut tx, notice.workspace_id)
        .await?;
    tx.commit().await?;
    Ok(())
}

async fn failed(
    cx: &Context,
    notice: &Notice,
    to: &Reachable,
    error: &Error,
) -> Result<(), Failure> {
    let (workspace, id) = (notice.workspace_id, notice.id);
    let verdict = verdict(error);
    let why = error.to_string();
    let mut tx = cx.store.write_in(workspace).await?;
    let state = match verdict {
        Verdict::Later(_) => State::Waiting,
        Verdict::Unknown => State::Lost,
        Verdict::Never | Verdict::Unreachable => State::Skipped,
    };
    notices::settle(&mut tx, workspace, id, state, &why).await?;
    if verdict == Verdict::Unreachable {
        bindings::silence(&mut tx, workspace, to.id, code(error)).await?;
    }
    if state != State::Waiting {
        let mut told = line(notice.member_id, to.connection_id, notice.kind).failed();
        told.title = match verdict {
            Verdict::Unknown => {
                "A message in Slack may not have arrived; it is not sent twice".to_owned()
            }
            _ => format!("A message could not be sent in Slack: {why}"),
        };
        told.detail = json!({"kind": notice.kind, "code": code(error)});
        told.write(&mut tx, workspace).await?;
    }
    tx.commit().await?;
    match verdict {
        Verdict::Later(Some(wait)) => Err(Failure::After(wait, why)),
        Verdict::Later(None) => Err(Failure::Again(why)),
        _ => Ok(()),
    }
}

fn code(error: &Error) -> &str {
    match error {
        Error::Provider(error) => error.code.as_deref().unwrap_or("refused"),
        _ => "refused",
    }
}

#[cfg(test)]
mod tests {
    use daybook_provider_api::Error as ProviderError;

    use super::*;

    fn of(kind: ErrorKind, code: &str) -> Verdict {
        verdict(&Error::Provider(
            ProviderError::new(kind, "x").with_code(code),
        ))
    }

    #[test]
    fn only_what_slack_surely_does_not_have_is_sent_again() {
        use ErrorKind::{Auth, Malformed, NotFound, RateLimited, Unavailable, Unsupported};
        for code in ["timeout", "reset", "too_large", "encoding"] {
            assert_eq!(of(Unavailable, code), Verdict::Unknown, "{code}");
        }
        assert_eq!(of(Malformed, "x"), Verdict::Unknown);
        for code in [
            "connect",
            "resolve",
            "tls",
            "circuit_open",
            "internal_error",
        ] {
            assert_eq!(of(Unavailable, code), Verdict::Later(None), "{code}");
        }
        assert_eq!(of(RateLimited, "ratelimited"), Verdict::Later(None));
        assert_eq!(of(NotFound, "user_disabled"), Verdict::Unreachable);
        assert_eq!(of(Unsupported, "invalid_blocks"), Verdict::Never);
        assert_eq!(of(Auth, "invalid_auth"), Verdict::Never);
        assert_eq!(verdict(&Error::NeedsReauth), Verdict::Never);
    }
}
