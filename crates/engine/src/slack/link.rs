//! Making a Slack user a member: by the link they were given in Slack, opened by somebody who is signed in; by installing the app; or
//! by address, once the Slack user has confirmed it. An address alone proves nothing (RELIABILITY §3 row 13).

use daybook_domain::connection::Status;
use daybook_domain::{MemberId, SlackLinkId, WorkspaceId};
use daybook_provider_api::chat::Message;
use daybook_store as store;
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use store::Tx;
use store::slack::bindings::{self, Binding, LinkedBy, NewBinding};
use store::slack::installations::{self, Installation};
use store::slack::links::{self, Link, NewLink};
use store::slack::notices::Kind;

use super::blocks;
use super::call::{Ask, Told, call};
use super::who::Sender;
use super::{Error, jobs, notify};
use crate::accounts::token;
use crate::{Context, Principal};

/// How long a link works.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How long the question whether somebody is a member waits for its answer.
const QUESTION_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Offers somebody in Slack a link, for them alone.
pub(super) async fn offer(
    cx: &Context,
    installation: &Installation,
    sender: &Sender,
) -> store::Result<Message> {
    let secret = token::fresh(&*cx.ids);
    let mut tx = cx.store.write_in(installation.workspace_id).await?;
    let expires_at = tx.now().await?.saturating_add(LINK_LIFE);
    let link = NewLink {
        installation_id: installation.id,
        token_hash: &token::hash(&secret),
        slack_user_id: &sender.user_id,
        team_id: &sender.team_id,
        member_id: None,
        expires_at: expires_at.unwrap_or(jiff::Timestamp::MAX),
    };
    links::create(&mut tx, installation.workspace_id, &link).await?;
    tx.commit().await?;
    // Behind the #, where it reaches no server and no log.
    let path = format!("/settings/slack#{}", secret.expose_secret());
    let address = cx.settings.page(&path);
    Ok(blocks::done(&format!(
        "Daybook does not know yet who you are, so nothing was logged.\n<{address}|Link your Daybook account> (works once, for 15 minutes, and only for you), then try again."
    )))
}

/// Makes the Slack user of a link the member who opens it.
///
/// # Errors
/// [`Error::LinkUnusable`].
pub async fn link(cx: &Context, who: &Principal, secret: &SecretString) -> Result<Binding, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let hash = token::hash(secret);
    let Some(link) = links::take(&mut tx, who.workspace_id, &hash).await? else {
        return Err(Error::LinkUnusable);
    };
    let binding = bind(
        &mut tx,
        who.workspace_id,
        who.member_id,
        &link,
        LinkedBy::Link,
    )
    .await?;
    tx.commit().await?;
    Ok(binding)
}

/// Ends the member's bindings.
///
/// # Errors
/// When the database cannot be written.
pub async fn unlink(cx: &Context, who: &Principal) -> Result<u64, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let ended = bindings::unlink(&mut tx, who.workspace_id, who.member_id).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Looks for the member in Slack by their address, in the background, and asks whoever is found there.
///
/// # Errors
/// [`Error::NotInstalled`].
pub async fn ask_by_email(cx: &Context, who: &Principal) -> Result<(), Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let live = installations::list(&mut tx, who.workspace_id).await?;
    if !live.iter().any(|one| one.ended_at.is_none()) {
        return Err(Error::NotInstalled);
    }
    jobs::enqueue_search(&mut tx, who.workspace_id, who.member_id).await?;
    tx.commit().await?;
    Ok(())
}

/// Finds the member in each Slack workspace and puts the question.
pub(super) async fn search(
    cx: &Context,
    workspace: WorkspaceId,
    member: MemberId,
) -> Result<(), crate::connections::Error> {
    let mut tx = cx.store.read_in(workspace).await?;
    let row = store::members::get(&mut tx, workspace, member).await?;
    let user = store::users::get(&mut tx, row.user_id).await?;
    let name = store::workspaces::get(&mut tx, workspace).await?.name;
    let live = installations::list(&mut tx, workspace).await?;
    drop(tx);
    for installation in live.iter().filter(|one| one.ended_at.is_none()) {
        let connection = installation.connection_id;
        let found = call(cx, workspace, connection, &Ask::Email(&user.email)).await?;
        let Told::Person(Some(person)) = found else {
            continue;
        };
        if person.deactivated || person.is_bot {
            continue;
        }
        let id = question(cx, installation, member, &person.id).await?;
        let message = blocks::ask_to_link(&user.name, &name, &id.to_string());
        let Told::Channel(channel) =
            call(cx, workspace, connection, &Ask::Direct(&person.id)).await?
        else {
            continue;
        };
        call(cx, workspace, connection, &Ask::Post(&channel, &message)).await?;
        notify::log_sent(cx, workspace, member, connection, Kind::ConfirmLink).await?;
    }
    Ok(())
}

