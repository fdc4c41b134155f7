//! How a member stands with Slack.

use daybook_store as store;
use store::slack::bindings::{self, Binding};
use store::slack::installations::{self, Installation};
use store::slack::preferences::{self, Preferences};

use super::{Error, KEY, chat};
use crate::{Context, Principal};

/// How a member stands with Slack.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Whether the operator has set Slack up, one way or the other.
    pub configured: bool,
    /// Variables that are missing for installing by consent.
    pub missing: Vec<&'static str>,
    /// Whether requests come over a socket.
    pub socket: bool,
    /// The Slack workspaces with the app, the newest first; also those it left.
    pub installations: Vec<Installation>,
    /// Who the member is there, the newest first.
    pub bindings: Vec<Binding>,
    /// What they want to be told.
    pub preferences: Preferences,
}

impl Standing {
    /// The binding that is used, with its installation.
    #[must_use]
    pub fn binding(&self) -> Option<(&Binding, &Installation)> {
        self.bindings.iter().find_map(|binding| {
            let installation = self.installations.iter().find(|installation| {
                installation.id == binding.installation_id && installation.ended_at.is_none()
            });
            Some((binding, installation?))
        })
    }
}

/// Looks.
///
/// # Errors
/// When the database cannot be read.
pub async fn standing(cx: &Context, who: &Principal) -> Result<Standing, Error> {
    let (workspace, member) = (who.workspace_id, who.member_id);
    let entry = cx.registry.get(KEY);
    let missing = entry.map_or_else(Vec::new, |entry| entry.missing.clone());
    let own = chat(cx).is_some_and(|chat| chat.own_token().is_some());
    let socket = chat(cx).is_some_and(|chat| chat.socket_token().is_some());
    let mut tx = cx.store.read_in(workspace).await?;
    Ok(Standing {
        configured: entry.is_some() && (missing.is_empty() || own),
        missing,
        socket,
        installations: installations::list(&mut tx, workspace).await?,
        bindings: bindings::of_member(&mut tx, workspace, member).await?,
        preferences: preferences::get(&mut tx, workspace, member).await?,
    })
}

/// Who of the workspace is linked with Slack, the newest first. A plain member sees themselves.
///
/// # Errors
/// When the database cannot be read.
pub async fn linked(cx: &Context, who: &Principal) -> Result<Vec<Binding>, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let mut found = bindings::of_workspace(&mut tx, who.workspace_id).await?;
    found.retain(|binding| who.sees_everything() || binding.member_id == who.member_id);
    Ok(found)
}
