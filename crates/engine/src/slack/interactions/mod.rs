//! Buttons and forms. Every action is authorised again by who sends it: what comes back in a button's value or a form's metadata is
//! no secret and proves nothing (contracts/slack §6).

mod buttons;
mod forms;

use daybook_store as store;
use serde_json::{Value, json};
use store::slack::requests::{self, Claim};
use url::form_urlencoded;

use super::command::answered;
use super::respond::{self, Spot};
use super::who::{Bound, Known, Sender, resolve};
use super::{Error, blocks, link};
use crate::Context;

/// Longest value of a button that is looked at.
const LONGEST_VALUE: usize = 200;

/// The payload of a posted form.
///
/// # Errors
/// [`Error::Malformed`].
pub fn payload(body: &[u8]) -> Result<Value, Error> {
    let mut found = None;
    for (name, value) in form_urlencoded::parse(body) {
        if name == "payload" && found.replace(value).is_some() {
            return Err(Error::Malformed);
        }
    }
    let text = found.ok_or(Error::Malformed)?;
    let payload: Value = serde_json::from_str(&text).map_err(|_| Error::Malformed)?;
    match payload.is_object() {
        true => Ok(payload),
        false => Err(Error::Malformed),
    }
}

/// Answers a payload; `None` for an answer without a body.
///
/// # Errors
/// [`Error::Malformed`]; the database's.
pub async fn handle(cx: &Context, payload: &Value) -> Result<Option<Value>, Error> {
    let kind = payload["type"].as_str().ok_or(Error::Malformed)?;
    if !matches!(kind, "block_actions" | "view_submission") {
        // What is not known is acknowledged.
        return Ok(None);
    }
    let sender = Sender::of_payload(payload).ok_or(Error::Malformed)?;
    match (resolve(cx, &sender).await?, kind) {
        (Known::Member(bound), "block_actions") => {
            if let Some((id, yes)) = link_answer(payload) {
                return answer_link(cx, &sender, payload, id, yes).await;
            }
            actions(cx, &bound, payload).await
        }
        (Known::Member(bound), _) => submission(cx, &bound, payload).await,
        (Known::Unlinked(_) | Known::Gone, "block_actions") => {
            if let Some((id, yes)) = link_answer(payload) {
                return answer_link(cx, &sender, payload, id, yes).await;
            }
            Ok(None)
        }
        (_, "view_submission") => Ok(Some(json!({"response_action": "clear"}))),
        _ => Ok(None),
    }
}

/// One click.
pub(super) struct Click<'a> {
    /// What.
    pub(super) action: &'a str,
    /// On what.
    pub(super) value: &'a str,
    /// Opens a form.
    pub(super) trigger: Option<&'a str>,
    /// The message it was on.
    pub(super) spot: Spot,
    /// On the home page, not on a message.
    pub(super) at_home: bool,
}

async fn actions(cx: &Context, bound: &Bound, payload: &Value) -> Result<Option<Value>, Error> {
    let list = payload["actions"].as_array().ok_or(Error::Malformed)?;
    for action in list.iter().take(5) {
        let text = |name: &str| action[name].as_str().unwrap_or_default();
        let value = text("value");
        if value.len() > LONGEST_VALUE {
            continue;
        }
        // One click arrives once: the time of the click, and on what, name it.
        let name = format!(
            "{}\n{}\n{value}\n{}\n{}",
            text("action_id"),
            text("action_ts"),
            payload["trigger_id"].as_str().unwrap_or_default(),
            payload["container"]["message_ts"]
                .as_str()
                .unwrap_or_default()
        );
        let key = bound.sender.request_key("action", &name);
        let click = Click {
            action: text("action_id"),
            value,
            trigger: payload["trigger_id"].as_str(),
            spot: Spot::of_payload(payload),
            at_home: payload["view"]["type"] == "home",
        };
        once(cx, bound, &click, &key).await?;
    }
    Ok(None)
}

