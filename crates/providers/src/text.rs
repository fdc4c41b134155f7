//! Text out of fields that may hold HTML, and addresses out of fields that may hold anything.

use daybook_domain::ical::meeting_url_in;
use url::Url;

/// Plain text of a description: tags go, line breaks and list items stay visible, entities become characters. Text
/// without HTML comes out as it is.
pub(crate) fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.trim().to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = match rest.starts_with('<') {
            true => tag(rest, &mut out),
            false => entity(rest, &mut out),
        };
    }
    out.push_str(rest);
    tidy(&out)
}

/// An `http` or `https` address, or nothing.
pub(crate) fn link(text: &str) -> Option<String> {
    let text = text.trim();
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    web.then(|| text.to_owned())
}

/// The way to join that a location holds: a link of a known service, or a location that is nothing but a link.
pub(crate) fn meeting_link(location: &str) -> Option<String> {
    let found = meeting_url_in(location).map(str::to_owned);
    found.or_else(|| link(location).filter(|link| !link.contains(char::is_whitespace)))
}

/// The way to join that a description holds: a link of a known service, to be seen or behind other words (`href`). `said` is
/// its plain text, `written` what it was made of.
pub(crate) fn meeting_link_in(said: Option<&str>, written: Option<&str>) -> Option<String> {
    let seen = said.and_then(meeting_url_in).map(str::to_owned);
    seen.or_else(|| {
        let behind = decoded(meeting_url_in(written?)?);
        meeting_url_in(&behind).map(str::to_owned)
    })
}

/// Handles a `<`: a tag is dropped (leaving a line break where it shows as one), anything else is text.
fn tag<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let inner = &rest[1..];
    let is_tag = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    let Some(end) = inner.find('>').filter(|_| is_tag) else {
        out.push('<');
        return inner;
    };
    let closing = inner.starts_with('/');
    let name: String = inner
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    let after = &inner[end + 1..];
    match name.as_str() {
        "br" => out.push('\n'),
        "p" | "div" | "ul" | "ol" | "tr" | "table" | "h1" | "h2" | "h3" | "h4" | "blockquote" => {
            new_line(out);
        }
        "li" if !closing => {
            new_line(out);
            out.push_str("- ");
        }
        "script" | "style" if !closing => return skip_past(after, &format!("</{name}")),
        _ => {}
    }
    after
}

/// Ends the current line, if there is one.
fn new_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// What follows the closing tag that starts with `closing` (lower case).
fn skip_past<'a>(text: &'a str, closing: &str) -> &'a str {
    let found = text.to_ascii_lowercase().find(closing);
    let Some(at) = found else {
        return "";
    };
    let rest = &text[at..];
    rest.find('>').map_or("", |end| &rest[end + 1..])
}

/// Handles an `&`: a known entity becomes its character, anything else is text.
fn entity<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let inner = &rest[1..];
    let end = inner.bytes().take(10).position(|b| b == b';');
    let decoded = end.and_then(|end| decode(&inner[..end]).map(|c| (c, end)));
    match decoded {
        Some((character, end)) => {
            out.push(character);
            &inner[end + 1..]
        }
        None => {
            out.push('&');
            inner
        }
    }
}

/// Text with its entities as characters.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = entity(&rest[at..], &mut out);
    }
    out.push_str(rest);
    out
}

fn decode(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control() || *c == '\n' || *c == '\t');
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "bull" => '•',
        "euro" => '€',
        "copy" => '©',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        _ => return None,
    })
}

/// No spaces at the ends of lines, at most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// Place, description and the way to join that every provider's events show for them.
#[cfg(test)]
pub(crate) const INVITATIONS: [(&str, &str, Option<&str>); 7] = [
    (
        "Room 4",
        "Join Zoom Meeting\nhttps://acme.zoom.us/j/1?pwd=x",
        Some("https://acme.zoom.us/j/1?pwd=x"),
    ),
    (
        "",
        "Call https://whereby.com/acme.",
        Some("https://whereby.com/acme"),
    ),
    (
        "https://meet.google.com/abc",
        "or https://zoom.us/j/2",
        Some("https://meet.google.com/abc"),
    ),
    (
        "Room 4, https://teams.live.com/meet/9",
        "",
        Some("https://teams.live.com/meet/9"),
    ),
    (
        "",
        "https://app.goto.com/meeting/3 https://v.ringcentral.com/join/4",
        Some("https://app.goto.com/meeting/3"),
    ),
    ("Room 4", "Agenda: https://docs.example/zoom.us", None),
    ("", "https://evilzoom.us/j/1", None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_text_and_text_stays() {
        for (html, text) in [
            ("may contain <b>HTML</b>", "may contain HTML"),
            ("a<br>b<BR/>c", "a\nb\nc"),
            ("<p>one</p><p>two</p>", "one\ntwo"),
            ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
            ("1 < 2 && 3 > 2", "1 < 2 && 3 > 2"),
            (
                "Q&amp;A &#8211; 5&nbsp;&euro; &lt;b&gt; &#x1F600;",
                "Q&A – 5 € <b> 😀",
            ),
            ("a<script>alert('<p>')</script>b<style>x</style>c", "abc"),
            (
                "<a href=\"https://x.example/?a=1&amp;b=2\">agenda</a>",
                "agenda",
            ),
            ("unclosed <b", "unclosed <b"),
            ("<script>never closed", ""),
            (
                "&unknown; &; & &#xD800; &#0;",
                "&unknown; &; & &#xD800; &#0;",
            ),
            ("  plain\n\n\n text  ", "plain\n\n\n text"),
            ("ä<br><br><br><br>ö", "ä\n\nö"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn meeting_links_in_locations() {
        let zoom = "https://acme.zoom.us/j/123?pwd=x";
        assert_eq!(meeting_link(zoom).as_deref(), Some(zoom));
        assert_eq!(
            meeting_link(&format!("Room 4, {zoom}")).as_deref(),
            Some(zoom)
        );
        assert_eq!(
            meeting_link("https://jitsi.acme.example/standup").as_deref(),
            Some("https://jitsi.acme.example/standup")
        );
        for none in [
            "Room 4",
            "",
            "see https://maps.example/x near",
            "javascript:alert(1)",
            "https://",
            "http://evilzoom.us x",
            "https://maps.example/a b",
        ] {
            assert_eq!(meeting_link(none), None, "{none}");
        }
        let html =
            "<p><a href=\"https://acme.zoom.us/j/1?a=2&amp;pwd=x\">Join</a> &amp; <b>talk</b></p>";
        for (written, found) in [
            (html, Some("https://acme.zoom.us/j/1?a=2&pwd=x")),
            (
                "Join: https://meet.google.com/abc.",
                Some("https://meet.google.com/abc"),
            ),
            ("&lt;https://zoom.us/j/2&gt;", Some("https://zoom.us/j/2")),
            ("https://example.org", None),
            ("&amp;", None),
        ] {
            let said = plain(written);
            let link = meeting_link_in(Some(&said), Some(written));
            assert_eq!(link.as_deref(), found, "{written}");
        }
        assert_eq!(meeting_link_in(None, None), None);
        assert_eq!(link("javascript:alert(1)"), None);
        assert_eq!(link("mailto:a@b.example"), None);
    }
}
