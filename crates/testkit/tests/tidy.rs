#![expect(clippy::unwrap_used, reason = "tests")]
//! The invariants of ARCHITECTURE.md that can be read off the source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom. What is not listed may import nothing of ours.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("provider-api", &["domain"]),
    ("providers", &["provider-api", "domain"]),
    ("store", &["domain"]),
    ("paper", &["domain"]),
    ("engine", &["paper", "provider-api", "store", "domain"]),
    ("server", &["engine", "web", "domain"]),
    ("web", &[]),
    ("sandbox", &[]),
];
/// May import everything.
const TOPS: &[&str] = &["daybook", "testkit", "stories"];
/// Libraries that a room does without.
const WITHOUT: &[(&str, &[&str])] = &[
    ("domain", &["tokio", "sqlx", "reqwest", "axum"]),
    ("store", &["reqwest", "axum", "hyper", "http"]),
    ("paper", &["tokio", "sqlx", "reqwest", "axum"]),
    ("engine", &["reqwest", "axum", "hyper", "sqlx"]),
    ("providers", &["reqwest", "axum", "hyper", "sqlx"]),
    ("server", &["reqwest", "sqlx"]),
];
/// Where the API names a provider, because its paths and bodies do (SPEC §2.2): routes, and nothing decided by them.
const NAMED_ROUTES: &[&str] = &[
    "crates/server/src/api/calendars/aliases.rs",
    "crates/server/src/api/connections/by_password.rs",
    "crates/server/src/api/connections/input.rs",
    "crates/server/src/api/connections/mod.rs",
    "crates/server/src/api/connections/oauth.rs",
    "crates/server/src/openapi/mod.rs",
    "crates/server/src/router.rs",
];
/// Who may begin a transaction that sees every workspace: the job runner, sign-in, and the operator's commands. All others say
/// which workspace they work in (`read_in`, `write_in`), so that PostgreSQL's row security can hold them to it.
const ACROSS_WORKSPACES: &[&str] = &[
    "crates/daybook/src/",
    "crates/engine/src/accounts/api_keys.rs",
    "crates/engine/src/accounts/invitations.rs",
    "crates/engine/src/accounts/login.rs",
    "crates/engine/src/accounts/me.rs",
    "crates/engine/src/accounts/oidc/",
    "crates/engine/src/accounts/password_reset.rs",
    "crates/engine/src/accounts/provision.rs",
    "crates/engine/src/accounts/sessions.rs",
    "crates/engine/src/accounts/setup.rs",
    "crates/engine/src/connections/callback.rs",
    "crates/engine/src/connections/disconnect.rs",
    "crates/engine/src/invoices/overdue.rs",
    "crates/engine/src/jobs/cleanup.rs",
    "crates/engine/src/jobs/full_calendar_sync.rs",
    "crates/engine/src/jobs/refresh_tokens.rs",
    "crates/engine/src/jobs/renew_push_channels.rs",
    "crates/engine/src/jobs/runner.rs",
    "crates/engine/src/jobs/schedule.rs",
    "crates/engine/src/jobs/sync_all_calendars.rs",
    "crates/engine/src/push/receive.rs",
    "crates/engine/src/push/shared.rs",
    "crates/engine/src/push/together.rs",
    "crates/engine/src/slack/events.rs",
    "crates/engine/src/slack/interactions/mod.rs",
    "crates/engine/src/slack/meetings.rs",
    "crates/engine/src/slack/seed.rs",
    "crates/engine/src/slack/summaries.rs",
    "crates/engine/src/slack/who.rs",
    "crates/engine/src/sync/roll.rs",
    "crates/engine/src/timesheets/reminders.rs",
    "crates/store/src/",
    "crates/testkit/src/",
];
/// Longest file, tests not counted.
const LINES: usize = 400;
/// Tables, one entry per setting: nothing is gained by cutting them.
const TABLES: &[&str] = &["crates/daybook/src/config/table.rs"];

