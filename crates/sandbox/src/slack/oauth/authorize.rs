//! The authorize page: checks the request, asks who installs and where, redirects with code or error.
//!
//! Tests skip the page by posting its form to the same address: the request's parameters plus `person` (a user id), `where=team|org` and
//! `decision=allow|deny`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State as AxumState};
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};

use super::consent;
use crate::slack::Sim;
use crate::slack::config::App;
use crate::slack::state::Code;

const OPERATION: &str = "GET /oauth/v2/authorize";

/// The request, from the query or from the form.
#[derive(Debug)]
pub(super) struct Asked {
    pub params: BTreeMap<String, String>,
}

impl Asked {
    fn parse(form: &str) -> Self {
        let params = url::form_urlencoded::parse(form.as_bytes());
        Self {
            params: params.into_owned().collect(),
        }
    }

    pub fn get(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// Comma-separated.
    pub fn scopes(&self) -> Vec<String> {
        let scopes = self.get("scope").split(',').map(str::trim);
        scopes
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// Scopes a bot can be given here.
const KNOWN: &[&str] = &[
    "commands",
    "chat:write",
    "chat:write.public",
    "im:write",
    "im:read",
    "im:history",
    "users:read",
    "users:read.email",
    "team:read",
    "channels:read",
    "app_mentions:read",
];

pub(super) async fn show(
    AxumState(sim): AxumState<Arc<Sim>>,
    RawQuery(query): RawQuery,
) -> Response {
    sim.desk.count("authorize");
    let asked = Asked::parse(&query.unwrap_or_default());
    match check(&sim, &asked) {
        Err(why) => page(&why),
        Ok(app) => Html(consent::page(&sim.lock(), &asked, &app)).into_response(),
    }
}

pub(super) async fn decide(AxumState(sim): AxumState<Arc<Sim>>, form: String) -> Response {
    let asked = Asked::parse(&form);
    let app = match check(&sim, &asked) {
        Ok(app) => app,
        Err(why) => return page(&why),
    };
    if asked.get("decision") != "allow" {
        return back(&app, &asked, &[("error", "access_denied")]);
    }
    let mut state = sim.lock();
    let person = state.users.get(asked.get("person"));
    let Some(person) = person.filter(|p| !p.deleted).cloned() else {
        return page("There is no such person here.");
    };
    let team = asked.get("team");
    if !team.is_empty() && team != person.team {
        return page("That person is in another workspace than the one asked for.");
    }
    let whole_org = asked.get("where") == "org";
    if whole_org && !(app.org_ready && state.enterprise_of(&person.team).is_some()) {
        return page("This app cannot be installed for the whole organisation here.");
    }
    let digits = state.word(10);
    let name = format!("{digits}.{}.{}", state.word(13), state.word(64));
    let redirect_uri = Some(asked.get("redirect_uri")).filter(|uri| !uri.is_empty());
    let code = Code {
        client: app.client_id.clone(),
        user: person.id,
        whole_org,
        redirect_uri: redirect_uri.map(str::to_owned),
        scopes: asked.scopes(),
        issued: sim.desk.clock().now(),
        used: false,
    };
    state.codes.insert(name.clone(), code);
    back(&app, &asked, &[("code", &name)])
}

/// Nothing that is wrong here is told to the redirect address.
fn check(sim: &Sim, asked: &Asked) -> Result<App, String> {
    let violate = |problem: &str| sim.desk.violate(OPERATION, problem);
    let apps = sim.config().apps;
    let app = apps
        .into_iter()
        .find(|app| app.client_id == asked.get("client_id"));
    let app = app.ok_or("invalid_client_id: there is no app with this client id.")?;
    let uri = asked.get("redirect_uri");
    let fits = |known: &String| uri.starts_with(known.as_str());
    if !uri.is_empty() && !app.redirect_uris.iter().any(fits) {
        return Err(format!(
            "redirect_uri did not match any configured URIs. Passed URI: {uri}"
        ));
    }
    if asked.get("scope").contains(' ') {
        violate("Scopes are separated by commas.");
    }
    let scopes = asked.scopes();
    if let Some(unknown) = scopes.iter().find(|s| !KNOWN.contains(&s.as_str())) {
        return Err(format!("invalid_scope: {unknown}"));
    }
    if scopes.is_empty() {
        return Err("invalid_scope: no scopes were asked for.".to_owned());
    }
    if !asked.get("user_scope").is_empty() {
        violate("A user scope was asked for.");
    }
    if asked.params.contains_key("code_challenge") {
        violate("PKCE is not part of Slack's exchange.");
    }
    if asked.get("state").is_empty() {
        violate("No state was sent.");
    }
    Ok(app)
}

/// 302 to the redirect address with these parameters and the state.
fn back(app: &App, asked: &Asked, params: &[(&str, &str)]) -> Response {
    let first = app.redirect_uris.first().map_or("", String::as_str);
    let uri = Some(asked.get("redirect_uri")).filter(|uri| !uri.is_empty());
    let Ok(mut target) = url::Url::parse(uri.unwrap_or(first)) else {
        return page("The redirect address is not a URL.");
    };
    target
        .query_pairs_mut()
        .extend_pairs(params)
        .append_pair("state", asked.get("state"));
    let location = [(header::LOCATION, target.to_string())];
    (StatusCode::FOUND, location).into_response()
}

fn page(why: &str) -> Response {
    (StatusCode::OK, Html(consent::error(why))).into_response()
}
