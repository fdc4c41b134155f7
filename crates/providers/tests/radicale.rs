#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]
//! The CalDAV client against a real server: Radicale, started here on a free port.
//!
//! Needs the Python environment of `tests/python`; without it the tests say so and pass, unless
//! `DAYBOOK_REQUIRE_RADICALE=1`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use daybook_domain::clock::{SeededIds, SystemClock};
use daybook_domain::event::{Change, EventTime, Role};
use daybook_provider_api::calendar::write::{Place, Target};
use daybook_provider_api::calendar::{KnownResources, Next, Pull};
use daybook_provider_api::egress::{CallOptions, EgressConfig};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::registry::Provider;
use daybook_provider_api::{Credential, Egress, Result, Session};
use daybook_providers::caldav::caldav;
use http::{Request, StatusCode};

/// The server process; ends with the test.
struct Radicale {
    process: Child,
    address: String,
    folder: PathBuf,
}

impl Drop for Radicale {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Radicale {
    fn start(name: &str) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = root.join(".venv/bin/python");
        if !python.exists() {
            assert!(
                std::env::var("DAYBOOK_REQUIRE_RADICALE").as_deref() != Ok("1"),
                "{} is missing; set up the Python environment of tests/python",
                python.display()
            );
            println!("skipped: no Python environment with Radicale");
            return None;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("radicale-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("users"), "ada@example.com:correct horse\n").unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut process = Command::new(python)
            .args(["-m", "radicale", "--config", ""])
            .args(["--server-hosts", &format!("127.0.0.1:{port}")])
            .args([
                "--auth-type",
                "htpasswd",
                "--auth-htpasswd-encryption",
                "plain",
                "--auth-delay",
                "0",
            ])
            .arg("--auth-htpasswd-filename")
            .arg(folder.join("users"))
            .arg("--storage-filesystem-folder")
            .arg(folder.join("data"))
            .args(["--logging-level", "info"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut seen = String::new();
        loop {
            let Some(Ok(line)) = lines.next() else {
                panic!("Radicale did not start:\n{seen}")
            };
            if line.contains("ready") {
                break;
            }
            seen += &line;
            seen.push('\n');
        }
        // Its log must be read on, or the pipe fills and the server stops.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self {
            process,
            address: format!("http://127.0.0.1:{port}/"),
            folder,
        })
    }

    fn session<'a>(&self, egress: &'a Egress, password: &str) -> Session<'a> {
        self.session_at(egress, password, self.address.clone())
    }

    fn session_at<'a>(&self, egress: &'a Egress, password: &str, at: String) -> Session<'a> {
        let credential = Credential::Basic {
            username: "ada@example.com".to_owned(),
            password: password.to_owned().into(),
        };
        Session::new(egress, "caldav", self.address.clone(), at, None, credential)
    }
}

fn egress() -> Egress {
    let config = EgressConfig {
        allow_private: true,
        limits: BTreeMap::from([("caldav".to_owned(), caldav().manifest().limits)]),
        ..EgressConfig::default()
    };
    Egress::new(config, Arc::new(SystemClock), Arc::new(SeededIds::new(1))).unwrap()
}

/// A mirror of hrefs and etags.
#[derive(Default)]
struct Mirror(BTreeMap<String, Option<String>>);

#[async_trait]
impl KnownResources for Mirror {
    async fn etags(&self) -> Result<BTreeMap<String, Option<String>>> {
        Ok(self.0.clone())
    }
}

/// What one sync brought.
struct Synced {
    changes: Vec<Change>,
    unchanged: Vec<String>,
    pages: usize,
    cursor: Option<String>,
    complete: bool,
    calls: u64,
}

