//! What work is booked on: one decision, for what a draft shows and for what is logged.

use std::collections::HashMap;

use daybook_domain::time_entry::Status;
use daybook_domain::{ClientId, ProjectId, WorkspaceId};
use daybook_store as store;
use store::calendars::Calendar;
use store::clients::Client;
use store::projects::Project;
use store::time_entries::{Changes, TimeEntry};

use super::{Error, history, submissions};
use crate::Principal;

/// What a person, a rule or the past says about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// For whom.
    pub(crate) client_id: Option<ClientId>,
    /// For what.
    pub(crate) project_id: Option<ProjectId>,
    /// Whether it is billed.
    pub(crate) billable: Option<bool>,
}

/// What it is booked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Booking {
    /// For whom.
    pub(crate) client_id: Option<ClientId>,
    /// For what.
    pub(crate) project_id: Option<ProjectId>,
    /// Whether it is billed.
    pub(crate) billable: bool,
}

/// Projects and clients that something is said about.
#[derive(Debug, Default)]
pub(crate) struct Known {
    projects: HashMap<ProjectId, Project>,
    clients: HashMap<ClientId, Client>,
}

/// What work is booked on for which this is said; what is archived is refused.
///
/// # Errors
/// [`Error::UnknownReference`], [`Error::Archived`], [`Error::Invalid`] for a project of another client.
pub(crate) async fn book(
    tx: &mut store::Tx,
    ws: WorkspaceId,
    said: Said,
    calendar: Option<&Calendar>,
) -> Result<Booking, Error> {
    let known = Known::load(tx, ws, &[said], calendar).await?;
    known.check(said)?;
    Ok(known.decide(said, calendar))
}

/// Client and project must agree after a change, and what is new must be open. A new project without a word about the client brings its own.
///
/// # Errors
/// As [`book`].
pub(crate) async fn rebook(
    tx: &mut store::Tx,
    entry: &TimeEntry,
    changes: &mut Changes,
) -> Result<(), Error> {
    if changes.client_id.is_none() && changes.project_id.is_none() {
        return Ok(());
    }
    let mut said = Said {
        client_id: changes.client_id.unwrap_or(entry.client_id),
        project_id: changes.project_id.unwrap_or(entry.project_id),
        billable: None,
    };
    let known = Known::load(tx, entry.workspace_id, &[said], None).await?;
    let of = known.client_of(said.project_id);
    if changes.client_id.is_none() && of.is_some() {
        changes.client_id = Some(of);
        said.client_id = of;
    }
    known.agree(said)?;
    known.check(Said {
        client_id: said.client_id.filter(|id| Some(*id) != entry.client_id),
        project_id: said.project_id.filter(|id| Some(*id) != entry.project_id),
        billable: None,
    })
}

/// The time of a project that has another client than before goes along, as far as it was for that one, or for none, and no invoice and no draft
/// holds it; each entry's history says so. Also what is approved, and what is of a closed period: whom it is billed to changes, not the work.
///
/// A project that has no client any more leaves its time to the one it had.
///
/// # Errors
/// When the database fails.
pub(crate) async fn hand_over(
    tx: &mut store::Tx,
    who: &Principal,
    project: &Project,
    before: Option<ClientId>,
) -> Result<(), store::Error> {
    let Some(client) = project.client_id.filter(|now| Some(*now) != before) else {
        return Ok(());
    };
    let mut waiting = Vec::new();
    for from in before.map(Some).into_iter().chain([None]) {
        let (ws, id) = (who.workspace_id, project.id);
        let moved = store::invoices::entries::hand_over(tx, ws, id, from, client).await?;
        history::handed_over(tx, who, &moved, from).await?;
        let pending = moved.iter().filter(|one| one.status == Status::Pending);
        waiting.extend(pending.map(|one| one.id));
    }
    submissions::redrawn(tx, who, &waiting).await
}