#[test]
fn arrows_point_one_way() {
    let mut wrong = Vec::new();
    for room in rooms() {
        let manifest =
            fs::read_to_string(root().join("crates").join(&room).join("Cargo.toml")).unwrap();
        let imports = dependencies(&manifest);
        let ours = imports.iter().filter_map(|name| match name.as_str() {
            "daybook" => Some("daybook"),
            name => name.strip_prefix("daybook-"),
        });
        let may = ARROWS
            .iter()
            .find(|(name, _)| *name == room)
            .map(|(_, may)| *may);
        let top = TOPS.contains(&room.as_str());
        if may.is_none() && !top {
            wrong.push(format!(
                "{room} is a room without a place in the test's list of arrows"
            ));
        }
        for import in ours {
            if !top && !may.unwrap_or_default().contains(&import) {
                wrong.push(format!("{room} imports {import}"));
            }
        }
        let without = WITHOUT.iter().find(|(name, _)| *name == room);
        for library in without.map_or(&[][..], |(_, libraries)| libraries) {
            if imports.contains(*library) {
                wrong.push(format!("{room} depends on {library}"));
            }
        }
    }
    none(wrong);
}

#[test]
fn the_server_names_providers_only_in_paths() {
    let names = ["google", "caldav", "icloud", "apple"];
    let mut wrong = Vec::new();
    for file in sources("server") {
        if NAMED_ROUTES.contains(&short(&file).as_str()) {
            continue;
        }
        for (n, line) in code(&file).lines().enumerate() {
            let lower = line.to_lowercase();
            let comment = lower.trim_start().starts_with("//");
            if !comment && names.iter().any(|name| lower.contains(name)) {
                wrong.push(format!("{}:{}: {}", short(&file), n + 1, line.trim()));
            }
        }
    }
    none(wrong);
}

#[test]
fn adapters_know_neither_each_other_nor_the_store_nor_the_time() {
    let providers = root().join("crates/providers/src");
    let adapters: Vec<String> = fs::read_dir(&providers)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let mut wrong = Vec::new();
    for adapter in &adapters {
        let files = rust_files(&providers.join(adapter));
        for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
            let text = code(file);
            let others = adapters.iter().filter(|other| *other != adapter);
            let forbidden = others
                .map(|other| format!("crate::{other}::"))
                .chain(["daybook_store", "daybook_engine", "clock::", "Clock"].map(String::from));
            for word in forbidden.filter(|word| text.contains(word.as_str())) {
                wrong.push(format!("{}: {word}", short(file)));
            }
        }
    }
    none(wrong);
}

#[test]
fn only_egress_opens_connections() {
    let words = [
        "reqwest::",
        "TcpStream::connect",
        "TcpSocket::",
        "UdpSocket::",
    ];
    let mut wrong = Vec::new();
    for room in rooms().iter().filter(|room| *room != "testkit") {
        for file in sources(room) {
            let inside = short(&file).starts_with("crates/provider-api/src/egress/");
            let text = code(&file);
            for word in words.iter().filter(|word| !inside && text.contains(**word)) {
                wrong.push(format!("{}: {word}", short(&file)));
            }
        }
    }
    none(wrong);
}

#[test]
fn transactions_say_which_workspace_they_are_for() {
    let mut wrong = Vec::new();
    for room in rooms() {
        for file in sources(&room) {
            let name = short(&file);
            if ACROSS_WORKSPACES.iter().any(|may| name.starts_with(may)) {
                continue;
            }
            for (n, line) in code(&file).lines().enumerate() {
                let everything = ["store.read()", "store.write()"];
                if everything.iter().any(|call| line.contains(call)) {
                    wrong.push(format!("{name}:{}: {}", n + 1, line.trim()));
                }
            }
        }
    }
    none(wrong);
}

