//! Three people with two lively months around today: every anomaly of the contract occurs once, in daily clothes.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::google::oracle::{add_calendar, add_person, day, edit, list, put_body, shift};
use crate::google::state::{Role, State};

const ADA: &str = "ada@northwind.example";
const BO: &str = "bo@northwind.example";
const CY: &str = "cy@northwind.example";
const HOLIDAYS: &str = "en.german#holiday@group.v.calendar.google.com";

pub(super) fn plant(state: &mut State, now: Timestamp) {
    let people = [
        (ADA, "Ada Marsh", "Europe/Berlin"),
        (BO, "Bo Lindqvist", "Europe/Stockholm"),
        (CY, "Cy Okafor", "America/New_York"),
    ];
    for (email, name, zone) in people {
        add_person(state, email, name, zone);
        add_calendar(state, email, &clients_of(email), "Client work");
    }
    add_calendar(state, ADA, HOLIDAYS, "Holidays in Germany");
    for (email, _, _) in people {
        list(state, HOLIDAYS, email, Role::Reader);
    }
    // A colleague's calendar that only shows when he is busy.
    list(state, BO, ADA, Role::FreeBusyReader);
    // Everything was entered over the last weeks, not at this very moment.
    let written = now
        .checked_sub(SignedDuration::from_hours(24 * 40))
        .unwrap_or(now);
    for (index, (email, _, zone)) in (0_i8..).zip(people) {
        let mut planter = Planter {
            state,
            at: written,
            today: day(now, zone, 0),
            zone,
            hour: index,
        };
        planter.own(email);
        planter.clients(email);
    }
    holidays(state, written, day(now, "Europe/Berlin", 0));
}

fn clients_of(email: &str) -> String {
    let name = email.split('@').next().unwrap_or(email);
    format!("client-work-{name}@group.calendar.google.com")
}

struct Planter<'a> {
    state: &'a mut State,
    at: Timestamp,
    today: Date,
    zone: &'a str,
    /// Each person's day starts a little differently.
    hour: i8,
}

