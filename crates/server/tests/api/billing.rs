//! A calendar's filters for billing, over HTTP: what is taken, what is refused, and what they do to lists.

use axum::Router;
use daybook_testkit::{ADA, CALDAV, CALDAV_PASSWORD, CALDAV_USER, World};
use serde_json::{Value, json};

use super::calendars::server;
use crate::support::{Answer, Ask, call};

/// Ada's calendar at home, with a meeting and a lunch in the past days.
async fn home(world: &World, router: &Router, cookie: &str) -> String {
    world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
    let spec = daybook_sandbox::caldav::CalendarSpec::named("Work");
    let work = world.caldav.add_calendar(CALDAV_USER, spec).unwrap();
    for (name, title, guest) in [
        ("a", "Review", "bo@client.example"),
        ("b", "Lunch", "cy@friends.example"),
    ] {
        let file = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{name}@test\r\nDTSTAMP:20260301T000000Z\r\n\
             DTSTART:20260302T0{}0000Z\r\nDTEND:20260302T100000Z\r\nSUMMARY:{title}\r\nATTENDEE:mailto:{guest}\r\nORGANIZER:mailto:{ADA}\r\n\
             END:VEVENT\r\nEND:VCALENDAR\r\n",
            if name == "a" { 7 } else { 8 },
        );
        world
            .caldav
            .put(&format!("{work}{name}.ics"), &file)
            .unwrap();
    }
    let body =
        json!({"url": format!("{CALDAV}/"), "username": CALDAV_USER, "password": CALDAV_PASSWORD});
    let ask = Ask::post("/api/v1/integrations/caldav/connect").json(&body);
    let made = call(router, ask.cookie(cookie)).await;
    world.run_jobs().await;
    made.body["calendars"][0]["id"].as_str().unwrap().to_owned()
}

