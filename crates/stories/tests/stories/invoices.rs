//! Time finds the client it is billed to, and an invoice gets one number however many ask for it at once.

use daybook_domain::time_entry::{Source, Status, Step};
use daybook_domain::{ClientId, InvoiceId, ProjectId, TimeEntryId};
use daybook_engine::invoices::create::{self, Create};
use daybook_engine::invoices::finalize::{self, Finalize};
use daybook_engine::invoices::{Error, View};
use daybook_engine::store::clients::NewClient;
use daybook_engine::store::projects::{Changes, NewProject};
use daybook_engine::store::time_entries::TimeEntry;
use daybook_engine::timesheets::{entries, history};
use daybook_engine::{Context, Once, Principal, clients, projects};
use daybook_testkit::World;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use tokio::task::JoinSet;

use crate::invoice_mail::{fresh, line, plain};

async fn client(cx: &Context, who: &Principal, name: &str) -> ClientId {
    let new = NewClient {
        name: name.into(),
        ..NewClient::default()
    };
    let made = clients::create(cx, who, new, &Once::never()).await;
    fresh(made.unwrap()).id
}

/// A project at 60.00 an hour.
async fn project(cx: &Context, who: &Principal, client_id: Option<ClientId>) -> ProjectId {
    let new = NewProject {
        client_id,
        name: "Site".into(),
        color: None,
        currency: None,
        hourly_rate_minor: Some(6_000),
        billable: true,
    };
    let made = projects::create(cx, who, new, &Once::never()).await;
    fresh(made.unwrap()).id
}

/// An hour of a day.
async fn hour(
    cx: &Context,
    who: &Principal,
    day: &str,
    (project, client): (ProjectId, Option<ClientId>),
) -> TimeEntryId {
    let started: Timestamp = format!("{day}T09:00:00Z").parse().unwrap();
    let new = entries::Create {
        description: "Design".into(),
        started_at: started,
        ended_at: None,
        duration_minutes: Some(60),
        client_id: client,
        project_id: Some(project),
        billable: None,
        tags: Vec::new(),
        source: Source::Manual,
    };
    let made = entries::create(cx, who, new, &Once::never()).await;
    fresh(made.unwrap()).id
}

async fn approved(cx: &Context, who: &Principal, day: &str, project: ProjectId) -> TimeEntryId {
    let id = hour(cx, who, day, (project, None)).await;
    entries::step(cx, who, id, Step::Approve, None)
        .await
        .unwrap();
    id
}

async fn read(cx: &Context, who: &Principal, id: TimeEntryId) -> TimeEntry {
    entries::get(cx, who, id).await.unwrap()
}

/// A draft of what was worked for a client from one day to another.
async fn draft(cx: &Context, who: &Principal, client: ClientId, days: (&str, &str)) -> InvoiceId {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let ask = Create {
        period_start: Some(day(days.0)),
        period_end: Some(day(days.1)),
        ..plain(client)
    };
    let made = create::create(cx, who, &ask, &Once::never()).await;
    fresh(made.unwrap()).invoice.id
}

async fn finalized(cx: &Context, who: &Principal, id: InvoiceId) -> Result<View, Error> {
    finalize::finalize(cx, who, id, Finalize::default()).await
}

/// The project is for another client, or for none.
async fn give(cx: &Context, who: &Principal, id: ProjectId, client: Option<ClientId>) {
    let changes = Changes {
        client_id: Some(client),
        ..Changes::default()
    };
    let project = projects::update(cx, who, id, changes).await.unwrap();
    assert_eq!(project.client_id, client);
}

