#![expect(clippy::unwrap_used, reason = "tests")]
//! The CalDAV adapter at a server that takes Digest only.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use daybook_domain::clock::{ManualClock, SeededIds};
use daybook_provider_api::egress::{EgressConfig, Transport, TransportError, TransportLimits};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::registry::Provider;
use daybook_provider_api::{Credential, Egress, Result, Session};
use daybook_providers::caldav::caldav;
use daybook_sandbox::caldav::{CalDavSim, DEMO_PASSWORD, DEMO_USER, DigestHash, Profile};
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;

/// Calls the simulator in-process.
struct Direct(Router);

#[async_trait]
impl Transport for Direct {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let answer = self.0.clone().oneshot(request.map(Body::from)).await;
        let (parts, body) = answer.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Ok(http::Response::from_parts(parts, body))
    }
}

/// The calendars that somebody with this password sees, and how many requests the server refused.
async fn listed(hash: DigestHash, uses: Option<u32>, password: &str) -> (Result<usize>, usize) {
    let at = "2026-06-01T08:00:00Z";
    let clock = Arc::new(daybook_sandbox::clock::ManualClock::at(at.parse().unwrap()));
    let sim = CalDavSim::new(clock, 7, Profile::Baikal);
    sim.set_scheme("https");
    sim.seed_demo().unwrap();
    sim.tweak(|quirks| {
        quirks.digest = Some(hash);
        quirks.digest_uses = uses;
    });
    let config = EgressConfig {
        limits: BTreeMap::from([("caldav".to_owned(), caldav().manifest().limits)]),
        ..EgressConfig::default()
    };
    let clock = Arc::new(ManualClock::at(at.parse().unwrap()));
    let transport = Arc::new(Direct(sim.router()));
    let egress = Egress::with_transport(config, clock, Arc::new(SeededIds::new(1)), transport);
    let credential = Credential::Basic {
        username: DEMO_USER.to_owned(),
        password: password.to_owned().into(),
    };
    let session = |url: &str| {
        let (url, credential) = (url.to_owned(), credential.clone());
        Session::new(&egress, "caldav", "x".to_owned(), url, None, credential)
    };
    let (provider, first) = (caldav(), session("https://dav.example.com/"));
    let calendars = match provider.identify(&first).await {
        Ok(found) => {
            let home = session(&found.api_url.unwrap());
            let listed = provider.calendar().unwrap().list_calendars(&home).await;
            listed.map(|calendars| calendars.len())
        }
        Err(error) => Err(error),
    };
    let all = sim.requests();
    (
        calendars,
        all.iter().filter(|one| one.status == 401).count(),
    )
}

#[tokio::test]
async fn calendars_are_found_with_either_hash() {
    for hash in [DigestHash::Md5, DigestHash::Sha256] {
        let (calendars, refused) = listed(hash, None, DEMO_PASSWORD).await;
        assert!(calendars.unwrap() >= 2, "{hash:?}");
        assert_eq!(
            refused, 2,
            "{hash:?}: only the first request of each session, which was Basic"
        );
    }
}

#[tokio::test]
async fn a_nonce_that_is_good_once_costs_a_second_request_each() {
    let (calendars, refused) = listed(DigestHash::Sha256, Some(1), DEMO_PASSWORD).await;
    assert!(calendars.unwrap() >= 2);
    assert!(refused > 2, "{refused}");
}

#[tokio::test]
async fn a_wrong_password_is_refused_as_one() {
    let (calendars, refused) = listed(DigestHash::Md5, None, "wrong").await;
    let error = calendars.unwrap_err();
    assert_eq!(
        (error.kind, error.code),
        (ErrorKind::Auth, None),
        "{}",
        error.message
    );
    assert_eq!(refused, 2, "once as Basic, once as Digest, and no more");
}
