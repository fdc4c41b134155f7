//! Handing notices on to the engine, as the HTTP server does.

use bytes::Bytes;
use daybook_engine::Context;
use daybook_engine::provider::calendar::push::Inbound;
use daybook_engine::push::{self, Error, Received};
use daybook_sandbox::google::Delivery;
use daybook_sandbox::microsoft::{Courier, Notification, Replied, Reply};
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::{World, must};

/// Where Google's notices must go.
pub const HOOK: &str = "http://daybook.test/hooks/google";

/// Where Microsoft's notices must go.
pub const MICROSOFT_HOOK: &str = "http://daybook.test/hooks/microsoft";

/// The door that Microsoft knocks at: the first node's hook.
pub(super) struct Door(pub(super) Context);

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Door")
    }
}

impl Courier for Door {
    fn post(&self, url: String, _: &'static str, body: Vec<u8>) -> Replied {
        let cx = self.0.clone();
        Box::pin(async move {
            let mut url = Url::parse(&url).ok()?;
            let query = url.query().map(str::to_owned);
            url.set_query(None);
            if url.as_str() != MICROSOFT_HOOK {
                return None;
            }
            let inbound = Inbound {
                headers: &HeaderMap::new(),
                query: query.as_deref(),
                body: &Bytes::from(body),
            };
            let received = push::receive(&cx, "microsoft", &inbound).await;
            Some(match received {
                Ok(Received::Handshake(text)) => reply(200, "text/plain", text.into_bytes()),
                Ok(Received::Noted) => reply(202, "", Vec::new()),
                Err(Error::Store(_)) => reply(503, "", Vec::new()),
                Err(_) => reply(400, "", Vec::new()),
            })
        })
    }
}

fn reply(status: u16, content_type: &str, body: Vec<u8>) -> Reply {
    Reply {
        status,
        content_type: content_type.to_owned(),
        body,
    }
}

impl World {
    /// Hands on everything that Google has to say; answers how many notices that were.
    pub async fn deliver(&self) -> usize {
        let waiting = self.google.take_deliveries();
        for delivery in &waiting {
            must(self.hand_on(&self.cx, delivery).await);
        }
        waiting.len()
    }

    /// Hands one notice on to a node.
    ///
    /// # Errors
    /// As [`push::receive`].
    pub async fn hand_on(&self, cx: &Context, delivery: &Delivery) -> Result<Received, Error> {
        assert_eq!(delivery.address, HOOK);
        let mut headers = HeaderMap::new();
        for (name, value) in &delivery.headers {
            let name: HeaderName = must(name.parse());
            headers.insert(name, must(HeaderValue::from_str(value)));
        }
        let inbound = Inbound {
            headers: &headers,
            query: None,
            body: &Bytes::new(),
        };
        push::receive(cx, "google", &inbound).await
    }

    /// Hands one notification of Microsoft's on to a node, and says what is answered.
    ///
    /// # Errors
    /// As [`push::receive`].
    pub async fn hand_on_graph(
        &self,
        cx: &Context,
        notification: &Notification,
    ) -> Result<Received, Error> {
        assert_eq!(notification.url, MICROSOFT_HOOK);
        let inbound = Inbound {
            headers: &HeaderMap::new(),
            query: None,
            body: &Bytes::from(notification.body.to_string()),
        };
        push::receive(cx, "microsoft", &inbound).await
    }
}
