//! Reading a calendar's changes round by round (contracts/microsoft §4). Singles and removals are told page by page; series
//! wait for the end of the round and are told as whole resources, because rows that are gone are not always named.

mod cursor;
mod round;

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use daybook_domain::event::Change;
use daybook_domain::zone::Zone;
use daybook_provider_api::calendar::{ChangeStream, KnownResources, Next, Page, Pull};
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::{Error, Result, Session};
use jiff::Timestamp;

use super::calls::batch;
use super::calls::delta::{Delta, PAGE_SIZES};
use super::calls::event;
use super::links::Links;
use super::map::{self, series};
use super::{errors, links, wire};
use cursor::Cursor;
pub(super) use cursor::whole_days;
use round::{Round, Row};

/// Most rows of series that one round keeps until its end: a calendar with more is refused, before it fills the memory.
const MOST_ROWS: usize = 100_000;
/// Series told in one page.
const SERIES: usize = 200;

/// A read in progress.
pub(super) struct Changes {
    pull: Pull,
    /// The calendar's zone.
    home: Zone,
    /// The window this round is bound to.
    window: Range<Timestamp>,
    /// Whether this round tells everything in its window.
    full: bool,
    links: Links,
    /// Index into [`PAGE_SIZES`].
    size: usize,
    round: Round,
    stage: Stage,
}

/// How far a round is.
enum Stage {
    /// There are pages to read.
    Reading,
    /// All pages are read: masters that were not told are fetched.
    Masters {
        delta_link: String,
        missing: Vec<String>,
    },
    /// Everything is known and only has to be told.
    Telling {
        delta_link: String,
        series: VecDeque<String>,
    },
}

impl Changes {
    /// A read that has sent nothing yet. A cursor whose window no longer fits starts a full round by itself.
    pub(super) fn new(pull: Pull) -> Self {
        let cursor = pull
            .cursor
            .as_deref()
            .and_then(Cursor::parse)
            .filter(|cursor| cursor.fits(&pull.window))
            .map(Cursor::parts);
        let full = cursor.is_none();
        let (links, window) = match cursor {
            Some((link, window)) => (Links::from(link), window),
            None => (Links::default(), whole_days(&pull.window)),
        };
        Self {
            home: map::home(&pull.default_zone),
            pull,
            window,
            full,
            links,
            size: 0,
            round: Round::default(),
            stage: Stage::Reading,
        }
    }

    /// Forgets this round and begins a full one.
    fn start_over(&mut self) {
        self.window = whole_days(&self.pull.window);
        self.full = true;
        self.links = Links::default();
        self.round = Round::default();
        self.stage = Stage::Reading;
    }

    /// The next page on the wire's terms, smaller when egress does not accept it.
    async fn fetch(&mut self, session: &Session<'_>) -> Result<wire::Page<wire::Event>> {
        loop {
            let call = match self.links.current() {
                Some(link) => Delta::Follow(link),
                None => Delta::Start {
                    calendar: &self.pull.calendar,
                    window: &self.window,
                },
            };
            let size = PAGE_SIZES.get(self.size).copied().unwrap_or(1);
            match call.send(session, size).await {
                Err(error) if is_too_large(&error) && self.size + 1 < PAGE_SIZES.len() => {
                    self.size += 1;
                }
                Err(error) if error.kind == ErrorKind::CursorExpired && self.full => {
                    self.start_over();
                    return Err(lost_thread(&error));
                }
                answer => {
                    // One by one only past what is large: a whole calendar would take a request for each event.
                    if answer.is_ok() && self.size + 1 == PAGE_SIZES.len() {
                        self.size -= 1;
                    }
                    return answer;
                }
            }
        }
    }

