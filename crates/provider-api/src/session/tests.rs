//! When a session answers a challenge, and when it does not.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use daybook_domain::clock::{ManualClock, SeededIds};

use super::*;
use crate::egress::{EgressConfig, Transport, TransportError, TransportLimits};

/// Answers in turn, and remembers what was sent as `Authorization`.
struct Turns {
    challenges: Mutex<Vec<&'static str>>,
    sent: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Turns {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let value = request.headers().get(AUTHORIZATION);
        let value = value.map_or("", |value| value.to_str().unwrap());
        self.sent.lock().unwrap().push(value.to_owned());
        let mut left = self.challenges.lock().unwrap();
        let builder = http::Response::builder();
        let answer = if left.is_empty() {
            builder.status(207)
        } else {
            builder
                .status(401)
                .header("www-authenticate", left.remove(0))
        };
        Ok(answer.body(Bytes::new()).unwrap())
    }
}

const FIRST: &str = "Digest realm=\"r\", nonce=\"one\", qop=\"auth\", algorithm=SHA-256";
const STALE: &str =
    "Digest realm=\"r\", nonce=\"two\", qop=\"auth\", algorithm=SHA-256, stale=true";

/// The statuses of some requests, and the credentials that were sent for them.
async fn told(challenges: &[&'static str], requests: usize) -> (Vec<u16>, Vec<String>) {
    let turns = Arc::new(Turns {
        challenges: Mutex::new(challenges.to_vec()),
        sent: Mutex::default(),
    });
    let clock = Arc::new(ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap()));
    let ids = Arc::new(SeededIds::new(1));
    let egress = Egress::with_transport(EgressConfig::default(), clock, ids, turns.clone());
    let credential = Credential::Basic {
        username: "ada".into(),
        password: "secret".into(),
    };
    let url = "https://dav.example.com/cal/?a=1";
    let session = Session::new(&egress, "caldav", "x".into(), url.into(), None, credential);
    let mut statuses = Vec::new();
    for _ in 0..requests {
        let request = http::Request::get(url).body(Bytes::new()).unwrap();
        let answer = session.send(request, CallOptions::CALDAV).await.unwrap();
        statuses.push(answer.status().as_u16());
    }
    let sent = turns.sent.lock().unwrap().clone();
    (statuses, sent)
}

#[tokio::test]
async fn a_digest_is_learned_once_and_its_nonce_counted() {
    let (statuses, sent) = told(&[FIRST], 3).await;
    assert_eq!(statuses, [207, 207, 207]);
    assert_eq!(sent.len(), 4);
    assert!(sent[0].starts_with("Basic "));
    for (n, header) in sent[1..].iter().enumerate() {
        let wanted = format!("nc={:08x}", n + 1);
        assert!(
            header.starts_with("Digest ") && header.contains(&wanted),
            "{header}"
        );
        assert!(
            header.contains("uri=\"/cal/?a=1\"") && !header.contains("secret"),
            "{header}"
        );
    }
    assert_ne!(sent[1], sent[2]);
}

#[tokio::test]
async fn a_stale_nonce_is_replaced_and_a_refused_password_is_not_repeated() {
    let (statuses, sent) = told(&[FIRST, STALE], 1).await;
    assert_eq!((statuses, sent.len()), (vec![207], 3));
    assert!(
        sent[2].contains("nonce=\"two\"") && sent[2].contains("nc=00000001"),
        "{}",
        sent[2]
    );
    let (statuses, sent) = told(&[FIRST, FIRST, FIRST, FIRST], 1).await;
    assert_eq!(
        (statuses, sent.len()),
        (vec![401], 2),
        "the password was refused"
    );
    let (statuses, sent) = told(&[FIRST, STALE, STALE, STALE, STALE], 1).await;
    assert_eq!((statuses, sent.len()), (vec![401], 3), "it ends");
}

#[tokio::test]
async fn basic_stays_basic() {
    for challenge in [
        "Basic realm=\"r\"",
        "Digest realm=\"r\", nonce=\"one\", qop=\"auth\", Basic realm=\"r\"",
        "Digest realm=\"r\", nonce=\"one\", qop=\"auth-int\"",
    ] {
        let (statuses, sent) = told(&[challenge], 1).await;
        assert_eq!((statuses, sent.len()), (vec![401], 1), "{challenge}");
    }
}
