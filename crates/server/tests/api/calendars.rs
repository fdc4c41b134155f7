//! From an account to a time entry, over HTTP, with simulated providers.

use axum::Router;
use daybook_engine::connections::authorize::Started;
use daybook_server::{App, HttpSettings, router};
use daybook_testkit::{ADA, CALDAV, CALDAV_PASSWORD, CALDAV_USER, Consent, World};
use serde_json::{Value, json};

use crate::support::{Ask, EMAIL, PASSWORD, call};

/// A server over a world of simulators, set up by Ada; her cookie.
pub async fn server(world: &World) -> (Router, String) {
    let router = router(App::new(world.cx.clone(), HttpSettings::default()));
    let body =
        json!({"email": EMAIL, "password": PASSWORD, "name": "Ada", "workspace_name": "Northwind"});
    let answer = call(&router, Ask::post("/api/v1/auth/setup").json(&body).local()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let cookie = answer.cookie();
    (router, cookie)
}

#[tokio::test]
async fn a_google_account_becomes_a_time_entry() {
    let Some(world) = World::builder().build().await else {
        return;
    };
    let (router, cookie) = server(&world).await;
    let get = async |path: &str| call(&router, Ask::get(path).cookie(&cookie)).await;
    let post = async |path: &str, body: Value| {
        call(&router, Ask::post(path).json(&body).cookie(&cookie)).await
    };

    let providers = get("/api/v1/integrations/providers").await;
    assert!(
        providers.text.contains("\"key\":\"google\""),
        "{}",
        providers.text
    );
    get("/api/v1/integrations/nobody/authorize")
        .await
        .is_problem(404, "unknown_provider");
    get("/api/v1/integrations/google/authorize?return_to=https://evil.test/")
        .await
        .is_problem(422, "invalid_return_to");

    let meeting = json!({
        "summary": "Planning", "start": {"dateTime": "2026-03-05T09:00:00Z"}, "end": {"dateTime": "2026-03-05T10:30:00Z"},
    });
    world.google.put_event(ADA, &meeting).unwrap();

    let start = get("/api/v1/integrations/google/authorize?return_to=/integrations").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let started = Started {
        authorization_url: text(&start.body["authorization_url"]),
        state: text(&start.body["state"]),
        browser: "".into(),
    };
    let back = world.consent(&started, ADA, Consent::Allow).await;
    let query = format!("code={}&state={}", back.code.unwrap(), back.state.unwrap());
    let callback = format!("/api/v1/integrations/google/callback?{query}");
    let stranger = call(&router, Ask::get(&callback)).await;
    assert!(
        stranger.headers["location"]
            .to_str()
            .unwrap()
            .contains("error=state_foreign"),
        "{:?}",
        stranger.headers
    );
    let home = get(&callback).await;
    let location = home.headers["location"].to_str().unwrap();
    assert!(
        home.status == 303 && location.starts_with("/integrations?connected=google&connection="),
        "{location}"
    );
    let again = call(
        &router,
        Ask::get(&callback)
            .cookie(&cookie)
            .header("accept", "application/json"),
    )
    .await;
    again.is_problem(400, "state_used");

    let connections =
        get("/api/v1/integrations/connections?provider=google&status=connected").await;
    let connection = &connections.body["items"][0];
    assert_eq!(
        (&connection["account_email"], &connection["can_manage"]),
        (&json!(ADA), &json!(true)),
        "{}",
        connections.text
    );
    assert_eq!(
        get("/api/calendars/google/connections").await.body,
        connections.body
    );
    let calendars = get("/api/v1/integrations/calendars?sync_enabled=true").await;
    let calendar = text(&calendars.body["items"][0]["id"]);
    let sync = post(
        &format!("/api/v1/integrations/calendars/{calendar}/sync"),
        json!({}),
    )
    .await;
    assert_eq!(
        (sync.status.as_u16(), &sync.body["full"]),
        (200, &json!(true)),
        "{}",
        sync.text
    );
    let other = post(
        &format!("/api/v1/integrations/google/{calendar}/sync"),
        json!({}),
    )
    .await;
    assert_eq!(
        (other.status.as_u16(), &other.body["created"]),
        (200, &json!(0)),
        "{}",
        other.text
    );

    let events = get(&format!(
        "/api/v1/integrations/calendars/{calendar}/events?limit=200"
    ))
    .await;
    let all = events.body["items"].as_array().unwrap();
    assert!(!all.is_empty(), "{}", events.text);
    let fits = |event: &&Value| event["all_day"] == false && event["response_status"] != "declined";
    let meeting = all.iter().find(fits).unwrap();
    let convert = json!({"synced_event_id": meeting["id"]});
    let entry = post(
        "/api/v1/integrations/calendars/events/convert",
        convert.clone(),
    )
    .await;
    assert_eq!(
        (
            entry.status.as_u16(),
            &entry.body["source"],
            &entry.body["description"]
        ),
        (201, &json!("calendar"), &meeting["title"]),
        "{}",
        entry.text
    );
    let same = post(
        "/api/v1/integrations/calendars/events/convert",
        convert.clone(),
    )
    .await;
    assert_eq!((same.status.as_u16(), &same.body), (200, &entry.body));
    let bulk = post(
        "/api/v1/integrations/calendars/events/convert-bulk",
        json!({"items": [convert, {"synced_event_id": connection["id"]}]}),
    )
    .await;
    assert_eq!(
        (
            &bulk.body["items"][0]["status"],
            &bulk.body["items"][1]["status"]
        ),
        (&json!("existing"), &json!("refused")),
        "{}",
        bulk.text
    );

    assert_eq!(
        get("/api/v1/integrations/health").await.body["status"],
        "healthy"
    );
    let logs = get("/api/v1/integrations/logs?q=sync").await;
    assert_eq!(logs.status, 200, "{}", logs.text);
    assert!(
        get("/api/v1/integrations/logs/export.csv")
            .await
            .text
            .starts_with("created_at,log_type")
    );
    assert_eq!(get("/api/v1/jobs").await.status, 200);
    let path = format!(
        "/api/v1/integrations/connections/{}",
        text(&connection["id"])
    );
    assert_eq!(
        post(&format!("{path}/test"), json!({})).await.body["ok"],
        true
    );
    assert_eq!(
        post(&format!("{path}/refresh"), json!({})).await.status,
        200
    );
    let gone = post(&format!("{path}/disconnect"), json!({})).await;
    assert_eq!(
        gone.body["connection"]["status"], "disconnected",
        "{}",
        gone.text
    );
    post(
        &format!("/api/v1/integrations/calendars/{calendar}/sync"),
        json!({}),
    )
    .await
    .is_problem(409, "disconnected");
}

#[tokio::test]
async fn a_caldav_account_is_connected_with_a_form() {
    let Some(world) = World::builder().build().await else {
        return;
    };
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    let work = daybook_sandbox::caldav::CalendarSpec::named("Work");
    world.caldav.add_calendar(CALDAV_USER, work).unwrap();
    let (router, cookie) = server(&world).await;
    let connect = async |password: &str, url: &str| {
        let body = json!({"url": url, "username": CALDAV_USER, "password": password});
        call(
            &router,
            Ask::post("/api/v1/integrations/caldav/connect")
                .json(&body)
                .cookie(&cookie),
        )
        .await
    };
    let url = format!("{CALDAV}/");
    let refused = connect("not-the-password", &url).await;
    refused.is_problem(422, "credentials_refused");
    assert!(!refused.text.contains("not-the-password"));
    let made = connect(CALDAV_PASSWORD, &url).await;
    assert_eq!(
        (made.status.as_u16(), &made.body["connection"]["created"]),
        (200, &json!(true)),
        "as the OAuth callback: {}",
        made.text
    );
    let again = connect(CALDAV_PASSWORD, &url).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["connection"]["id"]),
        (200, &made.body["connection"]["id"])
    );
    let id = made.body["calendars"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/integrations/calendars/{id}");
    let patch = async |body: Value| {
        call(
            &router,
            Ask::new("PATCH", &path).json(&body).cookie(&cookie),
        )
        .await
    };
    patch(json!({"sync_interval_minutes": 1}))
        .await
        .refuses(&["/sync_interval_minutes"]);
    patch(json!({"name": "x"})).await.refuses(&["/name"]);
    assert_eq!(
        patch(json!({"sync_interval_minutes": 30, "busy_source": false}))
            .await
            .body["sync_interval_minutes"],
        30
    );
    let off = call(
        &router,
        Ask::new("PUT", &format!("{path}/enable"))
            .json(&json!({"enabled": false}))
            .cookie(&cookie),
    )
    .await;
    assert_eq!(off.body["sync_enabled"], false, "{}", off.text);
    call(&router, Ask::post(&format!("{path}/sync")).cookie(&cookie))
        .await
        .is_problem(409, "sync_disabled");
    assert_eq!(
        call(&router, Ask::new("DELETE", &path).cookie(&cookie))
            .await
            .status,
        204
    );
    call(&router, Ask::get(&path).cookie(&cookie))
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn connecting_takes_an_idempotency_key_and_keeps_no_hash_of_the_password() {
    let Some(world) = World::builder().build().await else {
        return;
    };
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    let work = daybook_sandbox::caldav::CalendarSpec::named("Work");
    world.caldav.add_calendar(CALDAV_USER, work).unwrap();
    let (router, cookie) = server(&world).await;
    let body =
        json!({"url": format!("{CALDAV}/"), "username": CALDAV_USER, "password": CALDAV_PASSWORD});
    let connect = async |body: &Value| {
        let ask = Ask::post("/api/v1/integrations/caldav/connect").json(body);
        call(&router, ask.cookie(&cookie).header("idempotency-key", "k1")).await
    };
    let first = connect(&body).await;
    assert_eq!(first.body["connection"]["created"], true, "{}", first.text);
    let again = connect(&body).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    let mut other = body.clone();
    other["password"] = json!("another");
    connect(&other)
        .await
        .is_problem(422, "idempotency_key_reuse");

    let select = json!({"calendar_id": "nothing"});
    let path = "/api/v1/integrations/caldav/select-calendar";
    let ask = Ask::post(path).json(&select).cookie(&cookie);
    call(&router, ask.header("idempotency-key", "k2"))
        .await
        .is_problem(404, "unknown_calendar");
    let id = first.body["calendars"][0]["id"].as_str().unwrap();
    for (full, status) in [
        ("true", 200),
        ("1", 200),
        ("false", 200),
        ("0", 200),
        ("yes", 422),
    ] {
        let path = format!("/api/v1/integrations/calendars/{id}/sync?full={full}");
        let ask = Ask::post(&path).cookie(&cookie);
        let answer = call(&router, ask).await;
        assert_eq!(answer.status, status, "{full}: {}", answer.text);
        if status == 200 {
            assert_eq!(answer.body["full"], matches!(full, "true" | "1"));
        } else {
            answer.refuses(&["?full"]);
        }
    }
}

#[tokio::test]
async fn every_provider_is_listed_and_says_how_it_stands() {
    let Some(world) = World::builder().build().await else {
        return;
    };
    let (router, cookie) = server(&world).await;
    let get = async |path: &str| call(&router, Ask::get(path).cookie(&cookie)).await;
    let listed = get("/api/v1/integrations/providers").await;
    for (key, kind, available, missing) in [
        ("google", "calendar", true, json!([])),
        ("apple", "calendar", true, json!([])),
        ("caldav", "calendar", true, json!([])),
        (
            "zoom",
            "video",
            false,
            json!(["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"]),
        ),
        (
            "webex",
            "video",
            false,
            json!(["WEBEX_CLIENT_ID", "WEBEX_CLIENT_SECRET"]),
        ),
        (
            "slack",
            "chat",
            true,
            json!(["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"]),
        ),
    ] {
        let all = listed.body["items"].as_array().unwrap();
        let one = all.iter().find(|one| one["key"] == key).unwrap();
        assert_eq!(one["available"], available, "{one}");
        assert_eq!(
            (&one["kinds"][0], &one["missing"]),
            (&json!(kind), &missing)
        );
        if missing != json!([]) && !available {
            let refused = get(&format!("/api/v1/integrations/{key}/authorize")).await;
            refused.is_problem(503, "provider_not_configured");
            let name = missing[0].as_str().unwrap();
            assert!(refused.text.contains(name), "{}", refused.text);
        }
    }
    // Other names of the same providers.
    let initiate = async |provider: &str, kind: &str| {
        let body = json!({"provider": provider, "integration_type": kind});
        let ask = Ask::post("/api/v1/integrations/oauth/initiate").json(&body);
        call(&router, ask.cookie(&cookie)).await
    };
    let started = initiate("google_meet", "video").await;
    assert_eq!(started.status, 200, "{}", started.text);
    let body = json!({
        "provider": "google_meet", "integration_type": "video", "code": "x", "state": started.body["state"],
    });
    let ask = Ask::post("/api/v1/integrations/oauth/callback").json(&body);
    call(&router, ask.cookie(&cookie))
        .await
        .is_problem(502, "provider_refused");
}

#[tokio::test]
async fn the_log_is_filtered_by_kind_and_by_provider() {
    let Some(world) = World::builder().build().await else {
        return;
    };
    let (router, cookie) = server(&world).await;
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    let work = daybook_sandbox::caldav::CalendarSpec::named("Work");
    world.caldav.add_calendar(CALDAV_USER, work).unwrap();
    let body =
        json!({"url": format!("{CALDAV}/"), "username": CALDAV_USER, "password": CALDAV_PASSWORD});
    let ask = Ask::post("/api/v1/integrations/caldav/connect").json(&body);
    assert_eq!(call(&router, ask.cookie(&cookie)).await.status, 200);
    world.run_jobs().await;
    let logs = async |query: &str| {
        let path = format!("/api/v1/integrations/logs?{query}");
        call(&router, Ask::get(&path).cookie(&cookie)).await
    };
    let all = logs("").await.body["items"].as_array().unwrap().len();
    assert!(all >= 2, "connected and synced");
    for (query, found) in [
        ("integration_type=calendar", all),
        ("integration_type=caldav", all),
        ("provider=caldav", all),
        ("integration_type=oauth", 1),
        ("integration_type=video", 0),
        ("integration_type=webhook", 0),
        ("integration_type=slack", 0),
        ("provider=google", 0),
        ("q=WAS%20connected", 1),
        ("q=%25", 0),
    ] {
        let answer = logs(query).await;
        let items = answer.body["items"].as_array().unwrap();
        assert_eq!(items.len(), found, "{query}: {}", answer.text);
        for item in items {
            assert_eq!(item["integration_type"], "calendar");
            assert_eq!(item["provider"], "caldav");
        }
    }
    let calendars = call(
        &router,
        Ask::get("/api/v1/integrations/calendars").cookie(&cookie),
    )
    .await;
    let calendar = calendars.body["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (id, some) in [
        (calendar.as_str(), true),
        ("01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012", false),
    ] {
        let answer = logs(&format!("calendar_id={id}")).await;
        let items = answer.body["items"].as_array().unwrap();
        assert_eq!(!items.is_empty(), some, "{}", answer.text);
        assert!(items.iter().all(|item| item["calendar_id"] == id));
    }
    logs("calendar_id=x").await.refuses(&["?calendar_id"]);
    for (state, status) in [("live", 200), ("done", 200), ("failed", 200), ("lost", 422)] {
        let path = format!("/api/v1/jobs?state={state}");
        let answer = call(&router, Ask::get(&path).cookie(&cookie)).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        if status == 200 {
            let items = answer.body["items"].as_array().unwrap();
            assert!(
                items.iter().all(|item| item["state"] == state),
                "{}",
                answer.text
            );
        }
    }
    logs("integration_type=mind")
        .await
        .refuses(&["?integration_type"]);
}
