//! Invoices: from approved time to a numbered document that never changes (SPEC §2.8).
//!
//! A draft takes entries for itself, and an entry is on one invoice at most. Finalising gives the next number of the series,
//! marks the entries as invoiced, and freezes everything that is printed, in one transaction.

pub mod billing;
pub mod create;
mod document;
pub mod edit;
pub mod finalize;
mod gather;
mod lines;
pub mod overdue;
pub mod paper;
pub mod read;
pub mod send;
pub mod settle;
mod trail;

use daybook_domain::TimeEntryId;
use daybook_domain::invoice::{BadTotal, NotAllowed};
use daybook_store as store;

use crate::accounts::once;

pub use create::Create;
pub use daybook_paper::{Fonts, Lacking};
pub use lines::LineInput;
pub use read::View;

/// The most entries, and the most lines, of one invoice.
pub const MAX_ENTRIES: usize = 10_000;
/// The most lines that are set by hand at once.
pub const MAX_LINES: usize = 500;

/// Why something about an invoice did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value makes no sense.
    #[error("{detail}")]
    Invalid {
        /// The field, as a JSON pointer.
        pointer: String,
        /// What it must be.
        detail: String,
    },
    /// It refers to a client or project that is not there.
    #[error("there is no such client or project")]
    UnknownReference,
    /// The step makes no sense where the invoice stands.
    #[error("{0}; what has a number never changes: cancel it, or take it back with a credit note")]
    NotAllowed(#[from] NotAllowed),
    /// Somebody changed it meanwhile.
    #[error("the invoice changed meanwhile; look at it again")]
    Changed,
    /// There is nothing on it.
    #[error("an invoice without a line cannot be finalised; add time or a line first")]
    Empty,
    /// Entries are not what they were.
    #[error("{} of its time entries changed or are not approved any more; refresh the draft and look at it again", .0.len())]
    EntriesChanged(Vec<TimeEntryId>),
    /// An entry is on another invoice.
    #[error("some of this time is on another invoice already; refresh the draft")]
    EntryTaken,
    /// Work has no price.
    #[error("there is no hourly rate for {0}; set one, or give fallback_rate_minor")]
    NoRate(String),
    /// Work has a price in another currency.
    #[error(
        "{project} has its rate in {rate}, and this invoice is in {invoice}; make an invoice in {rate}, or change the rate"
    )]
    OtherCurrency {
        /// Of what.
        project: String,
        /// The rate's currency.
        rate: String,
        /// The invoice's currency.
        invoice: String,
    },
    /// Work has a price, but not in the currency that it is billed in.
    #[error(
        "{project} is billed in {billed}, but its rate is in {rate}; set a rate in {billed}, or give the project or the client the currency {rate}"
    )]
    RateInOther {
        /// Of what.
        project: String,
        /// The rate's currency.
        rate: String,
        /// The currency of the project, the client or the workspace.
        billed: String,
    },
    /// Too many entries.
    #[error("there are more than {MAX_ENTRIES} time entries; choose a shorter period")]
    TooMany,
    /// The lines have no total.
    #[error(transparent)]
    Total(#[from] BadTotal),
    /// The pattern makes a number that is in use.
    #[error("the number {0} is in use already; change the pattern in the billing settings")]
    NumberTaken(String),
    /// More is paid, or taken back, than is owed.
    #[error("{what} is more than the {open} that is left")]
    TooMuch {
        /// What was given.
        what: String,
        /// What is left.
        open: String,
    },
    /// Cancelling would lose payments.
    #[error("payments or credit notes are noted on it; remove them first, or write a credit note")]
    HasPayments,
    /// Nobody to mail it to.
    #[error(
        "the client has no e-mail address; give them one, name another address in `to`, or mark the invoice as sent by hand"
    )]
    NoRecipient,
    /// No mail server.
    #[error(
        "this server sends no mail yet: its operator sets SMTP_URL and MAIL_FROM; meanwhile, give the PDF to the client and mark the invoice as sent by hand"
    )]
    NoMail,
    /// Its files are too large.
    #[error("{}", crate::mail::letters::Refusal::TooLarge)]
    TooLarge,
    /// The credit note gave the time of its invoice back.
    #[error(
        "the time of its invoice was given back when this credit note was finalised, and may be on another invoice by now; write a new invoice for it instead"
    )]
    EntriesReleased,
    /// It has no number yet.
    #[error("a draft has no number, and so no electronic invoice; finalise it first")]
    StillDraft,
    /// The standard wants to know more.
    #[error("the electronic invoice would break {} rules of EN 16931", .0.len())]
    Incomplete(Vec<(String, String)>),
    /// Letters that no font has.
    #[error(
        "{} of its texts have letters that no font of this server has, and would be printed without them: write them in other letters, ask whoever runs the server to add a font (DAYBOOK_FONTS_DIR), or send accept_unprintable: true", .0.len()
    )]
    Unprintable(Vec<daybook_paper::Lacking>),
    /// The document could not be made.
    #[error("the document could not be made")]
    Paper(String),
    /// The idempotency key.
    #[error(transparent)]
    Once(#[from] once::Error),
    /// The database failed, or there is no such thing.
    #[error(transparent)]
    Store(store::Error),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Reference => Self::UnknownReference,
            store::Error::Conflict { constraint } if constraint == "invoice_version" => {
                Self::Changed
            }
            store::Error::Conflict { constraint } if constraint == "invoice_entry_pkey" => {
                Self::EntryTaken
            }
            other => Self::Store(other),
        }
    }
}

fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Error {
    Error::Invalid {
        pointer: pointer.into(),
        detail: detail.into(),
    }
}

/// A text within bounds, without control characters but line breaks and tabs.
fn text(pointer: &str, text: Option<&str>, max: usize) -> Result<(), Error> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > max {
        return Err(invalid(
            pointer,
            format!("must be at most {max} characters"),
        ));
    }
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(control) {
        return Err(invalid(pointer, "must not contain control characters"));
    }
    Ok(())
}
