//! Writing events over HTTP: what succeeds, what is refused and which part of the request is at fault, and what became of the event
//! meanwhile.

use axum::Router;
use daybook_domain::account::Role as MemberRole;
use daybook_engine::Principal;
use daybook_sandbox::caldav::CalendarSpec;
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_sandbox::google::{Meet, Role};
use daybook_testkit::{ADA, CALDAV_PASSWORD, CALDAV_USER, World};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::calendars::server;
use crate::support::{Answer, Ask, call};

const BO: &str = "bo@client.example";
const TEAM: &str = "team@group.calendar.google.com";
const SHARED: &str = "shared@group.calendar.google.com";

/// A server whose owner has calendars at a provider, and one of them at hand.
pub struct Desk {
    pub world: World,
    pub router: Router,
    pub cookie: String,
    pub who: Principal,
    pub calendar: String,
}

impl Desk {
    /// Ada's Google account, with a second calendar and one that she may only read.
    pub async fn google() -> Self {
        Self::google_with(|_| ()).await
    }

    /// The same in a world that is changed first.
    pub async fn google_with(change: impl FnOnce(&mut World)) -> Self {
        let mut world = World::builder().build().await.unwrap();
        change(&mut world);
        world.google.add_person(BO, "Bo", "Europe/Berlin");
        world.google.add_calendar(ADA, TEAM, "Team");
        world.google.add_calendar(BO, SHARED, "Bo's");
        world.google.share(SHARED, ADA, Role::Reader);
        let mut desk = Self::over(world).await;
        let connected = desk.world.connect_google(&desk.who).await;
        desk.world.run_jobs().await;
        let primary = connected.calendars.iter().find(|c| c.is_primary).unwrap();
        desk.calendar = primary.id.to_string();
        desk
    }

    /// Ada's Microsoft account.
    pub async fn microsoft() -> Self {
        let world = World::builder().build().await.unwrap();
        let mut desk = Self::over(world).await;
        let connected = desk.world.connect_microsoft(&desk.who).await;
        desk.world.run_jobs().await;
        let primary = connected.calendars.iter().find(|c| c.is_primary).unwrap();
        desk.calendar = primary.id.to_string();
        desk
    }

    /// An account at a CalDAV server.
    pub async fn caldav() -> Self {
        let world = World::builder().build().await.unwrap();
        world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
        world
            .caldav
            .add_calendar(CALDAV_USER, CalendarSpec::named("Work"))
            .unwrap();
        let mut desk = Self::over(world).await;
        desk.world.connect_caldav(&desk.who).await;
        desk.world.run_jobs().await;
        desk.calendar = desk.named("Work").await;
        desk
    }

    async fn over(world: World) -> Self {
        let (router, cookie) = server(&world).await;
        let asked = Ask::get("/api/v1/auth/session").cookie(&cookie);
        let session = call(&router, asked).await.body;
        let id = |what: &str| session[what]["id"].as_str().unwrap().parse::<Uuid>();
        let who = Principal::operator(
            id("workspace").unwrap().into(),
            id("user").unwrap().into(),
            id("member").unwrap().into(),
            MemberRole::Owner,
        );
        Self {
            world,
            router,
            cookie,
            who,
            calendar: String::new(),
        }
    }

    /// The id of the calendar with this name, switched on.
    pub async fn named(&self, name: &str) -> String {
        let listed = self.get("/api/v1/integrations/calendars?limit=200").await;
        let all = listed.body["items"].as_array().unwrap();
        let one = all.iter().find(|one| one["name"] == name);
        let id = one.unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/integrations/calendars/{id}/enable");
        let on = self.send("PUT", &path, &json!({"enabled": true})).await;
        assert_eq!(on.status, 200, "{}", on.text);
        self.world.run_jobs().await;
        id
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let ask = Ask::new(method, path).json(body).cookie(&self.cookie);
        call(&self.router, ask).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        call(&self.router, Ask::get(path).cookie(&self.cookie)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body).await
    }

