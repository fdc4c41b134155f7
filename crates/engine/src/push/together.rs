//! Notices are written down together. SQLite has one writer, and every commit waits for the disk: what comes while the page of a sync
//! is written is one transaction after it, however many notices that is, and not as many as there are.
//!
//! Nobody is answered before what their notice asks for is durable. Whoever comes first waits for the database and then writes for
//! all who came by then; the others wait for that commit, and do it themselves if it does not come.

use std::sync::{Mutex, PoisonError};

use daybook_store as store;
use tokio::sync::{Mutex as Turns, oneshot};

use super::steps::Steps;
use crate::Context;

/// What this process is about to write down because of notices.
#[derive(Default)]
pub struct Together {
    waiting: Mutex<Vec<Waiting>>,
    /// Held by the one who writes.
    turn: Turns<()>,
}

/// A request that waits for its steps.
struct Waiting {
    steps: Steps,
    /// Told when they are durable; dropped when they were taken up and did not become so.
    written: oneshot::Sender<()>,
}

impl Together {
    /// Returns when these steps, or what covers them, are durable.
    pub(super) async fn write(&self, cx: &Context, steps: Steps) -> store::Result<()> {
        loop {
            let mut written = self.wait(steps.clone());
            let turn = tokio::select! {
                biased;
                Ok(()) = &mut written => return Ok(()),
                turn = self.turn.lock() => turn,
            };
            match written.try_recv() {
                Ok(()) => return Ok(()),
                // Somebody took them up and failed, or was cut off.
                Err(oneshot::error::TryRecvError::Closed) => {}
                Err(oneshot::error::TryRecvError::Empty) => return self.lead(cx, steps).await,
            }
            drop(turn);
        }
    }

    /// How many requests wait for the database.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.steps().len()
    }

    /// Puts steps among those that wait.
    fn wait(&self, steps: Steps) -> oneshot::Receiver<()> {
        let (written, told) = oneshot::channel();
        let mut waiting = self.steps();
        waiting.retain(|other| !other.written.is_closed());
        waiting.push(Waiting { steps, written });
        told
    }

    /// Writes for everybody who is there once the database is; when that fails, for oneself.
    async fn lead(&self, cx: &Context, own: Steps) -> store::Result<()> {
        let mut tx = cx.store.write().await?;
        let group = std::mem::take(&mut *self.steps());
        let mut all = Steps::default();
        for one in &group {
            all.add_all(&one.steps);
        }
        let done = async {
            all.take(&mut tx).await?;
            tx.commit().await
        };
        match done.await {
            Ok(()) => {
                for one in group {
                    let _ = one.written.send(()); // whoever has gone needs no answer
                }
                Ok(())
            }
            Err(error) if group.len() == 1 => Err(error),
            Err(_) => {
                drop(group);
                let mut tx = cx.store.write().await?;
                own.take(&mut tx).await?;
                tx.commit().await
            }
        }
    }

    fn steps(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
