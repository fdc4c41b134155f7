//! What the caller wants to be told, and where.

use axum::extract::State;
use daybook_engine::Context;
use daybook_engine::notifications::{self, Changes, Error, Matrix, Row};
use daybook_engine::store::slack::notices::Kind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::wire::NoticeKindSchema;
use crate::extract::{Json, Reader, Writer};
use crate::problem::Problem;

/// Where a kind of notice is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NotificationChoice)]
pub struct ChoiceBody {
    /// What about.
    #[schema(value_type = NoticeKindSchema)]
    pub kind: Kind,
    /// Whether by mail; null: never by mail.
    #[schema(required = true)]
    pub mail: Option<bool>,
    /// Whether in Slack; null: never in Slack.
    #[schema(required = true)]
    pub slack: Option<bool>,
}

/// What you are told, and where.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Notifications)]
pub struct NotificationsBody {
    /// One for each kind.
    pub items: Vec<ChoiceBody>,
    /// When the summary of the day comes, on your own clock: `17:00`.
    pub daily_summary_time: String,
    /// Whether this installation sends mail.
    pub mail_configured: bool,
    /// Whether you are linked with Slack and can be told something there.
    pub slack_linked: bool,
}

/// Where a kind of notice is to be told; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceInput {
    /// What about.
    #[schema(value_type = NoticeKindSchema)]
    pub kind: Kind,
    /// By mail.
    pub mail: Option<bool>,
    /// In Slack.
    pub slack: Option<bool>,
}

/// What you want to be told; kinds that are left out stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationsInput {
    /// Kinds.
    #[serde(default)]
    #[schema(required = false)]
    pub items: Vec<ChoiceInput>,
    /// When the summary of the day comes, on your own clock: `17:00`.
    pub daily_summary_time: Option<String>,
}

impl From<Matrix> for NotificationsBody {
    fn from(matrix: Matrix) -> Self {
        let choice = |row: Row| ChoiceBody {
            kind: row.kind,
            mail: row.mail,
            slack: row.slack,
        };
        Self {
            items: matrix.rows.into_iter().map(choice).collect(),
            daily_summary_time: matrix.daily_summary_time,
            mail_configured: matrix.mail_configured,
            slack_linked: matrix.slack_linked,
        }
    }
}

/// What you are told
///
/// Each kind of notice by channel.
#[utoipa::path(get, path = "/me/notifications", tag = "Accounts", responses((status = 200, body = NotificationsBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
) -> Result<Json<NotificationsBody>, Problem> {
    Ok(Json(notifications::get(&cx, &who).await?.into()))
}

/// Choose what you are told
#[utoipa::path(put, path = "/me/notifications", tag = "Accounts", responses((status = 200, body = NotificationsBody)))]
pub async fn put(
    State(cx): State<Context>,
    Writer(who): Writer,
    Json(input): Json<NotificationsInput>,
) -> Result<Json<NotificationsBody>, Problem> {
    let row = |choice: ChoiceInput| Row {
        kind: choice.kind,
        mail: choice.mail,
        slack: choice.slack,
    };
    let changes = Changes {
        rows: input.items.into_iter().map(row).collect(),
        daily_summary_time: input.daily_summary_time,
    };
    Ok(Json(notifications::put(&cx, &who, &changes).await?.into()))
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid { pointer, detail } => Self::invalid_field(&pointer, detail),
            Error::Store(error) => error.into(),
        }
    }
}