async fn sync(
    session: &Session<'_>,
    calendar: &str,
    cursor: Option<String>,
    mirror: &mut Mirror,
) -> Result<Synced> {
    let before = session.calls();
    let provider = caldav();
    let mut stream = provider.calendar().unwrap().changes(Pull {
        calendar: calendar.to_owned(),
        cursor,
        default_zone: "Europe/Berlin".to_owned(),
        account_email: Some("ada@example.com".to_owned()),
        window: "2026-08-23T00:00:00Z".parse().unwrap().."2027-12-26T00:00:00Z".parse().unwrap(),
    });
    let mut synced = Synced {
        changes: Vec::new(),
        unchanged: Vec::new(),
        pages: 0,
        cursor: None,
        complete: false,
        calls: 0,
    };
    loop {
        let page = stream.next(session, mirror).await?;
        synced.changes.extend(page.changes);
        synced.unchanged.extend(page.unchanged);
        synced.pages += 1;
        if let Next::Done { cursor, complete } = page.next {
            (synced.cursor, synced.complete) = (cursor, complete);
            break;
        }
    }
    for change in &synced.changes {
        match change {
            Change::Resource { href, etag, .. } => {
                drop(mirror.0.insert(href.clone(), etag.clone()))
            }
            Change::ResourceRemoved { href } => drop(mirror.0.remove(href)),
            other => panic!("{other:?}"),
        }
    }
    synced.calls = session.calls() - before;
    Ok(synced)
}

async fn write(session: &Session<'_>, method: &str, path: &str, body: &str) {
    let url = url::Url::parse(&session.api_url)
        .unwrap()
        .join(path)
        .unwrap();
    let request = Request::builder()
        .method(method)
        .uri(url.as_str())
        .header("content-type", "text/calendar; charset=utf-8")
        .body(Bytes::from(body.to_owned()))
        .unwrap();
    let options = CallOptions::CALDAV;
    let status = session.send(request, options).await.unwrap().status();
    assert!(
        status.is_success() || status == StatusCode::MULTI_STATUS,
        "{method} {path}: {status}"
    );
}

async fn make_calendar(session: &Session<'_>, path: &str) {
    let body = "<c:mkcalendar xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\" xmlns:a=\"http://apple.com/ns/ical/\">\
        <d:set><d:prop><d:displayname>Work &amp; play</d:displayname><a:calendar-color>#FF8000FF</a:calendar-color>\
        <c:supported-calendar-component-set><c:comp name=\"VEVENT\"/></c:supported-calendar-component-set>\
        </d:prop></d:set></c:mkcalendar>";
    write(session, "MKCALENDAR", path, body).await;
}

fn event(uid: &str, lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Daybook//Tests//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
         DTSTAMP:20260101T000000Z\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn hour(n: usize) -> String {
    let (day, hour) = (n / 10 % 28 + 1, n % 10 + 8);
    format!(
        "SUMMARY:Event {n}\r\nDTSTART:202603{day:02}T{hour:02}0000Z\r\nDTEND:202603{day:02}T{hour:02}3000Z"
    )
}

#[tokio::test]
async fn an_account_is_discovered() {
    let Some(server) = Radicale::start("discovery") else {
        return;
    };
    let egress = egress();
    let session = server.session(&egress, "correct horse");
    let found = caldav().identify(&session).await.unwrap();
    assert_eq!(found.email.as_deref(), Some("ada@example.com"));
    assert_eq!(found.subject, format!("{}ada@example.com/", server.address));
    assert_eq!(
        found.api_url.as_deref(),
        Some(format!("{}ada@example.com/", server.address).as_str())
    );

    let refused = caldav()
        .identify(&server.session(&egress, "wrong"))
        .await
        .unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Auth);

    let home = server.session_at(&egress, "correct horse", found.api_url.unwrap());
    make_calendar(&home, "work/").await;
    let calendars = caldav().list_calendars_of(&home).await;
    assert_eq!(calendars.len(), 1);
    assert_eq!(calendars[0].external_id, "/ada@example.com/work/");
    assert_eq!(calendars[0].name, "Work & play");
    assert_eq!(calendars[0].background_color.as_deref(), Some("#ff8000"));
    assert!(calendars[0].access_role.can_write() && calendars[0].busy_source);
}

/// Short for the capability's call.
trait ListsCalendars {
    async fn list_calendars_of(
        &self,
        session: &Session<'_>,
    ) -> Vec<daybook_domain::calendar::RemoteCalendar>;
}

impl ListsCalendars for daybook_providers::caldav::Caldav {
    async fn list_calendars_of(
        &self,
        session: &Session<'_>,
    ) -> Vec<daybook_domain::calendar::RemoteCalendar> {
        self.calendar()
            .unwrap()
            .list_calendars(session)
            .await
            .unwrap()
    }
}

/// The calendar of these tests.
const WORK: &str = "/ada@example.com/work/";

