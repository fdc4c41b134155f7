//! Bad input gets a clear answer and loses nothing: one row per kind of nonsense.

use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use serde_json::{Value, json};

use super::kit::database::{Database, difference};
use super::kit::server::text;
use super::kit::sims::open;
use super::kit::{Ask, PASSWORD, Server, Sims, free_port};

/// Method, path, body, status, code.
type Row<'a> = (&'a str, String, Value, u16, &'a str);

const NOTHING: &str = "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012";

struct World {
    server: Server,
    sims: Sims,
    owner: String,
    keys: Vec<String>,
    calendar: String,
    events: Vec<Value>,
    database: Database,
    workspace: String,
}

impl World {
    fn build() -> Self {
        let port = free_port();
        let sims = Sims::start(port, "secret");
        let server = Server::start_on(port, &sims.env(), &["--no-worker"]);
        let owner = server.set_up("vera@victim.example", "Victim Works");
        let keys = (0..4)
            .map(|_| server.api_key(&owner, "k", "admin").1)
            .collect();
        sims.caldav_account("vera", "pw", "Work", &["one", "two"]);
        let home = sims.caldav.calendars("vera").remove(0);
        let day =
            (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48)).strftime("%Y%m%d");
        let next =
            (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(72)).strftime("%Y%m%d");
        for (name, lines) in [
            (
                "allday",
                format!("DTSTART;VALUE=DATE:{day}\r\nDTEND;VALUE=DATE:{next}\r\n"),
            ),
            (
                "declined",
                format!(
                    "DTSTART:{day}T100000Z\r\nDTEND:{day}T110000Z\r\nORGANIZER:mailto:boss@x.example\r\nATTENDEE;PARTSTAT=DECLINED:mailto:vera\r\n"
                ),
            ),
            (
                "cancelled",
                format!("DTSTART:{day}T120000Z\r\nDTEND:{day}T130000Z\r\nSTATUS:CANCELLED\r\n"),
            ),
            (
                "backwards",
                format!("DTSTART:{day}T120000Z\r\nDTEND:{day}T110000Z\r\n"),
            ),
            (
                "zone",
                format!(
                    "DTSTART;TZID=Mars/Olympus:{day}T120000\r\nDTEND;TZID=Mars/Olympus:{day}T130000\r\n"
                ),
            ),
            (
                "old",
                "DTSTART:16010101T000000Z\r\nDTEND:16010101T010000Z\r\n".to_owned(),
            ),
            (
                "late",
                "DTSTART:99991231T230000Z\r\nDTEND:99991231T235959Z\r\n".to_owned(),
            ),
        ] {
            let ics = format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:{name}@t.example\r\nDTSTAMP:20260101T000000Z\r\n{lines}SUMMARY:{name}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            );
            // The simulator checks what is put into it; what it refuses is planted by the hostile suite.
            if let Err(error) = sims.caldav.put(&format!("{home}{name}.ics"), &ics) {
                println!("the simulator does not take {name}: {error:?}");
            }
        }
        sims.connect_caldav(&server, &owner, "vera", "pw");
        let calendars = server.read(&owner, "/api/v1/integrations/calendars");
        let calendar = text(&calendars["items"][0]["id"]);
        let sync = format!("/api/v1/integrations/calendars/{calendar}/sync");
        server.make(&owner, &sync, &json!({}), 200);
        let events = server.read(
            &owner,
            &format!("/api/v1/integrations/calendars/{calendar}/events?limit=200"),
        );
        let events = events["items"].as_array().unwrap().clone();
        let workspace = text(&server.read(&owner, "/api/v1/workspace")["id"]);
        let database = Database::open(&server.data().join("daybook.db"));
        Self {
            server,
            sims,
            owner,
            keys,
            calendar,
            events,
            database,
            workspace,
        }
    }

    fn event(&self, title: &str) -> String {
        let found = self.events.iter().find(|event| event["title"] == title);
        text(&found.unwrap_or_else(|| panic!("no event {title}: {:?}", self.events))["id"])
    }
}

