//! Finding out what there is to fetch: sync tokens, a ctag, or etags alone.

use std::collections::BTreeMap;

use daybook_provider_api::calendar::KnownResources;
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Error, Result};
use http::StatusCode;

use super::cursor::{Cursor, Strategy};
use super::{Changes, Context, Piece, Then};
use crate::caldav::calls::{Ctag, Depth, ListEtags, Member, Probe, SyncCollection, SyncPage};
use crate::caldav::errors;
use crate::caldav::href::Href;
use crate::caldav::transport::ask;

/// Pieces of one read; a server that needs more is playing with us.
const MAX_PIECES: usize = 2_000;

/// Truncated listings in a row that may name nothing new before they count as endless.
const MAX_IDLE: usize = 3;

impl Changes {
    pub(super) async fn first_piece(
        &mut self,
        cx: &Context<'_>,
        known: &dyn KnownResources,
    ) -> Result<Piece> {
        let cursor = self.pull.cursor.as_deref().map(Cursor::read).transpose()?;
        match cursor {
            None => self.everything(cx, known).await,
            Some(cursor) => match cursor.strategy {
                Strategy::Sync => {
                    let mut piece = self
                        .sync_piece(cx, &cursor.token, cursor.depth(), false)
                        .await?;
                    piece.ask_again(cx, &cursor.refused);
                    Ok(piece)
                }
                Strategy::Ctag => self.behind_ctag(cx, cursor, known).await,
                Strategy::Etag => {
                    self.load(known).await?;
                    if self.knows_any() {
                        self.compared(cx, None).await
                    } else {
                        // Nothing is lost by finding out again how this server is read best.
                        self.everything(cx, known).await
                    }
                }
            },
        }
    }

    /// A full read, by the best means that works.
    async fn everything(&mut self, cx: &Context<'_>, known: &dyn KnownResources) -> Result<Piece> {
        self.load(known).await?;
        let (probe, _) = ask(cx.transport, &cx.trusted, &cx.calendar, &Ctag).await?;
        if probe.syncs {
            match sync(cx, "", Depth::Zero).await {
                Ok((page, depth)) => return self.everything_synced(cx, page, depth, probe).await,
                Err(error) if !wants_another_way(&error) => return Err(error),
                Err(_) => {}
            }
        }
        // The ctag was read before the listing: a change in between is seen again, never missed.
        self.compared(cx, probe.ctag).await
    }

    async fn everything_synced(
        &mut self,
        cx: &Context<'_>,
        page: SyncPage,
        depth: Depth,
        probe: Probe,
    ) -> Result<Piece> {
        let empty = page.changed.is_empty() && !page.truncated;
        let mut piece = self.piece_of(page, depth, true, probe.ctag)?;
        if empty && self.knows_any() {
            self.confirm_empty(cx, &mut piece).await?;
        }
        Ok(piece)
    }

    async fn behind_ctag(
        &mut self,
        cx: &Context<'_>,
        cursor: Cursor,
        known: &dyn KnownResources,
    ) -> Result<Piece> {
        let (probe, _) = ask(cx.transport, &cx.trusted, &cx.calendar, &Ctag).await?;
        if probe.ctag.as_deref() == Some(cursor.token.as_str()) {
            let refused = cursor.refused.clone();
            let mut piece = Piece::finished(Some(cursor), false);
            piece.ask_again(cx, &refused);
            return Ok(piece);
        }
        self.load(known).await?;
        self.compared(cx, probe.ctag).await
    }

    /// Lists every etag. What is not told is gone, so this is a complete read also when it follows an earlier one.
    ///
    /// A listing without a single resource is not tied to the ctag: it may be the empty success of a server under repair, and
    /// as long as nothing changes the ctag would say that there is nothing to read.
    async fn compared(&mut self, cx: &Context<'_>, ctag: Option<String>) -> Result<Piece> {
        let call = ListEtags {
            had_some: self.knows_any(),
        };
        let (members, _) = ask(cx.transport, &cx.trusted, &cx.calendar, &call).await?;
        let empty = members.is_empty();
        let cursor = Cursor::etags(ctag.filter(|_| !empty));
        let mut piece = Piece::finished(Some(cursor), true);
        self.sort_out(&mut piece, members, true);
        if empty && self.knows_any() {
            self.confirm_empty(cx, &mut piece).await?;
        }
        Ok(piece)
    }