/// A calendar with this many events, on a server of its own.
async fn filled<'a>(server: &Radicale, egress: &'a Egress, events: usize) -> Session<'a> {
    let home = server.session_at(
        egress,
        "correct horse",
        format!("{}ada@example.com/", server.address),
    );
    make_calendar(&home, WORK).await;
    for n in 0..events {
        put(&home, &format!("e{n}"), n).await;
    }
    home
}

async fn put(home: &Session<'_>, name: &str, n: usize) {
    let body = event(&format!("uid-{name}"), &hour(n));
    write(home, "PUT", &format!("{WORK}{name}.ics"), &body).await;
}

#[tokio::test]
async fn a_calendar_is_followed() {
    let Some(server) = Radicale::start("sync") else {
        return;
    };
    let egress = egress();
    let home = filled(&server, &egress, 200).await;

    let mut mirror = Mirror::default();
    let first = sync(&home, WORK, None, &mut mirror).await.unwrap();
    assert_eq!(
        (first.changes.len(), first.pages, first.complete),
        (200, 1, true)
    );
    assert!(first.calls <= 6, "{} calls", first.calls);

    let nothing = sync(&home, WORK, first.cursor, &mut mirror).await.unwrap();
    assert_eq!((nothing.changes.len(), nothing.complete), (0, false));
    assert!(nothing.calls <= 2, "{} calls", nothing.calls);

    put(&home, "e1", 77).await;
    put(&home, "new", 78).await;
    write(&home, "DELETE", &format!("{WORK}e2.ics"), "").await;
    rename(&home, &format!("{WORK}e3.ics"), &format!("{WORK}a b@c.ics")).await;
    let edited = sync(&home, WORK, nothing.cursor, &mut mirror)
        .await
        .unwrap();
    let mut told: Vec<(String, usize)> = edited.changes.iter().map(told).collect();
    told.sort();
    let expected = [
        ("a%20b@c.ics", 1),
        ("e1.ics", 1),
        ("e2.ics", 0),
        ("e3.ics", 0),
        ("new.ics", 1),
    ];
    assert_eq!(
        told,
        expected.map(|(name, events)| (format!("{WORK}{name}"), events))
    );
    assert_eq!(mirror.0.len(), 200);
}

#[tokio::test]
async fn a_full_read_of_a_known_calendar_fetches_nothing() {
    let Some(server) = Radicale::start("full") else {
        return;
    };
    let egress = egress();
    let home = filled(&server, &egress, 20).await;
    let mut mirror = Mirror::default();
    sync(&home, WORK, None, &mut mirror).await.unwrap();

    let lost = sync(&home, WORK, Some(UNKNOWN_TOKEN.to_owned()), &mut mirror)
        .await
        .err()
        .unwrap();
    assert_eq!(lost.kind, ErrorKind::CursorExpired);
    let again = sync(&home, WORK, None, &mut mirror).await.unwrap();
    assert_eq!(
        (again.changes.len(), again.unchanged.len(), again.complete),
        (0, 20, true)
    );
    assert_eq!(again.calls, 2);

    for href in mirror.0.keys().cloned().collect::<Vec<_>>() {
        write(&home, "DELETE", &href, "").await;
    }
    let emptied = sync(&home, WORK, None, &mut mirror).await.unwrap();
    assert!(emptied.complete && emptied.unchanged.is_empty());
    assert_eq!(
        (mirror.0.len(), emptied.calls),
        (0, 3),
        "emptiness is confirmed"
    );
}

