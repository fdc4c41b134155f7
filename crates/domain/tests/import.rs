//! The exports of other time trackers: what they look like, and what is wrong with them.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::io::Read;

use daybook_domain::import::{
    DateOrder, Format, Refused, Row, Started, Unreadable, ics, read, scan,
};
use daybook_domain::zone::Zone;
use jiff::Timestamp;
use jiff::civil::date;

const TOGGL: &str = "\u{feff}User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (USD)\r\n\
    Ada,Ada@Northwind.example,Acme,Website,,\"Header, footer\",Yes,2026-01-05,09:00:00,2026-01-05,10:30:20,01:30:20,\"design, urgent\",\r\n\
    Ada,ada@northwind.example,,,,,No,2026-01-05,23:30:00,2026-01-06,00:15:00,00:45:00,,\r\n";
const CLOCKIFY: &str = "\"Project\",\"Client\",\"Description\",\"Task\",\"User\",\"Group\",\"Email\",\"Tags\",\"Billable\",\"Start Date\",\"Start Time\",\"End Date\",\"End Time\",\"Duration (h)\",\"Duration (decimal)\"\n\
    \"Website\",\"Acme\",\"Review\",\"QA\",\"Bo\",\"\",\"bo@northwind.example\",\"\",\"Yes\",\"25/01/2026\",\"02:05:00 PM\",\"25/01/2026\",\"03:05:00 PM\",\"01:00:00\",\"1.00\"\n";
const HARVEST: &str = "Date;Client;Project;Project Code;Task;Notes;Hours;Billable?;Invoiced?;First Name;Last Name;Employee?\n\
    2026-01-25;Acme;Website;W;Design;Sketches;1,25;Yes;No;Cy;Okafor;Yes\n";

fn all(format: Format, order: DateOrder, text: impl AsRef<[u8]>) -> Vec<Result<Row, Refused>> {
    read(format, order, text.as_ref())
        .expect("a header")
        .map(|row| row.expect("readable"))
        .collect()
}

#[test]
fn toggl() {
    let rows = all(Format::Toggl, DateOrder::DayFirst, TOGGL);
    let first = rows[0].as_ref().expect("a row");
    assert_eq!(first.line, 2);
    assert_eq!(first.email.as_deref(), Some("ada@northwind.example"));
    assert_eq!(first.client.as_deref(), Some("Acme"));
    assert_eq!(first.description, "Header, footer");
    assert_eq!(first.billable, Some(true));
    assert_eq!(first.tags, ["design", "urgent"]);
    assert_eq!(
        first.started,
        Started::Wall(date(2026, 1, 5).at(9, 0, 0, 0))
    );
    assert_eq!(first.minutes, 90, "seconds are rounded to the minute");
    let second = rows[1].as_ref().expect("a row");
    assert_eq!((second.minutes, second.billable), (45, Some(false)));
    assert_eq!(second.description, "");
}

#[test]
fn clockify_in_the_european_way() {
    let found = scan(Format::Clockify, CLOCKIFY.as_bytes()).expect("scanned");
    assert_eq!(found.rows, 1);
    let order = found.dates.order().expect("an order");
    assert_eq!(order, DateOrder::DayFirst);
    let rows = all(Format::Clockify, order, CLOCKIFY);
    let row = rows[0].as_ref().expect("a row");
    assert_eq!(
        row.started,
        Started::Wall(date(2026, 1, 25).at(14, 5, 0, 0))
    );
    assert_eq!(row.minutes, 60);
    assert_eq!(row.description, "QA: Review");
}

#[test]
fn harvest_knows_the_day_alone() {
    let rows = all(Format::Harvest, DateOrder::DayFirst, HARVEST);
    let row = rows[0].as_ref().expect("a row");
    assert_eq!(row.person.as_deref(), Some("Cy Okafor"));
    assert_eq!(row.started, Started::On(date(2026, 1, 25)));
    assert_eq!(row.minutes, 75);
    assert_eq!(row.description, "Design: Sketches");
}

