//! Requests as sent, and recorded answers as read.

use http::{HeaderMap, StatusCode};

use super::*;
use crate::caldav::href::Href;

fn answer(url: &str, body: &str) -> Answer {
    Answer {
        status: StatusCode::MULTI_STATUS,
        headers: HeaderMap::new(),
        body: Bytes::from(body.to_owned()),
        url: Url::parse(url).unwrap(),
    }
}

fn members(members: &[Member]) -> Vec<(&str, Option<&str>)> {
    members
        .iter()
        .map(|member| (member.href.as_str(), member.etag.as_deref()))
        .collect()
}

const SYNC: SyncCollection<'static> = SyncCollection {
    token: "a<b>&\"c",
    depth: Depth::Zero,
};

#[test]
fn requests_are_wellformed() {
    let url = Url::parse("https://d.example/cal/").unwrap();
    let hrefs = [Href::of(&url, "/cal/a&b.ics").unwrap()];
    let requests = [
        PropfindPrincipal.request(&url).unwrap(),
        PropfindHome.request(&url).unwrap(),
        ListCalendars.request(&url).unwrap(),
        Ctag.request(&url).unwrap(),
        ListEtags { had_some: false }.request(&url).unwrap(),
        SYNC.request(&url).unwrap(),
        Multiget { hrefs: &hrefs }.request(&url).unwrap(),
    ];
    for request in requests {
        let body = std::str::from_utf8(request.body()).unwrap();
        let mut known = 0;
        crate::caldav::xml::read(body.as_bytes(), |_| known += 1)
            .unwrap_or_else(|error| panic!("{error}: {body}"));
        assert!(known > 0, "{body}");
        assert_eq!(
            request.headers()["content-type"],
            "application/xml; charset=utf-8"
        );
        assert!(request.headers().contains_key("depth"));
    }
    let body = SYNC.request(&url).unwrap().into_body();
    assert!(
        std::str::from_utf8(&body)
            .unwrap()
            .contains("<d:sync-token>a&lt;b&gt;&amp;&quot;c</d:sync-token>")
    );
    let get = GetResource.request(&url).unwrap();
    assert_eq!(
        (get.method().as_str(), &get.headers()["accept"]),
        ("GET", &http::HeaderValue::from_static("text/calendar"))
    );
}

#[test]
fn icloud_reports_the_collection_too() {
    let answer = answer(
        "https://p62-caldav.icloud.com/17149682/calendars/home/",
        include_str!("../fixtures/icloud_sync.xml"),
    );
    let page = SYNC.parse(&answer).unwrap();
    assert_eq!(
        members(&page.changed),
        [
            ("/17149682/calendars/home/A-1.ics", Some("\"lm8x5t1r\"")),
            (
                "/17149682/calendars/home/ada@example.com.ics",
                Some("\"lm8x5t2s\"")
            ),
        ]
    );
    assert_eq!(
        page.removed.iter().map(Href::as_str).collect::<Vec<_>>(),
        ["/17149682/calendars/home/gone.ics"]
    );
    assert_eq!(
        page.token.as_deref(),
        Some("HwoQEgwAAAI0gLtdUwAAAAAYAhgAIhYI")
    );
    assert!(!page.truncated);
}

#[test]
fn icloud_sends_character_data() {
    let answer = answer(
        "https://p62-caldav.icloud.com/17149682/calendars/home/",
        include_str!("../fixtures/icloud_multiget.xml"),
    );
    let found = Multiget { hrefs: &[] }.parse(&answer).unwrap();
    let [
        (href, Resource::Present { etag, data }),
        (gone, Resource::Gone),
    ] = found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!(
        (href.as_str(), etag.as_deref()),
        ("/17149682/calendars/home/A-1.ics", Some("\"lm8x5t1r\""))
    );
    assert!(data.contains("SUMMARY:Tea & cake <3\n"));
    assert_eq!(gone.as_str(), "/17149682/calendars/home/gone.ics");
}

