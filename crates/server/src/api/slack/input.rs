//! What members say about themselves and Slack.

use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What to be told in Slack; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlackPreferencesInput {
    /// A time entry was made.
    pub time_entry_created: Option<bool>,
    /// An invoice is ready.
    pub invoice_ready: Option<bool>,
    /// A summary of the day.
    pub daily_summary: Option<bool>,
    /// When, on your own clock: `17:00`.
    pub daily_summary_time: Option<String>,
    /// The question after a meeting.
    pub log_this_meeting: Option<bool>,
    /// Time waits for approval.
    pub approval_needed: Option<bool>,
    /// A connection must be made again.
    pub connection_broken: Option<bool>,
    /// An invoice should have been paid.
    pub invoice_overdue: Option<bool>,
    /// Last week's time is not handed in.
    pub submit_reminder: Option<bool>,
}

/// How to be found in Slack: by the token of the link that `/time` gave, or by your address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlackLinkInput {
    /// The token of the link.
    pub token: Option<String>,
    /// Look for your address in Slack, and ask whoever has it there to confirm.
    pub by_email: Option<bool>,
}

/// Work to be logged as `/time` does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlackTimeEntryInput {
    /// `2.5 hours`, `2h 30m`, `1:30`, `90min`, `2,5 h`.
    pub duration: String,
    /// What was done.
    #[serde(default)]
    pub description: String,
    /// On which day; by default today.
    #[schema(value_type = Option<String>, format = Date)]
    pub date: Option<Date>,
    /// For what.
    pub project_id: Option<Uuid>,
    /// For whom.
    pub client_id: Option<Uuid>,
}
