//! `send_submit_reminders`: on Monday at 9 on the member's own clock, whoever has not handed in last week's time is reminded, in Slack
//! and by mail as they want it. The week is the cause of both, so that it happens once, whatever the clocks do.

use daybook_domain::time_entry::Status;
use daybook_domain::{MemberId, WorkspaceId};
use daybook_store as store;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;
use store::Tx;
use store::mail_preferences;
use store::members::Profile;

use super::policy::Policy;
use crate::Context;
use crate::accounts::members::everybody;
use crate::jobs::{Failure, Work};
use crate::mail::letters::{self, SubmitReminder};
use crate::slack::notify;
use crate::slack::time::duration;

/// Its name.
pub const NAME: &str = "send_submit_reminders";
/// From this hour on.
const HOUR: i8 = 9;

pub(crate) fn run(cx: Context, _: Value) -> Work {
    Box::pin(async move { remind_all(&cx).await.map_err(Failure::from) })
}

/// Reminds everybody whose Monday morning it is.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn remind_all(cx: &Context) -> store::Result<()> {
    let now = cx.clock.now();
    let mut tx = cx.store.read().await?;
    let workspaces = store::workspaces::list_all(&mut tx).await?;
    drop(tx);
    for workspace in workspaces {
        let mut tx = cx.store.read_in(workspace.id).await?;
        let members = everybody(&mut tx, workspace.id).await?;
        drop(tx);
        for member in &members {
            let zone = TimeZone::get(&member.time_zone).unwrap_or(TimeZone::UTC);
            if let Some(monday) = due(now, &zone) {
                remind(cx, workspace.id, member, monday).await?;
            }
        }
    }
    Ok(())
}

/// The Monday of the week that should be handed in now: the last one, on a Monday from 9 on.
fn due(now: Timestamp, zone: &TimeZone) -> Option<Date> {
    let local = now.to_zoned(zone.clone());
    (local.weekday() == Weekday::Monday && local.hour() >= HOUR)
        .then(|| local.date().saturating_sub(1.week()))
}

async fn remind(
    cx: &Context,
    ws: WorkspaceId,
    member: &Profile,
    monday: Date,
) -> store::Result<()> {
    let mut tx = cx.store.read_in(ws).await?;
    let (entries, minutes) = open_of(&mut tx, ws, member.id, monday).await?;
    drop(tx);
    if entries == 0 {
        return Ok(());
    }
    let mut tx = cx.store.write_in(ws).await?;
    let fact = monday.to_string();
    notify::submit_reminder(&mut tx, ws, member.id, &fact).await?;
    let wants = mail_preferences::get(&mut tx, ws, member.id).await?;
    if let Ok(to) = member.email.parse()
        && wants.submit_reminder
    {
        let noun = if entries == 1 { "entry" } else { "entries" };
        let letter = SubmitReminder {
            to: &to,
            member: member.id,
            fact: &fact,
            week: &monday.strftime("%-d %B").to_string(),
            amount: &format!("{entries} {noun}, {}", duration(minutes)),
        };
        letters::submit_reminder(cx, &mut tx, ws, &letter).await?;
    }
    tx.commit().await
}

/// How many entries of a week are not handed in, and their minutes.
pub(crate) async fn open_of(
    tx: &mut Tx,
    ws: WorkspaceId,
    member: MemberId,
    monday: Date,
) -> store::Result<(i64, i64)> {
    let policy = Policy::load(tx, ws).await?;
    let sums = store::time_facts::sums(tx, ws, Some(member), policy.week(monday)).await?;
    let open = sums
        .iter()
        .filter(|sum| matches!(sum.status, Status::Draft | Status::Rejected));
    Ok(open.fold((0, 0), |(entries, minutes), sum| {
        (entries + sum.entries, minutes + sum.minutes)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weeks that fall due while the clock runs from `from`, minute by minute, and when each first does.
    fn weeks(zone: &str, from: &str, hours: i64) -> Vec<(String, String)> {
        let zone = TimeZone::get(zone).unwrap();
        let start: Timestamp = from.parse().unwrap();
        let mut found: Vec<(String, String)> = Vec::new();
        for minute in 0..hours * 60 {
            let now = start + minute.minutes();
            if let Some(week) = due(now, &zone).map(|week| week.to_string())
                && found.iter().all(|(known, _)| *known != week)
            {
                found.push((week, now.to_string()));
            }
        }
        found
    }

    #[test]
    fn monday_morning_comes_once_a_week_whatever_the_clocks_do() {
        let pair = |week: &str, at: &str| (week.to_owned(), at.to_owned());
        // The day before has 23 hours, and 25.
        assert_eq!(
            weeks("Europe/Berlin", "2026-03-28T00:00:00Z", 96),
            [pair("2026-03-23", "2026-03-30T07:00:00Z")]
        );
        assert_eq!(
            weeks("Europe/Berlin", "2026-10-24T00:00:00Z", 96),
            [pair("2026-10-19", "2026-10-26T08:00:00Z")]
        );
        assert_eq!(
            weeks("Pacific/Apia", "2026-11-20T00:00:00Z", 24 * 14).len(),
            2
        );
        assert_eq!(
            weeks("Pacific/Pago_Pago", "2026-11-20T00:00:00Z", 24 * 14).len(),
            2
        );
    }
}
