//! Three colleagues and a private account: every anomaly of the contract occurs once, in daily clothes.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::microsoft::oracle::{add_calendar, add_person, day, edit, list, put_body, shift};
use crate::microsoft::state::event::Event;
use crate::microsoft::state::{Account, State, zones};

const ADA: &str = "ada@northwind.example";
const BO: &str = "bo@northwind.example";

pub(super) fn plant(state: &mut State, now: Timestamp) {
    let people = [
        (ADA, "Ada Marsh", "Europe/Berlin", Account::Work),
        (BO, "Bo Lindqvist", "Europe/Stockholm", Account::Work),
        (
            "cy@northwind.example",
            "Cy Okafor",
            "America/New_York",
            Account::Work,
        ),
        (
            "ada.marsh@outlook.example",
            "Ada (private)",
            "Europe/Berlin",
            Account::Personal,
        ),
    ];
    // Everything was entered over the last weeks, not at this very moment.
    let written = now
        .checked_sub(SignedDuration::from_hours(24 * 40))
        .unwrap_or(now);
    for (index, (email, name, zone, account)) in (0_i8..).zip(people) {
        let own = add_person(state, email, name, (account, zone));
        let mut planter = Planter {
            state,
            at: written,
            today: day(now, zone, 0),
            zone,
            late: index.min(1),
        };
        if account == Account::Personal {
            planter.private(&own);
            continue;
        }
        planter.own(&own, email);
        let clients = add_calendar(planter.state, email, "Client work");
        planter.clients(&clients, email);
    }
    // A colleague's calendar to look into.
    let bos = state.open(BO, None);
    if let Some((bos, _)) = bos {
        list(state, &bos, ADA, false);
    }
}

struct Planter<'a> {
    state: &'a mut State,
    at: Timestamp,
    today: Date,
    zone: &'a str,
    /// Each person's day starts a little differently.
    late: i8,
}

