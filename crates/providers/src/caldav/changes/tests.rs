//! Strategies, truncation, resets and gaps, against scripts.

use std::sync::atomic::{AtomicUsize, Ordering};

use daybook_provider_api::error::ErrorKind;

use super::*;
use crate::caldav::transport::script::Script;

const HOME: &str = "https://d.example/home/";
const CAL: &str = "https://d.example/home/cal/";
const REPORT: &str = "REPORT https://d.example/home/cal/";
const PROPFIND: &str = "PROPFIND https://d.example/home/cal/";

#[derive(Default)]
struct Known(BTreeMap<String, Option<String>>, AtomicUsize);

impl Known {
    fn of(rows: &[(&str, &str)]) -> Self {
        let rows = rows
            .iter()
            .map(|(href, etag)| ((*href).to_owned(), Some((*etag).to_owned())))
            .collect();
        Self(rows, AtomicUsize::new(0))
    }
}

#[async_trait]
impl KnownResources for Known {
    async fn etags(&self) -> Result<BTreeMap<String, Option<String>>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(self.0.clone())
    }
}

fn pull(cursor: Option<&str>) -> Pull {
    Pull {
        calendar: "/home/cal/".to_owned(),
        cursor: cursor.map(str::to_owned),
        default_zone: "Europe/Berlin".to_owned(),
        account_email: None,
        window: "2026-08-23T00:00:00Z".parse().unwrap().."2027-12-26T00:00:00Z".parse().unwrap(),
    }
}

async fn read(script: &Script, cursor: Option<&str>, known: &Known) -> Result<Vec<Page>> {
    let mut changes = Changes::new(pull(cursor));
    let mut pages = Vec::new();
    loop {
        let page = changes.step(script, known).await?;
        let more = page.next == Next::More;
        pages.push(page);
        if !more {
            return Ok(pages);
        }
    }
}

