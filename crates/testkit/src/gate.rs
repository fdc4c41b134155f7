//! Where a test stops a node: before and after each request, and while it waits. A node that is told nothing any more has
//! crashed, as far as everybody else can see.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

/// Where a node is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// It is about to send a request to this path.
    Before(String),
    /// The provider has acted on a request to this path; this answer is on its way.
    After(String, Bytes),
    /// It waits for something.
    Waiting,
}

/// What happens to it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It goes on.
    Go,
    /// The connection breaks: before the request had an effect, or with the answer.
    Reset,
}

/// A node that has stopped. Dropping this without an answer leaves it there for good.
#[derive(Debug)]
pub struct Arrival {
    /// Where.
    pub point: Point,
    reply: oneshot::Sender<Act>,
}

impl Arrival {
    /// Lets the node go on.
    pub fn go(self) {
        self.answer(Act::Go);
    }

    /// Says what happens to it.
    pub fn answer(self, act: Act) {
        // A node that was dropped meanwhile needs no answer.
        let _ = self.reply.send(act);
    }
}

/// The nodes that stopped at a gate, in order.
pub type Arrivals = mpsc::UnboundedReceiver<Arrival>;

/// A gate. Open unless [`Gate::close`] was called.
#[derive(Debug, Default)]
pub struct Gate {
    watcher: Mutex<Option<mpsc::UnboundedSender<Arrival>>>,
}

impl Gate {
    /// Stops everybody from now on; who has stopped is told by the answer. Who stopped at an earlier closing stays there.
    pub fn close(&self) -> Arrivals {
        let (sender, receiver) = mpsc::unbounded_channel();
        *self.watcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    /// Stops nobody from now on.
    pub fn open(&self) {
        *self.watcher.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) async fn pass(&self, point: Point) -> Act {
        let watcher = self
            .watcher
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(watcher) = watcher else {
            return Act::Go;
        };
        let (reply, answer) = oneshot::channel();
        if watcher.send(Arrival { point, reply }).is_err() {
            return Act::Go;
        }
        match answer.await {
            Ok(act) => act,
            Err(_) => std::future::pending().await,
        }
    }
}
