//! Slack's markup as HTML, and what in it would reach people: mentions and links.

use crate::shell::escape;

/// A piece of text between `<` and `>`, or plain.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    Special(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start..].find('>') else {
            break;
        };
        let inner = &rest[start + 1..start + length];
        // Only what Slack knows is special; the rest is text.
        let special = inner.starts_with(['@', '#', '!'])
            || ["http://", "https://", "mailto:"]
                .iter()
                .any(|p| inner.starts_with(p));
        if special {
            pieces.push(Piece::Plain(&rest[..start]));
            pieces.push(Piece::Special(inner));
        } else {
            pieces.push(Piece::Plain(&rest[..=start + length]));
        }
        rest = &rest[start + length + 1..];
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// Whom a text would call: `@U…`, `!here`, `!subteam^…`; dates are not calls.
#[must_use]
pub fn mentions(text: &str) -> Vec<String> {
    let of = |piece: Piece<'_>| match piece {
        Piece::Special(inner)
            if inner.starts_with(['@', '#', '!']) && !inner.starts_with("!date^") =>
        {
            Some(inner.to_owned())
        }
        _ => None,
    };
    pieces(text).into_iter().filter_map(of).collect()
}

/// Where a text would lead: written links, links of dates, and bare addresses that Slack makes links of.
#[must_use]
pub fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Special(inner) if inner.starts_with("!date^") => {
                let shown = inner.split('|').next().unwrap_or_default();
                links.extend(shown.split('^').nth(3).map(str::to_owned));
            }
            Piece::Special(inner) if !inner.starts_with(['@', '#', '!']) => {
                links.extend(inner.split('|').next().map(str::to_owned));
            }
            Piece::Special(_) => {}
            Piece::Plain(text) => {
                let words = text.split_whitespace();
                let bare = words.filter(|w| w.contains("http://") || w.contains("https://"));
                links.extend(bare.map(str::to_owned));
            }
        }
    }
    links
}

/// The text as HTML.
pub(super) fn html(text: &str) -> String {
    let mut html = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Plain(text) => html.push_str(&plain(text)),
            Piece::Special(inner) => {
                let (target, label) = inner.split_once('|').unwrap_or((inner, ""));
                html.push_str(&special(target, label));
            }
        }
    }
    html
}

fn special(target: &str, label: &str) -> String {
    let or = |usual: &str| {
        if label.is_empty() {
            decoded(usual)
        } else {
            decoded(label)
        }
    };
    if target.starts_with("!date^") {
        return format!("<time>{}</time>", or("a date"));
    }
    if target.starts_with(['@', '#', '!']) {
        return format!("<mark>{}</mark>", or(target));
    }
    format!("<a href=\"{}\">{}</a>", decoded(target), or(target))
}

/// `&amp;` and the like stand for themselves; then everything is escaped for HTML.
fn decoded(text: &str) -> String {
    escape(
        &text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

fn plain(text: &str) -> String {
    let text = decoded(text).replace('\n', "<br>");
    let text = wrap(&text, '*', "b");
    let text = wrap(&text, '_', "i");
    let text = wrap(&text, '~', "s");
    emoji(&wrap(&text, '`', "code"))
}

/// Pairs of a sign that stand at the edges of words.
fn wrap(text: &str, sign: char, tag: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(sign) {
        let after = &rest[start + 1..];
        let opens = rest[..start]
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric() && c != '/');
        let end = after
            .find(sign)
            .filter(|end| *end > 0 && !after[..*end].contains('<'));
        match end {
            Some(end) if opens => {
                html.push_str(&rest[..start]);
                html.push_str(&format!("<{tag}>{}</{tag}>", &after[..end]));
                rest = &after[end + 1..];
            }
            _ => {
                html.push_str(&rest[..=start]);
                rest = after;
            }
        }
    }
    html + rest
}

fn emoji(text: &str) -> String {
    [
        (":white_check_mark:", "✅"),
        (":x:", "❌"),
        (":warning:", "⚠️"),
        (":wastebasket:", "🗑️"),
        (":calendar:", "📅"),
        (":hourglass_flowing_sand:", "⏳"),
        (":link:", "🔗"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (name, sign)| {
        text.replace(name, sign)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_becomes_markup() {
        assert_eq!(html("a &lt;b&gt; <script>"), "a &lt;b&gt; &lt;script&gt;");
        assert_eq!(html("*bold* and 2*3*4"), "<b>bold</b> and 2*3*4");
        assert_eq!(
            html("<https://a.example/?x=1&amp;y|Turn &lt;off&gt;>"),
            "<a href=\"https://a.example/?x=1&amp;y\">Turn &lt;off&gt;</a>"
        );
        assert_eq!(
            html("<!date^1^{date}|2026-11-21>"),
            "<time>2026-11-21</time>"
        );
        assert_eq!(
            html("<javascript:alert(1)|x>"),
            "&lt;javascript:alert(1)|x&gt;"
        );
    }

    #[test]
    fn calls_and_links_are_seen() {
        assert_eq!(
            mentions("<!here> <@U1|ada> &lt;!channel&gt; <!date^1^x|y>"),
            ["!here", "@U1|ada"]
        );
        assert_eq!(
            links("<https://evil.example|x> http://b.example <!date^1^x^https://c.example|y>"),
            [
                "https://evil.example",
                "http://b.example",
                "https://c.example"
            ]
        );
        assert!(links("&lt;https is nothing").is_empty());
    }
}
