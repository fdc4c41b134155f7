#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::too_many_lines, reason = "stories are told in one go")]
//! What happens to people: accounts connected and lost, calendars mirrored, meetings billed. On every database there is.

mod accounts;
mod availability;
mod billing;
mod drafts;
mod entries;
mod guard;
mod invoice_mail;
mod invoices;
mod links;
mod live;
mod mail;
mod microsoft;
mod microsoft_following;
mod microsoft_moves;
mod microsoft_shared;
mod microsoft_twice;
mod mirror;
mod moves;
mod moves_again;
mod nonsense;
mod oauth;
mod outage;
mod private;
mod push;
mod push_in_place;
mod push_together;
mod slack;
mod slack_again;
mod slack_home;
mod slack_meetings;
mod slack_notices;
mod slack_socket;
mod submissions;
mod unreadable;
mod writes;

use daybook_domain::sync::Statistics;
use daybook_domain::{CalendarId, ConnectionId};
use daybook_engine::Principal;
use daybook_engine::events::{self, Query};
use daybook_engine::store::activity::{Activity, Filter};
use daybook_engine::store::calendars::Calendar;
use daybook_engine::store::connections::Connection;
use daybook_engine::store::instances::InstanceView;
use daybook_testkit::{ADA, World};
use serde_json::{Value, json};

/// Ada in her workspace, her Google account connected and synced for the first time.
async fn ada(world: &World) -> (Principal, Connection, CalendarId) {
    let who = world.owner("ada").await;
    let connected = world.connect_google(&who).await;
    assert!(connected.created);
    world.run_jobs().await;
    let primary = connected.calendars.iter().find(|c| c.is_primary).unwrap();
    (who, connected.connection, primary.id)
}

/// A meeting on a day of March 2026, from this hour (Berlin) for an hour.
fn meeting(title: &str, day: u32, hour: u32) -> Value {
    json!({
        "summary": title,
        "start": {"dateTime": format!("2026-03-{day:02}T{hour:02}:00:00"), "timeZone": "Europe/Berlin"},
        "end": {"dateTime": format!("2026-03-{day:02}T{:02}:00:00", hour + 1), "timeZone": "Europe/Berlin"},
    })
}

fn put(world: &World, event: &Value) -> String {
    world.google.put_event(ADA, event).unwrap()
}

async fn week(world: &World, who: &Principal) -> Vec<InstanceView> {
    let query = Query {
        limit: 1_000,
        ..Query::default()
    };
    events::list(&world.cx, who, query).await.unwrap()
}

fn titles(events: &[InstanceView]) -> Vec<&str> {
    events.iter().map(|e| e.details.title.as_str()).collect()
}

async fn calendar(world: &World, who: &Principal, id: CalendarId) -> Calendar {
    daybook_engine::calendars::list::get(&world.cx, who, id)
        .await
        .unwrap()
}

async fn connection(world: &World, who: &Principal, id: ConnectionId) -> Connection {
    daybook_engine::connections::list::get(&world.cx, who, id)
        .await
        .unwrap()
}

async fn log(world: &World, who: &Principal) -> Vec<Activity> {
    daybook_engine::activity::list::list(&world.cx, who, Filter::default(), None, 1_000)
        .await
        .unwrap()
}

/// New, changed, gone, told again.
fn counts(done: &Statistics) -> (u64, u64, u64, u64) {
    (done.created, done.updated, done.deleted, done.unchanged)
}
