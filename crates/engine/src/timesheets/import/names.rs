//! The people, clients and projects that rows name, found by name; clients and projects are made where they are missing.

use std::collections::{HashMap, HashSet};

use daybook_domain::import::Row;
use daybook_domain::{ClientId, MemberId, ProjectId, WorkspaceId};
use daybook_store as store;
use store::clients::NewClient;
use store::projects::NewProject;

use crate::timesheets::Error;
use crate::{Context, Principal};

/// The longest name of a client or project.
const MAX_NAME: usize = 200;
/// All names are kept in memory, so they are read in one go.
const ALL: i64 = i64::MAX;

type ProjectKey = (Option<ClientId>, String);
/// What a row is booked on: client, and project with whether its time is billed.
type Booked = (Option<ClientId>, Option<(ProjectId, bool)>);

/// A client or project that is here already.
#[derive(Clone, Copy)]
struct Known<T> {
    is: T,
    archived: bool,
}

impl<T: Copy> Known<T> {
    /// It, unless it is over: then a row about it is refused, and no twin is made.
    fn open(self, what: &str, name: &str) -> Result<T, String> {
        match self.archived {
            true => Err(format!(
                "the {what} {name} is archived; bring it back first"
            )),
            false => Ok(self.is),
        }
    }
}

#[derive(Default)]
pub(super) struct Names {
    by_email: HashMap<String, MemberId>,
    by_name: HashMap<String, Vec<MemberId>>,
    clients: HashMap<String, Known<ClientId>>,
    projects: HashMap<ProjectKey, Known<(ProjectId, bool)>>,
    /// Made in the transaction that is open.
    fresh_clients: Vec<String>,
    fresh_projects: Vec<ProjectKey>,
    made_clients: HashSet<String>,
    made_projects: HashSet<String>,
}

impl Names {
    pub(super) async fn load(cx: &Context, who: &Principal) -> Result<Self, Error> {
        let ws = who.workspace_id;
        let mut names = Self::default();
        let mut tx = cx.store.read_in(ws).await?;
        for member in store::members::list(&mut tx, ws, None, ALL).await? {
            names
                .by_email
                .insert(member.email.to_lowercase(), member.id);
            let same = names.by_name.entry(plain(&member.name)).or_default();
            same.push(member.id);
        }
        let mut clients = store::clients::list(&mut tx, ws, true, None, ALL).await?;
        // Of several with one name, one that is not over.
        clients.sort_by_key(|client| client.archived_at.is_some());
        for client in clients {
            let known = names.clients.entry(plain(&client.name));
            known.or_insert(Known {
                is: client.id,
                archived: client.archived_at.is_some(),
            });
        }
        let filter = store::projects::Filter {
            archived: true,
            ..store::projects::Filter::default()
        };
        let mut projects = store::projects::list(&mut tx, ws, &filter, None, ALL).await?;
        projects.sort_by_key(|project| project.archived_at.is_some());
        for project in projects {
            let key = (project.client_id, plain(&project.name));
            let known = names.projects.entry(key);
            known.or_insert(Known {
                is: (project.id, project.billable),
                archived: project.archived_at.is_some(),
            });
        }
        Ok(names)
    }

    /// Whose work a row is.
    pub(super) fn owner(&self, who: &Principal, row: &Row) -> Result<MemberId, String> {
        let named = match (&row.email, &row.person) {
            (Some(email), _) => {
                let known = self.by_email.get(email).copied();
                known.ok_or_else(|| format!("nobody in this workspace has the address {email}"))?
            }
            (None, Some(name)) => match self.by_name.get(&plain(name)).map(Vec::as_slice) {
                Some([one]) => *one,
                Some(_) => return Err(format!("several people here are called {name}")),
                None => return Err(format!("nobody in this workspace is called {name}")),
            },
            (None, None) => who.member_id,
        };
        if named != who.member_id && !who.manages() {
            return Err("it is somebody else's time; an owner or admin can take it over".into());
        }
        Ok(named)
    }

    /// What a row is booked on.
    pub(super) async fn booked_on(
        &mut self,
        tx: &mut store::Tx,
        ws: WorkspaceId,
        row: &Row,
    ) -> Result<Result<Booked, String>, Error> {
        for (what, name) in [("client", &row.client), ("project", &row.project)] {
            if name
                .as_ref()
                .is_some_and(|name| name.chars().count() > MAX_NAME)
            {
                return Ok(Err(format!(
                    "the name of the {what} is longer than {MAX_NAME} characters"
                )));
            }
        }
        if let Err(reason) = self.open(row) {
            return Ok(Err(reason));
        }
        let client = match &row.client {
            None => None,
            Some(name) => Some(self.client(tx, ws, name).await?),
        };
        let project = match &row.project {
            None => None,
            Some(name) => Some(self.project(tx, ws, client, name).await?),
        };
        Ok(Ok((client, project)))
    }

    /// Whether what the row names is not over, as far as it is here: before anything is made for it.
    fn open(&self, row: &Row) -> Result<(), String> {
        let client = match &row.client {
            None => None,
            Some(name) => match self.clients.get(&plain(name)) {
                None => return Ok(()),
                Some(known) => Some(known.open("client", name)?),
            },
        };
        if let Some(name) = &row.project
            && let Some(known) = self.projects.get(&(client, plain(name)))
        {
            known.open("project", name)?;
        }
        Ok(())
    }

    async fn client(
        &mut self,
        tx: &mut store::Tx,
        ws: WorkspaceId,
        name: &str,
    ) -> Result<ClientId, Error> {
        let key = plain(name);
        if let Some(known) = self.clients.get(&key) {
            return Ok(known.is);
        }
        let new = NewClient {
            name: name.to_owned(),
            ..NewClient::default()
        };
        let id = store::clients::create(tx, ws, &new).await?.id;
        let known = Known {
            is: id,
            archived: false,
        };
        self.clients.insert(key.clone(), known);
        self.fresh_clients.push(key);
        self.made_clients.insert(name.to_owned());
        Ok(id)
    }

    async fn project(
        &mut self,
        tx: &mut store::Tx,
        ws: WorkspaceId,
        client: Option<ClientId>,
        name: &str,
    ) -> Result<(ProjectId, bool), Error> {
        let key = (client, plain(name));
        if let Some(known) = self.projects.get(&key) {
            return Ok(known.is);
        }
        let new = NewProject {
            client_id: client,
            name: name.to_owned(),
            color: None,
            currency: None,
            hourly_rate_minor: None,
            billable: true,
        };
        let id = store::projects::create(tx, ws, &new).await?.id;
        let known = Known {
            is: (id, true),
            archived: false,
        };
        self.projects.insert(key.clone(), known);
        self.fresh_projects.push(key);
        self.made_projects.insert(name.to_owned());
        Ok((id, true))
    }

    /// What the transaction made stays.
    pub(super) fn keep_new(&mut self) {
        self.fresh_clients.clear();
        self.fresh_projects.clear();
    }

    /// What the transaction made is gone again.
    pub(super) fn forget_new(&mut self) {
        for key in self.fresh_clients.drain(..) {
            self.clients.remove(&key);
        }
        for key in self.fresh_projects.drain(..) {
            self.projects.remove(&key);
        }
    }

    /// The names of the clients and projects that were not there before.
    pub(super) fn made(&self) -> (Vec<String>, Vec<String>) {
        let sorted = |names: &HashSet<String>| {
            let mut names: Vec<String> = names.iter().cloned().collect();
            names.sort();
            names
        };
        (sorted(&self.made_clients), sorted(&self.made_projects))
    }
}

/// Names are the same whatever their case and blanks.
fn plain(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}
