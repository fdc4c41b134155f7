//! What tests and pages may do and look at: people act, operators change things, and everything that was said can be read.

mod shown;

use serde_json::{Value, json};

use super::config::{App, Disconnect};
use super::state::{Attempt, Channel, Kind, Message, Team, User};
use super::{SlackSim, outbound};

pub use shown::{Exchange, Shown};

/// Workspaces and people.
impl SlackSim {
    /// Adds a workspace with its general channel; `enterprise` is the id and name of its organisation.
    pub fn add_team(&self, id: &str, name: &str, enterprise: Option<(&str, &str)>) {
        let mut state = self.sim.lock();
        add_team(&mut state, id, name, enterprise);
    }

    /// Adds somebody to a workspace.
    pub fn add_user(&self, team: &str, id: &str, name: &str, email: &str) {
        add_user(
            &mut self.sim.lock(),
            team,
            id,
            (name, email, "Europe/Berlin"),
        );
    }

    /// Deactivates somebody, or brings them back.
    pub fn set_deactivated(&self, user: &str, deactivated: bool) {
        if let Some(user) = self.sim.lock().users.get_mut(user) {
            user.deleted = deactivated;
        }
    }

    /// Installs an app in the workspace of `user`, as if they had been through the pages: access and refresh token.
    pub fn install(
        &self,
        client_id: &str,
        user: &str,
        scopes: &[&str],
    ) -> Option<(String, Option<String>)> {
        let config = self.sim.config();
        let app = config.apps.iter().find(|a| a.client_id == client_id)?;
        let now = self.sim.desk.clock().now();
        let mut state = self.sim.lock();
        let code = super::state::Code {
            client: client_id.to_owned(),
            user: user.to_owned(),
            whole_org: false,
            redirect_uri: None,
            scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
            issued: now,
            used: true,
        };
        let key = state.install(app, &code)?;
        Some(state.issue(&key, app, &config, now))
    }

    /// A code as the pages give it out.
    pub fn code(&self, client_id: &str, user: &str, scopes: &[&str], redirect_uri: &str) -> String {
        let issued = self.sim.desk.clock().now();
        let mut state = self.sim.lock();
        let name = format!("{}.{}", state.word(10), state.word(40));
        let code = super::state::Code {
            client: client_id.to_owned(),
            user: user.to_owned(),
            whole_org: false,
            redirect_uri: Some(redirect_uri.to_owned()),
            scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
            issued,
            used: false,
        };
        state.codes.insert(name.clone(), code);
        name
    }

    /// Removes the app from a workspace (or its organisation) and queues the events that say so.
    pub fn uninstall(&self, team: &str) -> bool {
        let apps = self.sim.config().apps;
        let now = self.sim.desk.clock().now();
        let mut state = self.sim.lock();
        let mut keys = apps
            .iter()
            .filter_map(|a| Some(state.installed(&a.id, team)?.0.clone()));
        let key = keys.next();
        drop(keys);
        let Some(gone) = key.and_then(|key| state.uninstall(&key, "account_inactive")) else {
            return false;
        };
        outbound::uninstalled(&mut state, &gone, now);
        true
    }

    /// Revokes the tokens of a workspace's installation; `told` queues the event that says so.
    pub fn revoke_tokens(&self, team: &str, told: bool) -> bool {
        let apps = self.sim.config().apps;
        let now = self.sim.desk.clock().now();
        let mut state = self.sim.lock();
        let found = apps.iter().find_map(|a| state.installed(&a.id, team));
        let Some((key, install)) = found.map(|(key, install)| (key.clone(), install.clone()))
        else {
            return false;
        };
        for token in state.tokens.values_mut().filter(|t| t.install == key) {
            token.dead = Some("token_revoked");
        }
        if told {
            outbound::tokens_revoked(&mut state, &install, now);
        }
        true
    }

    /// The bot's user ids of a workspace's installation.
    #[must_use]
    pub fn bot_user(&self, team: &str) -> Option<String> {
        let apps = self.sim.config().apps;
        let state = self.sim.lock();
        apps.iter()
            .find_map(|a| Some(state.installed(&a.id, team)?.1.bot_user.clone()))
    }
}

/// What people do.
impl SlackSim {
    /// Types the command with this text in the general channel.
    pub async fn command(&self, user: &str, text: &str) -> Exchange {
        outbound::command(&self.sim, user, (None, text)).await
    }

    /// Clicks a button of a message.
    pub async fn click(&self, user: &str, message: &Shown, action_id: &str) -> Exchange {
        outbound::click(&self.sim, user, (&message.channel, &message.ts, action_id)).await
    }

    /// Clicks a button of a view; `values` as in `view.state.values`.
    pub async fn click_in_view(
        &self,
        user: &str,
        view: &str,
        action_id: &str,
        values: &Value,
    ) -> Exchange {
        outbound::act_in_view(&self.sim, user, (view, action_id, values)).await
    }

