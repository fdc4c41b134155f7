//! The worker: claims what is due, runs it under a lease, and settles the outcome. Losing a lease stops the work; a panic is a
//! failed try; draining waits for what runs and hands back the rest.

use std::sync::Arc;
use std::time::Duration;

use daybook_domain::retry;
use daybook_store as store;
use jiff::SignedDuration;
use store::jobs::{Job, Retried};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Failure, JOBS, Kind, schedule};
use crate::Context;

/// First wait after a failed try.
const BACKOFF: Duration = Duration::from_secs(2);
/// Longest wait between tries.
const CEILING: Duration = Duration::from_secs(3600);

/// How the worker works.
#[derive(Debug, Clone, Copy)]
pub struct RunnerOptions {
    /// Jobs at once.
    pub width: usize,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
    /// How often to look for due jobs when nothing wakes the worker.
    pub poll: Duration,
    /// How long a drain waits for running jobs.
    pub grace: Duration,
}

impl Default for RunnerOptions {
    fn default() -> Self {
        Self {
            width: 8,
            lease: Duration::from_secs(60),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(20),
        }
    }
}

/// A worker of this process.
pub struct Runner {
    cx: Context,
    options: RunnerOptions,
    wake: Arc<Notify>,
    hard_stop: CancellationToken,
}

impl Runner {
    /// A worker that is woken by this process's commits.
    #[must_use]
    pub fn new(cx: Context, options: RunnerOptions) -> Self {
        let wake = Arc::new(Notify::new());
        let hook = wake.clone();
        cx.store
            .on_commit_with_jobs(Arc::new(move || hook.notify_one()));
        Self {
            cx,
            options,
            wake,
            hard_stop: CancellationToken::new(),
        }
    }

    /// Works until `drain` is cancelled, then stops claiming, waits for what runs, and hands back what does not finish in time.
    pub async fn run(self, drain: CancellationToken) {
        let runner = Arc::new(self);
        let background = TaskTracker::new();
        background.spawn(
            drain
                .clone()
                .run_until_cancelled_owned(scheduler(runner.cx.clone())),
        );
        background.spawn(
            drain
                .clone()
                .run_until_cancelled_owned(listener(runner.cx.clone(), runner.wake.clone())),
        );
        let (slots, tasks) = (
            Arc::new(Semaphore::new(runner.options.width)),
            TaskTracker::new(),
        );
        while !drain.is_cancelled() {
            let claimed = runner.claim(slots.available_permits()).await;
            let idle = claimed.is_empty();
            for job in claimed {
                let Ok(permit) = slots.clone().acquire_owned().await else {
                    break;
                };
                let worker = runner.clone();
                tasks.spawn(async move {
                    worker.work(job).await;
                    drop(permit);
                    worker.wake.notify_one();
                });
            }
            if idle {
                tokio::select! {
                    () = drain.cancelled() => {}
                    () = runner.wake.notified() => {}
                    () = tokio::time::sleep(runner.options.poll) => {}
                }
            }
        }
        background.close();
        tasks.close();
        if tokio::time::timeout(runner.options.grace, tasks.wait())
            .await
            .is_err()
        {
            runner.hard_stop.cancel();
            tasks.wait().await;
        }
        background.wait().await;
    }

