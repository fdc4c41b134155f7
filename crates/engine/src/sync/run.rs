//! One sync of one calendar: the lease, the pages, the restart after a dead cursor, the confirmation before a mass deletion.

use std::collections::HashSet;

use daybook_domain::connection::ErrorKind;
use daybook_domain::sync::Statistics;
use daybook_domain::{CalendarId, EventId, WorkspaceId};
use daybook_provider_api::calendar::{ChangeStream, Next, Page, Pull};
use daybook_provider_api::{self as provider, CalendarProvider};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::calendars::{Calendar, SyncLease};

use super::apply::{self, Finish};
use super::known::Mirror;
use super::{Error, Mode, failed, roll};
use crate::connections::asking::Asking;
use crate::{Context, live};

/// A provider that sends more pages than this is going round in circles.
const MAX_PAGES: u64 = 20_000;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// How to read.
    pub mode: Mode,
    /// Whether a person asked, so that the result is logged even when nothing changed.
    pub by_hand: bool,
}

/// Everything one sync carries along.
pub(super) struct Run<'a> {
    pub(super) cx: &'a Context,
    pub(super) calendar: &'a Calendar,
    pub(super) fence: i64,
    pub(super) generation: i64,
    pub(super) started: Timestamp,
    pub(super) ask: Ask,
    pub(super) statistics: Statistics,
    /// Whether a pass was begun under this generation.
    pub(super) begun: bool,
    /// Of a provider that tells only what touches the mirror's window: where that begins. What was over by then is not looked for.
    pub(super) seen_from: Option<Timestamp>,
    /// How many events the mirror held before; counted once a read turns out to be able to remove any.
    pub(super) held: Option<usize>,
    /// Rows told in this pass, to notice a read that lost most of the calendar.
    pub(super) seen: HashSet<EventId>,
}

/// Brings calendar `id` up to date.
///
/// # Errors
/// [`Error`]; a provider's failure has been noted on the calendar and, if it concerns it, the connection.
pub async fn run(
    cx: &Context,
    workspace: WorkspaceId,
    id: CalendarId,
    ask: Ask,
) -> Result<Statistics, Error> {
    let mut tx = cx.store.write_in(workspace).await?;
    let calendar = store::calendars::get(&mut tx, workspace, id).await?;
    usable(&calendar)?;
    let ttl = lease_time(cx);
    let lease = store::calendars::take_sync_lease(&mut tx, workspace, id, &cx.node, ttl)
        .await?
        .ok_or(Error::Running)?;
    let generation = store::calendars::bump_generation(&mut tx, workspace, id).await?;
    tx.commit().await?;
    tell(cx, &calendar, "started", 0, None, None);
    let lease = SyncLease {
        generation,
        ..lease
    };
    let result = match roll::in_its_zone(cx, &calendar).await {
        Ok(()) => read(cx, &calendar, &lease, ask).await,
        Err(error) => Err(error.into()),
    };
    let result = match result {
        Err(error) => Err(failed::note(cx, &calendar, error).await),
        Ok(statistics) => Ok(statistics),
    };
    release(cx, &calendar, lease.fence).await;
    match &result {
        Ok(done) => tell(cx, &calendar, "finished", done.changes(), Some(*done), None),
        Err(error) => tell(cx, &calendar, "failed", 0, None, Some(error.to_string())),
    }
    result
}

/// Whether the calendar can be synced at all.
fn usable(calendar: &Calendar) -> Result<(), Error> {
    use daybook_domain::connection::Status;
    match calendar.connection_status {
        Status::Disconnected => Err(Error::Disconnected),
        Status::NeedsReauth => Err(Error::NeedsReauth),
        Status::Connected | Status::Error if calendar.sync_enabled => Ok(()),
        Status::Connected | Status::Error => Err(Error::Off),
    }
}

