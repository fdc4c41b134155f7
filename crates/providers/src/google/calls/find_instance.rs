//! `GET /calendars/{id}/events/{master}/instances?originalStart=`: one occurrence of a series, whatever its id looks like
//! (contracts/google §6).

use daybook_domain::event::EventTime;
use daybook_provider_api::{Result, Session};
use serde::Deserialize;
use serde_json::Value;

use super::super::errors;

/// One occurrence, also when it was cancelled.
pub(in super::super) struct FindInstance<'a> {
    /// The calendar's id.
    pub(in super::super) calendar: &'a str,
    /// The series' id.
    pub(in super::super) master: &'a str,
    /// When it would take place if it had not been moved.
    pub(in super::super) original: &'a EventTime,
}

#[derive(Deserialize)]
struct Answer {
    items: Option<Vec<Value>>,
}

impl FindInstance<'_> {
    /// Sends it.
    ///
    /// # Errors
    /// `NotFound` with the code `no_occurrence` when the series does not take place then.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Value> {
        let path = [
            "calendars",
            self.calendar,
            "events",
            self.master,
            "instances",
        ];
        let original = match self.original {
            EventTime::AllDay(date) => date.to_string(),
            EventTime::Timed { at, .. } => at.to_string(),
        };
        let query = [
            ("originalStart", original.as_str()),
            ("showDeleted", "true"),
            ("maxResults", "2"),
        ];
        let request = super::get(&session.api_url, &path, &query)?;
        parse(&super::write(session, request).await?)
    }
}

fn parse(body: &[u8]) -> Result<Value> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| errors::malformed())?;
    let mut items = answer.items.ok_or_else(errors::malformed)?.into_iter();
    let found = items.find(|item| item.get("id").is_some_and(Value::is_string));
    found.ok_or_else(errors::no_occurrence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use daybook_provider_api::error::ErrorKind;

    #[test]
    fn one_instance_none_and_nonsense() {
        let found = parse(br#"{"items":[{"id":"m_20261208T090000Z","status":"cancelled"}]}"#);
        assert_eq!(found.unwrap()["id"], "m_20261208T090000Z");
        let none = parse(br#"{"items":[]}"#).unwrap_err();
        assert_eq!(
            (none.kind, none.code.as_deref()),
            (ErrorKind::NotFound, Some("no_occurrence"))
        );
        for bad in [&b"{}"[..], b"[]", b"<html>"] {
            assert_eq!(parse(bad).unwrap_err().kind, ErrorKind::Malformed);
        }
    }
}
