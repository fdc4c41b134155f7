//! Providers that prolong channels in place, send many notices at once, and tell of the channel itself.

use std::sync::Arc;

use bytes::Bytes;
use daybook_domain::CalendarId;
use daybook_engine::Context;
use daybook_engine::jobs::{self, run_due};
use daybook_engine::provider::calendar::push::Inbound;
use daybook_engine::push::{self, Error, Received};
use daybook_engine::store::calendars::{self, NewCalendars};
use daybook_engine::store::connections::{self, Authorised};
use daybook_testkit::{Bell, Builder, World, bell};
use http::HeaderMap;
use serde_json::{Value, json};

/// Ada's calendars at the provider, watched.
pub(crate) struct Tower {
    pub(crate) world: World,
    pub(crate) cx: Context,
    pub(crate) bell: Bell,
    pub(crate) calendars: Vec<CalendarId>,
}

async fn tower(count: usize) -> Tower {
    tower_in(World::builder(), count).await
}

pub(crate) async fn tower_in(builder: Builder, count: usize) -> Tower {
    let world = builder.push().build().await.unwrap();
    let bell = Bell::default();
    let cx = Context {
        registry: Arc::new(bell.registry()),
        ..world.cx.clone()
    };
    let who = world.owner("ada").await;
    let account = Authorised {
        member_id: who.member_id,
        provider: "bell".to_owned(),
        subject: "ada".to_owned(),
        account_email: None,
        display_name: None,
        api_url: Some("http://bell.test".to_owned()),
        username: Some("ada".to_owned()),
        scopes: Vec::new(),
        missing_scopes: Vec::new(),
        access_token: None,
        refresh_token: None,
        password: Some("quiet river".into()),
        token_expires_at: None,
        refresh_token_expires_at: None,
    };
    let mut tx = cx.store.write().await.unwrap();
    let (connection, _) = connections::upsert_authorised(&mut tx, who.workspace_id, &account)
        .await
        .unwrap();
    let listed: Vec<_> = (0..count)
        .map(|n| bell::calendar(&format!("tower-{n}")))
        .collect();
    let all = calendars::upsert_listed(
        &mut tx,
        who.workspace_id,
        connection.id,
        &listed,
        NewCalendars::AllOn,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let tower = Tower {
        world,
        cx,
        bell,
        calendars: all.iter().map(|calendar| calendar.id).collect(),
    };
    tower.hours(1).await;
    let _ = tower.bell.asked();
    tower
}

impl Tower {
    async fn hours(&self, hours: i64) {
        jobs::ensure_schedule(&self.cx).await.unwrap();
        for _ in 0..hours * 6 {
            self.world.clock.pass(600);
            jobs::tick(&self.cx).await.unwrap();
            run_due(&self.cx).await.unwrap();
        }
    }

    async fn hook(&self, query: Option<&str>, body: &Value) -> Result<Received, Error> {
        let inbound = Inbound {
            headers: &HeaderMap::new(),
            query,
            body: &Bytes::from(body.to_string()),
        };
        push::receive(&self.cx, "bell", &inbound).await
    }

    /// One notice of the newest channel, and what the worker then asks.
    async fn says(&self, what: &str) -> Vec<String> {
        let (id, token) = self.bell.newest().unwrap();
        let _ = self.bell.asked();
        self.hook(None, &json!([{"id": id, "token": token, "says": what}]))
            .await
            .unwrap();
        self.world.clock.pass(15);
        run_due(&self.cx).await.unwrap();
        self.bell.asked()
    }
}

#[tokio::test]
async fn a_channel_is_prolonged_at_half_its_life() {
    let tower = tower(1).await;
    // It lives for 4,000 minutes.
    tower.hours(20).await;
    let asked = tower.bell.asked();
    assert!(asked.iter().all(|one| one == "read"), "{asked:?}");
    tower.hours(18).await;
    let asked = tower.bell.asked();
    let renewed = asked.iter().filter(|one| *one == "renew bell-1").count();
    assert_eq!(renewed, 1, "{asked:?}");
    tower.hours(24 * 10).await;
    let asked = tower.bell.asked();
    assert!(
        asked
            .iter()
            .all(|one| one == "read" || one == "renew bell-1")
    );
}

#[tokio::test]
async fn a_channel_that_the_provider_lost_is_made_again_and_the_gap_is_read() {
    let tower = tower(1).await;
    tower.bell.forget();
    tower.hours(37).await;
    let asked = tower.bell.asked();
    let at = |what: &str| asked.iter().position(|one| one == what);
    assert!(
        at("renew bell-1").is_some() && at("renew bell-1") < at("watch bell-2"),
        "{asked:?}"
    );
    assert!(asked[at("watch bell-2").unwrap()..].contains(&"read".to_owned()));
}

#[tokio::test]
async fn notices_about_the_channel_itself_are_followed() {
    let tower = tower(1).await;
    assert_eq!(tower.says("hello").await, Vec::<String>::new());
    assert_eq!(tower.says("changed").await, ["read"]);
    assert_eq!(tower.says("missed").await, ["read"]);
    tower.hours(1).await;
    assert_eq!(tower.says("renew").await, ["renew bell-1"]);
    assert_eq!(
        tower.says("renew").await,
        Vec::<String>::new(),
        "once is enough"
    );
    let mut asked = tower.says("removed").await;
    asked.dedup();
    assert!(asked.contains(&"watch bell-2".to_owned()) && asked.contains(&"read".to_owned()));
    let (id, token) = tower.bell.newest().unwrap();
    assert_eq!(id, "bell-2");
    // What the old channel still says is nobody's.
    let _ = tower.bell.asked();
    let stale = json!([{"id": "bell-1", "token": token, "says": "changed"}]);
    tower.hook(None, &stale).await.unwrap();
    tower.world.clock.pass(15);
    run_due(&tower.cx).await.unwrap();
    assert_eq!(tower.bell.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_thousand_notices_in_one_request_are_taken_and_one_more_is_not() {
    let tower = tower(3).await;
    assert_eq!(tower.calendars.len(), 3);
    let (id, token) = tower.bell.newest().unwrap();
    let forged = json!({"id": id, "token": "guess"});
    let mut batch = vec![forged; 999];
    batch.push(json!({"id": id, "token": token}));
    tower.hook(None, &json!(batch)).await.unwrap();
    tower.world.clock.pass(15);
    run_due(&tower.cx).await.unwrap();
    assert_eq!(tower.bell.asked(), ["read"], "one of them was true");
    let all_true = vec![json!({"id": id, "token": token}); 1_000];
    tower.hook(None, &json!(all_true)).await.unwrap();
    tower.world.clock.pass(15);
    run_due(&tower.cx).await.unwrap();
    assert_eq!(tower.bell.asked(), ["read"]);
    let too_many = vec![json!({"id": id, "token": token}); 1_001];
    let refused = tower.hook(None, &json!(too_many)).await;
    assert!(matches!(refused, Err(Error::TooMany)));
    tower.world.clock.pass(15);
    run_due(&tower.cx).await.unwrap();
    assert_eq!(tower.bell.asked(), Vec::<String>::new());
    assert!(matches!(
        tower.hook(None, &json!({"value": 1})).await,
        Err(Error::Malformed)
    ));
}

#[tokio::test]
async fn the_handshake_is_answered_to_the_letter_and_only_so_long() {
    let tower = tower(1).await;
    let ask = async |text: &str| {
        let query: String = url_query(text);
        tower.hook(Some(&query), &json!(null)).await
    };
    for text in [
        "Validation: Testing client",
        "<script>alert(1)</script>",
        "ä + & %",
    ] {
        assert_eq!(
            ask(text).await.unwrap(),
            Received::Handshake(text.to_owned())
        );
    }
    assert!(ask(&"ä".repeat(512)).await.is_ok());
    assert!(matches!(ask(&"ä".repeat(513)).await, Err(Error::Malformed)));
    assert!(matches!(ask("").await, Err(Error::Malformed)));
}

fn url_query(text: &str) -> String {
    let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
    format!("validationToken={}", bytes.collect::<String>())
}
