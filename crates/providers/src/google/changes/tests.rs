//! Whole reads against scripted answers: every anomaly a page can bring.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use daybook_domain::clock::{ManualClock, SeededIds};
use daybook_domain::event::Change;
use daybook_provider_api::Credential;
use daybook_provider_api::calendar::CalendarProvider;
use daybook_provider_api::egress::{
    Egress, EgressConfig, Transport, TransportError, TransportLimits,
};
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::registry::Provider;
use secrecy::SecretString;

use super::*;
use crate::google::Google;

#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<(u16, String)>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Script {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.asked
            .lock()
            .unwrap()
            .push(request.uri().query().unwrap_or_default().to_owned());
        let (status, body) = self
            .answers
            .lock()
            .unwrap()
            .pop_front()
            .ok_or(TransportError::Timeout)?;
        if status == 0 {
            return Err(TransportError::TooLarge);
        }
        Ok(http::Response::builder()
            .status(status)
            .body(Bytes::from(body))
            .unwrap())
    }
}

struct Nothing;

#[async_trait]
impl KnownResources for Nothing {
    async fn etags(&self) -> Result<BTreeMap<String, Option<String>>> {
        Ok(BTreeMap::new())
    }
}

/// One calendar, one read, answers added as the test goes.
struct Read {
    script: Arc<Script>,
    egress: Egress,
    stream: Box<dyn ChangeStream>,
}

impl Read {
    fn from(cursor: Option<&str>) -> Self {
        let script = Arc::new(Script::default());
        let clock = Arc::new(ManualClock::at("2026-11-21T08:00:00Z".parse().unwrap()));
        let ids = Arc::new(SeededIds::new(1));
        let egress = Egress::with_transport(EgressConfig::default(), clock, ids, script.clone());
        let pull = Pull {
            calendar: "ada@example.com".to_owned(),
            cursor: cursor.map(str::to_owned),
            default_zone: "Europe/Paris".to_owned(),
            account_email: None,
            window: "2026-08-23T00:00:00Z".parse().unwrap()
                .."2027-12-26T00:00:00Z".parse().unwrap(),
        };
        Self {
            script,
            egress,
            stream: Google::new().changes(pull),
        }
    }

    fn session(&self) -> Session<'_> {
        session(&self.egress)
    }

    async fn next(&mut self, status: u16, body: &str) -> Result<Page> {
        self.script
            .answers
            .lock()
            .unwrap()
            .push_back((status, body.to_owned()));
        let session = session(&self.egress);
        self.stream.next(&session, &Nothing).await
    }

    fn last_query(&self) -> String {
        self.script
            .asked
            .lock()
            .unwrap()
            .last()
            .cloned()
            .unwrap_or_default()
    }
}

fn session(egress: &Egress) -> Session<'_> {
    let token = Credential::Bearer(SecretString::from("t"));
    let api = "https://www.googleapis.com/calendar/v3".to_owned();
    let me = Some("https://id.example/me".to_owned());
    Session::new(egress, "google", "a".to_owned(), api, me, token)
}

