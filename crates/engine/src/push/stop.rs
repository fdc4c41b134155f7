//! Ends channels that nobody wants any more. Until the provider has done so, or they have run out, they stay known, so that a
//! late notice is recognised for what it is.

use std::time::Duration;

use daybook_domain::{PushChannelId, WorkspaceId};
use daybook_store as store;
use store::connections::Connection;
use store::push_channels::{PushChannel, State};

use super::ask::{Ask, ask, is_gone, remote};
use super::{capability, shared};
use crate::Context;
use crate::connections::{Error, vault};

/// How long disconnecting an account waits for its channels to be stopped; what is left runs out by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ends a channel at its provider and forgets it. One that another connection needs is forgotten only; one that is gone is done; one
/// whose making was never answered waits for its
/// first notice.
///
/// # Errors
/// The provider's failure; [`Error::NeedsReauth`] and [`Error::Disconnected`] when there are no credentials to do it with.
pub async fn stop(cx: &Context, workspace: WorkspaceId, id: PushChannelId) -> Result<(), Error> {
    let mut tx = cx.store.read_in(workspace).await?;
    let channel = match store::push_channels::get(&mut tx, workspace, id).await {
        Err(store::Error::NotFound) => return Ok(()),
        other => other?,
    };
    drop(tx);
    let (Some(push), Some(known)) = (capability(cx, &channel.provider), remote(&channel)) else {
        return Ok(());
    };
    if !shared::is_needed(cx, &channel).await? {
        let access = vault::access(cx, workspace, channel.connection_id).await?;
        match ask(cx, push, access, Ask::Stop(&known)).await {
            Err(error) if is_gone(&error) => {}
            other => {
                other?;
            }
        }
    }
    let mut tx = cx.store.write_in(workspace).await?;
    store::push_channels::delete(&mut tx, workspace, id).await?;
    Ok(tx.commit().await?)
}

/// The account is about to be disconnected: its channels are ended while there are credentials to do it with. What the provider
/// does not answer stays known until it runs out.
///
/// # Errors
/// When the database fails.
pub async fn stop_all(cx: &Context, connection: &Connection) -> Result<(), Error> {
    let workspace = connection.workspace_id;
    let mut tx = cx.store.write_in(workspace).await?;
    let channels = store::push_channels::of_connection(&mut tx, workspace, connection.id).await?;
    if channels.is_empty() {
        return Ok(());
    }
    for channel in channels.iter().filter(|c| c.state != State::Closing) {
        store::push_channels::close(&mut tx, workspace, channel.id).await?;
    }
    tx.commit().await?;
    let stopping = stop_each(cx, &channels);
    if tokio::time::timeout(PATIENCE, stopping).await.is_err() {
        tracing::warn!(connection.id = %connection.id, "not all push channels were stopped in time; the others run out by themselves");
    }
    Ok(())
}

async fn stop_each(cx: &Context, channels: &[PushChannel]) {
    for channel in channels {
        if let Err(error) = stop(cx, channel.workspace_id, channel.id).await {
            tracing::info!(connection.id = %channel.connection_id, channel.id = %channel.id, %error, "a push channel could not be stopped; it runs out by itself");
        }
    }
}
