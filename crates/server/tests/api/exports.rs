//! Every file that a spreadsheet opens, with every text that somebody else can write, holds no formula (RELIABILITY X5).

use daybook_domain::account::Role;
use daybook_domain::activity::LogType;
use daybook_domain::invoice::{Grouping, Kind, Rounding, Tax};
use daybook_domain::time_entry::{Source, Status};
use daybook_domain::{MemberId, WorkspaceId};
use daybook_store as store;
use jiff::{SignedDuration, Timestamp};
use store::time_entries::NewTimeEntry;

use crate::support::{Ask, Server};

/// With what a spreadsheet begins a formula, or what it skips before one.
const STARTS: [&str; 20] = [
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    "\r\n+",
    "\t@",
    "==",
    "=-",
    "+-",
    "-+",
    "@=",
    "＝",
    "＋",
    "－",
    "＠",
    " =",
    "\u{feff}=",
];
/// What follows.
const REST: [&str; 25] = [
    "1+1",
    "cmd|' /C calc'!A0",
    "HYPERLINK(\"https://evil.example\")",
    "SUM(A1:A9)",
    "2+5+cmd|' /C calc'!A0",
    "\"",
    "\"\"",
    "'",
    "a,b",
    "a;b",
    "a\nb",
    "a\r\n=b",
    "\",=1+1,\"",
    "\"\n=1+1",
    "IMPORTXML(\"https://evil.example\")",
    "WEBSERVICE(A1)",
    "1E9",
    "0",
    " 1",
    "\u{202e}1",
    "@SUM(1)",
    "DDE(\"cmd\")",
    "A1",
    "é",
    "",
];

fn payloads() -> Vec<String> {
    let all = STARTS
        .iter()
        .flat_map(|start| REST.iter().map(move |rest| format!("{start}{rest}")));
    all.collect()
}

/// A cell that a spreadsheet would run.
fn runs(cell: &str) -> bool {
    cell.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
    ])
}

/// One of everything for each payload, which is in all its texts.
async fn seed(tx: &mut store::Tx, ws: WorkspaceId, payloads: &[String]) {
    let begin: Timestamp = "2026-11-02T08:00:00Z".parse().unwrap();
    let mut entries = Vec::new();
    for (number, text) in payloads.iter().enumerate() {
        let new = store::clients::NewClient {
            name: text.clone(),
            ..Default::default()
        };
        let client = store::clients::create(tx, ws, &new).await.unwrap().id;
        let new = store::projects::NewProject {
            client_id: Some(client),
            name: text.clone(),
            color: None,
            currency: None,
            hourly_rate_minor: Some(9_000),
            billable: true,
        };
        let project = store::projects::create(tx, ws, &new).await.unwrap().id;
        let member_id = person(tx, ws, number, text).await;
        let started_at = begin + SignedDuration::from_mins(number as i64);
        entries.push(NewTimeEntry {
            member_id,
            source: Source::Manual,
            status: Status::Draft,
            description: text.clone(),
            started_at,
            ended_at: Some(started_at + SignedDuration::from_hours(1)),
            duration_minutes: 60,
            client_id: Some(client),
            project_id: Some(project),
            billable: true,
            synced_event_id: None,
            calendar_id: None,
            cause_key: None,
            tags: vec![text.clone()],
        });
        let head = store::invoices::Head {
            client_id: client,
            kind: Kind::Invoice,
            credits_id: None,
            currency: "EUR".parse().unwrap(),
            period: None,
            project_id: None,
            grouped_by: Grouping::Entry,
            rounding: Rounding::default(),
            tax: Tax::none(),
            discount: None,
            fallback_rate_minor: None,
            reference: None,
            notes: None,
            terms: None,
            terms_days: 30,
            issued_on: None,
        };
        store::invoices::create(tx, ws, &head).await.unwrap();
        let line = store::activity::NewActivity {
            log_type: LogType::Error,
            integration_type: Some("google".to_owned()),
            connection_id: None,
            calendar_id: None,
            member_id: None,
            success: false,
            title: text.clone(),
            detail: serde_json::json!({}),
            duration_ms: None,
        };
        store::activity::append(tx, ws, &line).await.unwrap();
    }
    let made = store::imports::create_many(tx, ws, &entries).await.unwrap();
    assert_eq!(made.len(), payloads.len());
}

