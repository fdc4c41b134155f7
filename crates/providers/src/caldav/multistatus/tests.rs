//! Recorded answers of several servers, and a round trip.

use proptest::prelude::*;

use super::*;

fn base() -> Url {
    Url::parse("https://dav.example.com/cal/").unwrap()
}

#[test]
fn properties_count_only_when_found() {
    let body = br#"<d:multistatus xmlns:d="DAV:"><d:response><d:href>/cal/a.ics</d:href>
        <d:propstat><d:prop><d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
        <d:propstat><d:prop><d:displayname>no</d:displayname></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>
        <d:propstat><d:prop><d:sync-token>no</d:sync-token></d:prop><d:status>HTTP/1.1 403 Forbidden</d:status></d:propstat>
        </d:response></d:multistatus>"#;
    let found = Multistatus::parse(body, &base()).unwrap();
    let row = &found.rows[0];
    assert_eq!(row.text(Tag::GetEtag), Some("\"1\""));
    assert_eq!(row.text(Tag::DisplayName), None);
    assert_eq!(row.text(Tag::SyncToken), None);
    assert_eq!(found.sync_token, None);
}

#[test]
fn other_servers_addresses_are_left_out() {
    let body = br#"<d:multistatus xmlns:d="DAV:">
        <d:response><d:href>https://evil.example/cal/a.ics</d:href><d:status>HTTP/1.1 404 x</d:status></d:response>
        <d:response><d:href>//evil.example/cal/a.ics</d:href><d:status>HTTP/1.1 404 x</d:status></d:response>
        <d:response><d:href>https://dav.example.com:443/cal/b%20c.ics</d:href><d:status>HTTP/1.1 404 x</d:status></d:response>
        <d:response><d:href>http://dav.example.com/cal/d.ics</d:href><d:href>/cal/e.ics</d:href><d:status>HTTP/1.1 404 x</d:status></d:response>
        <d:response><d:href></d:href></d:response><d:response/>
        </d:multistatus>"#;
    let found = Multistatus::parse(body, &base()).unwrap();
    let hrefs: Vec<&str> = found.rows.iter().map(|row| row.href.as_str()).collect();
    assert_eq!(hrefs, ["/cal/b%20c.ics", "/cal/d.ics", "/cal/e.ics"]);
    assert!(found.rows.iter().all(Row::is_gone));
}

#[test]
fn properties_are_not_multiplied() {
    let hrefs: String = (0..1_000)
        .map(|n| format!("<href>/cal/{n}</href>"))
        .collect();
    let body = format!(
        "<multistatus xmlns='DAV:'><response>{hrefs}<propstat><prop><getetag>{}</getetag></prop>\
         <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>",
        "x".repeat(100_000)
    );
    let found = Multistatus::parse(body.as_bytes(), &base()).unwrap();
    assert_eq!(found.rows.len(), 1_000);
    assert_eq!(
        found
            .rows
            .iter()
            .filter(|row| row.prop(Tag::GetEtag).is_some())
            .count(),
        1
    );
}

#[test]
fn the_first_of_two_rows_counts() {
    let base = Url::parse("https://zimbra.example.com/dav/ada@example.com/Calendar/").unwrap();
    let found = Multistatus::parse(include_bytes!("../fixtures/zimbra_etags.xml"), &base).unwrap();
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.rows[0].text(Tag::GetEtag), Some("\"11-1\""));
}

#[test]
fn an_answer_that_stops_early_says_so_beside_the_collections_own_row() {
    let row = |inner: &str| format!("<response><href>/cal/</href>{inner}</response>");
    let own = row(
        "<propstat><prop><getetag>x</getetag></prop><status>HTTP/1.1 200 OK</status></propstat>",
    );
    let limit = row("<status>HTTP/1.1 507 Insufficient Storage</status>");
    let body = format!("<multistatus xmlns='DAV:'>{own}{limit}</multistatus>");
    let found = Multistatus::parse(body.as_bytes(), &base()).unwrap();
    let statuses: Vec<Option<u16>> = found.rows.iter().map(|row| row.status).collect();
    assert_eq!(statuses, [None, Some(507)]);
}

