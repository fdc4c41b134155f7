//! The consent page: plain HTML and CSS, usable with a keyboard, no script.

use super::authorize::Asked;
use super::errors::OauthError;
use super::tenant::Tenant;
use crate::microsoft::scopes;
use crate::microsoft::state::{Account, State};
use crate::shell::{escape, shell};

/// The page for a checked request.
pub(super) fn page(state: &State, asked: &Asked, tenant: &Tenant) -> String {
    let hint = asked.param("login_hint");
    let mut people = String::new();
    for (index, person) in state
        .people
        .values()
        .filter(|p| tenant.admits(p))
        .enumerate()
    {
        let chosen = hint.map_or(index == 0, |hint| hint == person.email);
        let kind = match person.account {
            Account::Work => "Work or school account",
            Account::Personal => "Personal account",
            Account::NoMailbox => "Work account without mailbox",
        };
        people.push_str(&format!(
            "<label class=row><input type=radio name=person value=\"{email}\" required{}>\
             <span><b>{}</b><br><small>{email} · {kind}</small></span></label>",
            if chosen { " checked" } else { "" },
            escape(&person.name),
            email = escape(&person.email),
        ));
    }
    let rows: String = asked
        .scopes
        .iter()
        .map(|s| {
            format!(
                "<li>{}<br><small>{}</small></li>",
                scopes::describe(s),
                escape(s)
            )
        })
        .collect();
    let body = format!(
        "<main class=card><p class=tag>Sandbox account</p><h1>Permissions requested</h1>\
         <p><b>{client}</b> would like to use a pretend Microsoft account. Nothing leaves this machine.</p>\
         <form method=post action=\"/{tenant}/oauth2/v2.0/authorize\">{hidden}\
         <fieldset><legend>Pick an account</legend>{people}</fieldset>\
         <fieldset><legend>This app would like to</legend><ul>{rows}</ul></fieldset>\
         <p class=actions><button name=decision value=deny formnovalidate class=quiet>Cancel</button>\
         <button name=decision value=allow>Accept</button></p></form></main>",
        client = escape(&asked.client),
        tenant = escape(&asked.tenant),
        hidden = hidden(asked),
    );
    shell("Permissions requested", &body)
}

/// The page for a request that must not be redirected.
pub(super) fn error(error: &OauthError) -> String {
    let body = format!(
        "<main class=card><p class=tag>Sandbox account</p><h1>Sorry, but we’re having trouble signing you in.</h1>\
         <p>AADSTS{}: {}</p><p><small>{}</small></p></main>",
        error.aadsts,
        escape(&error.text),
        escape(error.error)
    );
    shell("Sign in to your account", &body)
}

fn hidden(asked: &Asked) -> String {
    let sent = asked
        .params
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "person" | "decision"));
    let field = |(name, value): (&String, &String)| {
        format!(
            "<input type=hidden name=\"{}\" value=\"{}\">",
            escape(name),
            escape(value)
        )
    };
    sent.map(field).collect()
}
