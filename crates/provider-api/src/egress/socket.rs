//! A WebSocket (RFC 6455), for providers that are listened to instead of calling us. The connection is made by the transport, under the
//! same rules as every request; here are only the handshake and the frames.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use url::Url;

use super::dispatch::{blocked, explain};
use super::transport::{Duplex, TransportError, TransportLimits};
use super::{CallOptions, Egress};
use crate::error::ErrorKind;
use crate::{Error, Result};

/// Longest message, in bytes.
const LONGEST: usize = 1 << 20;

/// A WebSocket to a provider.
pub struct Socket {
    frames: WebSocketStream<Duplex>,
}

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A message.
    Text(String),
    /// A sign of life.
    Beat,
    /// The other side ended it.
    Closed,
}

impl Egress {
    /// Opens a WebSocket at `url` (`wss`, or `ws` where private targets are allowed), under the address rules and the host's circuit.
    ///
    /// # Errors
    /// `Blocked`: the address is not allowed. `Unavailable`: no connection, or the host's circuit is open. `Malformed`: what
    /// answers there is no WebSocket.
    pub async fn listen(&self, url: &str) -> Result<Socket> {
        let mut url = Url::parse(url).map_err(|_| blocked())?;
        let scheme = match url.scheme() {
            "wss" => "https",
            "ws" => "http",
            _ => return Err(blocked()),
        };
        // Between special schemes this cannot fail.
        url.set_scheme(scheme).map_err(|()| blocked())?;
        let key = self.key();
        let request = http::Request::get(url.as_str())
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, &key)
            .body(Bytes::new())
            .map_err(|_| blocked())?;
        let (headers, connection) = self.change_protocol(request).await?;
        let accepted = headers.get(SEC_WEBSOCKET_ACCEPT);
        let expected = derive_accept_key(key.as_bytes());
        if accepted.is_none_or(|value| value.as_bytes() != expected.as_bytes()) {
            return Err(no_socket());
        }
        let config = WebSocketConfig::default()
            .max_message_size(Some(LONGEST))
            .max_frame_size(Some(LONGEST));
        let frames = WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await;
        Ok(Socket { frames })
    }

    async fn change_protocol(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<(http::HeaderMap, Duplex)> {
        let destination = self.destination(&request)?;
        self.admit(&destination)?;
        let limits = TransportLimits {
            timeout: CallOptions::TOKEN.timeout,
            max_body: 0,
            target: destination.target,
        };
        let outcome = self.transport.upgrade(request, limits).await;
        self.learn(&destination, outcome.as_ref().err().copied());
        outcome.map_err(|error| match error {
            // Connected, and it did not agree.
            TransportError::Reset => no_socket(),
            error => explain(error, &destination.host),
        })
    }

    /// 128 random bits, as the handshake wants them.
    fn key(&self) -> String {
        let mut bytes = [0; 16];
        self.ids.fill(&mut bytes);
        STANDARD.encode(bytes)
    }
}

impl Socket {
    /// The next thing that is heard. Dropping the call loses nothing.
    ///
    /// # Errors
    /// `Unavailable` when the connection broke.
    pub async fn next(&mut self) -> Result<Heard> {
        match self.frames.next().await {
            Some(Ok(Message::Text(text))) => Ok(Heard::Text(text.as_str().to_owned())),
            Some(Ok(Message::Close(_))) | None => Ok(Heard::Closed),
            Some(Ok(_)) => Ok(Heard::Beat),
            Some(Err(_)) => Err(broken()),
        }
    }

    /// Says something.
    ///
    /// # Errors
    /// `Unavailable` when the connection broke.
    pub async fn say(&mut self, text: String) -> Result<()> {
        let said = self.frames.send(Message::text(text)).await;
        said.map_err(|_| broken())
    }

    /// Ends it, politely where that is possible.
    pub async fn close(mut self) {
        if self.frames.close(None).await.is_err() {
            tracing::debug!("a socket was closed already");
        }
    }
}

fn broken() -> Error {
    Error::new(ErrorKind::Unavailable, "The connection broke.").with_code("reset")
}

fn no_socket() -> Error {
    Error::new(
        ErrorKind::Malformed,
        "What answered there is no WebSocket, so nothing was listened to.",
    )
}
