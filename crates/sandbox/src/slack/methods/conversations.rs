//! `conversations.open`: the direct conversation with a person.

use serde_json::{Value, json};

use super::ALWAYS;
use crate::slack::call::Call;
use crate::slack::errors::ApiError;

pub(super) fn open(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, &["prevent_creation"]].concat());
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "im:write")?;
    let Some(users) = call.text("users") else {
        return Err(ApiError::new("users_list_not_supplied"));
    };
    if users.contains(',') {
        return Err(ApiError::scope("mpim:write", &caller.install.scopes));
    }
    if users == caller.install.bot_user || state.installs.values().any(|i| i.bot_user == users) {
        return Err(ApiError::new("cannot_dm_bot"));
    }
    let user = state.users.get(&users);
    let user = user.filter(|u| state.reaches(&caller.install, &u.team));
    let user = user.ok_or_else(|| ApiError::new("user_not_found"))?;
    if user.deleted {
        return Err(ApiError::new("user_disabled"));
    }
    let before = state.channels.len();
    let id = state.direct(&caller.install.app, &users);
    let known = state.channels.len() == before;
    let mut answer = json!({"channel": {"id": id}});
    if known {
        answer["no_op"] = json!(true);
        answer["already_open"] = json!(true);
    }
    if call.flag("return_im") {
        answer["channel"] = json!({"id": id, "is_im": true, "user": users, "is_open": true});
    }
    Ok(answer)
}
