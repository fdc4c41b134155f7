//! Writing events on a CalDAV server (contracts/caldav-apple §6 and §7): every change is made on the lines that are there.

mod compose;
mod edit;
mod line;
mod meant;
mod object;
mod people;
mod relocate;
mod series;
mod site;
mod times;

use async_trait::async_trait;
use daybook_domain::event::{Patch, ResponseStatus};
use daybook_domain::zone::Zone;
use daybook_provider_api::calendar::EventWriter;
use daybook_provider_api::calendar::write::{
    Create, EventMover, Place, Target, WriteCapability, Written,
};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Error, Result, Session};
use uuid::Uuid;

use super::calls::{Based, FindByUid, PutResource, Resource};
use super::transport::ask;
use super::{Caldav, errors};
use meant::Meant;
use object::Object;
use site::{Held, Site, removed};

#[async_trait]
impl EventWriter for Caldav {
    fn capability(&self) -> WriteCapability {
        WriteCapability {
            quiet: true,
            conferences: &[],
            any_recurrence: true,
        }
    }

    fn mover(&self) -> Option<&dyn EventMover> {
        Some(self)
    }

    async fn create(
        &self,
        session: &Session<'_>,
        place: &Place,
        create: &Create,
    ) -> Result<Written> {
        Site::new(session, place)?.create(create).await
    }

    async fn find(
        &self,
        session: &Session<'_>,
        place: &Place,
        key: Uuid,
    ) -> Result<Option<Written>> {
        Site::new(session, place)?.find(key).await
    }

    async fn read(&self, session: &Session<'_>, place: &Place, target: &Target) -> Result<Written> {
        let site = Site::new(session, place)?;
        let held = site.fetch(&site.resource(target)?).await?;
        Ok(site.written(held, target.provider_id.clone()))
    }

    async fn update(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        patch: &Patch,
        notify: bool,
    ) -> Result<Written> {
        Site::new(session, place)?
            .update(target, patch, notify)
            .await
    }

    async fn delete(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        notify: bool,
    ) -> Result<Written> {
        Site::new(session, place)?.delete(target, notify).await
    }

    async fn respond(
        &self,
        session: &Session<'_>,
        place: &Place,
        target: &Target,
        answer: ResponseStatus,
        notify: bool,
    ) -> Result<Written> {
        Site::new(session, place)?
            .respond(target, answer, notify)
            .await
    }
}

/// The UID of what we create: the same for every attempt.
fn uid(key: Uuid) -> String {
    format!("{key}@daybook")
}

