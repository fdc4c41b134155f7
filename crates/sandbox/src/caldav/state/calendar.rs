//! One collection with its change history; sync tokens, ctags and truncation are all read from it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::hex;
use crate::caldav::profile::TokenStyle;

/// What a collection in a calendar home is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarKind {
    /// A calendar for events.
    Events,
    /// A reminder list: VTODO only.
    Reminders,
    /// A subscription: `CS:subscribed`, read-only.
    Subscribed,
    /// Scheduling inbox.
    Inbox,
    /// Scheduling outbox.
    Outbox,
    /// Notification collection.
    Notifications,
}

/// How a new calendar looks.
#[derive(Debug, Clone)]
pub struct CalendarSpec {
    pub(crate) name: String,
    pub(crate) kind: CalendarKind,
    pub(crate) color: Option<String>,
    pub(crate) zone: String,
    pub(crate) transparent: bool,
    pub(crate) read_only: bool,
    pub(crate) components_hidden: bool,
}

impl CalendarSpec {
    /// A writable, opaque event calendar of this display name in Europe/Berlin.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: CalendarKind::Events,
            color: Some("#1BADF8FF".to_owned()),
            zone: "Europe/Berlin".to_owned(),
            transparent: false,
            read_only: false,
            components_hidden: false,
        }
    }

    /// Sets the kind of collection.
    #[must_use]
    pub fn kind(mut self, kind: CalendarKind) -> Self {
        self.kind = kind;
        self
    }

    /// Sets `calendar-color` (`#RRGGBBAA`).
    #[must_use]
    pub fn color(mut self, color: &str) -> Self {
        self.color = Some(color.to_owned());
        self
    }

    /// Sets `calendar-timezone` (IANA name).
    #[must_use]
    pub fn zone(mut self, zone: &str) -> Self {
        self.zone = zone.to_owned();
        self
    }

    /// `schedule-calendar-transp` is `transparent`: events do not count as busy.
    #[must_use]
    pub fn transparent(mut self) -> Self {
        self.transparent = true;
        self
    }

    /// Only `DAV:read` is granted; writes are 403.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// `supported-calendar-component-set` is not answered (absent = all components).
    #[must_use]
    pub fn without_component_set(mut self) -> Self {
        self.components_hidden = true;
        self
    }

    pub(crate) fn components(&self) -> &'static [&'static str] {
        match self.kind {
            CalendarKind::Events | CalendarKind::Subscribed => &["VEVENT"],
            CalendarKind::Reminders => &["VTODO"],
            CalendarKind::Inbox | CalendarKind::Outbox | CalendarKind::Notifications => {
                &["VEVENT", "VTODO"]
            }
        }
    }
}

/// A stored calendar object.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) etag: String,
    pub(crate) ics: String,
    pub(crate) uid: String,
}

#[derive(Debug, Clone)]
struct Change {
    revision: u64,
    at: Timestamp,
    name: String,
    /// `None` = removed.
    etag: Option<String>,
}

/// A member as a sync report shows it: name and ETag, `None` for removed ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) revision: u64,
    pub(crate) name: String,
    pub(crate) etag: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Calendar {
    pub(crate) path: String,
    pub(crate) owner: String,
    pub(crate) spec: CalendarSpec,
    pub(crate) objects: BTreeMap<String, Object>,
    /// Unshared or deleted: 404 until it is shared again.
    pub(crate) gone: bool,
    changes: Vec<Change>,
    epoch: u64,
    hashes: BTreeMap<String, u64>,
}

impl Calendar {
    pub(crate) fn new(path: String, owner: &str, spec: CalendarSpec) -> Self {
        Self {
            path,
            owner: owner.to_owned(),
            spec,
            objects: BTreeMap::new(),
            gone: false,
            changes: Vec::new(),
            epoch: 0,
            hashes: BTreeMap::new(),
        }
    }

    /// True for collections whose resourcetype holds `C:calendar`.
    pub(crate) fn is_calendar(&self) -> bool {
        matches!(
            self.spec.kind,
            CalendarKind::Events | CalendarKind::Reminders
        )
    }

    pub(crate) fn put(&mut self, name: &str, object: Object, at: Timestamp) {
        self.changes.push(Change {
            revision: self.changes.len() as u64 + 1,
            at,
            name: name.to_owned(),
            etag: Some(object.etag.clone()),
        });
        self.objects.insert(name.to_owned(), object);
    }

    pub(crate) fn remove(&mut self, name: &str, at: Timestamp) -> bool {
        if self.objects.remove(name).is_none() {
            return false;
        }
        self.changes.push(Change {
            revision: self.changes.len() as u64 + 1,
            at,
            name: name.to_owned(),
            etag: None,
        });
        true
    }

    /// Every token given out so far becomes invalid.
    pub(crate) fn forget_tokens(&mut self) {
        self.epoch += 1;
        self.hashes.clear();
    }

