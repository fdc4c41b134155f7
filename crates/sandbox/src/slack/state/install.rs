//! Installations of apps, and the tokens that belong to them.

use jiff::{SignedDuration, Timestamp};

use super::State;
use crate::slack::config::{App, Config};

/// Life of an authorization code.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// An app in a workspace or in a whole organisation.
#[derive(Debug, Clone)]
pub(in crate::slack) struct Install {
    pub app: String,
    pub enterprise: Option<String>,
    /// `None` when it is installed for the organisation.
    pub team: Option<String>,
    pub bot_user: String,
    pub bot_id: String,
    pub scopes: Vec<String>,
    pub installer: String,
}

/// A bot token.
#[derive(Debug, Clone)]
pub(in crate::slack) struct Token {
    pub install: String,
    pub expires: Option<Timestamp>,
    /// Slack's word for why it does not work any more.
    pub dead: Option<&'static str>,
}

/// A refresh token.
#[derive(Debug, Clone)]
pub(in crate::slack) struct Refresh {
    pub install: String,
    /// When it was spent, and what for.
    pub spent: Option<(Timestamp, Pair)>,
}

/// Access and refresh token.
pub(in crate::slack) type Pair = (String, Option<String>);

/// An authorization code, usable once.
#[derive(Debug, Clone)]
pub(in crate::slack) struct Code {
    pub client: String,
    pub user: String,
    pub whole_org: bool,
    pub redirect_uri: Option<String>,
    pub scopes: Vec<String>,
    pub issued: Timestamp,
    pub used: bool,
}

impl Code {
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.issued) <= CODE_LIFE
    }
}

/// What an installation is known by.
pub(in crate::slack) fn key(app: &str, enterprise: Option<&str>, team: Option<&str>) -> String {
    let (enterprise, team) = (enterprise.unwrap_or_default(), team.unwrap_or_default());
    format!("{app} {enterprise} {team}")
}

impl State {
    /// Installs or re-installs; the earlier tokens of the installation stop working unless they rotate out by themselves.
    pub fn install(&mut self, app: &App, code: &Code) -> Option<String> {
        let team = self.users.get(&code.user)?.team.clone();
        let enterprise = self.enterprise_of(&team).map(str::to_owned);
        let team = (!code.whole_org).then_some(team);
        let key = key(&app.id, enterprise.as_deref(), team.as_deref());
        let known = self.installs.get(&key).cloned();
        let (bot_user, bot_id) = match &known {
            Some(known) => (known.bot_user.clone(), known.bot_id.clone()),
            None => (self.id("U"), self.id("B")),
        };
        let mut scopes = known.map(|k| k.scopes).unwrap_or_default();
        scopes.extend(code.scopes.iter().cloned());
        scopes.sort();
        scopes.dedup();
        for token in self.tokens.values_mut().filter(|t| t.install == key) {
            token.dead = Some("token_revoked");
        }
        let install = Install {
            app: app.id.clone(),
            enterprise,
            team,
            bot_user,
            bot_id,
            scopes,
            installer: code.user.clone(),
        };
        self.installs.insert(key.clone(), install);
        Some(key)
    }

    /// A new bot token, and a refresh token when the app rotates.
    pub fn issue(&mut self, install: &str, app: &App, config: &Config, now: Timestamp) -> Pair {
        let word = self.word(24);
        let digits = self.word(12);
        let (access, expires) = if app.rotation {
            let end = now.checked_add(SignedDuration::from_secs(config.token_ttl_s));
            (format!("xoxe.xoxb-1-{word}{digits}"), end.ok())
        } else {
            (format!("xoxb-{digits}-{word}"), None)
        };
        let token = Token {
            install: install.to_owned(),
            expires,
            dead: None,
        };
        self.tokens.insert(access.clone(), token);
        let refresh = app.rotation.then(|| format!("xoxe-1-{}", self.word(40)));
        if let Some(refresh) = &refresh {
            let fresh = Refresh {
                install: install.to_owned(),
                spent: None,
            };
            self.refresh.insert(refresh.clone(), fresh);
        }
        (access, refresh)
    }

    /// The installation through which an app works in a workspace: the workspace's own, or the organisation's.
    pub fn installed(&self, app: &str, team: &str) -> Option<(&String, &Install)> {
        let enterprise = self.enterprise_of(team);
        let own = key(app, enterprise, Some(team));
        let org = key(app, enterprise, None);
        self.installs
            .get_key_value(&own)
            .or_else(|| enterprise.and_then(|_| self.installs.get_key_value(&org)))
    }

    /// Whether an installation reaches a workspace.
    pub fn reaches(&self, install: &Install, team: &str) -> bool {
        match &install.team {
            Some(own) => own == team,
            None => install.enterprise.as_deref() == self.enterprise_of(team),
        }
    }

    /// Removes an installation: its tokens die with this word.
    pub fn uninstall(&mut self, install: &str, why: &'static str) -> Option<Install> {
        let gone = self.installs.remove(install)?;
        for token in self.tokens.values_mut().filter(|t| t.install == install) {
            token.dead = Some(why);
        }
        self.refresh.retain(|_, refresh| refresh.install != install);
        Some(gone)
    }
}