fn sync_cursor(token: &str) -> String {
    format!(r#"{{"v":1,"strategy":"sync","token":"{token}"}}"#)
}

fn done(cursor: &str, complete: bool) -> Next {
    Next::Done {
        cursor: Some(cursor.to_owned()),
        complete,
    }
}

fn row(href: &str, etag: &str) -> String {
    format!(
        "<d:response><d:href>{href}</d:href><d:propstat><d:prop><d:getetag>{etag}</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )
}

fn status_row(href: &str, status: u16) -> String {
    format!(
        "<d:response><d:href>{href}</d:href><d:status>HTTP/1.1 {status} x</d:status></d:response>"
    )
}

fn data_row(href: &str, etag: &str) -> String {
    text_row(href, etag, "BEGIN:VCALENDAR\nEND:VCALENDAR\n")
}

fn text_row(href: &str, etag: &str, text: &str) -> String {
    format!(
        "<d:response><d:href>{href}</d:href><d:propstat><d:prop><d:getetag>{etag}</d:getetag><c:calendar-data>{text}</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )
}

fn multi(inner: &str) -> String {
    format!(
        "<d:multistatus xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav' xmlns:s='http://calendarserver.org/ns/'>{inner}</d:multistatus>"
    )
}

/// What a listing says about the collection itself.
const OWN_ROW: &str = "<d:response><d:href>/home/cal/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>";

fn synced(rows: &str, token: &str) -> String {
    multi(&format!("{rows}<d:sync-token>{token}</d:sync-token>"))
}

fn probe(props: &str) -> String {
    multi(&format!(
        "<d:response><d:href>/home/cal/</d:href><d:propstat><d:prop>{props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    ))
}

fn resources(page: &Page) -> Vec<(&str, Option<&str>)> {
    page.changes
        .iter()
        .map(|change| match change {
            Change::Resource { href, etag, .. } => (href.as_str(), etag.as_deref()),
            Change::ResourceRemoved { href } => (href.as_str(), Some("gone")),
            _ => ("?", None),
        })
        .collect()
}

const INVALID: &str = include_str!("../fixtures/nextcloud_invalid_token.xml");

#[tokio::test]
async fn nothing_changed_costs_one_request() {
    let script = Script::new(HOME).on(REPORT, 207, &synced("", "t2"));
    let known = Known::of(&[("/home/cal/a.ics", "1")]);
    let pages = read(&script, Some(&sync_cursor("t1")), &known)
        .await
        .unwrap();
    assert_eq!(
        pages,
        [Page {
            changes: vec![],
            unchanged: vec![],
            next: done(&sync_cursor("t2"), false)
        }]
    );
    assert_eq!(script.lines().len(), 1);
    assert_eq!(
        known.1.load(Ordering::Relaxed),
        0,
        "the mirror is not asked"
    );
    let made = &script.made()[0];
    assert_eq!(made.depth.as_deref(), Some("0"));
    assert!(
        made.body.contains("<d:sync-token>t1</d:sync-token>")
            && made.body.contains("<d:getetag/>")
            && !made.body.contains("limit")
    );
}

#[tokio::test]
async fn changes_are_listed_then_fetched() {
    let rows = row("/home/cal/", "c")
        + &row("/home/cal/a.ics", "1")
        + &status_row("/home/cal/b.ics", 404)
        + &row("/home/cal/a.ics", "dup");
    let script = Script::new(HOME).on(REPORT, 207, &synced(&rows, "t2")).on(
        REPORT,
        207,
        &multi(&data_row("https://d.example:443/home/cal/a.ics", "2")),
    );
    let pages = read(&script, Some(&sync_cursor("t1")), &Known::default())
        .await
        .unwrap();
    assert_eq!(pages.len(), 1);
    assert_eq!(
        resources(&pages[0]),
        [
            ("/home/cal/b.ics", Some("gone")),
            ("/home/cal/a.ics", Some("2"))
        ]
    );
    assert_eq!(pages[0].next, done(&sync_cursor("t2"), false));
    assert_eq!(script.made()[1].body.matches("<d:href>").count(), 1);
}

#[tokio::test]
async fn a_full_read_fetches_only_what_is_new() {
    let rows = row("/home/cal/a.ics", "1")
        + &row("/home/cal/b.ics", "2")
        + &row("/home/cal/c.ics", "")
        + &status_row("/home/cal/d.ics", 403)
        + &status_row("/home/cal/old.ics", 404);
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &probe("<d:sync-token>t1</d:sync-token>"))
        .on(REPORT, 207, &synced(&rows, "t1"))
        .on(
            REPORT,
            207,
            &multi(&(data_row("/home/cal/b.ics", "2") + &data_row("/home/cal/c.ics", ""))),
        );
    let known = Known::of(&[
        ("/home/cal/a.ics", "1"),
        ("/home/cal/b.ics", "old"),
        ("/home/cal/d.ics", "4"),
    ]);
    let pages = read(&script, None, &known).await.unwrap();
    assert_eq!(
        resources(&pages[0]),
        [("/home/cal/b.ics", Some("2")), ("/home/cal/c.ics", None)]
    );
    assert_eq!(
        pages[0].unchanged,
        ["/home/cal/a.ics", "/home/cal/d.ics"],
        "what may not be read is not gone"
    );
    let asked_later = refused_cursor("sync", "t1", &["/home/cal/d.ics"]);
    assert_eq!(pages[0].next, done(&asked_later, true));
}

#[tokio::test]
async fn pages_are_bounded_and_the_cursor_comes_last() {
    let hrefs: Vec<String> = (0..1_120).map(|n| format!("/home/cal/{n}.ics")).collect();
    let rows: String = hrefs.iter().map(|href| row(href, "1")).collect();
    let data: String = hrefs.iter().map(|href| data_row(href, "1")).collect();
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &probe("<d:sync-token>t1</d:sync-token>"))
        .on(REPORT, 207, &synced(&rows, "t1"))
        .on(REPORT, 207, &multi(&data));
    let pages = read(&script, None, &Known::default()).await.unwrap();
    assert_eq!(
        pages
            .iter()
            .map(|page| page.changes.len())
            .collect::<Vec<_>>(),
        [500, 500, 120]
    );
    assert_eq!(pages[2].next, done(&sync_cursor("t1"), true));
    let multigets: Vec<usize> = script.made()[2..]
        .iter()
        .map(|made| made.body.matches("<d:href>").count())
        .collect();
    assert_eq!(multigets.len(), 23);
    assert!(multigets.iter().all(|count| *count <= 50));
}

#[tokio::test]
async fn a_truncated_answer_is_continued() {
    let limit = status_row("/home/cal/", 507);
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &probe("<d:sync-token>t9</d:sync-token>"))
        .on(
            REPORT,
            207,
            &synced(&(row("/home/cal/a.ics", "1") + &limit), "t1"),
        )
        .on(REPORT, 207, &multi(&data_row("/home/cal/a.ics", "1")))
        .on(REPORT, 207, &synced(&limit, "t2"))
        .on(REPORT, 207, &synced(&row("/home/cal/b.ics", "1"), "t3"))
        .on(REPORT, 207, &multi(&data_row("/home/cal/b.ics", "1")));
    let pages = read(&script, None, &Known::default()).await.unwrap();
    assert_eq!(pages.iter().flat_map(resources).count(), 2);
    assert_eq!(pages.last().unwrap().next, done(&sync_cursor("t3"), true));
    assert!(
        pages
            .iter()
            .rev()
            .skip(1)
            .all(|page| page.next == Next::More)
    );
}

#[tokio::test]
async fn a_server_going_round_in_circles_is_left() {
    let limit = status_row("/home/cal/", 507);
    let script = Script::new(HOME).on(REPORT, 207, &synced(&limit, "t2")).on(
        REPORT,
        207,
        &synced(&limit, "t1"),
    );
    let error = read(&script, Some(&sync_cursor("t1")), &Known::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Malformed, Some("sync_loop"))
    );
    let script = Script::new(HOME).on(REPORT, 207, &multi(&limit));
    assert!(
        read(&script, Some(&sync_cursor("t1")), &Known::default())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_refused_token_starts_again() {
    for status in [400, 403, 409, 410, 412] {
        let script = Script::new(HOME).on(REPORT, status, INVALID);
        let error = read(&script, Some(&sync_cursor("t1")), &Known::default())
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::CursorExpired, "{status}");
        assert_eq!(script.lines().len(), 1);
    }
    for status in [400, 405, 409, 410, 412, 501, 507] {
        let script = Script::new(HOME).on(REPORT, status, "");
        let error = read(&script, Some(&sync_cursor("t1")), &Known::default())
            .await
            .unwrap_err();
        assert_eq!(
            error.kind,
            ErrorKind::CursorExpired,
            "{status} without the element"
        );
    }
    for (status, kind) in [
        (401, ErrorKind::Auth),
        (403, ErrorKind::Scope),
        (404, ErrorKind::NotFound),
        (503, ErrorKind::Unavailable),
    ] {
        let script = Script::new(HOME).on(REPORT, status, "");
        assert_eq!(
            read(&script, Some(&sync_cursor("t1")), &Known::default())
                .await
                .unwrap_err()
                .kind,
            kind
        );
    }
    for cursor in [
        "",
        "garbage",
        r#"{"v":2,"strategy":"sync","token":"t"}"#,
        r#"{"v":1,"strategy":"x","token":"t"}"#,
    ] {
        let error = read(&Script::new(HOME), Some(cursor), &Known::default())
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::CursorExpired, "{cursor}");
    }
}

#[tokio::test]
async fn an_old_server_wants_depth_one_and_it_is_remembered() {
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &probe("<d:sync-token>t1</d:sync-token>"))
        .on(REPORT, 400, "")
        .on(REPORT, 207, &synced("", "t1"));
    let pages = read(&script, None, &Known::default()).await.unwrap();
    let Next::Done {
        cursor: Some(cursor),
        ..
    } = &pages[0].next
    else {
        panic!("{pages:?}")
    };
    let script = Script::new(HOME).on(REPORT, 207, &synced("", "t2"));
    read(&script, Some(cursor), &Known::default())
        .await
        .unwrap();
    assert_eq!(script.made()[0].depth.as_deref(), Some("1"));
}

