//! Every command of the command line: what it prints, what it changes, how it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::database::Database;
use crate::support::program::{Finished, Program};
use crate::support::{OWNER, PASSWORD, WORKSPACE, World, eventually};

/// The command must end with this code and say this on standard error.
#[track_caller]
pub(crate) fn refused(done: &Finished, code: i32, says: &[&str]) {
    assert_eq!(done.code, Some(code), "{done:?}");
    for words in says {
        assert!(done.err.contains(words), "{words:?} is not said: {done:?}");
    }
    assert!(!done.err.contains("panicked"), "{done:?}");
}

fn json_of(done: Finished) -> Value {
    serde_json::from_str(&done.success()).unwrap()
}

/// What happens to the password of somebody who exists.
async fn passwords(program: &Program) {
    let with = |workspace: &'static str, more: &[&'static str]| {
        let add = ["user", "create", "--email", "dee@northwind.example"];
        let place = ["--workspace", workspace, "--role", "member", "--json"];
        [&add[..], &place, more].concat()
    };
    let stdin = &["--password-stdin"][..];
    let reset = &["--password-stdin", "--reset-password"][..];
    // Somebody without a password gets their first one.
    let made = json_of(program.run(&with(WORKSPACE, &[])).await);
    assert_eq!(
        (&made["user_created"], &made["password_set"]),
        (&true.into(), &false.into())
    );
    let first = "the first one of them\n";
    let made = json_of(program.run_with_input(&with(WORKSPACE, stdin), first).await);
    assert_eq!(
        (&made["member_created"], &made["password_set"]),
        (&false.into(), &true.into())
    );
    // The same one again adds them elsewhere and changes nothing; a member who has it is told so.
    let made = json_of(
        program
            .run_with_input(&with("Elsewhere", stdin), first)
            .await,
    );
    assert_eq!(
        (&made["member_created"], &made["password_set"]),
        (&true.into(), &false.into())
    );
    let twice = program.run_with_input(&with(WORKSPACE, stdin), first).await;
    refused(&twice, 1, &["already", "nothing was changed"]);
    // Another one is refused, also together with a new workspace, and replaces it when that is asked for.
    let other = "quite another sentence\n";
    let kept = program.run_with_input(&with("Third", stdin), other).await;
    refused(&kept, 1, &["--reset-password", "nothing was changed"]);
    let made = json_of(program.run_with_input(&with(WORKSPACE, reset), other).await);
    assert_eq!(
        (&made["member_created"], &made["password_set"]),
        (&false.into(), &true.into())
    );
    let made = json_of(program.run_with_input(&with("Third", stdin), other).await);
    assert_eq!(
        made["workspace_created"], true,
        "it was not made before: {made}"
    );
    refused(
        &program.run(&with(WORKSPACE, &["--reset-password"])).await,
        2,
        &["--password-stdin"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_and_keys() {
    let world = World::sqlite().await;
    let program = &world.program;
    let add = [
        "user",
        "create",
        "--email",
        "bo@northwind.example",
        "--workspace",
        WORKSPACE,
        "--role",
        "member",
    ];
    let made = json_of(program.run(&[&add[..], &["--json"]].concat()).await);
    assert_eq!(made["workspace_created"], false, "{made}");
    assert!(made["user_id"].is_string() && made["member_id"].is_string());

    let again = [
        "user",
        "create",
        "--email",
        OWNER,
        "--workspace",
        WORKSPACE,
        "--role",
        "owner",
        "--password-stdin",
    ];
    refused(
        &program.run_with_input(&again, "another password\n").await,
        1,
        &[OWNER],
    );
    passwords(program).await;
    refused(
        &program.run_with_input(&again, "").await,
        1,
        &["no password"],
    );
    let short = [
        "user",
        "create",
        "--email",
        "cy@northwind.example",
        "--workspace",
        WORKSPACE,
        "--role",
        "member",
        "--password-stdin",
    ];
    refused(&program.run_with_input(&short, "short\n").await, 1, &["12"]);
    let boss = [
        "user",
        "create",
        "--email",
        "cy@northwind.example",
        "--workspace",
        WORKSPACE,
        "--role",
        "boss",
    ];
    refused(&program.run(&boss).await, 2, &["--role"]);
    let nobody = [
        "user",
        "create",
        "--email",
        "not an address",
        "--workspace",
        WORKSPACE,
        "--role",
        "member",
    ];
    refused(&program.run(&nobody).await, 2, &["--email"]);
    refused(&program.run(&["user", "create"]).await, 2, &["--email"]);

    // The key is alone on standard output, so that scripts can take it as it is.
    let key = program
        .run(&["api-key", "create", "--email", OWNER, "--scopes", "read"])
        .await
        .success();
    assert!(
        key.starts_with("dbk_") && key.ends_with('\n') && key.trim().len() == 4 + 43 + 6,
        "{key:?}"
    );
    let asked = [
        "api-key", "create", "--email", OWNER, "--scopes", "read,fly",
    ];
    refused(&program.run(&asked).await, 2, &["--scopes"]);
    let asked = [
        "api-key",
        "create",
        "--email",
        "nobody@northwind.example",
        "--scopes",
        "read",
    ];
    refused(&program.run(&asked).await, 1, &["nobody@northwind.example"]);

    let _server = world.serve().await;
    let reader = Client::new(&program.base_url(), Some(key.trim()));
    reader.get("/clients").await.expect(200);
    reader
        .post("/clients", json!({"name": "X"}))
        .await
        .expect(403);
    world
        .client()
        .post("/clients", json!({"name": "X"}))
        .await
        .expect(201);
    let login = Client::new(&program.base_url(), None);
    login
        .post("/auth/login", json!({"email": OWNER, "password": PASSWORD}))
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sync_and_tokens() {
    let world = World::sqlite().await;
    let program = &world.program;
    // Short-lived tokens count as due.
    world
        .simulators
        .google()
        .configure(|config| config.access_token_ttl_s = 600);
    let mut server = world.serve().await;
    let client = world.client();
    client.connect_google("ada@northwind.example").await;
    client
        .post(
            "/integrations/caldav/connect",
            world.simulators.caldav_account(),
        )
        .await
        .expect(200);
    let calendars = client.synced_calendars().await;
    server.signal("TERM").await;
    assert_eq!(server.ended().await, Some(0));

    let results = json_of(program.run(&["sync", "--all", "--json"]).await);
    let results = results.as_array().unwrap();
    assert_eq!(results.len(), calendars.len());
    assert!(
        results
            .iter()
            .all(|r| r["result"]["created"] == 0 && r["result"]["full"] == false),
        "{results:?}"
    );
    let words = program.run(&["sync", "--all"]).await.success();
    assert_eq!(words.lines().count(), calendars.len(), "{words}");

    let one = calendars[0]["id"].as_str().unwrap();
    let full = json_of(
        program
            .run(&["sync", "--calendar", one, "--full", "--json"])
            .await,
    );
    assert_eq!(
        (full[0]["calendar_id"].as_str(), &full[0]["result"]["full"]),
        (Some(one), &json!(true)),
        "{full}"
    );
    refused(&program.run(&["sync"]).await, 2, &["--all"]);
    refused(
        &program.run(&["sync", "--all", "--calendar", one]).await,
        2,
        &["--calendar"],
    );
    refused(
        &program.run(&["sync", "--calendar", "seven"]).await,
        2,
        &["--calendar"],
    );
    let gone = "01890000-0000-7000-8000-000000000000";
    refused(
        &program.run(&["sync", "--calendar", gone]).await,
        1,
        &[gone],
    );

    let before = world
        .simulators
        .google()
        .desk()
        .counter("token.refresh_token");
    program.run(&["tokens", "refresh"]).await.success();
    let refreshed = world
        .simulators
        .google()
        .desk()
        .counter("token.refresh_token")
        - before;
    assert_eq!(refreshed, 1, "one connection has a token");
    refused(&program.run(&["tokens"]).await, 2, &["Usage"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs() {
    let world = World::sqlite().await;
    let program = &world.program;
    assert_eq!(program.run(&["jobs", "list"]).await.success(), "No jobs.\n");
    program
        .run(&["jobs", "run", "sync_all_calendars"])
        .await
        .success();
    refused(
        &program.run(&["jobs", "run", "make_coffee"]).await,
        1,
        &["make_coffee", "sync_all_calendars"],
    );
    refused(
        &program.run(&["jobs", "retry", "seven"]).await,
        2,
        &["seven"],
    );
    let gone = "01890000-0000-7000-8000-000000000000";
    refused(&program.run(&["jobs", "retry", gone]).await, 1, &[gone]);
    refused(
        &program.run(&["jobs", "list", "--state", "lost"]).await,
        2,
        &["--state"],
    );

    // A job that failed for good is visible and can be tried again.
    let poison = "INSERT INTO job (id, kind, payload, state, priority, due_at, attempt, max_attempts, last_error, created_at, finished_at) \
                  VALUES (x'018900000000700080000000000000aa', 'cleanup_integration_logs', 'null', 'failed', 1, 1, 4, 4, 'it was Monday', 1, 2)";
    world
        .database
        .execute(&program.database_file(), poison)
        .await;
    let failed = json_of(
        program
            .run(&["jobs", "list", "--state", "failed", "--json"])
            .await,
    );
    assert_eq!(failed[0]["last_error"], "it was Monday", "{failed}");
    assert!(
        program
            .run(&["jobs", "list"])
            .await
            .success()
            .contains("it was Monday")
    );
    let id = failed[0]["id"].as_str().unwrap();
    program.run(&["jobs", "retry", id]).await.success();
    let _server = world.serve().await;
    eventually("the retried job is done", || async {
        let done = json_of(
            program
                .run(&["jobs", "list", "--state", "done", "--json"])
                .await,
        );
        done.as_array()
            .unwrap()
            .iter()
            .any(|job| job["id"] == *id)
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_rotated_while_the_server_runs() {
    let mut world = World::sqlite().await;
    let server = world.serve().await;
    let client = world.client();
    let connected = client.connect_google("ada@northwind.example").await;
    client
        .post(
            "/integrations/caldav/connect",
            world.simulators.caldav_account(),
        )
        .await
        .expect(200);
    client.synced_calendars().await;
    server.signal("TERM").await;
    drop(server);

    let file = world.program.data_dir().join("secret.key");
    let old = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    let (old_id, _) = old.split_once(':').unwrap();
    let new = "next:bmV4dC1rZXktbmV4dC1rZXktbmV4dC1rZXktMDEyMzQ=";
    std::fs::write(&file, format!("{new}\n{old}\n")).unwrap();
    let server = world.serve().await;

    // People go on working while every secret is encrypted again.
    let stop = Arc::new(AtomicBool::new(false));
    let connection = connected["connection"]["id"].as_str().unwrap().to_owned();
    let worker = tokio::spawn({
        let (stop, client) = (stop.clone(), client.clone());
        async move {
            let mut calls = 0;
            while !stop.load(Ordering::Relaxed) {
                let tested = client
                    .call(
                        "POST",
                        &format!("/integrations/connections/{connection}/test"),
                        None,
                    )
                    .await;
                assert_eq!(tested.expect(200)["ok"], true);
                calls += 1;
                // Below every rate limit, however long the rotation takes.
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            }
            calls
        }
    });
    let rotated = json_of(world.program.run(&["keys", "rotate", "--json"]).await);
    stop.store(true, Ordering::Relaxed);
    assert!(worker.await.unwrap() > 0);
    assert!(rotated["rotated"].as_u64().unwrap() >= 3, "{rotated}");
    assert!(
        rotated["by_key"][old_id].is_null() && rotated["by_key"]["next"].is_u64(),
        "{rotated}"
    );
    assert_eq!(
        json_of(world.program.run(&["keys", "rotate", "--json"]).await)["rotated"],
        0
    );
    server.signal("TERM").await;
    drop(server);

    // The old key is not needed any more.
    std::fs::write(&file, format!("{new}\n")).unwrap();
    let server = world.serve().await;
    for connection in client.all("/integrations/connections").await {
        let tested = client
            .call(
                "POST",
                &format!(
                    "/integrations/connections/{}/test",
                    connection["id"].as_str().unwrap()
                ),
                None,
            )
            .await;
        assert_eq!(tested.expect(200)["ok"], true, "{connection}");
    }
    drop(server);
    // And the old one alone opens nothing.
    std::fs::write(&file, format!("{old}\n")).unwrap();
    refused(&world.program.run(&["migrate"]).await, 1, &["next", "key"]);
    world.program.set("DAYBOOK_SECRET_KEY", new);
    world.program.run(&["migrate"]).await.success();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_restores_everything_acknowledged_before_it() {
    let world = World::sqlite().await;
    let program = &world.program;
    let mut server = world.serve().await;
    let client = world.client();
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (stop, client) = (stop.clone(), client.clone());
        async move {
            let mut acknowledged: Vec<(std::time::Instant, String)> = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let answer = client
                    .post(
                        "/clients",
                        json!({"name": format!("Client {}", acknowledged.len())}),
                    )
                    .await;
                let id = answer.expect(201)["id"].as_str().unwrap().to_owned();
                acknowledged.push((std::time::Instant::now(), id));
                tokio::time::sleep(std::time::Duration::from_millis(15)).await;
            }
            acknowledged
        }
    });
    eventually("there is something to lose", || async {
        (client.all("/clients").await.len() > 20).then_some(())
    })
    .await;
    let asked = std::time::Instant::now();
    let file = world.dir.path().join("backup.db");
    let name = file.to_str().unwrap();
    program.run(&["backup", name]).await.success();
    refused(&program.run(&["backup", name]).await, 1, &["exists"]);
    stop.store(true, Ordering::Relaxed);
    let acknowledged = writer.await.unwrap();
    let before: Vec<&String> = acknowledged
        .iter()
        .filter(|(at, _)| *at < asked)
        .map(|(_, id)| id)
        .collect();
    assert!(before.len() > 10);
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // What the server is told after the restore would be lost with the file it has open.
    let under_it = program.run(&["restore", "--force", name]).await;
    refused(&under_it, 1, &["is using", "Stop it"]);
    server.signal("TERM").await;
    server.ended().await;

    refused(&program.run(&["restore", name]).await, 1, &["--force"]);
    let junk = world.dir.path().join("junk.db");
    std::fs::write(
        &junk,
        "this is no database, however long the text is that stands in it",
    )
    .unwrap();
    refused(
        &program
            .run(&["restore", "--force", junk.to_str().unwrap()])
            .await,
        1,
        &["junk.db"],
    );
    refused(
        &program
            .run(&["restore", "--force", "/nonexistent.db"])
            .await,
        1,
        &["nonexistent.db"],
    );
    program.run(&["restore", "--force", name]).await.success();
    let _server = world.serve().await;
    let there: Vec<String> = client
        .all("/clients")
        .await
        .iter()
        .map(|c| c["id"].as_str().unwrap().to_owned())
        .collect();
    for id in before {
        assert!(
            there.contains(id),
            "{id} was acknowledged before the backup and is not in it"
        );
    }
    assert_eq!(
        world
            .database
            .texts(&program.database_file(), "PRAGMA integrity_check")
            .await,
        ["ok"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn configuration_and_doctor() {
    let mut world = World::sqlite().await;
    let file = world.dir.path().join("daybook.toml");
    std::fs::write(&file, "workers = 3\nlog = \"warn\"\n").unwrap();
    world
        .program
        .set("GOOGLE_CLIENT_SECRET", "canary-of-config")
        .unset("DAYBOOK_LOG");
    let program = &world.program;
    let shown = program
        .run(&["config", "show", "--json", "--bind", "127.0.0.1:9"])
        .await
        .success();
    assert!(!shown.contains("canary"), "{shown}");
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let line = |key: &str| {
        shown
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["key"] == key)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (
            line("bind")["value"].as_str(),
            line("bind")["source"].as_str()
        ),
        (Some("127.0.0.1:9"), Some("flag"))
    );
    assert!(
        line("workers")["source"]
            .as_str()
            .unwrap()
            .ends_with("daybook.toml")
    );
    assert_eq!(line("data_dir")["source"], "environment (DAYBOOK_DATA_DIR)");
    assert_eq!(line("max_connections")["source"], "default");
    assert_eq!(
        (
            line("google.client_secret")["value"].as_str(),
            &line("google.client_secret")["secret"]
        ),
        (Some("(set)"), &json!(true))
    );
    let words = program.run(&["config", "show"]).await.success();
    assert!(
        words.contains("workers") && !words.contains("canary"),
        "{words}"
    );
    program.run(&["config", "check"]).await.success();
    assert!(
        program
            .run(&["config", "default"])
            .await
            .success()
            .contains("DAYBOOK_BIND")
    );
    std::fs::write(&file, "wrokers = 3\n").unwrap();
    refused(
        &program.run(&["config", "check"]).await,
        2,
        &["wrokers", "workers", "daybook.toml"],
    );
    std::fs::remove_file(&file).unwrap();

    let found = json_of(program.run(&["doctor", "--json"]).await);
    let found = found.as_array().unwrap().clone();
    assert!(
        found.iter().all(|finding| finding["state"] != "broken"),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|finding| finding["what"] == "Google" || finding["what"] == "Google Calendar"),
        "{found:?}"
    );
    world
        .program
        .set("DAYBOOK_DATABASE_URL", "postgres://nobody@127.0.0.1:1/x");
    let done = world.program.run(&["doctor"]).await;
    assert!(done.out.contains("BROKEN database"), "{done:?}");
    refused(&done, 1, &["mending"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn descriptions_and_usage() {
    let dir = tempfile::tempdir().unwrap();
    let program = crate::support::program::Program::new(dir.path(), &Database::sqlite());
    let document = json_of(program.run(&["openapi"]).await);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            program
                .run(&["completions", shell])
                .await
                .success()
                .contains("api-key"),
            "{shell}"
        );
    }
    assert!(program.run(&["man"]).await.success().starts_with(".ie"));
    assert!(
        program
            .run(&["--version"])
            .await
            .success()
            .starts_with("daybook ")
    );
    let help = program.run(&["--help"]).await.success();
    for word in [
        "serve",
        "worker",
        "demo",
        "sandbox",
        "migrate",
        "doctor",
        "config",
        "user",
        "api-key",
        "sync",
        "tokens",
        "jobs",
        "keys",
        "backup",
        "restore",
        "openapi",
        "completions",
        "man",
    ] {
        assert!(
            help.contains(&format!("  {word}")),
            "{word} is not in the help"
        );
    }
    refused(&program.run(&[]).await, 2, &["Usage"]);
    refused(&program.run(&["dance"]).await, 2, &["dance"]);
    refused(&program.run(&["completions", "word"]).await, 2, &["word"]);
    assert!(
        !program.data_dir().exists(),
        "none of these made a data folder"
    );
    program.run(&["migrate"]).await.success();
    program.run(&["migrate"]).await.success();
}