    /// A listing without a single resource, of a calendar that had some, is believed only when told twice: servers under
    /// repair answer with an empty success. If it cannot be asked twice, nothing counts as gone and the next read starts
    /// from nothing again.
    async fn confirm_empty(&mut self, cx: &Context<'_>, piece: &mut Piece) -> Result<()> {
        let call = ListEtags { had_some: true };
        match ask(cx.transport, &cx.trusted, &cx.calendar, &call).await {
            Ok((members, _)) => self.sort_out(piece, members, true),
            Err(error) if errors::is_unsupported(&error) => {
                piece.then = Then::Finish {
                    cursor: None,
                    complete: false,
                };
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// One `sync-collection`, from the stored token or the one of a truncated answer.
    pub(super) async fn sync_piece(
        &mut self,
        cx: &Context<'_>,
        token: &str,
        depth: Depth,
        full: bool,
    ) -> Result<Piece> {
        let (page, depth) = sync(cx, token, depth).await.map_err(or_start_again)?;
        let page = SyncPage {
            // No new token: the old one stays good, at worst something is told twice.
            token: page.token.or_else(|| Some(token.to_owned())),
            ..page
        };
        self.tokens.insert(token.to_owned());
        self.piece_of(page, depth, full, None)
    }

    fn piece_of(
        &mut self,
        page: SyncPage,
        depth: Depth,
        full: bool,
        ctag: Option<String>,
    ) -> Result<Piece> {
        if page.truncated {
            self.note_progress(&page)?;
        }
        let then = match page.token {
            Some(token) if page.truncated => {
                if self.tokens.contains(&token) || self.tokens.len() >= MAX_PIECES {
                    return Err(circles());
                }
                Then::Continue { token, depth, full }
            }
            None if page.truncated => return Err(circles()),
            Some(token) => Then::Finish {
                cursor: Some(Cursor::sync(token, depth)),
                complete: full,
            },
            // A server that syncs but gives no token is followed by etags.
            None => Then::Finish {
                cursor: Some(Cursor::etags(ctag.filter(|_| !page.changed.is_empty()))),
                complete: full,
            },
        };
        let mut piece = Piece::finished(None, full);
        piece.then = then;
        piece.removed = page.removed;
        if let Some(known) = self.known.as_ref().filter(|_| full) {
            // Some servers begin with everything that was ever deleted.
            piece
                .removed
                .retain(|href| known.contains_key(href.as_str()));
        }
        self.sort_out(&mut piece, page.changed, full);
        Ok(piece)
    }

    /// A truncated listing is asked on from for as long as it names resources that were not named before.
    fn note_progress(&mut self, page: &SyncPage) -> Result<()> {
        let before = self.told.len();
        let changed = page.changed.iter().map(|member| &member.href);
        let named = changed.chain(&page.removed);
        self.told.extend(named.map(|href| href.as_str().to_owned()));
        let progress = self.told.len() > before;
        self.idle = if progress { 0 } else { self.idle + 1 };
        if self.idle < MAX_IDLE {
            Ok(())
        } else {
            Err(circles())
        }
    }

    /// Divides what was listed into known and wanted.
    fn sort_out(&self, piece: &mut Piece, members: Vec<Member>, compare: bool) {
        for member in members {
            let known = self
                .known
                .as_ref()
                .and_then(|known| known.get(member.href.as_str()));
            if !member.readable {
                tracing::warn!(
                    resource = member.href.as_str(),
                    "A calendar resource cannot be read at the moment; it is left as it was."
                );
                piece.refused.push(member.href.as_str().to_owned());
            } else if compare && member.etag.is_some() && known == Some(&member.etag) {
                piece.unchanged.push(member.href.as_str().to_owned());
            } else {
                piece.wanted.push_back(member);
            }
        }
    }

    async fn load(&mut self, known: &dyn KnownResources) -> Result<()> {
        if self.known.is_none() {
            self.known = Some(known.etags().await?);
        }
        Ok(())
    }

    fn knows_any(&self) -> bool {
        self.known
            .as_ref()
            .is_some_and(|known: &BTreeMap<_, _>| !known.is_empty())
    }
}

impl Piece {
    fn finished(cursor: Option<Cursor>, complete: bool) -> Self {
        Self {
            wanted: std::collections::VecDeque::new(),
            removed: Vec::new(),
            unchanged: Vec::new(),
            refused: Vec::new(),
            then: Then::Finish { cursor, complete },
        }
    }

    /// Asks once more for what an earlier read was refused, unless the listing speaks of it itself.
    fn ask_again(&mut self, cx: &Context<'_>, refused: &[String]) {
        for href in refused {
            let Some(href) = Href::of(&cx.trusted, href).filter(|href| cx.holds(href)) else {
                continue;
            };
            let told = self.removed.contains(&href)
                || self.refused.iter().any(|other| other == href.as_str())
                || self.wanted.iter().any(|member| member.href == href);
            if !told {
                self.wanted.push_back(Member {
                    href,
                    etag: None,
                    readable: true,
                });
            }
        }
    }
}

/// Asks with `Depth: 0` as the RFC says, and once with 1 where a server does not understand that.
async fn sync(cx: &Context<'_>, token: &str, depth: Depth) -> Result<(SyncPage, Depth)> {
    let call = SyncCollection { token, depth };
    match ask(cx.transport, &cx.trusted, &cx.calendar, &call).await {
        Err(error)
            if error.status == Some(400)
                && error.kind == ErrorKind::Unsupported
                && depth == Depth::Zero =>
        {
            let call = SyncCollection {
                token,
                depth: Depth::One,
            };
            let (page, _) = ask(cx.transport, &cx.trusted, &cx.calendar, &call).await?;
            Ok((page, Depth::One))
        }
        answer => answer.map(|(page, _)| (page, depth)),
    }
}

/// Whether a refused first `sync-collection` means that the calendar has to be read in another way.
fn wants_another_way(error: &Error) -> bool {
    errors::is_unsupported(error)
        || error.status == Some(507)
        || matches!(
            error.kind,
            ErrorKind::CursorExpired | ErrorKind::Scope | ErrorKind::Conflict
        )
}

/// A refused later `sync-collection`: whatever the reason, a full read finds out how this server wants to be read now.
fn or_start_again(error: Error) -> Error {
    let again = errors::is_unsupported(&error)
        || error.status == Some(507)
        || matches!(error.kind, ErrorKind::Conflict | ErrorKind::Gone);
    if again {
        let status = error
            .status
            .and_then(|status| StatusCode::from_u16(status).ok());
        return errors::cursor_expired(status.unwrap_or(StatusCode::OK));
    }
    error
}

fn circles() -> Error {
    errors::malformed("The CalDAV server keeps saying that there is more without getting on. Daybook tries again later.")
        .with_code("sync_loop")
}
