//! The simulator as oracle: tests change its world directly and ask what a faithful mirror must hold.

mod random;
mod world;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::MicrosoftSim;
use super::state::calendar::parse_id;
use super::state::event::Event;
use super::state::{Account, State};
use super::subscriptions::Subscription;

pub(super) use world::{add_calendar, add_person, day, edit, find, list, put_body, shift};

/// One row of a faithful mirror of a window: a single event or an instance of a series. Masters are not rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OracleInstance {
    /// Immutable id.
    pub id: String,
    /// As sent, with `W/` and quotes.
    pub etag: String,
    /// `singleInstance`, `occurrence` or `exception`.
    pub kind: &'static str,
    /// Immutable id of the master.
    pub series_master_id: Option<String>,
    /// Start of the unchanged occurrence.
    pub original_start: Option<Timestamp>,
    /// For all-day events the midnight as if it were UTC.
    pub start: Timestamp,
    /// Exclusive.
    pub end: Timestamp,
    /// First and last day (exclusive) of an all-day event.
    pub all_day: Option<(Date, Date)>,
    /// `free`, `tentative`, `busy`, `oof`, `workingElsewhere` or `unknown`.
    pub show_as: String,
    /// `subject`, empty when there is none.
    pub subject: String,
    /// `isCancelled`.
    pub cancelled: bool,
    /// The owner's answer, `organizer` for own events.
    pub response: String,
}

/// Who somebody is to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `id` of `/me`, `oid` of tokens.
    pub id: String,
    /// `tid` of tokens.
    pub tenant: String,
    /// `userPrincipalName`
    pub email: String,
}

impl MicrosoftSim {
    /// Adds a person with an empty default calendar and answers its id.
    pub fn add_person(&self, email: &str, name: &str, time_zone: &str, account: Account) -> String {
        add_person(&mut self.sim.lock(), email, name, (account, time_zone))
    }

    /// Adds a calendar owned by `owner` and answers its id.
    pub fn add_calendar(&self, owner: &str, name: &str) -> String {
        add_calendar(&mut self.sim.lock(), owner, name)
    }

    /// Puts a calendar on someone's list, or changes whether they may edit it.
    pub fn share(&self, calendar: &str, with: &str, can_edit: bool) {
        list(&mut self.sim.lock(), calendar, with, can_edit);
    }

    /// Takes a calendar off someone's list: 404 from now on.
    pub fn share_off(&self, calendar: &str, from: &str) {
        if let Some(person) = self.sim.lock().people.get_mut(from) {
            person.list.retain(|entry| entry.calendar != calendar);
        }
    }

    /// Sets the zone of someone's mailbox, an IANA name.
    pub fn set_time_zone(&self, email: &str, time_zone: &str) {
        if let Some(person) = self.sim.lock().people.get_mut(email) {
            person.time_zone = time_zone.to_owned();
        }
    }

    /// Lets the administrator decide whether this person may grant apps access.
    pub fn may_consent(&self, email: &str, may: bool) {
        if let Some(person) = self.sim.lock().people.get_mut(email) {
            person.may_consent = may;
        }
    }

    /// Puts an event in wire form (`subject`, `start`, `end`, `recurrence`, …) and answers its immutable id.
    /// `organizer`, `responseStatus` and `isCancelled` are taken too.
    ///
    /// # Errors
    /// When the calendar is unknown or the provider would refuse the event; the text says why.
    pub fn put_event(&self, calendar: &str, body: &Value) -> Result<String, String> {
        let now = self.now();
        let mut state = self.sim.lock();
        let event = put_body(&mut state, calendar, body, now)?;
        Ok(id_of(&state, calendar, &event))
    }

    /// Merges a patch into an event, or into one occurrence of a series (see [`MicrosoftSim::occurrence_id`]).
    ///
    /// # Errors
    /// When there is no such event or the provider would refuse the change.
    pub fn edit_event(&self, calendar: &str, id: &str, patch: &Value) -> Result<(), String> {
        let now = self.now();
        edit(&mut self.sim.lock(), calendar, id, patch, now)
    }

    /// Moves an event or occurrence by whole minutes (whole days when it is all-day).
    ///
    /// # Errors
    /// When there is no such event.
    pub fn move_by(&self, calendar: &str, id: &str, minutes: i64) -> Result<(), String> {
        let now = self.now();
        shift(&mut self.sim.lock(), calendar, id, minutes, now)
    }

    /// Deletes an event, a whole series, or one occurrence. False when there was none.
    pub fn delete_event(&self, calendar: &str, id: &str) -> bool {
        let now = self.now();
        let Some((key, date)) = parse_id(id) else {
            return false;
        };
        self.sim.lock().delete(calendar, &key, date, now)
    }

    /// Moves an event to another calendar; its immutable id stays. False when there was none.
    pub fn move_event(&self, from: &str, to: &str, id: &str) -> bool {
        let now = self.now();
        let Some((key, _)) = parse_id(id) else {
            return false;
        };
        self.sim.lock().relocate(from, to, &key, now)
    }

    /// The immutable id of a series' occurrence on a pattern date.
    #[must_use]
    pub fn occurrence_id(&self, calendar: &str, master: &str, date: Date) -> Option<String> {
        let state = self.sim.lock();
        let (key, _) = parse_id(master)?;
        Some(state.calendars.get(calendar)?.id_of(&key, Some(date), true))
    }

