//! Scheduling settings, blocks and free slots, as clients ask for them; and everything that makes no sense.

use axum::Router;
use daybook_domain::account::Role;
use daybook_engine::accounts::password;
use daybook_engine::connections::authorize::Started;
use daybook_sandbox::fault::{Fault, Rule};
use daybook_store::{members, users};
use daybook_testkit::{ADA, Consent, World};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::calendars::server;
use crate::support::{Answer, Ask, PASSWORD, call};

const CONFIGURATIONS: &str = "/api/v1/calendar-configurations";

/// A server whose owner has a synced Google calendar.
struct Desk {
    world: World,
    router: Router,
    cookie: String,
    calendar: String,
}

impl Desk {
    async fn new(events: &[Value]) -> Self {
        let world = World::builder().build().await.unwrap();
        for event in events {
            world.google.put_event(ADA, event).unwrap();
        }
        let (router, cookie) = server(&world).await;
        let mut desk = Self {
            world,
            router,
            cookie,
            calendar: String::new(),
        };
        let start = desk.get("/api/v1/integrations/google/authorize").await.body;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let started = Started {
            authorization_url: text(&start["authorization_url"]),
            state: text(&start["state"]),
            browser: "".into(),
        };
        let back = desk.world.consent(&started, ADA, Consent::Allow).await;
        let code = json!({"code": back.code.unwrap(), "state": back.state.unwrap()});
        let done = desk
            .post("/api/v1/integrations/google/callback", &code)
            .await;
        assert_eq!(done.status, 200, "{}", done.text);
        desk.world.run_jobs().await;
        let calendars = desk
            .get("/api/v1/integrations/calendars?sync_enabled=true")
            .await;
        desk.calendar = text(&calendars.body["items"][0]["id"]);
        desk
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        call(
            &self.router,
            Ask::new(method, path).json(body).cookie(&self.cookie),
        )
        .await
    }

    async fn get(&self, path: &str) -> Answer {
        call(&self.router, Ask::get(path).cookie(&self.cookie)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body).await
    }