#[test]
fn a_bad_row_says_why_and_the_next_one_is_read() {
    let header =
        "Email,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n";
    let long = "x".repeat(2001);
    let cells = [
        ("a@b.example,x,,2026-13-01,09:00,,,1:00,", "no date"),
        ("a@b.example,x,,,09:00,,,1:00,", "no start date"),
        (
            "a@b.example,x,,2026-01-01,25:00,,,1:00,",
            "no time of the day",
        ),
        ("a@b.example,x,,2026-01-01,09:00,,,1:75,", "no duration"),
        ("a@b.example,x,,2026-01-01,09:00,,,NaN,", "no duration"),
        (
            "a@b.example,x,,2026-01-01,09:00,,,0:00:00,",
            "no time at all",
        ),
        (
            "a@b.example,x,,2026-01-01,09:00,,,25:00,",
            "longer than 24 hours",
        ),
        ("a@b.example,x,,2026-01-01,09:00,,,,", "still running"),
        (
            "a@b.example,x,,2026-01-01,09:00,2026-01-01,08:00,,",
            "before it begins",
        ),
        ("a@b.example,x,maybe,2026-01-01,09:00,,,1:00,", "billable"),
        (
            &format!("a@b.example,{long},,2026-01-01,09:00,,,1:00,"),
            "longer than",
        ),
        (
            &format!(
                "a@b.example,x,,2026-01-01,09:00,,,1:00,\"{}\"",
                "t,".repeat(21)
            ),
            "tags",
        ),
    ];
    for (cell, reason) in cells {
        let text = format!("{header}{cell}\na@b.example,good,,2026-01-01,09:00,,,1:00,\n");
        let rows = all(Format::Toggl, DateOrder::DayFirst, &text);
        let refused = rows[0].as_ref().expect_err(cell);
        assert_eq!(refused.line, 2, "{cell}");
        assert!(
            refused.reason.contains(reason),
            "{cell}: {}",
            refused.reason
        );
        assert_eq!(rows[1].as_ref().expect("the good one").description, "good");
    }
    let mut latin = header.as_bytes().to_vec();
    latin.extend_from_slice(b"a@b.example,caf\xe9,,2026-01-01,09:00,,,1:00,\n");
    let rows = all(Format::Toggl, DateOrder::DayFirst, latin);
    assert!(
        rows[0]
            .as_ref()
            .expect_err("Latin-1")
            .reason
            .contains("UTF-8")
    );
}

#[test]
fn a_file_that_is_something_else_is_named() {
    let wrong = |text: &[u8]| scan(Format::Toggl, text).expect_err("refused").to_string();
    assert!(wrong(b"").contains("empty"));
    assert!(wrong(b"\n").contains("empty"));
    assert!(wrong(b"Name,Phone\nAda,1\n").contains("\"start date\" is missing"));
    assert!(wrong(b"\xff\xfeU\0s\0").contains("UTF-16"));
    assert!(wrong(HARVEST.as_bytes()).contains("export of toggl"));
    let endless = std::io::repeat(b'x').take(10 << 20);
    assert!(matches!(
        scan(Format::Toggl, endless),
        Err(Unreadable::Io(_))
    ));
    let mixed = TOGGL.to_owned()
        + "A,a@b.example,,,,x,No,25/01/2026,09:00,,,1:00,,\nA,a@b.example,,,,x,No,01/25/2026,09:00,,,1:00,,\n";
    let dates = scan(Format::Toggl, mixed.as_bytes())
        .expect("scanned")
        .dates;
    assert!(matches!(dates.order(), Err(Unreadable::DatesMixed)));
}

#[test]
fn a_million_rows_are_read_as_they_come() {
    struct Endless(u64, Vec<u8>);
    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            if self.1.is_empty() && self.0 > 0 {
                self.0 -= 1;
                self.1 = b"a@b.example,x,2026-01-01,09:00,1:00\n".to_vec();
            }
            let some = self.1.len().min(into.len());
            into[..some].copy_from_slice(&self.1[..some]);
            self.1.drain(..some);
            Ok(some)
        }
    }
    let count = 1_000_000;
    let input =
        b"Email,Description,Start date,Start time,Duration\n".chain(Endless(count, Vec::new()));
    assert_eq!(scan(Format::Toggl, input).expect("scanned").rows, count);
}

