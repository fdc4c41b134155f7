//! What a time zone's label means.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::sync::OnceLock;

use super::{VTimezone, Zone, windows_to_iana};

/// The zone found for a label, and what to tell people when it was a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The zone to use.
    pub zone: Zone,
    /// Set when the label said nothing and another zone stands in.
    pub warning: Option<String>,
}

/// Old and present names of zones that were renamed: either may be the one a database lacks.
const RENAMED: &[(&str, &str)] = &[
    ("Africa/Asmera", "Africa/Asmara"),
    ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ("America/Godthab", "America/Nuuk"),
    ("America/Indianapolis", "America/Indiana/Indianapolis"),
    ("Asia/Calcutta", "Asia/Kolkata"),
    ("Asia/Dacca", "Asia/Dhaka"),
    ("Asia/Katmandu", "Asia/Kathmandu"),
    ("Asia/Rangoon", "Asia/Yangon"),
    ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
    ("Atlantic/Faeroe", "Atlantic/Faroe"),
    ("Europe/Kiev", "Europe/Kyiv"),
    ("Pacific/Enderbury", "Pacific/Kanton"),
    ("Pacific/Ponape", "Pacific/Pohnpei"),
    ("Pacific/Truk", "Pacific/Chuuk"),
];

/// No label is longer than this; a longer one is noise.
const MAX_LABEL: usize = 255;

/// Finds the zone that `tzid` stands for; never fails. `vtimezone` is the definition of the same label in the same file,
/// `default` the calendar's zone.
#[must_use]
pub fn resolve(tzid: &str, vtimezone: Option<&VTimezone>, default: &Zone) -> Resolved {
    let label = tzid.trim().trim_matches('"');
    let found = by_name(label)
        .or_else(|| vtimezone.and_then(|definition| by_name(definition.location.as_deref()?)))
        .or_else(|| vtimezone.and_then(Zone::custom));
    if let Some(zone) = found {
        return Resolved {
            zone,
            warning: None,
        };
    }
    let (zone, reading) = match offset_in_parentheses(label) {
        Some(zone) => (zone, "read the offset in its name"),
        None => (default.clone(), "used the calendar's own zone"),
    };
    let shown: String = label.chars().filter(|c| !c.is_control()).take(60).collect();
    let warning = format!("The time zone “{shown}” is not known; Daybook {reading}: {zone}.");
    Resolved {
        zone,
        warning: Some(warning),
    }
}

pub(super) fn iana(name: &str) -> Option<Zone> {
    let name = name.trim();
    if name.is_empty() || name.len() > MAX_LABEL {
        return None;
    }
    if name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("z") {
        return Some(Zone::utc());
    }
    let renamed = RENAMED
        .iter()
        .find(|(old, new)| old.eq_ignore_ascii_case(name) || new.eq_ignore_ascii_case(name));
    match renamed {
        Some((old, new)) => {
            let tz = lookup(new).or_else(|| lookup(old))?;
            Some(Zone::from_tz(new, tz))
        }
        None => lookup(name).map(|tz| Zone::from_tz(tz.iana_name().unwrap_or(name), tz.clone())),
    }
}

fn lookup(name: &str) -> Option<TimeZone> {
    // The system's database first, because it is updated without us; the bundled one for what that one lacks.
    static BUNDLED: OnceLock<TimeZoneDatabase> = OnceLock::new();
    jiff::tz::db()
        .get(name)
        .or_else(|_| BUNDLED.get_or_init(TimeZoneDatabase::bundled).get(name))
        .ok()
        .filter(|tz| !tz.is_unknown() && tz.iana_name().is_some())
}

fn by_name(label: &str) -> Option<Zone> {
    iana(label)
        .or_else(|| without_prefix(label))
        .or_else(|| windows_to_iana(label).and_then(iana))
        .or_else(|| offset_name(label))
}

/// `/freeassociation.sourceforge.net/Tzfile/Europe/Berlin`, `/mozilla.org/20050126_1/America/Argentina/Ushuaia`.
fn without_prefix(label: &str) -> Option<Zone> {
    if label.len() > MAX_LABEL {
        return None;
    }
    let parts: Vec<&str> = label.split('/').filter(|part| !part.is_empty()).collect();
    [3, 2, 1].into_iter().find_map(|keep| {
        let from = parts.len().checked_sub(keep)?;
        // A bare last part must be a whole name such as `UTC`, and only after a prefix.
        if from == 0 && !label.starts_with('/') {
            return None;
        }
        iana(&parts.get(from..)?.join("/"))
    })
}

/// `GMT+0100`, `UTC+01:00`, `UTC-5`, `+0530`: hours east of UTC, unlike the POSIX sign of `Etc/GMT-1`.
fn offset_name(label: &str) -> Option<Zone> {
    let upper = label.to_ascii_uppercase();
    let digits = ["UTC", "GMT", ""]
        .iter()
        .find_map(|prefix| upper.strip_prefix(prefix).map(str::trim_start))
        .filter(|rest| rest.starts_with(['+', '-', '−']))?;
    offset_seconds(digits).and_then(Zone::fixed)
}

fn offset_in_parentheses(label: &str) -> Option<Zone> {
    let inner = label.strip_prefix('(')?.split(')').next()?;
    offset_name(inner)
}

fn offset_seconds(text: &str) -> Option<i32> {
    let mut chars = text.chars();
    let sign = if chars.next()? == '+' { 1 } else { -1 };
    let rest = chars.as_str();
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() <= 2 {
        (number, 0)
    } else {
        (number / 100, number % 100)
    };
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}