    async fn claim(&self, free: usize) -> Vec<Job> {
        if free == 0 {
            return Vec::new();
        }
        match claim(&self.cx, free, self.options.lease).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::warn!(%error, "jobs could not be claimed; trying again shortly");
                Vec::new()
            }
        }
    }

    async fn work(&self, job: Job) {
        let Some(kind) = JOBS.iter().find(|kind| kind.name == job.kind) else {
            return report(
                &job,
                settle(
                    &self.cx,
                    &job,
                    Err(Failure::Never(format!(
                        "this version knows no job called {}",
                        job.kind
                    ))),
                )
                .await,
            );
        };
        let mut task = tokio::spawn((kind.run)(self.cx.clone(), job.payload.clone()));
        let mut beat = tokio::time::interval(self.options.lease / 3);
        beat.tick().await;
        let deadline = tokio::time::sleep(kind.timeout);
        tokio::pin!(deadline);
        let outcome = loop {
            tokio::select! {
                done = &mut task => break done.unwrap_or_else(|error| Err(Failure::Again(panic_text(&error)))),
                () = &mut deadline => {
                    task.abort();
                    break Err(Failure::Again(format!("it took longer than {} s", kind.timeout.as_secs())));
                }
                () = self.hard_stop.cancelled() => {
                    task.abort();
                    return report(&job, hand_back(&self.cx, &job).await);
                }
                _ = beat.tick() => match heartbeat(&self.cx, &job, self.options.lease).await {
                    Ok(false) => {
                        task.abort();
                        return tracing::warn!(job.id = %job.id, job.kind = %job.kind, "another worker took this job over; stopped");
                    }
                    Ok(true) => {}
                    Err(error) => tracing::warn!(job.id = %job.id, %error, "the job's lease could not be extended"),
                },
            }
        };
        report(&job, settle(&self.cx, &job, outcome).await);
    }
}

/// Takes over what a process that was killed left behind, without waiting for its leases to run out. On PostgreSQL other nodes
/// may be at work, and leases run out by themselves.
///
/// # Errors
/// When the database cannot be written.
pub async fn take_over(cx: &Context) -> store::Result<()> {
    if cx.store.kind() == store::Kind::Postgres {
        return Ok(());
    }
    let mut tx = cx.store.write().await?;
    let ended = store::leases::end_all(&mut tx).await?;
    tx.commit().await?;
    if ended > 0 {
        tracing::info!(
            ended,
            "the last run ended in the middle of its work; going on with it"
        );
    }
    Ok(())
}

/// Lets go of what this process still holds when it ends before its work did, so that another one, or the next run, goes on at
/// once.
///
/// # Errors
/// When the database cannot be written.
pub async fn let_go(cx: &Context) -> store::Result<()> {
    let mut tx = cx.store.write().await?;
    store::leases::end_syncs_of(&mut tx, &cx.node).await?;
    tx.commit().await
}

/// Runs everything that is due now, in this task, one after the other, until nothing is: for tests, simulations and
/// `daybook jobs run`. Returns how many tries were made.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn run_due(cx: &Context) -> store::Result<usize> {
    let mut tries = 0;
    loop {
        let jobs = claim(cx, 16, Duration::from_secs(60)).await?;
        if jobs.is_empty() {
            return Ok(tries);
        }
        for job in jobs {
            tries += 1;
            let outcome = match kind_of(&job) {
                Some(kind) => (kind.run)(cx.clone(), job.payload.clone()).await,
                None => Err(Failure::Never(format!(
                    "this version knows no job called {}",
                    job.kind
                ))),
            };
            settle(cx, &job, outcome).await?;
        }
    }
}

/// Runs the job called `name` once, in this task, without the queue: for `daybook jobs run`.
///
/// # Errors
/// What the job failed with; [`Failure::Never`] when there is no such job.
pub async fn run_now(cx: &Context, name: &str) -> Result<(), Failure> {
    match JOBS.iter().find(|kind| kind.name == name) {
        Some(kind) => (kind.run)(cx.clone(), serde_json::Value::Null).await,
        None => {
            let names: Vec<&str> = JOBS.iter().map(|kind| kind.name).collect();
            Err(Failure::Never(format!(
                "there is no job called {name}; there are: {}",
                names.join(", ")
            )))
        }
    }
}

fn kind_of(job: &Job) -> Option<&'static Kind> {
    JOBS.iter().find(|kind| kind.name == job.kind)
}

async fn claim(cx: &Context, most: usize, lease: Duration) -> store::Result<Vec<Job>> {
    let mut tx = cx.store.write().await?;
    let jobs = store::jobs::claim(
        &mut tx,
        i64::try_from(most).unwrap_or(i64::MAX),
        signed(lease),
        &[],
    )
    .await?;
    tx.commit().await?;
    Ok(jobs)
}

async fn heartbeat(cx: &Context, job: &Job, lease: Duration) -> store::Result<bool> {
    let mut tx = cx.store.write().await?;
    let held = store::jobs::heartbeat(&mut tx, job.id, job.fence, signed(lease)).await?;
    tx.commit().await?;
    Ok(held)
}