    /// Sends the topmost modal; `typed` is block, action and value.
    pub async fn submit(&self, user: &str, typed: &[(&str, &str, &str)]) -> Exchange {
        let mut values = json!({});
        for (block, action, value) in typed {
            values[block][action] = json!({"type": "plain_text_input", "value": value});
        }
        self.submit_values(user, &values).await
    }

    /// Sends the topmost modal with these `view.state.values`.
    pub async fn submit_values(&self, user: &str, values: &Value) -> Exchange {
        outbound::submit(&self.sim, user, values).await
    }

    /// Closes the topmost modal.
    pub async fn close(&self, user: &str) -> Exchange {
        outbound::close(&self.sim, user).await
    }

    /// Opens the app's Home tab: queues the event. Its id.
    pub fn open_home(&self, user: &str) -> Option<String> {
        outbound::home(&self.sim, user)
    }

    /// Sends the events that are due. How many attempts were made.
    pub async fn deliver(&self) -> usize {
        outbound::deliver(&self.sim).await
    }

    /// Queues any event of the first app in a workspace. Its id.
    pub fn event(&self, team: &str, event: Value) -> Option<String> {
        let app = self.first_app()?;
        let now = self.sim.desk.clock().now();
        Some(outbound::enqueue(
            &mut self.sim.lock(),
            (&app.id, team),
            event,
            now,
        ))
    }

    /// Whether the app's address for events answers the challenge.
    pub async fn verify_events_url(&self) -> bool {
        match self.first_app() {
            Some(app) => outbound::verify(&self.sim, &app).await,
            None => false,
        }
    }

    fn first_app(&self) -> Option<App> {
        self.sim.config().apps.into_iter().next()
    }
}

/// What there is to see.
impl SlackSim {
    /// What somebody sees, oldest first.
    #[must_use]
    pub fn messages(&self, user: &str) -> Vec<Shown> {
        let state = self.sim.lock();
        state.seen_by(user).into_iter().map(shown).collect()
    }

    /// The modals somebody has open, the topmost last: id and content.
    #[must_use]
    pub fn modals(&self, user: &str) -> Vec<(String, Value)> {
        let state = self.sim.lock();
        let open = state.open.iter().filter(|((_, own), _)| own == user);
        let ids = open.flat_map(|(_, ids)| ids.clone());
        ids.filter_map(|id| Some((id.clone(), state.views.get(&id)?.body.clone())))
            .collect()
    }

    /// The Home tab as somebody sees it: id and content.
    #[must_use]
    pub fn home(&self, user: &str) -> Option<(String, Value)> {
        let state = self.sim.lock();
        let (_, id) = state.homes.iter().find(|((_, own), _)| own == user)?;
        Some((id.clone(), state.views.get(id)?.body.clone()))
    }

    /// Attempts to bring events, oldest first.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        self.sim.lock().attempts.clone()
    }

    /// How many sockets the first app has open.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.first_app()
            .map_or(0, |app| self.sim.sockets.count(&app.id))
    }

    /// Ends the first app's sockets.
    pub fn disconnect(&self, why: Disconnect) {
        if let Some(app) = self.first_app() {
            self.sim.sockets.disconnect(&app.id, why);
        }
    }
}

fn shown(message: &Message) -> Shown {
    Shown {
        channel: message.channel.clone(),
        ts: message.ts.clone(),
        text: message.text.clone(),
        blocks: message.blocks.clone(),
        ephemeral: message.only.is_some(),
        edited: message.edited,
    }
}

pub(super) fn add_team(
    state: &mut super::state::State,
    id: &str,
    name: &str,
    enterprise: Option<(&str, &str)>,
) {
    if let Some((id, name)) = enterprise {
        state.enterprises.insert(id.to_owned(), name.to_owned());
    }
    let domain: String = name
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let team = Team {
        id: id.to_owned(),
        name: name.to_owned(),
        domain,
        enterprise: enterprise.map(|(id, _)| id.to_owned()),
    };
    state.teams.insert(id.to_owned(), team);
    let channel = Channel {
        id: format!("C{}", id.trim_start_matches('T')),
        team: id.to_owned(),
        kind: Kind::Public {
            name: "general".to_owned(),
        },
        archived: false,
    };
    state.channels.insert(channel.id.clone(), channel);
}

pub(super) fn add_user(
    state: &mut super::state::State,
    team: &str,
    id: &str,
    (name, email, tz): (&str, &str, &str),
) {
    let handle = email.split('@').next().unwrap_or_default();
    let user = User {
        id: id.to_owned(),
        team: team.to_owned(),
        handle: handle.to_owned(),
        name: name.to_owned(),
        email: email.to_owned(),
        tz: tz.to_owned(),
        deleted: false,
    };
    state.users.insert(id.to_owned(), user);
}
