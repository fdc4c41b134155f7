//! The activity log: what integrations did, in sentences people can read.

pub mod kinds;
pub mod list;

use daybook_domain::activity::LogType;
use daybook_domain::{CalendarId, ConnectionId, MemberId, WorkspaceId};
use daybook_store as store;
use serde_json::{Value, json};

/// A line to be written, built up by the use case that did the thing.
#[derive(Debug, Clone)]
pub struct Line {
    /// What kind of thing.
    pub log_type: LogType,
    /// The provider's key.
    pub provider: Option<String>,
    /// The account concerned.
    pub connection: Option<ConnectionId>,
    /// The calendar concerned.
    pub calendar: Option<CalendarId>,
    /// Whose thing it is.
    pub member: Option<MemberId>,
    /// Whether it worked.
    pub success: bool,
    /// One sentence.
    pub title: String,
    /// More, as an object of plain values. Never contents, never secrets.
    pub detail: Value,
    /// How long it took.
    pub duration_ms: Option<u64>,
}

impl Line {
    /// Something that worked.
    #[must_use]
    pub fn new(log_type: LogType, title: impl Into<String>) -> Self {
        Self {
            log_type,
            provider: None,
            connection: None,
            calendar: None,
            member: None,
            success: true,
            title: title.into(),
            detail: json!({}),
            duration_ms: None,
        }
    }

    /// Something that failed.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.success = false;
        self
    }

    /// About this account.
    #[must_use]
    pub fn about(mut self, provider: &str, connection: ConnectionId, member: MemberId) -> Self {
        self.provider = Some(provider.to_owned());
        self.connection = Some(connection);
        self.member = Some(member);
        self
    }

    /// About this calendar.
    #[must_use]
    pub fn calendar(mut self, calendar: CalendarId) -> Self {
        self.calendar = Some(calendar);
        self
    }

    /// With more to say.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// It took this long.
    #[must_use]
    pub fn took(mut self, duration_ms: u64) -> Self {
        self.duration_ms = Some(duration_ms);
        self
    }

    /// Writes the line in the transaction of what it tells about.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn write(self, tx: &mut store::Tx, workspace: WorkspaceId) -> store::Result<()> {
        let line = store::activity::NewActivity {
            log_type: self.log_type,
            integration_type: self.provider,
            connection_id: self.connection,
            calendar_id: self.calendar,
            member_id: self.member,
            success: self.success,
            title: self.title,
            detail: self.detail,
            duration_ms: self.duration_ms.and_then(|ms| i64::try_from(ms).ok()),
        };
        store::activity::append(tx, workspace, &line)
            .await
            .map(|_| ())
    }
}
