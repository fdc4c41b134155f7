//! The providers of the suite: what their owner does there, and what is true.

use std::sync::Arc;

use daybook_domain::CalendarId;
use daybook_domain::zone::Zone;
use daybook_engine::Principal;
use daybook_engine::connections::{self, establish::Connected};
use daybook_engine::events::{self, Query};
use daybook_engine::store::calendars::Calendar;
use daybook_engine::store::instances::InstanceView;
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::Desk;
use daybook_testkit::{
    ADA, CALDAV_PASSWORD, CALDAV_USER, World, caldav_truth, google_truth, microsoft_shown,
    microsoft_truth, mirror, visible,
};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

/// A provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    Google,
    Microsoft,
    Caldav,
}

/// An event of March 2026, nine to ten in Berlin unless it says otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Meeting {
    pub title: &'static str,
    pub day: i8,
    /// So many Mondays, Tuesdays …; once when there is none.
    pub weeks: Option<u8>,
    /// So many whole days.
    pub days: Option<i8>,
}

impl Meeting {
    pub const fn on(title: &'static str, day: i8) -> Self {
        Self {
            title,
            day,
            weeks: None,
            days: None,
        }
    }

    pub const fn weekly(self, weeks: u8) -> Self {
        Self {
            weeks: Some(weeks),
            ..self
        }
    }

    pub const fn days(self, days: i8) -> Self {
        Self {
            days: Some(days),
            ..self
        }
    }

    fn date(self) -> Date {
        date(2026, 3, self.day)
    }

    fn after(self) -> Date {
        date(2026, 3, self.day + self.days.unwrap_or_default())
    }
}

/// Who invites Ada.
pub const BO: &str = "bo@client.example";

impl Host {
    pub const ALL: [Self; 3] = [Self::Google, Self::Microsoft, Self::Caldav];

    /// The account, and one calendar.
    pub fn furnish(self, world: &World) {
        if self == Self::Caldav {
            world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
            let spec = CalendarSpec::named("Home");
            world.caldav.add_calendar(CALDAV_USER, spec).unwrap();
        }
    }

    /// One more calendar; its provider's id.
    pub fn add_calendar(self, world: &World, name: &str) -> String {
        match self {
            Self::Google => {
                let id = format!("{name}@group.example");
                world.google.add_calendar(ADA, &id, name);
                id
            }
            Self::Microsoft => world.microsoft.add_calendar(ADA, name),
            Self::Caldav => {
                let spec = CalendarSpec::named(name);
                world.caldav.add_calendar(CALDAV_USER, spec).unwrap()
            }
        }
    }

    pub fn take_away(self, world: &World, calendar: &str) {
        match self {
            Self::Google => world.google.share_off(calendar, ADA),
            Self::Microsoft => world.microsoft.share_off(calendar, ADA),
            Self::Caldav => world.caldav.share_calendar(calendar, false).unwrap(),
        }
    }

    pub async fn connect(
        self,
        world: &World,
        who: &Principal,
    ) -> Result<Connected, connections::Error> {
        match self {
            Self::Google => world.try_connect(who, "google", ADA).await,
            Self::Microsoft => world.try_connect(who, "microsoft", ADA).await,
            Self::Caldav => world.try_caldav(&world.cx, who, CALDAV_PASSWORD).await,
        }
    }

    /// Ada in her workspace, her account connected and read for the first time.
    pub async fn ada(self, world: &World) -> (Principal, CalendarId) {
        let who = world.owner("ada").await;
        let connected = self.connect(world, &who).await.unwrap();
        for _ in 0..3 {
            world.run_jobs().await;
        }
        (who, connected.calendars[0].id)
    }

    pub fn desk(self, world: &World) -> &Arc<Desk> {
        match self {
            Self::Google => world.google.desk(),
            Self::Microsoft => world.microsoft.desk(),
            Self::Caldav => world.caldav.desk(),
        }
    }

    /// The provider is one that cannot be asked when somebody is busy, or is not any more; false where all can be asked.
    pub fn stops_telling(self, world: &World, silent: bool) -> bool {
        if self == Self::Caldav {
            world.caldav.tweak(|server| server.free_busy = !silent);
        }
        self == Self::Caldav
    }