#[tokio::test]
async fn without_sync_tokens_the_ctag_decides() {
    let etags =
        row("/home/cal/", "x") + &row("/home/cal/a.ics", "1") + &row("/home/cal/b.ics", "2");
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &probe("<s:getctag>\"c1\"</s:getctag>"))
        .on(PROPFIND, 207, &multi(&etags))
        .on(REPORT, 207, &multi(&data_row("/home/cal/b.ics", "2")));
    let known = Known::of(&[("/home/cal/a.ics", "1"), ("/home/cal/z.ics", "9")]);
    let pages = read(&script, None, &known).await.unwrap();
    let cursor = r#"{"v":1,"strategy":"ctag","token":"\"c1\""}"#;
    assert_eq!(resources(&pages[0]), [("/home/cal/b.ics", Some("2"))]);
    assert_eq!(pages[0].unchanged, ["/home/cal/a.ics"]);
    assert_eq!(pages[0].next, done(cursor, true));

    let script = Script::new(HOME).on(PROPFIND, 207, &probe("<s:getctag>\"c1\"</s:getctag>"));
    let pages = read(&script, Some(cursor), &known).await.unwrap();
    assert_eq!(
        pages,
        [Page {
            changes: vec![],
            unchanged: vec![],
            next: done(cursor, false)
        }]
    );
    assert_eq!(script.lines().len(), 1);

    let script = Script::new(HOME)
        .on(PROPFIND, 207, &probe("<s:getctag>c2</s:getctag>"))
        .on(PROPFIND, 207, &multi(&row("/home/cal/a.ics", "1")));
    let pages = read(&script, Some(cursor), &known).await.unwrap();
    assert_eq!(pages[0].unchanged, ["/home/cal/a.ics"]);
    assert_eq!(
        pages[0].next,
        done(r#"{"v":1,"strategy":"ctag","token":"c2"}"#, true)
    );
}

