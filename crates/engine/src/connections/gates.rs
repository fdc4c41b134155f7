//! Who of this process waits for which refresh. Without it, hundreds of callers would look at the lease again and again, and
//! keep its holder from the database until the lease runs out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use daybook_domain::ConnectionId;

/// A queue for every connection that is being refreshed.
#[derive(Debug, Default)]
pub struct Gates(Mutex<BTreeMap<ConnectionId, Weak<Gate>>>);

type Gate = tokio::sync::Mutex<()>;

impl Gates {
    /// The gate through which one caller at a time asks for the lease of a connection.
    pub(super) fn of(&self, id: ConnectionId) -> Arc<Gate> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        gates.retain(|_, gate| gate.strong_count() > 0);
        if let Some(gate) = gates.get(&id).and_then(Weak::upgrade) {
            return gate;
        }
        let gate = Arc::new(Gate::default());
        gates.insert(id, Arc::downgrade(&gate));
        gate
    }
}