    /// The requests that read and write events.
    pub const fn events(self) -> &'static str {
        match self {
            Self::Google | Self::Microsoft => "*/events*",
            Self::Caldav => "/*",
        }
    }

    /// The requests of a sync.
    pub const fn reads(self) -> &'static str {
        match self {
            Self::Google => "/calendar/v3/calendars/",
            Self::Microsoft => "/v1.0/me/",
            Self::Caldav => "/",
        }
    }

    /// The provider's id of the calendar that the suite works in.
    pub fn home(self, world: &World) -> String {
        match self {
            Self::Google => ADA.to_owned(),
            Self::Microsoft => world.microsoft.calendars_of(ADA).remove(0).0,
            Self::Caldav => world.caldav.calendars(CALDAV_USER).remove(0),
        }
    }

    /// The owner adds an event; its provider's id.
    pub fn put(self, world: &World, meeting: Meeting) -> String {
        let home = self.home(world);
        match self {
            Self::Google => world.google.put_event(&home, &of_google(meeting)).unwrap(),
            Self::Microsoft => world
                .microsoft
                .put_event(&home, &of_graph(meeting))
                .unwrap(),
            Self::Caldav => {
                let href = format!("{home}{}-{}.ics", meeting.title, meeting.day).replace(' ', "-");
                world.caldav.put(&href, &ics(meeting, "")).unwrap();
                href
            }
        }
    }

    /// Somebody invites Ada.
    pub fn invite(self, world: &World, meeting: Meeting) {
        let home = self.home(world);
        match self {
            Self::Google => {
                let mut event = of_google(meeting);
                event["attendees"] = json!([
                    {"email": ADA, "self": true, "responseStatus": "needsAction"},
                    {"email": BO, "organizer": true, "responseStatus": "accepted"},
                ]);
                world.google.put_invitation(&home, BO, &event).unwrap();
            }
            Self::Microsoft => {
                let mut event = of_graph(meeting);
                event["organizer"] = json!({"emailAddress": {"name": "Bo", "address": BO}});
                world.microsoft.put_event(&home, &event).unwrap();
            }
            Self::Caldav => {
                let people = format!(
                    "ORGANIZER:mailto:{BO}\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{BO}\r\nATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{}\r\n",
                    caldav_address()
                );
                let href = format!("{home}invitation.ics");
                world.caldav.put(&href, &ics(meeting, &people)).unwrap();
            }
        }
    }

    /// The provider's id of an event that was written through Daybook, as the other calls here take it.
    pub fn id_of(self, world: &World, event: &InstanceView) -> String {
        match self {
            Self::Google | Self::Microsoft => event.provider_event_id.clone(),
            Self::Caldav => {
                let held = world.caldav.snapshot(&self.home(world));
                let uid = event.ical_uid.as_deref().unwrap();
                let own = held.into_iter().find(|one| one.ics.contains(uid));
                own.unwrap().path
            }
        }
    }

    pub fn rename(self, world: &World, id: &str, title: &str) {
        self.set(world, id, "summary", "subject", title);
    }

    pub fn set_place(self, world: &World, id: &str, place: &str) {
        let home = self.home(world);
        if self == Self::Microsoft {
            let patch = json!({"location": {"displayName": place}});
            return world.microsoft.edit_event(&home, id, &patch).unwrap();
        }
        self.set(world, id, "location", "location", place);
    }

    fn set(self, world: &World, id: &str, google: &str, graph: &str, text: &str) {
        let home = self.home(world);
        match self {
            Self::Google => world
                .google
                .edit_event(&home, id, &json!({google: text}))
                .unwrap(),
            Self::Microsoft => world
                .microsoft
                .edit_event(&home, id, &json!({graph: text}))
                .unwrap(),
            Self::Caldav => {
                let name = google.to_uppercase();
                let changed = |ics: &str| {
                    let mut lines: Vec<String> = ics.lines().map(str::to_owned).collect();
                    lines.retain(|line| !line.starts_with(&format!("{name}:")));
                    let at = lines.iter().rposition(|line| line == "END:VEVENT").unwrap();
                    lines.insert(at, format!("{name}:{text}"));
                    lines.join("\r\n") + "\r\n"
                };
                world.caldav.edit(id, changed).unwrap();
            }
        }
    }

    pub fn remove(self, world: &World, id: &str) {
        let home = self.home(world);
        match self {
            Self::Google => assert!(world.google.delete_event(&home, id)),
            Self::Microsoft => assert!(world.microsoft.delete_event(&home, id)),
            Self::Caldav => world.caldav.delete(id).unwrap(),
        }
    }

    /// The occurrence on this day of March gets another title.
    pub fn rename_one(self, world: &World, series: &str, day: i8, title: &str) {
        let home = self.home(world);
        match self {
            Self::Google => {
                let id = format!("{series}_202603{day:02}T080000Z");
                let patch = json!({"summary": title});
                world.google.edit_event(&home, &id, &patch).unwrap();
            }
            Self::Microsoft => {
                let id = world
                    .microsoft
                    .occurrence_id(&home, series, date(2026, 3, day))
                    .unwrap();
                let patch = json!({"subject": title});
                world.microsoft.edit_event(&home, &id, &patch).unwrap();
            }
            Self::Caldav => {
                let one = format!(
                    "BEGIN:VEVENT\r\nUID:{}\r\nDTSTAMP:20260301T000000Z\r\nRECURRENCE-ID:202603{day:02}T080000Z\r\nDTSTART:202603{day:02}T080000Z\r\nDTEND:202603{day:02}T090000Z\r\nSUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR",
                    uid_in(world, series)
                );
                let changed = |ics: &str| ics.replace("END:VCALENDAR", &one);
                world.caldav.edit(series, changed).unwrap();
            }
        }
    }

    /// The occurrence on this day of March is taken out.
    pub fn remove_one(self, world: &World, series: &str, day: i8) {
        let home = self.home(world);
        match self {
            Self::Google => {
                let stamp = format!("202603{day:02}T080000Z");
                assert!(world.google.cancel_instance(&home, series, &stamp));
            }
            Self::Microsoft => {
                let id = world
                    .microsoft
                    .occurrence_id(&home, series, date(2026, 3, day))
                    .unwrap();
                assert!(world.microsoft.delete_event(&home, &id));
            }
            Self::Caldav => {
                let exdate = format!("EXDATE:202603{day:02}T080000Z\r\nEND:VEVENT");
                let changed = |ics: &str| ics.replacen("END:VEVENT", &exdate, 1);
                world.caldav.edit(series, changed).unwrap();
            }
        }
    }

    /// Wherever reading would go on from is forgotten.
    pub fn forget_cursors(self, world: &World) {
        let home = self.home(world);
        match self {
            Self::Google => world.google.invalidate_sync_tokens(&home),
            Self::Microsoft => world.microsoft.invalidate_delta(&home),
            Self::Caldav => world.caldav.invalidate_sync_tokens(),
        }
    }

    /// The mirror is what the calendar is, and the provider has no complaint about what it was asked.
    pub async fn same(self, world: &World, who: &Principal, id: CalendarId) {
        let calendar = calendar(world, who, id).await;
        let store = &world.cx.store;
        let home = &calendar.external_id;
        let zone = calendar.time_zone.as_deref().and_then(Zone::iana);
        let zone = zone.unwrap_or_else(Zone::utc);
        match self {
            Self::Google => assert_eq!(
                visible(mirror(store, who.workspace_id, id).await),
                visible(google_truth(world.google.snapshot(home)))
            ),
            Self::Caldav => assert_eq!(
                visible(mirror(store, who.workspace_id, id).await),
                visible(caldav_truth(&world.caldav.snapshot(home), &zone))
            ),
            Self::Microsoft => {
                let days = |days: i64| SignedDuration::from_hours(24 * days);
                let now = world.clock.now();
                let window = (now - days(20), now + days(300));
                let known = world.microsoft.snapshot(home, window.0, window.1);
                assert_eq!(
                    microsoft_shown(store, who.workspace_id, id, window).await,
                    microsoft_truth(known, &zone)
                );
            }
        }
        let found = self.desk(world).violations();
        assert!(found.is_empty(), "{found:?}");
    }

    /// It is, and after a sync it still is.
    pub async fn in_step(self, world: &World, who: &Principal, id: CalendarId) {
        self.same(world, who, id).await;
        world.sync(who, id).await.unwrap();
        self.same(world, who, id).await;
    }
}

