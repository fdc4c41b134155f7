//! The methods of the Web API that a bot for time entries needs.

mod auth;
mod chat;
mod conversations;
mod users;
mod views;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde_json::{Value, json};

use super::call::Call;
use super::errors::ApiError;
use super::{oauth, socket};

pub(super) use chat::said;
pub(super) use views::{on_top, replace};

/// Arguments that any method takes.
const ALWAYS: &[&str] = &["token", "team_id", "pretty", "_x_id"];

/// `GET` or `POST /api/{method}`.
pub(super) async fn any(call: Call) -> Response {
    match answer(&call) {
        Ok(mut body) => {
            body["ok"] = json!(true);
            let mut response = Json(body).into_response();
            let kind = HeaderValue::from_static("application/json; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            call.sim.changed.notify_waiters();
            response
        }
        Err(error) => error.into_response(),
    }
}

fn answer(call: &Call) -> Result<Value, ApiError> {
    match call.method.as_str() {
        "auth.test" => auth::test(call),
        "auth.revoke" => auth::revoke(call),
        "apps.uninstall" => auth::uninstall(call),
        "apps.connections.open" => socket::open(call),
        "oauth.v2.access" => oauth::access(call),
        "chat.postMessage" => chat::post(call),
        "chat.postEphemeral" => chat::post_ephemeral(call),
        "chat.update" => chat::update(call),
        "conversations.open" => conversations::open(call),
        "team.info" => users::team(call),
        "users.info" => users::info(call),
        "users.lookupByEmail" => users::lookup(call),
        "views.open" => views::open(call),
        "views.push" => views::push(call),
        "views.update" => views::update(call),
        "views.publish" => views::publish(call),
        _ => {
            call.violate("There is no such method.");
            Err(ApiError::new("unknown_method").with("req_method", json!(call.method)))
        }
    }
}