#[test]
fn nonsense_is_told_so_and_changes_nothing() {
    let mut world = World::build();
    let before = world.database.workspace(&world.workspace);
    let mut wrong = Vec::new();
    let mut rows = events(&world);
    rows.extend(convert(&world));
    rows.extend(calendars(&world));
    rows.extend(ids());
    rows.extend(time());
    rows.extend(accounts());
    rows.extend(providers());
    for (index, (method, path, body, status, code)) in rows.iter().enumerate() {
        let ask = Ask::new(method, &format!("/api/v1{path}"));
        let ask = if body.is_null() { ask } else { ask.json(body) };
        let answer = world
            .server
            .send(&ask.by(&world.keys[index % world.keys.len()]));
        if (answer.status, answer.code().as_str()) != (*status, *code) {
            wrong.push(format!(
                "{method} {path} {body}: wanted {status} {code}, got {} {}",
                answer.status, answer.text
            ));
        }
        let told = answer.json()["detail"]
            .as_str()
            .is_some_and(|detail| detail.len() > 10);
        let leaks = ["SELECT", "sqlx", "serde", "panicked", "thread '", "src/"]
            .iter()
            .any(|word| answer.text.contains(word));
        if !told || leaks {
            wrong.push(format!("{method} {path}: not for people: {}", answer.text));
        }
    }
    let change = difference(&before, &world.database.workspace(&world.workspace));
    assert!(
        wrong.is_empty() && change.is_none(),
        "{change:?}\n{}",
        wrong.join("\n")
    );
    println!("bad input: {} rows", rows.len());
}

fn events(world: &World) -> Vec<Row<'static>> {
    let list = format!("/integrations/calendars/{}/events", world.calendar);
    let get =
        |query: &str, status, code| ("GET", format!("{list}{query}"), Value::Null, status, code);
    vec![
        get("?from=yesterday", 422, "validation"),
        get("?from=2026-13-01", 422, "validation"),
        get("?from=2026-02-30T00:00:00Z", 422, "validation"),
        get(
            "?from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z",
            422,
            "validation",
        ),
        get(
            "?from=2020-01-01T00:00:00Z&to=2026-06-01T00:00:00Z",
            422,
            "validation",
        ),
        get("?from=99999-01-01T00:00:00Z", 422, "validation"),
        get(
            "?from=2026-06-01T00:00:00Z&from=2026-07-01T00:00:00Z",
            422,
            "validation",
        ),
        get("?limit=0", 422, "validation"),
        get("?limit=201", 422, "validation"),
        get("?limit=-1", 422, "validation"),
        get("?limit=ten", 422, "validation"),
        get("?limit=99999999999999999999", 422, "validation"),
        get("?cursor=nonsense", 400, "invalid_cursor"),
        get("?cursor=%00", 400, "invalid_cursor"),
        get("?cursor=eyJhIjoxfQ", 400, "invalid_cursor"),
        get("?converted=maybe", 422, "validation"),
        get("?unknown=1", 422, "validation"),
        (
            "GET",
            "/integrations/events?calendar_id=x".into(),
            Value::Null,
            422,
            "validation",
        ),
        (
            "GET",
            format!("/integrations/events?calendar_id={NOTHING}"),
            Value::Null,
            404,
            "not_found",
        ),
        (
            "GET",
            format!("/integrations/calendars/{NOTHING}/events"),
            Value::Null,
            404,
            "not_found",
        ),
        (
            "GET",
            "/integrations/logs?from=x".into(),
            Value::Null,
            422,
            "validation",
        ),
        (
            "GET",
            "/integrations/logs?success=perhaps".into(),
            Value::Null,
            422,
            "validation",
        ),
        (
            "GET",
            "/integrations/connections?status=odd".into(),
            Value::Null,
            422,
            "validation",
        ),
        (
            "GET",
            "/clients?cursor=%ff".into(),
            Value::Null,
            400,
            "invalid_cursor",
        ),
    ]
}

fn convert(world: &World) -> Vec<Row<'static>> {
    const CONVERT: &str = "/integrations/calendars/events/convert";
    let post = |body: Value, status, code| ("POST", CONVERT.to_owned(), body, status, code);
    let fine = world.event("one");
    vec![
        post(
            json!({"synced_event_id": world.event("allday")}),
            422,
            "all_day",
        ),
        post(json!({"synced_event_id": NOTHING}), 404, "not_found"),
        post(json!({"synced_event_id": "x"}), 422, "validation"),
        post(json!({"synced_event_id": ""}), 422, "validation"),
        post(json!({"synced_event_id": null}), 422, "validation"),
        post(json!({"synced_event_id": 7}), 422, "validation"),
        post(json!({}), 422, "validation"),
        post(json!([]), 422, "validation"),
        post(
            json!({"synced_event_id": fine, "project_id": NOTHING}),
            422,
            "unknown_reference",
        ),
        post(
            json!({"synced_event_id": fine, "client_id": NOTHING}),
            422,
            "unknown_reference",
        ),
        post(
            json!({"synced_event_id": fine, "force": "yes"}),
            422,
            "validation",
        ),
        post(
            json!({"synced_event_id": fine, "description": "x".repeat(2001)}),
            422,
            "validation",
        ),
        (
            "POST",
            format!("{CONVERT}-bulk"),
            json!({"items": []}),
            422,
            "validation",
        ),
        (
            "POST",
            format!("{CONVERT}-bulk"),
            json!({"items": vec![json!({"synced_event_id": NOTHING}); 201]}),
            422,
            "validation",
        ),
        (
            "POST",
            format!("{CONVERT}-bulk"),
            json!({"items": "all"}),
            422,
            "validation",
        ),
    ]
}