/// The address of the CalDAV account's owner, as the server tells it.
fn caldav_address() -> String {
    format!("{CALDAV_USER}@example.com")
}

pub async fn calendar(world: &World, who: &Principal, id: CalendarId) -> Calendar {
    daybook_engine::calendars::list::get(&world.cx, who, id)
        .await
        .unwrap()
}

/// Everything from February to May.
pub async fn all(world: &World, who: &Principal) -> Vec<InstanceView> {
    let query = Query {
        from: Some("2026-02-01T00:00:00Z".parse().unwrap()),
        to: Some("2026-06-01T00:00:00Z".parse().unwrap()),
        limit: 1_000,
        ..Query::default()
    };
    events::list(&world.cx, who, query).await.unwrap()
}

pub fn titles(events: &[InstanceView]) -> Vec<&str> {
    events.iter().map(|e| e.details.title.as_str()).collect()
}

pub fn starts(events: &[InstanceView]) -> Vec<String> {
    events.iter().map(|e| e.start_us.to_string()).collect()
}

fn of_google(meeting: Meeting) -> Value {
    let at = |hour: u8| json!({"dateTime": format!("{}T{hour:02}:00:00", meeting.date()), "timeZone": "Europe/Berlin"});
    let mut event = json!({"summary": meeting.title, "start": at(9), "end": at(10)});
    if meeting.days.is_some() {
        event["start"] = json!({"date": meeting.date().to_string()});
        event["end"] = json!({"date": meeting.after().to_string()});
    }
    if let Some(weeks) = meeting.weeks {
        event["recurrence"] = json!([format!("RRULE:FREQ=WEEKLY;COUNT={weeks}")]);
    }
    event
}

