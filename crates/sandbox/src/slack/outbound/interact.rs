//! A person does something: the request goes out, and what the answer asks for is shown.

use serde_json::{Value, json};

use super::payload::{self, Actor};
use super::{Kind, carry, enqueue, note};
use crate::slack::Sim;
use crate::slack::courier::Answer;
use crate::slack::methods::{on_top, replace};
use crate::slack::oracle::Exchange;
use crate::slack::response::show;
use crate::slack::state::{Channel, View};

/// Somebody types a command in a channel; `None` is the general one of their workspace.
pub(in crate::slack) async fn command(
    sim: &Sim,
    user: &str,
    (channel, text): (Option<&str>, &str),
) -> Exchange {
    let (who, channel, body) = {
        let mut state = sim.lock();
        let Some(who) = Actor::find(sim, &state, user) else {
            return Exchange::not_installed();
        };
        let general = state
            .general(&who.user.team)
            .map(|c: &Channel| c.id.clone());
        let Some(channel) = channel.map(str::to_owned).or(general) else {
            return Exchange::not_installed();
        };
        let body = payload::command(sim, &mut state, &who, (&channel, text));
        (who, channel, body)
    };
    let answer = carry(sim, &who.app, Kind::Command, (&body, None)).await;
    let mut exchange = Exchange::of(&answer, body);
    let failed = match &answer {
        None => Some("operation_timeout"),
        Some(answer) if answer.status != 200 => Some("dispatch_failed"),
        Some(_) => None,
    };
    let reply = match (failed, answer.map(|a| a.body)) {
        (Some(word), _) => {
            let text = format!("{} failed with the error \"{word}\"", who.app.command);
            exchange.failed = Some(text.clone());
            Some(json!({ "text": text }))
        }
        (None, Some(body)) if !body.is_empty() => {
            let plain = || json!({"text": String::from_utf8_lossy(&body)});
            Some(serde_json::from_slice(&body).unwrap_or_else(|_| plain()))
        }
        _ => None,
    };
    if let Some(reply) = reply {
        let place = (who.app.id.as_str(), user, channel.as_str());
        let shown = show(sim, &mut sim.lock(), place, (&reply, None));
        exchange.failed = exchange.failed.or_else(|| shown.err().map(str::to_owned));
    }
    note(sim);
    exchange
}

/// Somebody clicks a button of a message they see.
pub(in crate::slack) async fn click(
    sim: &Sim,
    user: &str,
    (channel, ts, action_id): (&str, &str, &str),
) -> Exchange {
    let (who, body) = {
        let mut state = sim.lock();
        let Some(who) = Actor::find(sim, &state, user) else {
            return Exchange::not_installed();
        };
        let seen = state.seen_by(user);
        let message = seen
            .into_iter()
            .find(|m| m.channel == channel && m.ts == ts);
        let Some(message) = message.cloned() else {
            return Exchange::nothing("There is no such message.");
        };
        let Some(action) = action_of(&message.blocks, action_id) else {
            return Exchange::nothing("There is no such button.");
        };
        let body = payload::in_message(sim, &mut state, &who, (&message, action));
        (who, body)
    };
    interaction(sim, &who, body).await
}

/// Somebody clicks a button of a view; `values` is what they typed in it.
pub(in crate::slack) async fn act_in_view(
    sim: &Sim,
    user: &str,
    (view, action_id, values): (&str, &str, &Value),
) -> Exchange {
    let (who, body) = {
        let mut state = sim.lock();
        let found = state.views.get(view).filter(|v| v.user == user).cloned();
        let (Some(who), Some(view)) = (Actor::find(sim, &state, user), found) else {
            return Exchange::nothing("There is no such view.");
        };
        let Some(action) = action_of(&view.body["blocks"], action_id) else {
            return Exchange::nothing("There is no such button.");
        };
        let body = payload::in_view(sim, &mut state, &who, (&view, action, values));
        (who, body)
    };
    interaction(sim, &who, body).await
}

async fn interaction(sim: &Sim, who: &Actor, body: Value) -> Exchange {
    let answer = carry(sim, &who.app, Kind::Interaction, (&body, None)).await;
    let mut exchange = Exchange::of(&answer, body);
    if answer.is_none_or(|a| a.status != 200) {
        exchange.failed = Some("This app responded with an error.".to_owned());
    }
    note(sim);
    exchange
}