fn calendars(world: &World) -> Vec<Row<'static>> {
    let path = format!("/integrations/calendars/{}", world.calendar);
    let patch = |body: Value, status, code| ("PATCH", path.clone(), body, status, code);
    vec![
        patch(json!({"sync_interval_minutes": 4}), 422, "validation"),
        patch(json!({"sync_interval_minutes": 1441}), 422, "validation"),
        patch(json!({"sync_interval_minutes": 5.5}), 422, "validation"),
        patch(json!({"sync_interval_minutes": "60"}), 422, "validation"),
        patch(json!({"sync_past_days": -1}), 422, "validation"),
        patch(json!({"sync_past_days": 100_000}), 422, "validation"),
        patch(json!({"sync_future_days": 0}), 422, "validation"),
        patch(json!({"sync_future_days": i64::MAX}), 422, "validation"),
        patch(
            json!({"default_client_id": NOTHING}),
            422,
            "unknown_reference",
        ),
        patch(
            json!({"default_project_id": NOTHING}),
            422,
            "unknown_reference",
        ),
        patch(json!({"name": "mine"}), 422, "validation"),
        (
            "PUT",
            format!("{path}/enable"),
            json!({}),
            422,
            "validation",
        ),
        (
            "PUT",
            format!("{path}/enable"),
            json!({"enabled": "true"}),
            422,
            "validation",
        ),
        (
            "POST",
            format!("{path}/sync?full=perhaps"),
            Value::Null,
            422,
            "validation",
        ),
        (
            "POST",
            "/integrations/caldav/select-calendar".into(),
            json!({"calendar_id": "nothing"}),
            404,
            "unknown_calendar",
        ),
        (
            "POST",
            "/integrations/caldav/select-calendar".into(),
            json!({"calendar_id": ""}),
            404,
            "unknown_calendar",
        ),
        (
            "GET",
            format!("/integrations/calendars/{NOTHING}"),
            Value::Null,
            404,
            "not_found",
        ),
    ]
}

/// Addresses with an id that is none, for every kind of thing.
fn ids() -> Vec<Row<'static>> {
    const KINDS: &[&str] = &[
        "clients",
        "projects",
        "time-entries",
        "integrations/calendars",
        "integrations/connections",
        "workspace/members",
        "workspace/invitations",
    ];
    const BAD: &[&str] = &[
        "1",
        "x",
        "%00",
        "..%2f..%2fetc",
        "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f901",
        "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012x",
        "%F0%9F%98%80",
        "'%20OR%201=1--",
        "null",
    ];
    let mut rows: Vec<Row<'static>> = Vec::new();
    for kind in KINDS {
        for id in BAD {
            rows.push((
                "GET",
                format!("/{kind}/{id}"),
                Value::Null,
                400,
                "malformed_id",
            ));
        }
        rows.push((
            "GET",
            format!("/{kind}/{NOTHING}"),
            Value::Null,
            404,
            "not_found",
        ));
    }
    rows
}

