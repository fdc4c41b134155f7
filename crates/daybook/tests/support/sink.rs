//! A mail server that keeps what it is given: `tests/python/smtp_sink.py`, with aiosmtpd from the Python environment in `.venv`.

use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::radicale::root;
use super::{eventually, skip};

/// A running sink. It ends with the value.
pub struct Sink {
    process: Child,
    dir: tempfile::TempDir,
    /// `smtp://127.0.0.1:PORT`
    pub url: String,
}

impl Sink {
    /// Starts it; `None` (with a notice) where aiosmtpd is not installed.
    pub fn start() -> Option<Self> {
        use std::io::BufRead;
        let python = root().join(".venv/bin/python");
        let there = Command::new(&python)
            .args(["-c", "import aiosmtpd"])
            .stderr(Stdio::null())
            .status();
        if !there.is_ok_and(|status| status.success()) {
            skip(
                "e-mail (no aiosmtpd in .venv; ./test makes it)",
                "DAYBOOK_REQUIRE_RADICALE",
            );
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let mut process = Command::new(&python)
            .arg(root().join("tests/python/smtp_sink.py"))
            .arg("0")
            .arg(dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        std::io::BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut port)
            .unwrap();
        Some(Self {
            process,
            dir,
            url: format!("smtp://127.0.0.1:{}", port.trim()),
        })
    }

    /// What it has taken for a recipient, oldest first.
    pub fn taken(&self, to: &str) -> Vec<Value> {
        let mut files: Vec<_> = std::fs::read_dir(self.dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect();
        files.sort();
        let read = |path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let mails = files.into_iter().map(read);
        mails.filter(|mail: &Value| mail["to"][0] == to).collect()
    }

    /// Waits until it has taken the `nth` mail (from 0) for a recipient.
    pub async fn mail(&self, to: &str, nth: usize) -> Value {
        eventually(&format!("mail {nth} to {to}"), || async {
            self.taken(to).get(nth).cloned()
        })
        .await
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
