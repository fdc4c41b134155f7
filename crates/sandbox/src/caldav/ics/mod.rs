//! A small iCalendar tree (RFC 5545): enough to hold, change and judge calendar objects while
//! keeping every line the simulator does not understand.

mod build;
mod check;
mod overlap;
mod time;

pub(crate) use build::{EventSpec, todo, with_zones, wrap, zone_names};
pub(crate) use check::{check, politeness};
pub(crate) use overlap::overlaps;
pub(crate) use time::When;

const MAX_DEPTH: usize = 16;

/// One content line: name (upper case), raw parameters (without the leading `;`) and raw value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) params: String,
    pub(crate) value: String,
}

impl Property {
    pub(crate) fn new(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            params: String::new(),
            value: value.into(),
        }
    }

    /// The value of one parameter, unquoted.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.split(';').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim_matches('"'))
        })
    }
}

/// A component such as `VCALENDAR` or `VEVENT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) name: String,
    pub(crate) properties: Vec<Property>,
    pub(crate) children: Vec<Component>,
}

impl Component {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            properties: Vec::new(),
            children: Vec::new(),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Property> {
        self.properties
            .iter()
            .find(|property| property.name == name)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(|property| property.value.as_str())
    }

    /// Adds a property at the end.
    pub(crate) fn add(&mut self, property: Property) {
        self.properties.push(property);
    }

    /// Replaces the first property of that name (or adds it) and drops its duplicates.
    pub(crate) fn set(&mut self, property: Property) {
        let at = self
            .properties
            .iter()
            .position(|existing| existing.name == property.name);
        self.remove(&property.name);
        let at = at.unwrap_or(self.properties.len());
        self.properties
            .insert(at.min(self.properties.len()), property);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.properties.retain(|property| property.name != name);
    }

    /// The parts that are not time zones: VEVENT, VTODO, VJOURNAL …
    pub(crate) fn items(&self) -> impl Iterator<Item = &Component> {
        self.children
            .iter()
            .filter(|child| child.name != "VTIMEZONE")
    }

    /// The VEVENT without RECURRENCE-ID, if any.
    pub(crate) fn master(&self) -> Option<&Component> {
        self.items()
            .find(|item| item.name == "VEVENT" && item.get("RECURRENCE-ID").is_none())
    }

    pub(crate) fn master_mut(&mut self) -> Option<&mut Component> {
        self.children
            .iter_mut()
            .find(|item| item.name == "VEVENT" && item.get("RECURRENCE-ID").is_none())
    }
}

/// Parses one VCALENDAR.
///
/// # Errors
/// A sentence saying which rule of RFC 5545 is broken.
pub(crate) fn parse(text: &str) -> Result<Component, String> {
    let mut stack: Vec<Component> = Vec::new();
    let mut root: Option<Component> = None;
    for line in unfold(text) {
        if line.trim().is_empty() {
            continue;
        }
        let property = content_line(&line)?;
        match property.name.as_str() {
            "BEGIN" if stack.len() >= MAX_DEPTH => return Err("nested too deep".to_owned()),
            "BEGIN" => stack.push(Component::new(&property.value.trim().to_ascii_uppercase())),
            "END" => {
                let done = stack.pop().ok_or("END without BEGIN")?;
                if !done.name.eq_ignore_ascii_case(property.value.trim()) {
                    return Err(format!("END:{} closes {}", property.value, done.name));
                }
                match (stack.last_mut(), &root) {
                    (Some(parent), _) => parent.children.push(done),
                    (None, None) => root = Some(done),
                    (None, Some(_)) => return Err("more than one object".to_owned()),
                }
            }
            _ => stack
                .last_mut()
                .ok_or("a property outside of a component")?
                .add(property),
        }
    }
    match root {
        Some(root) if stack.is_empty() && root.name == "VCALENDAR" => Ok(root),
        _ => Err("not one complete VCALENDAR".to_owned()),
    }
}

/// Writes with CRLF line ends and folding at 75 octets.
pub(crate) fn write(component: &Component) -> String {
    let mut out = String::new();
    write_into(&mut out, component);
    out
}

fn write_into(out: &mut String, component: &Component) {
    fold(out, &format!("BEGIN:{}", component.name));
    for property in &component.properties {
        let separator = if property.params.is_empty() { "" } else { ";" };
        fold(
            out,
            &format!(
                "{}{separator}{}:{}",
                property.name, property.params, property.value
            ),
        );
    }
    for child in &component.children {
        write_into(out, child);
    }
    fold(out, &format!("END:{}", component.name));
}

fn fold(out: &mut String, line: &str) {
    let mut used = 0;
    for character in line.chars() {
        if used + character.len_utf8() > 75 {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(character);
        used += character.len_utf8();
    }
    out.push_str("\r\n");
}

fn unfold(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn content_line(line: &str) -> Result<Property, String> {
    let mut quoted = false;
    let mut name_end = None;
    for (index, character) in line.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ';' if !quoted && name_end.is_none() => name_end = Some(index),
            ':' if !quoted => {
                let (head, value) = (&line[..index], &line[index + 1..]);
                let name = &head[..name_end.unwrap_or(index)];
                let params = name_end.map_or("", |end| &head[end + 1..]);
                if name.is_empty() {
                    return Err("a line without a name".to_owned());
                }
                return Ok(Property {
                    name: name.to_ascii_uppercase(),
                    params: params.to_owned(),
                    value: value.to_owned(),
                });
            }
            _ => {}
        }
    }
    Err(format!(
        "a line without a colon: {}",
        line.chars().take(40).collect::<String>()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_unfolds_and_writes_back() {
        let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n\
                    ATTENDEE;CN=\"A:B;C\":mailto:a@example.com\r\nSUMMARY:long\r\n er\r\n\
                    END:VEVENT\r\nEND:VCALENDAR\r\n";
        let tree = parse(text).unwrap();
        let event = tree.master().unwrap();
        assert_eq!(event.value("SUMMARY"), Some("longer"));
        assert_eq!(event.get("ATTENDEE").unwrap().value, "mailto:a@example.com");
        assert_eq!(parse(&write(&tree)).unwrap(), tree);
    }

    #[test]
    fn folds_at_75_octets_without_splitting_characters() {
        let mut event = Component::new("VCALENDAR");
        event.add(Property::new("SUMMARY", "ü".repeat(100)));
        let text = write(&event);
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(parse(&text).unwrap(), event);
    }

    #[test]
    fn refuses_broken_objects() {
        for text in [
            "",
            "hello",
            "BEGIN:VCALENDAR\r\n",
            "BEGIN:VCALENDAR\r\nEND:VEVENT\r\n",
            "X:1\r\n",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
        assert!(parse(&"BEGIN:VEVENT\r\n".repeat(50)).is_err());
    }
}
