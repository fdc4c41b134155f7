//! Invoices: what is on them, how time becomes lines, and how lines become a total. Pure and exact.
//!
//! The way of the amounts (all in minor units, each step rounded once, half up):
//! 1. Minutes of entries are rounded as [`Rounding`] says and added up into lines ([`draw`]).
//! 2. A line's amount is minutes × hourly price ÷ 60, or quantity × price ([`Quantity::amount`]).
//! 3. The discount is taken from the sum of the lines, and shared among the tax rates in proportion.
//! 4. Tax is computed once for each rate, on what is left of its lines (EN 16931, BR-CO-17).
//! 5. The total is the sum of the lines, less the discount, plus the taxes: never anything else ([`total`]).

mod bank;
mod document;
mod lines;
mod number;
mod profile;
mod rounding;
mod totals;

pub use bank::{BadBank, bic, iban};
pub use document::{Address, Bank, COUNTRIES, Document, DocumentLine, Party, Preceding, Proof};
pub use lines::{Drawn, Work, draw};
pub use number::{BadPattern, Pattern};
pub use profile::{ClientProfile, DEFAULT_PATTERN, DEFAULT_TERMS_DAYS, Profile};
pub use rounding::{MAX_STEP, Rounding};
pub use totals::{BadTotal, Discount, Quantity, Tax, TaxTotal, Totals, percent, total};

use jiff::civil::Date;

use crate::text_enum;

text_enum! {
    /// Where an invoice stands (SPEC §1).
    Status {
        /// Can be changed; has no number.
        Draft = "draft",
        /// Has its number; never changes again.
        Finalized = "finalized",
        /// The client has it.
        Sent = "sent",
        /// Nothing is left to pay.
        Paid = "paid",
        /// Cancelled; keeps its number.
        Void = "void",
    }
}

text_enum! {
    /// What kind of document it is.
    Kind {
        /// Asks for money.
        Invoice = "invoice",
        /// Takes an invoice back, in part or whole.
        CreditNote = "credit_note",
    }
}

impl Kind {
    /// What the document is called, as it stands before its number.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditNote => "Credit note",
        }
    }
}

text_enum! {
    /// What somebody does to an invoice.
    Step {
        /// Changes or deletes it.
        Edit = "change",
        /// Gives it its number.
        Finalize = "finalize",
        /// Says that the client has it.
        Send = "send",
        /// Notes a payment.
        Pay = "pay",
        /// Cancels it.
        Void = "void",
        /// Takes it back with a document of its own.
        Credit = "credit",
    }
}

text_enum! {
    /// What becomes one line. Different hourly prices never share a line.
    Grouping {
        /// A project.
        Project = "project",
        /// A member.
        Member = "member",
        /// A day.
        Day = "day",
        /// Each entry.
        Entry = "entry",
    }
}

text_enum! {
    /// How time is rounded.
    RoundingMode {
        /// Not at all.
        None = "none",
        /// To the nearest step, half up.
        Nearest = "nearest",
        /// Up to the next step.
        Up = "up",
        /// Down to the last step.
        Down = "down",
    }
}

text_enum! {
    /// What is rounded.
    RoundingPer {
        /// Each entry.
        Entry = "entry",
        /// The sum of a day within a line.
        Day = "day",
        /// The sum of a line.
        Line = "line",
    }
}

text_enum! {
    /// What a line counts.
    Unit {
        /// Time, in minutes, at a price of an hour.
        Hour = "hour",
        /// Anything else, in thousandths.
        Item = "item",
    }
}

text_enum! {
    /// The kind of tax (UNTDID 5305, as EN 16931 uses it).
    TaxCategory {
        /// Taxed at a rate above zero.
        Standard = "S",
        /// Taxed at zero.
        Zero = "Z",
        /// Exempt.
        Exempt = "E",
        /// The client owes the tax.
        ReverseCharge = "AE",
        /// Export.
        Export = "G",
        /// Not subject to tax.
        NotSubject = "O",
    }
}

/// The step makes no sense where the invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot {step} an invoice that is {from}")]
pub struct NotAllowed {
    /// Where it stands.
    pub from: Status,
    /// What was tried.
    pub step: Step,
}

impl Status {
    /// Whether `step` may be taken from here.
    ///
    /// # Errors
    /// [`NotAllowed`]. Only drafts change; a number, once given, stays.
    pub const fn allows(self, step: Step) -> Result<(), NotAllowed> {
        let fine = match step {
            Step::Edit | Step::Finalize => matches!(self, Self::Draft),
            Step::Send => matches!(self, Self::Finalized | Self::Sent | Self::Paid),
            Step::Pay | Step::Void => matches!(self, Self::Finalized | Self::Sent),
            Step::Credit => matches!(self, Self::Finalized | Self::Sent | Self::Paid),
        };
        if fine {
            Ok(())
        } else {
            Err(NotAllowed { from: self, step })
        }
    }

    /// Whether it is payable and its day has passed.
    #[must_use]
    pub fn is_overdue(self, due: Option<Date>, open_minor: i64, today: Date) -> bool {
        matches!(self, Self::Finalized | Self::Sent)
            && open_minor > 0
            && due.is_some_and(|due| due < today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_number_is_never_changed() {
        for status in Status::ALL {
            let changes = status.allows(Step::Edit).is_ok();
            assert_eq!(changes, *status == Status::Draft, "{status}");
        }
        assert!(Status::Void.allows(Step::Pay).is_err());
        assert!(Status::Paid.allows(Step::Void).is_err());
        assert!(Status::Draft.allows(Step::Void).is_err());
    }

    #[test]
    fn overdue_is_the_day_after_the_due_date() {
        let due: Date = "2026-11-30".parse().unwrap();
        let late = |status: Status, open, today: &str| {
            status.is_overdue(Some(due), open, today.parse().unwrap())
        };
        assert!(!late(Status::Sent, 1, "2026-11-30"));
        assert!(late(Status::Sent, 1, "2026-12-01"));
        assert!(!late(Status::Sent, 0, "2026-12-01"));
        assert!(!late(Status::Draft, 1, "2026-12-01"));
        assert!(!Status::Sent.is_overdue(None, 1, due));
    }
}
