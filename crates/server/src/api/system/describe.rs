//! The API's description: the OpenAPI document, and the same as a page to read.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::response::{Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use utoipa::openapi::path::Operation;

use crate::openapi::{document, operations};

static JSON: LazyLock<String> = LazyLock::new(|| document().to_json().unwrap_or_default());
static PAGE: LazyLock<String> = LazyLock::new(page);
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
h2{margin-top:2.5rem}code{font:.95em ui-monospace,monospace}dt{margin-top:1rem}dd{margin:.2rem 0 0 1.5rem}\
.method{display:inline-block;min-width:4.5rem;font-weight:700}.more{opacity:.8}";

/// The OpenAPI document
#[utoipa::path(get, path = "/api/openapi.json", tag = "System", responses((status = 200, body = serde_json::Value)))]
pub async fn openapi() -> Response {
    (
        [
            (CONTENT_TYPE, "application/json"),
            (CACHE_CONTROL, "no-cache"),
        ],
        JSON.as_str(),
    )
        .into_response()
}

/// This page
#[utoipa::path(get, path = "/api/docs", tag = "System", responses((status = 200, body = String, content_type = "text/html")))]
pub async fn docs() -> Html<&'static str> {
    Html(PAGE.as_str())
}

/// The style of the page
#[utoipa::path(get, path = "/api/docs/style.css", tag = "System", responses((status = 200, body = String, content_type = "text/css")))]
pub async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// Every operation, by tag.
fn page() -> String {
    let document = document();
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Daybook API</title><link rel=\"stylesheet\" href=\"/api/docs/style.css\"></head><body><main><h1>Daybook API</h1>\
         <p>Sign requests with <code>Authorization: Bearer dbk_…</code>. Everything here with its schemas, for tools: \
         <a href=\"/api/openapi.json\">openapi.json</a>.</p>",
    );
    let mut tags: Vec<&str> = operations(&document)
        .filter_map(|(_, _, operation)| tag(operation))
        .collect();
    tags.sort_unstable();
    tags.dedup();
    for name in tags {
        let _ = write!(html, "<h2>{}</h2><dl>", escape(name));
        for (method, path, operation) in operations(&document) {
            if tag(operation) == Some(name) {
                entry(&mut html, method, path, operation);
            }
        }
        html.push_str("</dl>");
    }
    html.push_str("</main></body></html>");
    html
}

fn entry(html: &mut String, method: &str, path: &str, operation: &Operation) {
    let summary = escape(operation.summary.as_deref().unwrap_or_default());
    let more = escape(operation.description.as_deref().unwrap_or_default());
    let _ = write!(
        html,
        "<dt><code><span class=\"method\">{}</span> {}</code></dt><dd>{summary}</dd>",
        method.to_uppercase(),
        escape(path),
    );
    if !more.is_empty() {
        let _ = write!(html, "<dd class=\"more\">{more}</dd>");
    }
}

fn tag(operation: &Operation) -> Option<&str> {
    operation.tags.as_ref()?.first().map(String::as_str)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