impl Planter<'_> {
    fn own(&mut self, calendar: &str, email: &str) {
        let monday = self.monday(-4);
        let mut weekly =
            json!({"subject": "Weekly stand-up", "attendees": [guest(ADA), guest(BO)]});
        weekly["recurrence"] = series(
            json!({"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}),
            monday,
        );
        self.timed(calendar, monday, 9, 30, weekly);
        self.daily(calendar);
        self.across_clock_changes(calendar);
        let offsite = self.monday(2).saturating_add(2.days());
        self.all_day(calendar, offsite, 2, json!({"subject": "Team offsite", "location": {"displayName": "Harbour House"}, "showAs": "oof"}));
        self.timed(calendar, self.workday(1), 15, 60, json!({"subject": "Vendor pitch", "showAs": "free",
            "organizer": organizer("sales@vendor.example"), "responseStatus": {"response": "declined"}}));
        self.timed(
            calendar,
            self.workday(3),
            14,
            45,
            json!({"subject": "Maybe: architecture round", "showAs": "tentative",
            "organizer": organizer(BO), "responseStatus": {"response": "tentativelyAccepted"}}),
        );
        self.timed(calendar, self.workday(2), 16, 30, json!({"subject": "Canceled: budget talk", "showAs": "free",
            "organizer": organizer(BO), "isCancelled": true, "responseStatus": {"response": "accepted"}}));
        self.all_day(
            calendar,
            self.workday(2),
            1,
            json!({"subject": "Home", "showAs": "workingElsewhere"}),
        );
        self.timed(
            calendar,
            self.workday(2),
            12,
            60,
            json!({"subject": "Lunch run", "showAs": "free"}),
        );
        self.timed(
            calendar,
            self.workday(4),
            17,
            30,
            json!({"subject": "Dentist", "sensitivity": "private"}),
        );
        let online = self.timed(calendar, self.workday(5), 11, 45, json!({"subject": "Remote review", "isOnlineMeeting": true,
            "body": {"contentType": "text", "content": format!("Agenda follows. Sent by {email}.")}}));
        if let Some(mut event) = online {
            // An old phone wrote this one.
            event.zone_label = "tzone://Microsoft/Custom".to_owned();
            self.state.put(calendar, event, self.at);
        }
    }

    /// A daily series with two changed occurrences and one hole.
    fn daily(&mut self, calendar: &str) {
        let first = self.monday(-1);
        let pattern = json!({"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"]});
        let range =
            json!({"type": "numbered", "startDate": first.to_string(), "numberOfOccurrences": 40});
        let body = json!({"subject": "Daily check-in", "recurrence": {"pattern": pattern, "range": range}});
        let Some(event) = self.timed(calendar, first, 8, 15, body) else {
            return;
        };
        let nth = |n: i64| first.saturating_add((7 + n).days());
        let id = |state: &State, date| {
            state
                .calendars
                .get(calendar)
                .map(|c| c.id_of(&event.key, Some(date), true))
                .unwrap_or_default()
        };
        let (moved, renamed) = (id(self.state, nth(1)), id(self.state, nth(2)));
        // The dates are constants of this seed: these edits cannot fail.
        let _ = shift(self.state, calendar, &moved, 90, self.at);
        let _ = edit(
            self.state,
            calendar,
            &renamed,
            &json!({"subject": "Daily check-in (with Bo)"}),
            self.at,
        );
        self.state
            .delete(calendar, &event.key, Some(nth(3)), self.at);
    }

    /// A series that began before the last change of the clocks and goes on past the next one.
    fn across_clock_changes(&mut self, calendar: &str) {
        let first = self.monday(-30).saturating_add(3.days());
        let mut body = json!({"subject": "Design review", "location": {"displayName": "Room 4"},
            "body": {"contentType": "html", "content": "<html><body>Bring <b>sketches</b>.</body></html>"}});
        body["recurrence"] = series(
            json!({"type": "weekly", "interval": 2, "daysOfWeek": ["thursday"]}),
            first,
        );
        self.timed(calendar, first, 16, 60, body);
        let mut body = json!({"subject": "Numbers of the month"});
        let pattern = json!({"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"});
        body["recurrence"] = series(pattern, first);
        self.timed(calendar, first, 13, 30, body);
    }

    fn clients(&mut self, calendar: &str, email: &str) {
        let clients = ["Harbor", "Quill", "Tern", "Osprey"];
        let kinds = ["kick-off", "review", "workshop", "status call", "planning"];
        for n in -14..28_i64 {
            let pick = usize::try_from(n.rem_euclid(20)).unwrap_or(0)
                + usize::from(self.late.unsigned_abs());
            let client = clients[pick % clients.len()];
            let hour = 10 + i8::try_from(pick % 6).unwrap_or(0);
            let body = json!({"subject": format!("{client} {}", kinds[pick % kinds.len()]), "attendees":
                [guest(email), guest(&format!("jo@{}.example", client.to_lowercase()))]});
            let minutes = [30, 45, 60, 90][pick % 4];
            self.timed(calendar, self.workday(n), hour, minutes, body);
        }
    }

    fn private(&mut self, calendar: &str) {
        self.timed(
            calendar,
            self.workday(1),
            18,
            90,
            json!({"subject": "Choir"}),
        );
        self.all_day(calendar, self.workday(9), 1, json!({"subject": "Birthday of Kit", "showAs": "free",
            "recurrence": series(json!({"type": "absoluteYearly", "interval": 1, "month": self.workday(9).month(),
                "dayOfMonth": self.workday(9).day()}), self.workday(9))}));
    }

    fn timed(
        &mut self,
        calendar: &str,
        date: Date,
        hour: i8,
        minutes: i64,
        mut body: Value,
    ) -> Option<Event> {
        let start = date.at(hour + self.late, 0, 0, 0);
        body["start"] = self.moment(start);
        body["end"] = self.moment(start.saturating_add(minutes.minutes()));
        self.put(calendar, &body)
    }

    fn all_day(&mut self, calendar: &str, date: Date, days: i64, mut body: Value) {
        body["isAllDay"] = json!(true);
        body["start"] = self.moment(date.at(0, 0, 0, 0));
        body["end"] = self.moment(date.saturating_add(days.days()).at(0, 0, 0, 0));
        self.put(calendar, &body);
    }

    fn moment(&self, at: jiff::civil::DateTime) -> Value {
        json!({"dateTime": at.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "timeZone": zones::windows(self.zone)})
    }

    fn put(&mut self, calendar: &str, body: &Value) -> Option<Event> {
        self.at = self
            .at
            .checked_add(SignedDuration::from_mins(7))
            .unwrap_or(self.at);
        put_body(self.state, calendar, body, self.at).ok()
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

fn series(pattern: Value, start: Date) -> Value {
    json!({"pattern": pattern, "range": {"type": "noEnd", "startDate": start.to_string()}})
}

fn guest(address: &str) -> Value {
    json!({"type": "required", "emailAddress": {"address": address}, "status": {"response": "accepted", "time": "2026-01-05T09:00:00Z"}})
}

fn organizer(address: &str) -> Value {
    json!({"emailAddress": {"address": address}})
}
