//! The bodies of commands and interactions, as Slack writes them.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::slack::Sim;
use crate::slack::config::App;
use crate::slack::state::{Message, State, User, View};

/// Who does something, and how the app is there.
#[derive(Debug, Clone)]
pub(super) struct Actor {
    pub app: App,
    pub user: User,
    pub enterprise: Option<String>,
    pub org_install: bool,
    pub bot_user: String,
    pub bot_id: String,
}

impl Actor {
    /// `None` when there is no such user, or no installed app.
    pub fn find(sim: &Sim, state: &State, user: &str) -> Option<Self> {
        let user = state.users.get(user)?.clone();
        let apps = sim.config().apps;
        let installed = |app: App| {
            let (_, install) = state.installed(&app.id, &user.team)?;
            Some((app, install.clone()))
        };
        let (app, install) = apps.into_iter().find_map(installed)?;
        Some(Self {
            enterprise: state.enterprise_of(&user.team).map(str::to_owned),
            org_install: install.team.is_none(),
            bot_user: install.bot_user,
            bot_id: install.bot_id,
            app,
            user,
        })
    }

    fn team(&self, state: &State) -> Value {
        let domain = state.teams.get(&self.user.team).map(|t| t.domain.clone());
        let mut team = json!({"id": self.user.team, "domain": domain});
        if let Some(enterprise) = &self.enterprise {
            team["enterprise_id"] = json!(enterprise);
            team["enterprise_name"] = json!(state.enterprises.get(enterprise));
        }
        team
    }

    fn base(&self, sim: &Sim, state: &mut State, kind: &str, inside: Option<&str>) -> Value {
        let enterprise = self.enterprise.as_ref();
        let enterprise = enterprise.map(|id| json!({"id": id, "name": state.enterprises.get(id)}));
        json!({"type": kind, "token": "deprecated", "team": self.team(state), "enterprise": enterprise,
            "is_enterprise_install": self.org_install, "api_app_id": self.app.id,
            "user": {"id": self.user.id, "username": self.user.handle, "name": self.user.handle, "team_id": self.user.team},
            "trigger_id": trigger(sim, state, self, inside)})
    }
}

fn trigger(sim: &Sim, state: &mut State, who: &Actor, inside: Option<&str>) -> String {
    let now = sim.desk.clock().now();
    let life = SignedDuration::from_millis(sim.config().trigger_ttl_ms);
    let ends = now.checked_add(life).unwrap_or(now);
    state.trigger(&who.app.id, &who.user.id, ends, inside)
}

/// A slash command in a channel.
pub(super) fn command(
    sim: &Sim,
    state: &mut State,
    who: &Actor,
    (channel, text): (&str, &str),
) -> Value {
    let team = state.teams.get(&who.user.team).map(|t| t.domain.clone());
    let name = match state.channels.get(channel).map(|c| &c.kind) {
        Some(crate::slack::state::Kind::Public { name }) => name.clone(),
        _ => "directmessage".to_owned(),
    };
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let trigger = trigger(sim, state, who, None);
    let mut body = json!({"token": "deprecated", "team_id": who.user.team, "team_domain": team, "channel_id": channel,
        "channel_name": name, "user_id": who.user.id, "user_name": who.user.handle, "command": who.app.command, "text": text,
        "api_app_id": who.app.id, "is_enterprise_install": who.org_install.to_string(), "trigger_id": trigger,
        "response_url": response_url(sim, state, who, (channel, None))});
    if let Some(enterprise) = &who.enterprise {
        body["enterprise_id"] = json!(enterprise);
        body["enterprise_name"] = json!(state.enterprises.get(enterprise));
    }
    body
}

/// A click in a message.
pub(super) fn in_message(
    sim: &Sim,
    state: &mut State,
    who: &Actor,
    (message, mut action): (&Message, Value),
) -> Value {
    action["action_ts"] = json!(state.ts(sim.desk.clock().now()));
    let mut body = who.base(sim, state, "block_actions", None);
    let ephemeral = message.only.is_some();
    body["container"] = json!({"type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": ephemeral});
    body["channel"] = json!({"id": message.channel, "name": "directmessage"});
    if !ephemeral {
        body["message"] = message.wire(&who.bot_user, &who.bot_id);
    }
    body["state"] = json!({"values": {}});
    body["response_url"] = json!(response_url(
        sim,
        state,
        who,
        (&message.channel, Some(&message.ts))
    ));
    body["actions"] = json!([action]);
    body
}

/// A click in a view.
pub(super) fn in_view(
    sim: &Sim,
    state: &mut State,
    who: &Actor,
    (view, mut action, values): (&View, Value, &Value),
) -> Value {
    action["action_ts"] = json!(state.ts(sim.desk.clock().now()));
    let inside = (view.body["type"] == "modal").then_some(view.id.as_str());
    let mut body = who.base(sim, state, "block_actions", inside);
    body["container"] = json!({"type": "view", "view_id": view.id});
    body["view"] = view.wire(&who.bot_id, values);
    body["actions"] = json!([action]);
    body
}

/// A modal is sent or closed.
pub(super) fn of_view(
    sim: &Sim,
    state: &mut State,
    who: &Actor,
    (kind, view, values): (&str, &View, &Value),
) -> Value {
    let mut body = who.base(sim, state, kind, Some(&view.id));
    body["view"] = view.wire(&who.bot_id, values);
    if kind == "view_closed" {
        body["is_cleared"] = json!(false);
    } else {
        body["response_urls"] = json!([]);
    }
    body
}

fn response_url(
    sim: &Sim,
    state: &mut State,
    who: &Actor,
    (channel, message): (&str, Option<&str>),
) -> String {
    let config = sim.config();
    let now = sim.desk.clock().now();
    let token = state.response((&who.app.id, &who.user.id, channel), message, now);
    let base = config.foreign_response_url.or(config.public_url);
    format!(
        "{}/response/{token}",
        base.unwrap_or_else(|| state.base.clone())
    )
}