async fn person(tx: &mut store::Tx, ws: WorkspaceId, number: usize, name: &str) -> MemberId {
    let email = format!("p{number}@example.com").parse().unwrap();
    let new = store::users::NewUser {
        email: &email,
        name,
        password_hash: None,
        time_zone: "UTC",
        locale: "en",
    };
    let user = store::users::create(tx, &new).await.unwrap().id;
    let member = store::members::create(tx, ws, user, Role::Member).await;
    member.unwrap().id
}

#[tokio::test]
async fn no_cell_of_any_export_is_a_formula() {
    let (server, ada) = Server::with_ada().await;
    let workspace: uuid::Uuid =
        serde_json::from_value(ada.session["workspace"]["id"].clone()).unwrap();
    let ws = WorkspaceId::from_uuid(workspace);
    let payloads = payloads();
    assert_eq!(payloads.len(), 500);
    // As they are, nearly all of them would be.
    assert!(payloads.iter().filter(|text| runs(text)).count() > 400);
    let mut tx = server.db.store.write_in(ws).await.unwrap();
    seed(&mut tx, ws, &payloads).await;
    tx.commit().await.unwrap();

    let mut files = Vec::new();
    for (path, columns) in [
        (
            "reports/export.csv",
            &["member", "client", "project", "description", "tags"][..],
        ),
        ("invoices/export.csv", &["client"]),
        ("integrations/logs/export.csv?log_type=error", &["title"]),
    ] {
        let file = server
            .send(Ask::get(&format!("/api/v1/{path}")).cookie(&ada.cookie))
            .await;
        assert_eq!(file.status, 200, "{path}: {}", file.text);
        let mut reader = csv::ReaderBuilder::new().from_reader(file.text.as_bytes());
        let head = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(
            rows.len(),
            payloads.len(),
            "{path}: no row is broken in two"
        );
        for row in &rows {
            for (column, cell) in head.iter().zip(row) {
                assert!(!runs(cell), "{path}, {column}: {cell:?}");
            }
        }
        // And nothing is lost: each column still says what it was given.
        for column in columns {
            let at = head.iter().position(|name| name == *column).unwrap();
            for text in &payloads {
                let said =
                    |row: &csv::StringRecord| row[at] == *text || row[at] == format!("'{text}");
                assert!(
                    rows.iter().any(said),
                    "{path}, {column}: {text:?} is missing"
                );
            }
        }
        files.push(file.text);
    }
    let Some(formulas) = in_libreoffice(&files).await else {
        println!("skipped: LibreOffice is not installed (soffice)");
        return;
    };
    assert_eq!(formulas, [0, 0, 0]);
    // The control: the same texts without care.
    let bare = payloads.iter().fold(String::from("text\n"), |file, text| {
        format!("{file}\"{}\"\n", text.replace('"', "\"\""))
    });
    let found = in_libreoffice(&[bare]).await.unwrap();
    assert!(found[0] > 50, "the control has {} formulas", found[0]);
}

/// How many formulas LibreOffice finds in each of these files when it is told to look for them; `None` where it is not installed.
async fn in_libreoffice(files: &[String]) -> Option<Vec<usize>> {
    let folder = std::env::temp_dir().join(format!("daybook-sheets-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    let names = (0..files.len()).map(|n| folder.join(format!("{n}.csv")));
    for (name, file) in names.clone().zip(files) {
        std::fs::write(name, file).unwrap();
    }
    // Commas, quotes, UTF-8, formulas evaluated.
    let how = "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true";
    let profile = format!(
        "-env:UserInstallation=file://{}",
        folder.join("profile").display()
    );
    let done = tokio::process::Command::new("soffice")
        .args([
            &profile,
            "--headless",
            how,
            "--convert-to",
            "fods",
            "--outdir",
        ])
        .arg(&folder)
        .args(names.clone())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .await;
    let counts = match done {
        Err(_) => None,
        Ok(status) => {
            assert!(status.success(), "LibreOffice could not open the files");
            let sheets = names.map(|name| std::fs::read_to_string(name.with_extension("fods")));
            let count =
                |sheet: std::io::Result<String>| sheet.unwrap().matches("table:formula=").count();
            Some(sheets.map(count).collect())
        }
    };
    std::fs::remove_dir_all(&folder).unwrap();
    counts
}
