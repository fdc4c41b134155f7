//! `views.open`, `views.push`, `views.update` and `views.publish`.

use serde_json::{Value, json};

use super::ALWAYS;
use crate::slack::blocks::view_problems;
use crate::slack::call::{Call, Caller};
use crate::slack::errors::ApiError;
use crate::slack::state::{State, Trigger, View};

/// What came after the description was written.
const NEWER: &[&str] = &[
    "view",
    "interactivity_pointer",
    "view_id",
    "external_id",
    "hash",
    "user_id",
    "trigger_id",
];
/// Modals on top of each other.
const DEEPEST: usize = 3;

pub(super) fn open(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, NEWER].concat());
    let body = view(call, "modal")?;
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "")?;
    let trigger = spend(call, &mut state, &caller)?;
    let view = add(&mut state, &caller.install.app, &trigger.user, body, None)?;
    let stack = (caller.install.app.clone(), trigger.user);
    state.open.insert(stack, vec![view.id.clone()]);
    Ok(answer(&view, &caller))
}

pub(super) fn push(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, NEWER].concat());
    let body = view(call, "modal")?;
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "")?;
    let trigger = spend(call, &mut state, &caller)?;
    if trigger.inside.is_none() {
        return Err(ApiError::new("no_open_view"));
    }
    let view = on_top(&mut state, &caller.install.app, &trigger.user, body)?;
    Ok(answer(&view, &caller))
}

pub(super) fn update(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, NEWER].concat());
    let body = view(call, "modal")?;
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "")?;
    let external = call.text("external_id");
    let named = |view: &View| match (&external, call.text("view_id")) {
        (_, Some(id)) => view.id == id,
        (Some(external), None) => view.body["external_id"] == json!(external),
        _ => false,
    };
    let mut views = state.views.values();
    let id = views
        .find(|v| v.app == caller.install.app && named(v))
        .map(|v| v.id.clone());
    let id = id.ok_or_else(|| ApiError::new("not_found"))?;
    let view = replace(&mut state, &id, body, call.text("hash").as_deref())?;
    Ok(answer(&view, &caller))
}

pub(super) fn publish(call: &Call) -> Result<Value, ApiError> {
    call.begin(&[ALWAYS, NEWER].concat());
    let body = view(call, "home")?;
    let mut state = call.sim.lock();
    let caller = call.caller(&mut state, "")?;
    let user = call.need("user_id")?;
    let known = state.users.get(&user);
    let known = known.filter(|u| state.reaches(&caller.install, &u.team) && !u.deleted);
    if known.is_none() {
        return Err(ApiError::new("invalid_user_id"));
    }
    let place = (caller.install.app.clone(), user.clone());
    let shown = state.homes.get(&place).cloned();
    let view = match shown {
        Some(id) => replace(&mut state, &id, body, call.text("hash").as_deref())?,
        None => add(&mut state, &caller.install.app, &user, body, None)?,
    };
    state.homes.insert(place, view.id.clone());
    Ok(answer(&view, &caller))
}

/// The view of the request, which must be of this type and within the limits.
fn view(call: &Call, kind: &str) -> Result<Value, ApiError> {
    let body = call.structure("view", "invalid_arguments")?;
    let body = body.ok_or_else(|| ApiError::new("invalid_arguments"))?;
    let mut wrong = view_problems(&body);
    if body["type"] != kind {
        wrong.push(format!("[ERROR] must be a {kind} [json-pointer:/type]"));
    }
    if wrong.is_empty() {
        return Ok(body);
    }
    for problem in &wrong {
        call.violate(problem.clone());
    }
    Err(ApiError::new("invalid_arguments").because(&wrong))
}

/// Uses a trigger: once, within its moment, by the app it was given to.
fn spend(call: &Call, state: &mut State, caller: &Caller) -> Result<Trigger, ApiError> {
    let id = call.need("trigger_id")?;
    let now = call.now();
    let known = state.triggers.get_mut(&id);
    let trigger = known.filter(|t| t.app == caller.install.app);
    let trigger = trigger.ok_or_else(|| ApiError::new("invalid_trigger_id"))?;
    if std::mem::replace(&mut trigger.used, true) {
        return Err(ApiError::new("exchanged_trigger_id"));
    }
    if trigger.ends < now {
        return Err(ApiError::new("expired_trigger_id"));
    }
    Ok(trigger.clone())
}

fn add(
    state: &mut State,
    app: &str,
    user: &str,
    body: Value,
    below: Option<&View>,
) -> Result<View, ApiError> {
    let team = state.users.get(user).map(|u| u.team.clone());
    let team = team.ok_or_else(|| ApiError::new("user_not_found"))?;
    let id = state.id("V");
    let view = View {
        hash: format!("{}.{}", 1_700_000_000, state.word(8)),
        root: below.map_or_else(|| id.clone(), |b| b.root.clone()),
        previous: below.map(|b| b.id.clone()),
        app: app.to_owned(),
        user: user.to_owned(),
        team,
        body,
        id: id.clone(),
    };
    state.views.insert(id, view.clone());
    Ok(view)
}

/// Puts a view on the stack of open modals.
pub(in crate::slack) fn on_top(
    state: &mut State,
    app: &str,
    user: &str,
    body: Value,
) -> Result<View, ApiError> {
    let place = (app.to_owned(), user.to_owned());
    let stack = state.open.get(&place).cloned().unwrap_or_default();
    let below = stack.last().and_then(|id| state.views.get(id)).cloned();
    let below = below.ok_or_else(|| ApiError::new("no_open_view"))?;
    if stack.len() >= DEEPEST {
        return Err(ApiError::new("push_limit_reached"));
    }
    let view = add(state, app, user, body, Some(&below))?;
    state.open.entry(place).or_default().push(view.id.clone());
    Ok(view)
}

/// Gives a view another content; with a hash only when nobody was faster.
pub(in crate::slack) fn replace(
    state: &mut State,
    id: &str,
    body: Value,
    hash: Option<&str>,
) -> Result<View, ApiError> {
    let fresh = format!("{}.{}", 1_700_000_000, state.word(8));
    let view = state.views.get_mut(id);
    let view = view.ok_or_else(|| ApiError::new("not_found"))?;
    if hash.is_some_and(|hash| hash != view.hash) {
        return Err(ApiError::new("hash_conflict"));
    }
    view.body = body;
    view.hash = fresh;
    Ok(view.clone())
}

fn answer(view: &View, caller: &Caller) -> Value {
    json!({"view": view.wire(&caller.install.bot_id, &json!({}))})
}
