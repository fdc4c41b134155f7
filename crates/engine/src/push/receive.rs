//! Takes what a provider sends to `/hooks/{provider}`. Nothing is believed before a notice's token is known; what is believed is
//! that something changed, no more.
//!
//! Bursts cost little: a notice whose calendar will be synced anyway writes nothing, and between two syncs that notices ask for
//! lies a pause, so that a thousand of them lead to two (RELIABILITY rows 11 and 12).

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::{CalendarId, PushChannelId};
use daybook_provider_api::calendar::push::{Decoded, Inbound, Notice, Says};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use store::Tx;
use store::push_channels::{PushChannel, State};
use subtle::ConstantTimeEq;

use super::capability;
use crate::Context;
use crate::jobs::sync_calendar::{self, When};
use crate::jobs::{stop_push_channel, watch_calendar};

/// Most notices of one request.
pub const MOST_NOTICES: usize = 1_000;
/// Longest text that is echoed, in characters.
const LONGEST_ECHO: usize = 512;
/// Between two syncs of a calendar that notices ask for.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// For so long the answer to the making of a channel may be under way; after that it is lost.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(10);
/// Between two tries to stop a channel that still sends notices.
const STOP_AGAIN: SignedDuration = SignedDuration::from_mins(10);
/// A channel that was prolonged so short ago is not prolonged because a notice asks for it again.
const JUST_RENEWED: SignedDuration = SignedDuration::from_mins(10);

/// What to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// 200 with exactly this text, as `text/plain`.
    Handshake(String),
    /// 2xx without a body, whether anything was believed or not: an answer tells a stranger nothing.
    Noted,
}

/// Why a request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No provider with this key tells of changes.
    #[error("no provider of this name sends notices here")]
    UnknownProvider,
    /// It is no notice of this provider.
    #[error("this is no notice that the provider would send")]
    Malformed,
    /// More than [`MOST_NOTICES`].
    #[error("a request may carry at most 1,000 notices")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Reads, authenticates and notes what a provider sends. Fast: no request is made here.
///
/// # Errors
/// [`Error`]; the provider should try again only after [`Error::Store`].
pub async fn receive(
    cx: &Context,
    provider: &str,
    inbound: &Inbound<'_>,
) -> Result<Received, Error> {
    let push = capability(cx, provider).ok_or(Error::UnknownProvider)?;
    let notices = match push.decode(inbound) {
        Ok(Decoded::Handshake(text)) => {
            let fits = (1..=LONGEST_ECHO).contains(&text.chars().count());
            return if fits {
                Ok(Received::Handshake(text))
            } else {
                Err(Error::Malformed)
            };
        }
        Ok(Decoded::Notices(notices)) => notices,
        Err(_) => return Err(Error::Malformed),
    };
    if notices.len() > MOST_NOTICES {
        return Err(Error::TooMany);
    }
    let hashes: Vec<Option<[u8; 32]>> = notices.iter().map(token_hash).collect();
    let mut tx = cx.store.read().await?;
    let distinct: BTreeSet<[u8; 32]> = hashes.iter().flatten().copied().collect();
    let distinct: Vec<[u8; 32]> = distinct.into_iter().collect();
    let known = store::push_channels::by_token_hashes(&mut tx, provider, &distinct).await?;
    let told = believed(&notices, &hashes, known);
    let refused = notices.len() - told.values().map(|told| told.notices).sum::<usize>();
    count(provider, "refused", refused);
    count(provider, "taken", notices.len() - refused);
    if told.is_empty() {
        return Ok(Received::Noted);
    }
    let now = tx.now().await?;
    let fresh = fresh(push.capability().max_life_minutes, now);
    let steps = Steps::decide(&mut tx, told, now, fresh).await?;
    drop(tx);
    if !steps.is_empty() {
        let mut tx = cx.store.write().await?;
        steps.take(&mut tx, now).await?;
        tx.commit().await?;
    }
    Ok(Received::Noted)
}

/// A channel that ends later than this was prolonged a moment ago.
fn fresh(max_life_minutes: u32, now: Timestamp) -> Timestamp {
    let life = SignedDuration::from_mins(i64::from(max_life_minutes)) - JUST_RENEWED;
    now.saturating_add(life).unwrap_or(Timestamp::MAX)
}

fn count(provider: &str, outcome: &'static str, notices: usize) {
    if notices > 0 {
        metrics::counter!("daybook_push_notices_total", "provider" => provider.to_owned(), "outcome" => outcome)
            .increment(notices as u64);
    }
}

fn token_hash(notice: &Notice) -> Option<[u8; 32]> {
    let token = notice.token.as_ref()?;
    Some(Sha256::digest(token.expose_secret()).into())
}

/// What the believed notices of one channel say together.
struct Told {
    channel: PushChannel,
    says: BTreeSet<Kind>,
    remote_id: String,
    resource_id: Option<String>,
    notices: usize,
}

/// [`Says`], in an order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Hello,
    Changed,
    Renew,
    Removed,
}

