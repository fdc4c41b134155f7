//! Paths: decoded for comparing, encoded in the habit of the imitated server for answering.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::Call;
use crate::caldav::state::State;

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'@')
    .remove(b':');
const STRICT: &AsciiSet = &PLAIN.add(b'@').add(b':');

/// What a path points at; strings are keys of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// `/` or the context path.
    Root,
    /// The principal of a user (also the home, where both are one collection).
    Principal(String),
    /// The calendar home of a user.
    Home(String),
    /// A collection.
    Calendar(String),
    /// An object: collection and file name. It need not exist.
    Object(String, String),
    /// Inside the account's home but not there.
    Nothing,
    /// Another user's.
    Forbidden,
}

pub(crate) fn decode(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// An href as this server writes it.
pub(crate) fn encode(state: &State, path: &str) -> String {
    let set = if state.quirks.encode_at {
        STRICT
    } else {
        PLAIN
    };
    utf8_percent_encode(path, set).to_string()
}

/// The decoded path of an href from a request body: an absolute URL or an absolute path.
pub(crate) fn from_href(href: &str) -> String {
    match Url::parse(href.trim()) {
        Ok(url) => decode(url.path()),
        Err(_) => decode(href.trim()),
    }
}

pub(crate) fn resolve(state: &State, call: &Call<'_>) -> Target {
    resolve_path(state, &call.user, &call.path)
}

/// What a path points at, for this user.
pub(crate) fn resolve_path(state: &State, user: &str, path: &str) -> Target {
    let slashed = if path.ends_with('/') {
        path.to_owned()
    } else {
        format!("{path}/")
    };
    if slashed == "/" || slashed == state.profile.context_path() {
        return Target::Root;
    }
    for account in state.accounts.values() {
        let layout = &account.layout;
        let mine = account.user == user;
        let below = slashed.starts_with(&layout.home) || slashed.starts_with(&layout.principal);
        if below && !mine {
            return Target::Forbidden;
        }
        if slashed == layout.principal {
            return Target::Principal(account.user.clone());
        }
        if slashed == layout.home {
            return Target::Home(account.user.clone());
        }
    }
    if let Some(calendar) = state.calendars.get(&slashed) {
        return if calendar.gone {
            Target::Nothing
        } else {
            Target::Calendar(slashed)
        };
    }
    match state.split(path) {
        Some((calendar, _)) if state.calendars[calendar].gone => Target::Nothing,
        Some((calendar, name)) => Target::Object(calendar.to_owned(), name.to_owned()),
        None => Target::Nothing,
    }
}
