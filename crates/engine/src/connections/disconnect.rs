//! Disconnects an account: ends its push channels, revokes at the provider where that harms nobody else, forgets the secrets, keeps the history.

use daybook_domain::ConnectionId;
use daybook_domain::activity::LogType;
use daybook_domain::connection::Status;
use daybook_provider_api::manifest::Auth;
use daybook_store as store;
use serde_json::json;
use store::connections::Connection;

use super::{Error, refresh, vault};
use crate::activity::Line;
use crate::{Context, Principal, live, push, slack};

/// Disconnects connection `id`. Returns it, and whether the provider confirmed that the grant is revoked.
///
/// Every remote step may fail without keeping the secrets here (contracts/oauth-security §7).
///
/// # Errors
/// When there is no such connection, or the database cannot be written.
pub async fn disconnect(
    cx: &Context,
    who: &Principal,
    id: ConnectionId,
) -> Result<(Connection, bool), Error> {
    let workspace = who.workspace_id;
    let connection = match refresh::own(cx, who, id).await {
        Err(Error::Disconnected) => {
            let mut tx = cx.store.read_in(workspace).await?;
            return Ok((
                store::connections::get(&mut tx, workspace, id).await?,
                false,
            ));
        }
        other => other?,
    };
    push::stop_all(cx, &connection).await?;
    let revoked = revoke(cx, &connection).await?;
    let mut tx = cx.store.write_in(workspace).await?;
    store::connections::forget_secrets(&mut tx, workspace, id).await?;
    store::connections::set_status(&mut tx, workspace, id, Status::Disconnected).await?;
    slack::install::ended(&mut tx, workspace, id, "disconnected").await?;
    let account = connection
        .account_email
        .clone()
        .unwrap_or_else(|| connection.provider.clone());
    Line::new(LogType::Oauth, format!("{account} was disconnected"))
        .about(&connection.provider, id, connection.member_id)
        .detail(detail(cx, &connection, revoked))
        .write(&mut tx, workspace)
        .await?;
    let after = store::connections::get(&mut tx, workspace, id).await?;
    tx.commit().await?;
    cx.live.send(
        workspace,
        Some(connection.member_id),
        live::Message::Connection {
            connection_id: id,
            status: Status::Disconnected,
        },
    );
    Ok((after, revoked))
}

/// What the activity log says: whether the grant is revoked, and where the person ends it where we cannot.
fn detail(cx: &Context, connection: &Connection, revoked: bool) -> serde_json::Value {
    let entry = cx.registry.get(&connection.provider);
    let removal = entry.and_then(|entry| match &entry.provider.manifest().auth {
        Auth::Oauth(oauth) => oauth.dialect.removal,
        Auth::Password(_) => None,
    });
    match removal {
        Some(words) => json!({"revoked": revoked, "removal": words}),
        None => json!({"revoked": revoked}),
    }
}

/// Revokes the grant, unless another connection lives on it (Google ends the whole grant of the account for our client).
async fn revoke(cx: &Context, connection: &Connection) -> Result<bool, Error> {
    let Some(entry) = cx.registry.get(&connection.provider) else {
        return Ok(false);
    };
    let Auth::Oauth(manifest) = &entry.provider.manifest().auth else {
        return Ok(false);
    };
    let mut tx = cx.store.read().await?;
    let sharing =
        store::connections::count_same_grant(&mut tx, &connection.provider, &connection.subject)
            .await?;
    let secrets =
        store::connections::secrets(&mut tx, connection.workspace_id, connection.id).await?;
    drop(tx);
    if entry.provider.chat().is_some() {
        return Ok(sharing <= 1 && slack::install::revoke(cx, connection).await);
    }
    if manifest.revoke_url.is_none() || (manifest.revoke_ends_whole_grant && sharing > 1) {
        return Ok(false);
    }
    let token = secrets.refresh_token.or(secrets.access_token);
    let (Some(client), Some(token)) = (vault::client(cx, &connection.provider), token) else {
        return Ok(false);
    };
    match client.revoke(&token).await {
        Ok(()) => Ok(true),
        Err(error) => {
            tracing::warn!(connection.id = %connection.id, kind = %error.kind, "the provider did not confirm the revocation; the secrets are forgotten here all the same");
            Ok(false)
        }
    }
}
