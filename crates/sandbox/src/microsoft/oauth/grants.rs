//! Codes, access tokens and refresh tokens, and when each of them dies.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;

use crate::microsoft::config::{Client, Config, Rotation};
use crate::microsoft::state::State;

/// Life of an authorization code.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Life of a single-page application's refresh token, not prolonged by use.
const SPA_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Everything the authorization server remembers.
#[derive(Debug, Default)]
pub(in crate::microsoft) struct Grants {
    pub codes: BTreeMap<String, Code>,
    pub access: BTreeMap<String, Access>,
    pub refresh: BTreeMap<String, Refresh>,
    /// Scopes each person once granted each client.
    pub consents: BTreeMap<(String, String), BTreeSet<String>>,
}

/// An authorization code, usable once.
#[derive(Debug, Clone)]
pub(in crate::microsoft) struct Code {
    pub email: String,
    pub client: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub challenge: Option<String>,
    pub nonce: Option<String>,
    pub issued: Timestamp,
    pub used: bool,
}

#[derive(Debug, Clone)]
pub(in crate::microsoft) struct Access {
    pub email: String,
    pub client: String,
    pub scopes: Vec<String>,
    pub expires: Timestamp,
}

#[derive(Debug, Clone)]
pub(in crate::microsoft) struct Refresh {
    pub email: String,
    pub client: String,
    pub scopes: Vec<String>,
    pub used: Timestamp,
    /// The end that use does not move.
    pub ends: Option<Timestamp>,
    /// With single use: when it was spent, and its successor.
    pub spent: Option<(Timestamp, String)>,
    /// Revoked by the person or an administrator.
    pub revoked: bool,
}

/// Why a refresh token does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dead {
    Unknown,
    Expired,
    Revoked,
}

impl Code {
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.issued) <= CODE_LIFE
    }
}

impl State {
    /// A new access token and its life in seconds.
    pub fn issue_access(
        &mut self,
        email: &str,
        client: &str,
        scopes: &[String],
        (config, now): (&Config, Timestamp),
    ) -> (String, i64) {
        let life = config
            .access_token_ttl_s
            .unwrap_or_else(|| self.rng.random_range(3599..5400));
        let token = format!(
            "eyJ0eXAiOiJKV1Qi.{}.{}",
            self.random_id(60),
            self.random_id(40)
        );
        let access = Access {
            email: email.to_owned(),
            client: client.to_owned(),
            scopes: scopes.to_vec(),
            expires: now
                .checked_add(SignedDuration::from_secs(life))
                .unwrap_or(now),
        };
        self.grants.access.insert(token.clone(), access);
        (token, life)
    }

    pub fn issue_refresh(
        &mut self,
        email: &str,
        client: &Client,
        scopes: &[String],
        now: Timestamp,
    ) -> String {
        let token = format!("0.AXwA{}", self.random_id(60));
        let refresh = Refresh {
            email: email.to_owned(),
            client: client.id.clone(),
            scopes: scopes.to_vec(),
            used: now,
            ends: client.spa.then(|| now.checked_add(SPA_LIFE).unwrap_or(now)),
            spent: None,
            revoked: false,
        };
        self.grants.refresh.insert(token.clone(), refresh);
        token
    }

    /// Spends a refresh token: its grant, and the refresh token for the answer if that has one.
    pub(super) fn use_refresh(
        &mut self,
        token: &str,
        client: &Client,
        (config, now): (&Config, Timestamp),
    ) -> Result<(Refresh, Option<String>), Dead> {
        let refresh = self
            .grants
            .refresh
            .get_mut(token)
            .filter(|r| r.client == client.id)
            .ok_or(Dead::Unknown)?;
        let idle = now.duration_since(refresh.used).as_secs() > config.refresh_token_idle_s;
        if refresh.revoked {
            return Err(Dead::Revoked);
        }
        if idle || refresh.ends.is_some_and(|end| end <= now) {
            return Err(Dead::Expired);
        }
        if let Some((at, successor)) = &refresh.spent {
            let in_grace = now.duration_since(*at).as_secs() < config.rotation_grace_s;
            let again = (refresh.clone(), Some(successor.clone()));
            return if in_grace {
                Ok(again)
            } else {
                Err(Dead::Revoked)
            };
        }
        refresh.used = now;
        let grant = refresh.clone();
        if config.rotation == Rotation::Keep {
            return Ok((grant, None));
        }
        let next = self.issue_refresh(&grant.email, client, &grant.scopes, now);
        if let Some(fresh) = self.grants.refresh.get_mut(&next) {
            fresh.ends = grant.ends;
        }
        if config.rotation == Rotation::SingleUse
            && let Some(old) = self.grants.refresh.get_mut(token)
        {
            old.spent = Some((now, next.clone()));
        }
        Ok((grant, Some(next)))
    }
}

impl Grants {
    /// Ends everything of a person: access tokens at once, refresh tokens with the error that says so.
    pub fn revoke(&mut self, email: &str) {
        self.access.retain(|_, a| a.email != email);
        self.codes.retain(|_, c| c.email != email);
        self.consents.retain(|(e, _), _| e != email);
        let own = self.refresh.values_mut().filter(|r| r.email == email);
        own.for_each(|r| r.revoked = true);
    }
}