fn time() -> Vec<Row<'static>> {
    let post = |body: Value, code| ("POST", "/time-entries".to_owned(), body, 422, code);
    let entry = |more: Value| {
        let mut body = json!({"description": "d", "started_at": "2026-06-01T08:00:00Z", "duration_minutes": 5});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    vec![
        post(entry(json!({"started_at": "2026-06-01"})), "validation"),
        post(
            entry(json!({"started_at": "2026-06-01T25:00:00Z"})),
            "validation",
        ),
        post(entry(json!({"started_at": "now"})), "validation"),
        post(entry(json!({"started_at": 1_764_000_000})), "validation"),
        post(entry(json!({"duration_minutes": 0})), "validation"),
        post(entry(json!({"duration_minutes": -5})), "validation"),
        post(entry(json!({"duration_minutes": 10_081})), "validation"),
        post(entry(json!({"duration_minutes": f64::MAX})), "validation"),
        post(
            entry(json!({"ended_at": "2026-06-01T07:00:00Z", "duration_minutes": null})),
            "validation",
        ),
        post(
            json!({"description": "d", "started_at": "2026-06-01T08:00:00Z"}),
            "validation",
        ),
        post(entry(json!({"client_id": "x"})), "validation"),
        post(entry(json!({"project_id": NOTHING})), "unknown_reference"),
        post(entry(json!({"client_id": NOTHING})), "unknown_reference"),
        post(
            entry(json!({"description": "x".repeat(2001)})),
            "validation",
        ),
        post(entry(json!({"tags": vec!["t"; 21]})), "validation"),
        post(entry(json!({"tags": [""]})), "validation"),
        post(entry(json!({"billable": "yes"})), "validation"),
        (
            "POST",
            "/clients".into(),
            json!({"name": ""}),
            422,
            "validation",
        ),
        (
            "POST",
            "/clients".into(),
            json!({"name": "x".repeat(5000)}),
            422,
            "validation",
        ),
        (
            "POST",
            "/clients".into(),
            json!({"name": "c", "currency": "EURO"}),
            422,
            "validation",
        ),
        (
            "POST",
            "/clients".into(),
            json!({"name": "c", "email": "nobody"}),
            422,
            "validation",
        ),
        (
            "POST",
            "/clients".into(),
            json!({"name": "c", "color": "red; }"}),
            422,
            "validation",
        ),
        (
            "POST",
            "/projects".into(),
            json!({"name": "p", "client_id": NOTHING}),
            422,
            "unknown_reference",
        ),
        (
            "POST",
            "/projects".into(),
            json!({"name": "p", "hourly_rate_minor": -1}),
            422,
            "validation",
        ),
        (
            "POST",
            "/projects".into(),
            json!({"name": "p", "hourly_rate_minor": i64::MAX}),
            422,
            "validation",
        ),
        (
            "GET",
            "/time-entries?status=odd".into(),
            Value::Null,
            422,
            "validation",
        ),
        (
            "GET",
            "/time-entries?from=x".into(),
            Value::Null,
            422,
            "validation",
        ),
        (
            "GET",
            "/time-entries?project_id=x".into(),
            Value::Null,
            422,
            "validation",
        ),
    ]
}

fn accounts() -> Vec<Row<'static>> {
    vec![
        (
            "POST",
            "/auth/setup".into(),
            json!({"email": "x@y.example", "password": PASSWORD, "name": "n", "workspace_name": "w"}),
            409,
            "already_set_up",
        ),
        (
            "POST",
            "/api-keys".into(),
            json!({"name": "k", "scopes": []}),
            422,
            "validation",
        ),
        (
            "POST",
            "/api-keys".into(),
            json!({"name": "k", "scopes": ["root"]}),
            422,
            "validation",
        ),
        (
            "POST",
            "/api-keys".into(),
            json!({"name": "k", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}),
            422,
            "validation",
        ),
        (
            "POST",
            "/workspace/invitations".into(),
            json!({"email": "x", "role": "member"}),
            422,
            "validation",
        ),
        (
            "POST",
            "/workspace/invitations".into(),
            json!({"email": "x@y.example", "role": "god"}),
            422,
            "validation",
        ),
        (
            "PATCH",
            "/workspace".into(),
            json!({"currency": "XXXX"}),
            422,
            "validation",
        ),
        (
            "PATCH",
            "/workspace".into(),
            json!({"time_zone": "Mars/Olympus"}),
            422,
            "validation",
        ),
        (
            "PATCH",
            "/workspace".into(),
            json!({"slug": "../x"}),
            422,
            "validation",
        ),
        (
            "PATCH",
            "/me".into(),
            json!({"time_zone": "nowhere"}),
            422,
            "validation",
        ),
        (
            "POST",
            "/auth/invitations/nothing/accept".into(),
            json!({"name": "n", "password": PASSWORD}),
            410,
            "invitation_over",
        ),
    ]
}