#[tokio::test]
async fn without_anything_etags_are_compared_every_time() {
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &probe(""))
        .on(PROPFIND, 207, &multi(&row("/home/cal/a.ics", "1")))
        .on(REPORT, 207, &multi(&data_row("/home/cal/a.ics", "1")));
    let cursor = r#"{"v":1,"strategy":"etag","token":""}"#;
    let pages = read(&script, None, &Known::default()).await.unwrap();
    assert_eq!(pages[0].next, done(cursor, true));
    let script = Script::new(HOME).on(PROPFIND, 207, &multi(&row("/home/cal/a.ics", "1")));
    let pages = read(
        &script,
        Some(cursor),
        &Known::of(&[("/home/cal/a.ics", "1")]),
    )
    .await
    .unwrap();
    assert_eq!(pages[0].unchanged, ["/home/cal/a.ics"]);
    assert_eq!(script.lines().len(), 1);
}

#[tokio::test]
async fn a_server_that_only_claims_to_sync_is_read_by_etags() {
    for status in [405, 501, 403, 507, 400, 415] {
        let script = Script::new(HOME)
            .on(
                PROPFIND,
                207,
                &probe("<d:sync-token>t</d:sync-token><s:getctag>c</s:getctag>"),
            )
            .on(PROPFIND, 207, &multi(&row("/home/cal/a.ics", "1")))
            .on(REPORT, status, "");
        let known = Known::of(&[("/home/cal/a.ics", "1")]);
        let pages = read(&script, None, &known).await.unwrap();
        assert_eq!(
            pages[0].next,
            done(r#"{"v":1,"strategy":"ctag","token":"c"}"#, true),
            "{status}"
        );
    }
    let script = Script::new(HOME)
        .on(
            PROPFIND,
            207,
            &probe("<d:sync-token>t</d:sync-token><s:getctag>c</s:getctag>"),
        )
        .on(REPORT, 207, &multi(&row("/home/cal/a.ics", "1")));
    let known = Known::of(&[("/home/cal/a.ics", "1")]);
    let pages = read(&script, None, &known).await.unwrap();
    assert_eq!(
        pages[0].next,
        done(r#"{"v":1,"strategy":"ctag","token":"c"}"#, true),
        "no token in the answer"
    );
}

/// A first listing without a single resource may be the empty success of a server under repair: the ctag, which stays as it is,
/// must not keep the calendar empty.
#[tokio::test]
async fn an_empty_first_listing_is_not_tied_to_the_ctag() {
    let etag = r#"{"v":1,"strategy":"etag","token":""}"#;
    let ctag = probe("<s:getctag>c</s:getctag>");
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &ctag)
        .on(PROPFIND, 207, &multi(OWN_ROW));
    let pages = read(&script, None, &Known::default()).await.unwrap();
    assert_eq!(pages[0].next, done(etag, true));
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &ctag)
        .on(PROPFIND, 207, &multi(&row("/home/cal/a.ics", "1")))
        .on(REPORT, 207, &multi(&data_row("/home/cal/a.ics", "1")));
    let pages = read(&script, Some(etag), &Known::default()).await.unwrap();
    assert_eq!(resources(&pages[0]), [("/home/cal/a.ics", Some("1"))]);
    assert_eq!(
        pages[0].next,
        done(r#"{"v":1,"strategy":"ctag","token":"c"}"#, true)
    );
}

#[tokio::test]
async fn emptiness_is_believed_only_when_told_twice() {
    let known = Known::of(&[("/home/cal/a.ics", "1")]);
    let syncs = probe("<d:sync-token>t</d:sync-token>");
    let twice = Script::new(HOME)
        .on(PROPFIND, 207, &syncs)
        .on(PROPFIND, 207, &multi(OWN_ROW))
        .on(REPORT, 207, &synced("", "t"));
    assert_eq!(
        read(&twice, None, &known).await.unwrap()[0].next,
        done(&sync_cursor("t"), true)
    );
    assert_eq!(twice.lines(), [PROPFIND, REPORT, PROPFIND]);

    for blank in [String::new(), multi("")] {
        let broken = Script::new(HOME)
            .on(PROPFIND, 207, &syncs)
            .on(PROPFIND, 207, &blank)
            .on(REPORT, 207, &synced("", "t"));
        let error = read(&broken, None, &known).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Malformed);
    }

    let taken_back = Script::new(HOME)
        .on(PROPFIND, 207, &syncs)
        .on(PROPFIND, 207, &multi(&row("/home/cal/a.ics", "1")))
        .on(REPORT, 207, &synced("", "t"));
    assert_eq!(
        read(&taken_back, None, &known).await.unwrap()[0].unchanged,
        ["/home/cal/a.ics"]
    );

    let unsure = Script::new(HOME)
        .on(PROPFIND, 207, &syncs)
        .on(PROPFIND, 405, "")
        .on(REPORT, 207, &synced("", "t"));
    let next = read(&unsure, None, &known).await.unwrap()[0].next.clone();
    assert_eq!(
        next,
        Next::Done {
            cursor: None,
            complete: false
        }
    );

    let down = Script::new(HOME)
        .on(PROPFIND, 207, &syncs)
        .on(PROPFIND, 503, "")
        .on(REPORT, 207, &synced("", "t"));
    assert_eq!(
        read(&down, None, &known).await.unwrap_err().kind,
        ErrorKind::Unavailable
    );

    let etags = Script::new(HOME)
        .on(PROPFIND, 207, &probe(""))
        .on(PROPFIND, 207, &multi(OWN_ROW));
    read(&etags, None, &known).await.unwrap();
    assert_eq!(etags.lines().len(), 3);
}

