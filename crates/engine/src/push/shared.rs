//! One account may be connected more than once: by two members, or in two workspaces of the server. A provider that keeps one channel
//! for each calendar of an account answers the second who asks with a conflict. They share it then: each connection has a row of its
//! own with the same token, so that each is told of a notice, prolongs the channel with its own credentials, and outlives the others;
//! who ends it last ends it at the provider. So nobody's channel is ended by somebody else who connects the same account.
//!
//! What is left over, from an answer that was lost or from an address we had before, is nobody's, and makes way.

use daybook_domain::PushChannelId;
use daybook_provider_api as provider;
use daybook_provider_api::calendar::push::{Standing, Watch};
use daybook_store as store;
use jiff::SignedDuration;
use store::Tx;
use store::push_channels::{PushChannel, State};

use super::ask::{Answer, Ask, is_gone, remote};
use super::keep::Keeper;
use super::steps::UNDER_WAY;
use crate::Context;
use crate::connections::Error;
use crate::jobs::watch_calendar;

/// Whoever finds that another is just making a channel looks again after so many seconds, and up to as many more.
const LOOK_AGAIN: f64 = 30.0;

/// What became of an attempt to make a channel where one is.
enum Way {
    /// The one that is there is shared.
    Shared,
    /// What was left over is gone: there is room now.
    Cleared,
    /// Somebody else is at it.
    Later,
    /// It is not ours, and stays: another server of this operator tells of changes.
    Theirs,
}

impl Keeper<'_> {
    /// The provider has a channel to this calendar already, and refused another one. `id` is the row that was written down for it.
    pub(super) async fn taken(
        &self,
        id: PushChannelId,
        watch: &Watch,
        gap: bool,
        refusal: provider::Error,
    ) -> Result<(), Error> {
        match self.make_way(id, watch, gap).await {
            Ok(Way::Shared) => Ok(()),
            Ok(Way::Cleared) => {
                let answer = self.ask(Ask::Watch(watch)).await;
                self.answered(id, watch, answer, true).await
            }
            Ok(Way::Later) => {
                self.forget(id).await?;
                Ok(self.look_again().await?)
            }
            Ok(Way::Theirs) => {
                self.forget(id).await?;
                Err(Error::Provider(refusal))
            }
            Err(error) => {
                self.forget(id).await?;
                Err(error)
            }
        }
    }

    async fn make_way(&self, id: PushChannelId, watch: &Watch, gap: bool) -> Result<Way, Error> {
        let Answer::Standing(standing) = self.ask(Ask::Standing(watch)).await? else {
            return Ok(Way::Theirs);
        };
        let known = known(self.cx, &self.calendar.provider, &standing).await?;
        let address = watch.address.as_str();
        let usable = known
            .iter()
            .find(|channel| channel.is_live(self.now) && channel.address == address);
        if let Some(other) = usable {
            return self.share(id, other, watch, gap).await;
        }
        if self.is_being_made().await? {
            return Ok(Way::Later);
        }
        let is_ours = |one: &&Standing| {
            let row = |channel: &PushChannel| {
                channel.remote_id.as_deref() == Some(one.channel.remote_id.as_str())
            };
            one.address == address || known.iter().any(row)
        };
        let left: Vec<&Standing> = standing.iter().filter(is_ours).collect();
        for old in &left {
            self.ask(Ask::Stop(&old.channel)).await?;
        }
        Ok(if left.is_empty() {
            Way::Theirs
        } else {
            Way::Cleared
        })
    }

    /// Prolongs another connection's channel, which shows that it stands and that our credentials suffice, and joins it.
    async fn share(
        &self,
        id: PushChannelId,
        other: &PushChannel,
        watch: &Watch,
        gap: bool,
    ) -> Result<Way, Error> {
        let Some(theirs) = remote(other) else {
            return Ok(Way::Later);
        };
        let answer = match self.ask(Ask::Renew(&theirs, watch.until)).await {
            Ok(Answer::Channel(answer)) => answer,
            Ok(_) => return Ok(Way::Later),
            // It ended since it was listed.
            Err(error) if is_gone(&error) => return Ok(Way::Later),
            Err(error) => return Err(error),
        };
        let Some(mut tx) = hold(self.cx, other).await? else {
            return Ok(Way::Later);
        };
        let workspace = self.calendar.workspace_id;
        store::push_channels::set_token_hash(&mut tx, workspace, id, &other.token_hash).await?;
        let opened = self.opened(&answer, watch.until);
        self.made(tx, id, &opened, gap).await?;
        Ok(Way::Shared)
    }

    /// Whether another connection of the account asked for a channel, and its answer may still be under way.
    async fn is_being_made(&self) -> store::Result<bool> {
        let since = self.now.saturating_sub(UNDER_WAY).unwrap_or(self.now);
        let (workspace, calendar) = (self.calendar.workspace_id, self.calendar.id);
        let mut tx = self.cx.store.read().await?;
        store::push_channels::opening_elsewhere(&mut tx, workspace, calendar, since).await
    }

    #[expect(clippy::cast_possible_truncation, reason = "a minute in seconds")]
    async fn look_again(&self) -> store::Result<()> {
        let wait = LOOK_AGAIN * (1.0 + self.cx.ids.fraction());
        let at = self
            .now
            .saturating_add(SignedDuration::from_secs(wait as i64))
            .unwrap_or(self.now);
        let (workspace, calendar) = (self.calendar.workspace_id, self.calendar.id);
        let mut tx = self.cx.store.write_in(workspace).await?;
        watch_calendar::enqueue(&mut tx, workspace, calendar, Some(at)).await?;
        tx.commit().await
    }
}

