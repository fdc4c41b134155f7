//! Starts that cannot work: each ends at once, says what to do, and leaves the database as it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::client::Client;
use crate::support::database::{Database, unique};
use crate::support::program::Program;
use crate::support::{OWNER, WORKSPACE, World, skip};

/// Digests of all files below `dir` but those that SQLite makes and removes for itself when it looks at a database.
fn fingerprint(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(fingerprint(&path));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let name = path.to_string_lossy();
        let passing = name.ends_with("-shm") || (name.ends_with("-wal") && bytes.is_empty());
        if !passing {
            found.insert(path.clone(), Sha256::digest(&bytes).to_vec());
        }
    }
    found
}

/// `serve` must end with `code`, say all of `says`, and change nothing below the data folder.
async fn refuses(program: &Program, words: &[&str], code: i32, says: &[&str]) {
    let before = fingerprint(&program.data_dir());
    let done = program.run(&[&["serve"], words].concat()).await;
    assert_eq!(done.code, Some(code), "{done:?}");
    for text in says {
        assert!(
            done.err.contains(text),
            "{text:?} is not said: {}",
            done.err
        );
    }
    assert!(
        !done.err.contains("panicked") && done.out.is_empty(),
        "{done:?}"
    );
    assert_eq!(
        before,
        fingerprint(&program.data_dir()),
        "the data folder was touched: {}",
        done.err
    );
}

