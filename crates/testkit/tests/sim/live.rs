//! R5 with real concurrency: many requests at once find the token expired, and it is refreshed once.

use std::sync::Arc;

use daybook_engine::connections::vault;
use daybook_engine::context::RealPause;
use daybook_testkit::{Db, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_requests_on_two_nodes_refresh_once() {
    for db in [Db::File, Db::Postgres] {
        let Some(world) = World::builder().db(db).build().await else {
            continue;
        };
        let who = world.owner("ada").await;
        let connection = world.connect_google(&who).await.connection;
        let other = world.node("node-2").await;
        let nodes = [world.cx.clone(), other.cx.clone()].map(|mut cx| {
            cx.pause = Arc::new(RealPause);
            cx
        });
        for round in 1..=10 {
            world.clock.pass(3_700);
            let mut tasks = tokio::task::JoinSet::new();
            for n in 0..200 {
                let cx = nodes[n % 2].clone();
                let (workspace, id) = (who.workspace_id, connection.id);
                tasks
                    .spawn(async move { vault::access(&cx, workspace, id).await.unwrap().version });
            }
            let versions = tasks.join_all().await;
            assert!(versions.iter().all(|version| *version == versions[0]));
            assert_eq!(
                world.google.desk().counter("token.refresh_token"),
                round,
                "{db:?}"
            );
        }
    }
}