/// What we know of channels that the provider names, of every workspace.
async fn known(
    cx: &Context,
    provider: &str,
    standing: &[Standing],
) -> store::Result<Vec<PushChannel>> {
    let ids: Vec<&str> = standing
        .iter()
        .map(|one| one.channel.remote_id.as_str())
        .collect();
    let mut tx = cx.store.read().await?;
    store::push_channels::by_remote_ids(&mut tx, provider, &ids).await
}

/// A transaction in which another connection's channel stays live; `None` when it is not any more. Whoever ends that channel waits for
/// this transaction, and then sees who shares it ([`is_needed`]).
async fn hold(cx: &Context, other: &PushChannel) -> store::Result<Option<Tx>> {
    let mut tx = cx.store.write().await?;
    let now = tx.now().await?;
    let held = store::push_channels::hold(&mut tx, other.workspace_id, other.id, now).await?;
    Ok(held.then_some(tx))
}

/// Whether another connection is told of changes by the same channel, so that it must not end.
pub(super) async fn is_needed(cx: &Context, channel: &PushChannel) -> store::Result<bool> {
    let mut tx = cx.store.read().await?;
    let now = tx.now().await?;
    let all = sharing(&mut tx, channel).await?;
    Ok(all
        .iter()
        .any(|other| other.id != channel.id && other.is_live(now)))
}

/// The provider no longer has a channel: it is forgotten, and whoever shared it sees to another one.
pub(super) async fn lost(cx: &Context, channel: &PushChannel) -> store::Result<()> {
    let mut tx = cx.store.write().await?;
    for one in sharing(&mut tx, channel).await? {
        store::push_channels::delete(&mut tx, one.workspace_id, one.id).await?;
        let waits = one.id != channel.id && one.state == State::Live;
        if let Some(calendar) = one.calendar_id.filter(|_| waits) {
            watch_calendar::enqueue(&mut tx, one.workspace_id, calendar, None).await?;
        }
    }
    tx.commit().await
}

/// All rows of a channel, its own among them.
async fn sharing(tx: &mut Tx, channel: &PushChannel) -> store::Result<Vec<PushChannel>> {
    store::push_channels::by_token_hashes(tx, &channel.provider, &[channel.token_hash]).await
}
