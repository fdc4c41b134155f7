//! Bodies with a deadline on the way in, and with a note of their end on the way out.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use super::timed_io::UnderWay;

/// The request body did not arrive in time.
#[derive(Debug, thiserror::Error)]
#[error("the request body took too long to arrive")]
pub struct TooSlow;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A request body that must have arrived within a time, counted from its headers.
pub struct TimedBody<B> {
    body: B,
    deadline: Pin<Box<Sleep>>,
}

impl<B> TimedBody<B> {
    /// `body`, due within `limit`.
    pub fn new(body: B, limit: Duration) -> Self {
        Self {
            body,
            deadline: Box::pin(tokio::time::sleep(limit)),
        }
    }
}

impl<B> Body for TimedBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.deadline
            .as_mut()
            .poll(cx)
            .map(|()| Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body; while it lives, the connection counts as busy.
pub struct AnsweredBody {
    body: axum::body::Body,
    _under_way: UnderWay,
}

impl AnsweredBody {
    /// `body`, and the note that its request is being answered.
    pub fn new(body: axum::body::Body, under_way: UnderWay) -> Self {
        Self {
            body,
            _under_way: under_way,
        }
    }
}

impl Body for AnsweredBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut frame = self.body.frame();
        Pin::new(&mut frame).poll(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