#[test]
fn files_are_short() {
    let mut wrong = Vec::new();
    for room in rooms() {
        for file in sources(&room) {
            let lines = code(&file).lines().count();
            let tests = file.file_name().is_some_and(|name| name == "tests.rs");
            let table = TABLES.contains(&short(&file).as_str());
            if lines > LINES && !tests && !table {
                wrong.push(format!("{} has {lines} lines", short(&file)));
            }
        }
    }
    none(wrong);
}

#[test]
fn a_module_with_a_folder_is_its_mod_rs() {
    let mut wrong = Vec::new();
    for room in rooms() {
        for file in sources(&room) {
            if file.with_extension("").is_dir() {
                wrong.push(format!("{} stands beside its folder", short(&file)));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_file_says_why_it_exists() {
    let mut wrong = Vec::new();
    for room in rooms() {
        for file in sources(&room) {
            let text = fs::read_to_string(&file).unwrap();
            let first = text
                .lines()
                .find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
            let test = file.file_name().is_some_and(|name| name == "tests.rs");
            if !test && !first.is_some_and(|line| line.starts_with("//!")) {
                wrong.push(short(&file));
            }
        }
    }
    none(wrong);
}

#[test]
fn nothing_is_left_for_later_or_left_out() {
    // Written in two halves, so that this file is not found.
    let words = [
        ["#[ign", "ore"].concat(),
        ["#[al", "low("].concat(),
        ["tod", "o!("].concat(),
        ["unimpl", "emented!("].concat(),
        ["thread::sl", "eep"].concat(),
    ];
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("crates")) {
        let text = fs::read_to_string(&file).unwrap();
        for word in words.iter().filter(|word| text.contains(word.as_str())) {
            wrong.push(format!("{}: {word}", short(&file)));
        }
    }
    none(wrong);
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    let words = [
        ["/wo", "rk/"].concat(),
        ["/ro", "ot/"].concat(),
        ["/ho", "me/"].concat(),
    ];
    let mut wrong = Vec::new();
    let mut files = rust_files(&root().join("crates"));
    files.extend(
        [
            "README.md",
            "ARCHITECTURE.md",
            "CONTRIBUTING.md",
            "Cargo.toml",
            "run",
            "test",
        ]
        .map(|name| root().join(name))
        .into_iter()
        .filter(|path| path.exists()),
    );
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (n, line) in text.lines().enumerate() {
            // A calendar may be called "home": only the start of an absolute path counts.
            let path = |word: &String| {
                line.match_indices(word.as_str()).any(|(at, _)| {
                    line[..at]
                        .chars()
                        .next_back()
                        .is_none_or(|c| " \"'`(=".contains(c))
                        && !line[at + word.len()..].starts_with(['{', '"'])
                })
            };
            if words.iter().any(path) && !short(&file).contains("caldav") {
                wrong.push(format!("{}:{}: {}", short(&file), n + 1, line.trim()));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_migration_exists_for_both_databases() {
    let migrations = root().join("crates/store/migrations");
    let mut names = BTreeMap::new();
    for dialect in ["sqlite", "postgres"] {
        let files: BTreeSet<String> = fs::read_dir(migrations.join(dialect))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(!files.is_empty());
        names.insert(dialect, files);
    }
    assert_eq!(names["sqlite"], names["postgres"]);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn rooms() -> Vec<String> {
    let mut rooms: Vec<String> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    rooms.sort();
    rooms
}

fn sources(room: &str) -> Vec<PathBuf> {
    rust_files(&root().join("crates").join(room).join("src"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The names in the section `[dependencies]`.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let section = manifest
        .lines()
        .skip_while(|line| line.trim() != "[dependencies]");
    section
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['=', '.', ' ']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// The file without its tests, which come last.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    match text.find("\n#[cfg(test)]\nmod tests") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

fn short(file: &Path) -> String {
    let root = root();
    file.strip_prefix(&root)
        .unwrap_or(file)
        .display()
        .to_string()
}

#[track_caller]
fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
