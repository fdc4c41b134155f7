//! People, workspaces, and the ways to prove who one is (SPEC §2.1).

pub mod api_keys;
pub mod auth;
pub mod body;
pub mod cookie;
pub mod input;
pub mod invitations;
pub mod me;
pub mod members;
pub mod notifications;
pub mod oidc;
pub mod password;
pub mod workspace;

use daybook_domain::money::Currency;
use daybook_domain::zone::Zone;
use daybook_engine::accounts::password as rules;

use crate::problem::{Check, Problem};

impl From<rules::Error> for Problem {
    fn from(error: rules::Error) -> Self {
        match error {
            rules::Error::Weak(why) => Self::invalid_field("/password", why),
            rules::Error::Hashing => {
                tracing::error!("a password could not be hashed");
                Self::internal()
            }
        }
    }
}

/// An IANA time zone's name.
fn time_zone(check: &mut Check, pointer: &str, name: &str) -> String {
    if Zone::iana(name).is_none() {
        check.wrong(pointer, "must be an IANA time zone such as Europe/Paris");
    }
    name.to_owned()
}

/// An ISO 4217 code that amounts can be written in.
pub(super) fn currency(check: &mut Check, pointer: &str, code: &str) -> String {
    if let Err(error) = code.parse::<Currency>() {
        check.wrong(pointer, error.to_string());
    }
    code.to_owned()
}

/// A language, as BCP 47 writes it.
fn locale(check: &mut Check, pointer: &str, tag: &str) -> String {
    let parts_ok = tag.split('-').all(|part| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    if !parts_ok || tag.len() > 35 {
        check.wrong(pointer, "must be a language tag such as en or pt-BR");
    }
    tag.to_owned()
}
