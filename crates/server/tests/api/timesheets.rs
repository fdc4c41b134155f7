//! Timesheets: the timer, typed time, rates, budgets, rules, weeks, closed periods, reports; and every input that makes no sense.

use daybook_domain::Clock;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::support::{Ada, Answer, Ask, Server};

struct Desk {
    server: Server,
    cookie: String,
}

impl Desk {
    async fn ada() -> (Self, Ada) {
        let (server, ada) = Server::with_ada().await;
        let cookie = ada.cookie.clone();
        (Self { server, cookie }, ada)
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask_as(&self.cookie, method, path, body).await
    }

    async fn ask_as(&self, cookie: &str, method: &str, path: &str, body: &Value) -> Answer {
        let ask = Ask::new(method, &format!("/api/v1{path}")).cookie(cookie);
        let ask = if body.is_null() { ask } else { ask.json(body) };
        self.server.send(ask).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.body
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.ask("POST", path, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.body
    }

    async fn refused(&self, path: &str, body: Value, status: u16, code: &str) {
        let answer = self.ask("POST", path, &body).await;
        answer.is_problem(status, code);
    }

    /// An hour of work on a day of November 2026, from this hour UTC.
    async fn hour(&self, day: u32, hour: u32) -> Value {
        let started = format!("2026-11-{day:02}T{hour:02}:00:00Z");
        let body = json!({"description": "Work", "started_at": started, "duration": "1h"});
        self.post("/time-entries", body).await
    }
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

#[tokio::test]
async fn durations_are_typed_as_people_type_them() {
    let (desk, _) = Desk::ada().await;
    for (text, minutes) in [("2,5 h", 150), ("1:30", 90), ("90min", 90), ("2h 30m", 150)] {
        let body =
            json!({"description": "x", "started_at": "2026-11-02T08:00:00Z", "duration": text});
        let entry = desk.post("/time-entries", body).await;
        assert_eq!(entry["duration_minutes"], minutes, "{text}");
    }
    for text in [
        "",
        "0",
        "-2h",
        "25h",
        "1:75",
        "NaN",
        "⏰",
        &"9".repeat(10_240),
    ] {
        let body =
            json!({"description": "x", "started_at": "2026-11-02T08:00:00Z", "duration": text});
        desk.ask("POST", "/time-entries", &body)
            .await
            .refuses(&["/duration"]);
        desk.ask(
            "POST",
            "/time-entries/quick",
            &json!({"text": format!("{text}: x")}),
        )
        .await
        .refuses(&["/text"]);
    }
    let both = json!({"description": "x", "started_at": "2026-11-02T08:00:00Z", "duration": "1h", "duration_minutes": 60});
    desk.ask("POST", "/time-entries", &both)
        .await
        .refuses(&["/duration"]);

    let client = desk.post("/clients", json!({"name": "Globex"})).await;
    let project = json!({"name": "Acme Web", "client_id": client["id"]});
    let project = desk.post("/projects", project).await;
    let typed = json!({"text": "1:30 yesterday #acme-web #urgent: Design review"});
    let entry = desk.post("/time-entries/quick", typed).await;
    assert_eq!(entry["duration_minutes"], 90);
    assert_eq!(entry["project_id"], project["id"]);
    assert_eq!(entry["client_name"], "Globex");
    assert_eq!(entry["tags"], json!(["urgent"]));
    assert_eq!(entry["description"], "Design review");
    let again = desk
        .post("/time-entries/quick", json!({"text": "1h yesterday: Next"}))
        .await;
    assert_eq!(
        again["started_at"], entry["ended_at"],
        "it follows the last one of that day"
    );
    desk.refused(
        "/time-entries/quick",
        json!({"text": "1h #nowhere: x"}),
        422,
        "unknown_reference",
    )
    .await;
}

#[tokio::test]
async fn one_timer_runs() {
    let (desk, ada) = Desk::ada().await;
    assert_eq!(
        desk.get("/time-entries/timer").await["time_entry"],
        Value::Null
    );
    desk.refused("/time-entries/timer/stop", Value::Null, 409, "no_timer")
        .await;
    let started = desk
        .post("/time-entries/timer", json!({"description": "Design"}))
        .await;
    assert_eq!(
        (&started["running"], &started["source"]),
        (&json!(true), &json!("timer"))
    );
    desk.refused("/time-entries/timer", json!({}), 409, "timer_running")
        .await;
    let path = format!("/time-entries/{}", id(&started));
    desk.refused(&format!("{path}/submit"), Value::Null, 409, "timer_running")
        .await;
    desk.ask("PATCH", &path, &json!({"duration": "1h"}))
        .await
        .is_problem(409, "timer_running");
    let words = desk
        .ask("PATCH", &path, &json!({"description": "Other"}))
        .await;
    assert_eq!(words.body["running"], true, "{}", words.text);
    desk.server
        .db
        .clock
        .advance(jiff::SignedDuration::from_mins(50));
    let cookie = desk
        .server
        .log_in(crate::support::EMAIL, crate::support::PASSWORD)
        .await
        .cookie();
    let desk = Desk { cookie, ..desk };
    let stopped = desk.post("/time-entries/timer/stop", Value::Null).await;
    assert_eq!(
        (&stopped["running"], &stopped["duration_minutes"]),
        (&json!(false), &json!(50))
    );
    assert_eq!(stopped["description"], "Other");
    desk.post("/time-entries/timer", json!({})).await;
    let gone = desk
        .ask("DELETE", "/time-entries/timer", &Value::Null)
        .await;
    assert_eq!(gone.status, 204);
    let history = desk.get(&format!("{path}/history")).await;
    let actions: Vec<&str> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["started", "edited", "stopped"]);
    assert_eq!(
        history["items"][0]["member_id"],
        ada.session["member"]["id"]
    );
}

#[tokio::test]
async fn entries_are_split_merged_and_made_again() {
    let (desk, _) = Desk::ada().await;
    let entry = desk.hour(2, 8).await;
    let path = format!("/time-entries/{}", id(&entry));
    for at in [
        "2026-11-02T08:00:00Z",
        "2026-11-02T09:00:00Z",
        "2026-11-03T08:30:00Z",
    ] {
        desk.ask("POST", &format!("{path}/split"), &json!({"at": at}))
            .await
            .refuses(&["/at"]);
    }
    let two = desk
        .post(
            &format!("{path}/split"),
            json!({"at": "2026-11-02T08:20:00Z"}),
        )
        .await;
    let lengths: Vec<&Value> = two["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["duration_minutes"])
        .collect();
    assert_eq!(lengths, [20, 40]);
    let (first, second) = (id(&two["items"][0]), id(&two["items"][1]));
    assert_eq!(first, id(&entry));
    let merged = desk
        .post("/time-entries/merge", json!({"ids": [second, first]}))
        .await;
    assert_eq!(
        (id(&merged), &merged["duration_minutes"]),
        (first, &json!(60))
    );
    assert_eq!(merged["description"], "Work");
    desk.ask("GET", &format!("/time-entries/{second}"), &Value::Null)
        .await
        .is_problem(404, "not_found");
    let history = desk.get(&format!("/time-entries/{second}/history")).await;
    assert_eq!(
        history["items"].as_array().unwrap().len(),
        2,
        "it outlives the entry"
    );
    let copy = desk
        .post(
            &format!("{path}/duplicate"),
            json!({"started_at": "2026-11-03T08:00:00Z"}),
        )
        .await;
    assert_eq!(
        (&copy["status"], &copy["duration_minutes"]),
        (&json!("draft"), &json!(60))
    );
    let other = desk
        .ask(
            "PATCH",
            &format!("/time-entries/{}", id(&copy)),
            &json!({"billable": false}),
        )
        .await;
    assert_eq!(other.status, 200);
    desk.refused(
        "/time-entries/merge",
        json!({"ids": [first, id(&copy)]}),
        422,
        "cannot_merge",
    )
    .await;
    desk.ask("POST", "/time-entries/merge", &json!({"ids": [first]}))
        .await
        .refuses(&["/ids"]);
    desk.refused(
        "/time-entries/merge",
        json!({"ids": [first, first]}),
        422,
        "cannot_merge",
    )
    .await;
    desk.refused(
        "/time-entries/merge",
        json!({"ids": [first, uuid::Uuid::nil()]}),
        404,
        "not_found",
    )
    .await;
    // Work in two places at once is said, not refused.
    let body = json!({"description": "x", "started_at": "2026-11-02T08:30:00Z", "duration": "1h"});
    let late = desk.post("/time-entries", body).await;
    assert_eq!(late["overlaps"], json!([first]));
    assert_eq!(desk.get(&path).await["overlaps"], json!([id(&late)]));
}

#[tokio::test]
async fn a_week_is_handed_in_and_approved() {
    let (desk, ada) = Desk::ada().await;
    let (bob, bobs_id) = desk
        .server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    let desk = Desk {
        cookie: bob.clone(),
        ..desk
    };
    let monday = desk.hour(2, 8).await;
    let sunday = desk.hour(8, 8).await;
    let next = desk.hour(9, 8).await;
    let week = |action: &str| json!({"action": action, "week": {"day": "2026-11-05", "member_id": bobs_id}});
    let done = desk.post("/time-entries/bulk", week("submit")).await;
    let ids: Vec<&str> = done["items"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(ids, [id(&monday), id(&sunday)]);
    let refused = desk.post("/time-entries/bulk", week("approve")).await;
    for item in refused["items"].as_array().unwrap() {
        assert_eq!(item["problem"]["code"], "forbidden");
    }
    let mute = json!({"action": "reject", "ids": [id(&monday)], "reason": " "});
    desk.ask_as(&ada.cookie, "POST", "/time-entries/bulk", &mute)
        .await
        .refuses(&["/reason"]);
    let back = json!({"action": "reject", "ids": [id(&monday), id(&next), uuid::Uuid::nil()], "reason": "Which page?"});
    let answer = desk
        .ask_as(&ada.cookie, "POST", "/time-entries/bulk", &back)
        .await;
    let codes: Vec<&Value> = answer.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| &i["problem"]["code"])
        .collect();
    assert_eq!(
        codes,
        [&json!("not_found"), &Value::Null, &json!("wrong_status")],
        "{}",
        answer.text
    );
    let answer = desk
        .ask_as(&ada.cookie, "POST", "/time-entries/bulk", &week("approve"))
        .await;
    assert_eq!(
        answer.body["items"].as_array().unwrap().len(),
        1,
        "{}",
        answer.text
    );
    assert_eq!(answer.body["items"][0]["time_entry"]["status"], "approved");
    // Approved is approved.
    let path = format!("/time-entries/{}/approve", id(&sunday));
    desk.ask_as(&ada.cookie, "POST", &path, &Value::Null)
        .await
        .is_problem(409, "wrong_status");
    let edit =
        json!({"action": "edit", "ids": [id(&monday), id(&next)], "changes": {"billable": false}});
    let edited = desk.post("/time-entries/bulk", edit).await;
    assert!(
        edited["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|i| i["time_entry"]["billable"] == false)
    );
    for wrong in [
        json!({"action": "submit"}),
        json!({"action": "submit", "ids": []}),
        json!({"action": "submit", "ids": [id(&next)], "week": {"day": "2026-11-05"}}),
    ] {
        desk.ask("POST", "/time-entries/bulk", &wrong)
            .await
            .refuses(&["/ids"]);
    }
    desk.ask(
        "POST",
        "/time-entries/bulk",
        &json!({"action": "edit", "ids": [id(&next)]}),
    )
    .await
    .refuses(&["/changes"]);
}

#[tokio::test]
async fn own_time_is_approved_only_where_the_workspace_says_so() {
    let (desk, _) = Desk::ada().await;
    let entry = desk.hour(2, 8).await;
    let off = desk
        .ask("PATCH", "/workspace", &json!({"self_approval": false}))
        .await;
    assert_eq!(off.body["self_approval"], false);
    let approve = format!("/time-entries/{}/approve", id(&entry));
    desk.refused(&approve, Value::Null, 403, "self_approval")
        .await;
    desk.ask("PATCH", "/workspace", &json!({"self_approval": true}))
        .await;
    assert_eq!(desk.post(&approve, Value::Null).await["status"], "approved");
}

#[tokio::test]
async fn a_closed_period_stays_as_it_is() {
    let (desk, _) = Desk::ada().await;
    let old = desk.hour(10, 8).await;
    let new = desk.hour(11, 8).await;
    let closed = desk
        .ask(
            "PATCH",
            "/workspace",
            &json!({"time_locked_until": "2026-11-10"}),
        )
        .await;
    assert_eq!(
        closed.body["time_locked_until"], "2026-11-10",
        "{}",
        closed.text
    );
    let path = format!("/time-entries/{}", id(&old));
    for step in ["submit", "approve"] {
        desk.refused(&format!("{path}/{step}"), Value::Null, 409, "period_locked")
            .await;
    }
    desk.ask("PATCH", &path, &json!({"description": "x"}))
        .await
        .is_problem(409, "period_locked");
    desk.ask("DELETE", &path, &Value::Null)
        .await
        .is_problem(409, "period_locked");
    desk.refused(
        &format!("{path}/split"),
        json!({"at": "2026-11-10T08:30:00Z"}),
        409,
        "period_locked",
    )
    .await;
    desk.refused(
        "/time-entries/merge",
        json!({"ids": [id(&old), id(&new)]}),
        409,
        "period_locked",
    )
    .await;
    let into = json!({"description": "x", "started_at": "2026-11-10T23:59:00Z", "duration": "1h"});
    desk.refused("/time-entries", into, 409, "period_locked")
        .await;
    let moved = json!({"started_at": "2026-11-09T08:00:00Z", "duration": "1h"});
    desk.ask("PATCH", &format!("/time-entries/{}", id(&new)), &moved)
        .await
        .is_problem(409, "period_locked");
    desk.hour(11, 12).await;
    desk.ask("PATCH", "/workspace", &json!({"time_locked_until": null}))
        .await;
    desk.post(&format!("{path}/submit"), Value::Null).await;
}

#[tokio::test]
async fn days_make_sense() {
    let (desk, _) = Desk::ada().await;
    for started in [
        "1999-12-30T08:00:00Z",
        "0001-01-01T00:00:00Z",
        "2031-01-01T08:00:00Z",
        "9999-12-30T08:00:00Z",
    ] {
        let body = json!({"description": "x", "started_at": started, "duration": "1h"});
        desk.ask("POST", "/time-entries", &body)
            .await
            .refuses(&["/started_at"]);
    }
    let entry = desk.hour(2, 8).await;
    let path = format!("/time-entries/{}", id(&entry));
    desk.ask(
        "PATCH",
        &path,
        &json!({"started_at": "2099-01-01T00:00:00Z", "duration": "1h"}),
    )
    .await
    .refuses(&["/started_at"]);
    let nowhere = json!({"description": "x", "started_at": "2026-11-02T08:00:00Z", "duration": "1h", "project_id": uuid::Uuid::nil()});
    desk.refused("/time-entries", nowhere, 422, "unknown_reference")
        .await;
}

#[tokio::test]
async fn rates_budgets_and_reports_add_up() {
    let (desk, ada) = Desk::ada().await;
    let member = ada.session["member"]["id"].clone();
    let client = desk
        .post("/clients", json!({"name": "=Globex", "currency": "USD"}))
        .await;
    let project = json!({"name": "Site", "client_id": client["id"], "budget_minutes": 600, "budget_minor": 100_000});
    let project = desk.post("/projects", project).await;
    assert_eq!(project["budget_minutes"], 600);
    let rate = |extra: Value| {
        let mut body = json!({"hourly_minor": 9_000, "currency": "USD"});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        body
    };
    let project_id = &project["id"];
    desk.refused(
        "/rates",
        rate(json!({"project_id": project_id, "currency": "EUR"})),
        422,
        "currency_mismatch",
    )
    .await;
    desk.refused(
        "/rates",
        rate(json!({"client_id": client["id"], "currency": "EUR"})),
        422,
        "currency_mismatch",
    )
    .await;
    desk.refused(
        "/rates",
        rate(json!({"project_id": uuid::Uuid::nil()})),
        422,
        "unknown_reference",
    )
    .await;
    desk.ask(
        "POST",
        "/rates",
        &rate(json!({"project_id": project_id, "client_id": client["id"]})),
    )
    .await
    .refuses(&["/client_id"]);
    desk.ask("POST", "/rates", &rate(json!({"currency": "XYZ"})))
        .await
        .refuses(&["/currency"]);
    desk.ask("POST", "/rates", &rate(json!({"hourly_minor": -1})))
        .await
        .refuses(&["/hourly_minor"]);
    desk.ask(
        "POST",
        "/rates",
        &rate(json!({"from": "2026-11-02", "to": "2026-11-01"})),
    )
    .await
    .refuses(&["/to"]);
    let old = desk
        .post(
            "/rates",
            rate(json!({"project_id": project_id, "to": "2026-11-02"})),
        )
        .await;
    assert_eq!(old["level"], "project");
    desk.refused(
        "/rates",
        rate(json!({"project_id": project_id})),
        409,
        "rate_overlap",
    )
    .await;
    desk.post(
        "/rates",
        rate(json!({"project_id": project_id, "from": "2026-11-03", "hourly_minor": 12_000})),
    )
    .await;
    desk.post(
        "/rates",
        rate(json!({"member_id": member, "currency": "EUR", "hourly_minor": 5_000})),
    )
    .await;
    let (bob, _) = desk
        .server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    desk.ask_as(&bob, "POST", "/rates", &rate(json!({})))
        .await
        .is_problem(403, "forbidden");
    desk.ask_as(&bob, "GET", "/rates", &Value::Null)
        .await
        .is_problem(403, "forbidden");

    for (day, project) in [(2, Some(project_id)), (3, Some(project_id)), (4, None)] {
        let body = json!({"description": "@SUM(1)", "started_at": format!("2026-11-{day:02}T08:00:00Z"), "duration": "1:30", "project_id": project});
        desk.post("/time-entries", body).await;
    }
    let report = desk.get("/reports/time?group_by=project").await;
    assert_eq!(report["total"]["minutes"], 270);
    assert_eq!(
        report["total"]["amounts_minor"],
        json!({"USD": 13_500 + 18_000, "EUR": 7_500})
    );
    assert_eq!(report["groups"][0]["name"], "Site");
    assert_eq!(report["groups"][0]["minutes"], 180);
    let days = desk
        .get("/reports/time?group_by=day&from=2026-11-03&to=2026-11-04")
        .await;
    assert_eq!(days["groups"].as_array().unwrap().len(), 1);
    assert_eq!(days["groups"][0]["key"], "2026-11-03");
    for by in ["provider", "calendar", "client", "member"] {
        assert_eq!(
            desk.get(&format!("/reports/time?group_by={by}")).await["total"]["entries"],
            3
        );
    }
    desk.ask("GET", "/reports/time?group_by=colour", &Value::Null)
        .await
        .refuses(&["?group_by"]);
    let all = desk
        .get("/integrations/analytics?from=2026-11-01&to=2026-12-01")
        .await;
    assert_eq!(all["time_total"]["minutes"], 270);
    assert_eq!(all["conversion"]["rate"], Value::Null);
    let path = "/integrations/analytics?from=2026-11-02&to=2026-11-01";
    desk.ask("GET", path, &Value::Null).await.refuses(&["?to"]);
    let budget = desk
        .get(&format!("/projects/{}/budget", id(&project)))
        .await;
    assert_eq!(
        (&budget["used_minutes"], &budget["used_minor"]),
        (&json!(180), &json!({"USD": 31_500}))
    );
    let file = desk.ask("GET", "/reports/export.csv", &Value::Null).await;
    assert_eq!(file.status, 200);
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 4, "{}", file.text);
    assert!(
        lines[1].contains("\"'=Globex\",Site,\"'@SUM(1)\""),
        "{}",
        lines[1]
    );
    assert!(lines[1].ends_with(",USD,13500"), "{}", lines[1]);
    // Others' time is not theirs to see.
    let bobs = desk
        .ask_as(&bob, "GET", "/reports/export.csv", &Value::Null)
        .await;
    assert_eq!(bobs.text.lines().count(), 1);
    let gone = desk
        .ask("DELETE", &format!("/clients/{}", id(&client)), &Value::Null)
        .await;
    gone.is_problem(409, "in_use");
    for wrong in [
        json!({"budget_minutes": 0}),
        json!({"budget_minutes": -5}),
        json!({"budget_minutes": 1_000_000_000_i64}),
    ] {
        desk.ask("PATCH", &format!("/projects/{}", id(&project)), &wrong)
            .await
            .refuses(&["/budget_minutes"]);
    }
    let cleared = desk
        .ask(
            "PATCH",
            &format!("/projects/{}", id(&project)),
            &json!({"budget_minutes": null}),
        )
        .await;
    assert_eq!(
        (
            &cleared.body["budget_minutes"],
            &cleared.body["budget_minor"]
        ),
        (&Value::Null, &json!(100_000))
    );
}

#[tokio::test]
async fn a_long_report_is_read_and_sent_in_pieces() {
    let (desk, _) = Desk::ada().await;
    for _ in 0..3 {
        desk.hour(2, 8).await;
    }
    let text = "INSERT INTO time_entry (id, workspace_id, member_id, source, status, description, started_at, ended_at, duration_minutes, billable, tags, created_at, updated_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        SELECT randomblob(16), t.workspace_id, t.member_id, t.source, t.status, 'w', t.started_at + n.i % 700 * 60000000, NULL, 1, TRUE, '[]', t.created_at, t.updated_at
        FROM n, (SELECT * FROM time_entry LIMIT 1) t";
    desk.server.db.store.execute_raw(text.into()).await.unwrap();
    let report = desk.get("/reports/time?group_by=member").await;
    assert_eq!(report["total"]["entries"], 5003);
    assert_eq!(report["total"]["minutes"], 5180);
    let file = desk.ask("GET", "/reports/export.csv", &Value::Null).await;
    let mut ids: Vec<&str> = file
        .text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5003);
}

#[tokio::test]
async fn rules_keep_their_order() {
    let (desk, ada) = Desk::ada().await;
    let project = desk.post("/projects", json!({"name": "Site"})).await;
    let rule = |name: &str| json!({"name": name, "conditions": {"titles": [name]}, "project_id": project["id"], "tags": ["t"]});
    let first = desk.post("/time-rules", rule("a")).await;
    let second = desk.post("/time-rules", rule("b")).await;
    let mut third = rule("c");
    third["position"] = json!(1);
    desk.post("/time-rules", third).await;
    let names = async || -> Vec<String> {
        let list = desk.get("/time-rules").await;
        let items = list["items"].as_array().unwrap();
        for (index, rule) in items.iter().enumerate() {
            assert_eq!(rule["position"], index + 1);
        }
        items
            .iter()
            .map(|rule| rule["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names().await, ["c", "a", "b"]);
    let path = format!("/time-rules/{}", id(&second));
    let moved = desk
        .ask(
            "PATCH",
            &path,
            &json!({"position": 2, "enabled": false, "project_id": null, "billable": false}),
        )
        .await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    assert_eq!(
        (
            &moved.body["project_id"],
            &moved.body["billable"],
            &moved.body["tags"]
        ),
        (&Value::Null, &json!(false), &json!(["t"]))
    );
    assert_eq!(names().await, ["c", "b", "a"]);
    let page = desk.get("/time-rules?limit=2").await;
    assert!(page["next_cursor"].is_string());
    let gone = desk
        .ask(
            "DELETE",
            &format!("/time-rules/{}", id(&first)),
            &Value::Null,
        )
        .await;
    assert_eq!(gone.status, 204);
    let preview = desk.post("/time-rules/preview", rule("x")).await;
    assert_eq!(
        (&preview["examined"], &preview["matched"]),
        (&json!(0), &json!(0))
    );
    let (bob, _) = desk
        .server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    desk.ask_as(&bob, "POST", "/time-rules", &rule("x"))
        .await
        .is_problem(403, "forbidden");
    for (body, pointer) in [
        (
            json!({"name": "x", "conditions": {}, "exclude": true}),
            "/conditions",
        ),
        (
            json!({"name": "", "conditions": {"titles": ["x"]}, "exclude": true}),
            "/name",
        ),
        (
            json!({"name": "x", "conditions": {"titles": ["x"]}}),
            "/exclude",
        ),
        (
            json!({"name": "x", "conditions": {"titles": ["x"]}, "exclude": true, "billable": true}),
            "/exclude",
        ),
        (
            json!({"name": "x", "conditions": {"titles": ["*"]}, "exclude": true}),
            "/conditions/titles",
        ),
        (
            json!({"name": "x", "conditions": {"min_minutes": 9, "max_minutes": 8}, "exclude": true}),
            "/conditions/max_minutes",
        ),
    ] {
        for path in ["/time-rules", "/time-rules/preview"] {
            desk.ask("POST", path, &body).await.refuses(&[pointer]);
        }
    }
    let nowhere =
        json!({"name": "x", "conditions": {"titles": ["x"]}, "client_id": uuid::Uuid::nil()});
    desk.refused("/time-rules", nowhere, 422, "unknown_reference")
        .await;
    desk.ask("GET", "/drafts?from=2026-11-02&to=2026-11-01", &Value::Null)
        .await
        .refuses(&["?to"]);
    assert_eq!(desk.get("/drafts").await["items"], json!([]));
    assert_eq!(desk.get("/drafts?dismissed=true").await["items"], json!([]));
    desk.ask("GET", "/drafts?dismissed=perhaps", &Value::Null)
        .await
        .refuses(&["?dismissed"]);
    assert_eq!(desk.get("/drafts/changes").await["items"], json!([]));
}

#[tokio::test]
async fn invoiced_time_stays() {
    let (desk, _) = Desk::ada().await;
    let entry = desk.hour(2, 8).await;
    desk.server
        .db
        .store
        .execute_raw("UPDATE time_entry SET status = 'invoiced'".into())
        .await
        .unwrap();
    let path = format!("/time-entries/{}", id(&entry));
    for step in ["submit", "approve", "reject"] {
        desk.refused(&format!("{path}/{step}"), Value::Null, 409, "wrong_status")
            .await;
    }
    desk.ask("PATCH", &path, &json!({"billable": false}))
        .await
        .is_problem(409, "wrong_status");
    desk.ask("DELETE", &path, &Value::Null)
        .await
        .is_problem(409, "wrong_status");
    desk.refused(
        &format!("{path}/split"),
        json!({"at": "2026-11-02T08:30:00Z"}),
        409,
        "wrong_status",
    )
    .await;
    // A copy is new work.
    assert_eq!(
        desk.post(&format!("{path}/duplicate"), json!({})).await["status"],
        "draft"
    );
}

#[tokio::test]
async fn weeks_are_listed_and_decided_as_a_whole() {
    let (desk, ada) = Desk::ada().await;
    let (bob, bobs_id) = desk
        .server
        .invite(&ada.cookie, "bob@example.com", "member")
        .await;
    let boss = Desk {
        server: desk.server,
        cookie: ada.cookie.clone(),
    };
    let started = |day: u32| format!("2026-11-{day:02}T08:00:00Z");
    let entry = |day: u32, billable: bool| json!({"description": "Work", "started_at": started(day), "duration": "1h", "billable": billable});
    for (day, billable) in [(2, true), (8, false), (9, true)] {
        let made = boss
            .ask_as(&bob, "POST", "/time-entries", &entry(day, billable))
            .await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    boss.hour(3, 8).await;
    let all = "/approvals?from=2026-11-02&to=2026-11-15";
    let weeks = boss.get(all).await;
    let rows: Vec<(&str, &str)> = weeks["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["week"].as_str().unwrap(),
                row["state"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("2026-11-09", "open"),
            ("2026-11-02", "open"),
            ("2026-11-02", "open")
        ]
    );
    // A page at a time is the same list.
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = boss.get(&format!("{all}&limit=1{cursor}")).await;
        paged.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(weeks["items"], json!(paged));
    // A plain member sees their own.
    let own = boss.ask_as(&bob, "GET", all, &Value::Null).await;
    assert_eq!(
        own.body["items"].as_array().unwrap().len(),
        2,
        "{}",
        own.text
    );
    assert_eq!(own.body["items"][0]["may_approve"], false);
    let adas = ada.session["member"]["id"].as_str().unwrap();
    boss.ask_as(
        &bob,
        "GET",
        &format!("/approvals/{adas}/2026-11-02"),
        &Value::Null,
    )
    .await
    .is_problem(404, "not_found");

    let week = format!("/approvals/{bobs_id}/2026-11-05");
    boss.refused(
        &format!("{week}/approve"),
        Value::Null,
        409,
        "nothing_waits",
    )
    .await;
    let submit = json!({"action": "submit", "week": {"day": "2026-11-05"}});
    boss.ask_as(&bob, "POST", "/time-entries/bulk", &submit)
        .await;
    let shown = boss.get(&week).await;
    let approval = &shown["approval"];
    assert_eq!(
        (
            &approval["state"],
            &approval["week"],
            &approval["member_name"]
        ),
        (&json!("pending"), &json!("2026-11-02"), &json!("Bob"))
    );
    assert_eq!(
        (
            &approval["minutes"],
            &approval["billable_minutes"],
            &approval["pending_minutes"]
        ),
        (&json!(120), &json!(60), &json!(120))
    );
    assert_eq!(shown["items"].as_array().unwrap().len(), 2);

    let reject = format!("{week}/reject");
    boss.ask("POST", &reject, &json!({"reason": " "}))
        .await
        .refuses(&["/reason"]);
    boss.ask_as(&bob, "POST", &reject, &json!({"reason": "x"}))
        .await
        .is_problem(403, "forbidden");
    let back = boss.post(&reject, json!({"reason": "Which page?"})).await;
    assert_eq!(back["approval"]["state"], "rejected");
    for item in back["items"].as_array().unwrap() {
        assert_eq!(item["time_entry"]["rejected_reason"], "Which page?");
    }
    boss.ask_as(&bob, "POST", "/time-entries/bulk", &submit)
        .await;
    let done = boss.post(&format!("{week}/approve"), Value::Null).await;
    assert_eq!(done["approval"]["state"], "approved");
    assert_eq!(done["approval"]["approved_minutes"], 120);
    let approved = boss
        .get(&format!("{all}&state=approved&member_id={bobs_id}"))
        .await;
    assert_eq!(approved["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn weeks_that_make_no_sense_are_refused() {
    let (desk, ada) = Desk::ada().await;
    let own = ada.session["member"]["id"].as_str().unwrap();
    for (query, pointer) in [
        ("from=yesterday", "?from"),
        ("to=2026-13-01", "?to"),
        ("state=late", "?state"),
        ("from=2026-11-09&to=2026-11-08", "?to"),
        ("from=2000-01-01", "?from"),
    ] {
        let path = format!("/approvals?{query}");
        desk.ask("GET", &path, &Value::Null)
            .await
            .refuses(&[pointer]);
    }
    desk.ask("GET", &format!("/approvals/{own}/soon"), &Value::Null)
        .await
        .is_problem(400, "malformed_date");
    let nobody = uuid::Uuid::nil();
    desk.refused(
        &format!("/approvals/{nobody}/2026-11-02/approve"),
        Value::Null,
        404,
        "not_found",
    )
    .await;
    // Nobody approves their own time where the workspace does not allow it.
    let entry = desk.hour(2, 8).await;
    desk.post(&format!("/time-entries/{}/submit", id(&entry)), Value::Null)
        .await;
    desk.ask("PATCH", "/workspace", &json!({"self_approval": false}))
        .await;
    desk.refused(
        &format!("/approvals/{own}/2026-11-02/approve"),
        Value::Null,
        403,
        "self_approval",
    )
    .await;
    assert_eq!(
        desk.get(&format!("/approvals/{own}/2026-11-02")).await["approval"]["may_approve"],
        false
    );
}

#[tokio::test]
async fn typed_time_goes_where_the_day_has_room() {
    let (desk, ada) = Desk::ada().await;
    // A session would be over by then.
    let key = desk.server.api_key(&ada.cookie, &["read", "write"]).await;
    // Half past one at night.
    let clock = &desk.server.db.clock;
    let today = clock
        .now()
        .to_zoned(TimeZone::UTC)
        .date()
        .saturating_add(1.day());
    let night = today.at(1, 30, 40, 0).to_zoned(TimeZone::UTC).unwrap();
    clock.advance(night.timestamp().duration_since(clock.now()));
    let yesterday = today.saturating_sub(1.day());
    let at = |hour: i8, minute: i8| format!("{today}T{hour:02}:{minute:02}:00Z");
    let before = |hour: i8| format!("{yesterday}T{hour:02}:00:00Z");
    let typed = async |text: &str| {
        let ask = Ask::post("/api/v1/time-entries/quick").json(&json!({"text": text}));
        let entry = desk.server.send(ask.key(&key)).await;
        assert_eq!(entry.status, 201, "{}", entry.text);
        let entry = entry.body;
        let of = |field: &str| entry[field].as_str().unwrap().to_owned();
        (of("started_at"), of("ended_at"))
    };
    assert_eq!(typed("1h: Mail").await, (at(0, 30), at(1, 30)), "up to now");
    assert_eq!(
        typed("3h: Mail").await,
        (at(0, 0), at(3, 0)),
        "never before the day"
    );
    assert_eq!(
        typed("13h yesterday: Fair").await,
        (before(9), before(22)),
        "from nine"
    );
    assert_eq!(
        typed("1h yesterday: Way home").await,
        (before(22), before(23)),
        "after that day's last"
    );
    assert_eq!(
        typed("2h yesterday: Notes").await,
        (before(22), at(0, 0)),
        "still on that day"
    );
}

#[tokio::test]
async fn a_word_names_one_project_or_none() {
    let (desk, _) = Desk::ada().await;
    for name in ["Acme Web", "Acme Shop", "Acme"] {
        desk.post("/projects", json!({"name": name})).await;
    }
    let typed = async |word: &str| {
        let text = format!("1h #{word}: x");
        desk.ask("POST", "/time-entries/quick", &json!({"text": text}))
            .await
    };
    for (word, name) in [
        ("acme", "Acme"),
        ("acme-w", "Acme Web"),
        ("acmeshop", "Acme Shop"),
    ] {
        assert_eq!(typed(word).await.body["project_name"], name, "{word}");
    }
    desk.post("/projects", json!({"name": "Acme Site"})).await;
    let several = typed("acme-s").await;
    several.is_problem(422, "unknown_reference");
    assert!(
        several.text.contains("Acme Shop, Acme Site"),
        "{}",
        several.text
    );
    let none = typed("globex").await;
    none.is_problem(422, "unknown_reference");
    assert!(none.text.contains("Acme Web"), "{}", none.text);
}

#[tokio::test]
async fn nothing_is_booked_on_what_is_archived() {
    let (desk, _) = Desk::ada().await;
    let client = desk.post("/clients", json!({"name": "Globex"})).await;
    let body = json!({"name": "Site", "client_id": client["id"]});
    let project = desk.post("/projects", body).await;
    let other = desk.post("/projects", json!({"name": "Other"})).await;
    let rule =
        json!({"name": "Site", "conditions": {"titles": ["site"]}, "project_id": project["id"]});
    let rule = desk.post("/time-rules", rule).await;
    assert!(rule["archived_target"].is_null());
    let work = |project: &Value| json!({"description": "x", "started_at": "2026-11-02T08:00:00Z", "duration": "1h", "project_id": project["id"]});
    let entry = desk.post("/time-entries", work(&project)).await;

    let archive = async |path: String, archived: bool| {
        let answer = desk
            .ask("PATCH", &path, &json!({"archived": archived}))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    };
    let (of_client, of_project) = (
        format!("/clients/{}", id(&client)),
        format!("/projects/{}", id(&project)),
    );
    for (path, name) in [(of_client, "Globex"), (of_project, "Site")] {
        archive(path.clone(), true).await;
        let named = desk.ask("POST", "/time-entries", &work(&project)).await;
        named.is_problem(422, "archived");
        assert!(named.text.contains(name), "{}", named.text);
        let timer = json!({"project_id": project["id"]});
        desk.refused("/time-entries/timer", timer, 422, "archived")
            .await;
        let copy = format!("/time-entries/{}/duplicate", id(&entry));
        desk.refused(&copy, json!({}), 422, "archived").await;
        let elsewhere = desk.post("/time-entries", work(&other)).await;
        let path_of = format!("/time-entries/{}", id(&elsewhere));
        let to = json!({"project_id": project["id"]});
        desk.ask("PATCH", &path_of, &to)
            .await
            .is_problem(422, "archived");
        // What is on it already can still be put right.
        let path_of = format!("/time-entries/{}", id(&entry));
        let words = json!({"description": "y", "project_id": project["id"]});
        let mended = desk.ask("PATCH", &path_of, &words).await;
        assert_eq!(mended.status, 200, "{}", mended.text);

        // Rules say so, and no new one is made.
        let body = json!({"name": "More", "conditions": {"titles": ["more"]}, "project_id": project["id"]});
        desk.refused("/time-rules", body.clone(), 422, "archived")
            .await;
        let preview = desk.post("/time-rules/preview", body).await;
        assert_eq!(preview["archived_target"], name);
        let rules = desk.get("/time-rules").await;
        assert_eq!(rules["items"][0]["archived_target"], name);
        let path_of = format!("/time-rules/{}", id(&rule));
        let renamed = desk
            .ask("PATCH", &path_of, &json!({"name": "Old site"}))
            .await;
        assert_eq!(renamed.body["archived_target"], name, "{}", renamed.text);
        archive(path, false).await;
    }
    desk.post("/time-entries", work(&project)).await;
}

#[tokio::test]
async fn what_waits_is_found_however_old_it_is() {
    let (desk, _) = Desk::ada().await;
    let today = desk.server.db.clock.now().to_zoned(TimeZone::UTC).date();
    let made = async |days: i64| {
        let day = today.checked_add(days.days()).unwrap();
        let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        let at = noon.timestamp().to_string();
        let body = json!({"description": "Work", "started_at": at, "duration": "1h"});
        desk.post("/time-entries", body).await
    };
    let (old, next) = (made(-80).await, made(10).await);
    made(-70).await;
    let days = async |path: &str| {
        let found = desk.get(path).await;
        let rows = found["items"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["week"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let monday = |entry: &Value| {
        let at: jiff::Timestamp = entry["started_at"].as_str().unwrap().parse().unwrap();
        let day = at.to_zoned(TimeZone::UTC).date();
        let back = i64::from(day.weekday().to_monday_zero_offset());
        (day - back.days()).to_string()
    };
    assert!(days("/approvals?state=pending").await.is_empty());
    assert_eq!(days("/approvals?state=open").await.len(), 3);
    for entry in [&old, &next] {
        desk.post(&format!("/time-entries/{}/submit", id(entry)), Value::Null)
            .await;
    }
    let both = [monday(&next), monday(&old)];
    assert_eq!(days("/approvals?state=pending").await, both);
    // A page at a time, and bounded on one side.
    let first = desk.get("/approvals?state=pending&limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = format!("/approvals?state=pending&limit=1&cursor={cursor}");
    assert_eq!(days(&second).await, both[1..]);
    assert_eq!(
        days(&format!("/approvals?state=pending&from={today}")).await,
        both[..1]
    );
    assert_eq!(
        days(&format!("/approvals?state=pending&to={today}")).await,
        both[1..]
    );
    desk.post(
        &format!("/time-entries/{}/reject", id(&old)),
        json!({"reason": "Whose?"}),
    )
    .await;
    assert_eq!(days("/approvals?state=pending").await, both[..1]);
    assert_eq!(days("/approvals?state=rejected").await, both[1..]);
    // What nobody needs to do anything about is looked for in the last weeks only.
    assert!(days("/approvals").await.is_empty());
}
