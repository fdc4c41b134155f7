//! Reads request bodies. No DTD, no entities beyond the five predefined ones, bounded depth and
//! size: a simulator must not be easier to knock over than the product it tests.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::{Element, Name, Node};

const MAX_DEPTH: usize = 64;
const MAX_ELEMENTS: usize = 100_000;

/// Parses one XML document.
///
/// # Errors
/// A sentence saying what is wrong: not well-formed, a DTD, too deep, too large, or no root.
pub(crate) fn parse(body: &str) -> Result<Element, String> {
    let mut reader = NsReader::from_str(body.trim_start_matches('\u{feff}'));
    let mut stack: Vec<Element> = Vec::new();
    let mut root = None;
    let mut count = 0usize;
    loop {
        let (namespace, event) = reader
            .read_resolved_event()
            .map_err(|error| format!("the XML is not well-formed: {error}"))?;
        let namespace = namespace_text(&namespace)?;
        match event {
            Event::Start(start) => {
                count += 1;
                if stack.len() >= MAX_DEPTH || count > MAX_ELEMENTS {
                    return Err("the XML is too deep or too large".to_owned());
                }
                stack.push(element(&namespace, &start)?);
            }
            Event::Empty(start) => {
                count += 1;
                let element = element(&namespace, &start)?;
                close(&mut stack, &mut root, element)?;
            }
            Event::End(_) => {
                let element = stack.pop().ok_or("an end tag without a start tag")?;
                close(&mut stack, &mut root, element)?;
            }
            Event::Text(text) => push_text(&mut stack, &text.xml10_content(), false),
            Event::CData(text) => push_text(&mut stack, &text.xml10_content(), true),
            Event::GeneralRef(entity) => {
                let text = match entity.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    Ok(None) => predefined(&entity.xml10_content())?.to_owned(),
                    Err(error) => return Err(format!("a bad character reference: {error}")),
                };
                push_text(&mut stack, &text, false);
            }
            Event::DocType(_) => return Err("a DTD is not accepted".to_owned()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !stack.is_empty() {
        return Err("the XML ends too early".to_owned());
    }
    root.ok_or_else(|| "the body holds no XML element".to_owned())
}

fn namespace_text(resolved: &ResolveResult<'_>) -> Result<String, String> {
    match resolved {
        ResolveResult::Bound(namespace) => Ok(namespace.as_ref().to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(prefix) => Err(format!("the prefix {prefix} is not declared")),
    }
}

fn element(namespace: &str, start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element::named(Name::new(namespace, start.local_name().into_inner()));
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("a bad attribute: {error}"))?;
        let name = attribute.key.into_inner();
        if name == "xmlns" || name.starts_with("xmlns:") {
            continue;
        }
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|error| format!("a bad attribute value: {error}"))?;
        element
            .attributes
            .push((name.to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn close(
    stack: &mut [Element],
    root: &mut Option<Element>,
    element: Element,
) -> Result<(), String> {
    if let Some(parent) = stack.last_mut() {
        parent.children.push(Node::Element(element));
    } else if root.is_some() {
        return Err("more than one root element".to_owned());
    } else {
        *root = Some(element);
    }
    Ok(())
}

fn push_text(stack: &mut [Element], text: &str, cdata: bool) {
    if let Some(parent) = stack.last_mut() {
        parent.children.push(if cdata {
            Node::CData(text.to_owned())
        } else {
            Node::Text(text.to_owned())
        });
    }
}

fn predefined(name: &str) -> Result<&'static str, String> {
    match name {
        "lt" => Ok("<"),
        "gt" => Ok(">"),
        "amp" => Ok("&"),
        "quot" => Ok("\""),
        "apos" => Ok("'"),
        other => Err(format!("the entity {other} is not defined")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caldav::xml::{CALDAV, DAV};

    #[test]
    fn reads_default_namespaces_prefixes_cdata_and_references() {
        let root = parse(
            "<?xml version=\"1.0\"?><a:x xmlns:a=\"DAV:\"><y xmlns=\"urn:ietf:params:xml:ns:caldav\" \
             k=\"1 &amp; 2\">p&amp;q<![CDATA[<z>]]>&#65;</y></a:x>",
        )
        .unwrap();
        assert!(root.name.is(DAV, "x"));
        let y = root.find(CALDAV, "y").unwrap();
        assert_eq!(y.content(), "p&q<z>A");
        assert_eq!(y.get_attribute("k"), Some("1 & 2"));
    }

    #[test]
    fn refuses_dtd_unknown_entities_two_roots_and_deep_nesting() {
        assert!(parse("<!DOCTYPE a><a/>").is_err());
        assert!(parse("<a>&boom;</a>").is_err());
        assert!(parse("<a/><b/>").is_err());
        assert!(parse(&"<a>".repeat(100)).is_err());
        assert!(parse("<a><b></a>").is_err());
        assert!(parse("").is_err());
    }
}