/// Does what a click says, once. What buttons do is idempotent by itself; what is kept is that it was done, so that an old click cannot
/// undo what came after it. One that fails is new when Slack sends it again.
async fn once(cx: &Context, bound: &Bound, click: &Click<'_>, key: &[u8; 32]) -> Result<(), Error> {
    let workspace = bound.workspace();
    let mut tx = cx.store.write_in(workspace).await?;
    let claim = requests::claim(&mut tx, workspace, key).await?;
    tx.commit().await?;
    if answered(claim)?.is_some() {
        return Ok(());
    }
    let done = buttons::press(cx, bound, click).await;
    let noted = async {
        let mut tx = cx.store.write_in(workspace).await?;
        match &done {
            Ok(()) => requests::answer(&mut tx, workspace, key, &json!({})).await?,
            Err(_) => requests::release(&mut tx, workspace, key).await?,
        }
        tx.commit().await
    };
    if let Err(error) = noted.await {
        // It is taken once more a moment later, and finds what it did.
        tracing::warn!(%error, "how a click in Slack ended could not be kept");
    }
    done
}

async fn submission(cx: &Context, bound: &Bound, payload: &Value) -> Result<Option<Value>, Error> {
    let view = &payload["view"];
    // Slack gives every opened form its own id and every state of it a hash.
    let name = format!(
        "{}\n{}\n{}",
        view["id"].as_str().unwrap_or_default(),
        view["hash"].as_str().unwrap_or_default(),
        view["state"]["values"]
    );
    let key = bound.sender.request_key("submission", &name);
    let mut tx = cx.store.read_in(bound.workspace()).await?;
    let before = requests::answered(&mut tx, bound.workspace(), &key).await?;
    drop(tx);
    if let Some(before) = before {
        return Ok(Some(before["answer"].clone()).filter(|answer| !answer.is_null()));
    }
    // What forms do is idempotent by itself; what was answered is kept so that an old form cannot undo what came after it.
    let answer = forms::submit(cx, bound, view, &key).await?;
    let mut tx = cx.store.write_in(bound.workspace()).await?;
    if requests::claim(&mut tx, bound.workspace(), &key).await? == Claim::Fresh {
        let kept = json!({"answer": answer});
        requests::answer(&mut tx, bound.workspace(), &key, &kept).await?;
        tx.commit().await?;
    }
    Ok(answer)
}

/// The answer to the question whether somebody is a member, if that is what was clicked.
fn link_answer(payload: &Value) -> Option<(daybook_domain::SlackLinkId, bool)> {
    let action = payload["actions"].as_array()?.first()?;
    let yes = match action["action_id"].as_str()? {
        "link_confirm" => true,
        "link_refuse" => false,
        _ => return None,
    };
    Some((action["value"].as_str()?.parse().ok()?, yes))
}

async fn answer_link(
    cx: &Context,
    sender: &Sender,
    payload: &Value,
    id: daybook_domain::SlackLinkId,
    yes: bool,
) -> Result<Option<Value>, Error> {
    let mut tx = cx.store.read().await?;
    let live = store::slack::installations::everywhere(&mut tx, sender.team()).await?;
    drop(tx);
    for installation in live {
        let answered = link::confirm(cx, &installation, id, &sender.user_id, yes).await?;
        let Some(yes) = answered else {
            continue;
        };
        let text = match yes {
            true => ":white_check_mark: You are linked. Log time with `/time`.",
            false => "Nobody was linked.",
        };
        let workspace = installation.workspace_id;
        let mut tx = cx.store.write_in(workspace).await?;
        let (spot, message) = (Spot::of_payload(payload), blocks::done(text));
        let connection = installation.connection_id;
        respond::change(cx, &mut tx, workspace, connection, spot, &message).await?;
        tx.commit().await?;
        return Ok(None);
    }
    Ok(None)
}

/// What a person may not do, or what is not there any more, in the place of the message they clicked on. The home page has no such
/// place: there it opens above the page, which is shown as it is now.
pub(super) async fn say_instead(
    cx: &Context,
    bound: &Bound,
    click: &Click<'_>,
    text: &str,
) -> Result<(), Error> {
    if click.at_home {
        let view = blocks::nothing_changed(text);
        respond::open_view(cx, bound, click.trigger, view, None);
        return buttons::refresh_home(cx, bound).await;
    }
    let message = blocks::done(&blocks::words(text));
    respond::change_now(cx, bound, click.spot.clone(), &message).await?;
    Ok(())
}
