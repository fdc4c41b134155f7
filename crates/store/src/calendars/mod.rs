//! Calendars of connections: what their provider says, how they are synced, and how that went.

mod read;
mod sync;
mod write;

use daybook_domain::billing::BillingFilters;
use daybook_domain::calendar::AccessRole;
use daybook_domain::connection::{CONFIRMED_ERRORS_BEFORE_OFF, Status};
use daybook_domain::sync::Statistics;
use daybook_domain::{CalendarId, ClientId, ConnectionId, MemberId, ProjectId, WorkspaceId};
use jiff::Timestamp;

pub use read::{
    Filter, Summary, all_enabled, busy_sources, by_external_id, count, get, get_many, list,
    of_connection, of_members, summaries,
};
#[cfg(feature = "test-support")]
pub use sync::force_cursor;
pub use sync::{
    DueExpansion, DueSync, ErrorCounts, SyncLease, bump_generation, cursor, due, due_for_expansion,
    mark_sync_error, mark_sync_ok, release_sync_lease, save_cursor, schedule_sync,
    set_expanded_until, set_watch_after, take_sync_lease,
};
pub use write::{
    NewCalendars, Settings, delete, give_up, set_enabled, update_settings, upsert_listed,
};

use crate::LastError;

row! {
    /// A calendar, with what its connection says.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Calendar of "calendar" {
        /// Its id.
        pub id: CalendarId,
        /// Where.
        pub workspace_id: WorkspaceId,
        /// Of which connection.
        pub connection_id: ConnectionId,
        /// Whose connection.
        pub member_id: MemberId,
        /// The connection's provider.
        pub provider: String,
        /// The connection's account.
        pub connection_email: Option<String>,
        /// How the connection stands.
        pub connection_status: Status,
        /// When the connection's access token stops working.
        pub token_expires_at: Option<Timestamp>,
        /// The provider's id.
        pub external_id: String,
        /// Name.
        pub name: String,
        /// IANA zone.
        pub time_zone: Option<String>,
        /// What the account may do.
        pub access_role: AccessRole,
        /// `#rrggbb`.
        pub background_color: Option<String>,
        /// The account's main calendar.
        pub is_primary: bool,
        /// Whether the provider still lists it.
        pub active: bool,
        /// Whether it is synced.
        pub sync_enabled: bool,
        /// How often, in minutes.
        pub sync_interval_minutes: i64,
        /// How far back billing lists reach, in days.
        pub sync_past_days: i64,
        /// How far ahead billing lists reach, in days.
        pub sync_future_days: i64,
        /// Whether its events count as busy.
        pub busy_source: bool,
        /// Whether bookings are written to it.
        pub write_target: bool,
        /// Client of entries made from its events.
        pub default_client_id: Option<ClientId>,
        /// Project of entries made from its events.
        pub default_project_id: Option<ProjectId>,
        /// Which of its events are offered for billing.
        pub billing_filters: Option<BillingFilters>,
        /// Whether the next sync knows where to go on.
        pub has_cursor: bool,
        /// When an incremental sync last found that something had changed.
        pub changed_at: Option<Timestamp>,
        /// Until when its provider tells us of changes.
        pub push_expires_at: Option<Timestamp>,
        /// Before this it is not asked for push again: it cannot be watched, or could not just now.
        pub watch_after: Option<Timestamp>,
        /// Counts full reads.
        pub generation: i64,
        /// Up to when series are expanded; 1970 after its zone changed.
        pub expanded_until: Option<Timestamp>,
        /// When it was last synced without error.
        pub last_sync_at: Option<Timestamp>,
        /// When the next poll is due.
        pub next_sync_at: Option<Timestamp>,
        /// Failures in a row.
        pub sync_errors: i64,
        /// Confirmed authorisation or permission errors since the last success, or since somebody switched it on or off.
        pub confirmed_errors: i64,
        /// What last went wrong.
        pub last_error: Option<LastError>,
        /// What the last sync did.
        pub last_statistics: Option<Statistics>,
        /// When it was first listed.
        pub created_at: Timestamp,
    }
}

impl Calendar {
    /// Whether Daybook switched it off by itself, and nobody has decided about it since.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        !self.sync_enabled && self.confirmed_errors >= i64::from(CONFIRMED_ERRORS_BEFORE_OFF)
    }
}

/// What [`Calendar`] reads, from `calendar c JOIN connection n`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.workspace_id, c.connection_id, n.member_id, n.provider, n.account_email AS connection_email, \
             n.status AS connection_status, n.token_expires_at, c.external_id, c.name, c.time_zone, c.access_role, c.background_color, \
             c.is_primary, c.active, c.sync_enabled, c.sync_interval_minutes, c.sync_past_days, c.sync_future_days, c.busy_source, \
             c.write_target, c.default_client_id, c.default_project_id, c.billing_filters, c.sync_cursor IS NOT NULL AS has_cursor, c.changed_at, c.watch_after, \
             (SELECT max(p.expires_at) FROM push_channel p WHERE p.workspace_id = c.workspace_id AND p.calendar_id = c.id AND p.state = 'live') AS push_expires_at, \
             c.generation, c.expanded_until, c.last_sync_at, \
             c.next_sync_at, c.sync_errors, c.confirmed_errors, c.last_error, c.last_statistics, c.created_at \
             FROM calendar c JOIN connection n ON n.workspace_id = c.workspace_id AND n.id = c.connection_id ",
            $rest
        )
    };
}
use select;