async fn hand_back(cx: &Context, job: &Job) -> store::Result<bool> {
    let mut tx = cx.store.write().await?;
    let held = store::jobs::hand_back(&mut tx, job.id, job.fence).await?;
    tx.commit().await?;
    Ok(held)
}

/// Writes the outcome, unless somebody else has taken the job over meanwhile.
async fn settle(cx: &Context, job: &Job, outcome: Result<(), Failure>) -> store::Result<bool> {
    let mut tx = cx.store.write().await?;
    let now = tx.now().await?;
    let held = match &outcome {
        Ok(()) => store::jobs::finish(&mut tx, job.id, job.fence).await?,
        Err(Failure::Never(why)) => store::jobs::fail(&mut tx, job.id, job.fence, why).await?,
        Err(Failure::Again(why) | Failure::After(_, why)) => {
            let at = now
                .saturating_add(signed(wait_after(cx, job, &outcome)))
                .unwrap_or(now);
            store::jobs::retry_at(&mut tx, job.id, job.fence, at, why).await? != Retried::Lost
        }
    };
    tx.commit().await?;
    note(job, &outcome, job.attempt >= job.max_attempts);
    Ok(held)
}

/// How long until the next try: a backoff with jitter, or what the provider asked for and a little more.
fn wait_after(cx: &Context, job: &Job, outcome: &Result<(), Failure>) -> Duration {
    match outcome {
        Err(Failure::After(wait, _)) => wait
            .saturating_add(Duration::from_secs_f64(cx.ids.fraction() * 5.0))
            .min(Duration::from_secs(24 * 3600)),
        _ => {
            let tries = u32::try_from(job.attempt.saturating_sub(1)).unwrap_or(u32::MAX);
            retry::backoff(BACKOFF, CEILING, tries, cx.ids.fraction())
        }
    }
}

fn signed(time: Duration) -> SignedDuration {
    SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX)
}

fn note(job: &Job, outcome: &Result<(), Failure>, last: bool) {
    let state = match outcome {
        Ok(()) => "done",
        Err(Failure::Never(_)) => "failed",
        Err(_) if last => "failed",
        Err(_) => "retried",
    };
    metrics::counter!("daybook_jobs_total", "kind" => job.kind.clone(), "outcome" => state)
        .increment(1);
    match outcome {
        Ok(()) => {
            tracing::debug!(job.id = %job.id, job.kind = %job.kind, job.attempt, "a job is done")
        }
        Err(failure) => {
            tracing::warn!(job.id = %job.id, job.kind = %job.kind, job.attempt, outcome = state, reason = %failure, "a job did not succeed")
        }
    }
}

fn report(job: &Job, result: store::Result<bool>) {
    match result {
        Ok(true) => {}
        Ok(false) => {
            tracing::warn!(job.id = %job.id, job.kind = %job.kind, "another worker took this job over; its outcome counts")
        }
        Err(error) => {
            tracing::warn!(job.id = %job.id, job.kind = %job.kind, %error, "a job's outcome could not be written; its lease will run out and it will be tried again")
        }
    }
}

fn panic_text(error: &tokio::task::JoinError) -> String {
    if error.is_panic() {
        "it panicked; this is a bug, see the log".to_owned()
    } else {
        "it was stopped".to_owned()
    }
}

/// Fires the schedule.
async fn scheduler(cx: Context) {
    if let Err(error) = schedule::ensure(&cx).await {
        tracing::error!(%error, "the schedule could not be written; trying again with the next round");
    }
    loop {
        let next = schedule::tick(&cx).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the schedule could not be read; trying again shortly");
            None
        });
        tokio::time::sleep(schedule::nap(next, cx.clock.now())).await;
    }
}

/// Passes on wake-ups from other nodes.
async fn listener(cx: Context, wake: Arc<Notify>) {
    loop {
        match cx.store.listen().await {
            Ok(None) => return,
            Ok(Some(mut wakeups)) => {
                while wakeups.next().await.is_ok() {
                    wake.notify_one();
                }
            }
            Err(error) => {
                tracing::warn!(%error, "cannot listen for jobs of other nodes; polling instead")
            }
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}
