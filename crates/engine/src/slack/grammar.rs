//! The words of `/time`, in the form that Slack sends them: escapes undone, mentions as their names.

use daybook_domain::duration;

/// A duration alone, as a form's field has it: there a bare number means hours.
///
/// # Errors
/// A sentence for the person: what is wrong, and what is expected.
pub fn hours(text: &str) -> Result<i64, duration::Error> {
    let text = text.trim();
    let number = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    match number {
        true => duration::parse_minutes(&format!("{text}h")),
        false => duration::parse_minutes(text),
    }
}

/// What somebody typed, from what Slack sends: `&amp;` is `&`, `<@U1|ada>` is `@ada`, `<#C1|general>` is `#general`,
/// `<https://x|y>` is `y`.
pub fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find('>') else {
            rest = &rest[at..];
            break;
        };
        let inner = &rest[at + 1..at + end];
        let (target, label) = inner.split_once('|').unwrap_or((inner, ""));
        match target.chars().next() {
            Some('@') if label.is_empty() => out.push_str(target),
            Some('@') => {
                out.push('@');
                out.push_str(label);
            }
            Some('#') => {
                out.push('#');
                out.push_str(if label.is_empty() {
                    &target[1..]
                } else {
                    label
                });
            }
            Some('!') => out.push_str(label),
            _ => out.push_str(if label.is_empty() { target } else { label }),
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_number_in_a_form_means_hours() {
        for (text, minutes) in [
            ("2.5", 150),
            ("2,5", 150),
            ("1:30", 90),
            ("90min", 90),
            (" 2h ", 120),
        ] {
            assert_eq!(hours(text), Ok(minutes), "{text}");
        }
        for bad in [
            "",
            "0",
            "-1",
            "25",
            "1:75",
            "NaN",
            "\u{1f600}",
            "x",
            "1e3",
            ".",
        ] {
            assert!(hours(bad).is_err(), "{bad}");
        }
        assert!(hours(&"9".repeat(10_000)).is_err());
    }

    #[test]
    fn what_slack_sends_is_what_somebody_typed() {
        for (sent, typed) in [
            ("2h: R&amp;D", "2h: R&D"),
            ("2h: a &lt;b&gt;", "2h: a <b>"),
            ("1h with <@U123|ada>", "1h with @ada"),
            ("1h in <#C123|general>", "1h in #general"),
            ("1h <https://x.example|docs>", "1h docs"),
            ("1h <https://x.example>", "1h https://x.example"),
            ("1h <!here>", "1h "),
            ("1h a < b", "1h a < b"),
            ("&amp;lt;", "&lt;"),
        ] {
            assert_eq!(unescaped(sent), typed, "{sent}");
        }
    }
}
