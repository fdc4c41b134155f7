//! What ids are called: lists show names, rows hold ids.

use std::collections::HashMap;

use daybook_domain::{ClientId, MemberId, ProjectId};
use daybook_store::{Error, clients, members, projects};

use super::principal::Principal;
use crate::Context;

/// Names of members, clients and projects of one workspace; also of those who left and what was archived.
#[derive(Debug, Clone, Default)]
pub struct Names {
    members: HashMap<MemberId, String>,
    clients: HashMap<ClientId, String>,
    projects: HashMap<ProjectId, String>,
}

/// Looks up the names of these ids. An id that names nothing has no name.
///
/// # Errors
/// When the store fails.
pub async fn load(
    cx: &Context,
    who: &Principal,
    wanted_members: Vec<MemberId>,
    wanted_clients: Vec<ClientId>,
    wanted_projects: Vec<ProjectId>,
) -> Result<Names, Error> {
    let mut names = Names::default();
    let (mut tx, workspace) = (cx.store.read_in(who.workspace_id).await?, who.workspace_id);
    for member in members::names(&mut tx, workspace, &once(wanted_members)).await? {
        names.members.insert(member.id, member.name);
    }
    for client in clients::get_many(&mut tx, workspace, &once(wanted_clients)).await? {
        names.clients.insert(client.id, client.name);
    }
    for project in projects::get_many(&mut tx, workspace, &once(wanted_projects)).await? {
        names.projects.insert(project.id, project.name);
    }
    Ok(names)
}

impl Names {
    /// The member's name, or nothing.
    #[must_use]
    pub fn member(&self, id: MemberId) -> String {
        self.members.get(&id).cloned().unwrap_or_default()
    }

    /// The client's name.
    #[must_use]
    pub fn client(&self, id: Option<ClientId>) -> Option<String> {
        self.clients.get(&id?).cloned()
    }

    /// The project's name.
    #[must_use]
    pub fn project(&self, id: Option<ProjectId>) -> Option<String> {
        self.projects.get(&id?).cloned()
    }
}

/// Each once.
fn once<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort_unstable();
    ids.dedup();
    ids
}
