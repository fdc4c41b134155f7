//! Asking when calendars are busy (contracts/microsoft §8): by schedule for the main calendar of work and school accounts and for
//! other people's addresses, and by reading the calendar for everything else. Personal accounts have no schedules.

use std::ops::Range;

use async_trait::async_trait;
use daybook_domain::event::EventTime;
use daybook_domain::zone::Zone;
use daybook_provider_api::calendar::FreeBusy;
use daybook_provider_api::calendar::free_busy::{Answer, Busy};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Error, Result, Session};
use jiff::{SignedDuration, Timestamp};

use super::calls::get_schedule::{self, MOST_ADDRESSES};
use super::calls::list_calendars::{self, Entry};
use super::calls::{calendar_view, mailbox_zone};
use super::map::{self, time};
use super::{Microsoft, wire};

/// The longest range of one call.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 42);

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How one calendar is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way<'a> {
    /// `getSchedule` of this address.
    Schedule(&'a str),
    /// By reading it.
    View,
    /// Not at all.
    Closed,
}

#[async_trait]
impl FreeBusy for Microsoft {
    async fn free_busy(
        &self,
        session: &Session<'_>,
        calendars: &[String],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Answer>> {
        if from >= to {
            return Ok(calendars
                .iter()
                .map(|_| Answer::Known(Vec::new()))
                .collect());
        }
        let entries = list_calendars::all(session).await?;
        let ways: Vec<Way<'_>> = calendars.iter().map(|id| way(id, &entries)).collect();
        let addresses: Vec<&str> = ways
            .iter()
            .filter_map(|way| match way {
                Way::Schedule(address) => Some(*address),
                _ => None,
            })
            .collect();
        let mut schedules = schedules(session, &addresses, &(from..to))
            .await?
            .into_iter();
        let mut answers = Vec::with_capacity(calendars.len());
        let mut zone = None;
        for (calendar, way) in calendars.iter().zip(&ways) {
            let told = match way {
                Way::Schedule(_) => schedules.next(),
                Way::View => None,
                Way::Closed => Some(Answer::Unknown(
                    "not available for personal accounts".to_owned(),
                )),
            };
            let own = entries
                .iter()
                .any(|entry| entry.id.as_ref() == Some(calendar));
            answers.push(match told {
                Some(Answer::Unknown(_)) | None if own || *way == Way::View => {
                    view(session, calendar, &(from..to), &mut zone).await?
                }
                told => told.unwrap_or_else(|| Answer::Unknown("not answered".to_owned())),
            });
        }
        Ok(answers)
    }
}

fn way<'a>(asked: &'a str, entries: &'a [Entry]) -> Way<'a> {
    let works = entries.iter().any(Entry::has_teams);
    let Some(entry) = entries
        .iter()
        .find(|entry| entry.id.as_deref() == Some(asked))
    else {
        return match (asked.contains('@'), works) {
            (true, true) => Way::Schedule(asked),
            (true, false) => Way::Closed,
            (false, _) => Way::View,
        };
    };
    let owner = entry
        .owner
        .as_ref()
        .and_then(|owner| owner.address.as_deref());
    match owner.filter(|address| address.contains('@')) {
        Some(address) if works && entry.is_default_calendar == Some(true) => Way::Schedule(address),
        _ => Way::View,
    }
}

/// What the schedules of `addresses` say of the whole range, in their order.
async fn schedules(
    session: &Session<'_>,
    addresses: &[&str],
    range: &Range<Timestamp>,
) -> Result<Vec<Answer>> {
    let mut whole = Vec::with_capacity(addresses.len());
    for some in addresses.chunks(MOST_ADDRESSES) {
        let mut parts: Vec<Vec<Answer>> = vec![Vec::new(); some.len()];
        for piece in pieces(range) {
            let told = get_schedule::send(session, some, &piece).await?;
            for (part, answer) in parts.iter_mut().zip(told) {
                part.push(answer);
            }
        }
        whole.extend(parts.into_iter().map(|parts| joined(parts, range)));
    }
    Ok(whole)
}

/// Taken time as the calendar's own events say.
async fn view(
    session: &Session<'_>,
    calendar: &str,
    range: &Range<Timestamp>,
    zone: &mut Option<Zone>,
) -> Result<Answer> {
    let mut busy = Vec::new();
    for piece in pieces(&widened(range)) {
        let found = calendar_view::all(session, calendar, &piece, calendar_view::BUSY).await;
        let events = match found {
            Ok(events) => events,
            Err(error) => return closed(error),
        };
        if zone.is_none() && events.iter().any(|event| event.is_all_day == Some(true)) {
            let name = mailbox_zone::of(session).await?;
            *zone = Some(name.map_or_else(Zone::utc, |name| map::home(&name)));
        }
        let home = zone.clone().unwrap_or_else(Zone::utc);
        for event in events.iter().filter(|event| takes_time(event)) {
            match span(event, &home) {
                Some(taken) => busy.push(taken),
                None => return Ok(Answer::Unknown("unreadable".to_owned())),
            }
        }
    }
    Ok(joined(vec![Answer::Known(busy)], range))
}

/// A calendar that is closed to us is not known; anything else is a failure of the call.
fn closed(error: Error) -> Result<Answer> {
    use ErrorKind::{Gone, NotFound, Scope};
    if matches!(error.kind, NotFound | Gone | Scope) {
        return Ok(Answer::Unknown(
            error.code.unwrap_or_else(|| "not shared".to_owned()),
        ));
    }
    Err(error)
}

fn takes_time(event: &wire::Event) -> bool {
    let declined = event
        .response_status
        .as_ref()
        .is_some_and(|own| own.response.as_deref() == Some("declined"));
    event.is_cancelled != Some(true) && map::is_opaque(event.show_as.as_deref()) && !declined
}

fn span(event: &wire::Event, home: &Zone) -> Option<Busy> {
    let all_day = event.is_all_day == Some(true);
    let (start, end) = time::times(event, all_day, None, home)?;
    let at = |time: EventTime| match time {
        EventTime::Timed { at, .. } => at,
        EventTime::AllDay(date) => home.start_of_day(date),
    };
    Some(Busy {
        start: at(start),
        end: at(end),
    })
}

/// A day more on both sides: where whole days begin and end for a calendar view depends on a zone that is not told.
fn widened(range: &Range<Timestamp>) -> Range<Timestamp> {
    let start = range.start.saturating_sub(DAY).unwrap_or(range.start);
    let end = range.end.saturating_add(DAY).unwrap_or(range.end);
    start..end
}

/// The range in stretches that one call may ask for.
fn pieces(range: &Range<Timestamp>) -> Vec<Range<Timestamp>> {
    let mut pieces = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let end = start
            .saturating_add(LONGEST)
            .unwrap_or(range.end)
            .min(range.end);
        pieces.push(start..end);
        start = end;
    }
    pieces
}

