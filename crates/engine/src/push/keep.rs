//! Sees to it that a calendar has one good channel: makes the first, prolongs it at half its life where the provider does that,
//! and otherwise makes a new one before the old one is stopped.
//!
//! A channel is written down before the provider is asked. If the answer is lost, the row stays, and the channel's first notice
//! tells what to stop. A refusal is no error of the calendar: it is polled, and asked for again later. What the provider has already is
//! shared where it is another connection's ([`super::shared`]).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use daybook_domain::connection::ErrorKind;
use daybook_domain::{CalendarId, PushChannelId, WorkspaceId};
use daybook_provider_api::calendar::push::{Channel, Watch};
use daybook_provider_api::{self as provider, Push, Retry};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::Tx;
use store::calendars::Calendar;
use store::push_channels::{NewChannel, Opened, PushChannel, State};
use url::Url;

use super::ask::{Answer, Ask, ask, is_gone, remote};
use super::{addresses, capability, is_wanted, release, shared};
use crate::Context;
use crate::connections::{Error, vault};
use crate::jobs::stop_push_channel;
use crate::jobs::sync_calendar::{self, When};

/// A calendar that cannot be watched is asked for again after this long.
const UNSUPPORTED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// After a failure that may pass; doubled for every answer that was lost before.
const FAILED: SignedDuration = SignedDuration::from_mins(15);
/// But not more often than this.
const FAILED_LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Brings the calendar's channels into order. What the provider refuses is noted on the calendar and is no error.
///
/// # Errors
/// When the database fails.
pub async fn keep(cx: &Context, workspace: WorkspaceId, id: CalendarId) -> store::Result<()> {
    let mut tx = cx.store.read_in(workspace).await?;
    let now = tx.now().await?;
    let calendar = store::calendars::get(&mut tx, workspace, id).await?;
    let channels = store::push_channels::of_calendar(&mut tx, workspace, id).await?;
    drop(tx);
    let push = capability(cx, &calendar.provider).filter(|_| is_wanted(cx, &calendar));
    let Some(push) = push else {
        let mut tx = cx.store.write_in(workspace).await?;
        release(&mut tx, workspace, id).await?;
        return tx.commit().await;
    };
    let address = addresses(cx) + &calendar.provider;
    let current = channels
        .iter()
        .find(|channel| channel.state == State::Live && now < channel.expires_at);
    let fits = current.filter(|channel| channel.address == address);
    if fits.is_some_and(|channel| channel.renew_at.is_none_or(|at| now < at))
        || calendar.watch_after.is_some_and(|at| now < at)
    {
        return Ok(());
    }
    let lost = channels.iter().filter(|c| c.state == State::Opening);
    let keeper = Keeper {
        cx,
        calendar: &calendar,
        push,
        lost: u32::try_from(lost.count()).unwrap_or(u32::MAX),
        now,
    };
    let outcome = match fits.filter(|_| push.capability().renews_in_place) {
        Some(channel) => keeper.renew(channel, &address).await,
        None => keeper.open(&address, current.is_none()).await,
    };
    match outcome {
        Err(Error::Store(error)) => Err(error),
        Err(error) => keeper.postpone(&error).await,
        Ok(()) => Ok(()),
    }
}

/// What one round needs.
pub(super) struct Keeper<'a> {
    pub(super) cx: &'a Context,
    pub(super) calendar: &'a Calendar,
    push: &'a dyn Push,
    /// How many channels were asked for without an answer.
    lost: u32,
    pub(super) now: Timestamp,
}

