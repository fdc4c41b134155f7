//! `GET /calendars/{id}/events` without expansion: masters, single events and exceptions (contracts/google §4).

use bytes::Bytes;
use daybook_provider_api::{Result, Session};

use super::super::errors;
use super::super::wire;

/// The most events a page may have.
pub(in super::super) const LARGE_PAGE: &str = "2500";
/// For calendars whose events are so long that a large page would not be accepted.
pub(in super::super) const SMALL_PAGE: &str = "250";

/// To see whether a calendar still answers.
pub(in super::super) const PROBE_PAGE: &str = "1";

/// One page of a full or an incremental listing. Apart from the tokens, all parameters are the same for a whole read, as
/// the provider demands.
pub(in super::super) struct ListEvents<'a> {
    /// The calendar's id.
    pub(in super::super) calendar: &'a str,
    /// Where the last complete listing ended; `None`: everything.
    pub(in super::super) sync_token: Option<&'a str>,
    /// [`LARGE_PAGE`], [`SMALL_PAGE`] or [`PROBE_PAGE`].
    pub(in super::super) page_size: &'static str,
    /// Which page; `None`: the first.
    pub(in super::super) page_token: Option<&'a str>,
}

impl ListEvents<'_> {
    /// Sends it. The answer's events are still on the wire's terms.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<wire::Events> {
        let answer = super::send(session, self.request(&session.api_url)?).await;
        let body = answer.map_err(|error| self.explain(error))?;
        wire::Events::parse(&body).ok_or_else(errors::malformed)
    }

    fn request(&self, api_url: &str) -> Result<http::Request<Bytes>> {
        let mut query = vec![("maxResults", self.page_size), ("singleEvents", "false")];
        query.extend(self.sync_token.map(|token| ("syncToken", token)));
        query.extend(self.page_token.map(|token| ("pageToken", token)));
        super::get(api_url, &["calendars", self.calendar, "events"], &query)
    }

    /// Once a token is among the parameters, 410 and a 400 that gives a reason are about it: the others never change.
    fn explain(&self, error: daybook_provider_api::Error) -> daybook_provider_api::Error {
        let has_token = self.sync_token.is_some() || self.page_token.is_some();
        match error.status {
            Some(410) if has_token => errors::cursor_expired(error),
            Some(400) if has_token && error.code.is_some() => errors::cursor_expired(error),
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_encoded_and_parameters_never_change() {
        let call = |sync_token, page_token| ListEvents {
            calendar: "en.german#holiday@group.v.calendar.google.com",
            sync_token,
            page_size: LARGE_PAGE,
            page_token,
        };
        let uri = |call: ListEvents<'_>| {
            call.request("http://127.0.0.1:1/base/calendar/v3")
                .unwrap()
                .uri()
                .to_string()
        };
        let base = "http://127.0.0.1:1/base/calendar/v3/calendars/en.german%23holiday%40group.v.calendar.google.com\
                    /events?maxResults=2500&singleEvents=false";
        assert_eq!(uri(call(None, None)), base);
        assert_eq!(
            uri(call(Some("CPj=="), None)),
            format!("{base}&syncToken=CPj%3D%3D")
        );
        assert_eq!(
            uri(call(Some("s"), Some("p"))),
            format!("{base}&syncToken=s&pageToken=p")
        );
        let sneaky = ListEvents {
            calendar: "../../users/me?x=/",
            sync_token: None,
            page_size: LARGE_PAGE,
            page_token: None,
        };
        assert!(uri(sneaky).contains("/calendars/..%2F..%2Fusers%2Fme%3Fx%3D%2F/events?"));
    }
}