fn providers() -> Vec<Row<'static>> {
    vec![
        (
            "GET",
            "/integrations/nothing/authorize".into(),
            Value::Null,
            404,
            "unknown_provider",
        ),
        (
            "GET",
            "/integrations/%2e%2e/authorize".into(),
            Value::Null,
            404,
            "unknown_provider",
        ),
        (
            "GET",
            "/integrations/caldav/authorize".into(),
            Value::Null,
            422,
            "other_way",
        ),
        (
            "GET",
            "/integrations/google/authorize?connection_id=x".into(),
            Value::Null,
            422,
            "validation",
        ),
        (
            "GET",
            format!("/integrations/google/authorize?connection_id={NOTHING}"),
            Value::Null,
            404,
            "not_found",
        ),
        (
            "POST",
            "/integrations/oauth/initiate".into(),
            json!({"provider": "nothing", "integration_type": "calendar"}),
            404,
            "unknown_provider",
        ),
        (
            "POST",
            "/integrations/oauth/initiate".into(),
            json!({"provider": "google", "integration_type": "mind"}),
            422,
            "validation",
        ),
        (
            "POST",
            "/integrations/caldav/connect".into(),
            json!({"url": "https://dav.example", "username": "", "password": "x"}),
            422,
            "validation",
        ),
        (
            "POST",
            "/integrations/caldav/connect".into(),
            json!({"url": "https://dav.example", "username": "x", "password": ""}),
            422,
            "validation",
        ),
        (
            "POST",
            "/integrations/apple/connect".into(),
            json!({"username": "", "password": ""}),
            422,
            "validation",
        ),
        (
            "POST",
            format!("/integrations/connections/{NOTHING}/refresh"),
            Value::Null,
            404,
            "not_found",
        ),
        (
            "POST",
            format!("/jobs/{NOTHING}/retry"),
            Value::Null,
            404,
            "not_found",
        ),
    ]
}

/// Bodies that are no JSON, or too much of it.
#[test]
fn bodies_are_bounded() {
    let world = World::build();
    let post = |body: Vec<u8>, kind: &str| {
        let ask = Ask::post("/api/v1/clients")
            .raw(body)
            .header("content-type", kind);
        world.server.send(&ask.by(&world.keys[0]))
    };
    let json = "application/json";
    for broken in [
        "",
        "{",
        "{\"name\":\"x\"}}",
        "nul",
        "{\"name\":\"x\",}",
        "\u{feff}{}",
        "{'name':'x'}",
        "{\"name\":\"\\ud800\"}",
        "NaN",
    ] {
        let answer = post(broken.into(), json);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "malformed_json"),
            "{broken}: {}",
            answer.text
        );
    }
    post(b"{\"name\":\"\xff\xfe\"}".to_vec(), json).is_problem(400, "malformed_json");
    post(br#"{"name":"nu\u0000l"}"#.to_vec(), json).is_problem(400, "nul_character");
    post("[".repeat(100_000).into_bytes(), json).is_problem(400, "too_deep");
    post(
        format!("{{\"name\":{}1{}}}", "[".repeat(65), "]".repeat(65)).into_bytes(),
        json,
    )
    .is_problem(400, "too_deep");
    post(
        format!("{{\"name\":\"{}\"}}", "x".repeat(300_000)).into_bytes(),
        json,
    )
    .is_problem(413, "body_too_large");
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
    ] {
        post(b"{\"name\":\"x\"}".to_vec(), kind).is_problem(415, "unsupported_media_type");
    }
    post(br#"{"name":"a","name":"b"}"#.to_vec(), json).is_problem(422, "validation");
    // Addresses and headers have their bounds too.
    let long = Ask::get(&format!("/api/v1/clients?cursor={}", "a".repeat(9_000)));
    assert_eq!(world.server.send(&long.by(&world.keys[0])).status, 414);
    let mut many = Ask::get("/api/v1/me");
    for index in 0..150 {
        many = many.header(&format!("x-{index}"), "y");
    }
    assert_eq!(world.server.send(&many).status, 431);
    let large = Ask::get("/api/v1/me").header("x-large", &"y".repeat(100_000));
    assert_eq!(world.server.send(&large).status, 431);
    let key = Ask::post("/api/v1/clients")
        .json(&json!({"name": "x"}))
        .by(&world.keys[0]);
    world
        .server
        .send(&key.clone().header("idempotency-key", &"k".repeat(256)))
        .is_problem(400, "malformed_idempotency_key");
    world
        .server
        .send(&key.clone().header("idempotency-key", " "))
        .is_problem(400, "malformed_idempotency_key");
    world
        .server
        .send(&key.clone().header("idempotency-key", "one"))
        .ok(201);
    let other = Ask::post("/api/v1/clients")
        .json(&json!({"name": "y"}))
        .by(&world.keys[0]);
    world
        .server
        .send(&other.header("idempotency-key", "one"))
        .is_problem(422, "idempotency_key_reuse");
    // Converting twice is one entry; declined and cancelled ones are told apart where the mirror has them.
    let convert = Ask::post("/api/v1/integrations/calendars/events/convert")
        .json(&json!({"synced_event_id": world.event("one")}));
    let first = world
        .server
        .send(&convert.clone().by(&world.owner))
        .ok(201)
        .json();
    let second = world.server.send(&convert.by(&world.owner)).ok(200).json();
    assert_eq!(first["id"], second["id"]);
    for event in &world.events {
        let (title, start) = (text(&event["title"]), text(&event["start"]));
        assert!(start.len() >= 10 && !title.is_empty(), "{event}");
    }
}

