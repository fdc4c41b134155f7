//! What the owner of an account has to know while it still works, or of one of its calendars: told once, by mail and in Slack.

use daybook_domain::account::EmailAddress;
use daybook_domain::{MemberId, WorkspaceId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::Tx;
use store::calendars::Calendar;
use store::connections::Connection;
use store::mail_preferences;

use crate::mail::letters;
use crate::{Context, slack};

/// So long before a grant ends its owner is warned.
pub const WARNING: SignedDuration = SignedDuration::from_hours(48);

/// When the grant ends, if that is known and near.
#[must_use]
pub fn ends_soon(connection: &Connection, now: Timestamp) -> Option<Timestamp> {
    let ends = connection.refresh_token_expires_at?;
    (ends.duration_since(now) <= WARNING).then_some(ends)
}

/// Where a member is mailed about accounts; `None` for somebody who left or does not want that.
pub(crate) async fn address(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
) -> store::Result<Option<EmailAddress>> {
    let wants = mail_preferences::get(tx, workspace, member).await?;
    if !wants.connection_broken {
        return Ok(None);
    }
    let owner = store::sessions::principal(tx, workspace, member).await?;
    Ok(owner.and_then(|owner| owner.user.email.parse().ok()))
}

/// The provider's name, and which account it is.
pub(crate) fn names(cx: &Context, connection: &Connection) -> (String, String) {
    let entry = cx.registry.get(&connection.provider);
    let provider = entry.map_or(connection.provider.as_str(), |entry| {
        entry.provider.manifest().name
    });
    let account = connection.account_email.as_deref();
    let account = account.or(connection.display_name.as_deref());
    (provider.to_owned(), account.unwrap_or(provider).to_owned())
}

/// A calendar was switched off because its provider keeps refusing it.
pub(crate) async fn calendar_off(
    cx: &Context,
    tx: &mut Tx,
    calendar: &Calendar,
    connection: &Connection,
) -> store::Result<()> {
    let since = tx.now().await?;
    slack::notify::calendar_off(tx, calendar, since).await?;
    let Some(to) = address(tx, calendar.workspace_id, calendar.member_id).await? else {
        return Ok(());
    };
    let (provider, account) = names(cx, connection);
    let it = letters::CalendarOff {
        id: calendar.id,
        since,
        to: &to,
        member: calendar.member_id,
        calendar: &calendar.name,
        provider: &provider,
        account: &account,
    };
    letters::calendar_off(cx, tx, calendar.workspace_id, &it)
        .await
        .map(drop)
}

/// The provider ends the whole grant at `ends`.
pub(crate) async fn grant_ending(
    cx: &Context,
    tx: &mut Tx,
    connection: &Connection,
    ends: Timestamp,
) -> store::Result<()> {
    slack::notify::grant_ending(tx, connection, ends).await?;
    let Some(to) = address(tx, connection.workspace_id, connection.member_id).await? else {
        return Ok(());
    };
    let (provider, account) = names(cx, connection);
    let it = about(connection, &to, (&provider, &account));
    letters::grant_ending(cx, tx, connection.workspace_id, &it, ends)
        .await
        .map(drop)
}

/// The account, called `account`, must be connected again.
pub(crate) async fn broken(
    cx: &Context,
    tx: &mut Tx,
    connection: &Connection,
    account: &str,
) -> store::Result<()> {
    slack::notify::connection_broken(tx, connection).await?;
    let Some(to) = address(tx, connection.workspace_id, connection.member_id).await? else {
        return Ok(());
    };
    let since = tx.now().await?;
    let (provider, _) = names(cx, connection);
    let it = about(connection, &to, (&provider, account));
    letters::connection_broken(cx, tx, connection.workspace_id, &it, since)
        .await
        .map(drop)
}

fn about<'a>(
    connection: &'a Connection,
    to: &'a EmailAddress,
    (provider_name, account): (&'a str, &'a str),
) -> letters::Account<'a> {
    letters::Account {
        id: connection.id,
        to,
        member: connection.member_id,
        provider: &connection.provider,
        provider_name,
        account,
    }
}