    pub async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        let ask = Ask::post(path).json(body).cookie(&self.cookie);
        call(&self.router, ask.header("idempotency-key", key)).await
    }

    pub fn events(&self) -> String {
        format!("/api/v1/integrations/calendars/{}/events", self.calendar)
    }

    async fn create(&self, body: &Value) -> Value {
        let made = self.post(&self.events(), body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.body
    }

    fn at(&self, event: &Value) -> String {
        format!("{}/{}", self.events(), event["id"].as_str().unwrap())
    }

    pub async fn sync(&self) {
        let path = format!("/api/v1/integrations/calendars/{}/sync", self.calendar);
        let done = self.post(&path, &json!({})).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }

    /// Titles of what the calendar shows in March 2026.
    pub async fn titles(&self, calendar: &str) -> Vec<String> {
        let path = format!(
            "/api/v1/integrations/calendars/{calendar}/events?from=2026-03-01&to=2026-04-01&limit=200"
        );
        let listed = self.get(&path).await;
        let all = listed.body["items"].as_array().unwrap();
        let mut titles: Vec<String> = all
            .iter()
            .map(|event| event["title"].as_str().unwrap().to_owned())
            .collect();
        titles.sort();
        titles
    }
}

pub fn review() -> Value {
    json!({
        "summary": "Review", "start_time": "2026-03-05T10:00:00", "end_time": "2026-03-05T11:00:00",
        "time_zone": "Europe/Berlin",
    })
}

