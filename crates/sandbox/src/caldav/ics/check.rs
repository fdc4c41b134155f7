//! Judges what a client wants to store (RFC 4791 §4.1 and §5.3.2.1, contract caldav-apple §6).

use super::{Component, When, parse};

/// What the server needs to know about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) uid: String,
    pub(crate) component: String,
}

/// Checks an object as a server does before it stores it.
///
/// # Errors
/// The CalDAV precondition that is broken (`valid-calendar-data` or
/// `valid-calendar-object-resource`) and a sentence.
pub(crate) fn check(text: &str, require_dtend: bool) -> Result<Facts, (&'static str, String)> {
    const DATA: &str = "valid-calendar-data";
    const OBJECT: &str = "valid-calendar-object-resource";
    let calendar = parse(text).map_err(|reason| (DATA, reason))?;
    if calendar.value("VERSION") != Some("2.0") || calendar.get("PRODID").is_none() {
        return Err((DATA, "VERSION:2.0 and PRODID are required".to_owned()));
    }
    if calendar.get("METHOD").is_some() {
        return Err((OBJECT, "a stored object must not have a METHOD".to_owned()));
    }
    let mut facts: Option<Facts> = None;
    for item in calendar.items() {
        let here = item_facts(item).map_err(|reason| (DATA, reason))?;
        if require_dtend && item.name == "VEVENT" && item.get("DTEND").is_none() {
            return Err((DATA, "DTEND is missing".to_owned()));
        }
        match &facts {
            None => facts = Some(here),
            Some(first) if *first == here => {}
            Some(_) => {
                return Err((OBJECT, "one resource holds one UID of one kind".to_owned()));
            }
        }
    }
    facts.ok_or((OBJECT, "the object holds no event".to_owned()))
}

/// What a polite client would not do even though servers let it pass.
pub(crate) fn politeness(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if text.replace("\r\n", "").contains('\n') {
        found.push("line ends are not CRLF".to_owned());
    }
    if text.split("\r\n").any(|line| line.len() > 75) {
        found.push("a line is longer than 75 octets".to_owned());
    }
    let Ok(calendar) = parse(text) else {
        return found;
    };
    let zones: Vec<&str> = calendar
        .children
        .iter()
        .filter(|child| child.name == "VTIMEZONE")
        .filter_map(|zone| zone.value("TZID"))
        .collect();
    for item in calendar.items() {
        if item.name == "VEVENT" && item.get("DTEND").is_none() {
            found.push("a VEVENT has no DTEND".to_owned());
        }
        for property in &item.properties {
            if let Some(zone) = property.param("TZID")
                && !zones.contains(&zone)
            {
                found.push(format!("no VTIMEZONE for {zone}"));
            }
        }
    }
    found
}

fn item_facts(item: &Component) -> Result<Facts, String> {
    let uid = item
        .value("UID")
        .filter(|uid| !uid.is_empty())
        .ok_or_else(|| format!("a {} without UID", item.name))?;
    if item.get("DTSTAMP").is_none() {
        return Err(format!("a {} without DTSTAMP", item.name));
    }
    if item.name == "VEVENT" {
        let start = item.get("DTSTART").ok_or("a VEVENT without DTSTART")?;
        When::read(start).ok_or("DTSTART is not a date")?;
    }
    Ok(Facts {
        uid: uid.to_owned(),
        component: item.name.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(body: &str) -> String {
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n")
    }

    #[test]
    fn accepts_a_series_with_overrides_and_refuses_two_uids() {
        let one = "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260101T000000Z\r\nEND:VEVENT\r\n";
        let two = one.replace("UID:1", "UID:2");
        assert_eq!(
            check(&object(&format!("{one}{one}")), false).unwrap().uid,
            "1"
        );
        assert_eq!(
            check(&object(&format!("{one}{two}")), false).unwrap_err().0,
            "valid-calendar-object-resource"
        );
        assert_eq!(
            check(&object(one), true).unwrap_err().0,
            "valid-calendar-data"
        );
        assert!(check(&object(&format!("METHOD:REQUEST\r\n{one}")), false).is_err());
        assert!(check(&object(""), false).is_err());
    }

    #[test]
    fn notices_missing_zones_and_long_lines() {
        let text = object(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Berlin:20260101T000000\r\nEND:VEVENT\r\n",
        );
        let found = politeness(&text);
        assert!(found.iter().any(|line| line.contains("Europe/Berlin")));
        assert!(found.iter().any(|line| line.contains("DTEND")));
        assert!(politeness(&text.replace("\r\n", "\n"))[0].contains("CRLF"));
    }
}
