//! The HTTP face: authentication, hosts, and the walk from a path to what lives there.

mod digest;
mod free_busy;
mod listing;
mod objects;
mod paths;
mod propfind;
mod props;
pub(crate) mod reply;
mod report;
pub(crate) mod stream;

use axum::body::to_bytes;
use axum::extract::{Request, State as Extract};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, Uri};

use super::CalDavSim;
use super::profile::WellKnown;
use super::state::{RecordedRequest, State};
use super::xml::Element;
use reply::Reply;

pub(crate) use paths::{encode as href_of, from_href};

const MAX_BODY: usize = 32 * 1024 * 1024;

/// A request with everything the handlers need.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a Method,
    /// Path and query as sent.
    pub(crate) target: &'a str,
    /// Decoded path.
    pub(crate) path: String,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    /// The parsed XML body; `None` for an empty or foreign body.
    pub(crate) xml: Option<Result<Element, String>>,
    /// `scheme://host` as the client addressed it.
    pub(crate) origin: String,
    pub(crate) user: String,
}

impl Call<'_> {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn minimal(&self) -> bool {
        self.header("prefer")
            .is_some_and(|value| value.contains("return=minimal"))
    }
}

/// The only axum handler: every method, every path.
pub(crate) async fn handle(Extract(sim): Extract<CalDavSim>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return Reply::status(413).into_response();
    };
    let mut state = sim.lock();
    let reply = answer(&mut state, &parts.method, &parts.uri, &parts.headers, &body);
    for problem in state.violations.drain(..) {
        sim.desk.violate(parts.method.as_str(), problem);
    }
    reply.into_response()
}

fn answer(
    state: &mut State,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Reply {
    let xml = read_xml(method, body);
    let host = uri
        .authority()
        .map(ToString::to_string)
        .or_else(|| Some(headers.get("host")?.to_str().ok()?.to_owned()))
        .unwrap_or_else(|| "caldav.sandbox.test".to_owned());
    let mut call = Call {
        method,
        target: uri.path_and_query().map_or("/", |target| target.as_str()),
        path: paths::decode(uri.path()),
        headers,
        body,
        xml,
        origin: format!("{}://{host}", state.scheme),
        user: String::new(),
    };
    let report = match &call.xml {
        Some(Ok(root)) => root.name.local.clone(),
        _ => String::new(),
    };
    let reply = route(state, &mut call);
    let record = RecordedRequest {
        at: state.now(),
        method: method.to_string(),
        path: uri.path().to_owned(),
        depth: call.header("depth").map(str::to_owned),
        report,
        authorized: headers.contains_key("authorization"),
        status: reply.status,
    };
    state.requests.push(record);
    finish(state, reply)
}

fn finish(state: &State, reply: Reply) -> Reply {
    if state.quirks.octet_stream_when_empty && reply.body.is_empty() {
        return reply.body("application/octet-stream", "");
    }
    reply
}

fn route(state: &mut State, call: &mut Call<'_>) -> Reply {
    if let Some(reply) = wrong_host(state, call) {
        return reply;
    }
    let well_known = call.path.trim_end_matches('/') == "/.well-known/caldav";
    if well_known {
        match state.quirks.well_known {
            WellKnown::Redirect(status) => {
                return Reply::status(status).header("location", state.profile.context_path());
            }
            WellKnown::Missing => return Reply::html(404, "Not Found"),
            WellKnown::Direct => "/".clone_into(&mut call.path),
        }
    }
    let identified = match state.quirks.digest {
        Some(hash) => {
            let sent = call.header("authorization");
            digest::authenticate(state, hash, call.method.as_str(), call.target, sent)
        }
        None => authenticate(state, call.headers),
    };
    match identified {
        Ok(user) => call.user = user,
        Err(reply) => return reply,
    }
    if state.accounts[&call.user].blocked {
        return Reply::error(403, Element::dav("need-privileges"), &state.quirks);
    }
    let target = paths::resolve(state, call);
    match call.method.as_str() {
        "OPTIONS" => objects::options(state, call),
        "PROPFIND" => propfind::propfind(state, call, &target),
        "REPORT" => report::report(state, call, &target),
        "GET" | "HEAD" => objects::get(state, call, &target),
        "PUT" => objects::put(state, call, &target),
        "DELETE" => objects::delete(state, call, &target),
        "MOVE" if !state.quirks.no_move => objects::relocate(state, call, &target),
        "MKCALENDAR" => objects::mkcalendar(state, call, &target),
        _ => Reply::status(405).header("allow", objects::ALLOW),
    }
}

/// Partition hosts (contract §2): homes live on another listener, which may move.
fn wrong_host(state: &mut State, call: &Call<'_>) -> Option<Reply> {
    if state.moved_from.contains(&call.origin) {
        return Some(Reply::html(503, "This partition has moved"));
    }
    let partition = state.partition.as_ref()?;
    let in_home = state
        .accounts
        .values()
        .any(|account| call.path.starts_with(&account.layout.home));
    if in_home && *partition != call.origin {
        let line = format!("{} {} was sent to the entry host", call.method, call.path);
        state.violations.push(line);
        return Some(Reply::html(404, "Not Found"));
    }
    None
}

fn authenticate(state: &State, headers: &HeaderMap) -> Result<String, Reply> {
    let refused =
        || Reply::html(401, "Unauthorized").header("www-authenticate", "Basic realm=\"Calendar\"");
    let sent = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|value| STANDARD.decode(value.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(refused)?;
    let (user, password) = sent.split_once(':').ok_or_else(refused)?;
    let account = state.accounts.get(user).ok_or_else(refused)?;
    let loose = state.quirks.loose_app_password;
    let plain = |text: &str| text.replace(['-', ' '], "");
    match &account.password {
        Some(expected) if expected == password || (loose && plain(expected) == plain(password)) => {
            Ok(account.user.clone())
        }
        _ => Err(refused()),
    }
}

fn read_xml(method: &Method, body: &[u8]) -> Option<Result<Element, String>> {
    if !matches!(method.as_str(), "PROPFIND" | "REPORT" | "MKCALENDAR") || body.is_empty() {
        return None;
    }
    Some(match std::str::from_utf8(body) {
        Ok(text) => super::xml::parse(text),
        Err(_) => Err("the body is not UTF-8".to_owned()),
    })
}