pub fn with(more: Value) -> Value {
    let mut body = review();
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn an_event_is_created_at_each_address_and_once_for_a_key() {
    let desk = Desk::google().await;
    let addresses = [
        desk.events(),
        format!("/api/v1/calendars/{}/create-event", desk.calendar),
        format!("/api/calendars/{}/create-event", desk.calendar),
    ];
    for (index, path) in addresses.iter().enumerate() {
        let body = with(json!({"summary": format!("Review {index}")}));
        let made = desk.post_once(path, &body, &format!("k{index}")).await;
        assert_eq!(made.status, 201, "{path}: {}", made.text);
        assert_eq!(made.body["start"], "2026-03-05T09:00:00Z");
        assert_eq!(made.body["time_zone"], "Europe/Berlin");
        let again = desk.post_once(path, &body, &format!("k{index}")).await;
        assert_eq!((again.status, &again.text), (made.status, &made.text));
        let other = with(json!({"summary": "Other"}));
        desk.post_once(path, &other, &format!("k{index}"))
            .await
            .is_problem(422, "idempotency_key_reuse");
    }
    let titles = desk.titles(&desk.calendar).await;
    assert_eq!(titles, ["Review 0", "Review 1", "Review 2"]);
    assert_eq!(desk.world.google.snapshot(ADA).len(), 3);
}

#[tokio::test]
async fn what_makes_no_sense_is_named_and_never_reaches_the_provider() {
    let desk = Desk::google().await;
    desk.world.google.desk().reset_log();
    let many: Vec<String> = (0..51).map(|n| format!("p{n}@x.example")).collect();
    let lines = vec!["RDATE:20260312T090000Z"; 21];
    let rule = |text: &str| json!({"recurrence": [text]});
    for (more, pointers) in [
        (json!({"time_zone": "Mars/Olympus"}), &["/time_zone"][..]),
        (json!({"end_time": "2026-03-05T09:00:00"}), &["/end_time"]),
        (json!({"end_time": "2026-03-05T10:00:00"}), &["/end_time"]),
        (json!({"end_time": "2036-03-05T10:00:00"}), &["/end_time"]),
        (json!({"end_time": "2026-03-06"}), &["/end_time"]),
        (
            json!({"start_time": "tomorrow", "end_time": "later"}),
            &["/start_time", "/end_time"],
        ),
        (
            json!({"start_time": "1601-01-01T00:00:00", "end_time": "1601-01-01T01:00:00"}),
            &["/start_time"],
        ),
        // The clocks go forward over it.
        (
            json!({"start_time": "2026-03-29T02:30:00", "end_time": "2026-03-29T04:00:00"}),
            &["/start_time"],
        ),
        (json!({"summary": "a\u{7}b"}), &["/summary"]),
        (json!({"summary": "x".repeat(1_001)}), &["/summary"]),
        (json!({"description": "x".repeat(8_001)}), &["/description"]),
        (json!({"location": "x".repeat(1_001)}), &["/location"]),
        (
            json!({"attendee_emails": ["bo@x.example", "cy@x.example", "nobody"]}),
            &["/attendee_emails/2"],
        ),
        (json!({"attendee_emails": many}), &["/attendee_emails"]),
        (json!({"conference": "zoom"}), &["/conference"]),
        (
            rule("RRULE:FREQ=WEEKLY;COUNT=5;UNTIL=20270101T000000Z"),
            &["/recurrence"],
        ),
        (rule("RRULE:FREQ=HOURLY"), &["/recurrence"]),
        (rule("RRULE:FREQ=SECONDLY;COUNT=3"), &["/recurrence"]),
        (
            rule("RRULE:FREQ=DAILY;INTERVAL=99999999999999999999"),
            &["/recurrence"],
        ),
        (
            rule("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
            &["/recurrence"],
        ),
        (rule("DTSTART:20260305T090000Z"), &["/recurrence"]),
        (rule("RRULE:FREQ=DAILY\r\nX-EVIL:1"), &["/recurrence"]),
        (json!({"recurrence": lines}), &["/recurrence"]),
    ] {
        let refused = desk.post(&desk.events(), &with(more.clone())).await;
        assert_eq!(refused.status, 422, "{more}: {}", refused.text);
        refused.refuses(pointers);
    }
    let range = format!("{}?from=2026-03-01&to=2036-03-01", desk.events());
    desk.get(&range).await.refuses(&["?to"]);
    let reversed = format!("{}?from=2026-03-08&to=2026-03-01", desk.events());
    desk.get(&reversed).await.refuses(&["?to"]);
    assert!(desk.world.google.desk().requests().is_empty());
    // Three days are an event like any other.
    let days = with(json!({"end_time": "2026-03-08T11:00:00"}));
    assert_eq!(desk.create(&days).await["end"], "2026-03-08T10:00:00Z");
}

#[tokio::test]
async fn an_hour_that_the_clocks_show_twice_is_the_first_unless_an_offset_says_which() {
    let desk = Desk::google().await;
    for (start, end, at) in [
        (
            "2026-10-25T02:30:00",
            "2026-10-25T04:00:00",
            "2026-10-25T00:30:00Z",
        ),
        (
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T04:00:00+01:00",
            "2026-10-25T00:30:00Z",
        ),
        (
            "2026-10-25T02:30:00+01:00",
            "2026-10-25T04:00:00+01:00",
            "2026-10-25T01:30:00Z",
        ),
    ] {
        let body = with(json!({"start_time": start, "end_time": end}));
        assert_eq!(desk.create(&body).await["start"], at, "{start}");
    }
}

#[tokio::test]
async fn what_the_provider_refuses_is_named_as_the_request_names_it() {
    let guests = ["bo@x.example", "Bo@x.example", "cy@nobody.invalid"];
    let invite = json!({"attendee_emails": guests, "notify_attendees": true});
    let google = Desk::google().await;
    let refused = google.post(&google.events(), &with(invite.clone())).await;
    refused.is_problem(422, "provider_cannot");
    // The second address is the first one's, so that Google saw two people.
    assert_eq!(refused.body["errors"][0]["pointer"], "/attendee_emails/2");
    assert!(!refused.text.contains("attendees["), "{}", refused.text);
    google
        .world
        .google
        .configure(|config| config.meet = Meet::NotAllowed);
    let meet = with(json!({"conference": "google_meet"}));
    let refused = google.post(&google.events(), &meet).await;
    refused.is_problem(422, "provider_cannot");
    assert_eq!(refused.body["errors"][0]["pointer"], "/conference");
    let event = google.create(&review()).await;
    let change = json!({"attendee_emails": ["cy@nobody.invalid"], "notify_attendees": true});
    let refused = google.send("PATCH", &google.at(&event), &change).await;
    refused.is_problem(422, "provider_cannot");
    let pointer = refused.body["errors"][0]["pointer"].as_str().unwrap();
    assert!(pointer.starts_with("/attendee_emails"), "{}", refused.text);
    assert_eq!(google.titles(&google.calendar).await, ["Review"]);

    let microsoft = Desk::microsoft().await;
    let events = microsoft.events();
    for (more, pointer) in [
        (invite, "/attendee_emails"),
        (
            json!({"recurrence": ["RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2"], "start_time": "2026-03-03T10:00:00", "end_time": "2026-03-03T11:00:00"}),
            "/recurrence",
        ),
    ] {
        let refused = microsoft.post(&events, &with(more)).await;
        refused.is_problem(422, "provider_cannot");
        assert_eq!(
            refused.body["errors"][0]["pointer"], pointer,
            "{}",
            refused.text
        );
    }
    let quiet = with(json!({"attendee_emails": ["bo@x.example"]}));
    let refused = microsoft.post(&events, &quiet).await;
    refused.is_problem(422, "attendees_always_notified");
    assert_eq!(refused.body["errors"][0]["pointer"], "/notify_attendees");
    assert!(microsoft.titles(&microsoft.calendar).await.is_empty());

    let caldav = Desk::caldav().await;
    let meet = with(json!({"conference": "google_meet"}));
    caldav
        .post(&caldav.events(), &meet)
        .await
        .refuses(&["/conference"]);
}

/// Outlook mails whoever is taken off an event.
#[tokio::test]
async fn the_guests_of_an_outlook_event_are_not_taken_off_unasked() {
    let desk = Desk::microsoft().await;
    let guests = json!({"attendee_emails": ["bo@x.example"], "notify_attendees": true});
    let single = desk.create(&with(guests.clone())).await;
    let mut weekly = with(guests);
    weekly["summary"] = json!("Stand-up");
    weekly["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=4"]);
    desk.create(&weekly).await;
    let list = format!("{}?from=2026-03-01&to=2026-05-01&limit=200", desk.events());
    let shown = desk.get(&list).await;
    let all = shown.body["items"].as_array().unwrap();
    let mut occurrences = all.iter().filter(|event| event["title"] == "Stand-up");
    let third = desk.at(occurrences.nth(2).unwrap());
    desk.world.microsoft.desk().reset_log();
    let nobody = json!({"attendee_emails": []});
    for path in [
        desk.at(&single),
        third.clone(),
        format!("{third}?scope=following"),
        format!("{third}?scope=series"),
    ] {
        let refused = desk.send("PATCH", &path, &nobody).await;
        refused.is_problem(422, "attendees_always_notified");
        assert_eq!(refused.body["errors"][0]["pointer"], "/notify_attendees");
    }
    let log = desk.world.microsoft.desk().requests();
    let writes = ["POST", "PATCH", "DELETE"];
    let asked = log.iter().find(|one| writes.contains(&one.method.as_str()));
    assert!(asked.is_none(), "{asked:?}");
    let agreed = json!({"attendee_emails": [], "notify_attendees": true});
    let taken_off = desk.send("PATCH", &desk.at(&single), &agreed).await;
    assert_eq!(taken_off.status, 200, "{}", taken_off.text);
    // Now there is nobody to mail.
    let again = desk.send("PATCH", &desk.at(&single), &nobody).await;
    assert_eq!(again.status, 200, "{}", again.text);
}

#[tokio::test]
async fn an_event_is_changed_moved_and_removed() {
    for desk in [
        Desk::google().await,
        Desk::microsoft().await,
        Desk::caldav().await,
    ] {
        let event = desk.create(&review()).await;
        let path = desk.at(&event);
        let change = json!({
            "summary": "Renamed", "location": "Room 4", "start_time": "2026-03-05T14:00:00", "end_time": "2026-03-05T15:00:00",
        });
        let changed = desk.send("PATCH", &path, &change).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        assert_eq!(changed.body["id"], event["id"]);
        assert_eq!(changed.body["title"], "Renamed");
        assert_eq!(changed.body["start"], "2026-03-05T13:00:00Z");
        let bare = json!({"location": null});
        let cleared = desk.send("PATCH", &path, &bare).await;
        assert!(
            cleared.body["location"]
                .as_str()
                .unwrap_or_default()
                .is_empty(),
            "{}",
            cleared.text
        );
        for (change, pointer) in [
            (json!({"start_time": "2026-03-05T14:00:00"}), "/end_time"),
            (json!({"end_time": "2026-03-05T14:00:00"}), "/start_time"),
            (json!({"time_zone": "Europe/Paris"}), "/time_zone"),
            (
                json!({"start_time": "2026-03-05T15:00:00", "end_time": "2026-03-05T14:00:00"}),
                "/end_time",
            ),
        ] {
            let refused = desk.send("PATCH", &path, &change).await;
            refused.refuses(&[pointer]);
        }
        let gone = desk.send("DELETE", &path, &json!({})).await;
        assert_eq!(gone.status, 204, "{}", gone.text);
        assert!(desk.titles(&desk.calendar).await.is_empty());
        desk.send("DELETE", &path, &json!({}))
            .await
            .is_problem(404, "not_found");
    }
    let desk = Desk::google().await;
    let team = desk.named("Team").await;
    let event = desk.create(&review()).await;
    let path = format!("{}/move", desk.at(&event));
    let moved = desk
        .post_once(&path, &json!({"calendar_id": team}), "move")
        .await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    assert_eq!(moved.body["calendar_id"], team);
    let again = desk
        .post_once(&path, &json!({"calendar_id": team}), "move")
        .await;
    assert_eq!((again.status, &again.text), (moved.status, &moved.text));
    assert!(desk.titles(&desk.calendar).await.is_empty());
    assert_eq!(desk.titles(&team).await, ["Review"]);
}

#[tokio::test]
async fn a_calendar_that_is_no_target_gets_no_new_events() {
    let desk = Desk::google().await;
    let team = desk.named("Team").await;
    let (kept, leaving) = (desk.create(&review()).await, desk.create(&review()).await);
    let target = async |calendar: &str, on: bool| {
        let path = format!("/api/v1/integrations/calendars/{calendar}");
        let set = desk
            .send("PATCH", &path, &json!({"write_target": on}))
            .await;
        assert_eq!(set.body["write_target"], on, "{}", set.text);
    };
    target(&team, false).await;
    let to_team = json!({"calendar_id": team});
    let move_there = format!("{}/move", desk.at(&leaving));
    let refused = desk.post(&move_there, &to_team).await;
    refused.is_problem(409, "not_a_write_target");
    // Neither by one, nor by several, nor from an entry; and it says which switch to flip.
    target(&desk.calendar, false).await;
    let batch = format!("{}/batch", desk.events());
    let entry = json!({"description": "Writing", "started_at": "2026-03-03T09:00:00Z", "ended_at": "2026-03-03T10:30:00Z"});
    let entry = desk.post("/api/v1/time-entries", &entry).await;
    let from_entry = format!(
        "/api/v1/time-entries/{}/create-event",
        entry.body["id"].as_str().unwrap()
    );
    for (path, body) in [
        (desk.events(), review()),
        (batch, json!({"items": [review()]})),
        (from_entry, json!({"calendar_id": desk.calendar})),
    ] {
        let refused = desk.post(&path, &body).await;
        refused.is_problem(409, "not_a_write_target");
        for words in ["write_target", "New events", "nothing was written"] {
            assert!(refused.text.contains(words), "{}", refused.text);
        }
    }
    // What is there is changed, moved away and removed as before.
    let change = json!({"summary": "Changed"});
    let changed = desk.send("PATCH", &desk.at(&kept), &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    target(&team, true).await;
    let moved = desk.post(&move_there, &to_team).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    let gone = desk.send("DELETE", &desk.at(&kept), &json!({})).await;
    assert_eq!(gone.status, 204, "{}", gone.text);
    // A calendar that may only be read is no target to begin with.
    let listed = desk.get("/api/v1/integrations/calendars?limit=200").await;
    let all = listed.body["items"].as_array().unwrap();
    let bos = all.iter().find(|one| one["name"] == "Bo's").unwrap();
    assert_eq!(bos["write_target"], false);
}

#[tokio::test]
async fn an_invitation_is_answered() {
    let desk = Desk::google().await;
    let invitation = json!({
        "summary": "Theirs", "start": {"dateTime": "2026-03-06T09:00:00Z"}, "end": {"dateTime": "2026-03-06T10:00:00Z"},
        "attendees": [{"email": BO, "responseStatus": "accepted"}, {"email": ADA, "responseStatus": "needsAction"}],
    });
    desk.world
        .google
        .put_invitation(ADA, BO, &invitation)
        .unwrap();
    desk.sync().await;
    let path = format!("{}?from=2026-03-01&to=2026-04-01", desk.events());
    let event = desk.get(&path).await.body["items"][0].clone();
    let respond = format!("{}/respond", desk.at(&event));
    let said = desk.post(&respond, &json!({"response": "accepted"})).await;
    assert_eq!(said.status, 200, "{}", said.text);
    assert_eq!(said.body["response_status"], "accepted");
    for bad in ["maybe", "organizer", ""] {
        let refused = desk.post(&respond, &json!({"response": bad})).await;
        refused.refuses(&["/response"]);
    }
    let own = desk.create(&review()).await;
    let refused = desk
        .post(
            &format!("{}/respond", desk.at(&own)),
            &json!({"response": "accepted"}),
        )
        .await;
    refused.refuses(&["/response"]);
}

#[tokio::test]
async fn what_happened_to_the_event_meanwhile_is_told() {
    let desk = Desk::google().await;
    let google = &desk.world.google;
    let event = desk.create(&review()).await;
    let (path, at_google) = (
        desk.at(&event),
        event["provider_event_id"].as_str().unwrap(),
    );
    google
        .edit_event(ADA, at_google, &json!({"summary": "Theirs"}))
        .unwrap();
    let change = json!({"summary": "Mine"});
    let clash = desk.send("PATCH", &path, &change).await;
    clash.is_problem(409, "event_changed");
    assert_eq!(desk.titles(&desk.calendar).await, ["Theirs"]);
    // Having seen it, one may.
    let changed = desk.send("PATCH", &path, &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    google.delete_event(ADA, at_google);
    let late = desk.send("PATCH", &path, &json!({"summary": "Late"})).await;
    late.is_problem(410, "event_gone");
    let gone = desk.send("DELETE", &path, &json!({})).await;
    assert_eq!(gone.status, 204, "gone already is as good: {}", gone.text);
    let read_only = desk.named("Bo's").await;
    let path = format!("/api/v1/integrations/calendars/{read_only}/events");
    let refused = desk.post(&path, &review()).await;
    refused.is_problem(403, "read_only");
    assert!(refused.text.contains("ask its owner"), "{}", refused.text);
    let nowhere = format!("/api/v1/integrations/calendars/{}/events", Uuid::nil());
    desk.post(&nowhere, &review())
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn an_event_that_another_program_has_locked_says_what_to_do() {
    let desk = Desk::caldav().await;
    let event = desk.create(&review()).await;
    let locked = Fault::Status {
        status: 423,
        retry_after: RetryAfter::None,
    };
    let rule = Rule::on("*", locked).method("PUT");
    desk.world.caldav.desk().add(rule);
    let change = json!({"summary": "Mine"});
    let refused = desk.send("PATCH", &desk.at(&event), &change).await;
    refused.is_problem(409, "event_locked");
    for words in ["locked", "nothing was written", "try again"] {
        assert!(refused.text.contains(words), "{}", refused.text);
    }
    desk.world.caldav.desk().clear();
    let changed = desk.send("PATCH", &desk.at(&event), &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
}

#[tokio::test]
async fn a_time_entry_becomes_an_event_once() {
    let desk = Desk::google().await;
    let body = json!({
        "description": "Writing", "started_at": "2026-03-03T09:00:00Z", "ended_at": "2026-03-03T10:30:00Z",
    });
    let entry = desk.post("/api/v1/time-entries", &body).await;
    assert_eq!(entry.status, 201, "{}", entry.text);
    let path = format!(
        "/api/v1/time-entries/{}/create-event",
        entry.body["id"].as_str().unwrap()
    );
    let read_only = desk.named("Bo's").await;
    desk.post(&path, &json!({"calendar_id": read_only}))
        .await
        .is_problem(403, "read_only");
    let into = json!({"calendar_id": desk.calendar});
    let made = desk.post_once(&path, &into, "entry").await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["title"], "Writing");
    assert_eq!(made.body["time_entry_id"], entry.body["id"]);
    let again = desk.post_once(&path, &into, "entry").await;
    assert_eq!((again.status, &again.text), (made.status, &made.text));
    desk.post(&path, &into).await.is_problem(409, "has_event");
    assert_eq!(desk.titles(&desk.calendar).await, ["Writing"]);
}
