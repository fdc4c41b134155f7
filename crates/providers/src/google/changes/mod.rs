//! Reading a calendar's changes page by page (contracts/google §4). The cursor is the sync token of the last page.

use async_trait::async_trait;
use daybook_provider_api::calendar::{ChangeStream, KnownResources, Next, Page, Pull};
use daybook_provider_api::{Result, Session};

use super::calls::PageTokens;
use super::calls::list_events::ListEvents;
use super::map::{self, Owner};
use super::wire;

/// A read in progress.
pub(super) struct Changes {
    pull: Pull,
    tokens: PageTokens,
}

impl Changes {
    /// A read that has sent nothing yet.
    pub(super) fn new(pull: Pull) -> Self {
        Self {
            pull,
            tokens: PageTokens::default(),
        }
    }
}

#[async_trait]
impl ChangeStream for Changes {
    async fn next(&mut self, session: &Session<'_>, _: &dyn KnownResources) -> Result<Page> {
        let call = ListEvents {
            calendar: &self.pull.calendar,
            sync_token: self.pull.cursor.as_deref(),
            page_token: self.tokens.current(),
        };
        let answer = call.send(session).await?;
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
