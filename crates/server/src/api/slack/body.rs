//! How a member stands with Slack, as it goes over the wire.

use daybook_engine::slack::status::Standing;
use daybook_engine::store::slack::bindings::Binding;
use daybook_engine::store::slack::installations::Installation;
use daybook_engine::store::slack::preferences::Preferences;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How you stand with Slack.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SlackStatus)]
pub struct SlackStatusBody {
    /// Whether the operator has set Slack up.
    pub configured: bool,
    /// Variables that are missing for installing the app by consent.
    pub missing: Vec<&'static str>,
    /// Whether Slack is listened to over a socket instead of calling us.
    pub socket_mode: bool,
    /// Whether the app is in a Slack workspace.
    pub installed: bool,
    /// The Slack workspaces with the app, the newest first; also those it left.
    pub workspaces: Vec<SlackWorkspaceBody>,
    /// The Slack workspace you are linked in.
    #[schema(required = true)]
    pub workspace: Option<SlackWorkspaceBody>,
    /// Who you are there.
    #[schema(required = true)]
    pub binding: Option<SlackBindingBody>,
    /// What you want to be told.
    pub preferences: SlackPreferencesBody,
}

/// A Slack workspace with the app.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SlackWorkspace)]
pub struct SlackWorkspaceBody {
    /// Whose tokens are used.
    pub connection_id: Uuid,
    /// Slack's id of it; null for a whole organisation.
    #[schema(required = true)]
    pub team_id: Option<String>,
    /// Slack's id of the organisation.
    #[schema(required = true)]
    pub enterprise_id: Option<String>,
    /// Its name.
    #[schema(required = true)]
    pub name: Option<String>,
    /// Whether the app is there.
    pub active: bool,
    /// Why it is not there any more.
    #[schema(required = true)]
    pub ended_because: Option<String>,
    /// When it was last installed.
    pub installed_at: Timestamp,
}

/// Who you are in Slack.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SlackBinding)]
pub struct SlackBindingBody {
    /// Slack's id of you.
    pub slack_user_id: String,
    /// Your name there.
    #[schema(required = true)]
    pub name: Option<String>,
    /// How it was proved: `installer`, `link` or `email`.
    pub linked_by: &'static str,
    /// Since when.
    pub linked_at: Timestamp,
    /// Why you are told nothing, such as `user_disabled`.
    #[schema(required = true)]
    pub silent_because: Option<String>,
}

/// A member who is linked with Slack.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SlackMember)]
pub struct SlackMemberBody {
    /// Who, here.
    pub member_id: Uuid,
    /// Who, in Slack.
    #[serde(flatten)]
    pub binding: SlackBindingBody,
}

/// What to be told in Slack.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SlackPreferences)]
pub struct SlackPreferencesBody {
    /// A time entry was made.
    pub time_entry_created: bool,
    /// An invoice is ready.
    pub invoice_ready: bool,
    /// A summary of the day.
    pub daily_summary: bool,
    /// When, on your own clock: `17:00`.
    pub daily_summary_time: String,
    /// The question after a meeting.
    pub log_this_meeting: bool,
    /// Time waits for approval.
    pub approval_needed: bool,
    /// A connection must be made again.
    pub connection_broken: bool,
    /// An invoice should have been paid.
    pub invoice_overdue: bool,
    /// Last week's time is not handed in.
    pub submit_reminder: bool,
}

/// What came of linking.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SlackLinked)]
pub struct SlackLinkedBody {
    /// `linked`, or `asked`: whoever has your address in Slack is asked to confirm.
    pub status: &'static str,
    /// Who you are in Slack now.
    #[schema(required = true)]
    pub binding: Option<SlackBindingBody>,
    /// A sentence.
    pub message: &'static str,
}

impl From<&Binding> for SlackMemberBody {
    fn from(binding: &Binding) -> Self {
        Self {
            member_id: binding.member_id.into(),
            binding: binding.into(),
        }
    }
}

impl From<Standing> for SlackStatusBody {
    fn from(standing: Standing) -> Self {
        let found = standing.binding();
        let binding = found.map(|(binding, _)| binding.into());
        let workspace = found.map(|(_, installation)| installation.into());
        let live = |one: &Installation| one.ended_at.is_none();
        Self {
            configured: standing.configured,
            missing: standing.missing.clone(),
            socket_mode: standing.socket,
            installed: standing.installations.iter().any(live),
            workspaces: standing.installations.iter().map(Into::into).collect(),
            workspace,
            binding,
            preferences: standing.preferences.clone().into(),
        }
    }
}

impl From<&Installation> for SlackWorkspaceBody {
    fn from(one: &Installation) -> Self {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self {
            connection_id: one.connection_id.into(),
            team_id: some(&one.team_id),
            enterprise_id: some(&one.enterprise_id),
            name: one.team_name.clone(),
            active: one.ended_at.is_none(),
            ended_because: one.ended_because.clone(),
            installed_at: one.installed_at,
        }
    }
}

impl From<&Binding> for SlackBindingBody {
    fn from(binding: &Binding) -> Self {
        Self {
            slack_user_id: binding.slack_user_id.clone(),
            name: binding.name.clone(),
            linked_by: binding.linked_by.as_str(),
            linked_at: binding.linked_at,
            silent_because: binding.silent_because.clone(),
        }
    }
}

impl From<Preferences> for SlackPreferencesBody {
    fn from(choices: Preferences) -> Self {
        Self {
            time_entry_created: choices.time_entry_created,
            invoice_ready: choices.invoice_ready,
            daily_summary: choices.daily_summary,
            daily_summary_time: choices.daily_summary_time,
            log_this_meeting: choices.log_this_meeting,
            approval_needed: choices.approval_needed,
            connection_broken: choices.connection_broken,
            invoice_overdue: choices.invoice_overdue,
            submit_reminder: choices.submit_reminder,
        }
    }
}
