//! Change notifications (contracts/microsoft §9): subscriptions, and what reaches the hook. One address takes both kinds of
//! notice, so that the handshake, changes and lifecycle are told apart by what they carry.

use async_trait::async_trait;
use daybook_provider_api::calendar::Push;
use daybook_provider_api::calendar::push::{
    Channel, Decoded, Inbound, Notice, PushCapability, Says, Standing, Watch,
};
use daybook_provider_api::error::{ErrorKind, Retry};
use daybook_provider_api::{Error, Result, Session};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use super::calls::subscriptions::{self, Create, Subscription};
use super::{Microsoft, errors};

/// Longest life of a subscription to events.
const MAX_LIFE_MINUTES: u32 = 10_080;
/// Longest validation token that is echoed.
const MAX_TOKEN: usize = 512;
/// Most notices in one request.
const MOST_NOTICES: usize = 1_000;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Item {
    subscription_id: Option<String>,
    client_state: Option<SecretString>,
    lifecycle_event: Option<String>,
}

#[async_trait]
impl Push for Microsoft {
    fn capability(&self) -> PushCapability {
        PushCapability {
            max_life_minutes: MAX_LIFE_MINUTES,
            renews_in_place: true,
        }
    }

    async fn watch(&self, session: &Session<'_>, watch: &Watch) -> Result<Channel> {
        let resource = resource(&watch.calendar);
        let create = Create {
            resource: &resource,
            address: watch.address.as_str(),
            token: &watch.token,
            until: within_life(watch.until, session.egress.now()),
        };
        let made = create.send(session).await.map_err(not_watchable)?;
        Ok(channel(made, create.until))
    }

    async fn standing(&self, session: &Session<'_>, watch: &Watch) -> Result<Vec<Standing>> {
        let resource = resource(&watch.calendar);
        let same = |found: &Subscription| {
            let path = found.resource.as_deref().unwrap_or_default();
            path.trim_start_matches('/') == resource.trim_start_matches('/')
        };
        let all = subscriptions::all(session).await?.into_iter();
        let standing = all.filter(same).filter_map(|mut found| {
            let address = found.notification_url.take()?;
            found.id.as_deref().filter(|id| !id.is_empty())?;
            Some(Standing {
                channel: channel(found, watch.until),
                address,
            })
        });
        Ok(standing.collect())
    }

    async fn renew(
        &self,
        session: &Session<'_>,
        channel: &Channel,
        until: Timestamp,
    ) -> Result<Channel> {
        let until = within_life(until, session.egress.now());
        let renewed = subscriptions::renew(session, &channel.remote_id, until).await?;
        Ok(self::channel(renewed, until))
    }

    async fn stop(&self, session: &Session<'_>, channel: &Channel) -> Result<()> {
        subscriptions::delete(session, &channel.remote_id).await
    }

    fn decode(&self, inbound: &Inbound<'_>) -> Result<Decoded> {
        let query = inbound.query.unwrap_or_default();
        let token = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "validationToken")
            .map(|(_, token)| token.into_owned());
        match token {
            Some(token) => handshake(token),
            None => notices(inbound.body),
        }
    }
}

/// The token is echoed as it is, decoded once, so it must be something that can be.
fn handshake(token: String) -> Result<Decoded> {
    let sound =
        !token.is_empty() && token.len() <= MAX_TOKEN && !token.chars().any(char::is_control);
    if sound {
        Ok(Decoded::Handshake(token))
    } else {
        Err(not_a_notice())
    }
}

fn notices(body: &[u8]) -> Result<Decoded> {
    let json: Value = serde_json::from_slice(body).map_err(|_| not_a_notice())?;
    let items = json.get("value").and_then(Value::as_array);
    let items = items
        .filter(|items| items.len() <= MOST_NOTICES)
        .ok_or_else(not_a_notice)?;
    let notices = items.iter().filter_map(|item| {
        let item: Item = serde_json::from_value(item.clone()).ok()?;
        Some(Notice {
            remote_id: item.subscription_id.filter(|id| !id.is_empty())?,
            token: item.client_state,
            resource_id: None,
            says: says(item.lifecycle_event.as_deref()),
        })
    });
    Ok(Decoded::Notices(notices.collect()))
}

/// What is not known yet is answered like a change: by reading what changed.
fn says(lifecycle: Option<&str>) -> Says {
    match lifecycle {
        Some("reauthorizationRequired") => Says::Renew,
        Some("subscriptionRemoved") => Says::Removed,
        Some("missed") => Says::Missed,
        _ => Says::Changed,
    }
}

