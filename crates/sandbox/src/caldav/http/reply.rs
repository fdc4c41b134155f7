//! An answer before it becomes HTTP: plain values that faults and recordings can look into.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};

use crate::caldav::profile::Quirks;
use crate::caldav::xml::{Element, Name, render};
use crate::fault::TransportFault;

/// Status, headers and body.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// A fault below HTTP that stands in for this answer.
    pub(crate) dropped: Option<TransportFault>,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            dropped: None,
        }
    }

    /// A connection that breaks.
    pub(crate) fn dropped() -> Self {
        Self {
            dropped: Some(TransportFault::ResetBefore),
            ..Self::status(502)
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        self.body = body.into();
        self.header("content-type", content_type)
    }

    pub(crate) fn html(status: u16, text: &str) -> Self {
        Self::status(status).body(
            "text/html; charset=utf-8",
            format!("<!DOCTYPE html><html><body><h1>{text}</h1><form><input name=user><input name=password></form></body></html>"),
        )
    }

    pub(crate) fn xml(status: u16, root: &Element, quirks: &Quirks) -> Self {
        Self::status(status).body(
            "text/xml; charset=\"utf-8\"",
            render(root, quirks.ns).into_bytes(),
        )
    }

    /// A precondition error (RFC 4918 §16).
    pub(crate) fn error(status: u16, condition: Element, quirks: &Quirks) -> Self {
        Self::xml(status, &Element::dav("error").child(condition), quirks)
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (
                HeaderName::try_from(name.as_str()),
                HeaderValue::try_from(value.as_str()),
            ) {
                response.headers_mut().append(name, value);
            }
        }
        if let Some(dropped) = self.dropped {
            response.extensions_mut().insert(dropped);
        }
        response
    }
}

/// `HTTP/1.1 404 Not Found`.
pub(crate) fn status_line(status: u16) -> String {
    let reason = StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .unwrap_or("Unknown");
    format!("HTTP/1.1 {status} {reason}")
}

/// A `response` whose properties are grouped into 200 and 404.
pub(crate) fn prop_row(href: &str, found: Vec<Element>, missing: Vec<Name>) -> Element {
    let mut row = Element::dav("response").child(Element::dav("href").text(href));
    if !found.is_empty() || missing.is_empty() {
        row = row.child(propstat(found, 200));
    }
    if !missing.is_empty() {
        let empty = missing.into_iter().map(Element::named).collect();
        row = row.child(propstat(empty, 404));
    }
    row
}

/// A `response` with a status for the whole resource.
pub(crate) fn status_row(href: &str, status: u16) -> Element {
    Element::dav("response")
        .child(Element::dav("href").text(href))
        .child(Element::dav("status").text(status_line(status)))
}

fn propstat(props: Vec<Element>, status: u16) -> Element {
    Element::dav("propstat")
        .child(Element::dav("prop").children(props))
        .child(Element::dav("status").text(status_line(status)))
}
