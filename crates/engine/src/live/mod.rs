//! What happens right now, for the dashboard's event stream. Best effort: a slow watcher misses messages and polls.

use daybook_domain::sync::Statistics;
use daybook_domain::{CalendarId, ConnectionId, MemberId, TimeEntryId, WorkspaceId};
use serde::Serialize;
use tokio::sync::broadcast;

/// Something worth telling a watcher.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    /// A calendar's sync moved on.
    Sync {
        /// Which calendar.
        calendar_id: CalendarId,
        /// `started`, `page`, `finished` or `failed`.
        phase: &'static str,
        /// Changes applied so far.
        changes: u64,
        /// The outcome, once finished.
        result: Option<Statistics>,
        /// Why it failed.
        error: Option<String>,
    },
    /// A connection's status changed.
    Connection {
        /// Which connection.
        connection_id: ConnectionId,
        /// Its status now.
        status: daybook_domain::connection::Status,
    },
    /// A time entry was made or changed.
    TimeEntry {
        /// Which entry.
        id: TimeEntryId,
    },
}

/// A message and whom it concerns.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The tenant: nobody else ever sees it.
    pub workspace: WorkspaceId,
    /// The member whose thing it is: other plain members do not see it. `None`: everybody in the workspace.
    pub member: Option<MemberId>,
    /// What happened.
    pub message: Message,
}

/// Hands messages to whoever watches.
#[derive(Debug, Clone)]
pub struct Bus {
    sender: broadcast::Sender<Envelope>,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(1024).0,
        }
    }
}

impl Bus {
    /// Tells watchers. Nobody watching is fine.
    pub fn send(&self, workspace: WorkspaceId, member: Option<MemberId>, message: Message) {
        drop(self.sender.send(Envelope {
            workspace,
            member,
            message,
        }));
    }

    /// Everything from now on.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Envelope> {
        self.sender.subscribe()
    }
}