    /// Replaces the name of an event's time zone by any text, as some clients do (`tzone://Microsoft/Custom`).
    pub fn label_zone(&self, calendar: &str, id: &str, label: &str) {
        let now = self.now();
        let mut state = self.sim.lock();
        if let Ok(mut event) = find(&state, calendar, id) {
            event.zone_label = label.to_owned();
            state.put(calendar, event, now);
        }
    }

    /// Ends all delta links of a calendar: the next incremental round meets a reset.
    pub fn invalidate_delta(&self, calendar: &str) {
        if let Some(calendar) = self.sim.lock().calendars.get_mut(calendar) {
            calendar.generation += 1;
        }
    }

    /// Ends all access tokens of a person; refresh tokens live on.
    pub fn expire_tokens(&self, email: &str) {
        self.sim
            .lock()
            .grants
            .access
            .retain(|_, a| a.email != email);
    }

    /// Revokes all sessions of a person, as they or an administrator can.
    pub fn revoke_grant(&self, email: &str) {
        self.sim.lock().grants.revoke(email);
    }

    /// Sends a lifecycle event (`reauthorizationRequired`, `subscriptionRemoved`, `missed`) to every subscription of a
    /// person and says to how many.
    pub fn lifecycle(&self, email: &str, event: &str) -> usize {
        let now = self.now();
        let mut state = self.sim.lock();
        let own = state.subscriptions.values().filter(|s| s.email == email);
        let ids: Vec<String> = own.map(|s| s.id.clone()).collect();
        ids.iter()
            .filter(|id| state.lifecycle(id, event, now))
            .count()
    }

    /// How many live subscriptions a person has.
    #[must_use]
    pub fn subscriptions_of(&self, email: &str) -> usize {
        let now = self.now();
        let state = self.sim.lock();
        state
            .subscriptions
            .values()
            .filter(|s| s.email == email && s.expires > now)
            .count()
    }

    /// How many of a person's subscriptions are told of changes: those that live, and are not waiting to be authorized anew.
    #[must_use]
    pub fn listeners_of(&self, email: &str) -> usize {
        let now = self.now();
        let state = self.sim.lock();
        let all = state.subscriptions.values();
        let hears = |s: &&Subscription| s.email == email && s.expires > now && !s.stalled;
        all.filter(hears).count()
    }

    /// What a faithful mirror of the calendar's window holds, in order of id.
    #[must_use]
    pub fn snapshot(&self, calendar: &str, from: Timestamp, to: Timestamp) -> Vec<OracleInstance> {
        let state = self.sim.lock();
        let Some(calendar) = state.calendars.get(calendar) else {
            return Vec::new();
        };
        let row = |event: &Event| {
            let (start, end) = event.instants();
            OracleInstance {
                id: calendar.wire_id(event, true),
                etag: event.etag(),
                kind: event.kind.as_str(),
                series_master_id: event
                    .original
                    .map(|_| calendar.id_of(&event.key, None, true)),
                original_start: event.original_start,
                start,
                end,
                all_day: event
                    .all_day
                    .then(|| (event.start.date(), event.end.date())),
                show_as: event.show_as().to_owned(),
                subject: event.text("subject").to_owned(),
                cancelled: event.cancelled,
                response: event.response.clone(),
            }
        };
        let mut rows: Vec<OracleInstance> = calendar.view((from, to)).iter().map(row).collect();
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        rows
    }

    /// An event or occurrence in the provider's words, whatever window it lies in.
    #[must_use]
    pub fn event(&self, calendar: &str, id: &str) -> Option<Value> {
        let state = self.sim.lock();
        let event = find(&state, calendar, id).ok()?;
        let (start, end) = event.instants();
        Some(
            json!({"etag": event.etag(), "subject": event.text("subject"), "showAs": event.show_as(), "start": start,
            "end": end, "attendees": event.fields.get("attendees"), "transactionId": event.transaction,
            "extended": event.extended, "response": event.response, "joinUrl": event.join_url}),
        )
    }

    /// What an event says beside its times, in the provider's words.
    #[must_use]
    pub fn fields(&self, calendar: &str, id: &str) -> Option<Value> {
        let state = self.sim.lock();
        let event = find(&state, calendar, id).ok()?;
        Some(Value::Object(event.fields))
    }

    /// Ids and names of all calendars on someone's list, the default one first.
    #[must_use]
    pub fn calendars_of(&self, email: &str) -> Vec<(String, String)> {
        let state = self.sim.lock();
        let list = state.people.get(email).into_iter().flat_map(|p| &p.list);
        let named = |id: &String| {
            state
                .calendars
                .get(id)
                .map(|c| (id.clone(), c.name.clone()))
        };
        list.filter_map(|entry| named(&entry.calendar)).collect()
    }

    /// Addresses of all people.
    #[must_use]
    pub fn people(&self) -> Vec<String> {
        self.sim.lock().people.keys().cloned().collect()
    }

    /// Who somebody is to the provider.
    #[must_use]
    pub fn person(&self, email: &str) -> Option<Person> {
        let state = self.sim.lock();
        let person = state.people.get(email)?;
        Some(Person {
            id: person.id.clone(),
            tenant: person.tenant.clone(),
            email: person.email.clone(),
        })
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
            .0
    }

    pub(super) fn now(&self) -> Timestamp {
        self.sim.desk.clock().now()
    }
}

fn id_of(state: &State, calendar: &str, event: &Event) -> String {
    let calendar = state.calendars.get(calendar);
    calendar.map(|c| c.wire_id(event, true)).unwrap_or_default()
}
