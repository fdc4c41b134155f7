//! The simulator as oracle: tests change its world directly and ask what a faithful mirror must hold.

mod random;
mod world;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::GoogleSim;
use super::state::Role;
use super::state::calendar::Calendar;
use super::state::event::Event;
use super::state::moment::Moment;
use world::bump;

pub(super) use world::{add_calendar, add_person, day, edit, list, put_body, shift};

/// A start or an end as a mirror must hold it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OracleTime {
    /// All day; ends are exclusive.
    Date(Date),
    /// An instant with the IANA zone it was given in.
    At {
        /// The instant.
        instant: Timestamp,
        /// `Europe/Berlin`
        zone: String,
    },
}

/// One row of a faithful mirror: a single event, a master, a changed instance, or a hole in a living series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OracleEvent {
    /// Event id.
    pub id: String,
    /// Quoted, as sent.
    pub etag: String,
    /// `None` for a cancelled instance.
    pub start: Option<OracleTime>,
    /// `None` for a cancelled instance.
    pub end: Option<OracleTime>,
    /// `confirmed`, `tentative` or `cancelled`.
    pub status: String,
    /// `summary`, empty when there is none.
    pub summary: String,
    /// RRULE, EXRULE, RDATE and EXDATE lines of a master.
    pub recurrence: Vec<String>,
    /// The master of an exception.
    pub recurring_event_id: Option<String>,
    /// Where the exception belongs in its series.
    pub original_start: Option<OracleTime>,
}

impl GoogleSim {
    /// Adds a person with an empty primary calendar whose id is their address.
    pub fn add_person(&self, email: &str, name: &str, time_zone: &str) {
        add_person(&mut self.sim.lock(), email, name, time_zone);
    }

    /// Adds a calendar owned by `owner`.
    pub fn add_calendar(&self, owner: &str, id: &str, summary: &str) {
        add_calendar(&mut self.sim.lock(), owner, id, summary);
    }

    /// Puts a calendar on someone's list with this role, or changes their role; a change ends its sync tokens.
    pub fn share(&self, calendar: &str, with: &str, role: Role) {
        let mut state = self.sim.lock();
        list(&mut state, calendar, with, role);
        bump(&mut state, calendar);
    }

    /// Takes a calendar off someone's list: 404 from now on, `deleted` in the incremental calendar list.
    pub fn share_off(&self, calendar: &str, from: &str) {
        let mut state = self.sim.lock();
        let seq = state.next_seq();
        let entry = state
            .people
            .get_mut(from)
            .and_then(|p| p.list.get_mut(calendar));
        if let Some(entry) = entry {
            entry.deleted = true;
            entry.seq = seq;
        }
    }

    /// Sets a calendar's zone, an IANA name.
    pub fn set_time_zone(&self, calendar: &str, time_zone: &str) {
        let mut state = self.sim.lock();
        let seq = state.next_seq();
        if let Some(calendar) = state.calendars.get_mut(calendar) {
            calendar.time_zone = time_zone.to_owned();
        }
        let entries = state.people.values_mut();
        for entry in entries.filter_map(|person| person.list.get_mut(calendar)) {
            entry.seq = seq;
        }
    }

    /// Puts an event in wire form (`summary`, `start`, `end`, `recurrence`, `attendees`, …). Its `id` may be given.
    /// With `recurringEventId` and `originalStartTime` it becomes an exception, even of a master that is not there.
    ///
    /// # Errors
    /// When the calendar is unknown or the provider would refuse the event; the text says why.
    pub fn put_event(&self, calendar: &str, body: &Value) -> Result<String, String> {
        let now = self.now();
        let mut state = self.sim.lock();
        let stored = put_body(&mut state, calendar, body, now)?;
        Ok(stored.id)
    }

    /// Puts an invitation: an event that `organizer` called, in the calendar of somebody invited.
    ///
    /// # Errors
    /// As [`Google::put_event`].
    pub fn put_invitation(
        &self,
        calendar: &str,
        organizer: &str,
        body: &Value,
    ) -> Result<String, String> {
        let now = self.now();
        let mut state = self.sim.lock();
        let mut stored = put_body(&mut state, calendar, body, now)?;
        let id = stored.id.clone();
        organizer.clone_into(&mut stored.organizer);
        state.put(calendar, stored, now);
        Ok(id)
    }

    /// Merges a patch into an event, or into one instance of a series (id `<master>_<stamp>`).
    ///
    /// # Errors
    /// When there is no such event or the provider would refuse the change.
    pub fn edit_event(&self, calendar: &str, id: &str, patch: &Value) -> Result<(), String> {
        let now = self.now();
        edit(&mut self.sim.lock(), calendar, id, patch, now)
    }

    /// Cancels one instance of a series. False when there is no such live instance.
    pub fn cancel_instance(&self, calendar: &str, master: &str, stamp: &str) -> bool {
        self.delete_event(calendar, &format!("{master}_{stamp}"))
    }