#[test]
fn a_calendar_file_gives_the_meetings_that_are_over() {
    let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Stand-up\r\nCATEGORIES:team\r\n\
        DTSTART;TZID=Europe/Berlin:20261023T090000\r\nDTEND;TZID=Europe/Berlin:20261023T091500\r\nRRULE:FREQ=DAILY;COUNT=5\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Stand-up\\, long\r\nRECURRENCE-ID;TZID=Europe/Berlin:20261024T090000\r\n\
        DTSTART;TZID=Europe/Berlin:20261024T100000\r\nDTEND;TZID=Europe/Berlin:20261024T110000\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:b\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20261024\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:c\r\nSUMMARY:Off\r\nSTATUS:CANCELLED\r\nDTSTART:20261023T120000Z\r\nDTEND:20261023T130000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let now: Timestamp = "2026-10-26T12:00:00Z".parse().unwrap();
    let rows = ics(
        file.as_bytes(),
        &Zone::utc(),
        Timestamp::UNIX_EPOCH..now,
        &[],
    )
    .expect("read");
    let taken: Vec<_> = rows.iter().filter_map(|row| row.as_ref().ok()).collect();
    let starts: Vec<String> = taken
        .iter()
        .map(|row| format!("{:?} {} {}", row.started, row.minutes, row.description))
        .collect();
    assert_eq!(
        starts,
        [
            "At(2026-10-23T07:00:00Z) 15 Stand-up",
            "At(2026-10-24T08:00:00Z) 60 Stand-up, long",
            "At(2026-10-25T08:00:00Z) 15 Stand-up",
            "At(2026-10-26T08:00:00Z) 15 Stand-up",
        ]
    );
    assert_eq!(taken[0].tags, ["team"]);
    let meetings: Vec<_> = taken
        .iter()
        .map(|row| row.meeting.as_deref().unwrap())
        .collect();
    assert_eq!(
        meetings,
        [
            "ical:20261023T070000Z:a",
            // By its original start, an hour before.
            "ical:20261024T070000Z:a",
            "ical:20261025T080000Z:a",
            "ical:20261026T080000Z:a",
        ]
    );
    let refused: Vec<_> = rows.iter().filter_map(|row| row.as_ref().err()).collect();
    assert!(refused.iter().any(|row| row.reason.contains("whole days")));
    assert!(refused.iter().any(|row| row.reason.contains("cancelled")));
    assert!(ics(b"hello", &Zone::utc(), Timestamp::UNIX_EPOCH..now, &[]).is_err());
}

/// A meeting of an hour with these answers.
fn asked(uid: &str, more: &str, answers: &[(&str, &str)]) -> String {
    let answers = answers
        .iter()
        .map(|(who, answer)| format!("ATTENDEE;PARTSTAT={answer}:MAILTO:{who}\r\n"));
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:{uid}\r\n{more}DURATION:PT1H\r\n{}END:VEVENT\r\n",
        answers.collect::<String>()
    )
}

#[test]
fn what_its_owner_declined_is_not_taken_from_a_calendar_file() {
    const AT: &str = "DTSTART:20261023T120000Z\r\n";
    let own = ["ada@work.example".to_owned(), "ada@home.example".to_owned()];
    let (ada, home, bo) = ("Ada@work.example", "ada@home.example", "bo@work.example");
    let daily = "DTSTART:20261020T070000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\n";
    let changed = "RECURRENCE-ID:20261021T070000Z\r\nDTSTART:20261021T080000Z\r\n";
    let events = [
        asked("declined", AT, &[(bo, "ACCEPTED"), (ada, "DECLINED")]),
        asked("at home", AT, &[(home, "DECLINED")]),
        asked("without Bo", AT, &[(bo, "DECLINED"), (ada, "ACCEPTED")]),
        asked("unsure", AT, &[(ada, "TENTATIVE"), (bo, "DECLINED")]),
        asked("no answer", AT, &[(ada, "NEEDS-ACTION")]),
        asked("twice", AT, &[(ada, "DECLINED"), (home, "ACCEPTED")]),
        asked("daily", daily, &[(ada, "ACCEPTED")]),
        asked("daily", changed, &[(ada, "DECLINED")]),
    ];
    let file = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", events.concat());
    let window = Timestamp::UNIX_EPOCH.."2026-10-26T12:00:00Z".parse().unwrap();
    let read = |own: &[String]| {
        let rows = ics(file.as_bytes(), &Zone::utc(), window.clone(), own).expect("read");
        let (taken, refused): (Vec<_>, Vec<_>) = rows.into_iter().partition(Result::is_ok);
        let titles = taken.into_iter().flatten().map(|row| row.description);
        let reasons = refused.into_iter().filter_map(Result::err);
        let reasons: Vec<String> = reasons.map(|row| row.reason).collect();
        (titles.collect::<Vec<_>>(), reasons)
    };
    let (taken, refused) = read(&own);
    let mut taken: Vec<&str> = taken.iter().map(String::as_str).collect();
    taken.sort_unstable();
    let expected = [
        "daily",
        "daily",
        "no answer",
        "twice",
        "unsure",
        "without Bo",
    ];
    assert_eq!(taken, expected);
    let mut refused: Vec<&str> = refused.iter().map(String::as_str).collect();
    refused.sort_unstable();
    let expected = [
        "\"at home\" at 2026-10-23T12:00:00Z: you declined it",
        "\"daily\" at 2026-10-21T08:00:00Z: you declined it",
        "\"declined\" at 2026-10-23T12:00:00Z: you declined it",
    ];
    assert_eq!(refused, expected);
    // Whose answers they are is not known: then all are meetings.
    assert_eq!(read(&[]).0.len(), 9);
}