impl Site<'_> {
    async fn create(&self, create: &Create) -> Result<Written> {
        let data = match &create.like {
            None => compose::resource(&create.draft, create.key, self, create.notify)?,
            Some(like) => {
                let held = self.fetch(&self.resource(&like.of)?).await?;
                compose::part(&held, like, create, self)?
            }
        };
        let href = self.href_of(create.key)?;
        let put = PutResource {
            data: &data,
            based: Based::Nothing,
            quiet: !create.notify,
        };
        let stored = match ask(
            self.transport,
            &self.trusted,
            &href.url(&self.trusted),
            &put,
        )
        .await
        {
            Ok((stored, _)) => stored,
            // 412: the file name is taken. 409 and `no-uid-conflict`: the UID is (contracts/caldav-apple §6).
            Err(error) if error.kind == ErrorKind::Conflict => {
                return match self.find(create.key).await? {
                    Some(written) => Ok(written),
                    None => Err(not_ours(error)),
                };
            }
            Err(error) => return Err(error),
        };
        let id = href.as_str().to_owned();
        Ok(self.after_put(href, stored.etag, data, id).await)
    }

    async fn find(&self, key: Uuid) -> Result<Option<Written>> {
        let uid = uid(key);
        match self.fetch(&self.href_of(key)?).await {
            Ok(held) if holds(&held, &self.zone, &uid) => {
                let id = held.href.as_str().to_owned();
                return Ok(Some(self.written(held, id)));
            }
            Ok(_) => return Ok(None),
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        // Some servers keep what they are given under a name of their own.
        let call = FindByUid { uid: &uid };
        let rows = match ask(self.transport, &self.trusted, &self.calendar, &call).await {
            Ok((rows, _)) => rows,
            Err(error) if errors::is_unsupported(&error) || error.kind == ErrorKind::NotFound => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let held = rows
            .into_iter()
            .find_map(|(href, resource)| match resource {
                Resource::Present { etag, data } => {
                    let held = Held { href, etag, data };
                    holds(&held, &self.zone, &uid).then_some(held)
                }
                Resource::Gone => None,
            });
        Ok(held.map(|held| {
            let id = held.href.as_str().to_owned();
            self.written(held, id)
        }))
    }

    async fn update(&self, target: &Target, patch: &Patch, notify: bool) -> Result<Written> {
        let held = self.current(target).await?;
        let meant = Meant::of(target, &held.href);
        let id = meant.id();
        if patch.is_empty() {
            return Ok(self.written(held, id));
        }
        let mut object = Object::open(&held.data, &self.zone, meant.uid)?;
        self.check_quiet(&object, notify).await?;
        match meant.key {
            Some(key) => series::change_one(&mut object, key, patch, self, notify)?,
            None => series::change_all(&mut object, patch, self, notify)?,
        }
        self.put(target, held, object, notify, id).await
    }

    async fn delete(&self, target: &Target, notify: bool) -> Result<Written> {
        let href = self.resource(target)?;
        let held = match self.current(target).await {
            Ok(held) => held,
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {
                return Ok(removed(&href, target.provider_id.clone()));
            }
            Err(error) => return Err(error),
        };
        let meant = Meant::of(target, &held.href);
        let id = meant.id();
        let mut object = match Object::open(&held.data, &self.zone, meant.uid) {
            Ok(object) => object,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(self.written(held, id)),
            // What cannot be read cannot be edited; as a whole it can still be removed.
            Err(_) if meant.key.is_none() && meant.uid.is_none() => {
                return self.remove(target, held, notify, id).await;
            }
            Err(error) => return Err(error),
        };
        self.check_quiet(&object, notify).await?;
        match meant.key {
            Some(key) => {
                if !series::take_out(&mut object, key, self.now)? {
                    return Ok(self.written(held, id));
                }
            }
            None => object.drop_events(|_| true),
        }
        if object.entries.is_empty() && !object.has_others() {
            return self.remove(target, held, notify, id).await;
        }
        self.put(target, held, object, notify, id).await
    }

    async fn respond(
        &self,
        target: &Target,
        answer: ResponseStatus,
        notify: bool,
    ) -> Result<Written> {
        let not_invited = || {
            errors::refused_field(
                errors::Field::Answer,
                "not_invited",
                "This account is not among the event's attendees, so there is nothing to answer.",
            )
        };
        let own = self.email().ok_or_else(not_invited)?;
        let held = self.current(target).await?;
        let meant = Meant::of(target, &held.href);
        let mut object = Object::open(&held.data, &self.zone, meant.uid)?;
        let places = match meant.key {
            Some(key) => vec![series::materialise(&mut object, key)?],
            None => answered_with(&object, own),
        };
        let mut invited = false;
        for index in places {
            let component = object.component_mut(index)?;
            if people::answer(component, own, answer) {
                edit::stamp(component, self.now, false);
                invited = true;
            }
        }
        if !invited {
            return Err(not_invited());
        }
        let id = meant.id();
        self.put(target, held, object, notify, id).await
    }
}

/// The series' event, and its changed occurrences that were answered like it or not at all.
fn answered_with(object: &Object, own: &str) -> Vec<usize> {
    let answer = |index| {
        let lines = object.component(index);
        lines.and_then(|lines| people::answer_of(lines, own))
    };
    let master = object.master().map(|entry| entry.index);
    let like = master.and_then(answer);
    object
        .entries
        .iter()
        .map(|entry| entry.index)
        .filter(|index| {
            let present = answer(*index);
            Some(*index) == master || present == like || present.as_deref() == Some("NEEDS-ACTION")
        })
        .collect()
}

fn holds(held: &Held, zone: &Zone, uid: &str) -> bool {
    Object::open(&held.data, zone, Some(uid)).is_ok()
}

/// The name or the UID is taken, and not by an attempt of ours that can be seen.
fn not_ours(error: Error) -> Error {
    Error {
        message: "The CalDAV server says that this event exists and does not show it, so nothing was written. Look into the \
                  calendar; if it is not there, create it again."
            .to_owned(),
        ..error
    }
}

#[cfg(test)]
mod tests;
