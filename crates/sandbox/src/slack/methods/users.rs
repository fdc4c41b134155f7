//! `users.info`, `users.lookupByEmail` and `team.info`.

use serde_json::{Value, json};

use super::ALWAYS;
use crate::slack::call::{Call, Caller};
use crate::slack::errors::ApiError;
use crate::slack::state::{State, User};

pub(super) fn info(call: &Call) -> Result<Value, ApiError> {
    call.begin(ALWAYS);
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "users:read")?;
    let id = call.text("user").unwrap_or_default();
    let user = state.users.get(&id);
    let user = user.filter(|u| state.reaches(&caller.install, &u.team));
    let user = user.ok_or_else(|| ApiError::new("user_not_found"))?;
    Ok(json!({"user": shown(&state, &caller, user)}))
}

pub(super) fn lookup(call: &Call) -> Result<Value, ApiError> {
    call.begin(ALWAYS);
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "users:read.email")?;
    let email = call.need("email")?;
    let team = caller.team(&state, call.text("team_id").as_deref())?;
    let mut users = state.users.values();
    let user = users.find(|u| u.team == team && u.email.eq_ignore_ascii_case(&email) && !u.deleted);
    let user = user.ok_or_else(|| ApiError::new("users_not_found"))?;
    Ok(json!({"user": shown(&state, &caller, user)}))
}

pub(super) fn team(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, &["team"]].concat());
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "team:read")?;
    let id = caller.team(&state, call.text("team").as_deref())?;
    let team = state.teams.get(&id);
    let team = team.ok_or_else(|| ApiError::new("team_not_found"))?;
    Ok(
        json!({"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "",
        "enterprise_id": team.enterprise, "enterprise_name": team.enterprise.as_ref().and_then(|e| state.enterprises.get(e))}}),
    )
}

fn shown(state: &State, caller: &Caller, user: &User) -> Value {
    let mut profile =
        json!({"real_name": user.name, "display_name": user.handle, "team": user.team});
    if caller
        .install
        .scopes
        .iter()
        .any(|s| s == "users:read.email")
    {
        profile["email"] = json!(user.email);
    }
    let zone = jiff::tz::TimeZone::get(&user.tz).unwrap_or(jiff::tz::TimeZone::UTC);
    let offset = zone.to_offset(jiff::Timestamp::UNIX_EPOCH).seconds();
    json!({"id": user.id, "team_id": user.team, "name": user.handle, "real_name": user.name, "deleted": user.deleted,
        "tz": user.tz, "tz_label": user.tz, "tz_offset": offset, "is_bot": false, "is_app_user": false, "updated": 1_700_000_000,
        "enterprise_user": state.enterprise_of(&user.team).map(|id| json!({"id": user.id, "enterprise_id": id})), "profile": profile})
}
