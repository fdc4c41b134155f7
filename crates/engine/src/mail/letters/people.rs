//! Letters to people about their own accounts here: an invitation, a new password.

use daybook_domain::account::EmailAddress;
use daybook_domain::{InvitationId, MemberId, WorkspaceId};
use daybook_store::{Result, Tx};
use secrecy::{ExposeSecret, SecretString};

use crate::Context;
use crate::mail::paper::{Draft, page};
use crate::mail::{About, post};

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
    post(cx, tx, ws, (about, letter)).await
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
    post(cx, tx, ws, (about, letter)).await
}
