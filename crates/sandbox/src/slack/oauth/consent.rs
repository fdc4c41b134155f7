//! The consent page: plain HTML and CSS, usable with a keyboard, no script.

use super::authorize::Asked;
use crate::shell::{escape, shell};
use crate::slack::config::App;
use crate::slack::state::State;

/// The page for a checked request.
pub(super) fn page(state: &State, asked: &Asked, app: &App) -> String {
    let mut people = String::new();
    let wanted = asked.get("team");
    let users = state.users.values().filter(|u| !u.deleted);
    for (index, user) in users
        .filter(|u| wanted.is_empty() || u.team == wanted)
        .enumerate()
    {
        let team = state.teams.get(&user.team).map_or("", |t| t.name.as_str());
        people.push_str(&format!(
            "<label class=row><input type=radio name=person value=\"{}\" required{}><span><b>{}</b> in {}<br><small>{}</small></span></label>",
            escape(&user.id),
            if index == 0 { " checked" } else { "" },
            escape(&user.name),
            escape(team),
            escape(&user.email),
        ));
    }
    let scopes = asked.scopes();
    let rows: String = scopes
        .iter()
        .map(|s| format!("<li>{}<br><small>{}</small></li>", describe(s), escape(s)))
        .collect();
    let org = if app.org_ready && state.teams.values().any(|t| t.enterprise.is_some()) {
        "<fieldset><legend>Where</legend><label class=row><input type=radio name=where value=team checked><span>In this workspace</span></label>\
         <label class=row><input type=radio name=where value=org><span>For the whole organisation</span></label></fieldset>"
    } else {
        ""
    };
    let body = format!(
        "<main class=card><p class=tag>Sandbox workspace</p><h1>{name} wants to be in a Slack workspace</h1>\
         <p>A pretend one. Nothing leaves this machine.</p><form method=post action=\"/oauth/v2/authorize\">{hidden}\
         <fieldset><legend>Who installs it</legend>{people}</fieldset>{org}\
         <fieldset><legend>{name} will be able to</legend><ul>{rows}</ul></fieldset>\
         <p class=actions><button name=decision value=deny formnovalidate class=quiet>Cancel</button>\
         <button name=decision value=allow>Allow</button></p></form></main>",
        name = escape(&app.name),
        hidden = hidden(asked),
    );
    shell("Install an app", &body)
}

/// The page for a request that must not be redirected.
pub(super) fn error(why: &str) -> String {
    let body = format!(
        "<main class=card><p class=tag>Sandbox workspace</p><h1>Something went wrong when authorizing this app.</h1><p>{}</p></main>",
        escape(why)
    );
    shell("Install an app", &body)
}

fn describe(scope: &str) -> &'static str {
    match scope {
        "commands" => "Add shortcuts and slash commands that people can use",
        "chat:write" => "Send messages as the app",
        "im:write" => "Start direct messages with people",
        "users:read" => "View people in the workspace",
        "users:read.email" => "View email addresses of people in the workspace",
        "team:read" => "View the name, email domain, and icon of the workspace",
        _ => "More",
    }
}

fn hidden(asked: &Asked) -> String {
    let sent = asked.params.iter();
    let sent = sent.filter(|(name, _)| !matches!(name.as_str(), "person" | "decision" | "where"));
    sent.map(|(name, value)| {
        format!(
            "<input type=hidden name=\"{}\" value=\"{}\">",
            escape(name),
            escape(value)
        )
    })
    .collect()
}
