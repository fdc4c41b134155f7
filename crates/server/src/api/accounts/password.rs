//! A new password for somebody who forgot theirs.

use axum::extract::State;
use daybook_engine::accounts::password_reset;
use daybook_engine::mail;
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Guest, Json};
use crate::limits::Verdict;
use crate::problem::{Check, Problem};
use crate::state::App;

/// Who forgot their password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgotInput {
    /// Address of the account.
    pub email: String,
}

/// A new password, with the secret of the link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetInput {
    /// The secret from the link in the mail.
    #[schema(value_type = String, format = Password)]
    pub token: SecretString,
    /// At least 12 characters.
    #[schema(value_type = String, format = Password, min_length = 12)]
    pub password: SecretString,
}

/// Ask for a new password
///
/// Mails a link that works once, for an hour. The answer is the same whether the address has an account or not.
#[utoipa::path(post, path = "/auth/password/forgot", tag = "Accounts", responses((status = 202)))]
pub async fn forgot(
    State(app): State<App>,
    guest: Guest,
    Json(body): Json<ForgotInput>,
) -> Result<StatusCode, Problem> {
    let mut check = Check::new();
    let email = check.parse("/email", &body.email);
    let email = check.required(email)?;
    if !mail::is_configured(&app.cx) {
        return Err(password_reset::Error::NoMail.into());
    }
    let now = app.cx.clock.now();
    within_limit(app.limits.forgot.take(guest.address, now))?;
    password_reset::ask(&app.cx, &email).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Set a new password
///
/// With the secret of the link. Ends every session of the person; sign in afterwards.
#[utoipa::path(post, path = "/auth/password/reset", tag = "Accounts", responses((status = 204)))]
pub async fn reset(
    State(app): State<App>,
    guest: Guest,
    Json(body): Json<ResetInput>,
) -> Result<StatusCode, Problem> {
    let now = app.cx.clock.now();
    within_limit(app.limits.reset.peek(guest.address, now))?;
    let outcome = password_reset::reset(&app.cx, &body.token, &body.password).await;
    if matches!(outcome, Err(password_reset::Error::Over)) {
        app.limits.reset.take(guest.address, now);
    }
    outcome?;
    Ok(StatusCode::NO_CONTENT)
}

fn within_limit(verdict: Verdict) -> Result<(), Problem> {
    if verdict.allowed {
        return Ok(());
    }
    let detail = "Too many tries from your address. Wait a moment, then try again.";
    Err(Problem::too_many(verdict.retry_after, detail))
}

impl From<password_reset::Error> for Problem {
    fn from(error: password_reset::Error) -> Self {
        use password_reset::Error;
        let text = error.to_string();
        match error {
            Error::NoMail => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "mail_not_configured", text)
            }
            Error::Over => Self::new(StatusCode::GONE, "reset_over", text),
            Error::Password(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}
