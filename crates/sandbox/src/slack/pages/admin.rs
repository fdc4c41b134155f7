//! What an administrator of a workspace does, and the switches for requests that are wrong on purpose.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Path, State as AxumState};
use axum::response::Redirect;

use super::encode;
use crate::shell::escape;
use crate::slack::config::{Config, Tamper};
use crate::slack::{Sim, SlackSim};

type Fields = HashMap<String, String>;

/// The buttons of a workspace.
pub(super) fn buttons(team: &str, installed: bool) -> String {
    let app = if installed {
        "<button name=do value=uninstall class=quiet>Remove the app</button> <button name=do value=revoke class=quiet>Revoke its token</button> "
    } else {
        ""
    };
    format!(
        "<form method=post action=\"/teams/{}\">{app}<label>User id <input type=text name=user size=12></label> \
         <button name=do value=deactivate class=quiet>Deactivate</button> <button name=do value=reactivate class=quiet>Bring back</button></form>",
        encode(team)
    )
}

/// The switches for everything that goes out.
pub(super) fn switches(config: &Config) -> String {
    let options: String = Tamper::ALL
        .iter()
        .map(|(word, tamper)| {
            let chosen = if *tamper == config.tamper {
                " selected"
            } else {
                ""
            };
            format!("<option{chosen}>{}</option>", escape(word))
        })
        .collect();
    format!(
        "<h2>What goes out</h2><form class=add method=post action=\"/settings\"><label>Signature<select name=tamper>{options}</select></label>\
         <label>Each event so many more times<input type=number name=duplicates min=0 max=5 value={}></label><button>Set</button></form>",
        config.duplicate_events
    )
}

pub(super) async fn team(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(team): Path<String>,
    Form(fields): Form<Fields>,
) -> Redirect {
    let user = fields.get("user").map_or("", |u| u.trim()).to_owned();
    let slack = SlackSim { sim };
    let note = match fields.get("do").map_or("", String::as_str) {
        "uninstall" if slack.uninstall(&team) => "Removed.",
        "revoke" if slack.revoke_tokens(&team, true) => "Revoked.",
        "deactivate" => {
            slack.set_deactivated(&user, true);
            "Deactivated."
        }
        "reactivate" => {
            slack.set_deactivated(&user, false);
            "Back again."
        }
        _ => "Nothing was done.",
    };
    slack.deliver().await;
    Redirect::to(&format!("/?note={}", encode(note)))
}

pub(super) async fn settings(
    AxumState(sim): AxumState<Arc<Sim>>,
    Form(fields): Form<Fields>,
) -> Redirect {
    let word = fields.get("tamper").map_or("", String::as_str);
    let found = Tamper::ALL.iter().find(|(known, _)| *known == word);
    let duplicates = fields.get("duplicates").and_then(|d| d.parse().ok());
    let mut config = crate::lock(&sim.config);
    if let Some((_, tamper)) = found {
        config.tamper = *tamper;
    }
    config.duplicate_events = duplicates.unwrap_or(0_u32).min(5);
    Redirect::to("/?note=Set.")
}
