//! What Slack tells of: that the app was removed, that its token was revoked, that somebody looks at its home page.

use daybook_store as store;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::slack::installations::{self, Installation, Team};
use store::slack::requests::{self, Claim};

use super::install::{self, End};
use super::who::{Known, Sender, resolve};
use super::{Error, jobs};
use crate::Context;

/// Longest text that is echoed.
const LONGEST_ECHO: usize = 512;

/// What to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// 200 with exactly this text.
    Challenge(String),
    /// 200 without a body.
    Noted,
}

/// Takes an envelope.
///
/// # Errors
/// [`Error::Malformed`]; the database's, after which Slack may try again.
pub async fn receive(cx: &Context, body: &[u8]) -> Result<Received, Error> {
    let envelope: Value = serde_json::from_slice(body).map_err(|_| Error::Malformed)?;
    receive_json(cx, &envelope).await
}

/// The same, read already.
///
/// # Errors
/// As [`receive`].
pub async fn receive_json(cx: &Context, envelope: &Value) -> Result<Received, Error> {
    match envelope["type"].as_str().ok_or(Error::Malformed)? {
        "url_verification" => {
            let challenge = envelope["challenge"].as_str().unwrap_or_default();
            match (1..=LONGEST_ECHO).contains(&challenge.len()) {
                true => Ok(Received::Challenge(challenge.to_owned())),
                false => Err(Error::Malformed),
            }
        }
        "event_callback" => {
            take(cx, envelope).await?;
            Ok(Received::Noted)
        }
        // What is not known is acknowledged; `app_rate_limited` only says that others were left out.
        _ => Ok(Received::Noted),
    }
}

/// Takes one event, in each workspace with this installation.
async fn take(cx: &Context, envelope: &Value) -> Result<(), Error> {
    let event = &envelope["event"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let sender = Sender {
        enterprise_id: text(&envelope["enterprise_id"]),
        team_id: text(&envelope["team_id"]),
        user_id: text(&event["user"]),
    };
    match event["type"].as_str().unwrap_or_default() {
        "app_uninstalled" => ended(cx, envelope, sender.team(), End::Uninstalled).await,
        "tokens_revoked" => ended(cx, envelope, sender.team(), End::Revoked).await,
        "app_home_opened" if event["tab"].as_str() != Some("messages") => home(cx, sender).await,
        _ => Ok(()),
    }
}

async fn ended(cx: &Context, envelope: &Value, team: Team<'_>, how: End) -> Result<(), Error> {
    let mut tx = cx.store.read().await?;
    let live = installations::everywhere(&mut tx, team).await?;
    drop(tx);
    for installation in live {
        if !is_about(envelope, &installation, how) {
            continue;
        }
        let workspace = installation.workspace_id;
        let mut tx = cx.store.write_in(workspace).await?;
        if !is_new(&mut tx, envelope, &installation).await? {
            continue;
        }
        let ended = install::end(&mut tx, &installation, how).await?;
        tx.commit().await?;
        if let Some((member, message)) = ended {
            cx.live.send(workspace, Some(member), message);
        }
    }
    Ok(())
}

/// Whether the event means this installation as it is now. The two events come in any order, and late: an installation that was made
/// after the event happened is another one.
fn is_about(envelope: &Value, installation: &Installation, how: End) -> bool {
    let at = envelope["event_time"].as_i64();
    let at = at.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let stale = at.is_some_and(|at| at.as_second() < installation.installed_at.as_second());
    if stale {
        tracing::info!("Slack told of the end of an installation that was made anew since");
        return false;
    }
    match how {
        // A whole organisation's installation does not end with one of its workspaces.
        End::Uninstalled => {
            !installation.team_id.is_empty()
                || envelope["team_id"].as_str().unwrap_or_default().is_empty()
                || envelope["is_enterprise_install"] == Value::Bool(true)
        }
        End::Revoked => {
            let bots = envelope["event"]["tokens"]["bot"].as_array();
            let ours = installation.bot_user_id.as_deref();
            bots.is_some_and(|bots| {
                bots.iter()
                    .any(|bot| bot.as_str() == ours && ours.is_some())
            })
        }
    }
}

/// Whether the event was not taken before: Slack sends it up to four times. It is noted in the transaction that does what it says, so
/// that one which fails is new again.
async fn is_new(
    tx: &mut store::Tx,
    envelope: &Value,
    installation: &Installation,
) -> Result<bool, Error> {
    let Some(id) = envelope["event_id"].as_str() else {
        return Ok(true);
    };
    let workspace = installation.workspace_id;
    let name = format!("{id}\n{}", installation.id);
    let key = Sender::default().request_key("event", &name);
    let fresh = requests::claim(tx, workspace, &key).await? == Claim::Fresh;
    if fresh {
        requests::answer(tx, workspace, &key, &json!({})).await?;
    }
    Ok(fresh)
}

/// Somebody looks at the home page: it is made in the background.
async fn home(cx: &Context, sender: Sender) -> Result<(), Error> {
    if !sender.is_sane() {
        return Ok(());
    }
    let (workspace_id, connection_id) = match resolve(cx, &sender).await? {
        Known::Member(bound) => (bound.workspace(), bound.connection),
        Known::Unlinked(installation) => (installation.workspace_id, installation.connection_id),
        Known::Gone | Known::NotInstalled => return Ok(()),
    };
    let home = jobs::Home {
        workspace_id,
        connection_id,
        sender,
    };
    let mut tx = cx.store.write_in(workspace_id).await?;
    jobs::enqueue_home(&mut tx, &home).await?;
    tx.commit().await?;
    Ok(())
}
