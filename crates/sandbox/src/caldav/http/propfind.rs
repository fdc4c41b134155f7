//! PROPFIND (RFC 4918 §9.1) with `Depth: 0` and `1`.

use super::paths::{Target, encode};
use super::props::{default_names, property};
use super::reply::{Reply, prop_row};
use super::{Call, listing};
use crate::caldav::state::State;
use crate::caldav::xml::{DAV, Element, Name};

pub(super) fn propfind(state: &mut State, call: &Call<'_>, target: &Target) -> Reply {
    match target {
        Target::Nothing => return Reply::html(404, "Not Found"),
        Target::Forbidden => {
            return Reply::error(403, Element::dav("need-privileges"), &state.quirks);
        }
        Target::Object(calendar, name) if !state.calendars[calendar].objects.contains_key(name) => {
            return Reply::html(404, "Not Found");
        }
        _ => {}
    }
    let names = match &call.xml {
        None => default_names(),
        Some(Err(reason)) => return Reply::html(400, reason),
        Some(Ok(root)) if !root.name.is(DAV, "propfind") => {
            return Reply::html(400, "not a propfind");
        }
        Some(Ok(root)) => root.find(DAV, "prop").map_or_else(default_names, requested),
    };
    let deep = match call.header("depth") {
        Some("0") => false,
        Some("1") => true,
        other => {
            let line = format!("PROPFIND {} with Depth {other:?}", call.path);
            state.violations.push(line);
            return Reply::error(403, Element::dav("propfind-finite-depth"), &state.quirks);
        }
    };
    let mut rows = Vec::new();
    for (index, target) in targets(state, target, deep).into_iter().enumerate() {
        push_row(state, call, &mut rows, &target, &names, index);
    }
    let root = Element::dav("multistatus").children(rows);
    Reply::xml(207, &root, &state.quirks)
}

/// The names inside a `DAV:prop`.
pub(super) fn requested(prop: &Element) -> Vec<Name> {
    prop.elements()
        .map(|element| element.name.clone())
        .collect()
}

fn targets(state: &State, target: &Target, deep: bool) -> Vec<Target> {
    let mut found = vec![target.clone()];
    if !deep {
        return found;
    }
    match target {
        Target::Home(user) => found.extend(home_members(state, user)),
        Target::Principal(user) => {
            let layout = &state.accounts[user].layout;
            if layout.principal == layout.home {
                found.extend(home_members(state, user));
            }
        }
        Target::Calendar(path) => found.extend(
            listing::current(state, path)
                .into_iter()
                .map(|name| Target::Object(path.clone(), name)),
        ),
        _ => {}
    }
    found
}

fn home_members(state: &State, user: &str) -> Vec<Target> {
    state
        .calendars
        .values()
        .filter(|calendar| calendar.owner == user && !calendar.gone)
        .map(|calendar| Target::Calendar(calendar.path.clone()))
        .collect()
}

fn push_row(
    state: &mut State,
    call: &Call<'_>,
    rows: &mut Vec<Element>,
    target: &Target,
    names: &[Name],
    index: usize,
) {
    let Some(path) = path_of(state, target) else {
        return;
    };
    let href = encode(state, &path);
    let hide_etag = state
        .quirks
        .listing_etag_missing_every
        .is_some_and(|every| {
            matches!(target, Target::Object(..)) && index.is_multiple_of(every.max(1))
        });
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in names {
        match property(state, call, target, name) {
            Some(_) if hide_etag && name.is(DAV, "getetag") => missing.push(name.clone()),
            Some(element) => found.push(element),
            None => missing.push(name.clone()),
        }
    }
    if call.minimal() {
        missing.clear();
    }
    let twice = state.quirks.duplicate_hrefs && index > 0;
    let row = prop_row(&href, found, missing);
    if twice {
        rows.push(row.clone());
        rows.push(listing::outdated(row));
    } else {
        rows.push(row);
    }
}

fn path_of(state: &State, target: &Target) -> Option<String> {
    Some(match target {
        Target::Root => state.profile.context_path().to_owned(),
        Target::Principal(user) => state.accounts[user].layout.principal.clone(),
        Target::Home(user) => state.accounts[user].layout.home.clone(),
        Target::Calendar(path) => path.clone(),
        Target::Object(calendar, name) => format!("{calendar}{name}"),
        Target::Nothing | Target::Forbidden => return None,
    })
}
