//! Radicale, a real CalDAV server, from the Python environment in `.venv` (see `tests/python`).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{eventually, skip};

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// The interpreter of the project's Python environment; without it a notice, or a failure where it is required.
pub fn python() -> Option<PathBuf> {
    let python = root().join(".venv/bin/python");
    if python.exists() {
        return Some(python);
    }
    skip(
        "Radicale (no Python environment in .venv; ./test makes it)",
        "DAYBOOK_REQUIRE_RADICALE",
    );
    None
}

/// A running Radicale with one account.
pub struct Radicale {
    process: Child,
    /// `http://127.0.0.1:PORT/`
    pub url: String,
    /// Its folder.
    pub dir: tempfile::TempDir,
}

/// The account's name.
pub const USER: &str = "ada";
/// Its password.
pub const PASSWORD: &str = "correct-horse";

impl Radicale {
    /// A folder for a collection of the account, to be filled before the start.
    pub fn collection(dir: &Path, name: &str) -> PathBuf {
        dir.join("storage/collection-root").join(USER).join(name)
    }

    /// Starts it on what lies in `dir`.
    pub async fn start(python: &Path, dir: tempfile::TempDir) -> Self {
        use std::io::{BufRead, BufReader};
        let log = std::fs::File::create(dir.path().join("radicale.log")).unwrap();
        let mut process = Command::new(python)
            .arg(root().join("tests/radicale/serve.py"))
            .arg("0")
            .arg(dir.path())
            .arg(format!("{USER}:{PASSWORD}"))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut url = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        lines.read_line(&mut url).unwrap();
        // Its output must be read on, or the pipe fills and the server stops.
        std::thread::spawn(move || lines.lines().for_each(drop));
        let started = Self {
            process,
            url: url.trim().to_owned(),
            dir,
        };
        let client = super::client::Client::new(&started.url, None);
        eventually("Radicale answers", || async {
            client.try_call("GET", "!/", None, &[]).await.ok()
        })
        .await;
        started
    }
}

impl Drop for Radicale {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
