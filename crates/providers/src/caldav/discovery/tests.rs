//! The chain from what a person types to their calendars, server by server.

use super::*;
use crate::caldav::transport::script::Script;

const ICLOUD_ENTRY: &str = include_str!("../fixtures/icloud_entry.xml");
const ICLOUD_PRINCIPAL: &str = include_str!("../fixtures/icloud_principal.xml");
const ICLOUD_LIST: &str = include_str!("../fixtures/icloud_list.xml");

fn principal_row(principal: &str) -> String {
    format!(
        "<d:multistatus xmlns:d='DAV:'><d:response><d:href>/</d:href><d:propstat><d:prop><d:current-user-principal>\
         {principal}</d:current-user-principal></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"
    )
}

fn entry(principal: &str) -> String {
    principal_row(&format!("<d:href>{principal}</d:href>"))
}

fn home(href: &str) -> String {
    format!(
        "<d:multistatus xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><d:response><d:href>/</d:href><d:propstat>\
         <d:prop><c:calendar-home-set><d:href>{href}</d:href></c:calendar-home-set></d:prop>\
         <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"
    )
}

fn is_a(kinds: &str) -> String {
    format!(
        "<d:multistatus xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav'><d:response><d:href>/</d:href><d:propstat>\
         <d:prop><d:resourcetype>{kinds}</d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>\
         </d:response></d:multistatus>"
    )
}

#[tokio::test]
async fn icloud() {
    let script = Script::new("https://caldav.icloud.com/")
        .on("PROPFIND https://caldav.icloud.com/", 207, ICLOUD_ENTRY)
        .on(
            "PROPFIND https://caldav.icloud.com/17149682/principal/",
            207,
            ICLOUD_PRINCIPAL,
        );
    let found = discover(
        &script,
        "https://caldav.icloud.com/",
        Some("ada@icloud.com"),
        true,
    )
    .await
    .unwrap();
    assert_eq!(
        found.subject,
        "https://caldav.icloud.com/17149682/principal/"
    );
    assert_eq!(
        found.api_url.as_deref(),
        Some("https://p62-caldav.icloud.com/17149682/calendars/")
    );
    assert_eq!(
        found.email.as_deref(),
        Some("ada@icloud.com"),
        "the address that was typed, if the server knows it"
    );
    assert_eq!(found.name.as_deref(), Some("Ada Example"));
    assert!(
        script
            .made()
            .iter()
            .all(|made| made.credentials && made.depth.as_deref() == Some("0"))
    );
}

#[tokio::test]
async fn a_bare_domain_goes_through_the_well_known_address() {
    let script = Script::new("https://example.com/")
        .redirect(
            "PROPFIND https://example.com/.well-known/caldav",
            301,
            "https://cloud.example.com/remote.php/dav/",
        )
        .on(
            "PROPFIND https://cloud.example.com/remote.php/dav/",
            207,
            &entry("/remote.php/dav/principals/users/ada/"),
        )
        .on(
            "PROPFIND https://cloud.example.com/remote.php/dav/principals/users/ada/",
            207,
            &home("/remote.php/dav/calendars/ada/"),
        );
    for input in [
        "example.com",
        "ada@example.com",
        "https://example.com",
        "caldavs://example.com/",
        "mailto:ada@example.com",
    ] {
        let found = discover(&script, input, Some("ada"), false).await.unwrap();
        assert_eq!(
            found.subject, "https://cloud.example.com/remote.php/dav/principals/users/ada/",
            "{input}"
        );
        assert_eq!(
            found.api_url.as_deref(),
            Some("https://cloud.example.com/remote.php/dav/calendars/ada/")
        );
        assert_eq!(found.email, None);
    }
    let found = discover(&script, "", Some("Ada@Example.com"), false)
        .await
        .unwrap();
    assert_eq!(found.email.as_deref(), Some("ada@example.com"));
}

#[tokio::test]
async fn without_a_well_known_address_the_root_is_asked() {
    let script = Script::new("http://localhost:5232/")
        .on("PROPFIND http://localhost:5232/", 207, &entry("/ada/"))
        .on("PROPFIND http://localhost:5232/ada/", 207, &home("/ada/"));
    let found = discover(&script, "http://localhost:5232", Some("ada"), false)
        .await
        .unwrap();
    assert_eq!(found.api_url.as_deref(), Some("http://localhost:5232/ada/"));
    assert_eq!(
        script.lines()[0],
        "PROPFIND http://localhost:5232/.well-known/caldav"
    );
}

#[tokio::test]
async fn an_address_with_a_path_is_tried_first_with_and_without_slash() {
    let script = Script::new("https://caldav.fastmail.com/dav/calendars")
        .on(
            "PROPFIND https://caldav.fastmail.com/dav/calendars/",
            207,
            &entry("/dav/principals/user/ada@fastmail.com/"),
        )
        .on(
            "PROPFIND https://caldav.fastmail.com/dav/principals/user/ada@fastmail.com/",
            207,
            &home("/dav/calendars/user/ada@fastmail.com/"),
        );
    let found = discover(
        &script,
        "caldav.fastmail.com/dav/calendars",
        Some("ada@fastmail.com"),
        false,
    )
    .await
    .unwrap();
    assert_eq!(
        found.subject,
        "https://caldav.fastmail.com/dav/principals/user/ada@fastmail.com/"
    );
    assert_eq!(
        script.lines()[0],
        "PROPFIND https://caldav.fastmail.com/dav/calendars"
    );
}

