//! Being told of changes (contracts/google §9). Notices are headers without a body; channels end after a week and cannot be
//! prolonged.

use async_trait::async_trait;
use daybook_provider_api::calendar::Push;
use daybook_provider_api::calendar::push::{
    Channel, Decoded, Inbound, Notice, PushCapability, Says, Watch,
};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Error, Result, Session};
use http::HeaderMap;
use jiff::Timestamp;
use secrecy::SecretString;

use super::Google;
use super::calls::stop_channel::StopChannel;
use super::calls::watch_events::WatchEvents;

/// Longest channel id, and longest token.
const LONGEST_ID: usize = 64;
const LONGEST_TOKEN: usize = 256;

#[async_trait]
impl Push for Google {
    fn capability(&self) -> PushCapability {
        PushCapability {
            max_life_minutes: 7 * 24 * 60,
            renews_in_place: false,
        }
    }

    async fn watch(&self, session: &Session<'_>, watch: &Watch) -> Result<Channel> {
        WatchEvents(watch).send(session).await
    }

    async fn renew(&self, _: &Session<'_>, _: &Channel, _: Timestamp) -> Result<Channel> {
        Err(Error::new(
            ErrorKind::Unsupported,
            "Google's channels cannot be prolonged: a new one takes the place of the old one.",
        ))
    }

    async fn stop(&self, session: &Session<'_>, channel: &Channel) -> Result<()> {
        StopChannel(channel).send(session).await
    }

    fn decode(&self, inbound: &Inbound<'_>) -> Result<Decoded> {
        let text = |name, longest| header(inbound.headers, name, longest);
        let (Some(remote_id), Some(state)) = (
            text("x-goog-channel-id", LONGEST_ID),
            text("x-goog-resource-state", LONGEST_ID),
        ) else {
            return Err(Error::new(
                ErrorKind::Malformed,
                "This is no notice of Google Calendar: it names no channel or no state.",
            ));
        };
        Ok(Decoded::Notices(vec![Notice {
            remote_id: remote_id.to_owned(),
            token: text("x-goog-channel-token", LONGEST_TOKEN).map(SecretString::from),
            resource_id: text("x-goog-resource-id", LONGEST_TOKEN).map(str::to_owned),
            // `exists`, `not_exists`, and whatever comes: something is different.
            says: if state == "sync" {
                Says::Hello
            } else {
                Says::Changed
            },
        }]))
    }
}

/// A header's text, if it is one of sensible length.
fn header<'a>(headers: &'a HeaderMap, name: &str, longest: usize) -> Option<&'a str> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (!text.is_empty() && text.len() <= longest).then_some(text)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderValue;
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    fn decode(pairs: &[(&'static str, &str)], body: &'static str) -> Result<Decoded> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(*name, value);
            }
        }
        let body = Bytes::from_static(body.as_bytes());
        Google.decode(&Inbound {
            headers: &headers,
            query: Some("validationToken=x"),
            body: &body,
        })
    }

    #[test]
    fn notices_are_read_from_the_headers_alone() {
        for (state, says) in [
            ("sync", Says::Hello),
            ("exists", Says::Changed),
            ("not_exists", Says::Changed),
            ("something_new", Says::Changed),
        ] {
            let decoded = decode(
                &[
                    ("x-goog-channel-id", "ch"),
                    ("x-goog-channel-token", "t0k"),
                    ("x-goog-resource-id", "r"),
                    ("x-goog-resource-state", state),
                    ("x-goog-message-number", "7"),
                ],
                "{\"value\":[]}",
            );
            let Ok(Decoded::Notices(notices)) = decoded else {
                panic!("{state}");
            };
            let [notice] = notices.as_slice() else {
                panic!("{state}")
            };
            assert_eq!(
                (notice.remote_id.as_str(), notice.says),
                ("ch", says),
                "{state}"
            );
            assert_eq!(notice.token.as_ref().unwrap().expose_secret(), "t0k");
            assert_eq!(notice.resource_id.as_deref(), Some("r"));
        }
    }

    #[test]
    fn what_is_no_notice_is_refused() {
        let long = "x".repeat(65);
        for pairs in [
            &[][..],
            &[("x-goog-channel-id", "ch")],
            &[("x-goog-resource-state", "exists")],
            &[
                ("x-goog-channel-id", ""),
                ("x-goog-resource-state", "exists"),
            ],
            &[
                ("x-goog-channel-id", &long),
                ("x-goog-resource-state", "exists"),
            ],
        ] {
            assert_eq!(
                decode(pairs, "").unwrap_err().kind,
                ErrorKind::Malformed,
                "{pairs:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(id in "\\PC{0,80}", token in "\\PC{0,300}", state in "\\PC{0,20}") {
            let _ = decode(&[("x-goog-channel-id", &id), ("x-goog-channel-token", &token), ("x-goog-resource-state", &state)], "");
        }
    }
}
