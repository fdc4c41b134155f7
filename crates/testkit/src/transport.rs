//! The way out of a simulated node: requests go to the simulators' routers, by host.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use daybook_provider_api::egress::{Transport, TransportError, TransportLimits};
use daybook_sandbox::fault::TransportFault;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use tower::ServiceExt;

use crate::clock::SimClock;
use crate::gate::{Act, Gate, Point};

/// Calls simulators in-process.
pub struct SimTransport {
    hosts: BTreeMap<&'static str, Router>,
    clock: SimClock,
    gate: Arc<Gate>,
}

impl SimTransport {
    /// Knows these hosts, whatever their port.
    #[must_use]
    pub fn new(hosts: BTreeMap<&'static str, Router>, clock: SimClock, gate: Arc<Gate>) -> Self {
        Self { hosts, clock, gate }
    }

    async fn call(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let (mut parts, body) = request.into_parts();
        let host = parts.uri.host().unwrap_or_default().to_owned();
        let router = self
            .hosts
            .get(host.as_str())
            .cloned()
            .ok_or(TransportError::Resolve)?;
        let authority = parts.uri.authority().map(ToString::to_string);
        let path = parts
            .uri
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str);
        parts.uri = path.parse::<Uri>().map_err(|_| TransportError::Connect)?;
        if let Some(value) = authority.and_then(|text| HeaderValue::from_str(&text).ok()) {
            parts.headers.insert(header::HOST, value);
        }
        match router
            .oneshot(Request::from_parts(parts, Body::from(body)))
            .await
        {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }

    /// Acts out what lies below HTTP. Lateness moves the clock.
    fn act_out(
        &self,
        fault: Option<TransportFault>,
        length: usize,
        limits: &TransportLimits,
    ) -> Result<(), TransportError> {
        let limit = SignedDuration::try_from(limits.timeout).unwrap_or(SignedDuration::MAX);
        let late = |by: SignedDuration| {
            self.clock.advance(by.min(limit));
            if by >= limit {
                Err(TransportError::Timeout)
            } else {
                Ok(())
            }
        };
        match fault {
            None => Ok(()),
            Some(TransportFault::NoAddress) => Err(TransportError::Resolve),
            Some(
                TransportFault::ResetBefore
                | TransportFault::ResetAfter
                | TransportFault::ResetMidBody { .. },
            ) => Err(TransportError::Reset),
            Some(TransportFault::NoAnswer) => late(limit),
            Some(TransportFault::Delay { ms }) => late(SignedDuration::from_millis(
                i64::try_from(ms).unwrap_or(i64::MAX),
            )),
            Some(TransportFault::Drip { bytes_per_second }) => {
                let seconds = length as u64 / u64::from(bytes_per_second.max(1));
                late(SignedDuration::from_secs(
                    i64::try_from(seconds).unwrap_or(i64::MAX),
                ))
            }
        }
    }
}

#[async_trait]
impl Transport for SimTransport {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: TransportLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path().to_owned();
        if self.gate.pass(Point::Before(path.clone())).await == Act::Reset {
            return Err(TransportError::Reset);
        }
        let response = self.call(request).await?;
        let (parts, body) = response.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(_) => return Err(TransportError::Reset),
        };
        if self.gate.pass(Point::After(path, body.clone())).await == Act::Reset {
            return Err(TransportError::Reset);
        }
        self.act_out(parts.extensions.get().copied(), body.len(), &limits)?;
        if parts.headers.contains_key(header::CONTENT_ENCODING) {
            // Only the gzip bomb is encoded, and inflating is egress's own business.
            return Err(TransportError::Encoding);
        }
        if body.len() > limits.max_body {
            return Err(TransportError::TooLarge);
        }
        Ok(Response::from_parts(parts, body))
    }
}
