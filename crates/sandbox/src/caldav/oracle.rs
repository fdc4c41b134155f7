//! The other hand on the calendars: what their owner does elsewhere, and what is true.

use super::CalDavSim;
use super::http::{from_href, href_of};
use super::ics::{Component, Property, When, check, parse, with_zones, write};
use super::state::{Calendar, CalendarSpec, State};

/// A calendar object as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OracleResource {
    /// As the server writes it in answers.
    pub href: String,
    /// Decoded path, for canonical comparison.
    pub path: String,
    /// Opaque, with quotes and `W/`.
    pub etag: String,
    /// The stored text (profiles may decorate it when serving).
    pub ics: String,
}

/// Why the simulator could not do what a test asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimError {
    /// No such account.
    #[error("the simulator has no account {0}; add it with add_account first")]
    NoAccount(String),
    /// No such calendar.
    #[error("the simulator has no calendar {0}; add it with add_calendar first")]
    NoCalendar(String),
    /// No such object.
    #[error("the simulator has no object {0}")]
    NoObject(String),
    /// The object breaks RFC 5545.
    #[error("not a calendar object: {0}")]
    BadObject(String),
}

impl CalDavSim {
    /// Adds a user with inbox, outbox and notification collection.
    pub fn add_account(&self, user: &str, password: &str) {
        self.lock().add_account(user, password);
    }

    /// Adds a calendar and returns its path.
    ///
    /// # Errors
    /// [`SimError::NoAccount`].
    pub fn add_calendar(&self, user: &str, spec: CalendarSpec) -> Result<String, SimError> {
        let mut state = self.lock();
        let home = match state.accounts.get(user) {
            Some(account) => account.layout.home.clone(),
            None => return Err(SimError::NoAccount(user.to_owned())),
        };
        let slug: String = spec
            .name
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let mut path = format!("{home}{slug}/");
        while state.calendars.contains_key(&path) {
            let number = state.next();
            path = format!("{home}{slug}-{number}/");
        }
        let calendar = Calendar::new(path.clone(), user, spec);
        state.calendars.insert(path.clone(), calendar);
        Ok(path)
    }

    /// The paths of a user's event calendars that are shared, in order.
    #[must_use]
    pub fn calendars(&self, user: &str) -> Vec<String> {
        let state = self.lock();
        state
            .calendars
            .values()
            .filter(|calendar| calendar.owner == user && !calendar.gone)
            .filter(|calendar| calendar.is_calendar())
            .filter(|calendar| calendar.spec.components().contains(&"VEVENT"))
            .map(|calendar| calendar.path.clone())
            .collect()
    }

    /// The absolute path of a user's principal and calendar home.
    ///
    /// # Errors
    /// [`SimError::NoAccount`].
    pub fn paths_of(&self, user: &str) -> Result<(String, String), SimError> {
        let state = self.lock();
        let account = state.accounts.get(user);
        account
            .map(|account| {
                (
                    account.layout.principal.clone(),
                    account.layout.home.clone(),
                )
            })
            .ok_or_else(|| SimError::NoAccount(user.to_owned()))
    }

    /// Stores an object (new or replaced) and returns its ETag.
    ///
    /// # Errors
    /// [`SimError::NoCalendar`], [`SimError::BadObject`].
    pub fn put(&self, href: &str, ics: &str) -> Result<String, SimError> {
        let (_, path) = (href, from_href(href));
        let facts = check(ics, false).map_err(|(_, reason)| SimError::BadObject(reason))?;
        let mut state = self.lock();
        let (calendar, name) = state
            .split(&path)
            .map(|(calendar, name)| (calendar.to_owned(), name.to_owned()))
            .ok_or_else(|| SimError::NoCalendar(path.clone()))?;
        state
            .store(&calendar, &name, &facts.uid, ics.to_owned())
            .ok_or(SimError::NoCalendar(path))
    }