impl Planter<'_> {
    fn own(&mut self, email: &str) {
        let monday = self.monday(-4);
        self.timed(email, monday, 9, 30, json!({"summary": "Weekly stand-up", "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=MO"],
            "attendees": [{"email": ADA, "responseStatus": "accepted"}, {"email": BO, "responseStatus": "accepted"},
                {"email": CY, "responseStatus": "accepted"}]}));
        self.daily_series(email);
        self.dst_series(email);
        let offsite = self.monday(2).saturating_add(2.days());
        self.all_day(
            email,
            offsite,
            2,
            json!({"summary": "Team offsite", "location": "Harbour House"}),
        );
        self.timed(
            email,
            self.workday(1),
            15,
            60,
            json!({"summary": "Vendor pitch", "attendees": [
            {"email": "sales@vendor.example", "responseStatus": "accepted"},
            {"email": email, "responseStatus": "declined"}]}),
        );
        self.timed(email, self.workday(3), 14, 45, json!({"summary": "Maybe: architecture round", "status": "tentative",
            "attendees": [{"email": email, "responseStatus": "tentative"}, {"email": BO, "responseStatus": "accepted"}]}));
        self.all_day(
            email,
            self.workday(2),
            1,
            json!({"summary": "Home", "eventType": "workingLocation",
            "transparency": "transparent", "visibility": "public",
            "workingLocationProperties": {"type": "homeOffice", "homeOffice": {}}}),
        );
        self.timed(
            email,
            self.workday(2),
            12,
            60,
            json!({"summary": "Lunch run", "transparency": "transparent"}),
        );
        self.timed(
            email,
            self.workday(4),
            17,
            30,
            json!({"summary": "Dentist", "visibility": "private"}),
        );
        self.all_day(email, self.workday(9), 1, json!({"summary": "Happy birthday!", "eventType": "birthday",
            "recurrence": ["RRULE:FREQ=YEARLY"], "transparency": "transparent", "visibility": "private",
            "birthdayProperties": {"type": "self"}}));
        self.timed(
            email,
            self.workday(6),
            10,
            120,
            json!({"summary": "Focus", "eventType": "focusTime"}),
        );
    }

    /// A daily series with two changed instances and one hole.
    fn daily_series(&mut self, email: &str) {
        let first = self.monday(-1);
        let id = self.timed(
            email,
            first,
            8,
            15,
            json!({"summary": "Daily check-in",
            "recurrence": ["RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=40"]}),
        );
        let stamps = self.stamps(email, &id);
        let instance = |n: usize| {
            stamps
                .get(n)
                .map(|s| format!("{id}_{s}"))
                .unwrap_or_default()
        };
        let at = self.at;
        // The numbers are constants of this seed: these edits cannot fail.
        let _ = shift(self.state, email, &instance(5), 90, at);
        let _ = edit(
            self.state,
            email,
            &instance(7),
            &json!({"summary": "Daily check-in (with Bo)"}),
            at,
        );
        self.state.delete(email, &instance(8), at);
    }

    /// A series that began before the last change of the clocks and goes on past the next one.
    fn dst_series(&mut self, email: &str) {
        let first = self.monday(-30).saturating_add(3.days());
        self.timed(
            email,
            first,
            16,
            60,
            json!({"summary": "Design review", "description": "Bring <b>sketches</b>.",
            "recurrence": ["RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"], "location": "Room 4"}),
        );
    }

    fn clients(&mut self, email: &str) {
        let calendar = clients_of(email);
        let clients = ["Harbor", "Quill", "Tern", "Osprey"];
        let kinds = ["kick-off", "review", "workshop", "status call", "planning"];
        for n in -14..28_i64 {
            let pick =
                usize::try_from(n.rem_euclid(20)).unwrap_or(0) + self.hour.unsigned_abs() as usize;
            let client = clients[pick % clients.len()];
            let domain = if client == "Harbor" {
                "client.example".to_owned()
            } else {
                format!("{}.example", client.to_lowercase())
            };
            let hour = 10 + i8::try_from(pick % 6).unwrap_or(0);
            let body = json!({"summary": format!("{client} {}", kinds[pick % kinds.len()]),
                "attendees": [{"email": email, "responseStatus": "accepted"},
                    {"email": format!("jo@{domain}"), "displayName": "Jo Park", "responseStatus": "accepted"},
                    {"email": format!("max@{domain}"), "responseStatus": "needsAction"}],
                "extendedProperties": {"private": {"origin": "sandbox"}}});
            let minutes = [30, 45, 60, 90][pick % 4];
            self.timed(&calendar, self.workday(n), hour, minutes, body);
        }
    }

    fn timed(
        &mut self,
        calendar: &str,
        date: Date,
        hour: i8,
        minutes: i64,
        mut body: Value,
    ) -> String {
        let start = date.at(hour + self.hour.min(1), 0, 0, 0);
        let end = start.saturating_add(minutes.minutes());
        let at = |t: jiff::civil::DateTime| json!({"dateTime": t.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "timeZone": self.zone});
        body["start"] = at(start);
        body["end"] = at(end);
        self.put(calendar, &body)
    }

    fn all_day(&mut self, calendar: &str, date: Date, days: i64, mut body: Value) -> String {
        body["start"] = json!({"date": date.to_string()});
        body["end"] = json!({"date": date.saturating_add(days.days()).to_string()});
        self.put(calendar, &body)
    }

    fn put(&mut self, calendar: &str, body: &Value) -> String {
        self.at = self
            .at
            .checked_add(SignedDuration::from_mins(7))
            .unwrap_or(self.at);
        let stored = put_body(self.state, calendar, body, self.at);
        stored.map(|event| event.id).unwrap_or_default()
    }

    fn stamps(&self, calendar: &str, id: &str) -> Vec<String> {
        let Some(calendar) = self.state.calendars.get(calendar) else {
            return Vec::new();
        };
        let master = calendar.events.get(id);
        let starts = master.map(|m| m.starts(Timestamp::MAX, &calendar.zone()));
        starts
            .unwrap_or_default()
            .iter()
            .map(|s| s.stamp())
            .collect()
    }

    /// Monday of this week plus `weeks`.
    fn monday(&self, weeks: i64) -> Date {
        let back = i64::from(self.today.weekday().to_monday_zero_offset());
        self.today.saturating_add((weeks * 7 - back).days())
    }

    /// The `n`th working day from today on; on weekends Monday counts as today.
    fn workday(&self, n: i64) -> Date {
        let base = match self.today.weekday() {
            Weekday::Saturday | Weekday::Sunday => self.monday(1),
            _ => self.today,
        };
        let back = i64::from(base.weekday().to_monday_zero_offset());
        let index = back + n;
        let (weeks, day) = (index.div_euclid(5), index.rem_euclid(5));
        base.saturating_add((weeks * 7 + day - back).days())
    }
}

fn holidays(state: &mut State, at: Timestamp, today: Date) {
    let days = [
        (1, 1, "New Year's Day"),
        (5, 1, "Labour Day"),
        (10, 3, "German Unity Day"),
        (12, 25, "Christmas Day"),
        (12, 26, "Second Day of Christmas"),
    ];
    for year in [today.year() - 1, today.year(), today.year() + 1] {
        for (month, day, name) in days {
            let Ok(date) = Date::new(year, month, day) else {
                continue;
            };
            let next = date.saturating_add(1.day());
            let body = json!({"summary": name, "transparency": "transparent", "visibility": "public",
                "start": {"date": date.to_string()}, "end": {"date": next.to_string()}});
            let _ = put_body(state, HOLIDAYS, &body, at);
        }
    }
}