/// Somebody sends the topmost modal.
pub(in crate::slack) async fn submit(sim: &Sim, user: &str, values: &Value) -> Exchange {
    let Some((who, view, body)) = top(sim, user, ("view_submission", values)) else {
        return Exchange::nothing("There is no open modal.");
    };
    let answer = carry(sim, &who.app, Kind::Interaction, (&body, None)).await;
    let mut exchange = Exchange::of(&answer, body);
    match answer {
        Some(answer) if answer.status == 200 => {
            respond(sim, &who, &view, &answer, &mut exchange);
        }
        _ => exchange.failed = Some("We had some trouble connecting. Try again?".to_owned()),
    }
    note(sim);
    exchange
}

/// Somebody closes the topmost modal.
pub(in crate::slack) async fn close(sim: &Sim, user: &str) -> Exchange {
    let Some((who, view, body)) = top(sim, user, ("view_closed", &json!({}))) else {
        return Exchange::nothing("There is no open modal.");
    };
    pop(sim, &who);
    if view.body["notify_on_close"] != json!(true) {
        return Exchange::default();
    }
    interaction(sim, &who, body).await
}

/// Somebody opens the app's Home tab.
pub(in crate::slack) fn home(sim: &Sim, user: &str) -> Option<String> {
    let now = sim.desk.clock().now();
    let mut state = sim.lock();
    let who = Actor::find(sim, &state, user)?;
    let channel = state.direct(&who.app.id, user)?;
    let place = (who.app.id.clone(), user.to_owned());
    let view = state.homes.get(&place).and_then(|id| state.views.get(id));
    let view = view.map(|v| v.wire(&who.bot_id, &json!({})));
    let ts = state.ts(now);
    let mut event = json!({"type": "app_home_opened", "user": user, "channel": channel, "tab": "home", "event_ts": ts});
    if let Some(view) = view {
        event["view"] = view;
    }
    Some(enqueue(
        &mut state,
        (&who.app.id, &who.user.team),
        event,
        now,
    ))
}

fn top(sim: &Sim, user: &str, (kind, values): (&str, &Value)) -> Option<(Actor, View, Value)> {
    let mut state = sim.lock();
    let who = Actor::find(sim, &state, user)?;
    let place = (who.app.id.clone(), user.to_owned());
    let id = state.open.get(&place)?.last()?.clone();
    let view = state.views.get(&id)?.clone();
    let body = payload::of_view(sim, &mut state, &who, (kind, &view, values));
    Some((who, view, body))
}

fn pop(sim: &Sim, who: &Actor) {
    let place = (who.app.id.clone(), who.user.id.clone());
    if let Some(stack) = sim.lock().open.get_mut(&place) {
        stack.pop();
    }
}

/// Does what the answer to a submission says.
fn respond(sim: &Sim, who: &Actor, view: &View, answer: &Answer, exchange: &mut Exchange) {
    if answer.body.is_empty() {
        return pop(sim, who);
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let violate = |problem: &str| sim.desk.violate("view_submission", problem);
    match body["response_action"].as_str() {
        Some("errors") => {
            for (block, said) in body["errors"].as_object().into_iter().flatten() {
                let blocks = view.body["blocks"].as_array().into_iter().flatten();
                if !blocks.into_iter().any(|b| b["block_id"] == json!(block)) {
                    violate(&format!(
                        "An error for the block {block}, which is not there."
                    ));
                }
                let said = said.as_str().unwrap_or_default().to_owned();
                exchange.errors.insert(block.clone(), said);
            }
        }
        Some("clear") => {
            let place = (who.app.id.clone(), who.user.id.clone());
            sim.lock().open.remove(&place);
        }
        Some(action @ ("update" | "push")) => {
            let wrong = crate::slack::blocks::view_problems(&body["view"]);
            wrong.iter().for_each(|problem| violate(problem));
            let mut state = sim.lock();
            let next = body["view"].clone();
            let done = match action {
                "update" => replace(&mut state, &view.id, next, None),
                _ => on_top(&mut state, &who.app.id, &who.user.id, next),
            };
            if done.is_err() || !wrong.is_empty() {
                exchange.failed = Some("We had some trouble connecting. Try again?".to_owned());
            }
        }
        _ => {
            violate("The answer to a submission is empty or has a response_action.");
            pop(sim, who);
        }
    }
}

/// The element with this action id, as an action.
fn action_of(blocks: &Value, action_id: &str) -> Option<Value> {
    for block in blocks.as_array()? {
        let own = block["elements"].as_array().into_iter().flatten();
        let beside = block.get("accessory").into_iter();
        for element in own.chain(beside) {
            if element["action_id"] == json!(action_id) {
                let mut action = json!({"action_id": action_id, "block_id": block["block_id"].as_str().unwrap_or("blk"),
                    "type": element["type"], "text": element["text"]});
                for key in ["value", "style", "url"] {
                    if let Some(value) = element.get(key) {
                        action[key] = value.clone();
                    }
                }
                return Some(action);
            }
        }
    }
    None
}
