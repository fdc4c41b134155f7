//! Moving to another calendar of the server: the resource keeps its name, its UID and everything in it.

use async_trait::async_trait;
use daybook_domain::event::Change;
use daybook_provider_api::calendar::write::{EventMover, Moved, Place, Target};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Result, Session};

use super::Site;
use super::object::Object;
use super::site::foreign;
use crate::caldav::Caldav;
use crate::caldav::calls::MoveResource;
use crate::caldav::errors;
use crate::caldav::href::Href;
use crate::caldav::transport::ask;

#[async_trait]
impl EventMover for Caldav {
    async fn relocate(
        &self,
        session: &Session<'_>,
        from: &Place,
        to: &Place,
        target: &Target,
        notify: bool,
    ) -> Result<Moved> {
        let (site, there) = (Site::new(session, from)?, Site::new(session, to)?);
        let held = match site.current(target).await {
            Ok(held) => held,
            // An earlier attempt may have got through although its answer was lost.
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                return site.arrived(&there, target).await?.ok_or(error);
            }
            Err(error) => return Err(error),
        };
        if let Ok(object) = Object::open(&held.data, &site.zone, None) {
            if object.has_others() {
                return Err(errors::unsupported(
                    "several_events",
                    "The event shares its file on the CalDAV server with other events, which would move along, so nothing was \
                     moved.",
                ));
            }
            site.check_quiet(&object, notify).await?;
        }
        let destination = site.destination(&there, target)?;
        let call = MoveResource {
            destination: &destination.url(&site.trusted),
            etag: target.etag.as_deref().or(held.etag.as_deref()),
            quiet: !notify,
        };
        let url = held.href.url(&site.trusted);
        ask(site.transport, &site.trusted, &url, &call).await?;
        let id = destination.as_str().to_owned();
        let arrived = there.after_put(destination, None, held.data, id).await;
        Ok(Moved {
            left: gone(&held.href),
            arrived,
        })
    }

    async fn moved(
        &self,
        session: &Session<'_>,
        from: &Place,
        to: &Place,
        target: &Target,
    ) -> Result<Option<Moved>> {
        let (site, there) = (Site::new(session, from)?, Site::new(session, to)?);
        match site.current(target).await {
            Ok(_) => return Ok(None),
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {}
            // Changed is there, too.
            Err(error) if error.kind == ErrorKind::Conflict => return Ok(None),
            Err(error) => return Err(error),
        }
        site.arrived(&there, target).await
    }
}

impl Site<'_> {
    /// What is in the other calendar under the same name.
    async fn arrived(&self, there: &Site<'_>, target: &Target) -> Result<Option<Moved>> {
        let destination = self.destination(there, target)?;
        let id = destination.as_str().to_owned();
        match there.fetch(&destination).await {
            Ok(held) => Ok(Some(Moved {
                left: gone(&self.resource(target)?),
                arrived: there.written(held, id),
            })),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where the resource goes: the other collection, the same name.
    fn destination(&self, there: &Site<'_>, target: &Target) -> Result<Href> {
        let source = self.resource(target)?;
        let name = source
            .as_str()
            .rsplit('/')
            .next()
            .filter(|name| !name.is_empty());
        let name = name.ok_or_else(foreign)?;
        let path = there.calendar.path().trim_end_matches('/');
        Href::of(&there.trusted, &format!("{path}/{name}"))
            .filter(|_| there.trusted == self.trusted)
            .ok_or_else(foreign)
    }
}

fn gone(href: &Href) -> Vec<Change> {
    vec![Change::ResourceRemoved {
        href: href.as_str().to_owned(),
    }]
}
