//! The list of workspaces, one person's messages, and their Home tab.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State as AxumState};
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use super::blocks::{self, Place};
use super::{admin, encode, until};
use crate::shell::{escape, shell};
use crate::slack::Sim;
use crate::slack::outbound;
use crate::slack::state::{Kind, Message, State, User};

type Fields = HashMap<String, String>;

pub(super) async fn index(
    AxumState(sim): AxumState<Arc<Sim>>,
    Query(query): Query<Fields>,
) -> Html<String> {
    let config = sim.config();
    let state = sim.lock();
    let mut html = String::new();
    for team in state.teams.values() {
        let people: String = state
            .users
            .values()
            .filter(|u| u.team == team.id)
            .map(line)
            .collect();
        let installed = config
            .apps
            .iter()
            .any(|app| state.installed(&app.id, &team.id).is_some());
        let org = team
            .enterprise
            .as_ref()
            .and_then(|e| state.enterprises.get(e));
        let org = org.map_or(String::new(), |name| format!(" · part of {}", escape(name)));
        html.push_str(&format!(
            "<h2>{}</h2><p class=soft>{}{org}</p><ul class=list>{people}</ul>{}",
            escape(&team.name),
            if installed {
                "The app is installed."
            } else {
                "The app is not installed here."
            },
            admin::buttons(&team.id, installed),
        ));
    }
    let body = format!(
        "<main><p class=tag>Sandbox</p><h1>A pretend Slack</h1>{}\
         <p>Open a person, type a command as they would, and click what the app answers.</p>{html}{}</main>",
        note(&query),
        admin::switches(&config),
    );
    Html(shell("Sandbox Slack", &body))
}

fn line(user: &User) -> String {
    let gone = if user.deleted { " · deactivated" } else { "" };
    format!(
        "<li><a href=\"/people/{}\"><b>{}</b></a> <span class=soft>{}{gone}</span></li>",
        encode(&user.id),
        escape(&user.name),
        escape(&user.email),
    )
}

pub(super) async fn show(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(user): Path<String>,
    Query(query): Query<Fields>,
) -> Response {
    let command = sim
        .config()
        .apps
        .first()
        .map_or_else(|| "/time".to_owned(), |app| app.command.clone());
    let state = sim.lock();
    let Some(person) = state.users.get(&user) else {
        return nobody();
    };
    let own = format!("/people/{}", encode(&user));
    let modal = open_modal(&state, &user).map_or(String::new(), |(id, view)| {
        blocks::modal(&own, id, view, &query)
    });
    let rows: String = state
        .seen_by(&user)
        .into_iter()
        .map(|m| row(&state, &own, m))
        .collect();
    let rows = if rows.is_empty() {
        "<p class=soft>Nothing yet.</p>".to_owned()
    } else {
        format!("<ul class=list>{rows}</ul>")
    };
    let body = format!(
        "<main>{}{}{modal}<form class=add method=post action=\"{own}/command\"><label>Message\
         <input type=text name=text value=\"{} \" size=46 autofocus></label><button>Send</button></form>\
         <h2>Messages</h2>{rows}</main>",
        head(person, false),
        note(&query),
        escape(&command),
    );
    Html(shell(&person.name, &body)).into_response()
}

pub(super) async fn home(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(user): Path<String>,
    Query(query): Query<Fields>,
) -> Response {
    let before = home_of(&sim.lock(), &user).map(|view| view.1);
    if outbound::home(&sim, &user).is_some() {
        outbound::deliver(&sim).await;
        until(&sim, || {
            home_of(&sim.lock(), &user).map(|view| view.1) != before
        })
        .await;
    }
    let state = sim.lock();
    let Some(person) = state.users.get(&user) else {
        return nobody();
    };
    let own = format!("/people/{}", encode(&user));
    let modal = open_modal(&state, &user).map_or(String::new(), |(id, view)| {
        blocks::modal(&own, id, view, &query)
    });
    let home = home_of(&state, &user).map_or_else(
        || "<p class=soft>The app has not filled this tab.</p>".to_owned(),
        |(id, _)| {
            state.views.get(&id).map_or(String::new(), |view| {
                blocks::list(&own, Place::View(&id), &view.body["blocks"])
            })
        },
    );
    let body = format!(
        "<main>{}{}{modal}{home}</main>",
        head(person, true),
        note(&query)
    );
    Html(shell(&person.name, &body)).into_response()
}

/// The id and version of somebody's Home tab.
fn home_of(state: &State, user: &str) -> Option<(String, String)> {
    let (_, id) = state.homes.iter().find(|((_, own), _)| own == user)?;
    Some((id.clone(), state.views.get(id)?.hash.clone()))
}

pub(super) fn open_modal<'a>(
    state: &'a State,
    user: &str,
) -> Option<(&'a str, &'a serde_json::Value)> {
    let mut stacks = state.open.iter().filter(|((_, own), _)| own == user);
    let id = stacks.find_map(|(_, ids)| ids.last())?;
    Some((id.as_str(), &state.views.get(id)?.body))
}

fn head(person: &User, home: bool) -> String {
    let own = format!("/people/{}", encode(&person.id));
    let (messages, tab) = if home {
        (
            format!("<a href=\"{own}\">Messages</a>"),
            "<b>Home</b>".to_owned(),
        )
    } else {
        (
            "<b>Messages</b>".to_owned(),
            format!("<a href=\"{own}/home\">Home</a>"),
        )
    };
    let gone = if person.deleted {
        "<p class=note>This account is deactivated.</p>"
    } else {
        ""
    };
    format!(
        "<p class=tag><a href=\"/\">Sandbox</a></p><h1>{}</h1><p>{messages} · {tab} · <a href=\"\">Look again</a></p>{gone}",
        escape(&person.name)
    )
}

fn row(state: &State, own: &str, message: &Message) -> String {
    let place = state.channels.get(&message.channel).map(|c| &c.kind);
    let place = match place {
        Some(Kind::Public { name }) => format!("#{}", escape(name)),
        _ => "Direct message".to_owned(),
    };
    let only = if message.only.is_some() {
        " · only visible to you"
    } else {
        ""
    };
    let edited = if message.edited { " · edited" } else { "" };
    let content = if message.blocks.as_array().is_some_and(|b| !b.is_empty()) {
        let at = Place::Message(&message.channel, &message.ts);
        blocks::list(own, at, &message.blocks)
    } else {
        format!("<p>{}</p>", crate::slack::mrkdwn::html(&message.text))
    };
    format!(
        "<li data-ts=\"{}\"><small>{place}{only}{edited}</small>{content}</li>",
        escape(&message.ts)
    )
}

pub(super) fn note(query: &Fields) -> String {
    query.get("note").map_or(String::new(), |note| {
        format!("<p class=note role=status>{}</p>", escape(note))
    })
}

fn nobody() -> Response {
    let body = "<main><h1>Nobody here by that name</h1><p><a href=\"/\">All people</a></p></main>";
    (StatusCode::NOT_FOUND, Html(shell("Not found", body))).into_response()
}
