//! Invoices, and what is printed on them (SPEC §2.8).

pub mod billing;
pub mod billing_body;
pub mod billing_input;
pub mod body;
pub mod delivery_body;
pub mod drafts;
pub mod input;
pub mod paper;
pub mod part_inputs;
pub mod parts;
pub mod read;
pub mod steps;

use daybook_engine::invoices::{Error, Lacking};
use http::StatusCode;

use super::connections::sentence;
use crate::problem::Problem;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = sentence(&error.to_string());
        match error {
            Error::Invalid { pointer, detail } => Self::invalid_field(&pointer, detail),
            Error::UnknownReference => {
                Self::unprocessable("unknown_reference", text).at("/client_id")
            }
            Error::NotAllowed(_) => Self::conflict("wrong_status", text),
            Error::Changed => Self::conflict("changed_meanwhile", text),
            Error::Empty => Self::unprocessable("empty_invoice", text),
            Error::EntriesChanged(_) => Self::conflict("entries_changed", text),
            Error::EntryTaken => Self::conflict("entry_taken", text),
            Error::NoRate(_) => Self::unprocessable("no_rate", text).at("/fallback_rate_minor"),
            Error::OtherCurrency { .. } | Error::RateInOther { .. } => {
                Self::unprocessable("other_currency", text).at("/currency")
            }
            Error::TooMany => Self::unprocessable("too_many_entries", text).at("/period_start"),
            Error::Total(_) => Self::unprocessable("bad_total", text),
            Error::NumberTaken(_) => Self::conflict("number_taken", text),
            Error::TooMuch { .. } => Self::unprocessable("too_much", text).at("/amount_minor"),
            Error::HasPayments => Self::conflict("has_payments", text),
            Error::NoRecipient => Self::unprocessable("no_recipient", text).at("/to"),
            Error::NoMail => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "mail_not_configured", text)
            }
            Error::TooLarge => Self::unprocessable("invoice_too_large", text),
            Error::EntriesReleased => Self::conflict("entries_released", text),
            Error::StillDraft => Self::conflict("still_draft", text),
            Error::Incomplete(rules) => incomplete(rules, text),
            Error::Unprintable(lacking) => unprintable(lacking, text),
            Error::Paper(cause) => {
                tracing::error!(%cause, "an invoice could not be printed");
                Self::internal()
            }
            Error::Once(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}

/// How many texts are told.
const TOLD: usize = 5;

/// The texts are told, so that a person finds them.
fn unprintable(lacking: Vec<Lacking>, text: String) -> Problem {
    let told: Vec<String> = lacking
        .into_iter()
        .take(TOLD)
        .map(|one| format!("\"{}\" ({})", one.text, one.letters))
        .collect();
    let detail = format!("{text} They are: {}.", told.join("; "));
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "cannot_be_printed",
        detail,
    )
}

/// The rules are told one by one, so that a person can act on each.
fn incomplete(rules: Vec<(String, String)>, text: String) -> Problem {
    let told: Vec<String> = rules
        .into_iter()
        .map(|(rule, what)| format!("{rule}: {what}"))
        .collect();
    let detail = format!("{text} {}", told.join(" "));
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "incomplete_invoice",
        detail,
    )
}
