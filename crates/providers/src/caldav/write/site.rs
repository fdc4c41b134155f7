//! A calendar on its server: reading, putting and removing resources, each in the version that is meant.

use daybook_domain::event::Change;
use daybook_domain::zone::Zone;
use daybook_provider_api::calendar::write::{Place, Target, Written};
use daybook_provider_api::{Error, Result};
use jiff::Timestamp;
use url::Url;
use uuid::Uuid;

use super::object::Object;
use super::{people, times};
use crate::caldav::calls::{Based, DeleteResource, GetResource, Options, PutResource, Resource};
use crate::caldav::href::Href;
use crate::caldav::transport::{Transport, ask};
use crate::caldav::{errors, map};

/// A calendar to write to, for one call.
pub(super) struct Site<'a> {
    pub(super) transport: &'a dyn Transport,
    pub(super) trusted: Url,
    pub(super) calendar: Url,
    pub(super) place: &'a Place,
    pub(super) owner: map::Owner,
    /// Of floating times.
    pub(super) zone: Zone,
    pub(super) now: Timestamp,
}

/// A resource as the server holds it.
pub(super) struct Held {
    pub(super) href: Href,
    pub(super) etag: Option<String>,
    pub(super) data: String,
}

impl<'a> Site<'a> {
    pub(super) fn new(transport: &'a dyn Transport, place: &'a Place) -> Result<Self> {
        let trusted = transport.trusted().ok_or_else(errors::bad_address)?;
        let calendar = Href::of(&trusted, &place.calendar)
            .map(|href| href.url(&trusted))
            .ok_or_else(foreign)?;
        Ok(Self {
            now: transport.now(),
            transport,
            trusted,
            calendar,
            place,
            owner: map::Owner::new(&place.default_zone, place.account_email.as_deref()),
            zone: Zone::iana(&place.default_zone).unwrap_or_else(Zone::utc),
        })
    }

    pub(super) fn email(&self) -> Option<&str> {
        self.place.account_email.as_deref()
    }

    /// The resource that is to be changed, in the version that the change is based on.
    pub(super) async fn current(&self, target: &Target) -> Result<Held> {
        let held = self.fetch(&self.resource(target)?).await?;
        match (&target.etag, &held.etag) {
            (Some(based), Some(etag)) if strong(based) != strong(etag) => {
                Err(errors::changed_meanwhile())
            }
            _ => Ok(held),
        }
    }

    pub(super) async fn fetch(&self, href: &Href) -> Result<Held> {
        let url = href.url(&self.trusted);
        match ask(self.transport, &self.trusted, &url, &GetResource).await? {
            (Resource::Present { etag, data }, _) => Ok(Held {
                href: href.clone(),
                etag,
                data,
            }),
            (Resource::Gone, _) => Err(errors::no_event()),
        }
    }

    pub(super) async fn put(
        &self,
        target: &Target,
        held: Held,
        mut object: Object,
        notify: bool,
        id: String,
    ) -> Result<Written> {
        times::define_zones(&mut object.tree);
        let data = object.tree.to_text();
        let etag = target.etag.as_deref().or(held.etag.as_deref());
        let put = PutResource {
            data: &data,
            based: Based::Version(etag),
            quiet: !notify,
        };
        let url = held.href.url(&self.trusted);
        let (stored, _) = ask(self.transport, &self.trusted, &url, &put).await?;
        Ok(self.after_put(held.href, stored.etag, data, id).await)
    }

    pub(super) async fn remove(
        &self,
        target: &Target,
        held: Held,
        notify: bool,
        id: String,
    ) -> Result<Written> {
        let call = DeleteResource {
            etag: target.etag.as_deref().or(held.etag.as_deref()),
            quiet: !notify,
        };
        let url = held.href.url(&self.trusted);
        ask(self.transport, &self.trusted, &url, &call).await?;
        Ok(removed(&held.href, id))
    }

    /// What the server holds after a write: what was sent, if it says so with a tag; else it is read again. When that fails the
    /// write has still happened, and the next sync brings what is missing.
    pub(super) async fn after_put(
        &self,
        href: Href,
        etag: Option<String>,
        data: String,
        id: String,
    ) -> Written {
        let held = match etag {
            Some(etag) => Held {
                href,
                etag: Some(etag),
                data,
            },
            None => self.fetch(&href).await.unwrap_or(Held {
                href,
                etag: None,
                data,
            }),
        };
        self.written(held, id)
    }

    pub(super) fn written(&self, held: Held, provider_id: String) -> Written {
        let href = held.href.as_str().to_owned();
        let etag = held.etag;
        let read = map::read(&self.owner, &href, etag.as_deref(), &held.data);
        Written {
            changes: read.changes(href, etag),
            provider_id,
            conference_pending: false,
        }
    }

    /// A quiet change of a meeting whose guests the server already serves cannot be had: it mails them on every change.
    pub(super) async fn check_quiet(&self, object: &Object, notify: bool) -> Result<()> {
        let served = |index| {
            let lines = object.component(index);
            lines.is_some_and(|lines| people::is_mailed_by_server(lines, self.email()))
        };
        if notify || !object.entries.iter().any(|entry| served(entry.index)) {
            return Ok(());
        }
        let (schedules, _) = ask(self.transport, &self.trusted, &self.calendar, &Options).await?;
        match schedules {
            false => Ok(()),
            true => Err(errors::unsupported(
                "always_notifies",
                "The CalDAV server mails this event's attendees on every change, so nothing was written. Allow the \
                 notification and try again.",
            )),
        }
    }

    pub(super) fn href_of(&self, key: Uuid) -> Result<Href> {
        let path = self.calendar.path().trim_end_matches('/');
        Href::of(&self.trusted, &format!("{path}/{key}.ics")).ok_or_else(foreign)
    }

    /// Where the target is; never elsewhere than on the account's server.
    pub(super) fn resource(&self, target: &Target) -> Result<Href> {
        let raw = target
            .resource
            .as_deref()
            .or_else(|| target.provider_id.split('#').next());
        let href = raw.and_then(|raw| Href::of(&self.trusted, raw));
        href.filter(|href| !href.is_collection())
            .ok_or_else(foreign)
    }
}

/// A resource that is gone.
pub(super) fn removed(href: &Href, provider_id: String) -> Written {
    Written {
        changes: vec![Change::ResourceRemoved {
            href: href.as_str().to_owned(),
        }],
        provider_id,
        conference_pending: false,
    }
}

/// Without the mark of weakness that proxies add on the way.
fn strong(etag: &str) -> &str {
    etag.trim().trim_start_matches("W/")
}

pub(super) fn foreign() -> Error {
    errors::malformed("The event's address is not on the account's server, so nothing was written.")
        .with_code("address")
}
