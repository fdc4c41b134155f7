//! Reading what changed in a calendar, by whatever means its server offers (contracts/caldav-apple §5).
//!
//! Every read first lists (hrefs and etags only), then fetches what is new in pages. A server that stops early (507) is
//! listed and fetched piece by piece. The cursor is told with the last page only.

mod cursor;
mod fetch;
mod listing;

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use async_trait::async_trait;
use daybook_domain::event::Change;
use daybook_provider_api::calendar::{ChangeStream, KnownResources, Next, Page, Pull};
use daybook_provider_api::{Result, Session};
use url::Url;

use super::calls::{Depth, Member};
use super::errors;
use super::href::Href;
use super::map;
use super::transport::Transport;
use cursor::Cursor;

/// Resources fetched for one page.
const PAGE: usize = 500;

/// A read in progress.
pub(super) struct Changes {
    pull: Pull,
    owner: map::Owner,
    /// What is left of the current listing.
    piece: Option<Piece>,
    /// Sync tokens used in this read: one that comes back means the server is going round in circles.
    tokens: HashSet<String>,
    /// Resources named by truncated listings so far, and how many of the last such listings named no new one.
    told: HashSet<String>,
    idle: usize,
    /// href → etag in the mirror, when this read compares.
    known: Option<BTreeMap<String, Option<String>>>,
    /// The server refuses multiget: resources are fetched one by one.
    one_by_one: bool,
    /// Resources that were told of and refused in this read: the cursor remembers them.
    refused: BTreeSet<String>,
}

/// A listing, or a truncated part of one.
struct Piece {
    /// To fetch.
    wanted: VecDeque<Member>,
    /// Told to be gone.
    removed: Vec<Href>,
    /// Told to exist and known already.
    unchanged: Vec<String>,
    /// Told to exist and not to be read now.
    refused: Vec<String>,
    /// What follows once all is fetched.
    then: Then,
}

enum Then {
    /// Ask on with this token.
    Continue {
        token: String,
        depth: Depth,
        full: bool,
    },
    /// It is all.
    Finish {
        cursor: Option<Cursor>,
        complete: bool,
    },
}

/// The calendar as an address, and what sends.
struct Context<'a> {
    transport: &'a dyn Transport,
    trusted: Url,
    calendar: Url,
}

impl Changes {
    /// A read that has sent nothing yet.
    pub(super) fn new(pull: Pull) -> Self {
        Self {
            owner: map::Owner::new(&pull.default_zone, pull.account_email.as_deref()),
            pull,
            piece: None,
            tokens: HashSet::new(),
            told: HashSet::new(),
            idle: 0,
            known: None,
            one_by_one: false,
            refused: BTreeSet::new(),
        }
    }

    pub(super) async fn step(
        &mut self,
        transport: &dyn Transport,
        known: &dyn KnownResources,
    ) -> Result<Page> {
        let cx = Context::new(transport, &self.pull.calendar)?;
        let mut piece = match self.piece.take() {
            Some(piece) => piece,
            None => self.first_piece(&cx, known).await?,
        };
        if let Some(next) = self.following_piece(&cx, &mut piece).await.transpose() {
            match next {
                Ok(next) => piece = next,
                Err(error) => {
                    self.piece = Some(piece);
                    return Err(error);
                }
            }
        }
        let page = self.page(&cx, &mut piece).await;
        self.piece = Some(piece);
        page
    }

    /// The next piece, once a truncated one is used up.
    async fn following_piece(
        &mut self,
        cx: &Context<'_>,
        piece: &mut Piece,
    ) -> Result<Option<Piece>> {
        match &piece.then {
            Then::Continue { token, depth, full } if piece.is_used_up() => {
                let (token, depth, full) = (token.clone(), *depth, *full);
                self.sync_piece(cx, &token, depth, full).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Takes a page out of `piece`; leaves it as it is when something fails.
    async fn page(&mut self, cx: &Context<'_>, piece: &mut Piece) -> Result<Page> {
        let count = piece.wanted.len().min(PAGE);
        let batch: Vec<Member> = piece.wanted.iter().take(count).cloned().collect();
        let fetched = self.fetch(cx, &batch).await?;
        let mut refused = self.refused.clone();
        refused.extend(piece.refused.iter().chain(&fetched.untold).cloned());
        let mut changes: Vec<Change> = piece
            .removed
            .iter()
            .map(|href| Change::ResourceRemoved {
                href: href.as_str().to_owned(),
            })
            .collect();
        changes.extend(fetched.changes);
        let next = match &piece.then {
            _ if count < piece.wanted.len() => Next::More,
            Then::Continue { .. } => Next::More,
            Then::Finish { cursor, complete } => Next::Done {
                cursor: cursor
                    .as_ref()
                    .map(|cursor| cursor.asking_for(&refused).write())
                    .transpose()?,
                complete: *complete,
            },
        };
        piece.wanted.drain(..count);
        piece.removed.clear();
        self.refused = refused;
        let mut unchanged = std::mem::take(&mut piece.unchanged);
        unchanged.append(&mut piece.refused);
        unchanged.extend(fetched.untold);
        unchanged.extend(fetched.unread);
        Ok(Page {
            changes,
            unchanged,
            next,
        })
    }
}

#[async_trait]
impl ChangeStream for Changes {
    async fn next(&mut self, session: &Session<'_>, known: &dyn KnownResources) -> Result<Page> {
        self.step(session, known).await
    }
}

impl Piece {
    fn is_used_up(&self) -> bool {
        // A first page always goes out, so a piece is used up only after it told what it had.
        self.wanted.is_empty()
            && self.removed.is_empty()
            && self.unchanged.is_empty()
            && self.refused.is_empty()
    }
}

impl<'a> Context<'a> {
    fn new(transport: &'a dyn Transport, calendar: &str) -> Result<Self> {
        let trusted = transport.trusted().ok_or_else(errors::bad_address)?;
        let calendar = Href::of(&trusted, calendar)
            .map(|href| href.url(&trusted))
            .ok_or_else(|| {
                errors::malformed("The calendar's address is not on the account's server.")
                    .with_code("address")
            })?;
        Ok(Self {
            transport,
            trusted,
            calendar,
        })
    }

    /// Whether a resource lies in the calendar. Others are named by servers that have several addresses for one thing, and
    /// by hostile ones: they are taken when the calendar itself hands them out, and never visited one by one.
    fn holds(&self, href: &Href) -> bool {
        let calendar = self.calendar.path().trim_end_matches('/');
        let below = href.as_str().strip_prefix(calendar);
        below
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|name| !name.is_empty() && !name.contains('/') && !name.starts_with(".."))
    }
}

#[cfg(test)]
mod tests;
