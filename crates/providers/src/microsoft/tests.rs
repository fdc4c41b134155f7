//! For tests: a transport that gives prepared answers and remembers what was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use daybook_domain::clock::{ManualClock, SeededIds};
use daybook_provider_api::egress::{
    Egress, EgressConfig, Transport, TransportError, TransportLimits,
};
use daybook_provider_api::{Credential, Session};
use secrecy::SecretString;

/// Method, address, body.
pub(super) type Sent = (String, String, String);

#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<(u16, String)>>,
    sent: Mutex<Vec<Sent>>,
    prefer: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Script {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let header = |name: &str| {
            let value = request.headers().get(name);
            value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
        };
        assert!(header("prefer").contains(r#"IdType="ImmutableId""#));
        assert_eq!(header("client-request-id").len(), 36);
        self.prefer.lock().unwrap().push(header("prefer"));
        self.sent.lock().unwrap().push((
            request.method().to_string(),
            request.uri().to_string(),
            String::from_utf8(request.body().to_vec()).unwrap(),
        ));
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

/// The provider's side of a test. It is 2026-11-21T08:00:00Z.
pub(super) struct Stage {
    script: Arc<Script>,
    egress: Egress,
}

impl Stage {
    /// Answers with these, in order, and then not at all. Status 0: too large.
    pub(super) fn with(answers: &[(u16, &str)]) -> Self {
        let script = Arc::new(Script::default());
        let clock = Arc::new(ManualClock::at("2026-11-21T08:00:00Z".parse().unwrap()));
        let ids = Arc::new(SeededIds::new(1));
        let egress = Egress::with_transport(EgressConfig::default(), clock, ids, script.clone());
        let stage = Self { script, egress };
        for (status, body) in answers {
            stage.then(*status, body);
        }
        stage
    }

    /// One more answer.
    pub(super) fn then(&self, status: u16, body: &str) {
        self.script
            .answers
            .lock()
            .unwrap()
            .push_back((status, body.to_owned()));
    }

    pub(super) fn session(&self) -> Session<'_> {
        let token = Credential::Bearer(SecretString::from("t"));
        let api = "https://graph.microsoft.com/v1.0".to_owned();
        let me = Some("https://graph.microsoft.com/v1.0/me".to_owned());
        Session::new(&self.egress, "microsoft", "a".to_owned(), api, me, token)
    }

    /// What was sent so far.
    pub(super) fn asked(&self) -> Vec<Sent> {
        self.script.sent.lock().unwrap().clone()
    }

    /// The `Prefer` header of the last request.
    pub(super) fn last_prefer(&self) -> String {
        self.script
            .prefer
            .lock()
            .unwrap()
            .last()
            .cloned()
            .unwrap_or_default()
    }
}
