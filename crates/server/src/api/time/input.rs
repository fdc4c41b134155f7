//! What requests about clients, projects and time entries may say.

use daybook_domain::duration;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::wire::{SourceSchema, TimeEntryStatusSchema};
use crate::extract::{nullable, switch};
use crate::problem::Problem;

/// A client to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientInput {
    /// Name.
    pub name: String,
    /// Address.
    pub email: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// `#rrggbb`.
    pub color: Option<String>,
    /// Notes.
    pub notes: Option<String>,
}

/// Changes to a client; null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientPatch {
    /// Name.
    pub name: Option<String>,
    /// Address.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// ISO 4217 code.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Option<String>>,
    /// `#rrggbb`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub color: Option<Option<String>>,
    /// Notes.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub notes: Option<Option<String>>,
    /// Kept only for the record.
    pub archived: Option<bool>,
}

/// Where the event of a time entry goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryEventInput {
    /// One of your calendars.
    pub calendar_id: Uuid,
}

/// A project to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectInput {
    /// Its client.
    pub client_id: Option<Uuid>,
    /// Name.
    pub name: String,
    /// `#rrggbb`.
    pub color: Option<String>,
    /// Whether its time is billed; by default yes.
    pub billable: Option<bool>,
    /// Price of an hour, in minor units (cents).
    pub hourly_rate_minor: Option<i64>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// How many minutes are planned.
    pub budget_minutes: Option<i64>,
    /// How much money is planned, in minor units (cents).
    pub budget_minor: Option<i64>,
}

/// Changes to a project; null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectPatch {
    /// Its client.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub client_id: Option<Option<Uuid>>,
    /// Name.
    pub name: Option<String>,
    /// `#rrggbb`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub color: Option<Option<String>>,
    /// Whether its time is billed.
    pub billable: Option<bool>,
    /// Price of an hour, in minor units (cents).
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>)]
    pub hourly_rate_minor: Option<Option<i64>>,
    /// ISO 4217 code.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Option<String>>,
    /// How many minutes are planned.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>)]
    pub budget_minutes: Option<Option<i64>>,
    /// How much money is planned, in minor units (cents).
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>)]
    pub budget_minor: Option<Option<i64>>,
    /// Kept only for the record.
    pub archived: Option<bool>,
}

/// A time entry to be made, with an end or a length.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeEntryInput {
    /// What was done.
    pub description: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How long it took, in minutes; or
    pub duration_minutes: Option<i64>,
    /// as you would type it: `2h 30m`, `1:30`, `2.5 hours`.
    pub duration: Option<String>,
    /// For whom; by default the project's client.
    pub client_id: Option<Uuid>,
    /// For what.
    pub project_id: Option<Uuid>,
    /// Whether it is billed; by default as the project says.
    pub billable: Option<bool>,
    /// Tags.
    #[serde(default)]
    #[schema(required = false)]
    pub tags: Vec<String>,
}

/// Changes to a time entry; null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeEntryPatch {
    /// What was done.
    pub description: Option<String>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Timestamp>)]
    pub ended_at: Option<Option<Timestamp>>,
    /// How long it took, in minutes; or
    pub duration_minutes: Option<i64>,
    /// as you would type it: `2h 30m`, `1:30`, `2.5 hours`.
    pub duration: Option<String>,
    /// For whom.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub client_id: Option<Option<Uuid>>,
    /// For what.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub project_id: Option<Option<Uuid>>,
    /// Whether it is billed.
    pub billable: Option<bool>,
    /// Tags.
    pub tags: Option<Vec<String>>,
}

/// A length, in minutes or as people type it.
///
/// # Errors
/// 422 when both are given, or the text cannot be understood.
pub fn minutes(text: Option<&str>, minutes: Option<i64>) -> Result<Option<i64>, Problem> {
    match (text, minutes) {
        (Some(_), Some(_)) => Err(Problem::invalid_field(
            "/duration",
            "give duration or duration_minutes, not both",
        )),
        (Some(text), None) => duration::parse_minutes(text)
            .map(Some)
            .map_err(|error| Problem::invalid_field("/duration", error.to_string())),
        (None, minutes) => Ok(minutes),
    }
}

/// Why an entry is sent back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectInput {
    /// What is wrong with it; needed, at most 2000 characters.
    pub reason: Option<String>,
}

/// Which clients.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClientQuery {
    /// Also archived ones.
    #[serde(default, deserialize_with = "switch")]
    #[param(required = false)]
    pub archived: bool,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// Which projects.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Of this client.
    pub client_id: Option<Uuid>,
    /// Also archived ones.
    #[serde(default, deserialize_with = "switch")]
    #[param(required = false)]
    pub archived: bool,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// Which time entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimeEntryQuery {
    /// Beginning at or after this instant or date.
    pub from: Option<String>,
    /// Beginning before this instant or date.
    pub to: Option<String>,
    /// In this state.
    #[param(value_type = Option<TimeEntryStatusSchema>)]
    pub status: Option<String>,
    /// From this source.
    #[param(value_type = Option<SourceSchema>)]
    pub source: Option<String>,
    /// Of this member; for plain members always their own.
    pub member_id: Option<Uuid>,
    /// For this client.
    pub client_id: Option<Uuid>,
    /// For this project.
    pub project_id: Option<Uuid>,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}
