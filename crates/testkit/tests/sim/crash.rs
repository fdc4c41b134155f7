//! A sync that dies at any of its awaits leaves nothing half done: the next one makes the mirror whole.

use std::pin::pin;
use std::task::Poll;

use daybook_engine::sync::{self, Ask, Mode};
use daybook_testkit::{ADA, World, google_truth, mirror, visible};
use rand::SeedableRng;
use rand::rngs::StdRng;

#[tokio::test]
async fn a_sync_may_die_at_every_await() {
    let world = World::builder()
        .google(|config| config.page_cap = Some(4))
        .build()
        .await
        .unwrap();
    let mut dice = StdRng::seed_from_u64(1);
    let who = world.owner("ada").await;
    let id = world.connect_google(&who).await.calendars[0].id;
    let mut whole = 0;
    for polls in 1..10_000_u32 {
        for _ in 0..6 {
            world.google.random_op(ADA, &mut dice);
        }
        let mode = if polls % 2 == 0 {
            Mode::Full
        } else {
            Mode::Incremental
        };
        let ask = Ask {
            mode,
            by_hand: false,
        };
        {
            let mut sync = pin!(sync::run(&world.cx, who.workspace_id, id, ask));
            let mut left = polls;
            let died = std::future::poll_fn(|cx| {
                left = left.saturating_sub(1);
                match sync.as_mut().poll(cx) {
                    Poll::Ready(result) => Poll::Ready(Some(result)),
                    Poll::Pending if left == 0 => Poll::Ready(None),
                    Poll::Pending => Poll::Pending,
                }
            })
            .await;
            whole = if matches!(died, Some(Ok(_))) {
                whole + 1
            } else {
                0
            };
        }
        // Two whole syncs of each kind in a row: there is no later await to die at.
        if whole > 4 {
            println!("died at each of {polls} awaits");
            return;
        }
        world.clock.pass(121);
        world.sync(&who, id).await.unwrap();
        assert_eq!(
            visible(mirror(&world.cx.store, who.workspace_id, id).await),
            visible(google_truth(world.google.snapshot(ADA))),
            "after dying at await {polls}"
        );
    }
    panic!("a sync never ends");
}
