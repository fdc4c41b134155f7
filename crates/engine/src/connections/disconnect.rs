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

/// An account that was disconnected.
#[derive(Debug, Clone)]
pub struct Disconnected {
    /// The connection now.
    pub connection: Connection,
    /// Whether the provider confirmed that the grant is revoked.
    pub revoked: bool,
    /// Where the person ends the grant, at a provider where Daybook cannot; as a sentence.
    pub removal: Option<&'static str>,
}

/// Disconnects connection `id`.
///
/// Every remote step may fail without keeping the secrets here (contracts/oauth-security §7).
///
/// # Errors
/// When there is no such connection, or the database cannot be written.
pub async fn disconnect(
    cx: &Context,
    who: &Principal,
    id: ConnectionId,
) -> Result<Disconnected, Error> {
    let workspace = who.workspace_id;
    let connection = match refresh::own(cx, who, id).await {
        Err(Error::Disconnected) => {
            let mut tx = cx.store.read_in(workspace).await?;
            let connection = store::connections::get(&mut tx, workspace, id).await?;
            return Ok(Disconnected {
                removal: removal(cx, &connection),
                connection,
                revoked: false,
            });
        }
        other => other?,
    };
    push::stop_all(cx, &connection).await?;
    let revoked = revoke(cx, &connection).await?;
    let removal = removal(cx, &connection);
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
        .detail(json!({"revoked": revoked, "removal": removal}))
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
    Ok(Disconnected {
        connection: after,
        revoked,
        removal,
    })
}

fn removal(cx: &Context, connection: &Connection) -> Option<&'static str> {
    match &cx
        .registry
        .get(&connection.provider)?
        .provider
        .manifest()
        .auth
    {
        Auth::Oauth(oauth) => oauth.dialect.removal,
        Auth::Password(_) => None,
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
