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
        (201, &json!(true)),
        "{}",
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
