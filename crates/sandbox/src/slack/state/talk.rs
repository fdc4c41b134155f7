//! Conversations, what is said in them, and views.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::State;

/// How long a `response_url` works.
const RESPONSE_LIFE: SignedDuration = SignedDuration::from_mins(30);

/// What sort of conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::slack) enum Kind {
    /// A person with the app of this id.
    Direct { user: String, app: String },
    /// Everybody of the workspace.
    Public { name: String },
}

/// A conversation.
#[derive(Debug, Clone)]
pub(in crate::slack) struct Channel {
    pub id: String,
    pub team: String,
    pub kind: Kind,
    pub archived: bool,
}

/// Something said by an app, or a command that everybody may see.
#[derive(Debug, Clone)]
pub(in crate::slack) struct Message {
    pub channel: String,
    pub ts: String,
    pub app: String,
    pub text: String,
    pub blocks: Value,
    /// The only person who sees it.
    pub only: Option<String>,
    pub edited: bool,
    pub thread_ts: Option<String>,
}

impl Message {
    /// As Slack sends it along.
    pub fn wire(&self, bot_user: &str, bot_id: &str) -> Value {
        let mut wire = json!({"type": "message", "subtype": "bot_message", "bot_id": bot_id, "user": bot_user, "app_id": self.app,
            "ts": self.ts, "text": self.text, "blocks": self.blocks});
        if let Some(thread) = &self.thread_ts {
            wire["thread_ts"] = json!(thread);
        }
        wire
    }
}

/// Permission to open a view, for a moment.
#[derive(Debug, Clone)]
pub(in crate::slack) struct Trigger {
    pub app: String,
    pub user: String,
    pub ends: Timestamp,
    pub used: bool,
    /// The modal it was made in.
    pub inside: Option<String>,
}

/// What a `response_url` leads to.
#[derive(Debug, Clone)]
pub(in crate::slack) struct ResponseUrl {
    pub app: String,
    pub user: String,
    pub channel: String,
    /// The message that was clicked in.
    pub message: Option<String>,
    pub ends: Timestamp,
    pub uses: u32,
}

/// A modal or a Home tab.
#[derive(Debug, Clone)]
pub(in crate::slack) struct View {
    pub id: String,
    pub app: String,
    pub user: String,
    pub team: String,
    pub hash: String,
    pub root: String,
    pub previous: Option<String>,
    pub body: Value,
}

impl View {
    /// As Slack sends it along; `values` is what was typed.
    pub fn wire(&self, bot_id: &str, values: &Value) -> Value {
        let mut view = self.body.clone();
        let known = json!({"id": self.id, "team_id": self.team, "app_id": self.app, "app_installed_team_id": self.team,
            "bot_id": bot_id, "hash": self.hash, "root_view_id": self.root, "previous_view_id": self.previous,
            "state": {"values": values}});
        if let (Some(view), Value::Object(known)) = (view.as_object_mut(), known) {
            view.extend(known);
            for (key, value) in [
                ("callback_id", json!("")),
                ("private_metadata", json!("")),
                ("external_id", json!("")),
            ] {
                view.entry(key).or_insert(value);
            }
        }
        view
    }
}

impl State {
    /// The conversation of an app with somebody; made when there is none.
    pub fn direct(&mut self, app: &str, user: &str) -> Option<String> {
        let team = self.users.get(user)?.team.clone();
        let wanted = Kind::Direct {
            user: user.to_owned(),
            app: app.to_owned(),
        };
        if let Some(known) = self.channels.values().find(|c| c.kind == wanted) {
            return Some(known.id.clone());
        }
        let id = self.id("D");
        let channel = Channel {
            id: id.clone(),
            team,
            kind: wanted,
            archived: false,
        };
        self.channels.insert(id.clone(), channel);
        Some(id)
    }

    /// A trigger for somebody who just did something.
    pub fn trigger(
        &mut self,
        app: &str,
        user: &str,
        ends: Timestamp,
        inside: Option<&str>,
    ) -> String {
        let id = format!("{}.{}.{}", self.word(12), self.word(10), self.word(32));
        let trigger = Trigger {
            app: app.to_owned(),
            user: user.to_owned(),
            ends,
            used: false,
            inside: inside.map(str::to_owned),
        };
        self.triggers.insert(id.clone(), trigger);
        id
    }

    /// The name of a new `response_url`.
    pub fn response(
        &mut self,
        (app, user, channel): (&str, &str, &str),
        message: Option<&str>,
        now: Timestamp,
    ) -> String {
        let name = self.word(40);
        let response = ResponseUrl {
            app: app.to_owned(),
            user: user.to_owned(),
            channel: channel.to_owned(),
            message: message.map(str::to_owned),
            ends: now.checked_add(RESPONSE_LIFE).unwrap_or(now),
            uses: 0,
        };
        self.responses.insert(name.clone(), response);
        name
    }

    pub fn message_mut(&mut self, channel: &str, ts: &str) -> Option<&mut Message> {
        let found = self.messages.iter_mut();
        found.rev().find(|m| m.channel == channel && m.ts == ts)
    }

    /// What somebody sees of an app: their conversation with it, and what only they see elsewhere.
    pub fn seen_by(&self, user: &str) -> Vec<&Message> {
        let sees = |message: &&Message| {
            let channel = self.channels.get(&message.channel);
            let here = channel.is_some_and(|channel| match &channel.kind {
                Kind::Direct { user: own, .. } => own == user,
                Kind::Public { .. } => self.users.get(user).is_some_and(|u| u.team == channel.team),
            });
            here && message.only.as_ref().is_none_or(|only| only == user)
        };
        self.messages.iter().filter(sees).collect()
    }

    /// The general channel of a workspace.
    pub fn general(&self, team: &str) -> Option<&Channel> {
        let mut channels = self.channels.values();
        channels.find(|c| c.team == team && matches!(c.kind, Kind::Public { .. }))
    }
}
