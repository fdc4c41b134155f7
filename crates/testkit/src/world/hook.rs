//! Handing notices on to the engine, as the HTTP server does.

use bytes::Bytes;
use daybook_engine::Context;
use daybook_engine::provider::calendar::push::Inbound;
use daybook_engine::push::{self, Error, Received};
use daybook_sandbox::google::Delivery;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{World, must};

/// Where Google's notices must go.
pub const HOOK: &str = "http://daybook.test/hooks/google";

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
}
