//! E-mail: written into the outbox in the transaction of the fact it tells of, sent by a job, each once.
//!
//! What is sent is a [`Letter`]; who carries it is a [`Mailer`], which the binary brings along when a mail server is configured.
//! Without one nothing is written, and whoever asks says so. A letter's Message-ID is made of its id: when the answer of the mail
//! server was lost and it is sent again, the receiving side sees that it is the same.

pub mod letters;
mod paper;
pub mod send;

use std::fmt::Debug;

use async_trait::async_trait;
use daybook_domain::account::EmailAddress;
use daybook_domain::{MailId, MemberId, WorkspaceId};
use daybook_store::mails::{self, NewMail};
use daybook_store::{Result, Tx};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use self::paper::Draft;
use crate::Context;

pub use paper::line;

/// What is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// For those who read text.
    pub text: String,
    /// For those who read HTML; the same.
    pub html: String,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Whom an answer goes to, if not the sender.
    #[serde(default)]
    pub reply_to: Option<String>,
}

/// A file of a letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What the file is called.
    pub name: String,
    /// Such as `application/pdf`.
    pub content_type: String,
    /// Its content in Base64.
    pub content: String,
}

/// A letter on its way.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// To whom.
    pub to: &'a str,
    /// The mail's id; its Message-ID is made of it.
    pub id: MailId,
    /// When it was written.
    pub written_at: Timestamp,
    /// What it says.
    pub letter: &'a Letter,
}

/// Why a letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The mail server is not there, is busy, or said 4xx: another try may succeed.
    #[error("{0}")]
    Now(String),
    /// The mail server said 5xx, or the letter cannot be sent at all.
    #[error("{0}")]
    Never(String),
}

/// Carries letters to a mail server.
#[async_trait]
pub trait Mailer: Send + Sync + Debug {
    /// Hands one letter over. Returning `Ok` means that the server took responsibility for it.
    async fn send(&self, letter: Outgoing<'_>) -> std::result::Result<(), Refused>;
}

/// What a mail is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    /// `invitation`, `password_reset`, ….
    kind: &'a str,
    /// The fact: told once.
    fact: &'a str,
    to: &'a EmailAddress,
    member: Option<MemberId>,
}

/// Whether this installation sends mail.
#[must_use]
pub fn is_configured(cx: &Context) -> bool {
    cx.settings.mailer.is_some()
}

/// As [`enqueue`], for a letter of words alone: whether it was written.
async fn post(
    cx: &Context,
    tx: &mut Tx,
    workspace: WorkspaceId,
    (about, draft): (About<'_>, Draft),
) -> Result<bool> {
    let mail = enqueue(cx, tx, workspace, (about, &draft.set(cx))).await?;
    Ok(mail.is_some())
}

/// Puts a letter into the outbox in the caller's transaction. `None` when no mail server is configured, or the fact was told before.
pub(crate) async fn enqueue(
    cx: &Context,
    tx: &mut Tx,
    workspace: WorkspaceId,
    (about, letter): (About<'_>, &Letter),
) -> Result<Option<MailId>> {
    if !is_configured(cx) {
        return Ok(None);
    }
    // A letter is plain texts: it always has a JSON form.
    let body = serde_json::to_string(letter).unwrap_or_default();
    let new = NewMail {
        kind: about.kind,
        dedupe_key: about.fact,
        recipient: about.to.as_str(),
        member_id: about.member,
        letter: &SecretString::from(body),
    };
    let id = mails::create(tx, workspace, &new).await?;
    if let Some(id) = id {
        crate::jobs::send_email::enqueue(tx, workspace, id).await?;
    }
    Ok(id)
}
