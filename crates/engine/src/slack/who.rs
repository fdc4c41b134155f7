//! Who sends a request: the binding of (Slack workspace, Slack user) to a member. Nothing else in a request proves anything.

use daybook_domain::{ConnectionId, WorkspaceId};
use daybook_store as store;
use jiff::tz::TimeZone;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::slack::bindings::{self, Found};
use store::slack::installations::{self, Installation, Team};

use super::time;
use crate::{Context, Principal};

/// Longest id that is looked up.
const LONGEST_ID: usize = 64;

/// Where a request comes from, as it says, under Slack's signature.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sender {
    /// The organisation; empty where there is none.
    pub enterprise_id: String,
    /// The Slack workspace.
    pub team_id: String,
    /// The user.
    pub user_id: String,
}

/// A member who wrote from Slack.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The member, with everything their role allows.
    pub who: Principal,
    /// Their zone.
    pub zone: TimeZone,
    /// Whose token answers them.
    pub connection: ConnectionId,
    /// Their user in Slack.
    pub sender: Sender,
}

/// What is known of a sender.
#[derive(Debug)]
pub enum Known {
    /// A member.
    Member(Box<Bound>),
    /// A member once: removed, or switched off.
    Gone,
    /// Nobody here yet. The newest installation there.
    Unlinked(Box<Installation>),
    /// The app is not installed there, or no longer.
    NotInstalled,
}

impl Sender {
    /// The sender of a payload of a button, form or event.
    pub fn of_payload(payload: &Value) -> Option<Self> {
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str);
        let sender = Self {
            enterprise_id: text("/enterprise/id")
                .or_else(|| text("/user/enterprise_user/enterprise_id"))
                .or_else(|| text("/team/enterprise_id"))
                .unwrap_or_default()
                .to_owned(),
            team_id: text("/team/id")
                .or_else(|| text("/user/team_id"))
                .unwrap_or_default()
                .to_owned(),
            user_id: text("/user/id")?.to_owned(),
        };
        sender.is_sane().then_some(sender)
    }

    /// Whether its parts can be ids at all.
    pub fn is_sane(&self) -> bool {
        let id = |text: &str| {
            text.len() <= LONGEST_ID && text.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        !self.user_id.is_empty()
            && (!self.team_id.is_empty() || !self.enterprise_id.is_empty())
            && [&self.user_id, &self.team_id, &self.enterprise_id]
                .iter()
                .all(|text| id(text))
    }

    /// The Slack workspace.
    pub fn team(&self) -> Team<'_> {
        Team {
            enterprise_id: &self.enterprise_id,
            team_id: &self.team_id,
        }
    }

    /// What names one request of this sender: the same again has the same.
    pub fn request_key(&self, kind: &str, name: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [
            kind,
            &self.enterprise_id,
            &self.team_id,
            &self.user_id,
            name,
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().into()
    }
}

/// Looks the sender up.
///
/// # Errors
/// When the database cannot be read.
pub async fn resolve(cx: &Context, sender: &Sender) -> store::Result<Known> {
    let mut tx = cx.store.read().await?;
    let found = bindings::find(&mut tx, sender.team(), &sender.user_id).await?;
    let here = |found: &&Found| found.removed_at.is_none() && found.disabled_at.is_none();
    if let Some(found) = found.iter().find(here) {
        return Ok(Known::Member(Box::new(bound(found, sender))));
    }
    let installations = installations::everywhere(&mut tx, sender.team()).await?;
    Ok(match installations.into_iter().next() {
        None => Known::NotInstalled,
        Some(_) if !found.is_empty() => Known::Gone,
        Some(newest) => Known::Unlinked(Box::new(newest)),
    })
}

fn bound(found: &Found, sender: &Sender) -> Bound {
    Bound {
        who: Principal::operator(
            found.workspace_id,
            found.user_id,
            found.member_id,
            found.role,
        ),
        zone: time::zone(&found.time_zone),
        connection: found.connection_id,
        sender: sender.clone(),
    }
}

impl Bound {
    /// The member's workspace.
    pub const fn workspace(&self) -> WorkspaceId {
        self.who.workspace_id
    }
}
