//! `send_slack_daily_summaries`: at 17:00 on the member's own clock (or when they say), once for each of their days, whatever the
//! clocks do: the local date is the cause of the notice.

use daybook_domain::SlackBindingId;
use daybook_store as store;
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::slack::bindings::{self, Reachable};
use store::slack::notices::{Kind, NewNotice};
use store::slack::preferences::SUMMARY_TIME;

use super::{notify, preferences, time};
use crate::Context;

/// A summary whose time is close to midnight may still come this long after it; any other one only until its day is over.
const LATE: SignedDuration = SignedDuration::from_hours(2);
/// People at once.
const PAGE: i64 = 500;

/// Writes the summaries that are due.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn send_due(cx: &Context) -> store::Result<()> {
    let now = cx.clock.now();
    let mut after: Option<SlackBindingId> = None;
    loop {
        let mut tx = cx.store.read().await?;
        let page = bindings::everybody(&mut tx, after, PAGE).await?;
        drop(tx);
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for person in &page {
            if let Some(day) = due(person, now) {
                write(cx, person, day).await?;
            }
        }
    }
}

/// The local day whose summary somebody should get now.
fn due(person: &Reachable, now: Timestamp) -> Option<Date> {
    if person.daily_summary == Some(false) {
        return None;
    }
    let at = person.daily_summary_time.as_deref().unwrap_or(SUMMARY_TIME);
    let at = preferences::clock(at)?;
    let local = now.to_zoned(time::zone(&person.time_zone)).datetime();
    let day = day_of(local, at)?;
    (person.summarised_on.as_deref() != Some(day.to_string().as_str())).then_some(day)
}

/// The day whose time `at` has come by the clock on the wall: today until it ends, however long this server was away, and yesterday
/// if that is not more than [`LATE`] ago. A time that a day leaves out comes with the first one after it; one that a day has twice
/// comes with the first.
fn day_of(local: DateTime, at: Time) -> Option<Date> {
    let since = |date: Date| local.duration_since(date.to_datetime(at));
    let today = local.date();
    if !since(today).is_negative() {
        return Some(today);
    }
    // 23:30 of yesterday, seen at 00:10.
    let yesterday = today.yesterday().ok()?;
    (since(yesterday) <= LATE).then_some(yesterday)
}

async fn write(cx: &Context, person: &Reachable, day: Date) -> store::Result<()> {
    let day = day.to_string();
    let new = NewNotice {
        member_id: person.member_id,
        kind: Kind::DailySummary,
        cause: &day,
        subject: None,
        payload: json!({"date": day}),
    };
    let mut tx = cx.store.write_in(person.workspace_id).await?;
    notify::note(&mut tx, person.workspace_id, &new).await?;
    bindings::summarised(&mut tx, person.workspace_id, person.member_id, &day).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summaries(zone: &str, at: &str, from: &str, hours: i64) -> Vec<(String, String)> {
        let mut person = Reachable {
            id: uuid::Uuid::nil().into(),
            workspace_id: uuid::Uuid::nil().into(),
            connection_id: uuid::Uuid::nil().into(),
            member_id: uuid::Uuid::nil().into(),
            slack_user_id: "U1".into(),
            channel_id: None,
            time_zone: zone.into(),
            summarised_on: None,
            daily_summary: None,
            daily_summary_time: Some(at.into()),
            log_this_meeting: None,
        };
        let mut now: Timestamp = from.parse().unwrap();
        let end = now + SignedDuration::from_hours(hours);
        let mut sent = Vec::new();
        while now < end {
            if let Some(day) = due(&person, now) {
                sent.push((day.to_string(), now.to_string()));
                person.summarised_on = Some(day.to_string());
            }
            now += SignedDuration::from_mins(1);
        }
        sent
    }

    fn days(sent: &[(String, String)]) -> Vec<&str> {
        sent.iter().map(|(day, _)| day.as_str()).collect()
    }

    #[test]
    fn once_a_day_at_its_time_whatever_the_clocks_do() {
        // Over both changes of the clocks.
        let spring = summaries("Europe/Berlin", "17:00", "2026-03-27T23:00:00Z", 72);
        assert_eq!(
            spring,
            [
                ("2026-03-28".into(), "2026-03-28T16:00:00Z".into()),
                ("2026-03-29".into(), "2026-03-29T15:00:00Z".into()),
                ("2026-03-30".into(), "2026-03-30T15:00:00Z".into()),
            ]
        );
        let autumn = summaries("Europe/Berlin", "17:00", "2026-10-23T22:00:00Z", 73);
        assert_eq!(days(&autumn), ["2026-10-24", "2026-10-25", "2026-10-26"]);
        assert_eq!(autumn[1].1, "2026-10-25T16:00:00Z");
    }

    #[test]
    fn a_time_that_a_day_leaves_out_or_has_twice_comes_once() {
        let gap = summaries("Europe/Berlin", "02:30", "2026-03-28T00:00:00Z", 72);
        assert_eq!(days(&gap), ["2026-03-28", "2026-03-29", "2026-03-30"]);
        assert_eq!(
            gap[1].1, "2026-03-29T01:00:00Z",
            "at 03:00, the first minute after the gap"
        );
        let twice = summaries("Europe/Berlin", "02:30", "2026-10-24T00:00:00Z", 73);
        assert_eq!(days(&twice), ["2026-10-24", "2026-10-25", "2026-10-26"]);
        assert_eq!(twice[1].1, "2026-10-25T00:30:00Z", "the first of the two");
    }

    #[test]
    fn late_in_the_evening_and_in_far_zones() {
        let late = summaries("Pacific/Auckland", "23:59", "2026-11-20T00:00:00Z", 72);
        assert_eq!(late.len(), 3);
        // That of the day on which it is switched on comes at once.
        let samoa = summaries("Pacific/Apia", "00:00", "2026-11-20T00:00:00Z", 72);
        assert_eq!(samoa.len(), 4);
    }

    #[test]
    fn late_is_until_the_day_is_over() {
        let day = |local: &str, at: &str| {
            let day = day_of(local.parse().unwrap(), at.parse().unwrap());
            day.map(|day| day.to_string())
        };
        assert_eq!(day("2026-11-21T16:59:59", "17:00"), None);
        for local in ["17:00:00", "19:05:00", "23:59:59"] {
            let day = day(&format!("2026-11-21T{local}"), "17:00");
            assert_eq!(day.as_deref(), Some("2026-11-21"), "{local}");
        }
        assert_eq!(day("2026-11-22T00:00:00", "17:00"), None);
        // 23:30 of yesterday, seen at 00:10, and not at three.
        assert_eq!(
            day("2026-11-22T00:10:00", "23:30").as_deref(),
            Some("2026-11-21")
        );
        assert_eq!(day("2026-11-22T03:00:00", "23:30"), None);
    }
}