    /// Stores a text as it is, also one that no check would let pass: what a server with a fault hands out. Returns its ETag.
    ///
    /// # Errors
    /// [`SimError::NoCalendar`].
    pub fn put_unchecked(&self, href: &str, text: &str) -> Result<String, SimError> {
        let path = from_href(href);
        let mut state = self.lock();
        let place = state
            .split(&path)
            .map(|(calendar, name)| (calendar.to_owned(), name.to_owned()));
        place
            .and_then(|(calendar, name)| {
                state.store(&calendar, &name, "unchecked", text.to_owned())
            })
            .ok_or(SimError::NoCalendar(path))
    }

    /// Rewrites an object's text and returns the new ETag.
    ///
    /// # Errors
    /// [`SimError::NoObject`], [`SimError::BadObject`].
    pub fn edit(
        &self,
        href: &str,
        change: impl FnOnce(&str) -> String,
    ) -> Result<String, SimError> {
        let ics = self.read(href)?.ics;
        self.put(href, &change(&ics))
    }

    /// Removes an object.
    ///
    /// # Errors
    /// [`SimError::NoObject`].
    pub fn delete(&self, href: &str) -> Result<(), SimError> {
        let path = from_href(href);
        let mut state = self.lock();
        let found = state
            .split(&path)
            .map(|(calendar, name)| (calendar.to_owned(), name.to_owned()));
        match found {
            Some((calendar, name)) if state.remove(&calendar, &name) => Ok(()),
            _ => Err(SimError::NoObject(path)),
        }
    }

    /// Moves an event, or a whole series with its exceptions, on its wall clock. All-day events
    /// move by `days` only.
    ///
    /// # Errors
    /// [`SimError::NoObject`], [`SimError::BadObject`].
    pub fn move_event(&self, href: &str, days: i64, minutes: i64) -> Result<String, SimError> {
        self.edit_tree(href, |calendar| shift(calendar, days, minutes))
    }

    /// One object.
    ///
    /// # Errors
    /// [`SimError::NoObject`].
    pub fn read(&self, href: &str) -> Result<OracleResource, SimError> {
        let path = from_href(href);
        let state = self.lock();
        state
            .split(&path)
            .and_then(|(calendar, name)| resource(&state, calendar, name))
            .ok_or(SimError::NoObject(path))
    }

