//! `users.info` and `users.lookupByEmail`.

use daybook_provider_api::chat::Person;
use daybook_provider_api::{Result, Session};
use serde_json::Value;

use super::{get, text};
use crate::slack::errors;

/// Somebody by id.
pub(in crate::slack) async fn by_id(session: &Session<'_>, user: &str) -> Result<Person> {
    person(&get(session, "users.info", &[("user", user)]).await?)
}

/// Somebody by address. `NotFound` when nobody has it.
pub(in crate::slack) async fn by_email(session: &Session<'_>, email: &str) -> Result<Person> {
    person(&get(session, "users.lookupByEmail", &[("email", email)]).await?)
}

fn person(json: &Value) -> Result<Person> {
    let user = &json["user"];
    let flag = |name: &str| user[name] == Value::Bool(true);
    let name = [
        "/profile/display_name",
        "/profile/real_name",
        "/real_name",
        "/name",
    ]
    .iter()
    .find_map(|pointer| text(user, pointer));
    Ok(Person {
        id: text(user, "/id").ok_or_else(errors::malformed)?,
        name,
        email: text(user, "/profile/email"),
        time_zone: text(user, "/tz"),
        deactivated: flag("deleted"),
        is_bot: flag("is_bot"),
    })
}
