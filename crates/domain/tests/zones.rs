//! The names that calendars give to time zones, and wall time in gaps and overlaps.

#![expect(clippy::unwrap_used, reason = "tests")]

use daybook_domain::zone::{Observance, VTimezone, Zone, resolve, windows_to_iana};
use jiff::Timestamp;
use jiff::civil::{DateTime, date};

fn found(label: &str) -> Option<String> {
    let default = Zone::iana("Pacific/Chatham").unwrap();
    let resolved = resolve(label, None, &default);
    assert_eq!(
        resolved.warning.is_some(),
        resolved.zone == default,
        "{label}"
    );
    resolved
        .warning
        .is_none()
        .then(|| resolved.zone.name().to_owned())
}

#[test]
fn labels_are_understood() {
    for (label, expected) in [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("\"Europe/Berlin\"", "Europe/Berlin"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Europe/Kyiv", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("asia/saigon", "Asia/Ho_Chi_Minh"),
        ("US/Eastern", "US/Eastern"),
        ("UTC", "UTC"),
        ("utc", "UTC"),
        (
            "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin",
            "Europe/Berlin",
        ),
        (
            "/freeassociation.sourceforge.net/Europe/Berlin",
            "Europe/Berlin",
        ),
        (
            "/mozilla.org/20050126_1/America/Argentina/Ushuaia",
            "America/Argentina/Ushuaia",
        ),
        ("/citadel.org/20210210_1/Europe/London", "Europe/London"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("w. europe standard time", "Europe/Berlin"),
        ("Eastern Standard Time", "America/New_York"),
        ("FLE Standard Time", "Europe/Kyiv"),
        ("Mitteleuropäische Zeit", "Europe/Berlin"),
        (
            "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
            "Europe/Berlin",
        ),
        ("GMT+0100", "UTC+01:00"),
        ("UTC+01:00", "UTC+01:00"),
        ("UTC-5", "UTC-05:00"),
        ("+0530", "UTC+05:30"),
        ("Etc/GMT-1", "Etc/GMT-1"),
    ] {
        assert_eq!(found(label).as_deref(), Some(expected), "{label}");
    }
    for label in [
        "",
        "Customized Time Zone",
        "Nowhere/Atlantis",
        "../../etc/passwd",
        "/etc/passwd",
        "UTC+99",
        "GMT+",
        "\u{0}",
        &"x/".repeat(5_000),
    ] {
        assert_eq!(found(label), None, "{label}");
    }
}

#[test]
fn the_sign_of_etc_is_inverted_and_the_others_are_not() {
    let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    for label in ["Etc/GMT-1", "GMT+0100", "UTC+01:00"] {
        assert_eq!(
            resolve(label, None, &Zone::utc()).zone.offset_at(at),
            3_600,
            "{label}"
        );
    }
}

#[test]
fn every_windows_name_is_a_zone() {
    for name in [
        "Dateline Standard Time",
        "UTC-11",
        "Line Islands Standard Time",
        "Tokyo Standard Time",
        "Yukon Standard Time",
        "South Sudan Standard Time",
    ] {
        assert!(
            Zone::iana(windows_to_iana(name).unwrap()).is_some(),
            "{name}"
        );
    }
    assert_eq!(windows_to_iana("Atlantis Standard Time"), None);
}

fn outlook() -> VTimezone {
    let part = |start: DateTime, from, to, rule: &str| Observance {
        start,
        offset_from: from,
        offset_to: to,
        rules: vec![rule.parse().unwrap()],
        rdates: Vec::new(),
    };
    VTimezone {
        tzid: "Customized Time Zone".to_owned(),
        location: None,
        observances: vec![
            part(
                date(1601, 1, 1).at(3, 0, 0, 0),
                7_200,
                3_600,
                "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
            ),
            part(
                date(1601, 1, 1).at(2, 0, 0, 0),
                3_600,
                7_200,
                "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
            ),
        ],
    }
}

#[test]
fn a_definition_in_the_file_is_evaluated() {
    let definition = outlook();
    let resolved = resolve("Customized Time Zone", Some(&definition), &Zone::utc());
    assert_eq!(resolved.warning, None);
    let berlin = Zone::iana("Europe/Berlin").unwrap();
    let mut wall = date(2020, 1, 1).at(0, 30, 0, 0);
    while wall.year() < 2040 {
        assert_eq!(
            resolved.zone.to_timestamp(wall),
            berlin.to_timestamp(wall),
            "{wall}"
        );
        let at = berlin.to_timestamp(wall);
        assert_eq!(
            resolved.zone.to_datetime(at),
            berlin.to_datetime(at),
            "{at}"
        );
        wall = wall.checked_add(jiff::Span::new().hours(7)).unwrap();
    }
    let noted = VTimezone {
        location: Some("Asia/Tokyo".to_owned()),
        ..definition
    };
    assert_eq!(
        resolve("Customized Time Zone", Some(&noted), &Zone::utc())
            .zone
            .name(),
        "Asia/Tokyo"
    );
}

#[test]
fn gaps_use_the_offset_before_and_overlaps_the_first() {
    let at = |zone: &str, wall: &str| {
        Zone::iana(zone)
            .unwrap()
            .to_timestamp(wall.parse().unwrap())
            .to_string()
    };
    assert_eq!(
        at("America/New_York", "2026-03-08T02:30:00"),
        "2026-03-08T07:30:00Z"
    );
    assert_eq!(
        at("America/New_York", "2026-11-01T01:30:00"),
        "2026-11-01T05:30:00Z"
    );
    assert_eq!(
        at("Australia/Lord_Howe", "2026-10-04T02:15:00"),
        "2026-10-03T15:45:00Z"
    );
    // A whole day that was never there.
    assert_eq!(
        at("Pacific/Apia", "2011-12-30T12:00:00"),
        "2011-12-30T22:00:00Z"
    );
}
