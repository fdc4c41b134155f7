//! Letters; those that warn of an account or a calendar are in [`super::warnings`]. Each function writes one into the outbox in the transaction of the fact, and says whether it did.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daybook_domain::account::EmailAddress;
use daybook_domain::{ConnectionId, InvitationId, MemberId, WorkspaceId};
use daybook_store::{Result, Tx};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::paper::{Draft, page};
use super::{About, Attachment, Letter, enqueue};
use crate::Context;

/// The most that the files of a letter may have together; mail servers take little more.
pub const LARGEST: usize = 15 << 20;

/// Somebody is invited.
#[derive(Debug, Clone, Copy)]
pub struct Invited<'a> {
    /// The invitation.
    pub id: InvitationId,
    /// Who.
    pub to: &'a EmailAddress,
    /// By whom.
    pub by: &'a str,
    /// The member who invites.
    pub by_member: MemberId,
    /// Where to.
    pub workspace: &'a str,
    /// The link that accepts it.
    pub url: &'a SecretString,
}

/// Somebody forgot their password.
#[derive(Debug, Clone, Copy)]
pub struct Forgotten<'a> {
    /// Names this one request.
    pub request: &'a str,
    /// Who.
    pub to: &'a EmailAddress,
    /// As which member the mail is kept.
    pub member: MemberId,
    /// The secret of the reset.
    pub token: &'a SecretString,
}

/// An account must be connected again.
#[derive(Debug, Clone, Copy)]
pub struct Broken<'a> {
    /// The account.
    pub id: ConnectionId,
    /// Since when; each time it breaks is a fact of its own.
    pub since: Timestamp,
    /// Its owner.
    pub to: &'a EmailAddress,
    /// The owner as a member.
    pub member: MemberId,
    /// The provider's key.
    pub provider: &'a str,
    /// The provider's name.
    pub provider_name: &'a str,
    /// Which account.
    pub account: &'a str,
}

/// Time waits for approval.
#[derive(Debug, Clone, Copy)]
pub struct ApprovalAsked<'a> {
    /// Names the submission: told once to each approver.
    pub fact: &'a str,
    /// An approver.
    pub to: &'a EmailAddress,
    /// The approver as a member.
    pub member: MemberId,
    /// Who submitted it.
    pub by: &'a str,
    /// What it is, such as `Week of 23 November`.
    pub what: &'a str,
    /// How much, such as `38 h 30 min`.
    pub duration: &'a str,
    /// The page of the dashboard to decide on, such as `/approvals`.
    pub path: &'a str,
}

/// An invoice goes to the client.
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
    /// Its number.
    pub number: &'a str,
    /// Its total, such as `EUR 1,250.00`.
    pub total: &'a str,
    /// When it is due, such as `12 December 2026`.
    pub due: &'a str,
    /// What the sender wants to say; empty: nothing.
    pub message: &'a str,
    /// The invoice as PDF.
    pub pdf: &'a [u8],
}

/// Invites somebody by mail.
///
/// # Errors
/// When the store fails.
pub async fn invitation(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &Invited<'_>,
) -> Result<bool> {
    let letter = Draft {
        subject: format!("{} invites you to {} on Daybook", it.by, it.workspace),
        heading: format!("Join {}", it.workspace),
        paragraphs: vec![format!("{} invites you to the workspace {} on Daybook, where calendars become time and invoices.", it.by, it.workspace)],
        button: Some(("Accept the invitation", it.url.expose_secret().to_owned())),
        foot: "The link works for seven days, for this address only. If you do not know the sender, ignore this mail.".to_owned(),
        ..Draft::default()
    };
    let fact = format!("invitation {}", it.id);
    let about = About {
        kind: "invitation",
        fact: &fact,
        to: it.to,
        member: Some(it.by_member),
    };
    enqueue(cx, tx, ws, (about, &letter.set(cx))).await
}

