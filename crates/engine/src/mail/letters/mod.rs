//! Every letter there is. Each function writes one into the outbox in the transaction of the fact, and says whether it did.

mod invoices;
mod people;
mod time;
mod warnings;

pub use invoices::{InvoiceSent, LARGEST, Overdue, Refusal, invoice, overdue};
pub use people::{Forgotten, Invited, invitation, password_reset};
pub use time::{ApprovalAsked, SubmitReminder, approval_asked, submit_reminder};
pub use warnings::{Account, CalendarOff, calendar_off, connection_broken, grant_ending};
