//! The kit of the tests that run the real binary: a server process on an address of its own, simulators in this
//! process, a client, databases, a real CalDAV server.
//!
//! A test file says `#[expect(dead_code, reason = "…")] mod support;` and uses its part. Everything ends with the value that
//! holds it.

pub mod client;
pub mod database;
pub mod program;
pub mod radicale;
pub mod simulators;
pub mod sink;

use std::future::Future;
use std::time::{Duration, Instant};

use client::Client;
use database::Database;
use program::{Program, Server};
use simulators::Simulators;

/// How long anything may take before a test gives up: far more than it takes, for machines that are busy with something else.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Keeps the expectation of unused parts true in every test file: each uses only some of the kit.
fn unused_by_design() {}

/// A line that says why something was not tested. Fails instead when `required` is set to 1.
pub fn skip(what: &str, required: &str) {
    assert!(
        std::env::var(required).as_deref() != Ok("1"),
        "{required}=1, but: {what}"
    );
    println!("skipped: {what}");
}

/// Asks until `probe` answers; panics with `what` after [`PATIENCE`].
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut probe: impl FnMut() -> F,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(
            started.elapsed() < PATIENCE,
            "did not happen in {PATIENCE:?}: {what}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What the brief of a whole server needs: a database, a folder, simulators, and a signed-up owner with an API key.
pub struct World {
    /// The folder of the server: database file, key file, logs.
    pub dir: tempfile::TempDir,
    /// Where the data is.
    pub database: Database,
    /// The providers.
    pub simulators: Simulators,
    /// How the binary is called.
    pub program: Program,
    /// The owner's API key with all scopes.
    pub key: String,
}

/// The owner's address.
pub const OWNER: &str = "ada@northwind.example";
/// The owner's password.
pub const PASSWORD: &str = "a ledger of hours";
/// The owner's workspace.
pub const WORKSPACE: &str = "Northwind Studio";

impl World {
    /// On a SQLite file, with simulators that hold the demo's people.
    pub async fn sqlite() -> Self {
        Self::on(Database::sqlite(), daybook_sandbox::Sandbox::default()).await
    }

    /// On a PostgreSQL database of its own; `None` (with a notice) where there is no server.
    pub async fn postgres() -> Option<Self> {
        let database = Database::postgres().await?;
        Some(Self::on(database, daybook_sandbox::Sandbox::default()).await)
    }

    /// On this database, with these simulators: the person and the key are made through the command line.
    pub async fn on(database: Database, sandbox: daybook_sandbox::Sandbox) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut program = Program::new(dir.path(), &database);
        let simulators = Simulators::start(sandbox, &program.base_url()).await;
        program.set_all(simulators.environment());
        let made = program
            .run_with_input(
                &[
                    "user",
                    "create",
                    "--email",
                    OWNER,
                    "--workspace",
                    WORKSPACE,
                    "--role",
                    "owner",
                    "--password-stdin",
                ],
                &format!("{PASSWORD}\n"),
            )
            .await;
        made.success();
        let key = program
            .run(&[
                "api-key",
                "create",
                "--email",
                OWNER,
                "--scopes",
                "read,write,admin",
            ])
            .await
            .success();
        Self {
            dir,
            database,
            simulators,
            program,
            key: key.trim().to_owned(),
        }
    }

    /// Starts `serve` and waits until it is ready.
    pub async fn serve(&self) -> Server {
        self.program.serve(&[]).await
    }

    /// A client with the owner's key.
    pub fn client(&self) -> Client {
        Client::new(&self.program.base_url(), Some(&self.key))
    }
}