fn titles(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let items = answer.body["items"].as_array().unwrap();
    items
        .iter()
        .map(|one| one["title"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn filters_are_set_tried_and_seen_in_lists() {
    let world = World::builder().build().await.unwrap();
    let (router, cookie) = server(&world).await;
    let id = home(&world, &router, &cookie).await;
    let path = format!("/api/v1/integrations/calendars/{id}");
    let get = async |path: &str| call(&router, Ask::get(path).cookie(&cookie)).await;
    let patch = async |body: Value| {
        call(
            &router,
            Ask::new("PATCH", &path).json(&body).cookie(&cookie),
        )
        .await
    };
    let none = json!({"titles": [], "categories": [], "providers": [], "attendee_domains": []});
    assert_eq!(
        get(&path).await.body["billing_filters"],
        json!({"include": none, "exclude": none})
    );
    let preview = async |body: Value| {
        let path = format!("{path}/billing-filters/preview");
        call(&router, Ask::post(&path).json(&body).cookie(&cookie)).await
    };
    let filters = json!({"exclude": {"attendee_domains": ["@Friends.example"]}});
    let tried = preview(json!({"billing_filters": filters})).await;
    assert_eq!(
        (
            &tried.body["billable"],
            &tried.body["shown"],
            &tried.body["left_out"][0]["title"]
        ),
        (&json!(2), &json!(1), &json!("Lunch")),
        "{}",
        tried.text
    );
    let hint = &tried.body["left_out"][0]["billable_hint"];
    assert_eq!(
        hint,
        &json!({"offered": false, "reason": "excluded", "matched": "attendee domain: friends.example"})
    );
    assert_eq!(
        titles(&get(&format!("{path}/events?billable=true")).await).len(),
        2,
        "nothing was saved"
    );
    let saved = patch(json!({"billing_filters": filters})).await;
    assert_eq!(
        saved.body["billing_filters"]["exclude"]["attendee_domains"],
        json!(["friends.example"])
    );
    for (query, found) in [
        ("", vec!["Review", "Lunch"]),
        ("?billable=true", vec!["Review"]),
        ("?billable=false", vec!["Lunch"]),
        ("?converted=false", vec!["Review"]),
        ("?converted=false&billable=false", vec!["Lunch"]),
        ("?distinct=true&converted=false", vec!["Review"]),
    ] {
        assert_eq!(
            titles(&get(&format!("{path}/events{query}")).await),
            found,
            "{query}"
        );
    }
    let of = async |provider: &str| {
        let found = get(&format!(
            "/api/v1/integrations/events?billable=true&provider={provider}"
        ))
        .await;
        titles(&found).len()
    };
    assert_eq!((of("caldav").await, of("google").await), (1, 0));

    // In bulk what is left out is refused with the reason; by hand it is taken.
    let all = get(&format!("{path}/events")).await;
    let lunch = &all.body["items"][1]["id"];
    let post = async |what: &str, body: Value| {
        let path = format!("/api/v1/integrations/calendars/events/{what}");
        call(&router, Ask::post(&path).json(&body).cookie(&cookie)).await
    };
    let bulk = post(
        "convert-bulk",
        json!({"items": [{"synced_event_id": lunch}]}),
    )
    .await;
    let problem = &bulk.body["items"][0]["problem"];
    assert_eq!(problem["code"], "not_offered", "{}", bulk.text);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("friends.example")
    );
    assert_eq!(
        post("convert", json!({"synced_event_id": lunch}))
            .await
            .status,
        201
    );
    assert_eq!(
        post(
            "convert",
            json!({"synced_event_id": lunch, "separate": true})
        )
        .await
        .status,
        200
    );
    assert_eq!(
        patch(json!({"billing_filters": null})).await.body["billing_filters"]["exclude"],
        none
    );
}

#[tokio::test]
async fn filters_that_make_no_sense_are_refused_by_name() {
    let world = World::builder().build().await.unwrap();
    let (router, cookie) = server(&world).await;
    let id = home(&world, &router, &cookie).await;
    let path = format!("/api/v1/integrations/calendars/{id}");
    let many: Vec<String> = (0..51).map(|n| format!("t{n}")).collect();
    let refusals = [
        (
            json!({"exclude": {"titles": ["ok", "  "]}}),
            "/billing_filters/exclude/titles/1",
        ),
        (
            json!({"include": {"titles": ["x".repeat(101)]}}),
            "/billing_filters/include/titles/0",
        ),
        (
            json!({"exclude": {"titles": many}}),
            "/billing_filters/exclude/titles",
        ),
        (
            json!({"exclude": {"titles": ["a\u{1}b"]}}),
            "/billing_filters/exclude/titles/0",
        ),
        (
            json!({"exclude": {"titles": ["*"]}}),
            "/billing_filters/exclude/titles/0",
        ),
        (
            json!({"exclude": {"attendee_domains": ["not a domain"]}}),
            "/billing_filters/exclude/attendee_domains/0",
        ),
        (
            json!({"include": {"attendee_domains": ["bo@client.example"]}}),
            "/billing_filters/include/attendee_domains/0",
        ),
        (
            json!({"include": {"providers": ["carrier_pigeon"]}}),
            "/billing_filters/include/providers/0",
        ),
        (
            json!({"include": {"providers": ["<script>"]}}),
            "/billing_filters/include/providers/0",
        ),
    ];
    for (filters, pointer) in refusals {
        let body = json!({"billing_filters": filters});
        let saved = call(
            &router,
            Ask::new("PATCH", &path).json(&body).cookie(&cookie),
        )
        .await;
        saved.refuses(&[pointer]);
        let preview = Ask::post(&format!("{path}/billing-filters/preview")).json(&body);
        call(&router, preview.cookie(&cookie))
            .await
            .refuses(&[pointer]);
    }
    for body in [
        json!({"billing_filters": "all"}),
        json!({"billing_filters": {"exclude": ["lunch"]}}),
        json!({"billing_filters": {"exclude": {"titles": "lunch"}}}),
        json!({"billing_filters": {"exclude": {"regex": ["(a+)+$"]}}}),
        json!({"billing_filters": {"only": {}}}),
        json!({"billing_filters": {}, "days": 0}),
        json!({"billing_filters": {}, "days": 91}),
        json!({"billing_filters": {}, "days": "30"}),
        json!({}),
    ] {
        let ask = Ask::post(&format!("{path}/billing-filters/preview")).json(&body);
        let refused = call(&router, ask.cookie(&cookie)).await;
        assert_eq!(refused.status, 422, "{body}: {}", refused.text);
    }
    for query in ["billable=maybe", "distinct=2", "regex=x"] {
        let path = format!("{path}/events?{query}");
        let refused = call(&router, Ask::get(&path).cookie(&cookie)).await;
        refused.refuses(&[&format!("?{}", query.split('=').next().unwrap())]);
    }
    let after = call(&router, Ask::get(&path).cookie(&cookie)).await;
    assert_eq!(
        after.body["billing_filters"]["exclude"]["titles"],
        json!([])
    );
}
