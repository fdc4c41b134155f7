//! A stream that gives up on silent peers: each phase of a connection has its own deadline.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::Limits;

/// How many requests of a connection are being answered, shared between its stream and its service.
#[derive(Debug, Clone, Default)]
pub struct Activity(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicUsize,
    under_way: AtomicUsize,
}

/// Held while a request is being answered.
#[derive(Debug)]
pub struct UnderWay(Arc<Counts>);

impl Activity {
    /// Notes that a request arrived; the answer is out when the returned value is dropped.
    pub fn begin(&self) -> UnderWay {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        self.0.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(Arc::clone(&self.0))
    }

    fn busy(&self) -> bool {
        self.0.under_way.load(Ordering::SeqCst) > 0
    }

    fn begun(&self) -> usize {
        self.0.begun.load(Ordering::SeqCst)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What the peer is expected to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// Nothing: an answer is being made.
    No,
    /// To start another request.
    ForRequest,
    /// To finish the headers of the one it started.
    ForHeaders,
}

/// See the file's comment.
pub struct TimedIo<S> {
    stream: S,
    activity: Activity,
    limits: Limits,
    waiting: Waiting,
    /// Requests begun when `waiting` was last brought up to date: headers that are complete are no longer waited for.
    requests: usize,
    read_deadline: Pin<Box<Sleep>>,
    write_deadline: Option<Pin<Box<Sleep>>>,
}

impl<S> TimedIo<S> {
    /// Wraps a fresh connection: its first request's headers are due within [`Limits::header`].
    pub fn new(stream: S, activity: Activity, limits: Limits) -> Self {
        let read_deadline = Box::pin(tokio::time::sleep(limits.header));
        Self {
            stream,
            activity,
            limits,
            waiting: Waiting::ForHeaders,
            requests: 0,
            read_deadline,
            write_deadline: None,
        }
    }

    fn wait(&mut self, waiting: Waiting, limit: Duration) {
        self.waiting = waiting;
        self.read_deadline.as_mut().reset(Instant::now() + limit);
    }

    /// Whether the peer has used up its time to send something.
    fn read_expired(&mut self, cx: &mut Context<'_>) -> bool {
        if self.activity.busy() {
            self.waiting = Waiting::No;
            return false;
        }
        if self.waiting == Waiting::No {
            self.wait(Waiting::ForRequest, self.limits.idle);
        }
        self.read_deadline.as_mut().poll(cx).is_ready()
    }

    /// Notes the outcome of a write, and turns a long stall into an error.
    fn wrote<T>(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.write_deadline = None;
            return outcome;
        }
        let limit = self.limits.write;
        let deadline = self
            .write_deadline
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        match deadline.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(timed_out("the client does not read its answer"))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let begun = self.activity.begun();
        if begun != self.requests {
            self.requests = begun;
            self.waiting = Waiting::No;
        }
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if outcome.is_ready() {
            let received = buffer.filled().len() > before;
            if received && self.waiting != Waiting::ForHeaders && !self.activity.busy() {
                let limit = self.limits.header;
                self.wait(Waiting::ForHeaders, limit);
            } else if received && self.read_expired(cx) {
                return Poll::Ready(Err(timed_out("the request's headers took too long")));
            }
            return outcome;
        }
        if self.read_expired(cx) {
            return Poll::Ready(Err(timed_out("the client stayed silent for too long")));
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedIo<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.wrote(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(cx);
        self.wrote(cx, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn timed_out(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, why)
}