/// Reads until the provider has nothing more to tell, at most three times over: an incremental read whose cursor is dead, the
/// full read in its place, and the full read that confirms a mass deletion.
async fn read(
    cx: &Context,
    calendar: &Calendar,
    lease: &SyncLease,
    ask: Ask,
) -> Result<Statistics, Error> {
    let capability = cx.registry.calendar(&calendar.provider)?;
    let mut asking = Asking::begin(cx, calendar.workspace_id, calendar.connection_id).await?;
    let mut run = Run {
        cx,
        calendar,
        fence: lease.fence,
        generation: lease.generation,
        started: cx.clock.now(),
        ask,
        statistics: Statistics::default(),
        begun: false,
        seen_from: None,
        held: None,
        seen: HashSet::new(),
    };
    let mut cursor = lease
        .cursor
        .clone()
        .filter(|_| ask.mode == Mode::Incremental);
    let mut confirming = false;
    loop {
        run.statistics.full |= cursor.is_none();
        match pass(&mut run, &mut asking, capability, cursor.take(), confirming).await? {
            Pass::Complete => return Ok(run.statistics),
            Pass::CursorDead => {}
            Pass::Confirm => confirming = true,
        }
    }
}

/// How one read ended.
enum Pass {
    /// Everything is written.
    Complete,
    /// The provider does not know the cursor: read everything.
    CursorDead,
    /// The read would remove most of the mirror: read once more before believing it.
    Confirm,
}

async fn pass(
    run: &mut Run<'_>,
    asking: &mut Asking,
    capability: &dyn CalendarProvider,
    cursor: Option<String>,
    confirming: bool,
) -> Result<Pass, Error> {
    let full = cursor.is_none();
    if std::mem::replace(&mut run.begun, true) {
        run.generation = next_generation(run).await?;
    }
    run.seen.clear();
    let calendar = run.calendar;
    run.seen_from = seen_from(run, capability);
    let mut stream = capability.changes(pull(calendar, cursor, run.started));
    loop {
        let page = match next(run, asking, stream.as_mut()).await {
            Err(Error::Provider(error)) if error.kind == ErrorKind::CursorExpired && !full => {
                return Ok(Pass::CursorDead);
            }
            other => other?,
        };
        count_page(&mut run.statistics)?;
        let held = held_before(run, &page).await?;
        let Next::Done { cursor, complete } = &page.next else {
            apply::page(run, &page, full, None).await?;
            tell(
                run.cx,
                calendar,
                "page",
                run.statistics.changes(),
                None,
                None,
            );
            continue;
        };
        // Strategies that compare version tags tell everything also when they have a cursor.
        let sweep = *complete;
        if sweep && loses_most(run, &page, held) && (!confirming || cursor.is_none()) {
            tracing::warn!(calendar.id = %calendar.id, held, told = run.seen.len(), "a full read told less than half of the mirror; nothing is removed before it is confirmed");
            apply::page(run, &page, full, None).await?;
            // Read to its end, a listing says where to go on. One that does not is no listing, however often it comes.
            return if cursor.is_some() {
                Ok(Pass::Confirm)
            } else {
                Err(unfounded().into())
            };
        }
        let finish = Finish {
            cursor: cursor.clone(),
            sweep,
            sweep_from: run.seen_from,
        };
        apply::page(run, &page, full, Some(finish)).await?;
        return Ok(Pass::Complete);
    }
}

fn pull(calendar: &Calendar, cursor: Option<String>, now: Timestamp) -> Pull {
    let zone = calendar.time_zone.clone();
    Pull {
        calendar: calendar.external_id.clone(),
        cursor,
        default_zone: zone.unwrap_or_else(|| "UTC".to_owned()),
        account_email: calendar.connection_email.clone(),
        window: apply::window(now),
    }
}

/// Where the window begins that a complete read of this provider tells of, if it has one.
fn seen_from(run: &Run<'_>, capability: &dyn CalendarProvider) -> Option<Timestamp> {
    let windowed = capability.capability().windowed;
    windowed.then(|| apply::window(run.started).start)
}

