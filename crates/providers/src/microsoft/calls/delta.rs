//! `GET /me/calendars/{id}/calendarView/delta`: what happens in a window, and later what changed in it (contracts/microsoft
//! §4). `$select` and its kin are not supported; parameters go on the first call only.

use std::ops::Range;

use daybook_provider_api::{Result, Session};
use http::Method;
use jiff::Timestamp;

use super::super::wire::{Event, Page};
use super::super::{errors, links};

/// Events of a page, and of one that was too large. Bodies are as large as people make them: two of them can be too much together.
pub(in super::super) const PAGE_SIZES: [u16; 4] = [200, 40, 5, 1];

/// One page of a round.
pub(in super::super) enum Delta<'a> {
    /// The first of a full round.
    Start {
        /// The calendar's id.
        calendar: &'a str,
        /// What is asked for.
        window: &'a Range<Timestamp>,
    },
    /// A `nextLink` or `deltaLink`, unchanged.
    Follow(&'a str),
}

impl Delta<'_> {
    /// Sends it; `size` is one of [`PAGE_SIZES`].
    ///
    /// # Errors
    /// `CursorExpired` when Graph no longer knows the link.
    pub(in super::super) async fn send(
        &self,
        session: &Session<'_>,
        size: u16,
    ) -> Result<Page<Event>> {
        let request = self.request(&session.api_url, size)?;
        let body =
            super::send(session, request)
                .await
                .map_err(|error| match (self, error.status) {
                    (Self::Follow(_), Some(410)) => errors::cursor_expired(&error),
                    _ => error,
                })?;
        Page::events(&body).ok_or_else(errors::malformed)
    }

    fn request(&self, api_url: &str, size: u16) -> Result<http::Request<bytes::Bytes>> {
        let address = match self {
            Self::Start { calendar, window } => super::address(
                api_url,
                &["me", "calendars", calendar, "calendarView", "delta"],
                &[
                    ("startDateTime", &window.start.to_string()),
                    ("endDateTime", &window.end.to_string()),
                ],
            ),
            Self::Follow(link) => {
                links::own(link, api_url)?;
                (*link).to_owned()
            }
        };
        let prefer = format!("odata.maxpagesize={size}, {}", super::PREFER);
        let request = super::request(Method::GET, &address, bytes::Bytes::new(), &prefer);
        // A link that is no address is Graph's doing, not the operator's.
        request.map_err(|error| match self {
            Self::Start { .. } => error,
            Self::Follow(_) => errors::malformed(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_on_the_first_call_only() {
        let window =
            "2026-08-23T00:00:00Z".parse().unwrap().."2027-12-26T00:00:00Z".parse().unwrap();
        let start = Delta::Start {
            calendar: "AAMk/x+y=",
            window: &window,
        };
        let api = "https://graph.microsoft.com/v1.0";
        let request = start.request(api, 200).unwrap();
        assert_eq!(
            request.uri(),
            "https://graph.microsoft.com/v1.0/me/calendars/AAMk%2Fx%2By%3D/calendarView/delta?startDateTime=2026-08-23T00%3A00%3A00Z&endDateTime=2027-12-26T00%3A00%3A00Z"
        );
        assert_eq!(
            request.headers()["prefer"],
            r#"odata.maxpagesize=200, outlook.timezone="UTC", IdType="ImmutableId""#
        );
        let link =
            "https://graph.microsoft.com/v1.0/me/calendars('x')/calendarView/delta?$skiptoken=R0us";
        let request = Delta::Follow(link).request(api, 40).unwrap();
        assert_eq!(request.uri(), link, "unchanged");
        assert!(
            request.headers()["prefer"]
                .to_str()
                .unwrap()
                .contains("maxpagesize=40")
        );
        assert!(
            Delta::Follow("https://evil.example/")
                .request(api, 40)
                .is_err()
        );
        assert!(
            Delta::Follow("https://graph.microsoft.com/a b")
                .request(api, 40)
                .is_err()
        );
    }
}