#[tokio::test]
async fn time_goes_along_when_its_project_gets_a_client() {
    for world in World::on_all(World::builder()).await {
        let (cx, who) = (&world.cx, &world.owner("ada").await);
        let (acme, bolt) = (client(cx, who, "Acme").await, client(cx, who, "Bolt").await);
        let site = project(cx, who, None).await;
        let before = approved(cx, who, "2026-03-02", site).await;
        let own = hour(cx, who, "2026-03-02", (site, Some(bolt))).await;
        let waits = hour(cx, who, "2026-03-02", (site, None)).await;
        entries::step(cx, who, waits, Step::Submit, None)
            .await
            .unwrap();
        assert_eq!(read(cx, who, before).await.client_id, None);

        give(cx, who, site, Some(acme)).await;
        for (id, client, status) in [
            (before, acme, Status::Approved),
            (waits, acme, Status::Pending),
            (own, bolt, Status::Draft),
        ] {
            let entry = read(cx, who, id).await;
            assert_eq!((entry.client_id, entry.status), (Some(client), status));
        }
        let told = history::of(cx, who, before, None, 50).await.unwrap();
        let edited = told.iter().find(|one| one.action == "edited").unwrap();
        assert_eq!(edited.member_id, Some(who.member_id));
        assert_eq!(edited.before, Some(json!({"client_id": null})));
        assert_eq!(edited.after, Some(json!({"client_id": acme})));
        let of_own = history::of(cx, who, own, None, 50).await.unwrap();
        assert_eq!(of_own.len(), 1, "{of_own:?}");

        // What was worked before and what is worked after is on one invoice.
        let after = approved(cx, who, "2026-03-03", site).await;
        let id = draft(cx, who, acme, ("2026-03-01", "2026-03-31")).await;
        let view = finalized(cx, who, id).await.unwrap();
        assert_eq!(view.invoice.total_minor, 12_000);
        for id in [before, after] {
            assert_eq!(read(cx, who, id).await.status, Status::Invoiced);
        }
    }
}

#[tokio::test]
async fn what_an_invoice_holds_stays_when_its_project_goes_to_another_client() {
    for world in World::on_all(World::builder()).await {
        let (cx, who) = (&world.cx, &world.owner("ada").await);
        let (acme, bolt) = (client(cx, who, "Acme").await, client(cx, who, "Bolt").await);
        let site = project(cx, who, Some(acme)).await;
        let invoiced = approved(cx, who, "2026-03-02", site).await;
        let first = draft(cx, who, acme, ("2026-03-02", "2026-03-02")).await;
        finalized(cx, who, first).await.unwrap();
        let held = approved(cx, who, "2026-03-03", site).await;
        let second = draft(cx, who, acme, ("2026-03-03", "2026-03-03")).await;
        let open = approved(cx, who, "2026-03-04", site).await;

        give(cx, who, site, Some(bolt)).await;
        for (id, client) in [(invoiced, acme), (held, acme), (open, bolt)] {
            assert_eq!(read(cx, who, id).await.client_id, Some(client));
        }
        let told = history::of(cx, who, open, None, 50).await.unwrap();
        let edited = told.iter().find(|one| one.action == "edited").unwrap();
        assert_eq!(edited.before, Some(json!({"client_id": acme})));
        assert_eq!(edited.after, Some(json!({"client_id": bolt})));
        finalized(cx, who, second).await.unwrap();

        // Again, and without a client: nothing moves.
        give(cx, who, site, Some(bolt)).await;
        give(cx, who, site, None).await;
        assert_eq!(read(cx, who, open).await.client_id, Some(bolt));
        let again = history::of(cx, who, open, None, 50).await.unwrap();
        assert_eq!(again.len(), told.len());
        let third = draft(cx, who, bolt, ("2026-03-01", "2026-03-31")).await;
        let view = finalized(cx, who, third).await.unwrap();
        assert_eq!(view.invoice.total_minor, 6_000);
    }
}

#[tokio::test]
async fn of_eight_who_finalise_one_draft_at_once_one_does() {
    for world in World::on_all(World::builder()).await {
        let (cx, who) = (&world.cx, &world.owner("ada").await);
        let other = world.node("node-2").await;
        let acme = client(cx, who, "Acme").await;
        let site = project(cx, who, Some(acme)).await;
        for day in ["2026-03-02", "2026-03-03"] {
            approved(cx, who, day, site).await;
        }
        let of_time = draft(cx, who, acme, ("2026-03-01", "2026-03-31")).await;
        let ask = Create {
            lines: vec![line(1_000)],
            ..plain(acme)
        };
        let by_hand = create::create(cx, who, &ask, &Once::never()).await;
        let by_hand = fresh(by_hand.unwrap()).invoice.id;
        for (id, serial) in [(of_time, 1), (by_hand, 2)] {
            let mut tasks = JoinSet::new();
            for n in 0..8 {
                let cx = if n % 2 == 0 { cx } else { &other.cx };
                let (cx, who) = (cx.clone(), who.clone());
                tasks.spawn(async move { finalized(&cx, &who, id).await });
            }
            let (mut done, mut refused) = (Vec::new(), Vec::new());
            for result in tasks.join_all().await {
                match result {
                    Ok(view) => done.push(view.invoice.serial),
                    Err(error) => refused.push(error),
                }
            }
            assert_eq!(done, [Some(serial)], "{refused:?}");
            assert!(
                refused
                    .iter()
                    .all(|error| matches!(error, Error::NotAllowed(_))),
                "{refused:?}"
            );
        }
    }
}
