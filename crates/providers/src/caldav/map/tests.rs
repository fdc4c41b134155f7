//! Listings and objects in Daybook's words.

use bytes::Bytes;
use daybook_domain::calendar::{AccessRole, RemoteCalendar};
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::caldav::calls::{Call, ListCalendars};
use crate::caldav::transport::Answer;

fn listed(url: &str, body: &str) -> Vec<RemoteCalendar> {
    let answer = Answer {
        status: StatusCode::MULTI_STATUS,
        headers: HeaderMap::new(),
        body: Bytes::from(body.to_owned()),
        url: Url::parse(url).unwrap(),
    };
    super::calendars(ListCalendars.parse(&answer).unwrap())
}

#[test]
fn icloud_calendars() {
    let found = listed(
        "https://p62-caldav.icloud.com/17149682/calendars/",
        include_str!("../fixtures/icloud_list.xml"),
    );
    let [home] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        *home,
        RemoteCalendar {
            external_id: "/17149682/calendars/home/".to_owned(),
            name: "Home".to_owned(),
            time_zone: None,
            access_role: AccessRole::Owner,
            background_color: Some("#1badf8".to_owned()),
            primary: true,
            busy_source: true,
        }
    );
}

#[test]
fn nextcloud_calendars() {
    let found = listed(
        "https://cloud.example.com/remote.php/dav/calendars/ada/",
        include_str!("../fixtures/nextcloud_list.xml"),
    );
    let [personal, team] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(personal.name, "Persönlich & privat");
    assert_eq!(personal.time_zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(personal.background_color.as_deref(), Some("#0082c9"));
    assert_eq!(personal.access_role, AccessRole::Writer);
    assert!(personal.busy_source && !personal.primary);
    assert_eq!(
        (team.access_role, team.busy_source),
        (AccessRole::Reader, false)
    );
}

#[test]
fn a_sparse_calendar() {
    let body = "<multistatus xmlns='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav' xmlns:a='http://apple.com/ns/ical/'>\
        <response><href>/c/ada/My%20calendar/</href><propstat><prop><resourcetype><collection/><c:calendar/></resourcetype>\
        <a:calendar-color>red</a:calendar-color><c:calendar-timezone>nonsense</c:calendar-timezone></prop>\
        <status>HTTP/1.1 200 OK</status></propstat></response>\
        <response><href>/c/ada/busy/</href><propstat><prop><resourcetype><collection/><c:calendar/></resourcetype><displayname>B</displayname>\
        <a:calendar-color>#F0a</a:calendar-color>\
        <current-user-privilege-set><privilege><c:read-free-busy/></privilege></current-user-privilege-set></prop>\
        <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>";
    let found = listed("https://d.example/c/ada/", body);
    assert_eq!(
        (found[0].name.as_str(), found[0].access_role),
        ("My calendar", AccessRole::Writer)
    );
    assert_eq!(
        (&found[0].time_zone, &found[0].background_color),
        (&None, &None)
    );
    assert_eq!(found[1].access_role, AccessRole::FreeBusyReader);
    assert_eq!(found[1].background_color.as_deref(), Some("#ff00aa"));
}

mod objects {
    use daybook_domain::event::{Change, EventTime, ProviderEvent, ResponseStatus, Role, Status};

    use crate::caldav::map::{self, Owner};

    const HREF: &str = "/cal/x.ics";

    fn read(data: &str) -> Vec<ProviderEvent> {
        told(data).0
    }

    /// The events, and whether they are all that the resource holds.
    fn told(data: &str) -> (Vec<ProviderEvent>, bool) {
        let owner = Owner::new("Europe/Berlin", Some("Ada@Example.com"));
        let read = map::read(&owner, HREF, Some("\"1\""), data);
        (read.events, read.whole)
    }

    fn object(inner: &str) -> String {
        format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inner}END:VCALENDAR\n")
    }

    fn single(lines: &str) -> ProviderEvent {
        let data = object(&format!(
            "BEGIN:VEVENT\nUID:u\nDTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT\n"
        ));
        let mut found = read(&data);
        assert_eq!(found.len(), 1, "{data}");
        found.remove(0)
    }

    fn at(time: &EventTime) -> String {
        match time {
            EventTime::Timed { at, zone } => format!("{at} {}", zone.as_deref().unwrap_or("-")),
            EventTime::AllDay(date) => date.to_string(),
        }
    }

    const HOUR: &str = "DTSTART:20260302T090000Z\nDTEND:20260302T100000Z";

    #[test]
    fn a_single_event() {
        let event = single(&format!(
            "{HOUR}\nSUMMARY:Tea\nLOCATION:https://meet.google.com/abc\nURL:https://x.example/e\nLAST-MODIFIED:20260201T000000Z"
        ));
        assert_eq!(event.provider_id, HREF);
        assert_eq!(event.resource.as_deref(), Some(HREF));
        assert_eq!(
            (event.etag.as_deref(), event.ical_uid.as_deref()),
            (Some("\"1\""), Some("u"))
        );
        assert_eq!(
            (event.role.clone(), event.status),
            (Role::Single, Status::Confirmed)
        );
        assert_eq!(
            (at(&event.start), at(&event.end)),
            (
                "2026-03-02T09:00:00Z -".to_owned(),
                "2026-03-02T10:00:00Z -".to_owned()
            )
        );
        assert_eq!(
            (
                event.details.title.as_str(),
                event.details.meeting_url.as_deref()
            ),
            ("Tea", Some("https://meet.google.com/abc"))
        );
        assert_eq!(
            event.details.html_url.as_deref(),
            Some("https://x.example/e")
        );
        assert_eq!(
            (event.response_status, event.zone_definition.clone()),
            (ResponseStatus::Organizer, None)
        );
        assert!(event.is_busy() && event.updated_at.is_some());
    }

    #[test]
    fn links_in_place_and_text() {
        for (place, said, found) in crate::text::INVITATIONS {
            let text = |value: &str| value.replace(',', "\\,").replace('\n', "\\n");
            let lines = format!(
                "{HOUR}\nLOCATION:{}\nDESCRIPTION:{}",
                text(place),
                text(said)
            );
            assert_eq!(
                single(&lines).details.meeting_url.as_deref(),
                found,
                "{said}"
            );
        }
    }

    #[test]
    fn a_series_and_its_changed_occurrences() {
        let data = object(
            "BEGIN:VEVENT\nUID:s\nDTSTART;TZID=Europe/Berlin:20260601T090000\nDTEND;TZID=Europe/Berlin:20260601T100000\n\
             RRULE:FREQ=DAILY;COUNT=5\nEXDATE;TZID=Europe/Berlin:20260603T090000\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:s\nRECURRENCE-ID:20260602T070000Z\nDTSTART;TZID=Europe/Berlin:20260610T140000\nDTEND;TZID=Europe/Berlin:20260610T150000\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260604T090000\nSTATUS:CANCELLED\nDTSTART;TZID=Europe/Berlin:20260604T090000\nEND:VEVENT\n",
        );
        let found = read(&data);
        let [master, moved, cancelled] = found.as_slice() else {
            panic!("{found:?}")
        };
        let Role::Master { recurrence } = &master.role else {
            panic!("{master:?}")
        };
        assert_eq!(
            recurrence[..],
            [
                "RRULE:FREQ=DAILY;COUNT=5",
                "EXDATE;TZID=Europe/Berlin:20260603T090000"
            ]
        );
        assert_eq!(moved.provider_id, "/cal/x.ics#20260602T070000Z");
        let Role::Override {
            series,
            original_start,
            this_and_future,
        } = &moved.role
        else {
            panic!("{moved:?}")
        };
        assert_eq!(
            (
                series.as_str(),
                at(original_start).as_str(),
                *this_and_future
            ),
            (HREF, "2026-06-02T07:00:00Z Europe/Berlin", false)
        );
        assert_eq!(at(&moved.start), "2026-06-10T12:00:00Z Europe/Berlin");
        assert_eq!(cancelled.status, Status::Cancelled);
        assert!(matches!(
            cancelled.role,
            Role::Override {
                this_and_future: true,
                ..
            }
        ));
    }

    #[test]
    fn an_invitation_to_one_occurrence_only() {
        let data = object(
            "BEGIN:VEVENT\nUID:s\nRECURRENCE-ID;VALUE=DATE:20260602\nDTSTART;VALUE=DATE:20260603\nEND:VEVENT\n",
        );
        let found = read(&data);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].provider_id, "/cal/x.ics#20260602");
        assert!(
            matches!(&found[0].role, Role::Override { series, original_start: EventTime::AllDay(_), .. } if series == HREF)
        );
        assert_eq!(
            (at(&found[0].start), at(&found[0].end)),
            ("2026-06-03".to_owned(), "2026-06-04".to_owned())
        );
    }

    #[test]
    fn floating_times_are_the_calendars() {
        let event = single("DTSTART:20260702T090000\nDURATION:PT30M");
        assert_eq!(
            (at(&event.start), at(&event.end)),
            (
                "2026-07-02T07:00:00Z Europe/Berlin".to_owned(),
                "2026-07-02T07:30:00Z Europe/Berlin".to_owned()
            )
        );
    }

    #[test]
    fn zones_by_other_names_and_by_their_own_rules() {
        let windows = single(
            "DTSTART;TZID=W. Europe Standard Time:20260702T090000\nDTEND;TZID=W. Europe Standard Time:20260702T100000",
        );
        assert_eq!(
            (at(&windows.start).as_str(), &windows.zone_definition),
            ("2026-07-02T07:00:00Z Europe/Berlin", &None)
        );
        let unknown =
            single("DTSTART;TZID=Nowhere:20260702T090000\nDTEND;TZID=Nowhere:20260702T100000");
        assert_eq!(at(&unknown.start), "2026-07-02T07:00:00Z Europe/Berlin");

        let data = object(
            "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n\
             BEGIN:VEVENT\nUID:u\nDTSTART;TZID=Customized Time Zone:20260702T090000\nDTEND;TZID=Customized Time Zone:20260702T100000\nRRULE:FREQ=DAILY\nEND:VEVENT\n",
        );
        let found = read(&data);
        assert_eq!(
            at(&found[0].start),
            "2026-07-02T06:00:00Z Customized Time Zone"
        );
        let definition = found[0].zone_definition.as_deref().unwrap();
        assert!(
            definition.starts_with("BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\n")
                && definition.ends_with("END:VTIMEZONE\r\n")
        );
    }

    #[test]
    fn what_does_not_block() {
        assert!(
            single("DTSTART;VALUE=DATE:20260302").is_busy(),
            "all-day events are opaque unless they say otherwise"
        );
        for line in [
            "STATUS:CANCELLED",
            "TRANSP:TRANSPARENT",
            "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:ADA@example.com",
        ] {
            assert!(!single(&format!("{HOUR}\n{line}")).is_busy(), "{line}");
        }
        for line in [
            "STATUS:TENTATIVE",
            "TRANSP:OPAQUE",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.com",
            "CLASS:PRIVATE",
        ] {
            assert!(single(&format!("{HOUR}\n{line}")).is_busy(), "{line}");
        }
        let away = single(&format!(
            "{HOUR}\nX-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"
        ));
        assert!(!away.is_busy() && away.details.elsewhere && !away.informational);
        assert!(!single(HOUR).details.elsewhere);
    }

    #[test]
    fn the_owners_answer() {
        let others = "ORGANIZER;CN=Bob:mailto:bob@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.com";
        for (partstat, expected) in [
            ("ACCEPTED", ResponseStatus::Accepted),
            ("TENTATIVE", ResponseStatus::Tentative),
            ("DECLINED", ResponseStatus::Declined),
            ("NEEDS-ACTION", ResponseStatus::NeedsAction),
        ] {
            let event = single(&format!(
                "{HOUR}\n{others}\nATTENDEE;CN=Ada;PARTSTAT={partstat}:MAILTO:Ada@Example.COM"
            ));
            assert_eq!(event.response_status, expected, "{partstat}");
            assert_eq!(event.details.attendees.len(), 2);
        }
        let organizer = single(&format!(
            "{HOUR}\nORGANIZER:mailto:ada@example.com\nATTENDEE:mailto:ada@example.com\nATTENDEE:mailto:bob@example.com"
        ));
        assert_eq!(organizer.response_status, ResponseStatus::Organizer);
        let odd = single(&format!(
            "{HOUR}\n{others}\nATTENDEE;EMAIL=ada@example.com;PARTSTAT=ACCEPTED:/171/principal/"
        ));
        assert_eq!(odd.response_status, ResponseStatus::Accepted);
    }

    #[test]
    fn private_events_are_marked_and_keep_what_they_say() {
        let event = single(&format!(
            "{HOUR}\nCLASS:CONFIDENTIAL\nSUMMARY:Secret\nLOCATION:Somewhere\nATTENDEE:mailto:bob@example.com"
        ));
        assert_eq!(
            (event.details.title.as_str(), event.details.attendees.len()),
            ("Secret", 1)
        );
        for (class, private) in [
            ("CLASS:PUBLIC", false),
            ("X-OTHER:1", false),
            ("CLASS:PRIVATE", true),
            ("CLASS:CONFIDENTIAL", true),
            ("CLASS:X-SECRET", true),
        ] {
            let event = single(&format!("{HOUR}\n{class}\nSUMMARY:S"));
            assert_eq!(event.details.private, private, "{class}");
        }
    }

    #[test]
    fn what_cannot_be_read_has_no_events() {
        for (data, whole) in [
            ("", false),
            ("not a calendar", false),
            ("BEGIN:VCALENDAR", true),
            (
                "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nEND:VTODO\nEND:VCALENDAR\n",
                true,
            ),
            (
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:n\nSUMMARY:no start\nEND:VEVENT\nEND:VCALENDAR\n",
                false,
            ),
        ] {
            assert_eq!(told(data), (Vec::new(), whole), "{data}");
        }
        assert_eq!(told(&"BEGIN:VEVENT\n".repeat(20_000)), (Vec::new(), false));
    }

    /// The series is there although one of its changed occurrences cannot be read, and nothing is said to be gone.
    #[test]
    fn what_is_read_in_part_takes_nothing_away() {
        let series =
            "BEGIN:VEVENT\nUID:s\nDTSTART:20260601T090000Z\nRRULE:FREQ=DAILY;COUNT=5\nEND:VEVENT\n";
        let owner = Owner::new("Europe/Berlin", None);
        for changed in [
            "RECURRENCE-ID:20260602T090000Z\nSUMMARY:no start",
            "RECURRENCE-ID:tomorrow\nDTSTART:20260602T100000Z",
        ] {
            let data = object(&format!(
                "{series}BEGIN:VEVENT\nUID:s\n{changed}\nEND:VEVENT\n"
            ));
            let read = map::read(&owner, HREF, None, &data);
            assert!(!read.whole, "{changed}");
            let changes = read.changes(HREF.to_owned(), None);
            let [Change::Upsert(event)] = changes.as_slice() else {
                panic!("{changes:?}")
            };
            assert!(matches!(event.role, Role::Master { .. }), "{changed}");
        }
        let whole = map::read(&owner, HREF, None, &object(series));
        let changes = whole.changes(HREF.to_owned(), None);
        assert!(matches!(changes.as_slice(), [Change::Resource { .. }]));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(lines in proptest::collection::vec("(BEGIN:V(EVENT|CALENDAR|TIMEZONE)|END:V(EVENT|CALENDAR|TIMEZONE)|DTSTART(;TZID=[A-Za-z/]{0,8})?:[0-9TZ]{0,16}|RRULE:FREQ=[A-Z]{0,8}|UID:.{0,5}|RECURRENCE-ID:[0-9TZ]{0,16}|TZID:[A-Za-z]{0,8}|.{0,20})", 0..30)) {
            let _ = read(&lines.join("\n"));
            let _ = crate::caldav::map::calendar_zone(&lines.join("\n"));
        }
    }
}
