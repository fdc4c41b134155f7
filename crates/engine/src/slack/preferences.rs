//! What a member wants to be told in Slack.

use daybook_store as store;
use jiff::civil::Time;
use store::slack::preferences::{self, Preferences};

use super::Error;
use crate::{Context, Principal};

/// What changes; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// A time entry was made.
    pub time_entry_created: Option<bool>,
    /// An invoice is ready.
    pub invoice_ready: Option<bool>,
    /// A summary of the day.
    pub daily_summary: Option<bool>,
    /// When: `17:00`.
    pub daily_summary_time: Option<String>,
    /// The question after a meeting.
    pub log_this_meeting: Option<bool>,
    /// Time waits for approval.
    pub approval_needed: Option<bool>,
    /// A connection must be made again.
    pub connection_broken: Option<bool>,
    /// An invoice should have been paid.
    pub invoice_overdue: Option<bool>,
    /// Last week's time is not handed in.
    pub submit_reminder: Option<bool>,
}

/// Changes the member's choices.
///
/// # Errors
/// [`Error::Invalid`] for a time that is none.
pub async fn put(cx: &Context, who: &Principal, changes: Changes) -> Result<Preferences, Error> {
    let mut tx = cx.store.write_in(who.workspace_id).await?;
    let mut choices = preferences::get(&mut tx, who.workspace_id, who.member_id).await?;
    if let Some(text) = changes.daily_summary_time {
        choices.daily_summary_time = summary_time(&text).ok_or_else(|| Error::Invalid {
            pointer: "/daily_summary_time",
            detail: "must be a time of day such as 17:00".to_owned(),
        })?;
    }
    let set = |choice: &mut bool, change: Option<bool>| *choice = change.unwrap_or(*choice);
    set(&mut choices.time_entry_created, changes.time_entry_created);
    set(&mut choices.invoice_ready, changes.invoice_ready);
    set(&mut choices.daily_summary, changes.daily_summary);
    set(&mut choices.log_this_meeting, changes.log_this_meeting);
    set(&mut choices.approval_needed, changes.approval_needed);
    set(&mut choices.connection_broken, changes.connection_broken);
    set(&mut choices.invoice_overdue, changes.invoice_overdue);
    set(&mut choices.submit_reminder, changes.submit_reminder);
    preferences::put(&mut tx, who.workspace_id, who.member_id, &choices).await?;
    tx.commit().await?;
    Ok(choices)
}

/// A time of day as it is kept: `17:00`.
pub(crate) fn summary_time(text: &str) -> Option<String> {
    clock(text).map(|time| time.strftime("%H:%M").to_string())
}

/// `17:00` or `17:00:00`, as a time of day in whole minutes.
pub(super) fn clock(text: &str) -> Option<Time> {
    let shaped = matches!(text.len(), 5 | 8)
        && text.bytes().enumerate().all(|(at, b)| match at {
            2 | 5 => b == b':',
            _ => b.is_ascii_digit(),
        });
    let time: Time = shaped.then(|| text.parse().ok())??;
    (time.second() == 0).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn times_of_day() {
        for good in ["17:00", "00:00", "23:59", "09:30:00"] {
            assert!(clock(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "17",
            "5pm",
            "24:00",
            "17:60",
            "17:00:30",
            "1:00",
            "17-00",
            "\u{661}7:00",
        ] {
            assert!(clock(bad).is_none(), "{bad}");
        }
    }
}
