//! Letters about accounts: an invitation, a new password, an account to be connected again.

use daybook_domain::account::EmailAddress;
use daybook_domain::{ConnectionId, InvitationId, MemberId, WorkspaceId};
use daybook_store::{Result, Tx};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::Context;
use crate::mail::paper::{Draft, page};
use crate::mail::{About, enqueue};

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
    let mail = enqueue(cx, tx, ws, (about, &letter.set(cx))).await?;
    Ok(mail.is_some())
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
    let mail = enqueue(cx, tx, ws, (about, &letter.set(cx))).await?;
    Ok(mail.is_some())
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
    let mail = enqueue(cx, tx, ws, (about, &letter.set(cx))).await?;
    Ok(mail.is_some())
}
