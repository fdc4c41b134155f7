//! Addresses that servers write in their answers: which resource is meant, and whether it may be trusted with a password.
//!
//! The same resource is written in many ways (`%40` or `@`, absolute or not, with or without a default port), so every
//! address is resolved, decoded once and encoded again before it is compared or stored (contracts/caldav-apple §3).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use url::{Host, Url};

/// What is written as it is inside a path segment. `+`, `&`, `=` and `;` are legal there too, but servers misread them.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b':')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',');

/// Longest address that is kept.
const MAX_LENGTH: usize = 2048;

/// The canonical address of a resource on one known server: its path, and its query where it has one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Href(String);

impl Href {
    /// The address `raw`, as written in an answer from `base`. `None` when it is on another server or no address at all.
    pub(super) fn of(base: &Url, raw: &str) -> Option<Self> {
        let url = resolve(base, raw)?;
        same_origin(base, &url).then(|| Self(path_of(&url)))
    }

    /// As text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The full address on the server of `base`.
    pub(super) fn url(&self, base: &Url) -> Url {
        // Never `join`: a path that starts with two slashes would name another host.
        let mut url = base.clone();
        let (path, query) = match self.0.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.0.as_str(), None),
        };
        url.set_path(path);
        url.set_query(query);
        url.set_fragment(None);
        url
    }

    /// Whether this is the address of `url`, with or without a slash at the end.
    pub(super) fn is_at(&self, url: &Url) -> bool {
        self.0.trim_end_matches('/') == path_of(url).trim_end_matches('/')
    }

    /// Whether the address ends like a collection's.
    pub(super) fn is_collection(&self) -> bool {
        self.0.ends_with('/')
    }
}

/// The full canonical address of `raw`, as written in an answer from `base`.
pub(super) fn resolve(base: &Url, raw: &str) -> Option<Url> {
    let raw = raw.trim();
    if raw.is_empty() || raw.len() > MAX_LENGTH {
        return None;
    }
    let mut url = base.join(raw).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    // Servers behind a proxy believe they speak plain HTTP. It is the same server, so stay on TLS.
    if base.scheme() == "https"
        && url.scheme() == "http"
        && url.host() == base.host()
        && url.port().is_none()
    {
        url.set_scheme("https").ok()?;
        url.set_port(base.port()).ok()?;
    }
    Some(canonical(&url))
}

/// `url` with its path encoded canonically, without credentials and fragment.
pub(super) fn canonical(url: &Url) -> Url {
    let mut canonical = url.clone();
    canonical.set_path(&encoded_path(url.path()));
    canonical.set_fragment(None);
    // Both fail only for addresses without a host, which have no credentials.
    let _ = canonical.set_username("");
    let _ = canonical.set_password(None);
    canonical
}

/// Whether both are on one server: scheme, host and port are the same.
pub(super) fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host() == b.host()
        && a.port_or_known_default() == b.port_or_known_default()
}

/// Whether a password that a person gave for `trusted` may be sent to `target`: the same server, or over TLS another one
/// of the same domain, as iCloud's partitions are (contracts/caldav-apple §2). Never after a downgrade.
pub(super) fn may_send_credentials(trusted: &Url, target: &Url) -> bool {
    if same_origin(trusted, target) {
        return true;
    }
    if trusted.scheme() != "https" || target.scheme() != "https" {
        return false;
    }
    match (trusted.host(), target.host()) {
        (Some(Host::Domain(trusted)), Some(Host::Domain(target))) => same_domain(trusted, target),
        (trusted, target) => trusted == target,
    }
}

fn same_domain(trusted: &str, target: &str) -> bool {
    let (trusted, target) = (trusted.trim_end_matches('.'), target.trim_end_matches('.'));
    if trusted == target || is_below(target, trusted) {
        return trusted.contains('.') || trusted == target;
    }
    // A sister such as `p62-caldav.icloud.com`: below the parent, if the parent is somebody's domain.
    trusted.split_once('.').is_some_and(|(_, parent)| {
        is_registrable(parent) && (target == parent || is_below(target, parent))
    })
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.ends_with('.'))
}

/// Labels under which a registry sells names (`example.co.uk`) or a company hands them out to anybody.
const SHARED: &[&str] = &[
    "ac", "asn", "co", "com", "edu", "go", "gob", "gouv", "gov", "gv", "id", "info", "ltd", "me",
    "mil", "ne", "net", "nom", "nhs", "or", "org", "plc", "sch",
];
/// Companies' domains whose subdomains belong to different people.
const HOSTING: &[&str] = &[
    "appspot.com",
    "azurewebsites.net",
    "cloudfront.net",
    "duckdns.org",
    "dyndns.org",
    "fly.dev",
    "github.io",
    "herokuapp.com",
    "myfritz.net",
    "netlify.app",
    "ngrok.io",
    "no-ip.org",
    "onrender.com",
    "pages.dev",
    "run.app",
    "selfhost.eu",
    "synology.me",
    "trycloudflare.com",
    "ts.net",
    "vercel.app",
    "web.app",
    "workers.dev",
];

/// Whether `domain` is one person's or company's. Errs towards no: a wrong no asks for another address, a wrong yes gives a
/// password away. (The public suffix list would know more and would have to be kept fresh.)
fn is_registrable(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    if HOSTING.contains(&domain) {
        return false;
    }
    match labels.as_slice() {
        [] | [_] => false,
        [second, top] => !(top.len() == 2 && (second.len() <= 3 || SHARED.contains(second))),
        // `example.co.uk`, and deeper.
        _ => true,
    }
}

fn path_of(url: &Url) -> String {
    let path = encoded_path(url.path());
    match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    }
}

fn encoded_path(path: &str) -> String {
    path.split('/')
        .map(|segment| {
            let bytes: Vec<u8> = percent_decode_str(segment).collect();
            percent_encode(&bytes, SEGMENT).to_string()
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests;
