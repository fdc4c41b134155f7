//! The outbox: e-mails, written in the transaction of the fact they tell of, sent by a job, each once.

use daybook_domain::{MailId, MemberId, WorkspaceId};
use jiff::Timestamp;
use secrecy::SecretString;

use crate::crypto::Place;
use crate::{Result, Tx};

daybook_domain::text_enum! {
    /// Where a mail stands.
    State {
        /// A job will send it, or try again.
        Queued = "queued",
        /// The mail server took it.
        Sent = "sent",
        /// Given up.
        Failed = "failed",
    }
}

row! {
    struct Row of "mail" {
        id: MailId,
        kind: String,
        recipient: String,
        member_id: Option<MemberId>,
        letter: Option<Vec<u8>>,
        state: State,
        attempts: i64,
        last_error: Option<String>,
        created_at: Timestamp,
    }
}

/// A mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its id, which its Message-ID is made of.
    pub id: MailId,
    /// `invitation`, `password_reset`, ….
    pub kind: String,
    /// To whom.
    pub recipient: String,
    /// The member it goes to or was written for.
    pub member_id: Option<MemberId>,
    /// What it says; gone once it is settled.
    pub letter: Option<SecretString>,
    /// Where it stands.
    pub state: State,
    /// How often it was tried without success.
    pub attempts: i64,
    /// What last went wrong.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// A mail to be sent.
#[derive(Debug, Clone, Copy)]
pub struct NewMail<'a> {
    /// `invitation`, `password_reset`, ….
    pub kind: &'a str,
    /// The fact it tells of: of mails of a workspace with one key there is one.
    pub dedupe_key: &'a str,
    /// To whom.
    pub recipient: &'a str,
    /// The member it goes to or is written for.
    pub member_id: Option<MemberId>,
    /// What it says.
    pub letter: &'a SecretString,
}

/// Puts a mail into the outbox; `None` when the fact was told before.
pub async fn create(tx: &mut Tx, ws: WorkspaceId, new: &NewMail<'_>) -> Result<Option<MailId>> {
    let (id, now): (MailId, _) = (tx.id(), tx.stamp().await?);
    let sealed = tx
        .keys()
        .encrypt(&place(ws, id), new.letter, tx.store.ids.as_ref())?;
    let made = execute!(
        tx,
        "INSERT INTO mail (id, workspace_id, kind, dedupe_key, recipient, member_id, letter, state, attempts, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) ON CONFLICT (workspace_id, dedupe_key) DO NOTHING",
        id,
        ws,
        new.kind,
        new.dedupe_key,
        new.recipient,
        new.member_id,
        sealed,
        State::Queued,
        now
    )?;
    Ok((made == 1).then_some(id))
}

/// One mail.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: MailId) -> Result<Mail> {
    let row = fetch_one!(
        tx,
        Row,
        "SELECT * FROM mail WHERE workspace_id = $1 AND id = $2",
        ws,
        id
    )?;
    let letter = row
        .letter
        .map(|sealed| tx.keys().decrypt(&place(ws, id), &sealed))
        .transpose()?;
    Ok(Mail {
        id: row.id,
        kind: row.kind,
        recipient: row.recipient,
        member_id: row.member_id,
        letter,
        state: row.state,
        attempts: row.attempts,
        last_error: row.last_error,
        created_at: row.created_at,
    })
}

/// The mail server took it, or it is given up: what it said goes. False when it was settled before.
pub async fn settle(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: MailId,
    (state, error): (State, Option<&str>),
) -> Result<bool> {
    let now = tx.stamp().await?;
    let changed = execute!(
        tx,
        "UPDATE mail SET state = $3, last_error = $4, settled_at = $5, letter = NULL WHERE workspace_id = $1 AND id = $2 AND state = $6",
        ws,
        id,
        state,
        error,
        now,
        State::Queued
    )?;
    Ok(changed == 1)
}

/// A try did not succeed; there will be another.
pub async fn tried(tx: &mut Tx, ws: WorkspaceId, id: MailId, error: &str) -> Result<()> {
    execute!(
        tx,
        "UPDATE mail SET attempts = attempts + 1, last_error = $3 WHERE workspace_id = $1 AND id = $2 AND state = $4",
        ws,
        id,
        error,
        State::Queued
    )
    .map(|_| ())
}

/// Forgets mails written before `before`, in every workspace.
pub async fn delete_older(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    execute!(tx, "DELETE FROM mail WHERE created_at < $1", before)
}

fn place(ws: WorkspaceId, id: MailId) -> Place {
    Place::new(ws, "mail", "letter", id.as_uuid())
}