/// Sends the link that lets somebody choose a new password.
///
/// # Errors
/// When the store fails.
pub async fn password_reset(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &Forgotten<'_>,
) -> Result<bool> {
    // Behind the `#` the secret stays in the browser: no proxy on the way writes it into a log.
    let url = page(cx, &format!("/password/reset#{}", it.token.expose_secret()));
    let letter = Draft {
        subject: "Choose a new password for Daybook".to_owned(),
        heading: "Choose a new password".to_owned(),
        paragraphs: vec!["Somebody, hopefully you, asked for a new password for your account.".to_owned()],
        button: Some(("Choose a password", url)),
        foot: "The link works once, for one hour. If you did not ask, ignore this mail: nothing changes.".to_owned(),
        ..Draft::default()
    };
    let fact = format!("password_reset {}", it.request);
    let about = About {
        kind: "password_reset",
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    enqueue(cx, tx, ws, (about, &letter.set(cx))).await
}

/// Tells the owner of an account that it must be connected again.
///
/// # Errors
/// When the store fails.
pub async fn connection_broken(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &Broken<'_>,
) -> Result<bool> {
    let letter = Draft {
        subject: format!("Connect {} again", it.account),
        heading: format!("{} must be connected again", it.provider_name),
        paragraphs: vec![format!(
            "{} no longer lets Daybook read the account {}. Its calendars are not synced until you connect it again; what was synced stays.",
            it.provider_name, it.account
        )],
        button: Some((
            "Connect again",
            page(cx, &format!("/integrations/connect/{}", it.provider)),
        )),
        foot: "You get this mail because the account is yours.".to_owned(),
        ..Draft::default()
    };
    let fact = format!("connection_broken {} {}", it.id, it.since.as_microsecond());
    let about = About {
        kind: "connection_broken",
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    enqueue(cx, tx, ws, (about, &letter.set(cx))).await
}

/// Asks an approver to decide.
///
/// # Errors
/// When the store fails.
pub async fn approval_asked(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &ApprovalAsked<'_>,
) -> Result<bool> {
    let letter = Draft {
        subject: format!("{} asks you to approve {}", it.by, it.what),
        heading: "Time waits for your approval".to_owned(),
        facts: vec![
            ("From", it.by.to_owned()),
            ("What", it.what.to_owned()),
            ("Time", it.duration.to_owned()),
        ],
        button: Some(("Look at it", page(cx, it.path))),
        foot: "You get this mail because you approve time in this workspace.".to_owned(),
        ..Draft::default()
    };
    let fact = format!("approval_asked {} {}", it.member, it.fact);
    let about = About {
        kind: "approval_asked",
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    enqueue(cx, tx, ws, (about, &letter.set(cx))).await
}

/// Sends an invoice to the client, with the PDF.
///
/// # Errors
/// When the store fails; [`Refusal::TooLarge`] before anything is written.
pub async fn invoice(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &InvoiceSent<'_>,
) -> std::result::Result<bool, Refusal> {
    if it.pdf.len() > LARGEST {
        return Err(Refusal::TooLarge);
    }
    let mut paragraphs = vec![format!(
        "Please find invoice {} from {} attached.",
        it.number, it.from
    )];
    paragraphs.extend(
        it.message
            .split("\n\n")
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(str::to_owned),
    );
    let draft = Draft {
        subject: format!("Invoice {} from {}", it.number, it.from),
        heading: format!("Invoice {}", it.number),
        paragraphs,
        facts: vec![("Total", it.total.to_owned()), ("Due", it.due.to_owned())],
        foot: format!("Sent by {} with Daybook.", it.from),
        ..Draft::default()
    };
    let letter = Letter {
        attachments: vec![Attachment {
            name: format!("{}.pdf", file_name(it.number)),
            content_type: "application/pdf".to_owned(),
            content: STANDARD.encode(it.pdf),
        }],
        reply_to: it.reply_to.map(|address| address.as_str().to_owned()),
        ..draft.set(cx)
    };
    let fact = format!("invoice {}", it.fact);
    let about = About {
        kind: "invoice",
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    Ok(enqueue(cx, tx, ws, (about, &letter)).await?)
}

/// Why an invoice was not put into the outbox.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file is larger than mail servers take.
    #[error(
        "the invoice is larger than 15 MB, which mail servers do not take; send a link instead"
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