/// Writes down that a Slack user is asked whether they are this member. Nobody knows its token: it is answered in Slack.
async fn question(
    cx: &Context,
    installation: &Installation,
    member: MemberId,
    slack_user: &str,
) -> store::Result<SlackLinkId> {
    let workspace = installation.workspace_id;
    let mut tx = cx.store.write_in(workspace).await?;
    let expires_at = tx.now().await?.saturating_add(QUESTION_LIFE);
    let link = NewLink {
        installation_id: installation.id,
        token_hash: &token::hash(&token::fresh(&*cx.ids)),
        slack_user_id: slack_user,
        team_id: &installation.team_id,
        member_id: Some(member),
        expires_at: expires_at.unwrap_or(jiff::Timestamp::MAX),
    };
    let id = links::create(&mut tx, workspace, &link).await?;
    tx.commit().await?;
    Ok(id)
}

/// The answer to such a question, by the Slack user it was put to. `None` when it is not theirs, or cannot be answered any more.
pub(super) async fn confirm(
    cx: &Context,
    installation: &Installation,
    id: SlackLinkId,
    slack_user: &str,
    yes: bool,
) -> Result<Option<bool>, Error> {
    let workspace = installation.workspace_id;
    let mut tx = cx.store.write_in(workspace).await?;
    let Some(link) = links::confirm(&mut tx, workspace, id, slack_user).await? else {
        return Ok(None);
    };
    if let (true, Some(member)) = (yes, link.member_id) {
        let row = store::members::get(&mut tx, workspace, member).await?;
        if row.removed_at.is_some() {
            return Ok(None);
        }
        bind(&mut tx, workspace, member, &link, LinkedBy::Email).await?;
    }
    tx.commit().await?;
    Ok(Some(yes))
}

async fn bind(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    link: &Link,
    linked_by: LinkedBy,
) -> Result<Binding, Error> {
    let installation = installations::get(tx, workspace, link.installation_id).await?;
    let connection = store::connections::get(tx, workspace, installation.connection_id).await?;
    if installation.ended_at.is_some() || connection.status == Status::Disconnected {
        return Err(Error::LinkUnusable);
    }
    let new = NewBinding {
        installation_id: link.installation_id,
        member_id: member,
        slack_user_id: &link.slack_user_id,
        team_id: &link.team_id,
        linked_by,
    };
    let binding = bindings::link(tx, workspace, &new).await?;
    jobs::enqueue_welcome(tx, &binding, installation.connection_id).await?;
    Ok(binding)
}

/// Looks up the name of somebody who was just linked, for people to see whom they are linked with.
pub(super) async fn welcome(
    cx: &Context,
    payload: &jobs::Welcome,
) -> Result<(), crate::connections::Error> {
    let (workspace, user) = (payload.workspace_id, &payload.slack_user_id);
    let told = call(cx, workspace, payload.connection_id, &Ask::Person(user)).await?;
    let Told::Person(Some(person)) = told else {
        return Ok(());
    };
    let mut tx = cx.store.write_in(workspace).await?;
    if person.deactivated {
        bindings::silence(&mut tx, workspace, payload.binding_id, "user_disabled").await?;
    }
    bindings::set_name(
        &mut tx,
        workspace,
        payload.binding_id,
        person.name.as_deref(),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// What a job's payload names, as JSON.
pub(super) fn welcome_payload(
    binding: &Binding,
    connection: daybook_domain::ConnectionId,
) -> serde_json::Value {
    json!({"workspace_id": binding.workspace_id, "connection_id": connection, "binding_id": binding.id, "slack_user_id": binding.slack_user_id})
}
