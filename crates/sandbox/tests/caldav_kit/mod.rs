//! A tiny CalDAV client for testing the simulator: no policy, only requests and text searches.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use base64::Engine as _;
use daybook_sandbox::caldav::{CalDavSim, DEMO_PASSWORD, DEMO_USER, Profile};
use daybook_sandbox::clock::{ManualClock, SandboxClock};
use daybook_sandbox::fault::TransportFault;
use http::Request;
use tower::ServiceExt;

pub struct Kit {
    pub sim: CalDavSim,
    clock: Arc<ManualClock>,
    work: String,
    home: String,
    credentials: (String, String),
}

pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: String,
    pub transport: Option<TransportFault>,
}

impl Kit {
    pub fn demo(profile: Profile) -> Self {
        let clock = Arc::new(ManualClock::at("2026-06-01T08:00:00Z".parse().unwrap()));
        let sim = CalDavSim::new(clock.clone(), 7, profile);
        let (home, work) = sim.seed_demo().unwrap();
        Self {
            sim,
            clock,
            work,
            home,
            credentials: (DEMO_USER.to_owned(), DEMO_PASSWORD.to_owned()),
        }
    }

    pub fn clone_as(&self, user: &str, password: &str) -> Self {
        Self {
            sim: self.sim.clone(),
            clock: self.clock.clone(),
            work: self.work.clone(),
            home: self.home.clone(),
            credentials: (user.to_owned(), password.to_owned()),
        }
    }

    pub fn work(&self) -> String {
        self.work.clone()
    }

    pub fn home_calendar(&self) -> String {
        self.home.clone()
    }

    pub fn clock_advance(&self, seconds: i64) {
        self.clock.advance(jiff::SignedDuration::from_secs(seconds));
    }

    pub async fn send(&self, method: &str, url: &str, depth: Option<&str>, body: &str) -> Answer {
        let headers: Vec<(&str, &str)> = depth.map(|depth| ("depth", depth)).into_iter().collect();
        self.with_headers(method, url, &headers, body).await
    }

    pub async fn put(&self, url: &str, ics: &str, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("content-type", "text/calendar; charset=utf-8")];
        all.extend_from_slice(headers);
        self.with_headers("PUT", url, &all, ics).await
    }

    pub async fn sync(&self, url: &str, token: &str) -> Answer {
        self.send("REPORT", url, Some("0"), &body::sync(token))
            .await
    }

    pub async fn multiget(&self, calendar: &str, names: &[&str]) -> Answer {
        let hrefs: String = names
            .iter()
            .map(|name| format!("<d:href>{calendar}{name}</d:href>"))
            .collect();
        let text = format!(
            "<c:calendar-multiget xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><d:prop>\
             <d:getetag/><c:calendar-data/></d:prop>{hrefs}</c:calendar-multiget>"
        );
        self.send("REPORT", calendar, Some("1"), &text).await
    }

    pub async fn with_headers(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let (user, password) = &self.credentials;
        let encoded =
            base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        let value = format!("Basic {encoded}");
        let mut all = vec![("authorization", value.as_str())];
        all.extend_from_slice(headers);
        self.raw(method, url, &all, body).await
    }

    pub async fn raw(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let url = if url.starts_with('/') {
            format!("http://dav.test{url}")
        } else {
            url.to_owned()
        };
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.sim.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            transport: parts.extensions.get::<TransportFault>().copied(),
        }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(value.to_str().unwrap().to_owned())
    }

    /// Text (without tags) of the first element with this local name that has any.
    pub fn text_of(&self, local: &str) -> Option<String> {
        self.elements(local)
            .into_iter()
            .map(|inner| strip_tags(&inner))
            .find(|text| !text.is_empty())
    }

    pub fn token(&self) -> String {
        self.text_of("sync-token")
            .unwrap_or_else(|| panic!("no token: {} {}", self.status, self.body))
    }

    /// Hrefs of members with an ETag, each once.
    pub fn changed(&self, calendar: &str) -> Vec<String> {
        let mut out: Vec<String> = self
            .elements("response")
            .iter()
            .filter(|row| row.contains("getetag") && row.contains("200 OK"))
            .map(|row| href(row))
            .filter(|href| href != calendar)
            .collect();
        out.sort();
        out.dedup();
        out
    }

    /// Hrefs whose whole resource is 404.
    pub fn gone(&self) -> Vec<String> {
        let mut out: Vec<String> = self
            .elements("response")
            .iter()
            .filter(|row| row.contains("404 Not Found") && !row.contains("propstat"))
            .map(|row| href(row))
            .collect();
        out.sort();
        out.dedup();
        out
    }

    /// The inner text of every element with this local name, whatever its prefix.
    fn elements(&self, local: &str) -> Vec<String> {
        let mut out = Vec::new();
        let mut rest = self.body.as_str();
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            let end = rest.find('>').unwrap_or(rest.len());
            let tag = &rest[..end];
            let name = tag.split([' ', '/']).next().unwrap_or_default();
            if name.rsplit(':').next() == Some(local) && !tag.starts_with('/') {
                if tag.ends_with('/') {
                    continue;
                }
                let close = format!("</{name}>");
                let inner = &rest[end + 1..];
                out.push(inner[..inner.find(&close).unwrap_or(inner.len())].to_owned());
            }
        }
        out
    }
}

