//! `auth.test`: whose token this is; and the same facts in the answer of the token endpoint.

use bytes::Bytes;
use daybook_provider_api::chat::Installation;
use daybook_provider_api::registry::Identity;
use daybook_provider_api::{Result, Session};
use http::header::ACCEPT;
use serde_json::Value;

use super::{READ, address, text};
use crate::slack::errors;

/// Asks.
pub(in crate::slack) async fn ask(session: &Session<'_>) -> Result<(Installation, Identity)> {
    let url = match &session.userinfo_url {
        Some(url) => url.clone(),
        None => address(&session.api_url, "auth.test", &[])?.into(),
    };
    let request = http::Request::get(url)
        .header(ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|_| errors::misconfigured())?;
    let json = errors::answer(&session.send(request, READ).await?)?;
    tested(&json).ok_or_else(errors::malformed)
}

/// What `auth.test` says.
fn tested(json: &Value) -> Option<(Installation, Identity)> {
    let whole = json["is_enterprise_install"] == Value::Bool(true);
    let enterprise = text(json, "/enterprise_id").unwrap_or_default();
    let team = text(json, "/team_id").unwrap_or_default();
    let installation = Installation {
        team_id: if whole { String::new() } else { team.clone() },
        enterprise_id: match (whole, enterprise.is_empty()) {
            // For a whole organisation the team may be named in its place.
            (true, true) => team,
            _ => enterprise,
        },
        team_name: text(json, "/team"),
        app_id: text(json, "/app_id"),
        bot_user_id: text(json, "/user_id"),
        installer_id: None,
    };
    let subject = subject(&installation)?;
    let identity = Identity {
        subject,
        email: None,
        name: installation.team_name.clone(),
        api_url: None,
    };
    Some((installation, identity))
}

/// What names an installation: the Slack workspace, or the organisation where it is installed as a whole.
fn subject(installation: &Installation) -> Option<String> {
    let id = match installation.team_id.as_str() {
        "" => &installation.enterprise_id,
        team => team,
    };
    (!id.is_empty()).then(|| id.to_owned())
}

/// What the token endpoint said besides the tokens.
pub(in crate::slack) fn installation(about: &Value) -> Option<Installation> {
    let whole = about["is_enterprise_install"] == Value::Bool(true);
    let team = text(about, "/team/id")
        .filter(|_| !whole)
        .unwrap_or_default();
    let installation = Installation {
        enterprise_id: text(about, "/enterprise/id").unwrap_or_default(),
        team_name: text(
            about,
            if whole {
                "/enterprise/name"
            } else {
                "/team/name"
            },
        ),
        team_id: team,
        app_id: text(about, "/app_id"),
        bot_user_id: text(about, "/bot_user_id"),
        installer_id: text(about, "/authed_user/id"),
    };
    subject(&installation).map(|_| installation)
}