fn of_graph(meeting: Meeting) -> Value {
    let at = |date: Date, hour: u8| json!({"dateTime": format!("{date}T{hour:02}:00:00"), "timeZone": "W. Europe Standard Time"});
    let date = meeting.date();
    let mut event = json!({"subject": meeting.title, "start": at(date, 9), "end": at(date, 10)});
    if meeting.days.is_some() {
        event["isAllDay"] = json!(true);
        event["start"] = at(date, 0);
        event["end"] = at(meeting.after(), 0);
    }
    if let Some(weeks) = meeting.weeks {
        let weekday = date.strftime("%A").to_string().to_lowercase();
        event["recurrence"] = json!({
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": [weekday], "firstDayOfWeek": "monday"},
            "range": {"type": "numbered", "startDate": date.to_string(), "numberOfOccurrences": weeks},
        });
    }
    event
}

fn ics(meeting: Meeting, more: &str) -> String {
    let day = |date: Date| date.strftime("%Y%m%d").to_string();
    let date = day(meeting.date());
    let times = match meeting.days {
        Some(_) => format!(
            "DTSTART;VALUE=DATE:{date}\r\nDTEND;VALUE=DATE:{}\r\n",
            day(meeting.after())
        ),
        None => format!("DTSTART:{date}T080000Z\r\nDTEND:{date}T090000Z\r\n"),
    };
    let rule = meeting
        .weeks
        .map(|weeks| format!("RRULE:FREQ=WEEKLY;COUNT={weeks}\r\n"))
        .unwrap_or_default();
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{}-{date}@home\r\nDTSTAMP:20260301T000000Z\r\n\
         {times}{rule}SUMMARY:{}\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n",
        meeting.title.replace(' ', "-"),
        meeting.title,
    )
}

fn uid_in(world: &World, href: &str) -> String {
    let ics = world.caldav.read(href).unwrap().ics;
    let uid = ics.lines().find_map(|line| line.strip_prefix("UID:"));
    uid.unwrap().to_owned()
}