/// CalDAV addresses that lead nowhere, or somewhere else.
#[test]
fn caldav_addresses_get_clear_answers() {
    let world = World::build();
    let page = axum::Router::new()
        .fallback(|| async { axum::response::Html("<html><body>Welcome</body></html>") });
    let website = open(&world.sims.runtime, page, "127.0.0.1:0");
    let json_api = axum::Router::new().fallback(|| async { axum::Json(json!({"hello": "world"})) });
    let api = open(&world.sims.runtime, json_api, "127.0.0.1:0");
    let post = |url: &str, user: &str, password: &str| {
        let body = json!({"url": url, "username": user, "password": password});
        world.server.send(
            &Ask::post("/api/v1/integrations/caldav/connect")
                .json(&body)
                .by(&world.keys[0]),
        )
    };
    let dav = world.sims.caldav_url.clone();
    post(&website, "vera", "pw").is_problem(422, "not_caldav");
    post(&format!("{website}/some/page"), "vera", "pw").is_problem(422, "not_caldav");
    post(&api, "vera", "pw").is_problem(422, "not_caldav");
    post(&format!("http://127.0.0.1:{}", free_port()), "vera", "pw")
        .is_problem(502, "provider_unreachable");
    post("https://nothing.invalid/", "vera", "pw").is_problem(502, "provider_unreachable");
    post(&dav, "vera", "wrong").is_problem(422, "credentials_refused");
    post(&dav, "nobody", "pw").is_problem(422, "credentials_refused");
    for url in [
        "",
        " ",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://u:p@127.0.0.1/",
        "http://a b/",
        "gopher://127.0.0.1:70/",
        "dict://127.0.0.1:11211/",
        "http://127.0.0.1:99999/",
    ] {
        let answer = post(url, "vera", "pw");
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (422, "validation"),
            "{url}: {}",
            answer.text
        );
    }
    let desk = world.sims.caldav.desk();
    let to = |location: &str| Fault::Redirect {
        status: 301,
        location: location.to_owned(),
    };
    let faults: Vec<(&str, Fault, &[&str])> = vec![
        ("login page", Fault::HtmlLogin, &["not_caldav"]),
        ("nothing", Fault::EmptyBody, &["not_caldav"]),
        ("garbage", Fault::Garbage, &["not_caldav"]),
        ("half", Fault::Truncated, &["not_caldav"]),
        ("404", Fault::NotFound, &["not_caldav"]),
        ("401", Fault::Unauthorized, &["credentials_refused"]),
        (
            "redirect to a website",
            to(&website),
            &["not_caldav", "credentials_refused", "provider_refused"],
        ),
        (
            "redirect to itself",
            to("/"),
            &["not_caldav", "provider_refused", "provider_unreachable"],
        ),
        (
            "redirect to a file",
            to("file:///etc/passwd"),
            &["not_caldav", "target_not_allowed", "provider_refused"],
        ),
        (
            "500",
            Fault::Status {
                status: 500,
                retry_after: RetryAfter::None,
            },
            &["provider_unreachable"],
        ),
        ("cut", Fault::ResetBefore, &["provider_unreachable"]),
    ];
    for (name, fault, codes) in faults {
        desk.clear();
        desk.add(Rule::on("/", fault));
        let answer = post(&dav, "vera", "pw");
        assert!(
            codes.contains(&answer.code().as_str()),
            "{name}: {} {}",
            answer.status,
            answer.text
        );
    }
    desk.clear();
    // Nothing of this has touched the connection that exists.
    let list = world
        .server
        .read(&world.owner, "/api/v1/integrations/connections");
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["status"], "connected");
}
