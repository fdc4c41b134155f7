//! First-sync writes: batched event upserts through the store against a bare multi-row insert of the same rows.
//!
//! The two run in turns (A B A B …) on the same database, five rounds, and the medians' ratio is printed; a ratio near 1 means
//! that the store adds little to what the driver and the database cost.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use std::time::{Duration, Instant};

use daybook_domain::account::{EmailAddress, Role as MemberRole};
use daybook_domain::calendar::{AccessRole, RemoteCalendar};
use daybook_domain::event::{
    Attendee, Details, EventTime, Person, ProviderEvent, ResponseStatus, Role, Status,
};
use daybook_domain::{CalendarId, EventId, WorkspaceId};
use daybook_store::calendars::NewCalendars;
use daybook_store::events::NewEvent;
use daybook_store::test_support::TestDb;
use daybook_store::{calendars, connections, events, members, users, workspaces};
use jiff::{SignedDuration, Timestamp};

const EVENTS: usize = 10_000;
const PAGE: usize = 2_500;
const ROUNDS: usize = 5;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        run(TestDb::sqlite().await).await;
        if let Some(db) = TestDb::postgres().await {
            run(db).await;
        }
    });
}

async fn run(db: TestDb) {
    let rows = sample();
    let (mut first, mut again, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    raw(&db, "CREATE TABLE bare (id TEXT NOT NULL PRIMARY KEY, calendar TEXT NOT NULL, provider_id TEXT NOT NULL, etag TEXT, uid TEXT, start_us BIGINT NOT NULL, end_us BIGINT NOT NULL, title TEXT NOT NULL, details TEXT NOT NULL, UNIQUE (calendar, provider_id))".into()).await;
    for round in 0..ROUNDS {
        let (ws, calendar) = calendar(&db, round).await;
        first.push(store(&db, ws, calendar, &rows).await);
        bare.push(insert_bare(&db, calendar, &rows).await);
        again.push(store(&db, ws, calendar, &rows).await);
    }
    let rate = |times: &mut Vec<Duration>| {
        times.sort();
        EVENTS as f64 / times[ROUNDS / 2].as_secs_f64()
    };
    let (first, again, bare) = (rate(&mut first), rate(&mut again), rate(&mut bare));
    let kind = db.store.kind();
    println!(
        "{kind:?}: first sync {first:.0} rows/s, told again {again:.0} rows/s, bare insert of 9 columns {bare:.0} rows/s, ratio {:.2}",
        first / bare
    );
}

/// As a sync does it: a transaction for each page.
async fn store(
    db: &TestDb,
    ws: WorkspaceId,
    calendar: CalendarId,
    rows: &[ProviderEvent],
) -> Duration {
    let began = Instant::now();
    for page in rows.chunks(PAGE) {
        let page: Vec<NewEvent<'_>> = page.iter().map(new_event).collect();
        let mut tx = db.store.write().await.unwrap();
        events::upsert_batch(&mut tx, ws, calendar, 1, &page)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let took = began.elapsed();
    let mut tx = db.store.read().await.unwrap();
    assert_eq!(
        events::count(&mut tx, ws, calendar).await.unwrap(),
        EVENTS as i64
    );
    took
}

fn new_event(event: &ProviderEvent) -> NewEvent<'_> {
    let at = |time: &EventTime| match time {
        EventTime::Timed { at, .. } => *at,
        EventTime::AllDay(_) => Timestamp::UNIX_EPOCH,
    };
    NewEvent {
        event,
        start: at(&event.start),
        end: at(&event.end),
        original_key: None,
        content_hash: &[7; 32],
    }
}

/// The least that could be stored, with the same number of rows to a transaction: literal SQL, no binds to be slow at.
async fn insert_bare(db: &TestDb, calendar: CalendarId, rows: &[ProviderEvent]) -> Duration {
    let began = Instant::now();
    for page in rows.chunks(PAGE) {
        let values: Vec<String> = page
            .iter()
            .map(|event| {
                let new = new_event(event);
                format!(
                    "('{}', '{calendar}', '{}', '{}', '{}', {}, {}, '{}', '{}')",
                    EventId::of(calendar, &event.provider_id),
                    event.provider_id,
                    event.etag.as_deref().unwrap_or_default(),
                    event.ical_uid.as_deref().unwrap_or_default(),
                    new.start.as_microsecond(),
                    new.end.as_microsecond(),
                    event.details.title,
                    serde_json::to_string(&event.details).unwrap(),
                )
            })
            .collect();
        let text = format!(
            "BEGIN; INSERT INTO bare VALUES {} ON CONFLICT (calendar, provider_id) DO UPDATE SET title = excluded.title, details = excluded.details; COMMIT",
            values.join(",")
        );
        raw(db, text).await;
    }
    began.elapsed()
}

async fn raw(db: &TestDb, text: String) {
    db.store.execute_raw(text).await.unwrap();
}

async fn calendar(db: &TestDb, round: usize) -> (WorkspaceId, CalendarId) {
    let mut tx = db.store.write().await.unwrap();
    let new = workspaces::NewWorkspace {
        name: "Bench",
        slug: &format!("bench-{round}"),
        time_zone: "UTC",
        currency: "EUR",
    };
    let ws = workspaces::create(&mut tx, &new).await.unwrap().id;
    let email: EmailAddress = format!("bench-{round}@example.com").parse().unwrap();
    let new = users::NewUser {
        email: &email,
        name: "Bench",
        password_hash: None,
        time_zone: "UTC",
        locale: "en",
    };
    let user = users::create(&mut tx, &new).await.unwrap().id;
    let member = members::create(&mut tx, ws, user, MemberRole::Owner)
        .await
        .unwrap();
    let account = connections::Authorised {
        member_id: member.id,
        provider: "google".into(),
        subject: "1".into(),
        account_email: None,
        display_name: None,
        api_url: None,
        username: None,
        scopes: vec![],
        missing_scopes: vec![],
        access_token: None,
        refresh_token: None,
        password: None,
        token_expires_at: None,
        refresh_token_expires_at: None,
    };
    let (connection, _) = connections::upsert_authorised(&mut tx, ws, &account)
        .await
        .unwrap();
    let listed = main_calendar();
    let calendars = calendars::upsert_listed(
        &mut tx,
        ws,
        connection.id,
        &[listed],
        NewCalendars::PrimaryOn,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    (ws, calendars[0].id)
}

fn main_calendar() -> RemoteCalendar {
    RemoteCalendar {
        external_id: "primary".into(),
        name: "Main".into(),
        time_zone: None,
        access_role: AccessRole::Owner,
        background_color: None,
        primary: true,
        busy_source: true,
    }
}

fn sample() -> Vec<ProviderEvent> {
    let start: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
    let person = |n: usize| Person {
        email: Some(format!("person{n}@example.com")),
        name: Some(format!("Person {n}")),
    };
    (0..EVENTS)
        .map(|n| {
            let at = start + SignedDuration::from_mins(15 * n as i64);
            let timed = |at| EventTime::Timed {
                at,
                zone: Some("Europe/Berlin".into()),
            };
            ProviderEvent {
                provider_id: format!("5k2h7bq{n:019}"),
                resource: None,
                etag: Some(format!("\"33{n:014}\"")),
                ical_uid: Some(format!("5k2h7bq{n:019}@google.com")),
                role: Role::Single,
                status: Status::Confirmed,
                start: timed(at),
                end: timed(at + SignedDuration::from_mins(30)),
                opaque: true,
                informational: false,
                response_status: ResponseStatus::Accepted,
                details: Details {
                    title: format!("Planning round {n}"),
                    description: Some("Agenda and notes are in the usual place. ".repeat(3)),
                    location: Some("Room 4".into()),
                    organizer: Some(person(n)),
                    attendees: (0..3)
                        .map(|k| Attendee {
                            person: person(n + k),
                            response_status: ResponseStatus::Accepted,
                        })
                        .collect(),
                    meeting_url: Some("https://meet.example.com/abc-defg-hij".into()),
                    html_url: Some(format!("https://calendar.example.com/event?eid={n}")),
                    categories: vec![],
                    private: false,
                    elsewhere: false,
                },
                zone_definition: None,
                updated_at: Some(start),
            }
        })
        .collect()
}