    /// Moves an event or one instance by whole minutes (whole days when it is all-day).
    ///
    /// # Errors
    /// When there is no such event.
    pub fn move_instance(&self, calendar: &str, id: &str, minutes: i64) -> Result<(), String> {
        let now = self.now();
        shift(&mut self.sim.lock(), calendar, id, minutes, now)
    }

    /// Deletes an event, a whole series, or one instance. False when there was none.
    pub fn delete_event(&self, calendar: &str, id: &str) -> bool {
        let now = self.now();
        self.sim.lock().delete(calendar, id, now)
    }

    /// Moves an event to another calendar under the same id. False when there was none.
    pub fn move_event(&self, from: &str, to: &str, id: &str) -> bool {
        let now = self.now();
        self.sim.lock().relocate(from, to, id, now)
    }

    /// Ends all sync tokens of a calendar: the next incremental request meets 410.
    pub fn invalidate_sync_tokens(&self, calendar: &str) {
        bump(&mut self.sim.lock(), calendar);
    }

    /// Ends all cursors of calendar lists.
    pub fn invalidate_list_tokens(&self) {
        self.sim.lock().list_generation += 1;
    }

    /// Ends all access tokens of a person; refresh tokens live on.
    pub fn expire_tokens(&self, email: &str) {
        self.sim
            .lock()
            .grants
            .access
            .retain(|_, a| a.email != email);
    }

    /// Ends everything a person granted anyone, as in the account's security settings.
    pub fn revoke_grant(&self, email: &str) {
        let mut state = self.sim.lock();
        let clients = state.grants.consents.keys().filter(|(e, _)| e == email);
        let clients: Vec<String> = clients.map(|(_, client)| client.clone()).collect();
        for client in clients {
            state.grants.revoke(email, &client);
        }
    }

    /// What a faithful mirror of the calendar holds, in order of id.
    #[must_use]
    pub fn snapshot(&self, calendar: &str) -> Vec<OracleEvent> {
        let state = self.sim.lock();
        let Some(calendar) = state.calendars.get(calendar) else {
            return Vec::new();
        };
        let live = calendar.events.values().filter(|e| belongs(calendar, e));
        live.map(row).collect()
    }

    /// What an event says beside its times, in the provider's words.
    #[must_use]
    pub fn fields(&self, calendar: &str, id: &str) -> Option<Value> {
        let state = self.sim.lock();
        let event = state.calendars.get(calendar)?.events.get(id)?;
        Some(Value::Object(event.fields.clone()))
    }

    /// Ids of all calendars on someone's list, with their roles.
    #[must_use]
    pub fn calendars_of(&self, email: &str) -> Vec<(String, Role)> {
        let state = self.sim.lock();
        let list = state.people.get(email).into_iter().flat_map(|p| &p.list);
        let live = list.filter(|(_, entry)| !entry.deleted);
        live.map(|(id, entry)| (id.clone(), entry.role)).collect()
    }

    /// Addresses of all people.
    #[must_use]
    pub fn people(&self) -> Vec<String> {
        self.sim.lock().people.keys().cloned().collect()
    }

    /// A working access token without the consent dance, for tests that are not about consent.
    #[must_use]
    pub fn access_token(&self, email: &str, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|s| (*s).to_owned()).collect();
        let config = self.sim.config();
        let now = self.now();
        self.sim
            .lock()
            .issue_access(email, "sandbox", &scopes, (&config, now))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.sim.desk.clock().now()
    }
}

/// Live events, and cancelled instances as long as their series lives (or was never there).
fn belongs(calendar: &Calendar, event: &Event) -> bool {
    if !event.is_cancelled() {
        return true;
    }
    event.series.as_ref().is_some_and(|s| {
        let master = calendar.events.get(&s.master);
        master.is_none_or(|m| m.is_master() && !m.is_cancelled())
    })
}

fn row(event: &Event) -> OracleEvent {
    let alive = !event.is_cancelled();
    OracleEvent {
        id: event.id.clone(),
        etag: event.etag(),
        start: alive.then(|| time(&event.start)),
        end: alive.then(|| time(&event.end)),
        status: event.status.as_str().to_owned(),
        summary: if alive {
            event.text("summary").to_owned()
        } else {
            String::new()
        },
        recurrence: event.recurrence.clone(),
        recurring_event_id: event.series.as_ref().map(|s| s.master.clone()),
        original_start: event.series.as_ref().map(|s| time(&s.original)),
    }
}

fn time(moment: &Moment) -> OracleTime {
    match moment {
        Moment::Day(date) => OracleTime::Date(*date),
        Moment::At(at) => OracleTime::At {
            instant: at.timestamp(),
            zone: at.time_zone().iana_name().unwrap_or("UTC").to_owned(),
        },
    }
}