impl Keeper<'_> {
    /// When a channel made or prolonged now should end at the latest.
    fn until(&self) -> Timestamp {
        let minutes = i64::from(self.push.capability().max_life_minutes);
        self.now
            .saturating_add(SignedDuration::from_mins(minutes))
            .unwrap_or(self.now)
    }

    /// Half of the life where the channel is prolonged, else about three quarters: spread, so that channels made in one minute
    /// are not renewed in one.
    fn renew_at(&self, expires: Timestamp) -> Timestamp {
        let life = expires.duration_since(self.now).as_secs().max(0);
        let percent = match self.push.capability().renews_in_place {
            true => 45 + self.spread(10),
            false => 70 + self.spread(10),
        };
        self.now
            .saturating_add(SignedDuration::from_secs(life / 100 * percent))
            .unwrap_or(expires)
    }

    /// A random whole number below `below`.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction times a small number"
    )]
    fn spread(&self, below: i32) -> i64 {
        (self.cx.ids.fraction() * f64::from(below)) as i64
    }

    async fn access(&self) -> Result<vault::Access, Error> {
        vault::access(
            self.cx,
            self.calendar.workspace_id,
            self.calendar.connection_id,
        )
        .await
    }

    /// Asks with the credentials of the calendar's connection.
    pub(super) async fn ask(&self, what: Ask<'_>) -> Result<Answer, Error> {
        ask(self.cx, self.push, self.access().await?, what).await
    }

    /// Prolongs a channel; one that the provider no longer has is replaced, and what it did not tell is read.
    async fn renew(&self, channel: &PushChannel, address: &str) -> Result<(), Error> {
        let (workspace, cx) = (channel.workspace_id, self.cx);
        let Some(known) = remote(channel) else {
            return self.open(address, true).await;
        };
        let until = self.until();
        match self.ask(Ask::Renew(&known, until)).await {
            Ok(Answer::Channel(answer)) => {
                let mut tx = cx.store.write_in(workspace).await?;
                let opened = self.opened(&answer, until);
                store::push_channels::opened(&mut tx, workspace, channel.id, &opened).await?;
                tx.commit().await?;
                Ok(())
            }
            Err(error) if is_gone(&error) => {
                shared::lost(cx, channel).await?;
                self.open(address, true).await
            }
            other => other.map(|_| ()),
        }
    }

    /// Makes a channel. After a gap without one the calendar is read, because nobody told what changed meanwhile.
    async fn open(&self, address: &str, gap: bool) -> Result<(), Error> {
        // Before anything is written down: without credentials nothing is asked, and no answer can be lost.
        let access = self.access().await?;
        let id = PushChannelId::from_uuid(self.cx.ids.uuid());
        let watch = Watch {
            calendar: self.calendar.external_id.clone(),
            channel: id.as_uuid(),
            token: self.token(),
            address: Url::parse(address).map_err(|_| unusable_address())?,
            until: self.until(),
        };
        self.intend(id, address, &watch).await?;
        match ask(self.cx, self.push, access, Ask::Watch(&watch)).await {
            Err(Error::Provider(error)) if error.kind == ErrorKind::Conflict => {
                self.taken(id, &watch, gap, error).await
            }
            answer => self.answered(id, &watch, answer, gap).await,
        }
    }

    /// The answer to the making of a channel.
    pub(super) async fn answered(
        &self,
        id: PushChannelId,
        watch: &Watch,
        answer: Result<Answer, Error>,
        gap: bool,
    ) -> Result<(), Error> {
        match answer {
            Ok(Answer::Channel(answer)) => {
                let tx = self.cx.store.write_in(self.calendar.workspace_id).await?;
                self.made(tx, id, &self.opened(&answer, watch.until), gap)
                    .await
            }
            Ok(_) => Ok(()),
            Err(error) => {
                if never_made(&error) {
                    self.forget(id).await?;
                }
                Err(error)
            }
        }
    }

    async fn intend(&self, id: PushChannelId, address: &str, watch: &Watch) -> store::Result<()> {
        let hash: [u8; 32] = Sha256::digest(watch.token.expose_secret()).into();
        let new = NewChannel {
            id,
            connection_id: self.calendar.connection_id,
            calendar_id: self.calendar.id,
            provider: &self.calendar.provider,
            address,
            token_hash: &hash,
            expires_at: watch.until,
        };
        let mut tx = self.cx.store.write_in(self.calendar.workspace_id).await?;
        store::push_channels::intend(&mut tx, self.calendar.workspace_id, &new).await?;
        tx.commit().await
    }

    /// The provider's words in ours: it may shorten a channel's life, not lengthen it.
    pub(super) fn opened<'a>(&self, answer: &'a Channel, until: Timestamp) -> Opened<'a> {
        let expires_at = answer.expires_at.min(until);
        Opened {
            remote_id: &answer.remote_id,
            resource_id: answer.resource_id.as_deref(),
            expires_at,
            renew_at: self.renew_at(expires_at),
        }
    }

    /// The new channel takes the place of the old ones, in a transaction that ends with this.
    pub(super) async fn made(
        &self,
        mut tx: Tx,
        id: PushChannelId,
        opened: &Opened<'_>,
        gap: bool,
    ) -> Result<(), Error> {
        let (workspace, calendar) = (self.calendar.workspace_id, self.calendar.id);
        let channel = store::push_channels::opened(&mut tx, workspace, id, opened).await?;
        if channel.state == State::Closing {
            // Switched off while the provider was asked.
            stop_push_channel::enqueue(&mut tx, workspace, id).await?;
            return Ok(tx.commit().await?);
        }
        let all = store::push_channels::of_calendar(&mut tx, workspace, calendar).await?;
        for old in all.iter().filter(|c| c.id != id && c.state == State::Live) {
            store::push_channels::close(&mut tx, workspace, old.id).await?;
            stop_push_channel::enqueue(&mut tx, workspace, old.id).await?;
        }
        // A channel that is over at once must not be made again at once.
        let again = (opened.expires_at <= self.now).then(|| self.after(FAILED));
        store::calendars::set_watch_after(&mut tx, workspace, calendar, again).await?;
        if gap {
            sync_calendar::enqueue(&mut tx, workspace, calendar, false, When::Now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// There is no such channel.
    pub(super) async fn forget(&self, id: PushChannelId) -> store::Result<()> {
        let mut tx = self.cx.store.write_in(self.calendar.workspace_id).await?;
        store::push_channels::delete(&mut tx, self.calendar.workspace_id, id).await?;
        tx.commit().await
    }

    /// Notes when to ask again. Until then the calendar is polled.
    async fn postpone(&self, error: &Error) -> store::Result<()> {
        let wait = match error {
            Error::Provider(error) if error.kind == ErrorKind::Unsupported => UNSUPPORTED,
            Error::Provider(error) => match error.retry {
                Retry::After(wait) => SignedDuration::try_from(wait).unwrap_or(FAILED).max(FAILED),
                _ => self.backoff(),
            },
            _ => self.backoff(),
        };
        tracing::info!(
            calendar.id = %self.calendar.id, %error, wait_minutes = wait.as_mins(),
            "the provider does not tell of changes to this calendar for now; it is polled"
        );
        let mut tx = self.cx.store.write_in(self.calendar.workspace_id).await?;
        let (workspace, id) = (self.calendar.workspace_id, self.calendar.id);
        store::calendars::set_watch_after(&mut tx, workspace, id, Some(self.after(wait))).await?;
        tx.commit().await
    }

    fn backoff(&self) -> SignedDuration {
        let factor = 2_i32.saturating_pow(self.lost.min(10));
        FAILED.saturating_mul(factor).min(FAILED_LONGEST)
    }

    fn after(&self, wait: SignedDuration) -> Timestamp {
        self.now.saturating_add(wait).unwrap_or(self.now)
    }

    /// 256 random bits.
    fn token(&self) -> SecretString {
        let mut bytes = [0; 32];
        self.cx.ids.fill(&mut bytes);
        SecretString::from(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// Whether the failure says that no channel was made. An answer that was lost or makes no sense says nothing.
fn never_made(error: &Error) -> bool {
    let Error::Provider(error) = error else {
        return true;
    };
    let refused = error
        .status
        .is_some_and(|status| (400..500).contains(&status));
    let unsent = matches!(
        error.code.as_deref(),
        Some("circuit_open" | "local_limit" | "other_origin")
    );
    refused || unsent || matches!(error.kind, ErrorKind::Blocked | ErrorKind::Unsupported)
}

fn unusable_address() -> Error {
    Error::Provider(provider::Error::new(
        ErrorKind::Operator,
        "DAYBOOK_BASE_URL makes no address that providers could call",
    ))
}
