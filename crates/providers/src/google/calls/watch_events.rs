//! `POST /calendars/{id}/events/watch`: makes a push channel (contracts/google §9).

use bytes::Bytes;
use daybook_provider_api::calendar::push::{Channel, Watch};
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::{Error, Result, Session};
use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::errors;

/// Why a calendar of holidays or birthdays is refused.
const NOT_SUPPORTED: &str = "pushNotSupportedForRequestedResource";

/// The call.
pub(in super::super) struct WatchEvents<'a>(pub(in super::super) &'a Watch);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: Option<String>,
    resource_id: Option<String>,
    expiration: Option<Value>,
}

impl WatchEvents<'_> {
    /// Sends it.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Channel> {
        let answer = super::send(session, self.request(&session.api_url)?).await;
        self.read(&answer.map_err(explain)?)
    }

    fn request(&self, api_url: &str) -> Result<http::Request<Bytes>> {
        let watch = self.0;
        let body = json!({
            "id": watch.channel.hyphenated().to_string(),
            "type": "web_hook",
            "address": watch.address.as_str(),
            "token": watch.token.expose_secret(),
            "expiration": watch.until.as_millisecond().to_string(),
        });
        post(
            api_url,
            &["calendars", &watch.calendar, "events", "watch"],
            &body,
        )
    }

    fn read(&self, body: &[u8]) -> Result<Channel> {
        let answer: Answer = serde_json::from_slice(body).map_err(|_| errors::malformed())?;
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        // Without the resource's id the channel could neither be recognised nor stopped.
        let (Some(remote_id), Some(resource_id)) = (filled(answer.id), filled(answer.resource_id))
        else {
            return Err(errors::malformed());
        };
        Ok(Channel {
            remote_id,
            resource_id: Some(resource_id),
            expires_at: expiration(answer.expiration.as_ref()).unwrap_or(self.0.until),
        })
    }
}

/// A POST of JSON.
pub(super) fn post(base: &str, path: &[&str], body: &Value) -> Result<http::Request<Bytes>> {
    let (mut parts, _) = super::get(base, path, &[])?.into_parts();
    parts.method = Method::POST;
    let json = HeaderValue::from_static("application/json; charset=UTF-8");
    parts.headers.insert(CONTENT_TYPE, json);
    Ok(http::Request::from_parts(
        parts,
        Bytes::from(body.to_string()),
    ))
}

/// Milliseconds since 1970, as a text; a number is taken too.
fn expiration(value: Option<&Value>) -> Option<Timestamp> {
    let value = value?;
    let text = value.as_str().and_then(|text| text.parse().ok());
    Timestamp::from_millisecond(text.or_else(|| value.as_i64())?).ok()
}

/// Some calendars cannot be watched: that is no fault of anybody's.
fn explain(error: Error) -> Error {
    if error.code.as_deref() != Some(NOT_SUPPORTED) {
        return error;
    }
    Error::new(
        ErrorKind::Unsupported,
        "Google does not tell of changes to this calendar, so Daybook asks for them from time to time.",
    )
    .with_status(error.status.unwrap_or(400))
    .with_code(NOT_SUPPORTED)
    .with_retry(Retry::No)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch() -> Watch {
        Watch {
            calendar: "en.german#holiday@group.v.calendar.google.com".to_owned(),
            channel: "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012".parse().unwrap(),
            token: "t0k".into(),
            address: "https://daybook.example/hooks/google".parse().unwrap(),
            until: "2026-12-01T00:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_request_is_what_the_contract_says() {
        let watch = watch();
        let request = WatchEvents(&watch)
            .request("https://www.googleapis.com/calendar/v3")
            .unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(
            request.uri(),
            "https://www.googleapis.com/calendar/v3/calendars/en.german%23holiday%40group.v.calendar.google.com/events/watch"
        );
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body,
            json!({"id": "01936f2e-7c1a-7d3e-9a4b-5c6d7e8f9012", "type": "web_hook", "token": "t0k",
                "address": "https://daybook.example/hooks/google", "expiration": "1796083200000"})
        );
    }

    #[test]
    fn answers_are_read_with_and_without_an_end() {
        let watch = watch();
        let read = |body: &str| WatchEvents(&watch).read(body.as_bytes());
        let full = read(r#"{"kind":"api#channel","id":"c","resourceId":"r","expiration":"1795856400000","token":"t0k"}"#).unwrap();
        assert_eq!(
            full.expires_at.to_string(),
            "2026-11-28T09:00:00Z",
            "shorter than asked"
        );
        assert_eq!(
            (full.remote_id.as_str(), full.resource_id.as_deref()),
            ("c", Some("r"))
        );
        let number = read(r#"{"id":"c","resourceId":"r","expiration":1795856400000}"#).unwrap();
        assert_eq!(number.expires_at, full.expires_at);
        for open_end in [
            r#"{"id":"c","resourceId":"r"}"#,
            r#"{"id":"c","resourceId":"r","expiration":"soon"}"#,
        ] {
            assert_eq!(read(open_end).unwrap().expires_at, watch.until);
        }
        for bad in [
            "{}",
            "[]",
            r#"{"id":"c"}"#,
            r#"{"id":"","resourceId":"r"}"#,
            "<html>",
        ] {
            assert_eq!(read(bad).unwrap_err().kind, ErrorKind::Malformed, "{bad}");
        }
    }

    #[test]
    fn a_calendar_that_cannot_be_watched_is_unsupported_and_nothing_else_is() {
        let refused = |code: &str| {
            explain(
                Error::new(ErrorKind::Malformed, "m")
                    .with_status(400)
                    .with_code(code),
            )
            .kind
        };
        assert_eq!(refused(NOT_SUPPORTED), ErrorKind::Unsupported);
        assert_eq!(refused("channelIdNotUnique"), ErrorKind::Malformed);
    }
}
