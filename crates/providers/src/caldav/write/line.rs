//! Changing a parameter of a content line and nothing else in it.

use daybook_domain::ical::ContentLine;

/// The line with the parameter `name` set to `value`, or without it. Everything else stays as it was written.
pub(super) fn with_param(line: &ContentLine, name: &str, value: Option<&str>) -> ContentLine {
    let text = line.as_str();
    let (head, rest) = split(text);
    let mut parts: Vec<&str> = pieces(head).collect();
    let is_it = |part: &str| {
        part.split_once('=')
            .is_some_and(|(found, _)| found.trim().eq_ignore_ascii_case(name))
    };
    let place = parts.iter().skip(1).position(|part| is_it(part));
    let mut index = 0;
    parts.retain(|part| {
        index += 1;
        index == 1 || !is_it(part)
    });
    let new = value.map(|value| format!("{name}={value}"));
    if let Some(new) = &new {
        let place = place.map_or(parts.len(), |place| place + 1);
        parts.insert(place.min(parts.len()), new);
    }
    ContentLine::raw(format!("{}{rest}", parts.join(";")))
}

/// Name and parameters, and the rest from the colon on.
fn split(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let colon = text.find(|ch| {
        quoted ^= ch == '"';
        ch == ':' && !quoted
    });
    let colon = colon.or_else(|| text.find(':')).unwrap_or(text.len());
    text.split_at(colon)
}

fn pieces(head: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    head.split(move |ch| {
        quoted ^= ch == '"';
        ch == ';' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_parameter_changes_and_the_rest_stays() {
        let set = |text: &str, value| {
            with_param(&ContentLine::raw(text.to_owned()), "PARTSTAT", value)
                .as_str()
                .to_owned()
        };
        let some = Some("ACCEPTED");
        assert_eq!(
            set(
                "ATTENDEE;CN=\"A;B:C\";PartStat=NEEDS-ACTION;X-Y=1:mailto:a@b",
                some
            ),
            "ATTENDEE;CN=\"A;B:C\";PARTSTAT=ACCEPTED;X-Y=1:mailto:a@b"
        );
        assert_eq!(
            set("ATTENDEE:mailto:a@b", some),
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b"
        );
        assert_eq!(
            set("ATTENDEE;PARTSTAT=X;PARTSTAT=Y:mailto:a@b", None),
            "ATTENDEE:mailto:a@b"
        );
        assert_eq!(set("no colon at all", None), "no colon at all");
    }
}
