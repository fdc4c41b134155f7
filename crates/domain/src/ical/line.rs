//! Content lines (RFC 5545 §3.1): their parts, their folding, and the escapes within them.

use std::borrow::Cow;

/// Octets per physical line.
const FOLD: usize = 75;

/// One unfolded line, `NAME;PARAM=value:value`, kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentLine {
    text: String,
    name_end: usize,
    /// Byte after the colon; the length of the text when there is none.
    value_start: usize,
}

impl ContentLine {
    /// Takes a line as it is, without its line break.
    #[must_use]
    pub fn raw(text: String) -> Self {
        let name_end = text.find([';', ':']).unwrap_or(text.len());
        let mut quoted = false;
        let colon = text.find(|ch| {
            quoted ^= ch == '"';
            ch == ':' && !quoted
        });
        // A quote that never closes hides the colon; then the first colon it is.
        let colon = colon.or_else(|| text.find(':'));
        let value_start = colon.map_or(text.len(), |colon| colon + 1);
        Self {
            name_end: name_end.min(value_start),
            text,
            value_start,
        }
    }

    /// A new line. Parameter values are quoted and encoded as needed (RFC 6868), control characters dropped; `value` must be
    /// escaped already where its type asks for it.
    #[must_use]
    pub fn new(name: &str, params: &[(&str, &str)], value: &str) -> Self {
        let mut text: String = name
            .chars()
            .filter(|ch| ch.is_ascii_alphanumeric() || *ch == '-')
            .collect();
        for (param, value) in params {
            text.push(';');
            text.extend(
                param
                    .chars()
                    .filter(|ch| ch.is_ascii_alphanumeric() || *ch == '-'),
            );
            text.push('=');
            text.push_str(&param_value(value));
        }
        text.push(':');
        text.extend(value.chars().filter(|ch| !ch.is_control() || *ch == '\t'));
        Self::raw(text)
    }

    /// A new line of type TEXT: `value` is escaped.
    #[must_use]
    pub fn text(name: &str, params: &[(&str, &str)], value: &str) -> Self {
        Self::new(name, params, &escape_text(value))
    }

    /// The property's name, as written.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.get(..self.name_end).unwrap_or_default().trim()
    }

    /// Whether this is the property `name`, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// The value as written, escapes and all.
    #[must_use]
    pub fn value(&self) -> &str {
        self.text
            .get(self.value_start..)
            .unwrap_or_default()
            .trim_end()
    }

    /// The first value of a parameter, without quotes and with RFC 6868 decoded.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<Cow<'_, str>> {
        let head = self
            .text
            .get(self.name_end..self.value_start)?
            .trim_end_matches(':');
        split_outside_quotes(head, ';').find_map(|param| {
            let (found, value) = param.split_once('=')?;
            found
                .trim()
                .eq_ignore_ascii_case(name)
                .then(|| decode_param(value.trim().trim_matches('"')))
        })
    }

    /// The whole line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends the line, folded at 75 octets and never inside a character, with its line break.
    pub fn fold_into(&self, out: &mut String) {
        let mut room = FOLD;
        for ch in self.text.chars() {
            let size = ch.len_utf8();
            if size > room {
                out.push_str("\r\n ");
                room = FOLD - 1;
            }
            out.push(ch);
            room -= size;
        }
        out.push_str("\r\n");
    }
}

/// Escapes a TEXT value (RFC 5545 §3.3.11); control characters other than line breaks and tabs are dropped.
#[must_use]
pub fn escape_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(ch) = chars.next() {
        match ch {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(ch);
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => out.push_str("\\n"),
            '\t' => out.push(ch),
            _ if ch.is_control() => {}
            _ => out.push(ch),
        }
    }
    out
}

fn param_value(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    for ch in value.chars() {
        match ch {
            '^' => out.push_str("^^"),
            '"' => out.push_str("^'"),
            '\n' => out.push_str("^n"),
            _ if ch.is_control() => {}
            _ => out.push(ch),
        }
    }
    if out.contains([':', ';', ',']) || out.starts_with(' ') || out.ends_with(' ') {
        format!("\"{out}\"")
    } else {
        out
    }
}

/// Undoes RFC 6868.
fn decode_param(value: &str) -> Cow<'_, str> {
    if !value.contains('^') {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(ch) = chars.next() {
        let decoded = match (ch, chars.peek()) {
            ('^', Some('n')) => Some('\n'),
            ('^', Some('^')) => Some('^'),
            ('^', Some('\'')) => Some('"'),
            _ => None,
        };
        if decoded.is_some() {
            chars.next();
        }
        out.push(decoded.unwrap_or(ch));
    }
    Cow::Owned(out)
}

fn split_outside_quotes(text: &str, at: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |ch| {
        quoted ^= ch == '"';
        ch == at && !quoted
    })
}