#[test]
fn empty_and_foreign_bodies() {
    assert_eq!(Multistatus::parse(b"", &base()), Ok(Multistatus::default()));
    assert_eq!(
        Multistatus::parse(b"<multistatus xmlns='DAV:'/>", &base()),
        Ok(Multistatus::default())
    );
    assert_eq!(
        Multistatus::parse(b"<html><body/></html>", &base()),
        Err(Error::Other)
    );
    assert!(Multistatus::parse(b"not xml at all < >", &base()).is_err());
    assert!(Multistatus::parse(b"no mark at all", &base()).is_err());
    assert!(Multistatus::parse(&[0xff, 0xfe, 0x00, 0x9c, 0xc3, 0x28], &base()).is_err());
}

#[test]
fn conditions_of_an_error_body() {
    let body = include_bytes!("../fixtures/nextcloud_invalid_token.xml");
    assert!(conditions(body).contains(&Tag::ValidSyncToken));
    assert!(conditions(b"<html/>").is_empty());
    assert!(conditions(b"").is_empty());
    assert!(conditions(b"<").is_empty());
}

/// What one generated row says.
#[derive(Debug, Clone)]
struct Told {
    name: String,
    etag: Option<String>,
    gone: bool,
}

fn told() -> impl Strategy<Value = Told> {
    (
        "[a-zA-Z0-9 @%&<>'+äß€_.-]{1,20}",
        proptest::option::of("[a-zA-Z0-9&<>/\"]{1,12}"),
        any::<bool>(),
    )
        .prop_map(|(name, etag, gone)| Told { name, etag, gone })
}

fn write(rows: &[Told], prefix: &str, cdata: bool) -> String {
    let p = if prefix.is_empty() {
        String::new()
    } else {
        format!("{prefix}:")
    };
    let ns = if prefix.is_empty() {
        "xmlns".to_owned()
    } else {
        format!("xmlns:{prefix}")
    };
    let mut body = format!("\u{feff}<{p}multistatus {ns}=\"DAV:\">");
    for row in rows {
        let href =
            percent_encoding::utf8_percent_encode(&row.name, percent_encoding::NON_ALPHANUMERIC);
        body += &format!("<{p}response>\n<{p}href>/cal/{href}x</{p}href>");
        if row.gone {
            body += &format!("<{p}status>HTTP/1.1 404 Not Found</{p}status>");
        } else {
            let etag = row.etag.as_deref().unwrap_or_default();
            let text = if cdata {
                format!("<![CDATA[{etag}]]>")
            } else {
                quick_xml::escape::escape(etag).into_owned()
            };
            body += &format!(
                "<{p}propstat><{p}prop><{p}getetag>{text}</{p}getetag></{p}prop><{p}status>HTTP/1.1 200 OK</{p}status></{p}propstat>"
            );
        }
        body += &format!("</{p}response>");
    }
    body + &format!("<{p}sync-token>t</{p}sync-token></{p}multistatus>")
}

proptest! {
    #[test]
    fn what_is_written_is_read(rows in proptest::collection::vec(told(), 0..20), prefix in prop_oneof![Just(""), Just("d"), Just("ns0")], cdata in any::<bool>()) {
        let found = Multistatus::parse(write(&rows, prefix, cdata).as_bytes(), &base()).unwrap();
        let mut seen = HashSet::new();
        let expected: Vec<&Told> = rows.iter().filter(|row| seen.insert(row.name.clone())).collect();
        prop_assert_eq!(found.rows.len(), expected.len());
        prop_assert_eq!(found.sync_token.as_deref(), Some("t"));
        for (row, told) in found.rows.iter().zip(expected) {
            let name = percent_encoding::percent_decode_str(row.href.as_str()).decode_utf8().unwrap().into_owned();
            prop_assert_eq!(name, format!("/cal/{}x", told.name));
            prop_assert_eq!(row.is_gone(), told.gone);
            if !told.gone {
                prop_assert_eq!(row.text(Tag::GetEtag), told.etag.as_deref());
            }
        }
    }

    #[test]
    fn never_panics(body in ".{0,400}") {
        let _ = Multistatus::parse(format!("<multistatus xmlns='DAV:'><response>{body}").as_bytes(), &base());
    }
}
