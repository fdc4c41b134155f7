//! `POST /freeBusy` (contracts/google §8).

use std::collections::HashMap;

use bytes::Bytes;
use daybook_provider_api::calendar::free_busy::{Answer, Busy};
use daybook_provider_api::{Result, Session};
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::super::errors;

/// Most calendars in one call.
pub(in super::super) const CALENDARS: usize = 50;
/// Longest range of one call, in days: longer ones are refused.
pub(in super::super) const DAYS: i64 = 31;

/// When some calendars are busy.
pub(in super::super) struct FreeBusy<'a> {
    /// Their ids, [`CALENDARS`] at most.
    pub(in super::super) calendars: &'a [String],
    /// From here, inclusive.
    pub(in super::super) from: Timestamp,
    /// To here, exclusive; [`DAYS`] later at most.
    pub(in super::super) to: Timestamp,
}

#[derive(Deserialize)]
struct Body {
    calendars: Option<HashMap<String, Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    busy: Option<Vec<Stretch>>,
    errors: Option<Vec<Problem>>,
}

#[derive(Deserialize)]
struct Stretch {
    start: Option<String>,
    end: Option<String>,
}

#[derive(Deserialize)]
struct Problem {
    reason: Option<String>,
}

impl FreeBusy<'_> {
    /// Sends it; answers in the order asked.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Vec<Answer>> {
        let body = super::send(session, self.request(&session.api_url)?).await?;
        self.parse(&body)
    }

    fn request(&self, api_url: &str) -> Result<http::Request<Bytes>> {
        let items: Vec<_> = self
            .calendars
            .iter()
            .map(|id| json!({ "id": id }))
            .collect();
        let body = json!({
            "timeMin": self.from.to_string(),
            "timeMax": self.to.to_string(),
            "timeZone": "UTC",
            "calendarExpansionMax": CALENDARS,
            "items": items,
        });
        let url = super::address(api_url, &["freeBusy"], &[])?;
        super::request(Method::POST, url, Some(&body), None)
    }

    fn parse(&self, body: &[u8]) -> Result<Vec<Answer>> {
        let body: Body = serde_json::from_slice(body).map_err(|_| errors::malformed())?;
        let mut told = body.calendars.ok_or_else(errors::malformed)?;
        // The answer may write an address in another case than the question.
        let mut take = |id: &String| {
            told.remove(id).or_else(|| {
                let key = told
                    .keys()
                    .find(|key| key.eq_ignore_ascii_case(id))
                    .cloned()?;
                told.remove(&key)
            })
        };
        let mut answers: Vec<Answer> = Vec::with_capacity(self.calendars.len());
        for (index, id) in self.calendars.iter().enumerate() {
            let before = self
                .calendars
                .iter()
                .take(index)
                .position(|other| other == id);
            let answer = match before.and_then(|place| answers.get(place)) {
                Some(same) => same.clone(),
                None => take(id).map_or_else(|| unknown("missing"), answer),
            };
            answers.push(answer);
        }
        Ok(answers)
    }
}

fn unknown(reason: &str) -> Answer {
    Answer::Unknown(reason.to_owned())
}

/// A calendar with an error is unknown, also when busy times stand beside it; so is one whose times cannot be read.
fn answer(entry: Entry) -> Answer {
    if let Some(problem) = entry.errors.unwrap_or_default().into_iter().next() {
        let reason = problem.reason.as_deref().and_then(errors::clean);
        return unknown(reason.as_deref().unwrap_or("unknown"));
    }
    let Some(stretches) = entry.busy else {
        return unknown("missing");
    };
    let read = |stretch: Stretch| {
        let (start, end) = (stretch.start?.parse().ok()?, stretch.end?.parse().ok()?);
        Some(Busy { start, end })
    };
    match stretches.into_iter().map(read).collect::<Option<Vec<_>>>() {
        Some(busy) => Answer::Known(busy),
        None => unknown("unreadable"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_or_is_missing_is_unknown_and_never_free() {
        let ids = ["a@x", "b@x", "C@x", "d@x", "e@x", "a@x"].map(str::to_owned);
        let call = FreeBusy {
            calendars: &ids,
            from: "2026-12-01T00:00:00Z".parse().unwrap(),
            to: "2026-12-02T00:00:00Z".parse().unwrap(),
        };
        let body = br#"{"calendars":{"a@x":{"busy":[{"start":"2026-12-01T10:00:00+01:00","end":"2026-12-01T11:00:00+01:00"}]},
            "b@x":{"errors":[{"domain":"global","reason":"notFound"}],"busy":[]},"c@x":{"busy":[]},
            "e@x":{"busy":[{"start":"then","end":"now"}]}}}"#;
        let busy = Answer::Known(vec![Busy {
            start: "2026-12-01T09:00:00Z".parse().unwrap(),
            end: "2026-12-01T10:00:00Z".parse().unwrap(),
        }]);
        assert_eq!(
            call.parse(body).unwrap(),
            [
                busy.clone(),
                unknown("notFound"),
                Answer::Known(vec![]),
                unknown("missing"),
                unknown("unreadable"),
                busy
            ]
        );
        assert!(call.parse(b"{}").is_err());
        let request = call.request("http://127.0.0.1:1/calendar/v3").unwrap();
        assert_eq!(request.uri(), "http://127.0.0.1:1/calendar/v3/freeBusy");
    }
}
