//! A small HTTP server that can also misbehave below HTTP: it acts out [`TransportFault`]s on the socket.

mod abortable;
mod body;

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::fault::TransportFault;
use abortable::{Abort, Abortable};

/// Serves `router` on `listener` until the returned future is dropped.
///
/// # Errors
/// When the listener itself fails; single connections never end it.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    // Dropping the set ends all open connections with the server.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _peer) = accepted?;
                stream.set_nodelay(true)?;
                let router = router.clone();
                let abort = Abort::default();
                let io = TokioIo::new(Abortable::new(stream, abort.clone()));
                connections.spawn(async move {
                    let service = service_fn(move |request: Request<Incoming>| {
                        answer(router.clone(), abort.clone(), request)
                    });
                    let builder = Builder::new(TokioExecutor::new());
                    if let Err(error) = builder.serve_connection_with_upgrades(io, service).await {
                        tracing::debug!(%error, "a sandbox connection ended early");
                    }
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(
    router: Router,
    abort: Abort,
    request: Request<Incoming>,
) -> Result<Response, io::Error> {
    let result: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
    let Ok(response) = result;
    let Some(fault) = response.extensions().get::<TransportFault>().copied() else {
        return Ok(response);
    };
    match fault {
        TransportFault::NoAddress | TransportFault::ResetBefore | TransportFault::ResetAfter => {
            abort.now();
            Err(io::Error::from(io::ErrorKind::ConnectionReset))
        }
        TransportFault::NoAnswer => std::future::pending().await,
        TransportFault::Delay { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Ok(response)
        }
        TransportFault::Drip { bytes_per_second } => Ok(body::drip(response, bytes_per_second)),
        TransportFault::ResetMidBody { after } => Ok(body::torn(response, after, abort).await),
    }
}
