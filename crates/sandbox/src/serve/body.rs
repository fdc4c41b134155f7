//! Bodies that arrive slowly or only in part.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, header};
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::mpsc;

use super::abortable::Abort;

/// The same response, its body sent byte by byte.
pub(super) fn drip(response: Response, bytes_per_second: u32) -> Response {
    let (parts, body) = response.into_parts();
    let pause = Duration::from_secs(1) / bytes_per_second.max(1);
    let (send, receive) = mpsc::channel::<Bytes>(1);
    tokio::spawn(async move {
        let Ok(bytes) = to_bytes(body, usize::MAX).await else {
            return;
        };
        for at in 0..bytes.len() {
            if send.send(bytes.slice(at..=at)).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    });
    Response::from_parts(parts, Body::new(Received(receive)))
}

/// The same response with its full length announced, cut off by a reset after `after` body bytes.
pub(super) async fn torn(response: Response, after: usize, abort: Abort) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let kept = bytes.slice(..after.min(bytes.len()));
    let torn = Torn {
        kept: Some(kept),
        flushes: 4,
        abort,
    };
    Response::from_parts(parts, Body::new(torn))
}

/// The receiving end of a dripping body.
struct Received(mpsc::Receiver<Bytes>);

impl HttpBody for Received {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let received = self.0.poll_recv(cx);
        received.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// A body that stops half-way and takes the connection with it.
struct Torn {
    kept: Option<Bytes>,
    flushes: u8,
    abort: Abort,
}

impl HttpBody for Torn {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(bytes) = self.kept.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if self.flushes > 0 {
            // An idle turn lets the server put what it has on the wire.
            self.flushes -= 1;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.abort.now();
        let error = io::Error::from(io::ErrorKind::ConnectionReset);
        Poll::Ready(Some(Err(error)))
    }
}
