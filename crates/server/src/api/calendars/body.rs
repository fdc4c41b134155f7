//! What calendars look like in answers, and what requests about them may say.

use daybook_domain::calendar::{AccessRole, PushMode};
use daybook_domain::connection::Status;
use daybook_domain::sync::Statistics;
use daybook_engine::store::calendars::Calendar;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::billing::BillingFiltersBody;
use crate::api::connections::body::LastErrorBody;
use crate::api::wire::{AccessRoleSchema, ConnectionStatusSchema, PushModeSchema};
use crate::extract::{nullable, switch};

/// A calendar of a connection.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Calendar)]
pub struct CalendarBody {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// The provider's key.
    pub provider: String,
    /// Whether the provider still lists it.
    pub active: bool,
    /// The same as `active`.
    pub is_active: bool,
    /// Whether it is synced.
    pub sync_enabled: bool,
    /// How often, in minutes.
    pub sync_interval_minutes: i64,
    /// How far back billing lists reach, in days.
    pub sync_past_days: i64,
    /// How far ahead billing lists reach, in days.
    pub sync_future_days: i64,
    /// When it was last synced without error.
    #[schema(required = true)]
    pub last_sync_at: Option<Timestamp>,
    /// When the next sync is due.
    #[schema(required = true)]
    pub next_sync_at: Option<Timestamp>,
    /// How changes are noticed: `push` when the provider tells of them within seconds (a slow poll runs behind), else `poll`.
    #[schema(value_type = PushModeSchema)]
    pub push_mode: PushMode,
    /// Until when the provider tells of changes; renewed before.
    #[schema(required = true)]
    pub push_expires_at: Option<Timestamp>,
    /// Failures in a row.
    pub sync_errors: i64,
    /// How its connection stands.
    #[schema(value_type = ConnectionStatusSchema)]
    pub connection_status: Status,
    /// What the provider says of it.
    pub provider_details: ProviderDetails,
    /// Its connection.
    pub connection_id: Uuid,
    /// `#rrggbb`.
    #[schema(required = true)]
    pub color: Option<String>,
    /// Client of entries made from its events.
    #[schema(required = true)]
    pub default_client_id: Option<Uuid>,
    /// Project of entries made from its events.
    #[schema(required = true)]
    pub default_project_id: Option<Uuid>,
    /// Which of its events are offered for billing; with empty lists: all.
    pub billing_filters: BillingFiltersBody,
    /// Whether its events count as busy.
    pub busy_source: bool,
    /// Whether new events are written to it. On for calendars that take them, until somebody switches it off.
    pub write_target: bool,
    /// What last went wrong.
    #[schema(required = true)]
    pub last_error: Option<LastErrorBody>,
    /// What the last sync did.
    #[schema(required = true)]
    pub last_result: Option<SyncResultBody>,
    /// Events in the mirror.
    pub events_count: i64,
    /// Whether the connection's token stopped working and could not be renewed.
    pub token_expired: bool,
    /// When it was first listed.
    pub created_at: Timestamp,
}

/// What the provider says of a calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProviderDetails {
    /// The provider's id.
    pub external_id: String,
    /// The provider's name for it.
    pub summary: String,
    /// The account's main calendar.
    pub primary: bool,
    /// What the account may do.
    #[schema(value_type = AccessRoleSchema)]
    pub access_role: AccessRole,
    /// IANA zone.
    #[schema(required = true)]
    pub time_zone: Option<String>,
    /// `#rrggbb`.
    #[schema(required = true)]
    pub background_color: Option<String>,
    /// The account.
    #[schema(required = true)]
    pub connection_email: Option<String>,
}

/// What a sync did. Counts are of provider events: a series counts once, each changed or cancelled occurrence once.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SyncResult)]
pub struct SyncResultBody {
    /// The calendar.
    pub calendar_id: Uuid,
    /// Events that were new.
    pub created: u64,
    /// Events that changed.
    pub updated: u64,
    /// Events that went.
    pub deleted: u64,
    /// Events that were told again, unchanged.
    pub unchanged: u64,
    /// All-day events, which billing lists leave out.
    pub skipped_all_day: u64,
    /// Whether everything was read.
    pub full: bool,
    /// Pages read.
    pub pages: u64,
    /// Requests sent.
    pub provider_calls: u64,
    /// How long it took.
    pub duration_ms: u64,
}

/// A sync that goes on in the background.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SyncAccepted)]
pub struct SyncAcceptedBody {
    /// The job.
    pub job_id: Uuid,
    /// What happens, in a sentence.
    pub message: String,
}