#[tokio::test]
async fn what_multiget_leaves_out_is_fetched_alone() {
    let rows: String = ["a", "b", "c", "d", "e"]
        .iter()
        .map(|n| row(&format!("/home/cal/{n}.ics"), "1"))
        .collect();
    let get = |name: &str| format!("GET {CAL}{name}.ics");
    let script = Script::new(HOME)
        .on(REPORT, 207, &synced(&rows, "t2"))
        .on(
            REPORT,
            207,
            &multi(
                &(data_row("/home/cal/a.ics", "1")
                    + &status_row("/home/cal/b.ics", 404)
                    + &data_row("/elsewhere.ics", "1")),
            ),
        )
        .on(&get("b"), 404, "")
        .on(&get("c"), 200, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
        .on(&get("d"), 404, "")
        .on(&get("e"), 403, "");
    let pages = read(&script, Some(&sync_cursor("t1")), &Known::default())
        .await
        .unwrap();
    assert_eq!(
        resources(&pages[0]),
        [
            ("/home/cal/a.ics", Some("1")),
            ("/home/cal/b.ics", Some("gone")),
            ("/home/cal/c.ics", Some("1")),
            ("/home/cal/d.ics", Some("gone"))
        ]
    );
    assert_eq!(pages[0].unchanged, ["/home/cal/e.ics"]);
}

#[tokio::test]
async fn a_failed_page_can_be_asked_again() {
    let script = Script::new(HOME)
        .on(REPORT, 207, &synced(&row("/home/cal/a.ics", "1"), "t2"))
        .on(REPORT, 401, "")
        .on(REPORT, 503, "")
        .on(REPORT, 207, &multi(&data_row("/home/cal/a.ics", "1")));
    let cursor = sync_cursor("t1");
    let mut changes = Changes::new(pull(Some(&cursor)));
    let known = Known::default();
    assert_eq!(
        changes.step(&script, &known).await.unwrap_err().kind,
        ErrorKind::Auth
    );
    assert_eq!(
        changes.step(&script, &known).await.unwrap_err().kind,
        ErrorKind::Unavailable
    );
    let page = changes.step(&script, &known).await.unwrap();
    assert_eq!(resources(&page), [("/home/cal/a.ics", Some("1"))]);
    assert_eq!(page.next, done(&sync_cursor("t2"), false));
}

#[tokio::test]
async fn a_server_without_multiget_is_asked_one_by_one() {
    let rows = row("/home/cal/a.ics", "1") + &row("/home/cal/b.ics", "1");
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &probe(""))
        .on(PROPFIND, 207, &multi(&rows))
        .on(REPORT, 405, "")
        .on(
            &format!("GET {CAL}a.ics"),
            200,
            "BEGIN:VCALENDAR\nEND:VCALENDAR",
        )
        .on(
            &format!("GET {CAL}b.ics"),
            200,
            "BEGIN:VCALENDAR\nEND:VCALENDAR",
        );
    let pages = read(&script, None, &Known::default()).await.unwrap();
    assert_eq!(pages[0].changes.len(), 2);
}