    /// The newest revision that a report may show when reports lag behind writes.
    pub(crate) fn visible(&self, now: Timestamp, lag: SignedDuration) -> u64 {
        self.changes
            .iter()
            .take_while(|change| change.at.saturating_add(lag).is_ok_and(|due| due <= now))
            .last()
            .map_or(0, |change| change.revision)
    }

    /// The last change of each member in `(from, to]`, oldest first. From 0, removed members are
    /// left out: that is the initial sync.
    pub(crate) fn changed(&self, from: u64, to: u64) -> Vec<Listed> {
        let mut last: BTreeMap<&str, &Change> = BTreeMap::new();
        for change in &self.changes {
            if change.revision > from && change.revision <= to {
                last.insert(&change.name, change);
            }
        }
        let mut rows: Vec<Listed> = last
            .into_values()
            .filter(|change| from > 0 || change.etag.is_some())
            .map(|change| Listed {
                revision: change.revision,
                name: change.name.clone(),
                etag: change.etag.clone(),
            })
            .collect();
        rows.sort_by_key(|row| row.revision);
        rows
    }

    /// The token of a revision. `partial` marks the token of a truncated report.
    pub(crate) fn token(&mut self, revision: u64, style: TokenStyle, partial: bool) -> String {
        let epoch = self.epoch;
        match style {
            TokenStyle::Url => format!("http://sabre.io/ns/sync/{epoch}-{revision}"),
            TokenStyle::Opaque => format!("FT=-@RU=5c1d{epoch:04}@S={revision}"),
            TokenStyle::ContentHash => {
                let token = self.content_hash(revision, partial);
                self.hashes.insert(token.clone(), revision);
                token
            }
        }
    }

    /// The revision a token stands for; `None` when it is refused.
    pub(crate) fn revision_of(&self, token: &str, style: TokenStyle) -> Option<u64> {
        let (epoch, revision) = match style {
            TokenStyle::ContentHash => return self.hashes.get(token).copied(),
            TokenStyle::Url => token
                .strip_prefix("http://sabre.io/ns/sync/")?
                .split_once('-')?,
            TokenStyle::Opaque => token.strip_prefix("FT=-@RU=5c1d")?.split_once("@S=")?,
        };
        let revision = revision.parse().ok()?;
        let fits = epoch.parse() == Ok(self.epoch) && revision <= self.changes.len() as u64;
        fits.then_some(revision)
    }

    /// The ctag of a revision.
    pub(crate) fn ctag(&self, revision: u64) -> String {
        format!("\"{}\"", self.content_hash(revision, false))
    }

    fn content_hash(&self, revision: u64, partial: bool) -> String {
        let mut digest = Sha256::new();
        if partial {
            digest.update(revision.to_be_bytes());
        }
        let mut rows = self.changed(0, revision);
        rows.sort_by(|left, right| left.name.cmp(&right.name));
        for row in rows {
            digest.update(row.name.as_bytes());
            digest.update([0]);
            digest.update(row.etag.unwrap_or_default().as_bytes());
            digest.update([0]);
        }
        hex(&digest.finalize()[..20])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(etag: &str) -> Object {
        Object {
            etag: etag.to_owned(),
            ics: String::new(),
            uid: "u".to_owned(),
        }
    }

    fn calendar() -> Calendar {
        Calendar::new("/c/".to_owned(), "ada", CalendarSpec::named("C"))
    }

    #[test]
    fn content_tokens_return_after_create_and_delete() {
        let mut calendar = calendar();
        let at = Timestamp::UNIX_EPOCH;
        calendar.put("a.ics", object("\"1\""), at);
        let first = calendar.token(1, TokenStyle::ContentHash, false);
        calendar.put("b.ics", object("\"2\""), at);
        calendar.remove("b.ics", at);
        assert_eq!(calendar.token(3, TokenStyle::ContentHash, false), first);
        assert_eq!(
            calendar.revision_of(&first, TokenStyle::ContentHash),
            Some(3)
        );
        assert_eq!(calendar.changed(0, 3).len(), 1);
    }

    #[test]
    fn tokens_of_an_earlier_epoch_or_the_future_are_refused() {
        for style in [TokenStyle::Url, TokenStyle::Opaque, TokenStyle::ContentHash] {
            let mut calendar = calendar();
            calendar.put("a.ics", object("\"1\""), Timestamp::UNIX_EPOCH);
            let token = calendar.token(1, style, false);
            assert_eq!(calendar.revision_of(&token, style), Some(1), "{style:?}");
            calendar.forget_tokens();
            assert_eq!(calendar.revision_of(&token, style), None, "{style:?}");
            assert_eq!(calendar.revision_of("garbage", style), None);
        }
    }

    #[test]
    fn reports_lag_behind_writes() {
        let mut calendar = calendar();
        let at = Timestamp::UNIX_EPOCH;
        calendar.put("a.ics", object("\"1\""), at);
        let lag = SignedDuration::from_secs(5);
        assert_eq!(calendar.visible(at, lag), 0);
        assert_eq!(calendar.visible(at + lag, lag), 1);
    }
}
