//! Notices that come while the database is busy are written down together, and nobody is told so before they are.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use bytes::Bytes;
use daybook_engine::Context;
use daybook_engine::jobs::{run_due, sync_calendar};
use daybook_engine::provider::calendar::push::Inbound;
use daybook_engine::push::{self, Error, Received};
use daybook_engine::store;
use daybook_testkit::{Db, World};
use http::HeaderMap;
use serde_json::json;
use tokio::task::JoinSet;

use crate::push_in_place::{Tower, tower_in};

/// A notice of the nth channel.
async fn rings(cx: Context, channel: (String, String)) -> Result<Received, Error> {
    let (id, token) = channel;
    let inbound = Inbound {
        headers: &HeaderMap::new(),
        query: None,
        body: &Bytes::from(json!([{"id": id, "token": token, "says": "changed"}]).to_string()),
    };
    push::receive(&cx, "bell", &inbound).await
}

/// The calendars that will be synced.
async fn promised(tower: &Tower) -> BTreeSet<String> {
    let keys: Vec<String> = tower.calendars.iter().map(ToString::to_string).collect();
    let mut tx = tower.cx.store.read().await.unwrap();
    let standing = store::jobs::standing(&mut tx, sync_calendar::NAME, &keys).await;
    let standing = standing.unwrap().into_iter();
    standing.filter_map(|job| job.dedupe_key).collect()
}

/// What was promised is done, and the pause after it is over.
async fn rest(tower: &Tower) {
    for _ in 0..3 {
        tower.world.clock.pass(15);
        run_due(&tower.cx).await.unwrap();
    }
    assert!(promised(tower).await.is_empty());
}

/// Counts transactions that enqueue something.
fn counted(tower: &Tower) -> Arc<AtomicUsize> {
    let commits = Arc::new(AtomicUsize::new(0));
    let count = commits.clone();
    let add = move || {
        count.fetch_add(1, Ordering::SeqCst);
    };
    tower.cx.store.on_commit_with_jobs(Arc::new(add));
    commits
}

#[tokio::test]
async fn notices_that_wait_for_the_database_are_one_transaction() {
    const CALENDARS: usize = 3;
    const REQUESTS: usize = 15;
    let tower = tower_in(World::builder().db(Db::File), CALENDARS).await;
    rest(&tower).await;
    let commits = counted(&tower);
    let busy = tower.cx.store.write().await.unwrap();
    let mut answers = JoinSet::new();
    for channel in tower.bell.channels().iter().cycle().take(REQUESTS) {
        answers.spawn(rings(tower.cx.clone(), channel.clone()));
    }
    while tower.cx.notices.waiting() < REQUESTS {
        tokio::task::yield_now().await;
    }
    assert!(answers.try_join_next().is_none(), "answered too early");
    assert!(promised(&tower).await.is_empty());
    drop(busy);
    for answer in answers.join_all().await {
        assert_eq!(answer.unwrap(), Received::Noted);
    }
    assert_eq!(promised(&tower).await.len(), CALENDARS);
    assert_eq!(commits.load(Ordering::SeqCst), 1);
    // The count counts: one by one they are as many transactions as calendars.
    rest(&tower).await;
    commits.store(0, Ordering::SeqCst);
    for channel in tower.bell.channels() {
        rings(tower.cx.clone(), channel).await.unwrap();
    }
    assert_eq!(commits.load(Ordering::SeqCst), CALENDARS);
}

/// Whoever writes for all is cut off, at whichever of its awaits: the others are written all the same.
#[tokio::test]
async fn a_request_that_is_cut_off_takes_nobody_along() {
    let tower = tower_in(World::builder(), 2).await;
    let [first, second] = tower.bell.channels().try_into().unwrap();
    rest(&tower).await;
    rings(tower.cx.clone(), second.clone()).await.unwrap();
    let expected = promised(&tower).await;
    assert_eq!(expected.len(), 1);
    for polls in 1..10_000_u32 {
        rest(&tower).await;
        let mut left = polls;
        let mut leader = Box::pin(rings(tower.cx.clone(), first.clone()));
        let cut = std::future::poll_fn(|cx| {
            left = left.saturating_sub(1);
            match leader.as_mut().poll(cx) {
                Poll::Ready(done) => Poll::Ready(Some(done)),
                Poll::Pending if left == 0 => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        });
        let mut follower = pin!(rings(tower.cx.clone(), second.clone()));
        let (end, early) = tokio::select! {
            biased;
            end = cut => (end, None),
            early = &mut follower => (None, Some(early)),
        };
        let whole = end.is_some();
        // Dropped here, whatever it was doing.
        drop(leader);
        let answer = match early {
            Some(answer) => answer,
            None => follower.await,
        };
        assert_eq!(answer.unwrap(), Received::Noted, "cut at await {polls}");
        let now = promised(&tower).await;
        assert!(now.is_superset(&expected), "cut at await {polls}");
        if whole {
            println!("cut off at each of {polls} awaits");
            return;
        }
    }
    panic!("a request never ends");
}