/// A data folder with an account in it.
async fn used(dir: &Path) -> Program {
    let program = Program::new(dir, &Database::sqlite());
    let add = [
        "user",
        "create",
        "--email",
        OWNER,
        "--workspace",
        WORKSPACE,
        "--role",
        "owner",
    ];
    program.run(&add).await.success();
    program
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_cannot_be_used() {
    let dir = tempfile::tempdir().unwrap();
    let program = used(dir.path()).await;
    for (name, value, says) in [
        (
            "DAYBOOK_DATABASE_URL",
            "mysql://x/y",
            &["DAYBOOK_DATABASE_URL", "sqlite:FILE or postgres://"][..],
        ),
        (
            "DAYBOOK_DATABASE_URL",
            "nonsense",
            &["DAYBOOK_DATABASE_URL"],
        ),
        (
            "DAYBOOK_BASEURL",
            "http://x",
            &["DAYBOOK_BASEURL is not a setting", "DAYBOOK_BASE_URL"],
        ),
        ("GOOGLE_CLIENT_ID", "half", &["GOOGLE_CLIENT_SECRET"]),
        ("DAYBOOK_BIND", "here", &["DAYBOOK_BIND", "127.0.0.1:8000"]),
        (
            "DAYBOOK_SECRET_KEY_FILE",
            "/nonexistent/key",
            &["DAYBOOK_SECRET_KEY_FILE", "/nonexistent/key"],
        ),
    ] {
        let mut program = program.clone();
        program.set(name, value);
        refuses(&program, &[], 2, says).await;
    }
    let mut twice = program.clone();
    twice
        .set("DAYBOOK_SECRET_KEY", "x")
        .set("DAYBOOK_SECRET_KEY_FILE", "/nonexistent/key");
    refuses(&twice, &[], 2, &["both set"]).await;
    refuses(
        &program,
        &["--config", "/nonexistent.toml"],
        2,
        &["/nonexistent.toml"],
    )
    .await;
    refuses(&program, &["--no-such-flag"], 2, &["--no-such-flag"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_do_not_fit() {
    let dir = tempfile::tempdir().unwrap();
    let program = used(dir.path()).await;
    let with = |key: &str| {
        let mut program = program.clone();
        program.set("DAYBOOK_SECRET_KEY", key);
        program
    };
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    refuses(
        &with(zeros),
        &[],
        1,
        &["DAYBOOK_SECRET_KEY", "not random", "openssl rand"],
    )
    .await;
    refuses(
        &with("c2hvcnQ="),
        &[],
        1,
        &["DAYBOOK_SECRET_KEY", "too short", "openssl rand"],
    )
    .await;
    let other = "b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMDE=";
    refuses(
        &with(other),
        &[],
        1,
        &["nothing was changed", "key the database was created with"],
    )
    .await;

    let file = program.data_dir().join("secret.key");
    let kept = std::fs::read_to_string(&file).unwrap();
    // Another key under the right name is as wrong as another name.
    let (id, _) = kept.split_once(':').unwrap();
    refuses(
        &with(&format!("{id}:{other}")),
        &[],
        1,
        &["nothing was changed"],
    )
    .await;
    std::fs::write(&file, "\n").unwrap();
    refuses(&program, &[], 1, &["secret.key", "empty"]).await;
    std::fs::write(&file, format!("{id}:{other}\n")).unwrap();
    refuses(&program, &[], 1, &["nothing was changed"]).await;
    std::fs::remove_file(&file).unwrap();
    refuses(
        &program,
        &[],
        1,
        &["secret.key", "is missing", "Put the key file back"],
    )
    .await;
    // A backup of the file alone is refused too, and no fresh key is left beside it.
    assert!(!file.exists());
    std::fs::write(&file, kept).unwrap();
    program.serve(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemas_that_are_not_ours() {
    let dir = tempfile::tempdir().unwrap();
    let program = used(dir.path()).await;
    let database = Database::sqlite();
    let newer = "INSERT INTO schema_migration VALUES (999, 'from the future', 'x', 0)";
    database.execute(&program.database_file(), newer).await;
    refuses(&program, &[], 1, &["999", "newer", "nothing was changed"]).await;
    database
        .execute(
            &program.database_file(),
            "DELETE FROM schema_migration WHERE version = 999",
        )
        .await;
    let foreign = "UPDATE schema_migration SET checksum = 'of another build' WHERE version = 1";
    database.execute(&program.database_file(), foreign).await;
    refuses(&program, &[], 1, &["another build", "nothing was changed"]).await;

    std::fs::write(
        program.database_file(),
        "this is a letter and not a database; it is long enough to be looked at, page by page",
    )
    .unwrap();
    refuses(&program, &[], 1, &["daybook.db"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_is_not_there_or_not_ours() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = used(dir.path()).await;
    program.set(
        "DAYBOOK_DATABASE_URL",
        "postgres://daybook:canary-pw@127.0.0.1:1/daybook",
    );
    let started = std::time::Instant::now();
    let done = program.run(&["serve"]).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(
        done.err.contains("127.0.0.1:1") && !done.err.contains("canary-pw"),
        "{done:?}"
    );
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());

    let Some(database) = Database::postgres().await else {
        return;
    };
    let there = database.url().unwrap().to_owned();
    program.set("DAYBOOK_DATABASE_URL", &format!("{there}_nowhere"));
    let done = program.run(&["serve"]).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.err.contains("_nowhere"), "{done:?}");

    program.set("DAYBOOK_DATABASE_URL", &there);
    program.run(&["migrate"]).await.success();
    database
        .execute(
            Path::new(""),
            "INSERT INTO schema_migration VALUES (999, 'from the future', 'x', 0)",
        )
        .await;
    let done = program.run(&["serve"]).await;
    assert!(done.code == Some(1) && done.err.contains("999"), "{done:?}");
    database
        .execute(
            Path::new(""),
            "DELETE FROM schema_migration WHERE version = 999",
        )
        .await;
    program.set(
        "DAYBOOK_SECRET_KEY",
        "b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMDE=",
    );
    let done = program.run(&["serve"]).await;
    assert!(
        done.code == Some(1) && done.err.contains("nothing was changed"),
        "{done:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_taken_port() {
    let dir = tempfile::tempdir().unwrap();
    let program = used(dir.path()).await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let done = program.run(&["serve", "--bind", &address]).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(
        done.err.contains(&address) && done.err.contains("DAYBOOK_BIND"),
        "{done:?}"
    );
}

/// A small file system in memory, where this process may mount one.
struct Tmpfs(PathBuf);

impl Tmpfs {
    fn mount(size: &str) -> Option<Self> {
        let dir = std::env::temp_dir().join(format!("daybook-{}", unique()));
        std::fs::create_dir(&dir).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&dir)
            .output();
        if mounted.is_ok_and(|done| done.status.success()) {
            return Some(Self(dir));
        }
        std::fs::remove_dir(&dir).unwrap();
        // Not everybody may mount; that is no fault of the machine.
        skip(
            "a full and a read-only disk (this user cannot mount a file system)",
            "DAYBOOK_REQUIRE_MOUNT",
        );
        None
    }

    fn remount(&self, options: &str) {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(&self.0)
            .status();
        assert!(done.unwrap().success());
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
        std::fs::remove_dir(&self.0).ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_disk() {
    let Some(disk) = Tmpfs::mount("16m") else {
        return;
    };
    let program = used(&disk.0).await;
    disk.remount("ro");
    // The process log goes elsewhere: everything in this folder is read-only now.
    refuses(&program, &[], 1, &["daybook.db", "read-only"]).await;
    let mut fresh = program.clone();
    fresh.set("DAYBOOK_DATA_DIR", disk.0.join("new").to_str().unwrap());
    let done = fresh.run(&["serve"]).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(
        done.err.contains("new") && done.err.contains("Read-only"),
        "{done:?}"
    );
    disk.remount("rw");
    program.serve(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk() {
    let Some(disk) = Tmpfs::mount("5m") else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut program = Program::new(home.path(), &Database::sqlite());
    let data = disk.0.join("data");
    program.set("DAYBOOK_DATA_DIR", data.to_str().unwrap());
    let add = [
        "user",
        "create",
        "--email",
        OWNER,
        "--workspace",
        WORKSPACE,
        "--role",
        "owner",
    ];
    program.run(&add).await.success();
    let key = program
        .run(&["api-key", "create", "--email", OWNER, "--scopes", "admin"])
        .await
        .success();
    let client = Client::new(&program.base_url(), Some(key.trim()));
    let server = program.serve(&[]).await;
    // What another program left: a little room, so that some writes still fit.
    std::fs::write(disk.0.join("ballast"), vec![7; 1 << 20]).unwrap();
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for nth in 0.. {
        let answer = client
            .post(
                "/clients",
                json!({"name": format!("Client {nth}"), "notes": "x".repeat(5_000)}),
            )
            .await;
        match answer.status {
            201 => acknowledged.push(answer.json["id"].as_str().unwrap().to_owned()),
            503 => {
                assert_eq!(answer.code(), "storage_unavailable", "{}", answer.text);
                refused += 1;
            }
            429 => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            other => panic!("{other}: {}", answer.text),
        }
        if refused == 5 {
            break;
        }
        assert!(nth < 3000, "the disk does not fill");
    }
    assert!(!acknowledged.is_empty());
    // Reading goes on, and the next start says what is wrong or works.
    client.get("/clients?limit=1").await.expect(200);
    server.kill().await;
    disk.remount("size=64m");
    let _server = program.serve(&[]).await;
    let there: Vec<String> = client
        .all("/clients")
        .await
        .iter()
        .map(|c| c["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        there.len(),
        acknowledged.len(),
        "what was refused is not there"
    );
    assert!(acknowledged.iter().all(|id| there.contains(id)));
    client
        .post("/clients", json!({"name": "There is room again"}))
        .await
        .expect(201);
    assert_eq!(
        Database::sqlite()
            .texts(&data.join("daybook.db"), "PRAGMA integrity_check")
            .await,
        ["ok"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_at_the_start() {
    let Some(disk) = Tmpfs::mount("64k") else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut program = Program::new(home.path(), &Database::sqlite());
    program.set("DAYBOOK_DATA_DIR", disk.0.join("data").to_str().unwrap());
    let done = program.run(&["serve"]).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.err.contains("no space left"), "{done:?}");
    disk.remount("size=64m");
    program.serve(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_copy_of_the_world_still_starts() {
    // The opposite of all the above: nothing is wrong, twice in a row.
    let world = World::sqlite().await;
    for _ in 0..2 {
        let mut server = world.serve().await;
        server.signal("TERM").await;
        assert_eq!(server.ended().await, Some(0));
    }
}
