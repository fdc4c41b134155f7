//! The paper all letters are written on: one template as text, one as HTML.

use askama::Template;

use super::Letter;
use crate::Context;

/// Longest subject and heading, in characters.
const LINE: usize = 150;

/// What a letter says, before it is set.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub subject: String,
    pub heading: String,
    pub paragraphs: Vec<String>,
    pub facts: Vec<(&'static str, String)>,
    pub button: Option<(&'static str, String)>,
    pub foot: String,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", escape = "none")]
struct Text<'a> {
    heading: &'a str,
    paragraphs: &'a [String],
    facts: &'a [(&'static str, String)],
    button: Option<(&'static str, &'a str)>,
    foot: &'a str,
    sender: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    heading: &'a str,
    paragraphs: &'a [String],
    facts: &'a [(&'static str, String)],
    button: Option<(&'static str, &'a str)>,
    foot: &'a str,
    sender: &'a str,
}

/// Text that people gave, as one line: line breaks and other controls would begin a new header or hide something.
#[must_use]
pub fn line(text: &str) -> String {
    let clean = |c: char| {
        if c.is_control() || is_invisible(c) {
            ' '
        } else {
            c
        }
    };
    let words: String = text.chars().map(clean).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    let text = words.join(" ");
    if text.chars().count() <= LINE {
        return text;
    }
    text.chars().take(LINE - 1).chain(['…']).collect()
}

/// Separators of lines, and marks that turn the direction of text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl Draft {
    /// Sets it in both forms.
    pub fn set(self, cx: &Context) -> Letter {
        let heading = line(&self.heading);
        let host = cx.settings.base_url.host_str().unwrap_or("localhost");
        let sender = format!("Daybook at {host}");
        let button = self
            .button
            .as_ref()
            .map(|(label, url)| (*label, url.as_str()));
        let (paragraphs, facts, foot) = (&self.paragraphs, &self.facts, &self.foot);
        let text = Text {
            heading: &heading,
            paragraphs,
            facts,
            button,
            foot,
            sender: &sender,
        };
        let html = Html {
            heading: &heading,
            paragraphs,
            facts,
            button,
            foot,
            sender: &sender,
        };
        // The templates write into a text: they cannot fail.
        Letter {
            subject: line(&self.subject),
            text: text.render().unwrap_or_default(),
            html: html.render().unwrap_or_default(),
            attachments: Vec::new(),
            reply_to: None,
        }
    }
}

/// An address of the dashboard.
pub(super) fn page(cx: &Context, path: &str) -> String {
    cx.settings.page(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(
            line("Acme\r\nBcc: x@evil.example\0"),
            "Acme Bcc: x@evil.example"
        );
        assert_eq!(line("a\u{202e}b\u{2028}c"), "a b c");
        assert_eq!(line(&"x".repeat(1_000)).chars().count(), LINE);
    }

    #[test]
    fn html_is_escaped_and_text_is_not() {
        let paragraphs = ["<script>alert(1)</script> & \"Co\"".to_owned()];
        let facts = [("Client", "<b>".to_owned())];
        let url = "https://x.example/?a=1&b=\"><img>";
        let html = Html {
            heading: "<h>",
            paragraphs: &paragraphs,
            facts: &facts,
            button: Some(("Open", url)),
            foot: "",
            sender: "s",
        };
        let html = html.render().unwrap();
        assert!(
            !html.contains("<script>") && !html.contains("<img>") && !html.contains("<h>"),
            "{html}"
        );
        let text = Text {
            heading: "<h>",
            paragraphs: &paragraphs,
            facts: &facts,
            button: Some(("Open", url)),
            foot: "",
            sender: "s",
        };
        let text = text.render().unwrap();
        assert!(
            text.contains("<script>alert(1)</script> & \"Co\"") && text.contains(url),
            "{text}"
        );
    }
}
