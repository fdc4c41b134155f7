//! The price of an hour for many pieces of work, with one read of everything that is needed.

use std::collections::HashMap;

use daybook_domain::rate::{Book, Card, NoRate, Rate, Work};
use daybook_domain::{ClientId, MemberId, ProjectId, WorkspaceId};
use daybook_store as store;
use jiff::Timestamp;
use store::Tx;
use store::projects::Project;
use store::time_entries::TimeEntry;

use crate::timesheets::Policy;

/// What must be known of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Who worked.
    pub member_id: MemberId,
    /// In which project.
    pub project_id: Option<ProjectId>,
    /// For which client.
    pub client_id: Option<ClientId>,
    /// When it began: the day in the workspace's zone decides.
    pub started_at: Timestamp,
    /// Whether it is billed.
    pub billable: bool,
}

impl From<&TimeEntry> for Facts {
    fn from(entry: &TimeEntry) -> Self {
        Self {
            member_id: entry.member_id,
            project_id: entry.project_id,
            client_id: entry.client_id,
            started_at: entry.started_at,
            billable: entry.billable,
        }
    }
}

/// The hourly rate of each, in order; `None` where it has none.
///
/// # Errors
/// When the database cannot be read.
pub async fn resolve(
    tx: &mut Tx,
    workspace: WorkspaceId,
    work: &[Facts],
) -> Result<Vec<Option<Rate>>, store::Error> {
    let mut pricer = Pricer::load(tx, workspace).await?;
    pricer.know(tx, work).await?;
    Ok(work.iter().map(|facts| pricer.price(facts).ok()).collect())
}

/// The rates of a workspace, and the currencies of the projects and clients that were met so far.
pub struct Pricer {
    workspace: WorkspaceId,
    policy: Policy,
    book: Book,
    cards: Vec<Card>,
    projects: HashMap<ProjectId, Project>,
    clients: HashMap<ClientId, Option<String>>,
}

impl Pricer {
    /// With all rates of the workspace.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn load(tx: &mut Tx, workspace: WorkspaceId) -> Result<Self, store::Error> {
        let rates = store::rates::all(tx, workspace).await?;
        let cards: Vec<Card> = rates.iter().map(store::rates::Rate::card).collect();
        Ok(Self {
            workspace,
            policy: Policy::load(tx, workspace).await?,
            book: Book::new(cards.clone()),
            cards,
            projects: HashMap::new(),
            clients: HashMap::new(),
        })
    }

    /// Reads what is still unknown about this work: two queries at most.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn know(&mut self, tx: &mut Tx, work: &[Facts]) -> Result<(), store::Error> {
        let mut projects: Vec<ProjectId> =
            work.iter().filter_map(|facts| facts.project_id).collect();
        projects.retain(|id| !self.projects.contains_key(id));
        projects.sort_unstable();
        projects.dedup();
        let found = store::projects::get_many(tx, self.workspace, &projects).await?;
        let mut clients: Vec<ClientId> = work.iter().filter_map(|facts| facts.client_id).collect();
        clients.extend(found.iter().filter_map(|project| project.client_id));
        clients.retain(|id| !self.clients.contains_key(id));
        clients.sort_unstable();
        clients.dedup();
        for client in store::clients::get_many(tx, self.workspace, &clients).await? {
            self.clients.insert(client.id, client.currency);
        }
        if found.is_empty() {
            return Ok(());
        }
        for project in found {
            // A project's plain price is valid on all days that no dated one is for.
            if let Some(hourly_minor) = project.hourly_rate_minor {
                self.cards.push(Card {
                    member_id: None,
                    project_id: Some(project.id),
                    client_id: None,
                    currency: self.currency(Some(&project), project.client_id),
                    hourly_minor,
                    from: None,
                    to: None,
                });
            }
            self.projects.insert(project.id, project);
        }
        self.book = Book::new(self.cards.clone());
        Ok(())
    }

    /// The price of an hour of this work, which is known.
    ///
    /// # Errors
    /// [`NoRate`].
    pub fn price(&self, facts: &Facts) -> Result<Rate, NoRate> {
        let project = facts.project_id.and_then(|id| self.projects.get(&id));
        let client = facts
            .client_id
            .or_else(|| project.and_then(|project| project.client_id));
        self.book.resolve(&Work {
            member_id: facts.member_id,
            project_id: facts.project_id,
            client_id: client,
            day: self.day(facts.started_at),
            currency: self.currency(project, client),
            billable: facts.billable,
        })
    }

    /// The day of an instant in the workspace's zone.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> jiff::civil::Date {
        self.policy.day(at)
    }

    /// The instant at which a day begins in the workspace's zone.
    #[must_use]
    pub fn begin(&self, day: jiff::civil::Date) -> Timestamp {
        self.policy.begin(day)
    }

    /// A project of the work that is known.
    #[must_use]
    pub fn project(&self, id: ProjectId) -> Option<&Project> {
        self.projects.get(&id)
    }

    /// The project's, else the client's, else the workspace's.
    fn currency(&self, project: Option<&Project>, client: Option<ClientId>) -> String {
        project
            .and_then(|project| project.currency.clone())
            .or_else(|| client.and_then(|id| self.clients.get(&id).cloned().flatten()))
            .unwrap_or_else(|| self.policy.currency.clone())
    }
}
