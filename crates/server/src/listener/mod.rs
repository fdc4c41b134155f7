//! The accept loop. `axum::serve` waits for ever for a client that says nothing, so connections are accepted here, with a
//! time limit for each phase and a cap on their number (RELIABILITY §0.4, §8).
//!
//! HTTP/1.1 only: TLS and HTTP/2 belong to the reverse proxy in front.

mod timed_body;
mod timed_io;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use timed_body::{AnsweredBody, BodyLimits, TimedBody};
use timed_io::{Activity, TimedIo};

/// Where a request came from: the address of the TCP peer, which may be a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// The limits of the accept loop. [`Limits::default`] has the numbers of RELIABILITY §8.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the first byte of a request (or, on a new connection, from its opening) to the end of its headers.
    pub header: Duration,
    /// For the whole request body.
    pub body: Duration,
    /// Bytes a second that a request body must keep coming at.
    pub body_rate: u64,
    /// How long its sender may be behind that.
    pub body_grace: Duration,
    /// Between two requests on one connection.
    pub idle: Duration,
    /// How long a client may leave an answer unread.
    pub write: Duration,
    /// Connections open at once; more wait in the operating system's queue.
    pub connections: usize,
    /// Bytes of request line and headers.
    pub header_bytes: usize,
    /// Header fields.
    pub header_fields: usize,
    /// How long answers under way may take once shutdown has begun.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(5),
            body: Duration::from_secs(30),
            body_rate: 1024,
            body_grace: Duration::from_secs(5),
            idle: Duration::from_secs(60),
            write: Duration::from_secs(30),
            connections: 1024,
            header_bytes: 64 * 1024,
            header_fields: 100,
            drain: Duration::from_secs(30),
        }
    }
}

/// Serves `router` on `listener` until `stop` resolves, then lets answers under way finish for at most [`Limits::drain`].
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()> + Send,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = accept(&listener, &places);
        let (stream, peer, place) = tokio::select! {
            accepted = next => match accepted {
                Some(accepted) => accepted,
                None => continue,
            },
            () = &mut stop => break,
        };
        let connection = connection(stream, peer, router.clone(), limits);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            "some requests were still running when the drain time was over; their connections are closed"
        );
    }
}

/// Takes a place, then a connection: at the cap nothing is accepted until somebody leaves.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "could not set TCP_NODELAY");
            }
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::warn!(%error, "could not accept a connection; trying again in a moment");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

/// One HTTP/1.1 connection under the limits.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    let activity = Activity::default();
    let io = TimedIo::new(stream, activity.clone(), limits);
    let body_limits = BodyLimits {
        total: limits.body,
        rate: limits.body_rate,
        grace: limits.body_grace,
    };
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        answer(router.clone(), request, peer, activity.clone(), body_limits)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle + limits.header)
        .max_headers(limits.header_fields)
        .max_header_size(limits.header_bytes)
        .max_buf_size(limits.header_bytes)
        .serve_connection(TokioIo::new(io), service)
}

async fn answer(
    router: Router,
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    activity: Activity,
    body_limits: BodyLimits,
) -> Result<Response, Infallible> {
    let under_way = activity.begin();
    let mut request: Request = request.map(|body| Body::new(TimedBody::new(body, body_limits)));
    request.extensions_mut().insert(Peer(peer));
    let response = router.oneshot(request).await?;
    Ok(response.map(|body| Body::new(AnsweredBody::new(body, under_way))))
}