    /// A configuration over the calendar with these settings; its address.
    async fn configuration(&self, more: Value) -> String {
        let mut body = json!({"calendar_ids": [self.calendar]});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let made = self.post(CONFIGURATIONS, &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        format!("{CONFIGURATIONS}/{}", made.body["id"].as_str().unwrap())
    }

    async fn check(&self, configuration: &str, body: Value) -> Answer {
        self.post(&format!("{configuration}/check_availability"), &body)
            .await
    }

    /// Somebody else of the same workspace.
    async fn member(&self, name: &str) -> (String, Uuid) {
        let cx = &self.world.cx;
        let hash = password::hash(&*cx.ids, &PASSWORD.into()).await.unwrap();
        let session = self.get("/api/v1/auth/session").await.body;
        let workspace = session["workspace"]["id"]
            .as_str()
            .unwrap()
            .parse::<Uuid>()
            .unwrap();
        let email = format!("{name}@example.com");
        let address = email.parse().unwrap();
        let mut tx = cx.store.write().await.unwrap();
        let new = users::NewUser {
            email: &address,
            name,
            password_hash: Some(&hash),
            time_zone: "Europe/Berlin",
            locale: "en",
        };
        let user = users::create(&mut tx, &new).await.unwrap();
        let member = members::create(&mut tx, workspace.into(), user.id, Role::Member)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let body = json!({"email": email, "password": PASSWORD});
        let answer = call(&self.router, Ask::post("/api/v1/auth/login").json(&body)).await;
        (answer.cookie(), member.id.into())
    }
}

fn meeting(day: &str, hour: u32) -> Value {
    json!({
        "summary": "Review",
        "start": {"dateTime": format!("{day}T{hour:02}:00:00"), "timeZone": "Europe/Berlin"},
        "end": {"dateTime": format!("{day}T{:02}:00:00", hour + 1), "timeZone": "Europe/Berlin"},
    })
}

fn starts(answer: &Answer) -> Vec<&str> {
    let slots = answer.body["available_slots"].as_array().unwrap();
    slots
        .iter()
        .map(|slot| slot["start_time"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_day_is_checked_as_the_contract_says() {
    let desk = Desk::new(&[meeting("2026-03-05", 10)]).await;
    let path = desk
        .configuration(json!({"time_zone": "Europe/Berlin", "duration": 60}))
        .await;
    let found = desk
        .check(&path, json!({"date": "2026-03-05", "duration_minutes": 60}))
        .await;
    assert_eq!(found.status, 200, "{}", found.text);
    assert_eq!(found.body["date"], "2026-03-05");
    let hours = [
        "09:00:00", "11:00:00", "12:00:00", "13:00:00", "14:00:00", "15:00:00", "16:00:00",
    ];
    assert_eq!(starts(&found), hours);
    let first = &found.body["available_slots"][0];
    assert_eq!(
        first,
        &json!({"start_time": "09:00:00", "end_time": "10:00:00", "available": true, "start": "2026-03-05T08:00:00Z", "end": "2026-03-05T09:00:00Z"})
    );
    assert_eq!(
        found.body["busy_times"],
        json!([{"start": "2026-03-05T09:00:00Z", "end": "2026-03-05T10:00:00Z"}])
    );
    let calendar = &found.body["calendars"][0];
    assert_eq!(
        (&calendar["id"], &calendar["source"], &calendar["unknown"]),
        (&json!(desk.calendar), &json!("mirror"), &Value::Null)
    );
    assert!(calendar["synced_at"].is_string());
    assert_eq!(
        (&found.body["reasons"], &found.body["refused_slots"]),
        (&json!([]), &json!([]))
    );

    let alias = format!(
        "/api/calendar-configurations/{}/check_availability",
        path.rsplit('/').next().unwrap()
    );
    let same = desk.post(&alias, &json!({"date": "2026-03-05"})).await;
    assert_eq!(
        same.body, found.body,
        "the configuration's own duration, at the other address"
    );
    let half = desk
        .check(&path, json!({"date": "2026-03-05", "duration_minutes": 30}))
        .await;
    assert_eq!(starts(&half).len(), 14);
    let why = desk
        .check(&path, json!({"date": "2026-03-05", "explain": true}))
        .await;
    let refused = &why.body["refused_slots"][0];
    assert_eq!(
        (&refused["start_time"], &refused["available"]),
        (&json!("10:00:00"), &json!(false))
    );
    let reason = &refused["reasons"][0];
    assert_eq!(
        (&reason["rule"], &reason["calendar_id"]),
        (&json!("busy"), &json!(desk.calendar))
    );
    assert!(
        reason["instance_id"].is_string() && reason["mirror_age_seconds"].is_i64(),
        "{reason}"
    );

    desk.world.clock.pass(4 * 3_600);
    let stale = desk.check(&path, json!({"date": "2026-03-05"})).await;
    assert_eq!((stale.status.as_u16(), starts(&stale).len()), (200, 0));
    assert_eq!(stale.body["calendars"][0]["unknown"], "stale");
    assert!(stale.body["reasons"][0]["detail"].as_str().unwrap().len() > 20);
}

#[tokio::test]
async fn days_on_which_clocks_change_have_slots_only_at_times_that_are() {
    let desk = Desk::new(&[]).await;
    let all = json!({"time_zone": "Europe/Berlin", "workdays": [0, 1, 2, 3, 4, 5, 6], "from_time": "01:00:00", "to_time": "04:00", "duration": 30});
    let path = desk.configuration(all).await;
    let gap = desk.check(&path, json!({"date": "2026-03-29"})).await;
    assert_eq!(
        starts(&gap),
        ["01:00:00", "01:30:00", "03:00:00", "03:30:00"]
    );
    let overlap = desk.check(&path, json!({"date": "2026-10-25"})).await;
    let twice = [
        "01:00:00", "01:30:00", "02:00:00", "02:30:00", "02:00:00", "02:30:00", "03:00:00",
        "03:30:00",
    ];
    assert_eq!(starts(&overlap), twice);
    let slots = overlap.body["available_slots"].as_array().unwrap();
    let ends: Vec<&str> = slots
        .iter()
        .map(|slot| slot["start"].as_str().unwrap())
        .collect();
    assert_eq!(
        (ends[2], ends[4]),
        ("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z")
    );
    // The gap swallows midnight; a whole day of it is no day.
    let cairo = json!({"time_zone": "Africa/Cairo", "workdays": [4], "from_time": "00:00", "to_time": "24:00", "duration": 60});
    let cairo = desk.configuration(cairo).await;
    let found = desk.check(&cairo, json!({"date": "2026-04-24"})).await;
    assert_eq!((starts(&found)[0], starts(&found).len()), ("01:00:00", 23));
}

#[tokio::test]
async fn configurations_are_kept_changed_and_removed() {
    let desk = Desk::new(&[]).await;
    let path = desk.configuration(json!({})).await;
    let plain = desk.get(&path).await.body;
    let expected = json!({
        "duration": 30, "prep_time": 0, "buffer_after": 0, "days_buffer": 0, "notice_minutes": 0, "horizon_days": 365, "slot_interval": null,
        "from_time": "09:00:00", "to_time": "17:00:00", "workdays": [0, 1, 2, 3, 4], "hours": null, "date_overrides": [],
        "calendar_ids": [desk.calendar],
        "busy_rules": {"tentative": true, "unanswered": true, "declined": false, "free": false, "all_day": true, "working_location": false},
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&plain[name], value, "{name}");
    }
    let patch = json!({
        "name": "Calls", "slot_interval": 15, "to_time": "24:00:00", "busy_rules": {"tentative": false},
        "hours": [{"day": 0, "from_time": "08:00", "to_time": "10:00"}],
        "date_overrides": [{"date": "2026-12-24", "from_time": "10:00:00", "to_time": "12:00:00"}, {"date": "2026-12-25"}],
    });
    let changed = desk.send("PATCH", &path, &patch).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(changed.body["to_time"], "00:00:00");
    assert_eq!(
        changed.body["date_overrides"][1],
        json!({"date": "2026-12-25", "from_time": null, "to_time": null})
    );
    assert_eq!(
        (
            &changed.body["busy_rules"]["tentative"],
            &changed.body["busy_rules"]["all_day"]
        ),
        (&json!(false), &json!(true))
    );
    assert_eq!(desk.get(&path).await.body, changed.body);
    let back = desk
        .send(
            "PATCH",
            &path,
            &json!({"slot_interval": null, "hours": null}),
        )
        .await;
    assert_eq!(
        (&back.body["slot_interval"], &back.body["hours"]),
        (&Value::Null, &Value::Null)
    );

    desk.world.clock.pass(1);
    let body = json!({"calendar_ids": [desk.calendar]});
    let once = |body: &Value| {
        Ask::post(CONFIGURATIONS)
            .json(body)
            .cookie(&desk.cookie)
            .header("idempotency-key", "one")
    };
    let first = call(&desk.router, once(&body)).await;
    assert_eq!(call(&desk.router, once(&body)).await.body, first.body);
    call(
        &desk.router,
        once(&json!({"calendar_ids": [desk.calendar], "duration": 15})),
    )
    .await
    .is_problem(422, "idempotency_key_reuse");
    let page = desk.get(&format!("{CONFIGURATIONS}?limit=1")).await;
    let next = page.body["next_cursor"].as_str().unwrap();
    let rest = desk
        .get(&format!("{CONFIGURATIONS}?limit=1&cursor={next}"))
        .await;
    assert_eq!(
        (&rest.body["items"][0]["id"], &rest.body["next_cursor"]),
        (&first.body["id"], &Value::Null)
    );
    assert_eq!(desk.send("DELETE", &path, &Value::Null).await.status, 204);
    desk.get(&path).await.is_problem(404, "not_found");
    desk.check(&path, json!({"date": "2026-03-05"}))
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn blocks_are_kept_and_take_time() {
    let desk = Desk::new(&[]).await;
    let path = desk
        .configuration(json!({"time_zone": "Europe/Berlin", "duration": 60}))
        .await;
    let once =
        json!({"title": "Dentist", "start": "2026-03-05T08:00:00Z", "end": "2026-03-05T10:00:00Z"});
    let once = desk.post("/api/v1/blocks", &once).await;
    assert_eq!(
        (once.status.as_u16(), &once.body["weekly"]),
        (201, &Value::Null),
        "{}",
        once.text
    );
    let weekly = json!({"weekly": {"days": [3], "from_time": "12:00", "to_time": "13:00:00", "time_zone": "Europe/Berlin", "until_date": "2026-12-31"}});
    let lunch = desk.post("/api/v1/blocks", &weekly).await;
    let shape = json!({"days": [3], "from_time": "12:00:00", "to_time": "13:00:00", "time_zone": "Europe/Berlin", "from_date": null, "until_date": "2026-12-31"});
    assert_eq!(
        (
            &lunch.body["weekly"],
            &lunch.body["start"],
            &lunch.body["title"]
        ),
        (&shape, &Value::Null, &json!(""))
    );
    let day = async || {
        desk.check(&path, json!({"date": "2026-03-05", "explain": true}))
            .await
    };
    let found = day().await;
    assert_eq!(
        starts(&found),
        ["11:00:00", "13:00:00", "14:00:00", "15:00:00", "16:00:00"]
    );
    let reason = &found.body["refused_slots"][0]["reasons"][0];
    assert_eq!(
        (&reason["rule"], &reason["block_id"]),
        (&json!("block"), &once.body["id"])
    );
    let at = |block: &Answer| format!("/api/v1/blocks/{}", block.body["id"].as_str().unwrap());
    let later = desk
        .send(
            "PATCH",
            &at(&once),
            &json!({"start": "2026-03-05T09:00:00Z"}),
        )
        .await;
    assert_eq!(
        (&later.body["end"], &later.body["title"]),
        (&json!("2026-03-05T10:00:00Z"), &json!("Dentist"))
    );
    let moved = desk
        .send(
            "PATCH",
            &at(&lunch),
            &json!({"start": "2026-03-06T09:00:00Z", "end": "2026-03-06T10:00:00Z"}),
        )
        .await;
    assert_eq!(moved.body["weekly"], Value::Null, "{}", moved.text);
    assert_eq!(starts(&day().await).len(), 7);
    assert_eq!(
        desk.get("/api/v1/blocks").await.body["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        desk.send("DELETE", &at(&once), &Value::Null).await.status,
        204
    );
    desk.get(&at(&once)).await.is_problem(404, "not_found");
}

#[tokio::test]
async fn people_are_asked_together() {
    let desk = Desk::new(&[meeting("2026-03-05", 10)]).await;
    let me = desk.get("/api/v1/me").await.body["member_id"].clone();
    let ask = json!({
        "participants": [{"member_id": me, "required": true}, {"calendar_ids": [desk.calendar]}],
        "required": "all", "duration_minutes": 45, "interval_minutes": 30, "round_to": 30, "buffer": {"before": 15, "after": 0},
        "open_hours": [{"time_zone": "Europe/Berlin", "from_time": "09:10:00", "to_time": "12:00:00", "workdays": [3]}],
        "query_periods": [{"start": "2026-03-02T00:00:00Z", "end": "2026-03-07T00:00:00Z"}], "max_results": 2, "explain": true,
    });
    let found = desk.post("/api/v1/availability", &ask).await;
    assert_eq!(found.status, 200, "{}", found.text);
    let slots =
        json!([{"start": "2026-03-05T10:30:00Z", "end": "2026-03-05T11:15:00Z", "free": [0, 1]}]);
    assert_eq!(
        found.body["slots"],
        json!([]),
        "45 minutes after half past eleven are past noon, and before it Ada is busy"
    );
    let refused = found.body["refused_slots"].as_array().unwrap();
    assert_eq!(
        (refused.len(), &refused[0]["start"]),
        (4, &json!("2026-03-05T08:30:00Z")),
        "{}",
        found.text
    );
    assert_eq!(refused[3]["reasons"][0]["rule"], "buffer");
    assert_eq!(
        (
            &found.body["more"],
            &found.body["participants"][0]["member_id"]
        ),
        (&json!(false), &me)
    );
    let mut longer = ask.clone();
    longer["open_hours"][0]["to_time"] = json!("12:15");
    assert_eq!(
        desk.post("/api/v1/availability", &longer).await.body["slots"],
        slots
    );
    longer["required"] = json!(1);
    longer["interval_minutes"] = json!(15);
    let found = desk.post("/api/v1/availability", &longer).await;
    assert_eq!(
        found.body["slots"].as_array().unwrap().len(),
        2,
        "{}",
        found.text
    );

    let (bob, id) = desk.member("bob").await;
    let others = Ask::post("/api/v1/availability").json(&ask).cookie(&bob);
    call(&desk.router, others)
        .await
        .is_problem(422, "unknown_reference");
    let mut own = ask.clone();
    own["participants"] = json!([{"member_id": id}]);
    let found = call(
        &desk.router,
        Ask::post("/api/v1/availability").json(&own).cookie(&bob),
    )
    .await;
    assert_eq!(
        (&found.body["slots"], &found.body["reasons"][0]["unknown"]),
        (&json!([]), &json!("no_calendars")),
        "{}",
        found.text
    );
    let path = desk.configuration(json!({})).await;
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/check_availability")),
    ] {
        let ask = Ask::new(method, &path)
            .json(&json!({"date": "2026-03-05"}))
            .cookie(&bob);
        call(&desk.router, ask).await.is_problem(404, "not_found");
    }
    let stolen = Ask::post(CONFIGURATIONS)
        .json(&json!({"calendar_ids": [desk.calendar]}))
        .cookie(&bob);
    call(&desk.router, stolen)
        .await
        .is_problem(422, "unknown_reference");
    let none = call(&desk.router, Ask::get(CONFIGURATIONS).cookie(&bob)).await;
    assert_eq!(none.body["items"], json!([]));
}

#[tokio::test]
async fn what_makes_no_sense_is_said_where_it_is() {
    let desk = Desk::new(&[]).await;
    let path = desk
        .configuration(json!({"time_zone": "Europe/Berlin"}))
        .await;
    let check = |body: Value| desk.check(&path, body);
    for (body, at) in [
        (json!({}), "/date"),
        (json!({"date": "2026-02-30"}), "/date"),
        (json!({"date": "tomorrow"}), "/date"),
        (json!({"date": "1999-12-31"}), "/date"),
        (json!({"date": "9999-12-31"}), "/date"),
        (
            json!({"date": "2026-03-05", "duration_minutes": 0}),
            "/duration_minutes",
        ),
        (
            json!({"date": "2026-03-05", "duration_minutes": -30}),
            "/duration_minutes",
        ),
        (
            json!({"date": "2026-03-05", "duration_minutes": 3 * 1_440}),
            "/duration_minutes",
        ),
        (
            json!({"date": "2026-03-05", "duration_minutes": "an hour"}),
            "/duration_minutes",
        ),
        (json!({"date": "2026-03-05", "live": "yes"}), "/live"),
    ] {
        check(body).await.refuses(&[at]);
    }
    let far = check(json!({"date": "2036-03-05"})).await;
    assert_eq!(
        (starts(&far).len(), &far.body["reasons"][1]["rule"]),
        (0, &json!("horizon")),
        "{}",
        far.text
    );
    let past = check(json!({"date": "2026-03-03"})).await;
    assert_eq!(
        (starts(&past).len(), &past.body["reasons"][0]["rule"]),
        (0, &json!("notice")),
        "{}",
        past.text
    );

    let configuration = async |more: Value, at: &str| {
        let mut body = json!({"calendar_ids": [desk.calendar]});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        desk.post(CONFIGURATIONS, &body).await.refuses(&[at]);
        desk.send("PATCH", &path, &more).await.refuses(&[at]);
    };
    for (more, at) in [
        (json!({"duration": 0}), "/duration"),
        (json!({"duration": -5}), "/duration"),
        (json!({"duration": 4_320}), "/duration"),
        (json!({"prep_time": -1}), "/prep_time"),
        (json!({"horizon_days": 3_650}), "/horizon_days"),
        (json!({"slot_interval": 0}), "/slot_interval"),
        (json!({"time_zone": "Mars/Olympus"}), "/time_zone"),
        (json!({"time_zone": ""}), "/time_zone"),
        (json!({"workdays": [7]}), "/workdays"),
        (json!({"workdays": [1, 1]}), "/workdays"),
        (json!({"from_time": "25:00:00"}), "/from_time"),
        (json!({"from_time": "24:00:00"}), "/from_time"),
        (
            json!({"from_time": "17:00:00", "to_time": "09:00:00"}),
            "/to_time",
        ),
        (
            json!({"date_overrides": [{"date": "2026-12-24", "to_time": "12:00"}]}),
            "/date_overrides/0/to_time",
        ),
        (
            json!({"date_overrides": [{"date": "24.12.2026"}]}),
            "/date_overrides/0/date",
        ),
        (
            json!({"hours": [{"day": 9, "from_time": "09:00", "to_time": "10:00"}]}),
            "/hours/0/day",
        ),
        (json!({"busy_rules": {"lunch": true}}), "/busy_rules/lunch"),
        (json!({"calendar_ids": []}), "/calendar_ids"),
        (
            json!({"calendar_ids": vec![desk.calendar.clone(); 51]}),
            "/calendar_ids",
        ),
        (json!({"name": " "}), "/name"),
    ] {
        configuration(more, at).await;
    }
    desk.post(CONFIGURATIONS, &json!({"calendar_ids": [Uuid::nil()]}))
        .await
        .is_problem(422, "unknown_reference");
}

#[tokio::test]
async fn questions_and_blocks_that_make_no_sense_are_refused() {
    let desk = Desk::new(&[]).await;
    let good = json!({
        "participants": [{"calendar_ids": [desk.calendar]}], "duration_minutes": 30,
        "query_periods": [{"start": "2026-03-05T00:00:00Z", "end": "2026-03-06T00:00:00Z"}],
    });
    assert_eq!(
        desk.post("/api/v1/availability", &good).await.body["slots"]
            .as_array()
            .unwrap()
            .len(),
        48
    );
    let period = |start: &str, end: &str| json!({"query_periods": [{"start": start, "end": end}]});
    // Ids as they are sent.
    let people = |n: u128| -> Vec<Value> {
        let person = |i| json!({"member_id": Uuid::from_u128(i), "required": true});
        (0..n).map(person).collect()
    };
    let many = people(3_000);
    let mut crowd = good.clone();
    crowd["participants"] = json!(people(10_000));
    desk.post("/api/v1/availability", &crowd)
        .await
        .is_problem(413, "body_too_large");
    for (more, at) in [
        (json!({"participants": many}), "/participants"),
        (json!({"participants": []}), "/participants"),
        (json!({"participants": [{}]}), "/participants/0"),
        (
            json!({"participants": [{"calendar_ids": []}]}),
            "/participants/0/calendar_ids",
        ),
        (json!({"required": 2}), "/required"),
        (json!({"required": 0}), "/required"),
        (json!({"required": "most"}), "/required"),
        (json!({"duration_minutes": 0}), "/duration_minutes"),
        (
            json!({"duration_minutes": -1, "interval_minutes": 5}),
            "/duration_minutes",
        ),
        (json!({"duration_minutes": 4_320}), "/duration_minutes"),
        (json!({"interval_minutes": 1}), "/interval_minutes"),
        (json!({"round_to": 0}), "/round_to"),
        (json!({"buffer": {"before": -1}}), "/buffer/before"),
        (json!({"max_results": 0}), "/max_results"),
        (json!({"max_results": 100_000}), "/max_results"),
        (json!({"query_periods": []}), "/query_periods"),
        (
            period("2026-03-06T00:00:00Z", "2026-03-05T00:00:00Z"),
            "/query_periods/0/end",
        ),
        (
            period("2026-03-06T00:00:00Z", "2036-03-05T00:00:00Z"),
            "/query_periods",
        ),
        (
            period("2026-03-06T00:00:00", "2036-03-05T00:00:00Z"),
            "/query_periods/0/start",
        ),
        (
            json!({"open_hours": [{"time_zone": "Mars/Olympus"}]}),
            "/open_hours/0/time_zone",
        ),
        (
            json!({"open_hours": [{"time_zone": "UTC", "to_time": "08:00"}]}),
            "/open_hours/0/to_time",
        ),
    ] {
        let mut body = good.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        desk.post("/api/v1/availability", &body)
            .await
            .refuses(&[at]);
        // Polite clients wait between requests.
        desk.world.clock.pass(1);
    }
    let weekly = |change: Value| {
        let mut body =
            json!({"days": [0], "from_time": "12:00", "to_time": "13:00", "time_zone": "UTC"});
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        json!({"weekly": body})
    };
    for (body, at) in [
        (json!({}), "/start"),
        (json!({"start": "2026-03-05T00:00:00Z"}), "/end"),
        (
            json!({"start": "2026-03-05T00:00:00Z", "end": "2026-03-05T00:00:00Z"}),
            "/end",
        ),
        (
            json!({"start": "2026-03-05T00:00:00Z", "end": "2036-03-05T00:00:00Z"}),
            "/end",
        ),
        (weekly(json!({"days": []})), "/weekly/days"),
        (weekly(json!({"days": [7]})), "/weekly/days"),
        (weekly(json!({"to_time": "11:00"})), "/weekly/to_time"),
        (
            weekly(json!({"time_zone": "Mars/Olympus"})),
            "/weekly/time_zone",
        ),
        (
            weekly(json!({"from_date": "2026-03-05", "until_date": "2026-03-04"})),
            "/weekly/until_date",
        ),
    ] {
        desk.post("/api/v1/blocks", &body).await.refuses(&[at]);
        desk.world.clock.pass(1);
    }
    assert_eq!(desk.get("/api/v1/blocks").await.body["items"], json!([]));
}

#[tokio::test]
async fn live_asks_the_provider_what_the_mirror_does_not_know() {
    let desk = Desk::new(&[]).await;
    let path = desk
        .configuration(
            json!({"time_zone": "Europe/Berlin", "from_time": "09:00", "to_time": "11:00"}),
        )
        .await;
    // Nobody has synced since.
    let late = json!({
        "summary": "Late", "start": {"dateTime": "2026-03-05T09:00:00+01:00"}, "end": {"dateTime": "2026-03-05T10:00:00+01:00"},
    });
    desk.world.google.put_event(ADA, &late).unwrap();
    let ask = |live: bool| json!({"date": "2026-03-05", "duration_minutes": 60, "live": live});
    let mirror = desk.check(&path, ask(false)).await;
    assert_eq!(starts(&mirror).len(), 2, "{}", mirror.text);
    let live = desk.check(&path, ask(true)).await;
    assert_eq!(starts(&live), ["10:00:00"], "{}", live.text);
    let busy = &live.body["busy_times"][0]["start"];
    assert!(
        busy.as_str().unwrap().starts_with("2026-03-05T08:00:00"),
        "{}",
        live.text
    );
    // A provider that does not answer is unknown, and unknown is never free.
    let down = Rule::on("/calendar/v3/freeBusy", Fault::ResetBefore);
    desk.world.google.desk().add(down);
    let unknown = desk.check(&path, ask(true)).await;
    assert!(starts(&unknown).is_empty(), "{}", unknown.text);
    assert!(!unknown.body["reasons"].as_array().unwrap().is_empty());
}
