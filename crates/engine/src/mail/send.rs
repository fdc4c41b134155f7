//! Sends one mail of the outbox and notes what became of it.

use daybook_domain::activity::LogType;
use daybook_domain::{MailId, WorkspaceId};
use daybook_store::invoices::deliveries::{self, State as Delivered};
use daybook_store::mails::{self, Mail, State};
use daybook_store::{Result, Tx};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{Letter, Outgoing, Refused};
use crate::Context;
use crate::activity::Line;

/// How often a mail is tried before it is given up.
pub const TRIES: i64 = 8;

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server took it, now or before.
    Sent,
    /// It was not taken; there will be another try.
    Again(String),
    /// It is given up.
    Failed(String),
}

/// Sends the mail, unless that was done before.
///
/// # Errors
/// When the store fails.
pub async fn send(cx: &Context, workspace: WorkspaceId, id: MailId) -> Result<Outcome> {
    let mut tx = cx.store.read_in(workspace).await?;
    let mail = mails::get(&mut tx, workspace, id).await?;
    drop(tx);
    if mail.state != State::Queued {
        return Ok(Outcome::Sent);
    }
    let Some(mailer) = &cx.settings.mailer else {
        return Ok(Outcome::Again(
            "no mail server is configured; set SMTP_URL".to_owned(),
        ));
    };
    let body = mail.letter.as_ref().map(ExposeSecret::expose_secret);
    let letter = body.and_then(|body| serde_json::from_str::<Letter>(body).ok());
    let sent = match &letter {
        Some(letter) => {
            let outgoing = Outgoing {
                to: &mail.recipient,
                id,
                written_at: mail.created_at,
                letter,
            };
            mailer.send(outgoing).await
        }
        None => Err(Refused::Never(
            "what was to be sent cannot be read".to_owned(),
        )),
    };
    let mut tx = cx.store.write_in(workspace).await?;
    let outcome = note(&mut tx, workspace, &mail, sent).await?;
    tx.commit().await?;
    Ok(outcome)
}

async fn note(
    tx: &mut Tx,
    workspace: WorkspaceId,
    mail: &Mail,
    sent: std::result::Result<(), Refused>,
) -> Result<Outcome> {
    let refused = match sent {
        Ok(()) => {
            if mails::settle(tx, workspace, mail.id, (State::Sent, None)).await? {
                deliveries::settle(tx, workspace, mail.id, (Delivered::Sent, None)).await?;
                line(mail, None).write(tx, workspace).await?;
            }
            return Ok(Outcome::Sent);
        }
        Err(refused) => refused,
    };
    let last = matches!(refused, Refused::Never(_)) || mail.attempts + 1 >= TRIES;
    let why = refused.to_string();
    if !last {
        mails::tried(tx, workspace, mail.id, &why).await?;
        deliveries::settle(tx, workspace, mail.id, (Delivered::Queued, Some(&why))).await?;
        return Ok(Outcome::Again(why));
    }
    if mails::settle(tx, workspace, mail.id, (State::Failed, Some(&why))).await? {
        deliveries::settle(tx, workspace, mail.id, (Delivered::Failed, Some(&why))).await?;
        line(mail, Some(&why)).write(tx, workspace).await?;
    }
    Ok(Outcome::Failed(why))
}

/// A notice in the activity log: what and to whom, never what it says.
fn line(mail: &Mail, failed: Option<&str>) -> Line {
    let what = match mail.kind.as_str() {
        "invitation" => "An invitation",
        "password_reset" => "A link for a new password",
        "connection_broken" => "A request to connect again",
        "calendar_off" => "A notice that a calendar was switched off",
        "grant_ending" => "A request to connect again before the access ends",
        "approval_asked" => "A request for approval",
        "invoice" => "An invoice",
        "credit_note" => "A credit note",
        "invoice_reminder" => "A reminder of an invoice",
        "invoice_overdue" => "A notice of an overdue invoice",
        "submit_reminder" => "A reminder to hand in time",
        _ => "A notice",
    };
    let title = match failed {
        None => format!("{what} was mailed to {}", mail.recipient),
        Some(_) => format!("{what} could not be mailed to {}", mail.recipient),
    };
    let mut line = Line::new(LogType::NotificationSent, title).detail(
        json!({"channel": "email", "kind": mail.kind, "mail_id": mail.id, "error": failed}),
    );
    line.member = mail.member_id;
    line.success = failed.is_none();
    line
}