    /// Everything in a calendar, ordered by path: the truth a client must converge to. Empty for
    /// calendars that are unknown or no longer shared.
    #[must_use]
    pub fn snapshot(&self, calendar: &str) -> Vec<OracleResource> {
        let path = from_href(calendar);
        let state = self.lock();
        match state.calendars.get(&path) {
            Some(calendar) if !calendar.gone => calendar
                .objects
                .keys()
                .filter_map(|name| resource(&state, &path, name))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Every sync token given out so far is refused from now on.
    pub fn invalidate_sync_tokens(&self) {
        for calendar in self.lock().calendars.values_mut() {
            calendar.forget_tokens();
        }
    }

    /// The password stops working; no other one works either.
    ///
    /// # Errors
    /// [`SimError::NoAccount`].
    pub fn withdraw_password(&self, user: &str) -> Result<(), SimError> {
        self.set_password(user, None)
    }

    /// Sets a new password.
    ///
    /// # Errors
    /// [`SimError::NoAccount`].
    pub fn change_password(&self, user: &str, password: &str) -> Result<(), SimError> {
        self.set_password(user, Some(password.to_owned()))
    }

    /// Everything the account asks for is answered 403 (or no longer).
    ///
    /// # Errors
    /// [`SimError::NoAccount`].
    pub fn block_account(&self, user: &str, blocked: bool) -> Result<(), SimError> {
        let mut state = self.lock();
        let account = state.accounts.get_mut(user);
        let account = account.ok_or_else(|| SimError::NoAccount(user.to_owned()))?;
        account.blocked = blocked;
        Ok(())
    }

    /// The calendar is no longer shared: 404, absent from the list. Its content is kept.
    ///
    /// # Errors
    /// [`SimError::NoCalendar`].
    pub fn share_calendar(&self, calendar: &str, shared: bool) -> Result<(), SimError> {
        self.with_calendar(calendar, |calendar| calendar.gone = !shared)
    }

    /// Takes away or gives back the right to write.
    ///
    /// # Errors
    /// [`SimError::NoCalendar`].
    pub fn set_read_only(&self, calendar: &str, read_only: bool) -> Result<(), SimError> {
        self.with_calendar(calendar, |calendar| calendar.spec.read_only = read_only)
    }

    /// Renames a calendar; its path stays.
    ///
    /// # Errors
    /// [`SimError::NoCalendar`].
    pub fn rename_calendar(&self, calendar: &str, name: &str) -> Result<(), SimError> {
        self.with_calendar(calendar, |calendar| {
            name.clone_into(&mut calendar.spec.name)
        })
    }

    pub(super) fn edit_tree(
        &self,
        href: &str,
        change: impl FnOnce(&mut Component),
    ) -> Result<String, SimError> {
        let ics = self.read(href)?.ics;
        let mut calendar = parse(&ics).map_err(SimError::BadObject)?;
        change(&mut calendar);
        let now = self.lock().now();
        touch(&mut calendar, &now.strftime("%Y%m%dT%H%M%SZ").to_string());
        self.put(href, &write(&with_zones(calendar)))
    }

    fn with_calendar(
        &self,
        path: &str,
        change: impl FnOnce(&mut Calendar),
    ) -> Result<(), SimError> {
        let path = from_href(path);
        let mut state = self.lock();
        match state.calendars.get_mut(&path) {
            Some(calendar) => {
                change(calendar);
                Ok(())
            }
            None => Err(SimError::NoCalendar(path)),
        }
    }

    fn set_password(&self, user: &str, password: Option<String>) -> Result<(), SimError> {
        let mut state = self.lock();
        let account = state.accounts.get_mut(user);
        let account = account.ok_or_else(|| SimError::NoAccount(user.to_owned()))?;
        account.password = password;
        Ok(())
    }
}

fn resource(state: &State, calendar: &str, name: &str) -> Option<OracleResource> {
    let object = state.calendars.get(calendar)?.objects.get(name)?;
    let path = format!("{calendar}{name}");
    Some(OracleResource {
        href: href_of(state, &path),
        path,
        etag: object.etag.clone(),
        ics: object.ics.clone(),
    })
}

/// Moves every time of every event, UNTIL included.
fn shift(calendar: &mut Component, days: i64, minutes: i64) {
    for event in &mut calendar.children {
        if event.name != "VEVENT" {
            continue;
        }
        for property in &mut event.properties {
            match property.name.as_str() {
                "DTSTART" | "DTEND" | "RECURRENCE-ID" | "EXDATE" | "RDATE" => {
                    if let Some(when) = When::read(property) {
                        *property = when.plus(days, minutes).property(&property.name);
                    }
                }
                "RRULE" => property.value = shift_until(&property.value, days, minutes),
                _ => {}
            }
        }
    }
}

fn shift_until(rule: &str, days: i64, minutes: i64) -> String {
    let parts: Vec<String> = rule
        .split(';')
        .map(|part| match part.strip_prefix("UNTIL=") {
            Some(until) => match When::read(&Property::new("UNTIL", until)) {
                Some(when) => {
                    format!("UNTIL={}", when.plus(days, minutes).property("UNTIL").value)
                }
                None => part.to_owned(),
            },
            None => part.to_owned(),
        })
        .collect();
    parts.join(";")
}

/// What every program does when it changes an event.
fn touch(calendar: &mut Component, now: &str) {
    for event in &mut calendar.children {
        if event.name != "VEVENT" {
            continue;
        }
        let sequence = event
            .value("SEQUENCE")
            .and_then(|text| text.parse::<u32>().ok())
            .unwrap_or(0);
        event.set(Property::new("SEQUENCE", (sequence + 1).to_string()));
        event.set(Property::new("DTSTAMP", now));
        event.set(Property::new("LAST-MODIFIED", now));
    }
}