/// The calendar's events, as subscriptions name them. Ids are written as they are, but for what would end a segment.
fn resource(calendar: &str) -> String {
    let mut id = String::with_capacity(calendar.len());
    for c in calendar.chars() {
        match c {
            '%' => id.push_str("%25"),
            '/' => id.push_str("%2F"),
            '?' => id.push_str("%3F"),
            '#' => id.push_str("%23"),
            '+' => id.push_str("%2B"),
            other => id.push(other),
        }
    }
    format!("/me/calendars/{id}/events")
}

/// No longer than a subscription may live, a minute kept back for the time it takes to ask.
fn within_life(until: Timestamp, now: Timestamp) -> Timestamp {
    let longest = SignedDuration::from_mins(i64::from(MAX_LIFE_MINUTES) - 1);
    until.min(now.saturating_add(longest).unwrap_or(until))
}

fn channel(made: Subscription, asked: Timestamp) -> Channel {
    Channel {
        expires_at: made.expires_at().unwrap_or(asked),
        remote_id: made.id.unwrap_or_default(),
        resource_id: None,
    }
}

/// A calendar that cannot be subscribed to is polled, and that is no error state.
fn not_watchable(error: Error) -> Error {
    let refused = matches!(error.kind, ErrorKind::Malformed) && error.status == Some(400);
    if !refused {
        return error;
    }
    let told =
        errors::unsupported("telling of changes in this calendar; it is asked regularly instead");
    match error.code {
        Some(code) => told.with_status(400).with_code(code),
        None => told.with_status(400),
    }
}

