//! Writes answers in the dialect of the server that is being imitated.

use super::{APPLE, CALDAV, CALSERVER, DAV, Element, Node};

/// How namespaces appear in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum NsStyle {
    /// `d:`, `cal:`, `cs:`, `ical:` declared on the root.
    #[default]
    Lower,
    /// No prefix for `DAV:`, `C:`/`CS:`/`ICAL:` for the rest, declared on the root.
    DavDefault,
    /// `ns0:`, `ns1:` … declared on the root.
    Numbered,
    /// `xmlns="…"` repeated on every element, no prefixes at all.
    EveryElement,
}

/// Renders a document with an XML declaration.
pub(crate) fn render(root: &Element, style: NsStyle) -> String {
    let mut out = String::with_capacity(1024);
    out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    write_element(&mut out, root, style, true);
    out
}

fn write_element(out: &mut String, element: &Element, style: NsStyle, root: bool) {
    let tag = tag(element, style);
    out.push('<');
    out.push_str(&tag);
    declare(out, element, style, root);
    for (name, value) in &element.attributes {
        out.push_str(&format!(" {name}=\"{}\"", escape(value)));
    }
    if element.children.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for child in &element.children {
        match child {
            Node::Element(child) => write_element(out, child, style, false),
            Node::Text(text) => out.push_str(&escape(text)),
            Node::CData(text) => {
                out.push_str("<![CDATA[");
                out.push_str(&text.replace("]]>", "]]]]><![CDATA[>"));
                out.push_str("]]>");
            }
        }
    }
    out.push_str("</");
    out.push_str(&tag);
    out.push('>');
}

fn tag(element: &Element, style: NsStyle) -> String {
    match prefix(&element.name.ns, style) {
        Some(prefix) => format!("{prefix}:{}", element.name.local),
        None => element.name.local.clone(),
    }
}

fn declare(out: &mut String, element: &Element, style: NsStyle, root: bool) {
    if style == NsStyle::EveryElement || prefix(&element.name.ns, style).is_none() && !root {
        if style == NsStyle::EveryElement || element.name.ns != DAV {
            out.push_str(&format!(" xmlns=\"{}\"", escape(&element.name.ns)));
        }
        return;
    }
    if !root {
        return;
    }
    for ns in [DAV, CALDAV, CALSERVER, APPLE] {
        match prefix(ns, style) {
            Some(prefix) => out.push_str(&format!(" xmlns:{prefix}=\"{ns}\"")),
            None => out.push_str(&format!(" xmlns=\"{ns}\"")),
        }
    }
}

fn prefix(ns: &str, style: NsStyle) -> Option<&'static str> {
    let index = [DAV, CALDAV, CALSERVER, APPLE]
        .iter()
        .position(|known| *known == ns)?;
    let table = match style {
        NsStyle::Lower => [Some("d"), Some("cal"), Some("cs"), Some("ical")],
        NsStyle::DavDefault => [None, Some("C"), Some("CS"), Some("ICAL")],
        NsStyle::Numbered => [Some("ns0"), Some("ns1"), Some("ns2"), Some("ns3")],
        NsStyle::EveryElement => [None; 4],
    };
    table[index]
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn every_style_reads_back_as_the_same_tree() {
        let tree = Element::dav("multistatus").child(
            Element::dav("response")
                .child(Element::dav("href").text("/a&b/"))
                .child(Element::cal("calendar-data").text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"))
                .child(Element::new(CALSERVER, "getctag").text("\"1\""))
                .child(Element::new(APPLE, "calendar-color"))
                .child(Element::new("urn:x", "odd").attribute("k", "<v>")),
        );
        for style in [
            NsStyle::Lower,
            NsStyle::DavDefault,
            NsStyle::Numbered,
            NsStyle::EveryElement,
        ] {
            let text = render(&tree, style);
            let back = parse(&text).unwrap();
            let again = parse(&render(&back, NsStyle::Lower)).unwrap();
            assert_eq!(back.elements().count(), 1, "{style:?}: {text}");
            assert_eq!(back, again, "{style:?}: {text}");
            assert!(
                back.find(DAV, "response")
                    .unwrap()
                    .find("urn:x", "odd")
                    .is_some()
            );
        }
    }
}
