//! Fetching resources: fifty at once, and one by one what the server leaves out.

use std::collections::HashMap;

use daybook_domain::event::Change;
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Error, Result};

use super::{Changes, Context};
use crate::caldav::calls::{GetResource, Member, Multiget, Resource};
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
    /// Told to exist, but this account may not read them: left as they are.
    pub(super) untold: Vec<String>,
}

impl Changes {
    pub(super) async fn fetch(&mut self, cx: &Context<'_>, batch: &[Member]) -> Result<Fetched> {
        let mut fetched = Fetched::default();
        for chunk in batch.chunks(CHUNK) {
            let mut answers = self.multiget(cx, chunk).await?;
            for member in chunk {
                let resource = match answers.remove(&member.href) {
                    Some(Resource::Present { etag, data }) => {
                        Some(Resource::Present { etag, data })
                    }
                    // Left out, or said to be gone though it was just listed: the resource itself is asked.
                    _ if cx.holds(&member.href) => get(cx, &member.href).await?,
                    told => told,
                };
                match resource {
                    Some(resource) => fetched.changes.push(self.change(member, resource)),
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
            Err(error) => Err(error),
        }
    }

    fn change(&self, member: &Member, resource: Resource) -> Change {
        let href = member.href.as_str().to_owned();
        match resource {
            Resource::Gone => Change::ResourceRemoved { href },
            Resource::Present { etag, data } => {
                let etag = etag.or_else(|| member.etag.clone());
                let events = map::events(&self.owner, &href, etag.as_deref(), &data);
                Change::Resource { href, etag, events }
            }
        }
    }
}

/// One resource; `None` when the server refuses this one in a way that will not pass.
async fn get(cx: &Context<'_>, href: &Href) -> Result<Option<Resource>> {
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
