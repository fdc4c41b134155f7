//! Redirects: method, body, credentials, limits.

use daybook_provider_api::error::ErrorKind;

use super::script::Script;
use super::*;
use crate::caldav::calls::PropfindPrincipal;

const ENTRY: &str = include_str!("../fixtures/icloud_entry.xml");

async fn ask_at(script: &Script, at: &str) -> Result<Url> {
    let trusted = script.trusted().unwrap();
    ask(
        script,
        &trusted,
        &Url::parse(at).unwrap(),
        &PropfindPrincipal,
    )
    .await
    .map(|(_, url)| url)
}

#[tokio::test]
async fn the_same_request_is_repeated() {
    for status in [301, 302, 307, 308] {
        let script = Script::new("https://dav.example.com/")
            .redirect(
                "PROPFIND https://dav.example.com/.well-known/caldav",
                status,
                "/dav/",
            )
            .on("PROPFIND https://dav.example.com/dav/", 207, ENTRY);
        let url = ask_at(&script, "https://dav.example.com/.well-known/caldav")
            .await
            .unwrap();
        assert_eq!(url.as_str(), "https://dav.example.com/dav/");
        let made = script.made();
        assert_eq!(made.len(), 2);
        assert_eq!(made[0].body, made[1].body);
        assert_eq!(made[1].depth.as_deref(), Some("0"));
        assert!(made[1].credentials);
    }
}

#[tokio::test]
async fn a_partition_of_the_same_domain_gets_the_password() {
    let script = Script::new("https://caldav.icloud.com/")
        .redirect(
            "PROPFIND https://caldav.icloud.com/",
            301,
            "https://p62-caldav.icloud.com:443/",
        )
        .on("PROPFIND https://p62-caldav.icloud.com/", 207, ENTRY);
    ask_at(&script, "https://caldav.icloud.com/").await.unwrap();
    assert!(script.made()[1].credentials);
}

#[tokio::test]
async fn another_site_does_not() {
    let script = Script::new("https://dav.example.com/")
        .redirect(
            "PROPFIND https://dav.example.com/",
            302,
            "https://evil.test/",
        )
        .on("PROPFIND https://evil.test/", 401, "");
    let error = ask_at(&script, "https://dav.example.com/")
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Blocked, Some("credentials_withheld"))
    );
    assert!(!script.made()[1].credentials);

    // Nor does the first site get it back through the other one: only the target of each request decides.
    let script = Script::new("https://dav.example.com/")
        .redirect(
            "PROPFIND https://dav.example.com/",
            302,
            "https://evil.test/",
        )
        .redirect("PROPFIND https://evil.test/", 302, "https://evil.test/2")
        .on("PROPFIND https://evil.test/2", 207, ENTRY);
    ask_at(&script, "https://dav.example.com/").await.unwrap();
    assert_eq!(
        script
            .made()
            .iter()
            .map(|made| made.credentials)
            .collect::<Vec<_>>(),
        [true, false, false]
    );
}

#[tokio::test]
async fn a_downgrade_is_never_followed() {
    let script = Script::new("https://dav.example.com/").redirect(
        "PROPFIND https://dav.example.com/",
        301,
        "http://other.example.com/dav/",
    );
    let error = ask_at(&script, "https://dav.example.com/")
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Blocked);
    assert_eq!(script.made().len(), 1);

    let script = Script::new("https://dav.example.com/")
        .redirect(
            "PROPFIND https://dav.example.com/",
            301,
            "http://dav.example.com/dav/",
        )
        .on("PROPFIND https://dav.example.com/dav/", 207, ENTRY);
    assert!(
        ask_at(&script, "https://dav.example.com/").await.is_ok(),
        "the same server stays on TLS"
    );
}

#[tokio::test]
async fn redirects_end() {
    let script = Script::new("https://dav.example.com/").redirect(
        "PROPFIND https://dav.example.com/",
        302,
        "https://dav.example.com/",
    );
    let error = ask_at(&script, "https://dav.example.com/")
        .await
        .unwrap_err();
    assert_eq!(error.code.as_deref(), Some("redirects"));
    assert_eq!(script.made().len(), 6);

    let script =
        Script::new("https://dav.example.com/").on("PROPFIND https://dav.example.com/", 302, "");
    assert_eq!(
        ask_at(&script, "https://dav.example.com/")
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Malformed
    );
    let script = Script::new("https://dav.example.com/").redirect(
        "PROPFIND https://dav.example.com/",
        302,
        "javascript:alert(1)",
    );
    assert_eq!(
        ask_at(&script, "https://dav.example.com/")
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Malformed
    );
}
