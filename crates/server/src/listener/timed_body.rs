//! Bodies with a deadline on the way in, and with a note of their end on the way out.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::timed_io::UnderWay;

/// The request body did not arrive in time.
#[derive(Debug, thiserror::Error)]
#[error("the request body took too long to arrive")]
pub struct TooSlow;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A request body that must have arrived within a time, counted from its headers, and must keep coming at a least rate.
///
/// The rate is measured over the time spent waiting for the client only: a handler that takes long before it reads on does not
/// make a client slow.
pub struct TimedBody<B> {
    body: B,
    deadline: Pin<Box<Sleep>>,
    pace: Pace,
    /// Wakes the reader when the client has fallen behind.
    behind: Pin<Box<Sleep>>,
}

/// How far a sender is.
struct Pace {
    limits: BodyLimits,
    received: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
}

/// What is asked of the sender of a request body.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    /// For the whole body.
    pub total: Duration,
    /// Bytes a second, on average.
    pub rate: u64,
    /// How long a sender may be behind that before it is cut off.
    pub grace: Duration,
}

impl<B> TimedBody<B> {
    /// `body`, due within these limits.
    pub fn new(body: B, limits: BodyLimits) -> Self {
        Self {
            body,
            deadline: Box::pin(tokio::time::sleep(limits.total)),
            pace: Pace {
                limits,
                received: 0,
                waited: Duration::ZERO,
                waiting_since: None,
            },
            behind: Box::pin(tokio::time::sleep(limits.grace)),
        }
    }
}

impl Pace {
    /// Notes that the reader waits for the client; when it has to be waited for no longer.
    fn waits(&mut self, now: Instant) -> Option<Instant> {
        let began = self.waiting_since.is_none();
        let since = *self.waiting_since.get_or_insert(now);
        let earned = Duration::from_secs_f64(self.received as f64 / self.limits.rate.max(1) as f64);
        let left = (self.limits.grace + earned).saturating_sub(self.waited);
        began.then(|| since + left)
    }

    /// Notes that something came.
    fn came(&mut self, bytes: usize, now: Instant) {
        if let Some(since) = self.waiting_since.take() {
            self.waited += now - since;
        }
        self.received = self.received.saturating_add(bytes as u64);
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
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            let bytes = match &frame {
                Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
                _ => 0,
            };
            this.pace.came(bytes, Instant::now());
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if let Some(at) = this.pace.waits(Instant::now()) {
            this.behind.as_mut().reset(at);
        }
        if this.deadline.as_mut().poll(cx).is_ready() || this.behind.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(TooSlow.into())));
        }
        Poll::Pending
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
