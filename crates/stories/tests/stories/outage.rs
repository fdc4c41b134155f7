//! An outage of any length and kind switches nothing off, costs few requests, and is over one interval after it ended (R13).

use daybook_domain::connection::Status;
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_testkit::{ADA, World, google_truth, mirror};

use crate::{ada, calendar, connection, log, meeting, put};

#[tokio::test]
async fn a_day_of_outage_switches_nothing_off() {
    let kinds = [
        Fault::Status {
            status: 503,
            retry_after: RetryAfter::None,
        },
        Fault::Status {
            status: 500,
            retry_after: RetryAfter::Garbage,
        },
        Fault::DropResponse,
        Fault::ResetBefore,
        Fault::HtmlLogin,
        Fault::Garbage,
        Fault::RateLimited {
            retry_after: RetryAfter::Seconds(600),
        },
        Fault::QuotaExceeded { reason: None },
    ];
    for kind in kinds {
        let world = World::builder().build().await.unwrap();
        put(&world, &meeting("Review", 5, 10));
        let (who, account, id) = ada(&world).await;
        let name = format!("{kind:?}");
        world.google.desk().add(Rule::on("/", kind));
        put(&world, &meeting("During", 6, 10));
        world.google.desk().reset_log();
        hours(&world, 24).await;
        assert!(calendar(&world, &who, id).await.sync_enabled, "{name}");
        assert_eq!(calendar(&world, &who, id).await.confirmed_errors, 0);
        let during = connection(&world, &who, account.id).await;
        assert_eq!(during.status, Status::Connected, "{name}");
        let failures = log(&world, &who).await;
        let lines = failures.iter().filter(|line| !line.success).count();
        assert!(lines <= 3, "{name}: {lines} lines about one outage");

        world.google.desk().clear();
        hours(&world, 2).await;
        assert_eq!(
            mirror(&world.cx.store, who.workspace_id, id).await,
            google_truth(world.google.snapshot(ADA)),
            "{name}: not caught up one interval after the outage"
        );
        assert!(calendar(&world, &who, id).await.last_error.is_none());
    }
}

/// Lets time pass as the worker sees it: the schedule, and what falls due.
async fn hours(world: &World, hours: i64) {
    daybook_engine::jobs::ensure_schedule(&world.cx)
        .await
        .unwrap();
    for _ in 0..hours * 12 {
        world.clock.pass(300);
        daybook_engine::jobs::tick(&world.cx).await.unwrap();
        world.run_jobs().await;
    }
}