fn not_a_notice() -> Error {
    Error::new(
        ErrorKind::Malformed,
        "This is no notice from Microsoft Graph. Nothing was done.",
    )
    .with_retry(Retry::No)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use secrecy::ExposeSecret;

    use super::*;
    use crate::microsoft::tests::Stage;

    fn decode(query: Option<&str>, body: &str) -> Result<Decoded> {
        Microsoft::new().decode(&Inbound {
            headers: &http::HeaderMap::new(),
            query,
            body: &Bytes::from(body.to_owned()),
        })
    }

    fn watch() -> Watch {
        Watch {
            calendar: "AAMk/x=".to_owned(),
            channel: uuid::Uuid::nil(),
            token: SecretString::from("state"),
            address: "https://daybook.example/hooks/microsoft".parse().unwrap(),
            until: "2027-12-08T08:00:00Z".parse().unwrap(),
        }
    }

    const MADE: &str =
        r#"{"id":"sub-1","resource":"x","expirationDateTime":"2026-11-28T07:59:00.0000000Z"}"#;

    #[test]
    fn the_handshake_is_decoded_once() {
        let echo = |query: &str| match decode(Some(query), "") {
            Ok(Decoded::Handshake(token)) => Some(token),
            _ => None,
        };
        assert_eq!(
            echo("validationToken=a%3Ab%2Bc%20d%2525").as_deref(),
            Some("a:b+c d%25")
        );
        assert_eq!(
            echo("x=1&validationToken=Validation%3a+Testing").as_deref(),
            Some("Validation: Testing")
        );
        // Inert as text/plain, and nobody else's business.
        assert_eq!(
            echo("validationToken=%3Cscript%3E").as_deref(),
            Some("<script>")
        );
        assert_eq!(echo("validationToken="), None);
        assert_eq!(echo(&format!("validationToken={}", "a".repeat(513))), None);
        assert_eq!(echo("validationToken=a%0d%0ab"), None);
    }

    #[test]
    fn notices_and_lifecycle() {
        let body = r#"{"value":[
            {"subscriptionId":"s1","clientState":"secret","changeType":"updated","resource":"Users/x/Events/y","resourceData":{"id":"y"}},
            {"subscriptionId":"s2","clientState":"secret2","lifecycleEvent":"reauthorizationRequired"},
            {"subscriptionId":"s3","lifecycleEvent":"subscriptionRemoved"},
            {"subscriptionId":"s4","lifecycleEvent":"missed"},
            {"subscriptionId":"s5","lifecycleEvent":"brandNew"},
            {"clientState":"no id"},
            {"subscriptionId":7},
            3]}"#;
        let Ok(Decoded::Notices(found)) = decode(None, body) else {
            panic!();
        };
        let seen: Vec<_> = found
            .iter()
            .map(|n| (n.remote_id.as_str(), n.says))
            .collect();
        assert_eq!(
            seen,
            [
                ("s1", Says::Changed),
                ("s2", Says::Renew),
                ("s3", Says::Removed),
                ("s4", Says::Missed),
                ("s5", Says::Changed),
            ]
        );
        assert_eq!(found[0].token.as_ref().unwrap().expose_secret(), "secret");
        assert!(found[2].token.is_none());
        for bad in ["", "<html>", "[]", "{}", r#"{"value":{}}"#, "null"] {
            assert!(decode(None, bad).is_err(), "{bad}");
        }
        let many = format!(r#"{{"value":[{}3]}}"#, "3,".repeat(1_000));
        assert!(decode(Some("a=b"), &many).is_err());
    }

    #[tokio::test]
    async fn a_subscription_is_made_renewed_and_ended() {
        let stage = Stage::with(&[(201, MADE), (200, MADE), (204, "")]);
        let session = stage.session();
        let made = Microsoft::new().watch(&session, &watch()).await.unwrap();
        assert_eq!(made.remote_id, "sub-1");
        assert_eq!(made.expires_at.to_string(), "2026-11-28T07:59:00Z");
        Microsoft::new()
            .renew(&session, &made, watch().until)
            .await
            .unwrap();
        Microsoft::new().stop(&session, &made).await.unwrap();
        let asked = stage.asked();
        assert_eq!(
            serde_json::from_str::<Value>(&asked[0].2).unwrap(),
            serde_json::json!({
                "changeType": "created,updated,deleted",
                "resource": "/me/calendars/AAMk%2Fx=/events",
                "notificationUrl": "https://daybook.example/hooks/microsoft",
                "lifecycleNotificationUrl": "https://daybook.example/hooks/microsoft",
                "clientState": "state",
                "expirationDateTime": "2026-11-28T07:59:00Z",
            })
        );
        assert_eq!(asked[1].0, "PATCH");
        assert!(asked[2].1.ends_with("/subscriptions/sub-1"));
    }

    #[tokio::test]
    async fn what_stands_to_the_same_events_is_told_and_left_alone() {
        let list = r#"{"value":[
            {"id":"old","resource":"me/calendars/AAMk%2Fx=/events","notificationUrl":"https://daybook.example/hooks/microsoft"},
            {"id":"other","resource":"me/calendars/y/events","notificationUrl":"https://daybook.example/hooks/microsoft"},
            {"id":"","resource":"me/calendars/AAMk%2Fx=/events","notificationUrl":"https://daybook.example/hooks/microsoft"},
            {"id":"theirs","resource":"/me/calendars/AAMk%2Fx=/events","notificationUrl":"https://else.example/","expirationDateTime":"2026-11-28T07:59:00Z"}]}"#;
        let stage = Stage::with(&[(409, ""), (200, list)]);
        let session = stage.session();
        let refused = Microsoft::new().watch(&session, &watch()).await;
        assert_eq!(refused.unwrap_err().kind, ErrorKind::Conflict);
        let standing = Microsoft::new().standing(&session, &watch()).await.unwrap();
        let told: Vec<_> = standing
            .iter()
            .map(|one| (one.channel.remote_id.as_str(), one.address.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("old", "https://daybook.example/hooks/microsoft"),
                ("theirs", "https://else.example/"),
            ]
        );
        assert_eq!(
            standing[1].channel.expires_at.to_string(),
            "2026-11-28T07:59:00Z"
        );
        assert_eq!(stage.asked().len(), 2);
    }

    #[tokio::test]
    async fn what_cannot_be_watched_is_polled_and_what_is_gone_says_so() {
        let refused = r#"{"error":{"code":"ExtensionError","message":"m"}}"#;
        let stage = Stage::with(&[(400, refused)]);
        let error = Microsoft::new()
            .watch(&stage.session(), &watch())
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
        let gone = r#"{"error":{"code":"ResourceNotFound","message":"m"}}"#;
        let stage = Stage::with(&[(404, gone), (404, gone)]);
        let channel = Channel {
            remote_id: "s".to_owned(),
            resource_id: None,
            expires_at: Timestamp::MAX,
        };
        let error = Microsoft::new()
            .renew(&stage.session(), &channel, Timestamp::MAX)
            .await;
        assert_eq!(error.unwrap_err().kind, ErrorKind::NotFound);
        Microsoft::new()
            .stop(&stage.session(), &channel)
            .await
            .unwrap();
    }
}