#[test]
fn nextcloud_stops_early() {
    let answer = answer(
        "https://cloud.example.com/remote.php/dav/calendars/ada/personal/",
        include_str!("../fixtures/nextcloud_sync.xml"),
    );
    let page = SYNC.parse(&answer).unwrap();
    assert_eq!(
        members(&page.changed),
        [(
            "/remote.php/dav/calendars/ada/personal/one.ics",
            Some("\"6f1c\"")
        )]
    );
    assert!(page.truncated);
    assert_eq!(page.token.as_deref(), Some("http://sabre.io/ns/sync/17"));
}

#[test]
fn the_token_may_come_first_or_last() {
    let radicale = answer(
        "http://localhost:5232/ada/cal/",
        include_str!("../fixtures/radicale_sync.xml"),
    );
    let page = SYNC.parse(&radicale).unwrap();
    assert_eq!((page.changed.len(), page.removed.len()), (1, 1));
    assert_eq!(
        page.token.as_deref(),
        Some("http://radicale.org/ns/sync/4a6b1c")
    );

    let xandikos = answer(
        "http://localhost:8080/user/calendars/calendar/",
        include_str!("../fixtures/xandikos_sync.xml"),
    );
    let page = SYNC.parse(&xandikos).unwrap();
    assert_eq!(
        members(&page.changed),
        [("/user/calendars/calendar/a%20b.ics", Some("\"9f86d0\""))]
    );
    assert_eq!(
        page.token.as_deref(),
        Some("5f4dcc3b5aa765d61d8327deb882cf99")
    );
}

#[test]
fn baikal_leaves_etags_out_and_tells_components() {
    let answer = answer(
        "https://b.example/dav.php/calendars/ada/default/",
        include_str!("../fixtures/baikal_etags.xml"),
    );
    let found = ListEtags { had_some: true }.parse(&answer).unwrap();
    assert_eq!(
        members(&found),
        [
            ("/dav.php/calendars/ada/default/a.ics", Some("\"1\"")),
            ("/dav.php/calendars/ada/default/b.ics", None)
        ]
    );
    assert!(found.iter().all(|member| member.readable));
}

#[test]
fn a_depth_zero_answer_may_name_another_address() {
    let answer = answer(
        "https://caldav.icloud.com/17149682/principal/",
        include_str!("../fixtures/icloud_principal.xml"),
    );
    let found = PropfindHome.parse(&answer).unwrap();
    assert_eq!(
        found.home.unwrap().as_str(),
        "https://p62-caldav.icloud.com/17149682/calendars/"
    );
    assert_eq!(found.emails, ["ada@example.com", "ada@icloud.com"]);
    assert_eq!(found.name.as_deref(), Some("Ada Example"));
}

#[test]
fn how_a_calendar_can_be_followed() {
    let row = |props: &str| {
        let body = format!(
            "<multistatus xmlns='DAV:' xmlns:s='http://calendarserver.org/ns/'><response><href>/c/</href><propstat><prop>{props}</prop>\
             <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
        );
        Ctag.parse(&answer("https://d.example/c/", &body)).unwrap()
    };
    let reports = "<supported-report-set><supported-report><report><sync-collection/></report></supported-report></supported-report-set>";
    assert!(row(reports).syncs);
    assert!(row("<sync-token>x</sync-token>").syncs);
    assert!(!row("<sync-token/>").syncs);
    assert_eq!(
        row("<s:getctag>\"q\"</s:getctag>").ctag.as_deref(),
        Some("\"q\"")
    );
}

#[test]
fn a_token_refused_inside_a_success_is_refused() {
    let body = "<multistatus xmlns='DAV:'><response><href>/c/</href><status>HTTP/1.1 403 Forbidden</status>\
                <error><valid-sync-token/></error></response></multistatus>";
    let error = SYNC
        .parse(&answer("https://d.example/c/", body))
        .unwrap_err();
    assert_eq!(
        error.kind,
        daybook_provider_api::error::ErrorKind::CursorExpired
    );
}
