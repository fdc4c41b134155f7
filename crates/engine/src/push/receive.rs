//! Takes what a provider sends to `/hooks/{provider}`. Nothing is believed before a notice's token is known; what is believed is
//! that something changed, no more.
//!
//! Bursts cost little: a notice whose calendar will be synced anyway writes nothing, and between two syncs that notices ask for
//! lies a pause, so that a thousand of them lead to two (RELIABILITY rows 11 and 12).

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::PushChannelId;
use daybook_provider_api::calendar::push::{Decoded, Inbound, Notice, Says};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use store::push_channels::PushChannel;
use subtle::ConstantTimeEq;

use super::capability;
use super::steps::Steps;
use crate::Context;

/// Most notices of one request.
pub const MOST_NOTICES: usize = 1_000;
/// Longest text that is echoed, in characters.
const LONGEST_ECHO: usize = 512;
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
    let (told, taken) = believed(&notices, &hashes, known);
    count(provider, "refused", notices.len() - taken);
    count(provider, "taken", taken);
    if told.is_empty() {
        return Ok(Received::Noted);
    }
    let now = tx.now().await?;
    let fresh = fresh(push.capability().max_life_minutes, now);
    let steps = Steps::decide(&mut tx, told, now, fresh).await?;
    drop(tx);
    if !steps.is_empty() {
        cx.notices.write(cx, steps).await?;
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
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) channel: PushChannel,
    pub(super) says: BTreeSet<Kind>,
    pub(super) remote_id: String,
    pub(super) resource_id: Option<String>,
}

/// [`Says`], in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
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

/// What the notices say that carry the token of a channel, and name that channel and its resource; and how many do. Each who shares
/// the channel is told.
fn believed(
    notices: &[Notice],
    hashes: &[Option<[u8; 32]>],
    known: Vec<PushChannel>,
) -> (BTreeMap<PushChannelId, Told>, usize) {
    let mut by_hash: BTreeMap<[u8; 32], Vec<PushChannel>> = BTreeMap::new();
    for channel in known {
        by_hash.entry(channel.token_hash).or_default().push(channel);
    }
    let mut told: BTreeMap<PushChannelId, Told> = BTreeMap::new();
    let mut taken = 0;
    for (notice, hash) in notices.iter().zip(hashes) {
        let Some(hash) = hash else { continue };
        let same = by_hash.get(hash).map(Vec::as_slice).unwrap_or_default();
        let meant = |channel: &&PushChannel| {
            bool::from(channel.token_hash.ct_eq(hash)) && names(notice, channel)
        };
        let mut believed = false;
        for channel in same.iter().filter(meant) {
            let entry = told.entry(channel.id).or_insert_with(|| Told {
                channel: channel.clone(),
                says: BTreeSet::new(),
                remote_id: notice.remote_id.clone(),
                resource_id: notice.resource_id.clone(),
            });
            entry.says.insert(notice.says.into());
            believed = true;
        }
        taken += usize::from(believed);
    }
    (told, taken)
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
