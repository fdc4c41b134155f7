//! Codes, access tokens and refresh tokens, and when each of them dies.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::google::config::{Config, Rotation};
use crate::google::state::State;

/// Live refresh tokens per person and client; one more and the oldest dies silently.
const REFRESH_TOKENS_MAX: usize = 100;
/// Life of an authorization code.
const CODE_LIFE: SignedDuration = SignedDuration::from_secs(60);
/// A refresh token that is not used for so long is dead.
const IDLE_LIFE: SignedDuration = SignedDuration::from_hours(182 * 24);

/// Everything the authorization server remembers.
#[derive(Debug, Default)]
pub(in crate::google) struct Grants {
    pub codes: BTreeMap<String, Code>,
    pub access: BTreeMap<String, Access>,
    pub refresh: BTreeMap<String, Refresh>,
    /// Scopes each person once granted each client.
    pub consents: BTreeMap<(String, String), BTreeSet<String>>,
}

/// An authorization code, usable once.
#[derive(Debug, Clone)]
pub(in crate::google) struct Code {
    pub email: String,
    pub client: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub challenge: Option<String>,
    pub nonce: Option<String>,
    /// Whether this code yields a refresh token.
    pub offline: bool,
    pub issued: Timestamp,
    /// Set at the first exchange; a second one kills what the first yielded (RFC 6749 §4.1.2).
    pub used: bool,
}

#[derive(Debug, Clone)]
pub(in crate::google) struct Access {
    pub email: String,
    pub client: String,
    pub scopes: Vec<String>,
    pub expires: Timestamp,
}

#[derive(Debug, Clone)]
pub(in crate::google) struct Refresh {
    pub email: String,
    pub client: String,
    pub scopes: Vec<String>,
    pub issued: Timestamp,
    pub used: Timestamp,
    pub expires: Option<Timestamp>,
    /// With single use: when it was spent, and its successor.
    pub spent: Option<(Timestamp, String)>,
}

impl Code {
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.issued) <= CODE_LIFE
    }
}

impl State {
    pub fn issue_access(
        &mut self,
        email: &str,
        client: &str,
        scopes: &[String],
        (config, now): (&Config, Timestamp),
    ) -> String {
        let token = format!("ya29.a0{}", self.random_id(40));
        let life = SignedDuration::from_secs(config.access_token_ttl_s);
        let access = Access {
            email: email.to_owned(),
            client: client.to_owned(),
            scopes: scopes.to_vec(),
            expires: now.checked_add(life).unwrap_or(now),
        };
        self.grants.access.insert(token.clone(), access);
        token
    }

    pub fn issue_refresh(
        &mut self,
        email: &str,
        client: &str,
        scopes: &[String],
        (config, now): (&Config, Timestamp),
    ) -> String {
        let token = format!("1//0g{}", self.random_id(40));
        let ends = |s| now.checked_add(SignedDuration::from_secs(s)).unwrap_or(now);
        let refresh = Refresh {
            email: email.to_owned(),
            client: client.to_owned(),
            scopes: scopes.to_vec(),
            issued: now,
            used: now,
            expires: config.refresh_token_ttl_s.map(ends),
            spent: None,
        };
        self.grants.refresh.insert(token.clone(), refresh);
        self.grants.drop_surplus(email, client);
        token
    }

    /// Spends a refresh token: its grant, and the refresh token for the answer if that has one.
    pub fn use_refresh(
        &mut self,
        token: &str,
        client: &str,
        (config, now): (&Config, Timestamp),
    ) -> Option<(Refresh, Option<String>)> {
        let refresh = self
            .grants
            .refresh
            .get_mut(token)
            .filter(|r| r.client == client)?;
        let expired = refresh.expires.is_some_and(|at| at <= now);
        if expired || now.duration_since(refresh.used) > IDLE_LIFE {
            return None;
        }
        if let Some((at, successor)) = &refresh.spent {
            let in_grace = now.duration_since(*at).as_secs() < config.rotation_grace_s;
            return in_grace.then(|| (refresh.clone(), Some(successor.clone())));
        }
        refresh.used = now;
        let grant = refresh.clone();
        if config.rotation == Rotation::Keep {
            return Some((grant, None));
        }
        let next = self.issue_refresh(&grant.email, client, &grant.scopes, (config, now));
        if config.rotation == Rotation::SingleUse
            && let Some(old) = self.grants.refresh.get_mut(token)
        {
            old.spent = Some((now, next.clone()));
        }
        Some((grant, Some(next)))
    }
}

impl Grants {
    /// Ends the whole grant of a person for a client: all tokens, and the memory of the consent.
    pub fn revoke(&mut self, email: &str, client: &str) {
        self.access
            .retain(|_, a| a.email != email || a.client != client);
        self.refresh
            .retain(|_, r| r.email != email || r.client != client);
        self.codes
            .retain(|_, c| c.email != email || c.client != client);
        self.consents.remove(&(email.to_owned(), client.to_owned()));
    }

    /// Person and client behind any live token.
    pub fn owner_of(&self, token: &str) -> Option<(String, String)> {
        let access = self.access.get(token).map(|a| (&a.email, &a.client));
        let refresh = || self.refresh.get(token).map(|r| (&r.email, &r.client));
        let (email, client) = access.or_else(refresh)?;
        Some((email.clone(), client.clone()))
    }

    fn drop_surplus(&mut self, email: &str, client: &str) {
        let own = |r: &Refresh| r.email == email && r.client == client && r.spent.is_none();
        let live = self.refresh.iter().filter(|(_, r)| own(r));
        let mut live: Vec<(Timestamp, String)> = live.map(|(t, r)| (r.issued, t.clone())).collect();
        live.sort();
        let surplus = live.len().saturating_sub(REFRESH_TOKENS_MAX);
        for (_, token) in live.into_iter().take(surplus) {
            self.refresh.remove(&token);
        }
    }
}
