//! `begin_password_reset`: looks whether an address belongs to somebody, and mails them a link. A job, so that the answer to whoever
//! asked takes the same time for every address.

use daybook_domain::account::EmailAddress;
use daybook_store as store;
use serde::Deserialize;
use serde_json::{Value, json};
use store::jobs::NewJob;

use super::{Failure, Work, read};
use crate::Context;
use crate::accounts::password_reset;

/// Its name.
pub const NAME: &str = "begin_password_reset";

#[derive(Deserialize)]
struct Payload {
    email: String,
}

/// Enqueues it in the caller's transaction; asking again while one waits adds nothing.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue(tx: &mut store::Tx, email: &EmailAddress) -> store::Result<()> {
    let job = NewJob {
        dedupe_key: Some(email.as_str()),
        max_attempts: super::TRIES,
        ..NewJob::new(NAME, json!({"email": email.as_str()}))
    };
    store::jobs::enqueue(tx, &job).await.map(|_| ())
}

pub(super) fn run(cx: Context, payload: Value) -> Work {
    Box::pin(async move {
        let payload: Payload = read(payload)?;
        let email = payload
            .email
            .parse()
            .map_err(|_| Failure::Never("the payload holds no e-mail address".to_owned()))?;
        Ok(password_reset::begin(&cx, &email).await?)
    })
}