impl From<Says> for Kind {
    fn from(says: Says) -> Self {
        match says {
            Says::Hello => Self::Hello,
            Says::Changed | Says::Missed => Self::Changed,
            Says::Renew => Self::Renew,
            Says::Removed => Self::Removed,
        }
    }
}

/// The notices that carry the token of a channel, and name that channel and its resource.
fn believed(
    notices: &[Notice],
    hashes: &[Option<[u8; 32]>],
    known: Vec<PushChannel>,
) -> BTreeMap<PushChannelId, Told> {
    let by_hash: BTreeMap<[u8; 32], PushChannel> = known
        .into_iter()
        .map(|channel| (channel.token_hash, channel))
        .collect();
    let mut told: BTreeMap<PushChannelId, Told> = BTreeMap::new();
    for (notice, hash) in notices.iter().zip(hashes) {
        let channel = hash.as_ref().and_then(|hash| {
            let channel = by_hash.get(hash)?;
            bool::from(channel.token_hash.ct_eq(hash)).then_some(channel)
        });
        let Some(channel) = channel.filter(|channel| names(notice, channel)) else {
            continue;
        };
        let entry = told.entry(channel.id).or_insert_with(|| Told {
            channel: channel.clone(),
            says: BTreeSet::new(),
            remote_id: notice.remote_id.clone(),
            resource_id: notice.resource_id.clone(),
            notices: 0,
        });
        entry.says.insert(notice.says.into());
        entry.notices += 1;
    }
    told
}

/// Whether a notice names the channel and its resource, as far as they are known.
fn names(notice: &Notice, channel: &PushChannel) -> bool {
    let same_channel = channel
        .remote_id
        .as_ref()
        .is_none_or(|id| *id == notice.remote_id);
    let same_resource = match (&channel.resource_id, &notice.resource_id) {
        (Some(ours), Some(theirs)) => ours == theirs,
        (Some(_), None) => false,
        (None, _) => true,
    };
    same_channel && same_resource
}

/// What must be written.
#[derive(Default)]
struct Steps {
    /// Calendars to sync, with the channel that promises it and when.
    syncs: Vec<(PushChannel, CalendarId, Timestamp)>,
    /// Channels to renew now.
    renew: Vec<(PushChannel, CalendarId)>,
    /// Channels that the provider no longer has.
    removed: Vec<(PushChannel, CalendarId)>,
    /// Channels to stop, with what their notice told of them.
    stop: Vec<Told>,
}

impl Steps {
    async fn decide(
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
                    self.stop.push(told);
                }
                return;
            }
        };
        let says = |kind| told.says.contains(&kind);
        if says(Kind::Removed) && channel.state == State::Live {
            return self.removed.push((told.channel, calendar));
        }
        if says(Kind::Renew) && channel.expires_at < fresh {
            self.renew.push((channel.clone(), calendar));
        }
        if says(Kind::Changed) || says(Kind::Removed) {
            let at = promise(channel.promised_at, now);
            self.syncs.push((told.channel, calendar, at));
        }
    }

    /// Calendars whose sync is waiting already need nothing.
    async fn leave_out_promised(&mut self, tx: &mut Tx) -> store::Result<()> {
        let keys: Vec<String> = self.syncs.iter().map(|sync| sync.1.to_string()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let standing = store::jobs::standing(tx, sync_calendar::NAME, &keys).await?;
        let standing: BTreeMap<String, _> = standing
            .into_iter()
            .filter_map(|job| Some((job.dedupe_key.clone()?, job)))
            .collect();
        self.syncs.retain(|(_, calendar, at)| {
            standing
                .get(&calendar.to_string())
                .is_none_or(|job| !job.starts_by(*at))
        });
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.syncs.is_empty()
            && self.renew.is_empty()
            && self.removed.is_empty()
            && self.stop.is_empty()
    }

    async fn take(self, tx: &mut Tx, now: Timestamp) -> store::Result<()> {
        use store::push_channels as channels;
        for (channel, calendar, at) in &self.syncs {
            let workspace = channel.workspace_id;
            sync_calendar::enqueue(tx, workspace, *calendar, false, When::Told(*at)).await?;
            gone_is_fine(channels::promise(tx, workspace, channel.id, *at).await)?;
        }
        for (channel, calendar) in &self.renew {
            let workspace = channel.workspace_id;
            gone_is_fine(channels::set_renew_at(tx, workspace, channel.id, now).await)?;
            watch_calendar::enqueue(tx, workspace, *calendar, None).await?;
        }
        for (channel, calendar) in &self.removed {
            let workspace = channel.workspace_id;
            channels::delete(tx, workspace, channel.id).await?;
            watch_calendar::enqueue(tx, workspace, *calendar, None).await?;
            sync_calendar::enqueue(tx, workspace, *calendar, false, When::Now).await?;
        }
        for told in &self.stop {
            let (workspace, id) = (told.channel.workspace_id, told.channel.id);
            let resource = told.resource_id.as_deref();
            gone_is_fine(channels::learn(tx, workspace, id, &told.remote_id, resource).await)?;
            gone_is_fine(channels::promise(tx, workspace, id, now).await)?;
            stop_push_channel::enqueue(tx, workspace, id).await?;
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
