//! What clients, projects and time entries look like in answers.

use std::collections::HashMap;

use daybook_domain::TimeEntryId;
use daybook_domain::time_entry::{Source, Status};
use daybook_engine::accounts::names::{self, Names};
use daybook_engine::store::clients::Client;
use daybook_engine::store::projects::Project;
use daybook_engine::store::time_entries::TimeEntry;
use daybook_engine::timesheets::overlaps;
use daybook_engine::{Context, Principal};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::wire::{SourceSchema, TimeEntryStatusSchema};
use crate::problem::Problem;

/// Whom time is billed to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Client)]
pub struct ClientBody {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Address.
    #[schema(required = true)]
    pub email: Option<String>,
    /// ISO 4217 code; by default the workspace's.
    #[schema(required = true)]
    pub currency: Option<String>,
    /// `#rrggbb`.
    #[schema(required = true)]
    pub color: Option<String>,
    /// Notes.
    #[schema(required = true)]
    pub notes: Option<String>,
    /// Whether it is kept only for the record.
    pub archived: bool,
    /// How many projects it has.
    pub projects_count: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What time is billed to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Project)]
pub struct ProjectBody {
    /// Id.
    pub id: Uuid,
    /// Its client.
    #[schema(required = true)]
    pub client_id: Option<Uuid>,
    /// Its client's name.
    #[schema(required = true)]
    pub client_name: Option<String>,
    /// Name.
    pub name: String,
    /// `#rrggbb`.
    #[schema(required = true)]
    pub color: Option<String>,
    /// Whether its time is billed.
    pub billable: bool,
    /// Price of an hour, in minor units (cents); to plain members null.
    #[schema(required = true)]
    pub hourly_rate_minor: Option<i64>,
    /// ISO 4217 code; by default the client's. To plain members null.
    #[schema(required = true)]
    pub currency: Option<String>,
    /// How many minutes are planned.
    #[schema(required = true)]
    pub budget_minutes: Option<i64>,
    /// How much money is planned, in minor units (cents); to plain members null.
    #[schema(required = true)]
    pub budget_minor: Option<i64>,
    /// Whether it is kept only for the record.
    pub archived: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What of a project's budget is used.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ProjectBudget)]
pub struct BudgetBody {
    /// How many minutes are planned.
    #[schema(required = true)]
    pub budget_minutes: Option<i64>,
    /// How many were worked.
    pub used_minutes: i64,
    /// How much money is planned, in minor units (cents).
    #[schema(required = true)]
    pub budget_minor: Option<i64>,
    /// What billable time comes to by currency, in minor units.
    pub used_minor: std::collections::BTreeMap<String, i64>,
    /// Billable time that has no rate.
    pub unpriced_minutes: i64,
}

/// A piece of work with a duration.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeEntry)]
pub struct TimeEntryBody {
    /// Id.
    pub id: Uuid,
    /// Whose work.
    pub member_id: Uuid,
    /// Their name.
    pub member_name: String,
    /// Where it came from.
    #[schema(value_type = SourceSchema)]
    pub source: Source,
    /// Where it stands.
    #[schema(value_type = TimeEntryStatusSchema)]
    pub status: Status,
    /// What was done.
    pub description: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
    /// How long it took.
    pub duration_minutes: i64,
    /// For whom.
    #[schema(required = true)]
    pub client_id: Option<Uuid>,
    /// Their name.
    #[schema(required = true)]
    pub client_name: Option<String>,
    /// For what.
    #[schema(required = true)]
    pub project_id: Option<Uuid>,
    /// Its name.
    #[schema(required = true)]
    pub project_name: Option<String>,
    /// Whether it is billed.
    pub billable: bool,
    /// The event it was made from.
    #[schema(required = true)]
    pub synced_event_id: Option<Uuid>,
    /// Tags.
    pub tags: Vec<String>,
    /// Whether it is a timer that runs.
    pub running: bool,
    /// Other entries of the same member that take some of its time.
    pub overlaps: Vec<Uuid>,
    /// Why it was sent back.
    #[schema(required = true)]
    pub rejected_reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl ClientBody {
    /// A client with so many projects, as the reader may see it.
    pub fn new(client: &Client, projects_count: u64, who: &Principal) -> Self {
        Self {
            id: client.id.into(),
            name: client.name.clone(),
            email: client.email.clone(),
            currency: client.currency.clone().filter(|_| who.keeps_books()),
            color: client.color.clone(),
            notes: client.notes.clone(),
            archived: client.archived_at.is_some(),
            projects_count,
            created_at: client.created_at,
        }
    }
}

impl ProjectBody {
    /// A project, with its client's name, as the reader may see it.
    pub fn new(project: &Project, names: &Names, who: &Principal) -> Self {
        let money = who.keeps_books();
        Self {
            id: project.id.into(),
            client_id: project.client_id.map(Into::into),
            client_name: names.client(project.client_id),
            name: project.name.clone(),
            color: project.color.clone(),
            billable: project.billable,
            hourly_rate_minor: project.hourly_rate_minor.filter(|_| money),
            currency: project.currency.clone().filter(|_| money),
            budget_minutes: project.budget_minutes,
            budget_minor: project.budget_minor.filter(|_| money),
            archived: project.archived_at.is_some(),
            created_at: project.created_at,
        }
    }
}

impl TimeEntryBody {
    /// An entry, with the names of what it refers to.
    pub fn new(entry: &TimeEntry, names: &Names) -> Self {
        Self {
            id: entry.id.into(),
            member_id: entry.member_id.into(),
            member_name: names.member(entry.member_id),
            source: entry.source,
            status: entry.status,
            description: entry.description.clone(),
            started_at: entry.started_at,
            ended_at: entry.ended_at,
            duration_minutes: entry.duration_minutes,
            client_id: entry.client_id.map(Into::into),
            client_name: names.client(entry.client_id),
            project_id: entry.project_id.map(Into::into),
            project_name: names.project(entry.project_id),
            billable: entry.billable,
            synced_event_id: entry.synced_event_id.map(Into::into),
            tags: entry.tags.clone(),
            running: entry.running,
            overlaps: Vec::new(),
            rejected_reason: entry.rejected_reason.clone(),
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

/// Entries as they go over the wire.
///
/// # Errors
/// When the names cannot be read.
pub async fn bodies(
    cx: &Context,
    who: &Principal,
    entries: Vec<TimeEntry>,
) -> Result<Vec<TimeEntryBody>, Problem> {
    let members = entries.iter().map(|entry| entry.member_id).collect();
    let clients = entries.iter().filter_map(|entry| entry.client_id).collect();
    let projects = entries
        .iter()
        .filter_map(|entry| entry.project_id)
        .collect();
    let names = names::load(cx, who, members, clients, projects).await?;
    let ids: Vec<TimeEntryId> = entries.iter().map(|entry| entry.id).collect();
    let mut found: HashMap<TimeEntryId, Vec<Uuid>> = HashMap::new();
    for (id, other) in overlaps::of(cx, who, &ids).await? {
        found.entry(id).or_default().push(other.into());
    }
    Ok(entries
        .iter()
        .map(|entry| TimeEntryBody {
            overlaps: found.remove(&entry.id).unwrap_or_default(),
            ..TimeEntryBody::new(entry, &names)
        })
        .collect())
}
