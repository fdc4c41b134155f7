//! Carries what the simulated Microsoft 365 and Slack post to us: the simulators open no connection themselves.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use daybook_provider_api::egress::{
    EgressConfig, Network, SetupError, SystemResolver, Target, Transport as _, TransportLimits,
};
use daybook_sandbox::microsoft::{Courier, Replied, Reply};
use daybook_sandbox::slack;
use http::header::CONTENT_TYPE;

/// A subscriber has ten seconds and a few words.
const LIMITS: TransportLimits = TransportLimits {
    timeout: Duration::from_secs(10),
    max_body: 64 << 10,
    target: Target::Guarded,
};

/// Posts over the network, to loopback addresses too.
pub struct EgressCourier(Arc<Network>);

impl EgressCourier {
    /// A courier of its own, apart from the server's egress.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn new() -> Result<Self, SetupError> {
        let config = EgressConfig {
            allow_private: true,
            ..EgressConfig::default()
        };
        let network = Network::new(&config, Arc::new(SystemResolver))?;
        Ok(Self(Arc::new(network)))
    }
}

impl fmt::Debug for EgressCourier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EgressCourier")
    }
}

impl Courier for EgressCourier {
    fn post(&self, url: String, content_type: &'static str, body: Vec<u8>) -> Replied {
        let network = self.0.clone();
        Box::pin(async move {
            let request = http::Request::post(url).header(CONTENT_TYPE, content_type);
            let request = request.body(Bytes::from(body)).ok()?;
            let response = network.send(request, LIMITS).await.ok()?;
            let content_type = response.headers().get(CONTENT_TYPE);
            let content_type = content_type.and_then(|value| value.to_str().ok());
            Some(Reply {
                status: response.status().as_u16(),
                content_type: content_type.unwrap_or_default().to_owned(),
                body: response.body().to_vec(),
            })
        })
    }
}

impl slack::Courier for EgressCourier {
    fn post(&self, request: slack::Outgoing) -> slack::Answering {
        let network = self.0.clone();
        Box::pin(async move {
            let mut builder = http::Request::post(request.url);
            for (name, value) in request.headers {
                builder = builder.header(name, value);
            }
            let request = builder.body(Bytes::from(request.body)).ok()?;
            let response = network.send(request, LIMITS).await.ok()?;
            let no_retry = response.headers().get("x-slack-no-retry");
            Some(slack::Answer {
                status: response.status().as_u16(),
                no_retry: no_retry.is_some_and(|value| value == "1"),
                body: response.body().to_vec(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::RawQuery;
    use axum::http::header;
    use axum::routing::post;

    use super::*;

    #[tokio::test]
    async fn it_posts_to_loopback_and_brings_the_answer() {
        let echo = |RawQuery(query): RawQuery, body: String| async move {
            let text = format!("{} {body}", query.unwrap_or_default());
            ([(header::CONTENT_TYPE, "text/plain")], text)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = axum::Router::new().route("/hook", post(echo));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let courier = EgressCourier::new().unwrap();
        let asked = |url: String| courier.post(url, "application/json", b"{}".to_vec());
        let reply = asked(format!("http://{address}/hook?t=a%20b"))
            .await
            .unwrap();
        assert_eq!(
            (reply.status, reply.content_type.as_str()),
            (200, "text/plain")
        );
        assert_eq!(reply.body, b"t=a%20b {}");
        // Nobody listens there.
        assert_eq!(asked("http://127.0.0.1:1/hook".to_owned()).await, None);
    }
}
