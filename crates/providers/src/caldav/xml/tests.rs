//! Hostile and careless XML.

use proptest::prelude::*;

use super::*;

fn children(body: &str) -> Result<Vec<Element>, Error> {
    let mut found = Vec::new();
    read(body.as_bytes(), |child| found.push(child)).map(|_| found)
}

#[test]
fn namespaces_decide_not_prefixes() {
    for body in [
        r#"<multistatus xmlns="DAV:"><sync-token>t</sync-token></multistatus>"#,
        r#"<x:multistatus xmlns:x="DAV:"><x:sync-token>t</x:sync-token></x:multistatus>"#,
        r#"<D:multistatus xmlns:D="DAV:"><sync-token xmlns="DAV:">t</sync-token></D:multistatus>"#,
    ] {
        let found = children(body).unwrap();
        assert_eq!(found.len(), 1, "{body}");
        assert_eq!(found[0].tag, Tag::SyncToken);
        assert_eq!(found[0].text(), Some("t"));
    }
    let foreign = r#"<multistatus xmlns="DAV:"><sync-token xmlns="urn:other">t</sync-token><e:x xmlns:e="urn:e"/></multistatus>"#;
    assert_eq!(children(foreign).unwrap(), []);
    assert_eq!(read(b"<multistatus/>", |_| {}), Ok(Some(Tag::Unknown)));
}

#[test]
fn careless_beginnings_and_ends_are_forgiven() {
    let body = "\u{feff}\r\n \u{0}\t<?xml version=\"1.0\"?>\n<!-- hello --><multistatus xmlns=\"DAV:\"><sync-token> a&amp;&#98;<![CDATA[<c>]]> </sync-token></multistatus>\n trailing <junk";
    let found = children(body).unwrap();
    assert_eq!(found[0].text(), Some("a&b<c>"));
    assert_eq!(read(b"", |_| {}), Ok(None));
    assert_eq!(read(b" \r\n", |_| {}), Ok(None));
    assert_eq!(
        children("<d:multistatus xmlns:d='DAV:'><d:href>/AT&T/&#0;x</d:href></d:multistatus>")
            .unwrap()[0]
            .text(),
        Some("/AT&T/x")
    );
}

#[test]
fn document_types_and_entities_are_refused() {
    let laughs = r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>
        <multistatus xmlns="DAV:"><sync-token>&lol2;</sync-token></multistatus>"#;
    assert_eq!(children(laughs), Err(Error::DocumentType));
    let external = r#"<!DOCTYPE x SYSTEM "file:///etc/passwd"><multistatus xmlns="DAV:"/>"#;
    assert_eq!(children(external), Err(Error::DocumentType));
    let parameter = r#"<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1/">%e;]><x/>"#;
    assert_eq!(children(parameter), Err(Error::DocumentType));
    let entity = r#"<multistatus xmlns="DAV:"><sync-token>&secret;</sync-token></multistatus>"#;
    assert_eq!(children(entity), Err(Error::Entity));
}

#[test]
fn depth_and_size_are_bounded() {
    let deep = "<a>".repeat(10_000);
    assert_eq!(children(&deep), Err(Error::TooDeep));
    let nested = format!("{}{}", "<a>".repeat(MAX_DEPTH), "</a>".repeat(MAX_DEPTH));
    assert!(children(&nested).is_ok());
    let wide = format!("<a>{}", "<b/>".repeat(MAX_ELEMENTS + 1));
    assert_eq!(children(&wide), Err(Error::TooLarge));
    let fat = format!("<a><c>{}</c></a>", "<b/>".repeat(MAX_ELEMENTS_OF_CHILD));
    assert_eq!(children(&fat), Err(Error::TooLarge));
    assert_eq!(
        read(&vec![b' '; MAX_BYTES + 1], |_| {}),
        Err(Error::TooLarge)
    );
    let attributes: String = (0..100_000)
        .map(|n| format!(" xmlns:a{n}='u{n}'"))
        .collect();
    assert!(children(&format!("<a{attributes}/>")).is_err());
}

#[test]
fn broken_documents_are_errors() {
    for body in [
        "<multistatus xmlns=\"DAV:\"><response>",
        "<multistatus xmlns=\"DAV:\"><resp",
        "<multistatus xmlns=\"DAV:\"><![CDATA[",
        "<a></b>",
        "<a><b></a></b>",
    ] {
        assert!(children(body).is_err(), "{body}");
    }
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    let body = [
        b"<multistatus xmlns=\"DAV:\"><sync-token>".as_slice(),
        &[0xff, 0xfe],
        b"</sync-token></multistatus>",
    ]
    .concat();
    assert_eq!(read(&body, |_| {}), Ok(Some(Tag::Multistatus)));
}

proptest! {
    #[test]
    fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&body, |_| {});
    }

    #[test]
    fn never_panics_on_markup(parts in proptest::collection::vec(prop_oneof![
        Just("<"), Just(">"), Just("/"), Just("<a>"), Just("</a>"), Just("<d:response xmlns:d='DAV:'>"), Just("&"), Just(";"),
        Just("&#x110000;"), Just("<![CDATA["), Just("]]>"), Just("<!--"), Just("-->"), Just("<?"), Just("?>"), Just("<!DOCTYPE"),
        Just(" xmlns='"), Just("'"), Just("é"), Just("\u{0}"),
    ], 0..60)) {
        let _ = read(parts.concat().as_bytes(), |_| {});
    }
}
