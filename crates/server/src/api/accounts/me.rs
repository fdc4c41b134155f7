//! The caller's own profile.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use daybook_engine::Context;
use daybook_engine::accounts::me;

use super::body::MeBody;
use super::input::MePatch;
use super::{cookie, locale, time_zone};
use crate::extract::{Guest, Json, Reader, Writer};
use crate::problem::{Check, Problem};
use crate::state::App;

/// Your profile
#[utoipa::path(get, path = "/me", tag = "Accounts", responses((status = 200, body = MeBody)))]
pub async fn get(State(cx): State<Context>, Reader(who): Reader) -> Result<Json<MeBody>, Problem> {
    let user = me::get(&cx, &who).await?;
    Ok(Json(MeBody::new(user, &who)))
}

/// Change your profile or password
///
/// A new password ends all of your sessions; this one goes on with a new cookie.
#[utoipa::path(patch, path = "/me", tag = "Accounts", responses((status = 200, body = MeBody)))]
pub async fn update(
    State(app): State<App>,
    Writer(who): Writer,
    guest: Guest,
    Json(body): Json<MePatch>,
) -> Result<Response, Problem> {
    let mut check = Check::new();
    let password = match (body.current_password, body.new_password) {
        (Some(current), Some(new)) => Some(me::NewPassword { current, new }),
        (None, Some(_)) => {
            check.wrong("/current_password", "is needed to set a new password");
            None
        }
        _ => None,
    };
    let change = me::Change {
        name: body.name.map(|name| check.line("/name", &name, 200)),
        time_zone: body
            .time_zone
            .map(|zone| time_zone(&mut check, "/time_zone", &zone)),
        locale: body.locale.map(|tag| locale(&mut check, "/locale", &tag)),
        password,
        user_agent: guest.user_agent,
    };
    check.done()?;
    let (user, signed_in) = me::update(&app.cx, &who, change).await?;
    let cookie = signed_in.map(|signed_in| cookie::set(&signed_in.token, app.over_https()));
    let body = Json(MeBody::new(user, &who));
    Ok(match cookie {
        Some(cookie) => (cookie, body).into_response(),
        None => body.into_response(),
    })
}

impl From<me::Error> for Problem {
    fn from(error: me::Error) -> Self {
        use daybook_engine::accounts::password::Error::Weak;
        match error {
            me::Error::WrongPassword => {
                Self::invalid_field("/current_password", "is not your current password")
            }
            me::Error::Password(Weak(why)) => Self::invalid_field("/new_password", why),
            me::Error::Password(error) => error.into(),
            me::Error::Store(error) => error.into(),
        }
    }
}
