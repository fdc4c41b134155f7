//! Time-zone names as Exchange uses them: Windows names, IANA names, and neither.

use jiff::tz::TimeZone;

/// Windows name to IANA name, the zones that the people here live in and some more.
const WINDOWS: &[(&str, &str)] = &[
    ("UTC", "Etc/UTC"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("E. Europe Standard Time", "Europe/Chisinau"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("FLE Standard Time", "Europe/Kiev"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("Turkey Standard Time", "Europe/Istanbul"),
    ("Israel Standard Time", "Asia/Jerusalem"),
    ("South Africa Standard Time", "Africa/Johannesburg"),
    ("Arabian Standard Time", "Asia/Dubai"),
    ("India Standard Time", "Asia/Kolkata"),
    ("Nepal Standard Time", "Asia/Kathmandu"),
    ("China Standard Time", "Asia/Shanghai"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("Lord Howe Standard Time", "Australia/Lord_Howe"),
    ("New Zealand Standard Time", "Pacific/Auckland"),
    ("Eastern Standard Time", "America/New_York"),
    ("Central Standard Time", "America/Chicago"),
    ("Mountain Standard Time", "America/Denver"),
    ("US Mountain Standard Time", "America/Phoenix"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Alaskan Standard Time", "America/Anchorage"),
    ("Hawaiian Standard Time", "Pacific/Honolulu"),
    ("Newfoundland Standard Time", "America/St_Johns"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
];

/// The zone behind a Windows or IANA name.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let windows = WINDOWS.iter().find(|(w, _)| w.eq_ignore_ascii_case(name));
    let name = windows.map_or(name, |(_, iana)| *iana);
    TimeZone::get(name).ok()
}

/// The Windows name of an IANA zone, as mailbox settings show it; the IANA name when there is none.
pub(crate) fn windows(iana: &str) -> &str {
    let iana = match iana {
        "UTC" => return "UTC",
        // Several zones share one Windows name.
        "Europe/Stockholm" | "Europe/Vienna" | "Europe/Rome" | "Europe/Zurich" => "Europe/Berlin",
        "Europe/Kyiv" => "Europe/Kiev",
        other => other,
    };
    let found = WINDOWS.iter().find(|(_, i)| *i == iana);
    found.map_or(iana, |(windows, _)| windows)
}
