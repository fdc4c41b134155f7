//! Letters about a connected account or a calendar of it: what stopped, or is about to.

use daybook_domain::account::EmailAddress;
use daybook_domain::connection::CONFIRMED_ERRORS_BEFORE_OFF;
use daybook_domain::{CalendarId, ConnectionId, MemberId, WorkspaceId};
use daybook_store::{Result, Tx};
use jiff::Timestamp;

use crate::Context;
use crate::mail::paper::{Draft, page};
use crate::mail::{About, post};

/// A calendar was switched off, because its provider keeps refusing it.
#[derive(Debug, Clone, Copy)]
pub struct CalendarOff<'a> {
    /// The calendar.
    pub id: CalendarId,
    /// When; switched off again later it is another fact.
    pub since: Timestamp,
    /// Its owner.
    pub to: &'a EmailAddress,
    /// The owner as a member.
    pub member: MemberId,
    /// Its name.
    pub calendar: &'a str,
    /// The provider's name.
    pub provider: &'a str,
    /// Which account.
    pub account: &'a str,
}

/// A connected account whose owner is written to.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// The account.
    pub id: ConnectionId,
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

/// Tells the owner of a calendar that it was switched off.
///
/// # Errors
/// When the store fails.
pub async fn calendar_off(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &CalendarOff<'_>,
) -> Result<bool> {
    let letter = Draft {
        subject: format!("{} is no longer synced", it.calendar),
        heading: format!("{} was switched off", it.calendar),
        paragraphs: vec![format!(
            "{} refused {} times in a row to let Daybook read the calendar {} of {}, so Daybook stopped asking. What was synced stays. If the calendar was shared with you, ask its owner to share it again; then switch it on.",
            it.provider, CONFIRMED_ERRORS_BEFORE_OFF, it.calendar, it.account
        )],
        button: Some((
            "Look at the calendar",
            page(cx, &format!("/integrations/calendar/{}", it.id)),
        )),
        foot: "You get this mail because the calendar is yours.".to_owned(),
        ..Draft::default()
    };
    let fact = format!("calendar_off {} {}", it.id, it.since.as_microsecond());
    let about = About {
        kind: "calendar_off",
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    post(cx, tx, ws, (about, letter)).await
}

/// Warns the owner of an account that its provider is about to end the access, at `ends`.
///
/// # Errors
/// When the store fails.
pub async fn grant_ending(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &Account<'_>,
    ends: Timestamp,
) -> Result<bool> {
    let day = ends.strftime("%-d %B, %H:%M UTC");
    let draft = Draft {
        subject: format!("Connect {} again before {day}", it.account),
        heading: format!("The access to {} ends soon", it.account),
        paragraphs: vec![format!(
            "{} lets Daybook read the account {} until {day} only. Connect it again before then and nothing stops; your choices and what was synced stay.",
            it.provider_name, it.account
        )],
        ..Draft::default()
    };
    to_owner(cx, tx, ws, it, ("grant_ending", ends), draft).await
}

/// Tells the owner of an account that it must be connected again; each time it breaks (`since`) is a fact of its own.
///
/// # Errors
/// When the store fails.
pub async fn connection_broken(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &Account<'_>,
    since: Timestamp,
) -> Result<bool> {
    let draft = Draft {
        subject: format!("Connect {} again", it.account),
        heading: format!("{} must be connected again", it.provider_name),
        paragraphs: vec![format!(
            "{} no longer lets Daybook read the account {}. Its calendars are not synced until you connect it again; what was synced stays.",
            it.provider_name, it.account
        )],
        ..Draft::default()
    };
    to_owner(cx, tx, ws, it, ("connection_broken", since), draft).await
}

/// Sends the owner of an account these words, with the way to connect it again. `kind` at one time is one fact.
async fn to_owner(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &Account<'_>,
    (kind, at): (&'static str, Timestamp),
    words: Draft,
) -> Result<bool> {
    let letter = Draft {
        button: Some((
            "Connect again",
            page(cx, &format!("/integrations/connect/{}", it.provider)),
        )),
        foot: "You get this mail because the account is yours.".to_owned(),
        ..words
    };
    let fact = format!("{kind} {} {}", it.id, at.as_microsecond());
    let about = About {
        kind,
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    post(cx, tx, ws, (about, letter)).await
}