fn refused_cursor(strategy: &str, token: &str, refused: &[&str]) -> String {
    let refused: Vec<String> = refused.iter().map(|href| format!("\"{href}\"")).collect();
    format!(
        r#"{{"v":1,"strategy":"{strategy}","token":"{token}","refused":[{}]}}"#,
        refused.join(",")
    )
}

/// A new resource that is refused at the moment it is told of is never told of again: the next read asks by itself.
#[tokio::test]
async fn what_was_refused_is_asked_for_again_until_it_comes() {
    let new = "/home/cal/new.ics";
    let script = Script::new(HOME)
        .on(REPORT, 207, &synced(&row(new, "n1"), "t2"))
        .on(REPORT, 207, &multi(&status_row(new, 403)))
        .on("GET https://d.example/home/cal/new.ics", 403, "");
    let known = Known::default();
    let first = read(&script, Some(&sync_cursor("t1")), &known)
        .await
        .unwrap();
    let remembered = refused_cursor("sync", "t2", &[new]);
    assert_eq!(first[0].next, done(&remembered, false));
    assert_eq!(first[0].unchanged, [new]);
    assert!(first[0].changes.is_empty());

    // Still refused: still remembered.
    let script = Script::new(HOME)
        .on(REPORT, 207, &synced("", "t3"))
        .on(REPORT, 207, &multi(&status_row(new, 403)))
        .on("GET https://d.example/home/cal/new.ics", 403, "");
    let second = read(&script, Some(&remembered), &known).await.unwrap();
    let remembered = refused_cursor("sync", "t3", &[new]);
    assert_eq!(second[0].next, done(&remembered, false));

    // Handed out: told, and forgotten.
    let script = Script::new(HOME).on(REPORT, 207, &synced("", "t4")).on(
        REPORT,
        207,
        &multi(&data_row(new, "n1")),
    );
    let third = read(&script, Some(&remembered), &known).await.unwrap();
    assert_eq!(resources(&third[0]), [(new, Some("n1"))]);
    assert_eq!(third[0].next, done(&sync_cursor("t4"), false));

    // Where a ctag says that nothing changed it is asked for as well.
    let script = Script::new(HOME)
        .on(PROPFIND, 207, &probe("<s:getctag>c1</s:getctag>"))
        .on(REPORT, 207, &multi(&data_row(new, "n1")));
    let behind = read(&script, Some(&refused_cursor("ctag", "c1", &[new])), &known).await;
    let behind = behind.unwrap();
    assert_eq!(resources(&behind[0]), [(new, Some("n1"))]);
    assert_eq!(
        behind[0].next,
        done(r#"{"v":1,"strategy":"ctag","token":"c1"}"#, false)
    );

    // A stored address elsewhere is not visited.
    let script = Script::new(HOME).on(REPORT, 207, &synced("", "t5"));
    let elsewhere = refused_cursor("sync", "t4", &["/other/x.ics"]);
    let quiet = read(&script, Some(&elsewhere), &known).await.unwrap();
    assert_eq!(quiet[0].next, done(&sync_cursor("t5"), false));
}

fn object(inner: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{inner}END:VCALENDAR\n")
}

/// A text that nobody could read stays the same until it is changed: nothing is gone, and it is not fetched at every read.
#[tokio::test]
async fn what_cannot_be_read_is_left_as_it_is() {
    let (odd, deep) = ("/home/cal/odd.ics", "/home/cal/deep.ics");
    let no_start = object("BEGIN:VEVENT\nUID:odd\nEND:VEVENT\n");
    let nested = object(&"BEGIN:X\n".repeat(20));
    let script = Script::new(HOME)
        .on(
            REPORT,
            207,
            &synced(&(row(odd, "2") + &row(deep, "2")), "t2"),
        )
        .on(
            REPORT,
            207,
            &multi(&(text_row(odd, "2", &no_start) + &text_row(deep, "2", &nested))),
        );
    let known = Known::of(&[(odd, "1"), (deep, "1")]);
    let pages = read(&script, Some(&sync_cursor("t1")), &known)
        .await
        .unwrap();
    assert_eq!(
        pages,
        [Page {
            changes: vec![],
            unchanged: vec![odd.to_owned(), deep.to_owned()],
            next: done(&sync_cursor("t2"), false)
        }]
    );
    assert_eq!(script.lines().len(), 2);
}

#[tokio::test]
async fn what_can_be_read_of_a_resource_is_told_and_nothing_is_gone() {
    let href = "/home/cal/s.ics";
    let series = object(
        "BEGIN:VEVENT\nUID:s\nDTSTART:20261201T090000Z\nRRULE:FREQ=DAILY;COUNT=5\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:s\nRECURRENCE-ID:20261202T090000Z\nEND:VEVENT\n",
    );
    let script = Script::new(HOME)
        .on(REPORT, 207, &synced(&row(href, "2"), "t2"))
        .on(REPORT, 207, &multi(&text_row(href, "2", &series)));
    let pages = read(&script, Some(&sync_cursor("t1")), &Known::default())
        .await
        .unwrap();
    let [Change::Upsert(event)] = pages[0].changes.as_slice() else {
        panic!("{pages:?}")
    };
    assert_eq!(
        (event.provider_id.as_str(), event.etag.as_deref()),
        (href, Some("2"))
    );
    assert_eq!(pages[0].unchanged, [href]);
}

/// Cut off on its way, a text looks like another one. The resource itself is asked, and again with the next read.
#[tokio::test]
async fn what_is_cut_off_is_asked_for_again() {
    let href = "/home/cal/a.ics";
    let get = format!("GET {CAL}a.ics");
    let cut = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:202612";
    let whole = object("BEGIN:VEVENT\nUID:a\nDTSTART:20261201T090000Z\nEND:VEVENT\n");
    let script = Script::new(HOME)
        .on(REPORT, 207, &synced(&row(href, "2"), "t2"))
        .on(REPORT, 207, &multi(&text_row(href, "2", cut)))
        .on(&get, 200, cut);
    let known = Known::of(&[(href, "1")]);
    let first = read(&script, Some(&sync_cursor("t1")), &known)
        .await
        .unwrap();
    let remembered = refused_cursor("sync", "t2", &[href]);
    assert!(first[0].changes.is_empty());
    assert_eq!(first[0].unchanged, [href]);
    assert_eq!(first[0].next, done(&remembered, false));

    let script = Script::new(HOME)
        .on(REPORT, 207, &synced("", "t3"))
        .on(REPORT, 207, &multi(&text_row(href, "2", cut)))
        .on(&get, 200, &whole);
    let second = read(&script, Some(&remembered), &known).await.unwrap();
    assert_eq!(resources(&second[0]), [(href, None)]);
    assert_eq!(second[0].next, done(&sync_cursor("t3"), false));
}

#[tokio::test]
async fn what_is_too_large_together_is_fetched_one_by_one() {
    let (a, b) = ("/home/cal/a.ics", "/home/cal/b.ics");
    let too_large = errors::malformed("the answer is larger than allowed").with_code("too_large");
    let script = Script::new(HOME)
        .on(REPORT, 207, &synced(&(row(a, "1") + &row(b, "1")), "t2"))
        .fails(REPORT, too_large)
        .on(&format!("GET {CAL}a.ics"), 200, &object(""))
        .on(&format!("GET {CAL}b.ics"), 200, &object(""));
    let pages = read(&script, Some(&sync_cursor("t1")), &Known::default())
        .await
        .unwrap();
    assert_eq!(resources(&pages[0]), [(a, Some("1")), (b, Some("1"))]);
}
