//! `views.open`, `views.update` and `views.publish`.

use daybook_provider_api::{Result, Session};
use serde_json::{Value, json};

use super::post;

/// Opens a form, within three seconds of the click it answers.
pub(in crate::slack) async fn open(
    session: &Session<'_>,
    trigger: &str,
    view: &Value,
) -> Result<()> {
    let body = json!({"trigger_id": trigger, "view": view});
    post(session, "views.open", &body).await.map(|_| ())
}

/// Puts another form in the place of one that is open.
pub(in crate::slack) async fn update(
    session: &Session<'_>,
    view_id: &str,
    view: &Value,
) -> Result<()> {
    let body = json!({"view_id": view_id, "view": view});
    post(session, "views.update", &body).await.map(|_| ())
}

/// Shows somebody's home page.
pub(in crate::slack) async fn publish(
    session: &Session<'_>,
    user: &str,
    view: &Value,
) -> Result<()> {
    let body = json!({"user_id": user, "view": view});
    post(session, "views.publish", &body).await.map(|_| ())
}
