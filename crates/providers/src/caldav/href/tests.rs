//! Addresses that mean the same, and addresses that must not get a password.

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn canonical_href(raw: &str) -> Option<String> {
    Href::of(&url("https://dav.example.com/cal/ada/"), raw).map(|href| href.as_str().to_owned())
}

#[test]
fn one_resource_has_one_address() {
    for raw in [
        "/cal/ada%40example.com/a b.ics",
        "/cal/ada@example.com/a%20b.ics",
        "/cal/%61da@example.com/a%20b.ics",
        " https://DAV.example.com:443/cal/ada%40example.com/a%20b.ics#part \n",
        "/cal/x/../ada@example.com/./a%20b.ics",
    ] {
        assert_eq!(
            canonical_href(raw).as_deref(),
            Some("/cal/ada@example.com/a%20b.ics"),
            "{raw}"
        );
    }
    assert_eq!(canonical_href("a.ics").as_deref(), Some("/cal/ada/a.ics"));
    assert_eq!(canonical_href("/c/ü.ics"), canonical_href("/c/%C3%BC.ics"));
    assert_eq!(
        canonical_href("/c/%c3%bc.ics").as_deref(),
        Some("/c/%C3%BC.ics")
    );
}

#[test]
fn decoding_happens_once_and_never_across_segments() {
    assert_eq!(
        canonical_href("/c/a%2Fb.ics").as_deref(),
        Some("/c/a%2Fb.ics")
    );
    assert_eq!(
        canonical_href("/c/100%2525.ics").as_deref(),
        Some("/c/100%2525.ics")
    );
    assert_eq!(
        canonical_href("/c/%2e%2e/%2e%2e/etc").as_deref(),
        Some("/etc")
    );
}

#[test]
fn other_servers_have_no_address_here() {
    for raw in [
        "https://evil.example/x",
        "//evil.example/x",
        "https://dav.example.com:8443/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://dav.example.com:80x/",
        "",
    ] {
        assert_eq!(canonical_href(raw), None, "{raw}");
    }
}

#[test]
fn an_address_goes_back_to_its_server() {
    let base = url("https://dav.example.com:8443/home/?x=1");
    let href = Href::of(&base, "//dav.example.com:8443//evil/a%20b.ics").unwrap();
    assert_eq!(
        href.url(&base).as_str(),
        "https://dav.example.com:8443//evil/a%20b.ics"
    );
    assert!(
        Href::of(&base, "/home")
            .unwrap()
            .is_at(&url("https://dav.example.com:8443/home/"))
    );
}

#[test]
fn a_proxy_that_speaks_plain_http_behind_is_the_same_server() {
    assert_eq!(
        canonical_href("http://dav.example.com/a.ics").as_deref(),
        Some("/a.ics")
    );
}

#[test]
fn passwords_stay_in_the_family() {
    let may = |from: &str, to: &str| may_send_credentials(&url(from), &url(to));
    assert!(may(
        "https://caldav.icloud.com/",
        "https://p62-caldav.icloud.com:443/171/"
    ));
    assert!(may("https://example.com/", "https://dav.example.com/"));
    assert!(may(
        "https://www.example.co.uk/",
        "https://dav.example.co.uk/"
    ));
    assert!(may("http://localhost:5232/", "http://localhost:5232/x"));
    assert!(may(
        "https://dav.example.com/",
        "https://dav.example.com:8443/"
    ));

    assert!(!may(
        "https://caldav.icloud.com/",
        "http://caldav.icloud.com/"
    ));
    assert!(!may("https://caldav.icloud.com/", "https://evil.com/"));
    assert!(!may(
        "https://caldav.icloud.com/",
        "https://icloud.com.evil.com/"
    ));
    assert!(!may(
        "https://caldav.icloud.com/",
        "https://evilicloud.com/"
    ));
    assert!(!may("https://example.com/", "https://evil.com/"));
    assert!(!may("https://shop.co.uk/", "https://evil.co.uk/"));
    assert!(!may("https://ada.github.io/", "https://eve.github.io/"));
    assert!(!may("https://192.0.2.1/", "https://192.0.2.2/"));
    assert!(!may("http://localhost:5232/", "http://localhost:5233/"));
    assert!(!may("https://com/", "https://evil.com/"));
}

proptest::proptest! {
    #[test]
    fn canonical_is_final(raw in ".{0,60}") {
        let base = url("https://dav.example.com/cal/");
        if let Some(href) = Href::of(&base, &raw) {
            let again = Href::of(&base, href.url(&base).as_str()).unwrap();
            proptest::prop_assert_eq!(again, href);
        }
    }
}
