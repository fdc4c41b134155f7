use daybook_sandbox::google::{Role, Seed};
use serde_json::Value;

use crate::client::{ADA, World, world};

async fn list(w: &World, query: &str) -> Value {
    w.get(&format!("/users/me/calendarList?{query}"))
        .await
        .is(200)
        .json()
}

fn encode(token: &Value) -> String {
    url::form_urlencoded::byte_serialize(token.as_str().unwrap().as_bytes()).collect()
}

#[tokio::test]
async fn lists_in_pages_with_roles_and_holidays() {
    let w = world(Seed::Demo);
    let all = list(&w, "").await;
    let items = all["items"].as_array().unwrap();
    let roles: Vec<&str> = items
        .iter()
        .map(|i| i["accessRole"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["owner", "owner", "reader", "freeBusyReader"]);
    assert!(
        items
            .iter()
            .any(|i| i["id"].as_str().unwrap().contains('#'))
    );
    assert_eq!(items[0]["primary"], true);
    let first = list(&w, "maxResults=3").await;
    assert!(first.get("nextSyncToken").is_none());
    let next = list(
        &w,
        &format!("maxResults=3&pageToken={}", encode(&first["nextPageToken"])),
    )
    .await;
    assert_eq!(next["items"].as_array().unwrap().len(), 1);
    assert!(next["nextSyncToken"].is_string());
    assert_eq!(
        list(&w, "minAccessRole=writer").await["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    w.is_clean();
}

#[tokio::test]
async fn incremental_lists_show_shares_that_came_and_went() {
    let w = world(Seed::Demo);
    let token = encode(&list(&w, "").await["nextSyncToken"]);
    assert_eq!(
        list(&w, &format!("syncToken={token}")).await["items"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    w.sim.share("cy@northwind.example", ADA, Role::Reader);
    w.sim.share_off("bo@northwind.example", ADA);
    let changed = list(&w, &format!("syncToken={token}")).await;
    let items = changed["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[1]["deleted"]), (2, &Value::Bool(true)));
    w.get("/calendars/bo@northwind.example/events")
        .await
        .is(404);
    w.get(&format!(
        "/users/me/calendarList?syncToken={token}&minAccessRole=owner"
    ))
    .await
    .is(400);
    w.sim.invalidate_list_tokens();
    w.get(&format!("/users/me/calendarList?syncToken={token}"))
        .await
        .is(410);
}