fn href(row: &str) -> String {
    let at = row.find("href").unwrap_or(0);
    let rest = &row[at..];
    let start = rest.find('>').unwrap_or(0) + 1;
    rest[start..start + rest[start..].find('<').unwrap_or(0)].to_owned()
}

fn strip_tags(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for character in text.chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => out.push(other),
            _ => {}
        }
    }
    out.trim().replace("&quot;", "\"").replace("&amp;", "&")
}

pub mod body {
    pub const PRINCIPAL: &str = "<d:propfind xmlns:d=\"DAV:\"><d:prop><d:current-user-principal/><d:resourcetype/></d:prop></d:propfind>";
    pub const HOME: &str = "<d:propfind xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><d:prop>\
        <c:calendar-home-set/><c:calendar-user-address-set/></d:prop></d:propfind>";
    pub const LIST: &str = "<d:propfind xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\" \
        xmlns:s=\"http://calendarserver.org/ns/\" xmlns:i=\"http://apple.com/ns/ical/\"><d:prop><d:resourcetype/>\
        <d:displayname/><d:current-user-privilege-set/><d:sync-token/><d:supported-report-set/>\
        <c:supported-calendar-component-set/><c:calendar-timezone/><c:schedule-calendar-transp/><s:getctag/>\
        <i:calendar-color/><c:max-resource-size/></d:prop></d:propfind>";
    pub const ETAGS: &str =
        "<d:propfind xmlns:d=\"DAV:\"><d:prop><d:getetag/></d:prop></d:propfind>";
    pub const MKCALENDAR: &str = "<c:mkcalendar xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">\
        <d:set><d:prop><d:displayname>Fresh</d:displayname></d:prop></d:set></c:mkcalendar>";

    pub fn sync(token: &str) -> String {
        format!(
            "<d:sync-collection xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><d:sync-token>{token}</d:sync-token>\
             <d:sync-level>1</d:sync-level><d:prop><d:getetag/><c:calendar-data/></d:prop></d:sync-collection>"
        )
    }

    pub fn query(start: &str, end: &str) -> String {
        format!(
            "<c:calendar-query xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\"><d:prop><d:getetag/><c:calendar-data/></d:prop>\
             <c:filter><c:comp-filter name=\"VCALENDAR\"><c:comp-filter name=\"VEVENT\">\
             <c:time-range start=\"{start}\" end=\"{end}\"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"
        )
    }
}