/// One answer for the whole range: in order, within it, what touches run together. One part unknown, all unknown.
fn joined(parts: Vec<Answer>, range: &Range<Timestamp>) -> Answer {
    let mut all = Vec::new();
    for part in parts {
        match part {
            Answer::Known(busy) => all.extend(busy),
            unknown => return unknown,
        }
    }
    for busy in &mut all {
        busy.start = busy.start.max(range.start);
        busy.end = busy.end.min(range.end);
    }
    all.retain(|busy| busy.start < busy.end);
    all.sort_unstable();
    let mut merged: Vec<Busy> = Vec::with_capacity(all.len());
    for busy in all {
        match merged.last_mut() {
            Some(last) if busy.start <= last.end => last.end = last.end.max(busy.end),
            _ => merged.push(busy),
        }
    }
    Answer::Known(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::microsoft::tests::Stage;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn busy(start: &str, end: &str) -> Busy {
        Busy {
            start: at(start),
            end: at(end),
        }
    }

    const WORK: &str = r#"{"value":[
        {"id":"main","isDefaultCalendar":true,"owner":{"address":"ada@contoso.com"},"allowedOnlineMeetingProviders":["teamsForBusiness"]},
        {"id":"side","owner":{"address":"ada@contoso.com"}}]}"#;
    const PERSONAL: &str = r#"{"value":[{"id":"main","isDefaultCalendar":true,"owner":{"address":"ada@outlook.com"},"allowedOnlineMeetingProviders":[]}]}"#;
    const VIEW: &str = r#"{"value":[
        {"id":"1","showAs":"busy","start":{"dateTime":"2026-12-01T09:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T10:00:00.0000000","timeZone":"UTC"}},
        {"id":"2","showAs":"oof","start":{"dateTime":"2026-12-01T09:30:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T11:00:00","timeZone":"UTC"}},
        {"id":"3","showAs":"free","start":{"dateTime":"2026-12-01T12:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T13:00:00","timeZone":"UTC"}},
        {"id":"4","showAs":"workingElsewhere","start":{"dateTime":"2026-12-01T12:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T13:00:00","timeZone":"UTC"}},
        {"id":"5","showAs":"busy","isCancelled":true,"start":{"dateTime":"2026-12-01T12:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T13:00:00","timeZone":"UTC"}},
        {"id":"6","showAs":"busy","responseStatus":{"response":"declined"},"start":{"dateTime":"2026-12-01T12:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T13:00:00","timeZone":"UTC"}},
        {"id":"7","showAs":"unknown","start":{"dateTime":"2026-12-01T14:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T14:30:00","timeZone":"UTC"}},
        {"id":"8","showAs":"busy","isAllDay":true,"start":{"dateTime":"2026-12-03T00:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-04T00:00:00","timeZone":"UTC"}}]}"#;
    const ZONE: &str = r#"{"timeZone":"W. Europe Standard Time"}"#;

    async fn ask(stage: &Stage, calendars: &[&str], to: &str) -> Result<Vec<Answer>> {
        let calendars: Vec<String> = calendars.iter().map(|id| (*id).to_owned()).collect();
        let from = at("2026-12-01T00:00:00Z");
        Microsoft::new()
            .free_busy(&stage.session(), &calendars, from, at(to))
            .await
    }

    #[tokio::test]
    async fn schedules_for_work_accounts() {
        let stage = Stage::with(&[
            (200, WORK),
            (
                200,
                r#"{"value":[{"scheduleId":"ada@contoso.com","scheduleItems":[{"status":"busy","start":{"dateTime":"2026-12-01T09:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T10:00:00","timeZone":"UTC"}}]},
                {"scheduleId":"bo@contoso.com","error":{"responseCode":"ErrorNoFreeBusyAccess"}}]}"#,
            ),
            (200, r#"{"value":[]}"#),
        ]);
        let answers = ask(
            &stage,
            &["main", "bo@contoso.com", "side"],
            "2026-12-02T00:00:00Z",
        )
        .await;
        assert_eq!(
            answers.unwrap(),
            [
                Answer::Known(vec![busy("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z")]),
                Answer::Unknown("ErrorNoFreeBusyAccess".to_owned()),
                Answer::Known(vec![]),
            ]
        );
        let asked = stage.asked();
        assert!(asked[1].1.ends_with("/me/calendar/getSchedule"));
        assert!(asked[2].1.contains("/me/calendars/side/calendarView?"));
    }

    #[tokio::test]
    async fn personal_accounts_are_never_asked_for_schedules() {
        let stage = Stage::with(&[(200, PERSONAL), (200, VIEW), (200, ZONE)]);
        let answers = ask(&stage, &["main", "bo@x.example"], "2026-12-05T00:00:00Z").await;
        assert_eq!(
            answers.unwrap(),
            [
                Answer::Known(vec![
                    busy("2026-12-01T09:00:00Z", "2026-12-01T11:00:00Z"),
                    busy("2026-12-01T14:00:00Z", "2026-12-01T14:30:00Z"),
                    busy("2026-12-02T23:00:00Z", "2026-12-03T23:00:00Z"),
                ]),
                Answer::Unknown("not available for personal accounts".to_owned()),
            ]
        );
        assert!(
            stage
                .asked()
                .iter()
                .all(|sent| !sent.1.contains("getSchedule"))
        );
    }

    #[tokio::test]
    async fn what_is_not_known_is_not_free() {
        let gone = r#"{"error":{"code":"ErrorItemNotFound","message":"m"}}"#;
        let stage = Stage::with(&[(200, PERSONAL), (404, gone)]);
        let answers = ask(&stage, &["other"], "2026-12-02T00:00:00Z")
            .await
            .unwrap();
        assert_eq!(answers, [Answer::Unknown("ErrorItemNotFound".to_owned())]);
        let stage = Stage::with(&[(200, PERSONAL), (503, "")]);
        assert!(
            ask(&stage, &["main"], "2026-12-02T00:00:00Z")
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn long_ranges_are_cut() {
        let empty = r#"{"value":[]}"#;
        let stage = Stage::with(&[(200, PERSONAL), (200, empty), (200, empty), (200, empty)]);
        let answers = ask(&stage, &["main"], "2027-03-01T00:00:00Z")
            .await
            .unwrap();
        assert_eq!(answers, [Answer::Known(vec![])]);
        assert_eq!(stage.asked().len(), 4);
    }
}
