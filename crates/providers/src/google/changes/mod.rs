//! Reading a calendar's changes page by page (contracts/google §4). The cursor is the sync token of the last page.

use async_trait::async_trait;
use daybook_provider_api::calendar::{ChangeStream, KnownResources, Next, Page, Pull};
use daybook_provider_api::{Result, Session};

use super::calls::PageTokens;
use super::calls::list_events::{LARGE_PAGE, ListEvents, SMALL_PAGE};
use super::map::{self, Owner};
use super::wire;

/// A read in progress.
pub(super) struct Changes {
    pull: Pull,
    tokens: PageTokens,
    page_size: &'static str,
}

impl Changes {
    /// A read that has sent nothing yet.
    pub(super) fn new(pull: Pull) -> Self {
        Self {
            pull,
            tokens: PageTokens::default(),
            page_size: LARGE_PAGE,
        }
    }

    /// The next page on the wire's terms. When a page is larger than egress accepts, the read starts again in small
    /// pages: what was told already is only told once more.
    async fn fetch(&mut self, session: &Session<'_>) -> Result<wire::Events> {
        match self.call().send(session).await {
            Err(error)
                if error.code.as_deref() == Some("too_large") && self.page_size == LARGE_PAGE =>
            {
                self.page_size = SMALL_PAGE;
                self.tokens = PageTokens::default();
                self.call().send(session).await
            }
            answer => answer,
        }
    }

    fn call(&self) -> ListEvents<'_> {
        ListEvents {
            calendar: &self.pull.calendar,
            sync_token: self.pull.cursor.as_deref(),
            page_size: self.page_size,
            page_token: self.tokens.current(),
        }
    }
}

#[async_trait]
impl ChangeStream for Changes {
    async fn next(&mut self, session: &Session<'_>, _: &dyn KnownResources) -> Result<Page> {
        let answer = self.fetch(session).await?;
        // An empty page may be followed by others, and the last one may be empty: only the tokens tell.
        let next = match &answer.next_page_token {
            Some(token) => {
                self.tokens.advance(token.clone())?;
                Next::More
            }
            None => Next::Done {
                cursor: answer.next_sync_token.clone(),
                complete: self.pull.cursor.is_none(),
            },
        };
        Ok(page(answer, &self.pull, next))
    }
}

fn page(answer: wire::Events, pull: &Pull, next: Next) -> Page {
    let owner = Owner {
        email: pull.account_email.as_deref(),
        zone: answer.time_zone.as_deref().unwrap_or(&pull.default_zone),
    };
    let mut changes = Vec::with_capacity(answer.items.len());
    // What exists but cannot be understood must not look as if it were gone.
    let mut unchanged = answer.unreadable;
    for event in answer.items {
        match map::change(event, &owner) {
            Ok(change) => changes.push(change),
            Err(id) => unchanged.extend(id),
        }
    }
    if !unchanged.is_empty() {
        tracing::warn!(
            events = unchanged.len(),
            "Google told of events that cannot be understood; what the mirror holds of them stays as it is"
        );
    }
    Page {
        changes,
        unchanged,
        next,
    }
}

#[cfg(test)]
mod tests;