#[tokio::test]
async fn a_series_comes_whole() {
    let Some(server) = Radicale::start("series") else {
        return;
    };
    let egress = egress();
    let home = filled(&server, &egress, 0).await;
    let calendar = WORK;
    let series = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Daybook//Tests//EN\r\n\
        BEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20260601T090000\r\n\
        DTEND;TZID=Europe/Berlin:20260601T100000\r\nRRULE:FREQ=DAILY;COUNT=5\r\nSUMMARY:Stand-up\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260602T090000\r\n\
        DTSTART;TZID=Europe/Berlin:20260610T140000\r\nDTEND;TZID=Europe/Berlin:20260610T150000\r\nSUMMARY:Moved\r\nEND:VEVENT\r\n\
        END:VCALENDAR\r\n";
    write(&home, "PUT", &format!("{calendar}s.ics"), series).await;
    let synced = sync(&home, calendar, None, &mut Mirror::default())
        .await
        .unwrap();
    let [
        Change::Resource {
            href,
            etag: Some(_),
            events,
        },
    ] = synced.changes.as_slice()
    else {
        panic!("{:?}", synced.changes)
    };
    assert_eq!(href, "/ada@example.com/work/s.ics");
    let [master, moved] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert!(
        matches!(&master.role, Role::Master { recurrence } if recurrence == &["RRULE:FREQ=DAILY;COUNT=5"])
    );
    assert_eq!(
        moved.provider_id,
        "/ada@example.com/work/s.ics#20260602T070000Z"
    );
    assert!(matches!(&moved.role, Role::Override { series, .. } if series == href));
    assert!(
        matches!(&moved.start, EventTime::Timed { at, zone } if at.to_string() == "2026-06-10T12:00:00Z" && zone.as_deref() == Some("Europe/Berlin"))
    );
}

const MOVING: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Daybook//Tests//EN\r\nBEGIN:VEVENT\r\nUID:moving\r\n\
        DTSTAMP:20260101T000000Z\r\nDTSTART:20260601T090000Z\r\nDTEND:20260601T100000Z\r\nSUMMARY:Review\r\nX-KEPT:yes\r\n\
        END:VEVENT\r\nEND:VCALENDAR\r\n";

fn place(calendar: &str) -> Place {
    Place {
        calendar: calendar.to_owned(),
        default_zone: "UTC".to_owned(),
        account_email: None,
    }
}

/// Moved by the server itself: the same file, in the other calendar; said twice it is the same move.
#[tokio::test]
async fn an_event_moves_to_another_calendar_with_everything_in_it() {
    let Some(server) = Radicale::start("move") else {
        return;
    };
    let egress = egress();
    let home = filled(&server, &egress, 0).await;
    let other = WORK.replace("/work/", "/other/");
    make_calendar(&home, &other).await;
    let file = format!("{WORK}e.ics");
    write(&home, "PUT", &file, MOVING).await;
    let (from, to) = (place(WORK), place(&other));
    let target = Target {
        provider_id: file.clone(),
        resource: Some(file.clone()),
        series: None,
        occurrence: None,
        etag: None,
    };
    let provider = caldav();
    let mover = provider
        .calendar()
        .unwrap()
        .writer()
        .unwrap()
        .mover()
        .unwrap();
    assert!(
        mover
            .moved(&home, &from, &to, &target)
            .await
            .unwrap()
            .is_none()
    );
    for _ in 0..2 {
        let moved = mover
            .relocate(&home, &from, &to, &target, false)
            .await
            .unwrap();
        assert_eq!(moved.arrived.provider_id, format!("{other}e.ics"));
        assert_eq!(moved.left, [Change::ResourceRemoved { href: file.clone() }]);
    }
    assert!(
        mover
            .moved(&home, &from, &to, &target)
            .await
            .unwrap()
            .is_some()
    );
    let here = sync(&home, WORK, None, &mut Mirror::default())
        .await
        .unwrap();
    let there = sync(&home, &other, None, &mut Mirror::default())
        .await
        .unwrap();
    assert_eq!((here.changes.len(), there.changes.len()), (0, 1));
}

/// A token that Radicale never gave.
const UNKNOWN_TOKEN: &str =
    r#"{"v":1,"strategy":"sync","token":"http://radicale.org/ns/sync/0000"}"#;

async fn rename(session: &Session<'_>, from: &str, to: &str) {
    let base = url::Url::parse(&session.api_url).unwrap();
    let request = Request::builder()
        .method("MOVE")
        .uri(base.join(from).unwrap().as_str())
        .header("destination", base.join(to).unwrap().as_str())
        .body(Bytes::new())
        .unwrap();
    let status = session
        .send(request, CallOptions::CALDAV)
        .await
        .unwrap()
        .status();
    assert!(status.is_success(), "{status}");
}

/// A change's address and how many events it brought.
fn told(change: &Change) -> (String, usize) {
    match change {
        Change::Resource { href, events, .. } => (href.clone(), events.len()),
        Change::ResourceRemoved { href } => (href.clone(), 0),
        other => panic!("{other:?}"),
    }
}