impl Known {
    /// Reads them, with two statements however much is said: what is said, and the defaults of calendars.
    pub(crate) async fn load<'a>(
        tx: &mut store::Tx,
        ws: WorkspaceId,
        said: &[Said],
        calendars: impl IntoIterator<Item = &'a Calendar>,
    ) -> Result<Self, store::Error> {
        let mut projects: Vec<ProjectId> = said.iter().filter_map(|said| said.project_id).collect();
        let mut clients: Vec<ClientId> = said.iter().filter_map(|said| said.client_id).collect();
        for calendar in calendars {
            projects.extend(calendar.default_project_id);
            clients.extend(calendar.default_client_id);
        }
        projects.sort_unstable();
        projects.dedup();
        let projects = store::projects::get_many(tx, ws, &projects).await?;
        clients.extend(projects.iter().filter_map(|project| project.client_id));
        clients.sort_unstable();
        clients.dedup();
        let clients = store::clients::get_many(tx, ws, &clients).await?;
        Ok(Self {
            projects: projects.into_iter().map(|one| (one.id, one)).collect(),
            clients: clients.into_iter().map(|one| (one.id, one)).collect(),
        })
    }

    /// Whether work may be booked on what is said.
    ///
    /// # Errors
    /// [`Error::UnknownReference`], [`Error::Archived`], [`Error::Invalid`] for a project of another client.
    pub(crate) fn check(&self, said: Said) -> Result<(), Error> {
        self.agree(said)?;
        match self.archived(said) {
            Some(name) => Err(Error::Archived(name.to_owned())),
            None => Ok(()),
        }
    }

    /// Whether what is said is there, and the project is no other client's.
    ///
    /// # Errors
    /// [`Error::UnknownReference`], [`Error::Invalid`].
    pub(crate) fn agree(&self, said: Said) -> Result<(), Error> {
        let known = said
            .project_id
            .is_none_or(|id| self.projects.contains_key(&id))
            && said
                .client_id
                .is_none_or(|id| self.clients.contains_key(&id));
        if !known {
            return Err(Error::UnknownReference);
        }
        match (said.client_id, self.client_of(said.project_id)) {
            (Some(client), Some(of)) if client != of => Err(Error::Invalid {
                pointer: "/client_id",
                detail: "is not the client of this project; leave it out, or choose one of this client's projects".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// The name of what is archived of what is said: the project, its client, or the client.
    pub(crate) fn archived(&self, said: Said) -> Option<&str> {
        let project = said.project_id.and_then(|id| self.projects.get(&id));
        if let Some(project) = project.filter(|project| project.archived_at.is_some()) {
            return Some(&project.name);
        }
        let clients = [
            said.client_id,
            project.and_then(|project| project.client_id),
        ];
        let mut clients = clients
            .into_iter()
            .flatten()
            .filter_map(|id| self.clients.get(&id));
        let client = clients.find(|client| client.archived_at.is_some());
        client.map(|client| client.name.as_str())
    }

    /// Whether work may be booked on what is said.
    pub(crate) fn is_open(&self, said: Said) -> bool {
        self.check(said).is_ok()
    }

    /// The client whose project it is.
    pub(crate) fn client_of(&self, project: Option<ProjectId>) -> Option<ClientId> {
        self.projects.get(&project?)?.client_id
    }

    /// What work is booked on: what is said; where nothing is, the calendar's default, as far as it is open and does not contradict. Whether it
    /// is billed the project says, if nobody else does.
    pub(crate) fn decide(&self, said: Said, calendar: Option<&Calendar>) -> Booking {
        let default = |project_id, client_id| {
            let default = Said {
                client_id,
                project_id,
                billable: None,
            };
            self.is_open(default).then_some(default)
        };
        let project_id = said.project_id.or_else(|| {
            let project = calendar.and_then(|calendar| calendar.default_project_id)?;
            default(Some(project), said.client_id)?.project_id
        });
        let client_id = self.client_of(project_id).or(said.client_id).or_else(|| {
            let client = calendar.and_then(|calendar| calendar.default_client_id)?;
            default(project_id, Some(client))?.client_id
        });
        let project = project_id.and_then(|id| self.projects.get(&id));
        Booking {
            client_id,
            project_id,
            billable: said
                .billable
                .or_else(|| project.map(|project| project.billable))
                .unwrap_or(true),
        }
    }
}
