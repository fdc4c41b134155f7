//! What believed notices lead to: syncs, renewals, and the end of channels that are not wanted.

use std::collections::BTreeMap;

use daybook_domain::{CalendarId, PushChannelId, WorkspaceId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::Tx;
use store::push_channels::{self as channels, State};

use super::receive::{Kind, Told};
use crate::jobs::sync_calendar::{self, When};
use crate::jobs::{stop_push_channel, watch_calendar};

/// Between two syncs of a calendar that notices ask for.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// For so long the answer to the making of a channel may be under way; after that it is lost.
pub(super) const UNDER_WAY: SignedDuration = SignedDuration::from_mins(10);
/// Between two tries to stop a channel that still sends notices.
const STOP_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// A channel's calendar.
#[derive(Debug, Clone, Copy)]
struct Of {
    workspace: WorkspaceId,
    calendar: CalendarId,
}

/// What must be written, by channel.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps {
    /// Calendars to sync, and when.
    syncs: BTreeMap<PushChannelId, (Of, Timestamp)>,
    /// Channels to renew now.
    renew: BTreeMap<PushChannelId, Of>,
    /// Channels that the provider no longer has.
    removed: BTreeMap<PushChannelId, Of>,
    /// Channels to stop, with what their notice told of them.
    stop: BTreeMap<PushChannelId, Told>,
}

impl Steps {
    /// What these lead to that does not stand already. A channel that ends later than `fresh` was prolonged a moment ago.
    pub(super) async fn decide(
        tx: &mut Tx,
        told: BTreeMap<PushChannelId, Told>,
        now: Timestamp,
        fresh: Timestamp,
    ) -> store::Result<Self> {
        let mut steps = Self::default();
        for told in told.into_values() {
            steps.add(told, now, fresh);
        }
        steps.leave_out_promised(tx).await?;
        Ok(steps)
    }

    fn add(&mut self, told: Told, now: Timestamp, fresh: Timestamp) {
        let channel = &told.channel;
        let (id, workspace) = (channel.id, channel.workspace_id);
        let waits = now.duration_since(channel.created_at) < UNDER_WAY;
        let calendar = match (channel.state, channel.calendar_id) {
            (State::Live, Some(calendar)) => calendar,
            (State::Opening, Some(calendar)) if waits => calendar,
            // Stale, or one whose answer was lost: now we know what to stop.
            _ => {
                let tried = channel
                    .promised_at
                    .is_some_and(|at| now.duration_since(at) < STOP_AGAIN);
                if !tried {
                    self.stop.insert(id, told);
                }
                return;
            }
        };
        let of = Of {
            workspace,
            calendar,
        };
        let says = |kind| told.says.contains(&kind);
        if says(Kind::Removed) && channel.state == State::Live {
            self.removed.insert(id, of);
            return;
        }
        if says(Kind::Renew) && channel.expires_at < fresh {
            self.renew.insert(id, of);
        }
        if says(Kind::Changed) || says(Kind::Removed) {
            let at = promise(channel.promised_at, now);
            self.syncs.insert(id, (of, at));
        }
    }

    /// Takes in what other notices lead to.
    pub(super) fn add_all(&mut self, other: &Self) {
        for (id, (of, at)) in &other.syncs {
            let (_, earliest) = self.syncs.entry(*id).or_insert((*of, *at));
            *earliest = (*earliest).min(*at);
        }
        self.renew.extend(&other.renew);
        self.removed.extend(&other.removed);
        for (id, told) in &other.stop {
            self.stop.entry(*id).or_insert_with(|| told.clone());
        }
    }

    /// Calendars whose sync is waiting already need nothing.
    async fn leave_out_promised(&mut self, tx: &mut Tx) -> store::Result<()> {
        let calendars = self.syncs.values().map(|(of, _)| of.calendar.to_string());
        let keys: Vec<String> = calendars.collect();
        if keys.is_empty() {
            return Ok(());
        }
        let standing = store::jobs::standing(tx, sync_calendar::NAME, &keys).await?;
        let standing: BTreeMap<String, _> = standing
            .into_iter()
            .filter_map(|job| Some((job.dedupe_key.clone()?, job)))
            .collect();
        self.syncs.retain(|_, (of, at)| {
            standing
                .get(&of.calendar.to_string())
                .is_none_or(|job| !job.starts_by(*at))
        });
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.syncs.is_empty()
            && self.renew.is_empty()
            && self.removed.is_empty()
            && self.stop.is_empty()
    }

    /// Writes what does not stand by now.
    pub(super) async fn take(mut self, tx: &mut Tx) -> store::Result<()> {
        let now = tx.now().await?;
        self.leave_out_promised(tx).await?;
        for (id, (of, at)) in &self.syncs {
            sync_calendar::enqueue(tx, of.workspace, of.calendar, false, When::Told(*at)).await?;
            gone_is_fine(channels::promise(tx, of.workspace, *id, *at).await)?;
        }
        for (id, of) in &self.renew {
            gone_is_fine(channels::set_renew_at(tx, of.workspace, *id, now).await)?;
            watch_calendar::enqueue(tx, of.workspace, of.calendar, None).await?;
        }
        for (id, of) in &self.removed {
            channels::delete(tx, of.workspace, *id).await?;
            watch_calendar::enqueue(tx, of.workspace, of.calendar, None).await?;
            sync_calendar::enqueue(tx, of.workspace, of.calendar, false, When::Now).await?;
        }
        for (id, told) in &self.stop {
            let workspace = told.channel.workspace_id;
            let resource = told.resource_id.as_deref();
            gone_is_fine(channels::learn(tx, workspace, *id, &told.remote_id, resource).await)?;
            gone_is_fine(channels::promise(tx, workspace, *id, now).await)?;
            stop_push_channel::enqueue(tx, workspace, *id).await?;
        }
        Ok(())
    }
}

/// When the next sync for a channel may start: at once, or after the pause since the last one.
fn promise(last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    match last {
        Some(last) if now < last => last,
        Some(last) => last.saturating_add(PAUSE).map_or(now, |next| next.max(now)),
        None => now,
    }
}

/// A channel that went meanwhile needs no note.
fn gone_is_fine(result: store::Result<()>) -> store::Result<()> {
    match result {
        Err(store::Error::NotFound) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syncs_are_promised_with_a_pause_between_them() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        assert_eq!(promise(None, at(100)), at(100));
        assert_eq!(promise(Some(at(100)), at(100)), at(110));
        assert_eq!(promise(Some(at(100)), at(104)), at(110));
        assert_eq!(promise(Some(at(110)), at(104)), at(110), "already promised");
        assert_eq!(promise(Some(at(100)), at(120)), at(120));
    }
}