    async fn read(&mut self, session: &Session<'_>) -> Result<Page> {
        let answer = self.fetch(session).await?;
        match (&answer.next_link, &answer.delta_link) {
            (Some(link), _) => self.links.advance(link.clone(), &session.api_url)?,
            (None, Some(link)) => links::own(link, &session.api_url)?,
            (None, None) => return Err(errors::malformed()),
        }
        let delta_link = answer
            .delta_link
            .clone()
            .filter(|_| answer.next_link.is_none());
        let page = self.take(answer);
        if self.round.rows() > MOST_ROWS {
            return Err(too_many());
        }
        let Some(delta_link) = delta_link else {
            return Ok(page);
        };
        if self.round.series.is_empty() {
            return Ok(Page {
                next: self.done(delta_link),
                ..page
            });
        }
        self.stage = Stage::Masters {
            missing: self.round.missing(),
            delta_link,
        };
        Ok(page)
    }

    /// Takes a page's rows in; gives what can be told at once.
    fn take(&mut self, answer: wire::Page<wire::Event>) -> Page {
        let mut changes = Vec::new();
        let mut unchanged = Vec::new();
        for event in answer.value {
            match self.round.take(event) {
                Row::Kept => {}
                Row::Gone(provider_id) => changes.push(Change::Removed { provider_id }),
                Row::Single(event) => match map::single(&event, &self.home) {
                    Some(change) => changes.push(change),
                    None => unchanged.extend(event.id),
                },
            }
        }
        // What exists but cannot be understood must not look as if it were gone.
        for what in answer.unreadable {
            unchanged.extend(self.round.unreadable(what));
        }
        if !unchanged.is_empty() {
            tracing::warn!(
                events = unchanged.len(),
                "Microsoft told of events that cannot be understood; what the mirror holds of them stays as it is"
            );
        }
        Page {
            changes,
            unchanged,
            next: Next::More,
        }
    }

