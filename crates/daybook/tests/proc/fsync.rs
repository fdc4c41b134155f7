//! R1 under a failing disk: a tracer makes syncs to disk fail, or kills the server at an exact write. Nothing is
//! acknowledged that was not synced, nothing acknowledged is lost, and the server goes on when the disk does.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use crate::support::{PATIENCE, World, skip};

/// The control's own writer: this test program, started again below the tracer with the file in this variable.
const WRITER: &str = "DAYBOOK_TEST_WRITER";
/// Writes per run.
const WRITES: usize = 30;

/// The tracer's words; `None` with a notice where there is none.
fn tracer(inject: &str, files: &[PathBuf]) -> Option<Vec<String>> {
    let works = Command::new("strace")
        .args(["-qq", "-e", "trace=none", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !works.is_ok_and(|status| status.success()) {
        skip(
            "failing syncs (no working strace)",
            "DAYBOOK_REQUIRE_STRACE",
        );
        return None;
    }
    let calls = inject.split(':').next().unwrap();
    // -D: the server is our own child, and the tracer somebody else's.
    let words = ["strace", "-D", "-f", "-qq", "-o", "/dev/null"];
    let mut words: Vec<String> = words.map(str::to_owned).into();
    for file in files {
        words.extend(["-P".to_owned(), file.display().to_string()]);
    }
    words.extend([
        "-e".to_owned(),
        format!("trace={calls}"),
        "-e".to_owned(),
        format!("inject={inject}"),
    ]);
    Some(words)
}

/// What a run below the tracer did.
#[derive(Debug, Default)]
struct Run {
    acknowledged: Vec<String>,
    refused: usize,
    /// The most refusals without an acknowledgement between them.
    in_a_row: usize,
    /// Acknowledged after the first refusal.
    after: usize,
    /// Whether the server was gone at the end.
    died: bool,
}

/// Serves below the tracer and writes until the server is gone or [`WRITES`] are through; then it is killed.
async fn run(world: &World, inject: &str, round: &str) -> Option<Run> {
    let file = world.program.database_file();
    let words = tracer(inject, &[file.with_extension("db-wal"), file])?;
    let mut program = world.program.clone();
    program.under(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let server = program.start(&[]);
    let client = world.client();
    let (mut run, mut row) = (Run::default(), 0);
    for nth in 0..WRITES {
        let body = json!({"name": format!("{round}-{nth}")});
        let begun = std::time::Instant::now();
        let answer = loop {
            match client.try_call("POST", "/clients", Some(&body), &[]).await {
                Ok(answer) => break Some(answer),
                Err(_) if server.gone() || begun.elapsed() > PATIENCE => break None,
                Err(_) => {}
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        };
        match answer {
            None => {
                run.died = true;
                break;
            }
            Some(answer) if answer.status == 201 => {
                row = 0;
                run.after += usize::from(run.refused > 0);
                run.acknowledged.push(format!("{round}-{nth}"));
            }
            Some(answer) => {
                assert!(
                    matches!(answer.status, 500 | 503),
                    "{} {}",
                    answer.status,
                    answer.text
                );
                run.refused += 1;
                row += 1;
                run.in_a_row = run.in_a_row.max(row);
            }
        }
    }
    server.kill().await;
    Some(run)
}

/// What the database holds, as a healthy server reads it.
async fn there(world: &World) -> Vec<String> {
    let server = world.serve().await;
    let clients = world.client().all("/clients").await;
    server.kill().await;
    assert_eq!(
        world
            .database
            .texts(&world.program.database_file(), "PRAGMA integrity_check")
            .await,
        ["ok"]
    );
    clients
        .iter()
        .map(|client| client["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Every acknowledged write is there, once; every other at most once.
fn compare(there: &[String], acknowledged: &[String]) {
    for name in acknowledged {
        let times = there.iter().filter(|other| *other == name).count();
        assert_eq!(times, 1, "{name} was acknowledged");
    }
    let mut once = there.to_vec();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), there.len(), "something is there twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_sync_is_never_acknowledged() {
    let world = World::sqlite().await;
    let (mut acknowledged, mut hit, mut recovered) = (Vec::new(), 0, 0);
    for nth in [3, 4, 5, 6, 7, 9, 11, 14, 17, 20, 24, 28] {
        let inject = format!("fdatasync,fsync:error=EIO:when={nth}");
        let Some(run) = run(&world, &inject, &format!("eio-{nth}")).await else {
            return;
        };
        hit += usize::from(run.refused > 0 || run.died);
        recovered += usize::from(run.after > 0);
        // The tracer counts per thread, and a reopened database has a new one: it fails again after as many syncs.
        assert!(
            run.in_a_row <= 2,
            "one sync failed and more than two writes in a row were refused: {run:?}"
        );
        assert!(!run.died || run.after == 0, "{run:?}");
        acknowledged.extend(run.acknowledged);
    }
    compare(&there(&world).await, &acknowledged);
    // Some hit background work instead of a request; most do not.
    assert!(hit >= 4, "only {hit} of 12 failures hit a write");
    println!(
        "12 failed syncs: {hit} refused a write, {recovered} of the servers went on; {} acknowledged, 0 lost",
        acknowledged.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_stays_broken_acknowledges_nothing() {
    let world = World::sqlite().await;
    let Some(run) = run(&world, "fdatasync,fsync:error=EIO:when=1+", "dead").await else {
        return;
    };
    assert!(run.acknowledged.is_empty(), "{run:?}");
    assert!(run.refused > 0 || run.died, "{run:?}");
    compare(&there(&world).await, &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_an_exact_write() {
    let world = World::sqlite().await;
    let (mut acknowledged, mut died) = (Vec::new(), 0);
    for nth in [2, 3, 5, 8, 11, 14, 17, 21, 26, 32, 39, 47, 60, 80] {
        let inject = format!("write,pwrite64:signal=SIGKILL:when={nth}");
        let Some(run) = run(&world, &inject, &format!("kill-{nth}")).await else {
            return;
        };
        died += usize::from(run.died);
        acknowledged.extend(run.acknowledged);
    }
    compare(&there(&world).await, &acknowledged);
    assert!(died >= 10, "only {died} of 14 died");
    println!(
        "{died} exact kills: {} acknowledged, 0 lost",
        acknowledged.len()
    );
}

/// The harness has teeth: a database that does not sync acknowledges on a disk whose every sync fails; one that syncs does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_syncing_the_harness_would_notice() {
    let dir = tempfile::tempdir().unwrap();
    for (mode, expected) in [("off", true), ("full", false)] {
        let file = dir.path().join(mode);
        let journal = dir.path().join(format!("{mode}-wal"));
        let Some(words) = tracer(
            "fdatasync,fsync:error=EIO:when=1+",
            &[file.clone(), journal],
        ) else {
            return;
        };
        let write = |words: &[String]| {
            let exe = std::env::current_exe().unwrap();
            let mut all: Vec<OsString> = words.iter().map(Into::into).collect();
            all.push(exe.into());
            let mut command = Command::new(&all[0]);
            command.args(&all[1..]).args([
                "--exact",
                "fsync::writer_of_the_control",
                "--nocapture",
            ]);
            let done = command.env(WRITER, &file).output().unwrap();
            String::from_utf8_lossy(&done.stdout).into_owned()
        };
        // The file is made, in the mode that it keeps, while the disk is well.
        assert!(write(&[]).contains("acknowledged"), "{mode}");
        let said = write(&words);
        assert_eq!(said.contains("acknowledged"), expected, "{mode}: {said}");
    }
}

/// Writes one row to the file named in the environment; its name says how it syncs. Nothing to do otherwise.
#[tokio::test]
async fn writer_of_the_control() {
    let Ok(file) = std::env::var(WRITER) else {
        return;
    };
    let mode = if file.ends_with("off") {
        SqliteSynchronous::Off
    } else {
        SqliteSynchronous::Full
    };
    let options = SqliteConnectOptions::new()
        .filename(Path::new(&file))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(mode);
    let Ok(mut connection) = options.connect().await else {
        return;
    };
    let done = sqlx::raw_sql("CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (1)")
        .execute(&mut connection)
        .await;
    if done.is_ok() {
        println!("acknowledged");
    }
    connection.close().await.ok();
}
