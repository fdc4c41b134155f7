//! Fetching resources: fifty at once, and one by one what the server leaves out.

use std::collections::HashMap;

use daybook_domain::event::Change;
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Error, Result};

use super::{Changes, Context};
use crate::caldav::calls::{GetResource, Member, Multiget, NOT_A_CALENDAR, Resource, is_whole};
use crate::caldav::errors;
use crate::caldav::href::Href;
use crate::caldav::map;
use crate::caldav::transport::ask;

/// Resources asked for in one request (contracts/caldav-apple §5).
const CHUNK: usize = 50;

/// What came of a batch.
#[derive(Default)]
pub(super) struct Fetched {
    /// In the order listed.
    pub(super) changes: Vec<Change>,
    /// Told to exist, and not handed out or not whole: left as they are, and asked for again.
    pub(super) untold: Vec<String>,
    /// Handed out, and not understood, or not all of it: what the mirror holds of them stays. Asked again the server would say the same.
    pub(super) unread: Vec<String>,
}

impl Changes {
    pub(super) async fn fetch(&mut self, cx: &Context<'_>, batch: &[Member]) -> Result<Fetched> {
        let mut fetched = Fetched::default();
        for chunk in batch.chunks(CHUNK) {
            let mut answers = self.multiget(cx, chunk).await?;
            for member in chunk {
                let told = answers.remove(&member.href);
                let cut = told.as_ref().is_some_and(is_cut);
                let resource = match told {
                    Some(Resource::Present { .. }) if !cut => told,
                    // Left out, cut off, or said to be gone though it was just listed: the resource itself is asked.
                    _ if cx.holds(&member.href) => get(cx, &member.href, cut).await?,
                    _ if cut => None,
                    told => told,
                };
                match resource {
                    Some(resource) => self.take(member, resource, &mut fetched),
                    None => fetched.untold.push(member.href.as_str().to_owned()),
                }
            }
        }
        Ok(fetched)
    }

    async fn multiget(
        &mut self,
        cx: &Context<'_>,
        chunk: &[Member],
    ) -> Result<HashMap<Href, Resource>> {
        if self.one_by_one {
            return Ok(HashMap::new());
        }
        let hrefs: Vec<Href> = chunk.iter().map(|member| member.href.clone()).collect();
        match ask(
            cx.transport,
            &cx.trusted,
            &cx.calendar,
            &Multiget { hrefs: &hrefs },
        )
        .await
        {
            Ok((answers, _)) => Ok(answers.into_iter().collect()),
            Err(error) if errors::is_unsupported(&error) => {
                self.one_by_one = true;
                Ok(HashMap::new())
            }
            // Too large together; each by itself may not be.
            Err(error) if chunk.len() > 1 && errors::is_too_large(&error) => Ok(HashMap::new()),
            Err(error) => Err(error),
        }
    }

    fn take(&self, member: &Member, resource: Resource, fetched: &mut Fetched) {
        let href = member.href.as_str().to_owned();
        match resource {
            Resource::Gone => fetched.changes.push(Change::ResourceRemoved { href }),
            Resource::Present { etag, data } => {
                let etag = etag.or_else(|| member.etag.clone());
                let read = map::read(&self.owner, &href, etag.as_deref(), &data);
                if !read.whole {
                    fetched.unread.push(href.clone());
                }
                fetched.changes.extend(read.changes(href, etag));
            }
        }
    }
}

/// Whether the text that was handed out is not all of the resource.
fn is_cut(resource: &Resource) -> bool {
    matches!(resource, Resource::Present { data, .. } if !is_whole(data))
}

/// One resource; `None` when the server refuses this one in a way that will not pass, or when it was `cut` off in another answer and is
/// not whole in this one either.
async fn get(cx: &Context<'_>, href: &Href, cut: bool) -> Result<Option<Resource>> {
    match ask(
        cx.transport,
        &cx.trusted,
        &href.url(&cx.calendar),
        &GetResource,
    )
    .await
    {
        Ok((resource, _)) => Ok(Some(resource)),
        Err(error) if is_lasting(&error) => {
            tracing::warn!(
                resource = href.as_str(),
                code = error.status,
                "A calendar resource is refused by its server; it is left as it was."
            );
            Ok(None)
        }
        Err(error) if cut && error.code.as_deref() == Some(NOT_A_CALENDAR) => {
            tracing::warn!(
                resource = href.as_str(),
                "A calendar resource is cut off; it is left as it was, and asked for again with the next read."
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn is_lasting(error: &Error) -> bool {
    error.status.is_some()
        && matches!(
            error.kind,
            ErrorKind::Scope | ErrorKind::Unsupported | ErrorKind::Malformed | ErrorKind::Conflict
        )
}