/// Which calendars.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarQuery {
    /// Of this connection.
    pub connection_id: Option<Uuid>,
    /// Only those that are, or are not, synced.
    #[serde(default, deserialize_with = "switch")]
    pub sync_enabled: Option<bool>,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

/// Changes to a calendar's settings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarPatch {
    /// Whether it is synced.
    #[serde(alias = "is_active", alias = "active")]
    pub sync_enabled: Option<bool>,
    /// 5 to 1440.
    #[schema(minimum = 5, maximum = 1440)]
    pub sync_interval_minutes: Option<i64>,
    /// 0 to 90.
    pub sync_past_days: Option<i64>,
    /// 1 to 400.
    pub sync_future_days: Option<i64>,
    /// Client of entries made from its events; null: none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub default_client_id: Option<Option<Uuid>>,
    /// Project of entries made from its events; null: none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub default_project_id: Option<Option<Uuid>>,
    /// Which of its events are offered for billing: replaces the filters as a whole; null: all.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<BillingFiltersBody>)]
    pub billing_filters: Option<Option<BillingFiltersBody>>,
    /// Whether its events count as busy.
    pub busy_source: Option<bool>,
    /// Whether new events are written to it. On for calendars that take them, until somebody switches it off.
    pub write_target: Option<bool>,
}

/// Syncing on or off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnableInput {
    /// On or off.
    pub enabled: bool,
}

/// A calendar, by its provider's id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectInput {
    /// The provider's id of the calendar.
    pub calendar_id: String,
    /// Of this connection; otherwise of the oldest that has it.
    pub connection_id: Option<Uuid>,
    /// Client of entries made from its events.
    pub client_id: Option<Uuid>,
    /// Project of entries made from its events.
    pub project_id: Option<Uuid>,
}

/// How to sync.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SyncQuery {
    /// Read everything instead of what changed. Ids stay.
    #[serde(default, deserialize_with = "switch")]
    #[param(required = false)]
    pub full: bool,
}

impl CalendarBody {
    /// The calendar, with the size of its mirror, at `now`.
    pub fn new(calendar: Calendar, events_count: i64, now: Timestamp) -> Self {
        let lapsed = calendar.token_expires_at.is_some_and(|at| at <= now);
        let push_expires_at = calendar
            .push_expires_at
            .filter(|at| calendar.sync_enabled && now < *at);
        Self {
            id: calendar.id.into(),
            name: calendar.name.clone(),
            active: calendar.active,
            is_active: calendar.active,
            sync_enabled: calendar.sync_enabled,
            sync_interval_minutes: calendar.sync_interval_minutes,
            sync_past_days: calendar.sync_past_days,
            sync_future_days: calendar.sync_future_days,
            last_sync_at: calendar.last_sync_at,
            next_sync_at: calendar.next_sync_at.filter(|_| calendar.sync_enabled),
            push_mode: if push_expires_at.is_some() {
                PushMode::Push
            } else {
                PushMode::Poll
            },
            push_expires_at,
            sync_errors: calendar.sync_errors,
            connection_status: calendar.connection_status,
            provider_details: ProviderDetails {
                external_id: calendar.external_id,
                summary: calendar.name,
                primary: calendar.is_primary,
                access_role: calendar.access_role,
                time_zone: calendar.time_zone,
                background_color: calendar.background_color.clone(),
                connection_email: calendar.connection_email,
            },
            connection_id: calendar.connection_id.into(),
            color: calendar.background_color,
            default_client_id: calendar.default_client_id.map(Into::into),
            default_project_id: calendar.default_project_id.map(Into::into),
            billing_filters: calendar.billing_filters.unwrap_or_default().into(),
            busy_source: calendar.busy_source,
            write_target: calendar.write_target,
            last_error: calendar.last_error.map(Into::into),
            last_result: calendar
                .last_statistics
                .map(|statistics| SyncResultBody::new(calendar.id.into(), statistics)),
            events_count,
            token_expired: calendar.connection_status == Status::NeedsReauth && lapsed,
            created_at: calendar.created_at,
            provider: calendar.provider,
        }
    }
}

impl SyncResultBody {
    /// The statistics of a sync of this calendar.
    pub fn new(calendar_id: Uuid, statistics: Statistics) -> Self {
        Self {
            calendar_id,
            created: statistics.created,
            updated: statistics.updated,
            deleted: statistics.deleted,
            unchanged: statistics.unchanged,
            skipped_all_day: statistics.skipped_all_day,
            full: statistics.full,
            pages: statistics.pages,
            provider_calls: statistics.provider_calls,
            duration_ms: statistics.duration_ms,
        }
    }
}
