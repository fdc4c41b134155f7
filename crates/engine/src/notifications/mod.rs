//! What a member wants to be told, kind by kind and channel by channel.

use daybook_store as store;
use store::slack::bindings;
use store::slack::notices::Kind;
use store::{mail_preferences, slack};

use crate::slack::preferences::summary_time;
use crate::{Context, Principal, mail};

/// Why choices could not be changed.
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
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A kind of notice, and where it is told. `None`: never there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What about.
    pub kind: Kind,
    /// By mail.
    pub mail: Option<bool>,
    /// In Slack.
    pub slack: Option<bool>,
}

/// All of a member's choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// One for each kind.
    pub rows: Vec<Row>,
    /// When the summary of the day comes, on the member's own clock: `17:00`.
    pub daily_summary_time: String,
    /// Whether this installation sends mail.
    pub mail_configured: bool,
    /// Whether the member is linked with Slack and can be told something there.
    pub slack_linked: bool,
}

/// What changes; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Kinds, each with what changes of it.
    pub rows: Vec<Row>,
    /// When the summary of the day comes.
    pub daily_summary_time: Option<String>,
}

/// The kinds that are chosen.
pub fn kinds() -> impl Iterator<Item = Kind> {
    let slack = slack::preferences::Preferences::default();
    let mail = mail_preferences::Preferences::default();
    let chosen = move |kind: &Kind| slack.wants(*kind).or(mail.wants(*kind)).is_some();
    Kind::ALL.iter().copied().filter(chosen)
}

/// The member's choices.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(cx: &Context, who: &Principal) -> Result<Matrix, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    matrix(cx, &mut tx, who).await
}

/// Changes the member's choices: all of it or nothing.
///
/// # Errors
/// [`Error::Invalid`] for a channel that a kind does not have, and for a time that is none.
pub async fn put(cx: &Context, who: &Principal, changes: &Changes) -> Result<Matrix, Error> {
    let (ws, member) = (who.workspace_id, who.member_id);
    let mut tx = cx.store.write_in(ws).await?;
    let mut in_slack = slack::preferences::get(&mut tx, ws, member).await?;
    let mut by_mail = mail_preferences::get(&mut tx, ws, member).await?;
    if let Some(text) = &changes.daily_summary_time {
        in_slack.daily_summary_time = summary_time(text).ok_or_else(|| Error::Invalid {
            pointer: "/daily_summary_time".to_owned(),
            detail: "must be a time of day such as 17:00".to_owned(),
        })?;
    }
    for (index, row) in changes.rows.iter().enumerate() {
        let pointer = |channel| format!("/items/{index}/{channel}");
        set(in_slack.switch(row.kind), row.slack, || pointer("slack"))?;
        set(by_mail.switch(row.kind), row.mail, || pointer("mail"))?;
    }
    slack::preferences::put(&mut tx, ws, member, &in_slack).await?;
    mail_preferences::put(&mut tx, ws, member, by_mail).await?;
    let matrix = matrix(cx, &mut tx, who).await?;
    tx.commit().await?;
    Ok(matrix)
}

async fn matrix(cx: &Context, tx: &mut store::Tx, who: &Principal) -> Result<Matrix, Error> {
    let (ws, member) = (who.workspace_id, who.member_id);
    let in_slack = slack::preferences::get(tx, ws, member).await?;
    let by_mail = mail_preferences::get(tx, ws, member).await?;
    let row = |kind| Row {
        kind,
        mail: by_mail.wants(kind),
        slack: in_slack.wants(kind),
    };
    Ok(Matrix {
        rows: kinds().map(row).collect(),
        mail_configured: mail::is_configured(cx),
        slack_linked: bindings::reach(tx, ws, member).await?.is_some(),
        daily_summary_time: in_slack.daily_summary_time,
    })
}

fn set(
    switch: Option<&mut bool>,
    to: Option<bool>,
    pointer: impl FnOnce() -> String,
) -> Result<(), Error> {
    match (switch, to) {
        (_, None) => Ok(()),
        (Some(switch), Some(to)) => {
            *switch = to;
            Ok(())
        }
        (None, Some(_)) => Err(Error::Invalid {
            pointer: pointer(),
            detail: "is no channel of this kind of notice".to_owned(),
        }),
    }
}