fn page(id: &str, tail: &str) -> String {
    let items = match id {
        "" => String::new(),
        id => format!(
            r#"{{"id":"{id}","start":{{"date":"2026-12-01"}},"end":{{"date":"2026-12-02"}}}}"#
        ),
    };
    format!(r#"{{"kind":"calendar#events","items":[{items}]{tail}}}"#)
}

fn refusal(reason: &str) -> String {
    format!(r#"{{"error":{{"code":0,"message":"m","errors":[{{"reason":"{reason}"}}]}}}}"#)
}

const BASE: &str = "maxResults=2500&singleEvents=false";

#[tokio::test]
async fn the_cursor_comes_with_the_last_page_and_empty_pages_are_only_pages() {
    let mut read = Read::from(None);
    let first = read
        .next(200, &page("a", r#","nextPageToken":"p1""#))
        .await
        .unwrap();
    assert_eq!((first.changes.len(), first.next), (1, Next::More));
    assert_eq!(read.last_query(), BASE);
    let empty = read
        .next(200, &page("", r#","nextPageToken":"p2""#))
        .await
        .unwrap();
    assert_eq!((empty.changes.len(), empty.next), (0, Next::More));
    assert_eq!(read.last_query(), format!("{BASE}&pageToken=p1"));
    let last = read
        .next(200, &page("b", r#","nextSyncToken":"s1""#))
        .await
        .unwrap();
    assert_eq!(
        last.next,
        Next::Done {
            cursor: Some("s1".to_owned()),
            complete: true
        }
    );
    assert_eq!(read.last_query(), format!("{BASE}&pageToken=p2"));
}

#[tokio::test]
async fn an_incremental_read_tells_only_what_changed() {
    let mut read = Read::from(Some("s1"));
    let body = r#"{"items":[{"id":"x","status":"cancelled"}],"nextSyncToken":"s2"}"#;
    let only = read.next(200, body).await.unwrap();
    assert_eq!(
        only.changes,
        [Change::Removed {
            provider_id: "x".to_owned()
        }]
    );
    assert_eq!(
        only.next,
        Next::Done {
            cursor: Some("s2".to_owned()),
            complete: false
        }
    );
    assert_eq!(read.last_query(), format!("{BASE}&syncToken=s1"));
}

#[tokio::test]
async fn nothing_moves_on_after_an_error() {
    let mut read = Read::from(Some("s1"));
    read.next(200, &page("a", r#","nextPageToken":"p1""#))
        .await
        .unwrap();
    for (status, body, kind) in [
        (401, refusal("authError"), ErrorKind::Auth),
        (
            200,
            "<html>Sign in</html>".to_owned(),
            ErrorKind::Unavailable,
        ),
        (
            200,
            r#"{"kind":"calendar#events","items":[{"id":"b","st"#.to_owned(),
            ErrorKind::Malformed,
        ),
        (200, "{}".to_owned(), ErrorKind::Malformed),
        (200, String::new(), ErrorKind::Malformed),
        (403, refusal("rateLimitExceeded"), ErrorKind::RateLimited),
        (503, String::new(), ErrorKind::Unavailable),
    ] {
        let error = read.next(status, &body).await.unwrap_err();
        assert_eq!(error.kind, kind, "{status} {body}");
        assert_eq!(
            read.last_query(),
            format!("{BASE}&syncToken=s1&pageToken=p1")
        );
    }
    let last = read
        .next(200, &page("b", r#","nextSyncToken":"s2""#))
        .await
        .unwrap();
    assert_eq!(
        last.next,
        Next::Done {
            cursor: Some("s2".to_owned()),
            complete: false
        }
    );
}

#[tokio::test]
async fn dead_cursors_and_page_tokens_ask_for_a_full_read() {
    let expired = async |cursor: Option<&str>, pages: u32, status: u16, reason: &str| {
        let mut read = Read::from(cursor);
        for n in 0..pages {
            read.next(200, &page("a", &format!(r#","nextPageToken":"p{n}""#)))
                .await
                .unwrap();
        }
        let error = read.next(status, &refusal(reason)).await.unwrap_err();
        assert_eq!(error.retry, Retry::No);
        error.kind
    };
    assert_eq!(
        expired(Some("s"), 0, 410, "fullSyncRequired").await,
        ErrorKind::CursorExpired
    );
    assert_eq!(
        expired(Some("s"), 2, 410, "fullSyncRequired").await,
        ErrorKind::CursorExpired
    );
    assert_eq!(
        expired(Some("s"), 0, 410, "gone").await,
        ErrorKind::CursorExpired
    );
    assert_eq!(
        expired(Some("s"), 0, 400, "invalid").await,
        ErrorKind::CursorExpired
    );
    assert_eq!(
        expired(None, 1, 400, "invalid").await,
        ErrorKind::CursorExpired
    );
    assert_eq!(expired(None, 0, 400, "invalid").await, ErrorKind::Malformed);
    assert_eq!(expired(None, 0, 410, "deleted").await, ErrorKind::Gone);
    assert_eq!(
        expired(Some("s"), 0, 404, "notFound").await,
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_listing_without_end_is_left() {
    let mut read = Read::from(None);
    read.next(200, &page("a", r#","nextPageToken":"p1""#))
        .await
        .unwrap();
    let error = read
        .next(200, &page("b", r#","nextPageToken":"p1""#))
        .await
        .unwrap_err();
    assert_eq!((error.kind, error.retry), (ErrorKind::Malformed, Retry::No));
    assert_eq!(read.session().calls(), 0);
    assert_eq!(read.script.asked.lock().unwrap().len(), 2);

    let mut circling = Read::from(None);
    for token in ["p1", "p2"] {
        circling
            .next(200, &page("", &format!(r#","nextPageToken":"{token}""#)))
            .await
            .unwrap();
    }
    assert!(
        circling
            .next(200, &page("", r#","nextPageToken":"p1""#))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn what_cannot_be_understood_is_not_gone() {
    let mut read = Read::from(None);
    let only = read
        .next(200, include_str!("../fixtures/odd_events.json"))
        .await
        .unwrap();
    assert_eq!(only.unchanged, ["badstart", "nostart", "baddate", "hole"]);
    assert_eq!(only.changes.len(), 6);
}

#[tokio::test]
async fn series_without_a_zone_repeat_in_the_calendars() {
    let zone_of = async |tail: &str| {
        let mut read = Read::from(None);
        let event = r#"{"id":"m","recurrence":["RRULE:FREQ=DAILY"],"start":{"dateTime":"2026-12-01T10:00:00+01:00"}}"#;
        let body = format!(r#"{{"items":[{event}],"nextSyncToken":"s"{tail}}}"#);
        match read.next(200, &body).await.unwrap().changes.remove(0) {
            Change::Upsert(event) => event.start.zone().map(str::to_owned),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        zone_of(r#","timeZone":"Asia/Tokyo""#).await.as_deref(),
        Some("Asia/Tokyo")
    );
    assert_eq!(zone_of("").await.as_deref(), Some("Europe/Paris"));
}

#[tokio::test]
async fn calendars_are_listed_page_by_page_and_the_account_is_known() {
    let read = Read::from(None);
    let list = |id: &str, tail: &str| {
        (
            200,
            format!(r#"{{"kind":"calendar#calendarList","items":[{{"id":"{id}"}}]{tail}}}"#),
        )
    };
    let mut answers = VecDeque::from([list("a", r#","nextPageToken":"p""#), list("b", "")]);
    answers.push_back((
        200,
        r#"{"sub":"1077","email":"ada@example.com"}"#.to_owned(),
    ));
    *read.script.answers.lock().unwrap() = answers;
    let session = read.session();
    let calendars = Google::new().list_calendars(&session).await.unwrap();
    let ids: Vec<_> = calendars
        .iter()
        .map(|calendar| calendar.external_id.as_str())
        .collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(
        Google::new().identify(&session).await.unwrap().subject,
        "1077"
    );
    assert_eq!(session.calls(), 3);
}

#[tokio::test]
async fn a_page_that_is_too_large_is_read_in_smaller_ones() {
    let mut read = Read::from(Some("s"));
    read.next(200, &page("a", r#","nextPageToken":"p1""#))
        .await
        .unwrap();
    let too_large = (0, String::new());
    read.script.answers.lock().unwrap().push_back(too_large);
    let first = read
        .next(200, &page("a", r#","nextPageToken":"p1""#))
        .await
        .unwrap();
    assert_eq!(first.next, Next::More);
    let small = "maxResults=250&singleEvents=false&syncToken=s";
    assert_eq!(read.last_query(), small);
    let error = read.next(0, "").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Malformed);
    assert_eq!(read.last_query(), format!("{small}&pageToken=p1"));
}
