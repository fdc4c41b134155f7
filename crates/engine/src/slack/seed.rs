//! `SLACK_BOT_TOKEN`: one Slack workspace without consent. The operator's token becomes a connection and an installation like any
//! other, in the oldest workspace of this server.

use std::time::Duration;

use daybook_domain::account::Role;
use daybook_domain::connection::Status;
use daybook_provider_api::{Credential, Session};
use daybook_store as store;
use secrecy::{ExposeSecret, SecretString};
use store::connections::Authorised;
use store::slack::installations;
use tokio_util::sync::CancellationToken;

use super::{KEY, chat, install};
use crate::connections::Error;
use crate::{Context, Principal};

/// Between two tries.
const AGAIN: Duration = Duration::from_secs(15);

/// Sees to it that the installation of the operator's token is there, until it is or the server stops. Ends at once without a token.
pub async fn watch(cx: Context, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match ensure(&cx).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "Slack is not installed with SLACK_BOT_TOKEN yet"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}

/// Makes the installation of the operator's token, unless it is there. True when there is nothing left to do; false while nobody has set
/// the server up.
///
/// # Errors
/// Slack's failure; the database's.
pub async fn ensure(cx: &Context) -> Result<bool, Error> {
    let (Some(chat), Some(entry)) = (chat(cx), cx.registry.get(KEY)) else {
        return Ok(true);
    };
    let (Some(token), Some(client)) = (chat.own_token().cloned(), entry.client.as_ref()) else {
        return Ok(true);
    };
    let Some(owner) = owner(cx).await? else {
        return Ok(false);
    };
    if is_there(cx, &owner, &token).await? {
        return Ok(true);
    }
    let session = Session::new(
        &cx.egress,
        KEY,
        "own".to_owned(),
        client.api_url.clone(),
        Some(client.userinfo_url.clone()),
        Credential::Bearer(token.clone()),
    );
    let (told, identity) = chat.installed(&session).await?;
    let account = Authorised {
        member_id: owner.member_id,
        provider: KEY.to_owned(),
        subject: identity.subject,
        account_email: None,
        display_name: identity.name,
        api_url: None,
        username: None,
        scopes: Vec::new(),
        missing_scopes: Vec::new(),
        access_token: Some(token),
        refresh_token: None,
        password: None,
        token_expires_at: None,
        refresh_token_expires_at: None,
    };
    let mut tx = cx.store.write_in(owner.workspace_id).await?;
    let (connection, _) =
        store::connections::upsert_authorised(&mut tx, owner.workspace_id, &account).await?;
    install::record(&mut tx, owner.member_id, &connection, &told, true).await?;
    tx.commit().await?;
    tracing::info!(connection.id = %connection.id, "Slack is installed with the operator's bot token");
    Ok(true)
}

/// Whether this token is in use, or its connection was ended by a person: then it stays ended until the token is another one.
async fn is_there(cx: &Context, owner: &Principal, token: &SecretString) -> Result<bool, Error> {
    let workspace = owner.workspace_id;
    let mut tx = cx.store.read_in(workspace).await?;
    for installation in installations::list(&mut tx, workspace).await? {
        if !installation.fixed {
            continue;
        }
        let id = installation.connection_id;
        let connection = store::connections::get(&mut tx, workspace, id).await?;
        if connection.status == Status::Disconnected {
            return Ok(true);
        }
        let secrets = store::connections::secrets(&mut tx, workspace, id).await?;
        let same = secrets
            .access_token
            .is_some_and(|stored| stored.expose_secret() == token.expose_secret());
        if same {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first owner of the oldest workspace.
async fn owner(cx: &Context) -> Result<Option<Principal>, Error> {
    let mut tx = cx.store.read().await?;
    let Some(workspace) = store::workspaces::list_all(&mut tx)
        .await?
        .into_iter()
        .next()
    else {
        return Ok(None);
    };
    let members = store::members::list(&mut tx, workspace.id, None, 1_000).await?;
    let owner = members.into_iter().find(|one| one.role == Role::Owner);
    Ok(owner.map(|owner| Principal::operator(workspace.id, owner.user_id, owner.id, owner.role)))
}