    /// Fetches masters that were not told. A series that is not there any more keeps no master, and so nothing but the
    /// occurrences somebody was invited to alone.
    async fn masters(&mut self, session: &Session<'_>) -> Result<()> {
        let Stage::Masters {
            delta_link,
            missing,
        } = &mut self.stage
        else {
            return Ok(());
        };
        let ids = missing.split_off(missing.len().saturating_sub(batch::MOST));
        let told = match fetched(session, &self.pull.calendar, &ids).await {
            Ok(told) => told,
            Err(error) => {
                missing.extend(ids);
                return Err(error);
            }
        };
        let mut failed: Option<Error> = None;
        for (id, answer) in ids.into_iter().zip(told) {
            let master = match answer {
                Ok(master) => Some(master),
                Err(error) if errors::is_gone(&error) => None,
                Err(error) => {
                    // The longest wait that was asked for is the one to be kept.
                    let longer = |known: &Error| wait(known) >= wait(&error);
                    if !failed.as_ref().is_some_and(longer) {
                        failed = Some(error);
                    }
                    missing.push(id);
                    continue;
                }
            };
            if let Some(rows) = self.round.series.get_mut(&id) {
                rows.master = master;
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if missing.is_empty() {
            self.stage = Stage::Telling {
                delta_link: std::mem::take(delta_link),
                series: self.round.series.keys().cloned().collect(),
            };
        }
        Ok(())
    }

    /// The next series, or the end.
    fn tell(&mut self) -> Page {
        let rows = self.round.series.values();
        let doubtful = |rows: &series::Rows| series::is_doubtful(rows, &self.window, &self.home);
        let sound = |rows: &&series::Rows| !rows.is_broken(&self.home);
        if !self.full && rows.filter(sound).any(doubtful) {
            tracing::info!(
                "Microsoft told of a series without its occurrences; the whole calendar is read"
            );
            self.start_over();
            return more(Vec::new(), Vec::new());
        }
        let Stage::Telling { delta_link, series } = &mut self.stage else {
            return more(Vec::new(), Vec::new());
        };
        let (mut changes, mut unchanged) = (Vec::new(), Vec::new());
        let next: Vec<String> = series.drain(..series.len().min(SERIES)).collect();
        for id in next {
            match self.round.series.get(&id) {
                Some(rows) if rows.is_broken(&self.home) => unchanged.push(id),
                Some(rows) => changes.push(Change::Resource {
                    events: series::events(&id, rows, &self.window, &self.home),
                    href: id,
                    etag: None,
                }),
                None => {}
            }
        }
        if !series.is_empty() {
            return more(changes, unchanged);
        }
        let delta_link = std::mem::take(delta_link);
        Page {
            changes,
            unchanged,
            next: self.done(delta_link),
        }
    }

    fn done(&self, delta_link: String) -> Next {
        Next::Done {
            cursor: Cursor::new(delta_link, &self.window).text(),
            complete: self.full,
        }
    }
}

#[async_trait]
impl ChangeStream for Changes {
    async fn next(&mut self, session: &Session<'_>, _: &dyn KnownResources) -> Result<Page> {
        match self.stage {
            Stage::Reading => self.read(session).await,
            Stage::Masters { .. } => {
                self.masters(session).await?;
                match self.stage {
                    Stage::Telling { .. } => Ok(self.tell()),
                    _ => Ok(more(Vec::new(), Vec::new())),
                }
            }
            Stage::Telling { .. } => Ok(self.tell()),
        }
    }
}

/// What Graph says of these masters, asked for together. What failed is asked for once more by itself; but not what Graph told us
/// to wait with, and nothing more after another failure. What is too large together is asked for one by one.
async fn fetched(
    session: &Session<'_>,
    calendar: &str,
    ids: &[String],
) -> Result<Vec<Result<wire::Event>>> {
    let mut told = match ids {
        [] => return Ok(Vec::new()),
        [id] => return Ok(vec![event::get(session, calendar, id).await]),
        several => match batch::events(session, calendar, several).await {
            Err(error) if is_too_large(&error) => {
                let mut told = Vec::with_capacity(several.len());
                for id in several {
                    told.push(event::get(session, calendar, id).await);
                }
                return Ok(told);
            }
            told => told?,
        },
    };
    for (answer, id) in told.iter_mut().zip(ids) {
        let at_once =
            |error: &Error| error.kind == ErrorKind::Unavailable && error.retry == Retry::Soon;
        if answer.as_ref().is_err_and(at_once) {
            *answer = event::get(session, calendar, id).await;
            if answer.as_ref().is_err_and(at_once) {
                break;
            }
        }
    }
    Ok(told)
}

/// The answer is larger than egress takes; answers to less may not be.
fn is_too_large(error: &Error) -> bool {
    error.code.as_deref() == Some("too_large")
}

/// How long to wait after it.
const fn wait(error: &Error) -> Option<Duration> {
    match error.retry {
        Retry::After(wait) => Some(wait),
        Retry::Soon | Retry::No => None,
    }
}

/// The calendar has more repeated meetings than one round can hold.
fn too_many() -> Error {
    Error::new(
        ErrorKind::Malformed,
        "Outlook lists more than 100,000 occurrences of repeated meetings in this calendar for the sixteen months that Daybook keeps, and that is more \
         than it reads at once. The sync was stopped: repeated meetings stay as they were, so the calendar is not up to date. Each later \
         sync tries again. End or move away some of the series that repeat daily, or switch the calendar off in Daybook.",
    )
    .with_code("too_many_occurrences")
    .with_retry(Retry::No)
}

const fn more(changes: Vec<Change>, unchanged: Vec<String>) -> Page {
    Page {
        changes,
        unchanged,
        next: Next::More,
    }
}

/// The link of a full round died under our hands: the same call begins a new one.
fn lost_thread(error: &Error) -> Error {
    let lost = Error::new(
        ErrorKind::Unavailable,
        "Microsoft lost track of a full read before its end. Daybook reads the calendar once more.",
    );
    match error.status {
        Some(status) => lost.with_status(status),
        None => lost,
    }
}

#[cfg(test)]
mod tests;
