//! `auth.test`, `auth.revoke` and `apps.uninstall`.

use serde_json::{Value, json};

use super::ALWAYS;
use crate::slack::call::Call;
use crate::slack::errors::ApiError;
use crate::slack::outbound;

pub(super) fn test(call: &Call) -> Result<Value, ApiError> {
    call.begin(ALWAYS);
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "")?;
    let team = caller.team(&state, call.text("team_id").as_deref())?;
    let named = state.teams.get(&team);
    let (name, domain) = named.map_or(("", ""), |t| (t.name.as_str(), t.domain.as_str()));
    let mut answer = json!({"url": format!("https://{domain}.slack.com/"), "team": name, "user": "daybook", "team_id": team,
        "user_id": caller.install.bot_user, "bot_id": caller.install.bot_id, "is_enterprise_install": caller.install.team.is_none()});
    if let Some(enterprise) = &caller.install.enterprise {
        answer["enterprise_id"] = json!(enterprise);
    }
    if caller.install.team.is_none()
        && let Some(enterprise) = &caller.install.enterprise
    {
        // An organisation's token is at home in the organisation.
        answer["team_id"] = json!(enterprise);
        answer["team"] = json!(state.enterprises.get(enterprise));
    }
    Ok(answer)
}

pub(super) fn revoke(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, &["test"]].concat());
    let now = call.now();
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "")?;
    if call.flag("test") {
        return Ok(json!({"revoked": false}));
    }
    if let Some(token) = state.tokens.get_mut(&caller.token) {
        token.dead = Some("token_revoked");
    }
    let alive = state
        .tokens
        .values()
        .any(|t| t.install == caller.key && t.dead.is_none());
    if !alive {
        outbound::tokens_revoked(&mut state, &caller.install, now);
    }
    Ok(json!({"revoked": true}))
}

/// With client id and secret beside the token: the app goes.
pub(super) fn uninstall(call: &Call) -> Result<Value, ApiError> {
    call.begin(ALWAYS);
    let now = call.now();
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "")?;
    let app = call.app(&caller.install.app);
    let fits = app.is_some_and(|app| {
        call.text("client_id").as_ref() == Some(&app.client_id)
            && call.text("client_secret").as_ref() == Some(&app.client_secret)
    });
    if !fits {
        return Err(ApiError::new("invalid_client_id"));
    }
    if let Some(gone) = state.uninstall(&caller.key, "account_inactive") {
        outbound::uninstalled(&mut state, &gone, now);
    }
    Ok(json!({}))
}
