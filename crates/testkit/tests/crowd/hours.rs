//! Letting time pass as the worker sees it: the schedule fires, and what falls due is run.

use daybook_engine::{Context, jobs, store};
use daybook_testkit::SimClock;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::town::Meter;

/// Runs everything that is due until `end` with one worker, for providers that answer at once.
pub async fn pass(cx: &Context, clock: &SimClock, end: Timestamp) {
    while clock.now() < end {
        let tick = jobs::tick(cx).await.unwrap();
        jobs::run_due(cx).await.unwrap();
        on(cx, clock, tick, end).await;
    }
}

/// Runs everything that is due until `end` with up to `workers` at once, for a provider that takes time.
pub async fn pass_with(
    cx: &Context,
    clock: &SimClock,
    meter: &Meter,
    workers: usize,
    end: Timestamp,
) {
    let mut working = JoinSet::new();
    while clock.now() < end {
        let tick = jobs::tick(cx).await.unwrap();
        hire(cx, clock, &mut working, workers).await;
        while !working.is_empty() {
            let busy = working.len();
            tokio::select! {
                biased;
                done = working.join_next() => done.unwrap().unwrap(),
                () = meter.all_wait(busy) => {
                    meter.answer_next();
                    // Meanwhile more may have become due.
                    hire(cx, clock, &mut working, workers).await;
                }
            }
        }
        on(cx, clock, tick, end).await;
    }
}

/// As many workers as find something to do: whoever is hired claims several jobs at a time.
async fn hire(cx: &Context, clock: &SimClock, working: &mut JoinSet<()>, most: usize) {
    let wanted = waiting(cx, clock.now()).await.div_ceil(4);
    for _ in 0..wanted.min(most - working.len()) {
        let cx = cx.clone();
        working.spawn(async move {
            jobs::run_due(&cx).await.unwrap();
        });
    }
}

/// How many jobs are due.
async fn waiting(cx: &Context, now: Timestamp) -> usize {
    let now = now.as_microsecond();
    let query =
        format!("SELECT CAST(count(*) AS TEXT) FROM job WHERE state = 'live' AND due_at <= {now}");
    cx.store.texts_raw(query).await.unwrap()[0].parse().unwrap()
}

/// To when something happens next.
async fn on(cx: &Context, clock: &SimClock, tick: Option<Timestamp>, end: Timestamp) {
    let next = due(cx).await.into_iter().chain(tick).min().unwrap_or(end);
    let wait = next.min(end).duration_since(clock.now());
    clock.advance(wait.max(SignedDuration::from_millis(1)));
}

async fn due(cx: &Context) -> Option<Timestamp> {
    let mut tx = cx.store.read().await.unwrap();
    store::jobs::next_due(&mut tx).await.unwrap()
}
