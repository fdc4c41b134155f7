//! `daybook import`: time recorded elsewhere is taken over once, and every row left out says why.

use serde_json::Value;

use crate::support::program::Program;
use crate::support::{OWNER, World};

const TOGGL: &str = "\u{feff}User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\r\n\
    Ada,ada@northwind.example,Acme,Website,,Header,Yes,2026-03-02,09:00:00,2026-03-02,10:30:00,01:30:00,design\r\n\
    Ada,ada@northwind.example,ACME,website,,Header,Yes,2026-03-02,09:00:00,2026-03-02,10:30:00,01:30:00,design\r\n\
    Ada,ada@northwind.example,,,,Mail,No,2026-03-29,02:30:00,2026-03-29,03:30:00,01:00:00,\r\n\
    Eve,eve@elsewhere.example,Acme,Website,,Not ours,Yes,2026-03-02,09:00:00,,,01:00:00,\r\n\
    Ada,ada@northwind.example,Acme,Website,,Too long,Yes,2026-03-02,09:00:00,,,25:00:00,\r\n";

async fn import(program: &Program, product: &str, text: impl AsRef<[u8]>, more: &[&str]) -> Value {
    std::fs::create_dir_all(program.data_dir()).unwrap();
    let file = program.data_dir().join(format!("export.{product}"));
    std::fs::write(&file, text).unwrap();
    let ask = [
        "import",
        product,
        file.to_str().unwrap(),
        "--json",
        "--time-zone",
        "Europe/Berlin",
    ];
    let done = program.run(&[&ask[..], more].concat()).await;
    serde_json::from_str(&done.success()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_are_taken_over_once() {
    let worlds = [Some(World::sqlite().await), World::postgres().await];
    for world in worlds.into_iter().flatten() {
        let program = &world.program;
        let owner = ["--email", OWNER];
        // Looking changes nothing.
        let look = import(
            program,
            "toggl",
            TOGGL,
            &[&owner[..], &["--dry-run"]].concat(),
        )
        .await;
        assert_eq!(
            (&look["rows"], &look["created"]),
            (&5.into(), &3.into()),
            "{look}"
        );
        assert_eq!(look["new_clients"], serde_json::json!(["Acme"]), "{look}");
        let done = import(program, "toggl", TOGGL, &owner).await;
        assert_eq!(done, look, "what was promised is done");
        assert_eq!(
            (&done["refused"], &done["minutes"]),
            (&2.into(), &240.into())
        );
        let reasons = done["reasons"].to_string();
        assert!(
            reasons.contains("eve@elsewhere.example") && reasons.contains("24 hours"),
            "{reasons}"
        );
        // Again, as a spreadsheet saved it: with semicolons.
        let again = import(program, "toggl", TOGGL.replace(',', ";"), &owner).await;
        assert_eq!(
            (&again["created"], &again["already_there"]),
            (&0.into(), &3.into()),
            "{again}"
        );
        assert_eq!(again["new_projects"], serde_json::json!([]));

        let _server = world.serve().await;
        let client = world.client();
        let entries = client.get("/time-entries?source=import").await.json;
        let items = entries["items"].as_array().unwrap();
        assert_eq!(items.len(), 3, "{entries}");
        // Half past two does not exist on that night; the time after the gap is meant.
        let starts: Vec<&str> = items
            .iter()
            .map(|one| one["started_at"].as_str().unwrap())
            .collect();
        assert_eq!(
            starts,
            [
                "2026-03-29T01:30:00Z",
                "2026-03-02T08:00:00Z",
                "2026-03-02T08:00:00Z"
            ]
        );
        assert!(
            items
                .iter()
                .all(|one| one["source"] == "import" && one["status"] == "pending")
        );
        assert_eq!(
            items[1]["project_id"], items[2]["project_id"],
            "one project, however it is written"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn meetings_that_their_owner_declined_are_left_out() {
    let world = World::sqlite().await;
    let event = |title: &str, when: &str, answer: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{title}\r\nSUMMARY:{title}\r\n{when}DURATION:PT1H\r\n\
             ATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@elsewhere.example\r\nATTENDEE;PARTSTAT={answer}:mailto:{OWNER}\r\nEND:VEVENT\r\n"
        )
    };
    let at = "DTSTART:20250303T090000Z\r\n";
    let weekly = "DTSTART:20250304T090000Z\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n";
    let second = "RECURRENCE-ID:20250311T090000Z\r\nDTSTART:20250311T090000Z\r\n";
    let events = [
        event("Party", at, "DECLINED"),
        event("Review", at, "ACCEPTED"),
        event("Weekly", weekly, "ACCEPTED"),
        event("Weekly", second, "DECLINED"),
    ];
    let file = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", events.concat());
    let done = import(&world.program, "ics", file, &["--email", OWNER]).await;
    assert_eq!(
        (&done["rows"], &done["created"], &done["refused"]),
        (&4.into(), &2.into(), &2.into()),
        "{done}"
    );
    let reasons = done["reasons"].as_array().unwrap();
    let declined = |one: &Value| one["reason"].as_str().unwrap().ends_with("you declined it");
    assert!(reasons.iter().all(declined), "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_and_nothing_is_kept() {
    let world = World::sqlite().await;
    let program = &world.program;
    let cases: [(&str, &[u8], &str); 6] = [
        ("toggl", b"", "empty"),
        ("toggl", b"Name,Phone\nAda,1\n", "is missing"),
        ("harvest", TOGGL.as_bytes(), "is missing"),
        ("toggl", b"\xff\xfeU\0", "UTF-16"),
        ("clockify", b"Email,Description,Start Date,Start Time,Duration (h)\na@b.example,x,03/04/2026,09:00,1:00\n", "--dates"),
        ("ics", b"hello", "not a calendar file"),
    ];
    for (product, text, says) in cases {
        let file = program.data_dir().join("bad.csv");
        std::fs::create_dir_all(program.data_dir()).unwrap();
        std::fs::write(&file, text).unwrap();
        let done = program
            .run(&["import", product, file.to_str().unwrap(), "--email", OWNER])
            .await;
        super::cli::refused(&done, 1, &[says]);
    }
    let missing = program
        .run(&["import", "toggl", "/no/such/file", "--email", OWNER])
        .await;
    super::cli::refused(&missing, 1, &["/no/such/file"]);
    let unknown = program
        .run(&[
            "import",
            "toggl",
            "/dev/null",
            "--email",
            "eve@elsewhere.example",
        ])
        .await;
    super::cli::refused(&unknown, 1, &["eve@elsewhere.example"]);
    let product = program.run(&["import", "abacus", "/dev/null"]).await;
    super::cli::refused(&product, 2, &["abacus"]);
}
