//! `POST /me/calendar/getSchedule`: when people are busy (contracts/microsoft §8). Work and school accounts only.

use std::ops::Range;

use daybook_provider_api::calendar::free_busy::{Answer, Busy};
use daybook_provider_api::{Result, Session};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::super::errors;
use super::super::map::time;
use super::super::wire::{Page, Time};
use daybook_domain::zone::Zone;

/// Addresses in one call.
pub(in super::super) const MOST_ADDRESSES: usize = 20;
/// Minutes that one digit of `availabilityView` stands for.
const INTERVAL: i64 = 15;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Schedule {
    schedule_id: Option<String>,
    availability_view: Option<String>,
    schedule_items: Option<Vec<Item>>,
    error: Option<Refusal>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    status: Option<String>,
    start: Option<Time>,
    end: Option<Time>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Refusal {
    response_code: Option<String>,
}

/// What each of `addresses`, at most [`MOST_ADDRESSES`], answers for `range`, in their order.
pub(in super::super) async fn send(
    session: &Session<'_>,
    addresses: &[&str],
    range: &Range<Timestamp>,
) -> Result<Vec<Answer>> {
    let path = ["me", "calendar", "getSchedule"];
    let address = super::address(&session.api_url, &path, &[]);
    let body = body(addresses, range);
    let answer = super::send(session, super::with_json(Method::POST, &address, &body)?).await?;
    parse(&answer, addresses, range).ok_or_else(errors::malformed)
}

fn body(addresses: &[&str], range: &Range<Timestamp>) -> serde_json::Value {
    let time = |at: Timestamp| {
        let wall = Zone::utc().to_datetime(at);
        json!({"dateTime": wall.to_string(), "timeZone": "UTC"})
    };
    json!({
        "schedules": addresses,
        "startTime": time(range.start),
        "endTime": time(range.end),
        "availabilityViewInterval": INTERVAL,
    })
}

fn parse(body: &[u8], addresses: &[&str], range: &Range<Timestamp>) -> Option<Vec<Answer>> {
    let page: Page<Schedule> = Page::parse(body)?;
    let of = |address: &&str| {
        let found = page.value.iter().find(|schedule| {
            schedule
                .schedule_id
                .as_deref()
                .is_some_and(|id| id.eq_ignore_ascii_case(address))
        });
        found.map_or_else(
            || unknown("not answered"),
            |schedule| answer(schedule, range),
        )
    };
    Some(addresses.iter().map(of).collect())
}

fn answer(schedule: &Schedule, range: &Range<Timestamp>) -> Answer {
    if let Some(error) = &schedule.error {
        let code = error.response_code.as_deref().unwrap_or_default();
        let word = code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric());
        return unknown(if word && !code.is_empty() {
            code
        } else {
            "error"
        });
    }
    let items = schedule.schedule_items.as_deref().unwrap_or_default();
    let taken = items
        .iter()
        .filter(|item| super::super::map::is_opaque(item.status.as_deref()));
    let mut busy = Vec::new();
    for item in taken {
        let at = |time: Option<&Time>| time.and_then(|time| time::instant(time, &Zone::utc()));
        match (at(item.start.as_ref()), at(item.end.as_ref())) {
            (Some(start), Some(end)) => busy.push(Busy { start, end }),
            _ => return unknown("unreadable"),
        }
    }
    match (items.is_empty(), schedule.availability_view.as_deref()) {
        (true, Some(view)) => Answer::Known(digits(view, range.start)),
        (true, None) if schedule.schedule_items.is_none() => unknown("not answered"),
        _ => Answer::Known(busy),
    }
}

/// Free and working elsewhere are `0`; everything else, digits not known yet included, takes time.
fn digits(view: &str, from: Timestamp) -> Vec<Busy> {
    let mut busy: Vec<Busy> = Vec::new();
    let mut start = from;
    for digit in view.chars() {
        let end = start
            .saturating_add(SignedDuration::from_mins(INTERVAL))
            .unwrap_or(start);
        match busy.last_mut() {
            _ if matches!(digit, '0' | '4') => {}
            Some(last) if last.end == start => last.end = end,
            _ => busy.push(Busy { start, end }),
        }
        start = end;
    }
    busy
}

fn unknown(why: &str) -> Answer {
    Answer::Unknown(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_answer_with_every_oddity() {
        let range = at("2026-12-01T00:00:00Z")..at("2026-12-02T00:00:00Z");
        let body = br#"{"value":[
            {"scheduleId":"ADA@contoso.com","availabilityView":"02","scheduleItems":[
                {"status":"busy","start":{"dateTime":"2026-12-01T09:00:00.0000000","timeZone":"UTC"},"end":{"dateTime":"2026-12-01T10:00:00.0000000","timeZone":"UTC"}},
                {"status":"free","start":{"dateTime":"2026-12-01T11:00:00"},"end":{"dateTime":"2026-12-01T12:00:00"}},
                {"status":"workingElsewhere","start":{"dateTime":"2026-12-01T11:00:00"},"end":{"dateTime":"2026-12-01T12:00:00"}},
                {"status":"tentative","start":{"dateTime":"2026-12-01T13:00:00"},"end":{"dateTime":"2026-12-01T14:00:00"}}]},
            {"scheduleId":"bo@contoso.com","availabilityView":"0220014","scheduleItems":[]},
            {"scheduleId":"cy@contoso.com","error":{"responseCode":"ErrorMailRecipientNotFound","message":"m"}}]}"#;
        let asked = [
            "ada@contoso.com",
            "bo@contoso.com",
            "cy@contoso.com",
            "di@contoso.com",
        ];
        let busy = |start: &str, end: &str| Busy {
            start: at(&format!("2026-12-01T{start}:00Z")),
            end: at(&format!("2026-12-01T{end}:00Z")),
        };
        assert_eq!(
            parse(body, &asked, &range).unwrap(),
            [
                Answer::Known(vec![busy("09:00", "10:00"), busy("13:00", "14:00")]),
                Answer::Known(vec![busy("00:15", "00:45"), busy("01:15", "01:30")]),
                Answer::Unknown("ErrorMailRecipientNotFound".to_owned()),
                Answer::Unknown("not answered".to_owned()),
            ]
        );
        assert!(parse(b"<html>", &asked, &range).is_none());
        let sent = super::body(&asked[..1], &range);
        assert_eq!(sent["startTime"]["dateTime"], "2026-12-01T00:00:00");
        assert_eq!(sent["startTime"]["timeZone"], "UTC");
    }
}
