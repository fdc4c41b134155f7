//! What the forms of a person's page do.

use std::sync::Arc;

use axum::extract::{Form, Path, State as AxumState};
use axum::response::Redirect;

use super::people::open_modal;
use super::{encode, until, values};
use crate::slack::Sim;
use crate::slack::oracle::Exchange;
use crate::slack::outbound;

type Fields = Vec<(String, String)>;

fn get<'a>(fields: &'a Fields, name: &str) -> &'a str {
    let found = fields.iter().find(|(n, _)| n == name);
    found.map_or("", |(_, value)| value.as_str())
}

pub(super) async fn command(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(user): Path<String>,
    Form(fields): Form<Fields>,
) -> Redirect {
    let command = sim
        .config()
        .apps
        .first()
        .map_or_else(String::new, |app| app.command.clone());
    let typed = get(&fields, "text").trim();
    let text = typed.strip_prefix(command.as_str()).map(str::trim);
    let Some(text) = text else {
        return back(
            &user,
            &format!("Only the command {command} goes to the app."),
            &[],
        );
    };
    let before = seen(&sim, &user);
    let exchange = outbound::command(&sim, &user, (None, text)).await;
    until(&sim, || seen(&sim, &user) != before).await;
    done(&user, &exchange)
}

pub(super) async fn click(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(user): Path<String>,
    Form(fields): Form<Fields>,
) -> Redirect {
    let action = get(&fields, "action");
    let before = seen(&sim, &user);
    let exchange = match get(&fields, "view") {
        "" => {
            let message = (get(&fields, "channel"), get(&fields, "ts"), action);
            outbound::click(&sim, &user, message).await
        }
        view => outbound::act_in_view(&sim, &user, (view, action, &serde_json::json!({}))).await,
    };
    until(&sim, || seen(&sim, &user) != before).await;
    done(&user, &exchange)
}

pub(super) async fn view(
    AxumState(sim): AxumState<Arc<Sim>>,
    Path(user): Path<String>,
    Form(fields): Form<Fields>,
) -> Redirect {
    let typed = {
        let state = sim.lock();
        open_modal(&state, &user).map(|(_, view)| values::typed(view, &fields))
    };
    let Some(typed) = typed else {
        return back(&user, "There is no open modal.", &[]);
    };
    let before = seen(&sim, &user);
    let exchange = match (get(&fields, "do"), get(&fields, "action")) {
        ("close", _) => outbound::close(&sim, &user).await,
        ("submit", _) => outbound::submit(&sim, &user, &typed).await,
        (_, action) => {
            let view = get(&fields, "view");
            outbound::act_in_view(&sim, &user, (view, action, &typed)).await
        }
    };
    if exchange.errors.is_empty() {
        until(&sim, || seen(&sim, &user) != before).await;
    }
    done(&user, &exchange)
}

/// What somebody has before their eyes, for seeing whether it changed.
fn seen(sim: &Sim, user: &str) -> String {
    let state = sim.lock();
    let messages: Vec<String> = state
        .seen_by(user)
        .iter()
        .map(|m| format!("{} {} {}", m.ts, m.text, m.blocks))
        .collect();
    let modal = open_modal(&state, user).map(|(id, view)| format!("{id} {view}"));
    format!("{messages:?} {modal:?}")
}

fn done(user: &str, exchange: &Exchange) -> Redirect {
    let errors: Vec<(String, String)> = exchange
        .errors
        .iter()
        .map(|(b, said)| (format!("error|{b}"), said.clone()))
        .collect();
    back(
        user,
        exchange.failed.as_deref().unwrap_or_default(),
        &errors,
    )
}

fn back(user: &str, note: &str, more: &[(String, String)]) -> Redirect {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if !note.is_empty() {
        query.append_pair("note", note);
    }
    query.extend_pairs(more);
    Redirect::to(&format!("/people/{}?{}", encode(user), query.finish()))
}