#[tokio::test]
async fn a_principal_a_home_or_a_calendar_may_be_given() {
    let script = Script::new("https://d.example/p/ada/").on(
        "PROPFIND https://d.example/p/ada/",
        207,
        &home("/c/ada/"),
    );
    let found = discover(&script, "https://d.example/p/ada/", None, false)
        .await
        .unwrap();
    assert_eq!(found.api_url.as_deref(), Some("https://d.example/c/ada/"));

    let script = Script::new("https://d.example/cal/").on(
        "PROPFIND https://d.example/cal/",
        207,
        &is_a("<d:collection/><c:calendar/>"),
    );
    let found = discover(&script, "https://d.example/cal/", None, false)
        .await
        .unwrap();
    assert_eq!(found.api_url.as_deref(), Some("https://d.example/cal/"));
    assert_eq!(found.subject, "https://d.example/cal/");

    let script = Script::new("https://d.example/17149682/calendars/")
        .on(
            "PROPFIND https://d.example/17149682/calendars/",
            207,
            &is_a("<d:collection/>"),
        )
        .on(
            "PROPFIND https://d.example/17149682/calendars/",
            207,
            ICLOUD_LIST,
        );
    let found = discover(
        &script,
        "https://d.example/17149682/calendars/",
        None,
        false,
    )
    .await
    .unwrap();
    assert_eq!(
        found.api_url.as_deref(),
        Some("https://d.example/17149682/calendars/")
    );
}

#[tokio::test]
async fn a_refused_password_is_tried_once() {
    let script = Script::new("https://example.com/").on(
        "PROPFIND https://example.com/.well-known/caldav",
        401,
        "",
    );
    let error = discover(&script, "example.com", Some("ada"), false)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth);
    assert_eq!(script.lines().len(), 1);

    let script = Script::new("https://example.com/").on(
        "PROPFIND https://example.com/.well-known/caldav",
        207,
        &principal_row("<d:unauthenticated/>"),
    );
    assert_eq!(
        discover(&script, "example.com", Some("ada"), false)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Auth
    );
}

#[tokio::test]
async fn what_is_no_caldav_server() {
    let html = "<!doctype html><html><body>Welcome</body></html>";
    for (status, body) in [
        (200, html),
        (405, ""),
        (404, html),
        (403, ""),
        (207, "<x/>"),
        (207, ""),
        (501, ""),
    ] {
        let script = Script::new("https://example.com/")
            .on(
                "PROPFIND https://example.com/.well-known/caldav",
                status,
                body,
            )
            .on("PROPFIND https://example.com/", status, body);
        let error = discover(&script, "example.com", None, false)
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind, error.code.as_deref()),
            (ErrorKind::Unsupported, Some("not_caldav")),
            "{status} {body}"
        );
        assert_eq!(script.lines().len(), 2);
    }
    for input in ["", "   ", "https://", "ftp://x y"] {
        let error = discover(&Script::new("https://example.com/"), input, None, false)
            .await
            .unwrap_err();
        assert_eq!(error.code.as_deref(), Some("not_caldav"), "{input}");
    }
}

#[tokio::test]
async fn out_of_reach_is_told_as_that() {
    let down = Error::new(ErrorKind::Unavailable, "no route");
    let script = Script::new("https://example.com/")
        .fails("PROPFIND https://example.com/.well-known/caldav", down);
    assert_eq!(
        discover(&script, "example.com", None, false)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Unavailable
    );
    assert_eq!(script.lines().len(), 1);

    let script = Script::new("https://example.com/")
        .on("PROPFIND https://example.com/.well-known/caldav", 503, "")
        .on("PROPFIND https://example.com/", 404, "");
    assert_eq!(
        discover(&script, "example.com", None, false)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Unavailable
    );

    let blocked = Error::new(ErrorKind::Blocked, "private");
    let script = Script::new("https://example.com/")
        .fails("PROPFIND https://example.com/.well-known/caldav", blocked);
    assert_eq!(
        discover(&script, "example.com", None, false)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Blocked
    );
}

#[tokio::test]
async fn calendars_on_another_site_are_not_followed() {
    let script = Script::new("https://example.com/")
        .on(
            "PROPFIND https://example.com/.well-known/caldav",
            207,
            &entry("/p/"),
        )
        .on(
            "PROPFIND https://example.com/p/",
            207,
            &home("https://evil.test/c/"),
        );
    let error = discover(&script, "example.com", None, false)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Blocked, Some("foreign_host"))
    );

    let script = Script::new("https://example.com/").on(
        "PROPFIND https://example.com/.well-known/caldav",
        207,
        &entry("http://169.254.169.254/latest/"),
    );
    let error = discover(&script, "example.com", None, false)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Blocked);
    assert_eq!(script.lines().len(), 1);
}
