//! The consent page: plain HTML and CSS, usable with a keyboard, no script.

use super::authorize::Asked;
use crate::google::pages::{escape, shell};
use crate::google::scopes;
use crate::google::state::State;

/// The page for a checked request.
pub(super) fn page(state: &State, asked: &Asked) -> String {
    let hint = asked.params.get("login_hint").map(String::as_str);
    let mut people = String::new();
    for (index, person) in state.people.values().enumerate() {
        let chosen = hint.map_or(index == 0, |hint| hint == person.email);
        let checked = if chosen { " checked" } else { "" };
        people.push_str(&format!(
            "<label class=row><input type=radio name=person value=\"{email}\" required{checked}>\
             <span><b>{name}</b><br><small>{email}</small></span></label>",
            email = escape(&person.email),
            name = escape(&person.name),
        ));
    }
    let body = format!(
        "<main class=card><p class=tag>Sandbox account</p><h1>Connect a calendar</h1>\
         <p><b>{client}</b> wants access to an account here. Nothing leaves this machine.</p>\
         <form method=post action=\"/o/oauth2/v2/auth\">{hidden}\
         <fieldset><legend>Choose an account</legend>{people}</fieldset>\
         <fieldset><legend>What it may do</legend>{scopes}</fieldset>\
         <p class=actions><button name=decision value=deny formnovalidate class=quiet>Deny</button>\
         <button name=decision value=allow>Allow</button></p></form></main>",
        client = escape(&asked.client),
        hidden = hidden(asked),
        scopes = scope_rows(asked),
    );
    shell("Connect a calendar", &body)
}

/// The page for a request that must not be redirected.
pub(super) fn error(error: &str, text: &str) -> String {
    let body = format!(
        "<main class=card><p class=tag>Sandbox account</p><h1>Access blocked</h1><p>{}</p>\
         <p><small>Error 400: {}</small></p></main>",
        escape(text),
        escape(error)
    );
    shell("Access blocked", &body)
}

fn hidden(asked: &Asked) -> String {
    let ours = ["person", "grant", "decision"];
    let sent = asked
        .params
        .iter()
        .filter(|(name, _)| !ours.contains(&name.as_str()));
    let field = |(name, value): (&String, &String)| {
        let (name, value) = (escape(name), escape(value));
        format!("<input type=hidden name=\"{name}\" value=\"{value}\">")
    };
    sent.map(field).collect()
}

fn scope_rows(asked: &Asked) -> String {
    let mut rows = String::new();
    for scope in &asked.scopes {
        // Identity always comes along; its box is shown ticked and fixed.
        let fixed = if scopes::is_identity(scope) {
            " disabled"
        } else {
            ""
        };
        rows.push_str(&format!(
            "<label class=row><input type=checkbox name=grant value=\"{scope}\" checked{fixed}>\
             <span>{text}<br><small>{scope}</small></span></label>",
            scope = escape(scope),
            text = scopes::describe(scope),
        ));
        if !fixed.is_empty() {
            rows.push_str(&format!(
                "<input type=hidden name=grant value=\"{}\">",
                escape(scope)
            ));
        }
    }
    rows
}
