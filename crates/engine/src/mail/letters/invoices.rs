//! Letters about invoices and credit notes: to clients with the document, and to owners when an invoice is overdue.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daybook_domain::account::EmailAddress;
use daybook_domain::invoice::Kind;
use daybook_domain::{MailId, MemberId, WorkspaceId};
use daybook_store::{Result, Tx};

use crate::Context;
use crate::mail::paper::{Draft, page};
use crate::mail::{About, Attachment, Letter, enqueue, post};

/// The most that the files of a letter may have together; mail servers take little more.
pub const LARGEST: usize = 15 << 20;

/// An invoice or a credit note goes to the client.
#[derive(Debug, Clone, Copy)]
pub struct InvoiceSent<'a> {
    /// Names this sending: an invoice sent anew on purpose has another.
    pub fact: &'a str,
    /// The client's address.
    pub to: &'a EmailAddress,
    /// Who sends it.
    pub member: MemberId,
    /// Whom answers go to.
    pub reply_to: Option<&'a EmailAddress>,
    /// Who it is from.
    pub from: &'a str,
    /// What it is.
    pub kind: Kind,
    /// Its number.
    pub number: &'a str,
    /// The number of the invoice that a credit note takes back.
    pub preceding: Option<&'a str>,
    /// Its total, such as `EUR 1,250.00`.
    pub total: &'a str,
    /// When an invoice is due, such as `12 December 2026`.
    pub due: &'a str,
    /// What the sender wants to say; empty: nothing.
    pub message: &'a str,
    /// What is left to pay, such as `EUR 250.00`, when this is a reminder of an invoice that is overdue.
    pub open: Option<&'a str>,
    /// The document as PDF.
    pub pdf: &'a [u8],
    /// The document as the XML of EN 16931, where it has all that the standard wants.
    pub xml: Option<&'a str>,
}

/// An invoice should have been paid.
#[derive(Debug, Clone, Copy)]
pub struct Overdue<'a> {
    /// The invoice's id: told once to each.
    pub fact: &'a str,
    /// An owner.
    pub to: &'a EmailAddress,
    /// The owner as a member.
    pub member: MemberId,
    /// Its number.
    pub number: &'a str,
    /// Who owes.
    pub client: &'a str,
    /// How much, such as `EUR 1,250.00`.
    pub open: &'a str,
    /// Since when, such as `12 December 2026`.
    pub due: &'a str,
}

/// Sends an invoice or a credit note to the client, with the PDF; its mail, or `None` when this sending was told before.
///
/// # Errors
/// When the store fails; [`Refusal::TooLarge`] before anything is written.
pub async fn invoice(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &InvoiceSent<'_>,
) -> std::result::Result<Option<MailId>, Refusal> {
    if it.pdf.len() + it.xml.map_or(0, str::len) > LARGEST {
        return Err(Refusal::TooLarge);
    }
    let letter = Letter {
        attachments: files(it),
        reply_to: it.reply_to.map(|address| address.as_str().to_owned()),
        ..words(it).set(cx)
    };
    let fact = format!("invoice {}", it.fact);
    let about = About {
        kind: match (it.kind, it.open) {
            (Kind::CreditNote, _) => "credit_note",
            (Kind::Invoice, None) => "invoice",
            (Kind::Invoice, Some(_)) => "invoice_reminder",
        },
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    Ok(enqueue(cx, tx, ws, (about, &letter)).await?)
}

/// Tells an owner that an invoice is overdue.
///
/// # Errors
/// When the store fails.
pub async fn overdue(cx: &Context, tx: &mut Tx, ws: WorkspaceId, it: &Overdue<'_>) -> Result<bool> {
    let letter = Draft {
        subject: format!("Invoice {} is overdue", it.number),
        heading: format!("Invoice {} is overdue", it.number),
        facts: vec![
            ("Client", it.client.to_owned()),
            ("Open", it.open.to_owned()),
            ("Due", it.due.to_owned()),
        ],
        button: Some((
            "Open the invoice",
            page(cx, &format!("/invoices/{}", it.fact)),
        )),
        foot: "Switch this mail off in your settings under Notifications.".to_owned(),
        ..Draft::default()
    };
    let fact = format!("invoice_overdue {} {}", it.member, it.fact);
    let about = About {
        kind: "invoice_overdue",
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    post(cx, tx, ws, (about, letter)).await
}

fn words(it: &InvoiceSent<'_>) -> Draft {
    let from = it.from;
    let (subject, heading, first) = match it.kind {
        Kind::Invoice => asks(it),
        Kind::CreditNote => takes_back(it),
    };
    let mut paragraphs = vec![first];
    let said = it.message.split("\n\n").map(str::trim);
    paragraphs.extend(said.filter(|text| !text.is_empty()).map(str::to_owned));
    let mut facts = vec![("Total", it.total.to_owned())];
    facts.extend(it.open.map(|open| ("Open", open.to_owned())));
    if it.kind == Kind::Invoice {
        facts.push(("Due", it.due.to_owned()));
    }
    Draft {
        subject,
        heading,
        paragraphs,
        facts,
        foot: format!("Sent by {from} with Daybook."),
        ..Draft::default()
    }
}

/// Subject, heading and first sentence of an invoice, or of a reminder of one.
fn asks(it: &InvoiceSent<'_>) -> (String, String, String) {
    let (number, from) = (it.number, it.from);
    let (subject, first) = match it.open {
        None => (
            format!("Invoice {number} from {from}"),
            format!("Please find invoice {number} from {from} attached."),
        ),
        Some(open) => (
            format!("Reminder: invoice {number} from {from}"),
            format!(
                "Invoice {number} was due on {}, and {open} is still open. If you have paid it meanwhile, ignore this mail.",
                it.due
            ),
        ),
    };
    (subject, format!("Invoice {number}"), first)
}

/// Subject, heading and first sentence of a credit note, which may take back a part only.
fn takes_back(it: &InvoiceSent<'_>) -> (String, String, String) {
    let (number, from, total) = (it.number, it.from, it.total);
    let what = it.preceding.map_or_else(
        || format!("gives {total} back"),
        |invoice| format!("takes back {total} of invoice {invoice}"),
    );
    (
        format!("Credit note {number} from {from}"),
        format!("Credit note {number}"),
        format!("Credit note {number} from {from} {what}. Please find it attached."),
    )
}

fn files(it: &InvoiceSent<'_>) -> Vec<Attachment> {
    let name = file_name(it.number);
    let file = |ending: &str, content_type: &str, content: &[u8]| Attachment {
        name: format!("{name}.{ending}"),
        content_type: content_type.to_owned(),
        content: STANDARD.encode(content),
    };
    let mut files = vec![file("pdf", "application/pdf", it.pdf)];
    files.extend(
        it.xml
            .map(|xml| file("xml", "application/xml", xml.as_bytes())),
    );
    files
}

/// Why an invoice was not put into the outbox.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file is larger than mail servers take.
    #[error(
        "the invoice is larger than 15 MB, which mail servers do not take; give the PDF to the client another way, and mark the invoice as sent by hand"
    )]
    TooLarge,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] daybook_store::Error),
}

/// A number of an invoice as a file's name: letters, digits, dots and dashes.
fn file_name(number: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || "-._".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = number.chars().take(80).map(safe).collect();
    let name = name.trim_matches(['.', '-']).to_owned();
    if name.is_empty() {
        "invoice".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_number_is_a_harmless_file_name() {
        assert_eq!(file_name("INV-0042"), "INV-0042");
        assert_eq!(file_name("../../etc/2026/7"), "etc-2026-7");
        assert_eq!(file_name("\r\n"), "invoice");
    }
}