fn count_page(statistics: &mut Statistics) -> Result<(), provider::Error> {
    statistics.pages += 1;
    if statistics.pages <= MAX_PAGES {
        return Ok(());
    }
    Err(provider::Error::new(
        ErrorKind::Malformed,
        "the provider keeps sending pages without end; stopped, and trying again later",
    ))
}

/// How many events the mirror held before the first page was written. A read of one page that only tells changes removes
/// nothing unasked, and is the usual one: for it nothing is counted.
async fn held_before(run: &mut Run<'_>, page: &Page) -> Result<usize, Error> {
    let only_changes = matches!(&page.next, Next::Done { complete, .. } if !complete);
    if run.held.is_none() && !only_changes {
        let calendar = run.calendar;
        let (workspace, id) = (calendar.workspace_id, calendar.id);
        let mut tx = run.cx.store.read_in(workspace).await?;
        let count = match run.seen_from {
            Some(from) => store::events::count_since(&mut tx, workspace, id, from).await?,
            None => store::events::count(&mut tx, workspace, id).await?,
        };
        run.held = usize::try_from(count).ok();
    }
    Ok(run.held.unwrap_or(0))
}

/// Whether a complete read told less than half of what a mirror of some size holds (R4, mass-delete guard).
fn loses_most(run: &Run<'_>, last: &Page, held: usize) -> bool {
    let told = run.seen.len() + last.changes.len() + last.unchanged.len();
    told * 2 < held
}

fn unfounded() -> provider::Error {
    provider::Error::new(
        ErrorKind::Malformed,
        "the provider listed hardly any of the events known so far, and not where to go on from; nothing was removed, and it is asked again later",
    )
}

async fn next_generation(run: &Run<'_>) -> Result<i64, Error> {
    let mut tx = run.cx.store.write_in(run.calendar.workspace_id).await?;
    let generation =
        store::calendars::bump_generation(&mut tx, run.calendar.workspace_id, run.calendar.id)
            .await?;
    tx.commit().await?;
    Ok(generation)
}

/// The next page, with credentials that work.
async fn next(
    run: &mut Run<'_>,
    asking: &mut Asking,
    stream: &mut dyn ChangeStream,
) -> Result<Page, Error> {
    let (cx, calendar) = (run.cx, run.calendar);
    let known = Mirror {
        store: &cx.store,
        workspace: calendar.workspace_id,
        calendar: calendar.id,
    };
    loop {
        let session = asking.session(cx);
        let page = stream.next(&session, &known).await;
        run.statistics.provider_calls += session.calls();
        match page {
            Err(error) if asking.again(cx, &error).await? => {}
            other => return Ok(other?),
        }
    }
}

/// Gives the lease back; if that fails it runs out by itself.
async fn release(cx: &Context, calendar: &Calendar, fence: i64) {
    let done = async {
        let mut tx = cx.store.write_in(calendar.workspace_id).await?;
        store::calendars::release_sync_lease(&mut tx, calendar.workspace_id, calendar.id, fence)
            .await?;
        tx.commit().await
    };
    if let Err(error) = done.await {
        tracing::debug!(calendar.id = %calendar.id, %error, "the sync lease was not released; it runs out by itself");
    }
}

pub(super) fn lease_time(cx: &Context) -> SignedDuration {
    SignedDuration::try_from(cx.settings.sync_lease).unwrap_or(SignedDuration::from_mins(1))
}

fn tell(
    cx: &Context,
    calendar: &Calendar,
    phase: &'static str,
    changes: u64,
    result: Option<Statistics>,
    error: Option<String>,
) {
    let message = live::Message::Sync {
        calendar_id: calendar.id,
        phase,
        changes,
        result,
        error,
    };
    cx.live
        .send(calendar.workspace_id, Some(calendar.member_id), message);
}
