//! Real CalDAV servers, started on a free port: Radicale and Xandikos, from the Python environment of `tests/python`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Refuses a second use of a UID with 409.
    Radicale,
    /// Refuses it with 412, and says that it mails guests.
    Xandikos,
}

/// The server process; ends with the test.
pub struct Server {
    /// Which.
    pub kind: Kind,
    /// `http://127.0.0.1:PORT/`
    pub address: String,
    process: Child,
    folder: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The person's name and password at Radicale; Xandikos asks for none.
pub const USER: &str = "ada@example.com";
pub const PASSWORD: &str = "correct horse";

impl Kind {
    const fn module(self) -> &'static str {
        match self {
            Self::Radicale => "radicale",
            Self::Xandikos => "xandikos",
        }
    }

    /// Where the calendars are.
    pub const fn home(self) -> &'static str {
        match self {
            Self::Radicale => "/ada@example.com/",
            Self::Xandikos => "/user/calendars/",
        }
    }

    /// Starts it, or says why not: it is skipped where it is not installed, unless `DAYBOOK_REQUIRE_RADICALE=1`.
    pub fn start(self, name: &str) -> Option<Server> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = root.join(".venv/bin/python");
        let installed = python.exists() && {
            let import = format!("import {}", self.module());
            let found = Command::new(&python).args(["-c", &import]).output();
            found.is_ok_and(|found| found.status.success())
        };
        if !installed {
            assert!(
                std::env::var("DAYBOOK_REQUIRE_RADICALE").as_deref() != Ok("1"),
                "{self:?} is missing; set up the Python environment of tests/python"
            );
            println!("skipped: no Python environment with {self:?}");
            return None;
        }
        Some(self.launch(name, &root, &python))
    }

    fn launch(self, name: &str, root: &Path, python: &Path) -> Server {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
            "{}-{name}-{}",
            self.module(),
            std::process::id()
        ));
        std::fs::create_dir_all(&folder).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = match self {
            Self::Radicale => radicale(python, &folder, port),
            Self::Xandikos => {
                let mut command = Command::new(python);
                command
                    .arg(root.join("tests/xandikos/serve.py"))
                    .arg(port.to_string())
                    .arg(&folder);
                command
            }
        };
        let mut process = command
            .stdin(Stdio::null())
            .stdout(if self == Self::Xandikos {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stderr(if self == Self::Radicale {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .spawn()
            .unwrap();
        match self {
            Self::Radicale => wait(process.stderr.take().unwrap(), "ready"),
            Self::Xandikos => wait(process.stdout.take().unwrap(), "ready"),
        }
        Server {
            kind: self,
            address: format!("http://127.0.0.1:{port}/"),
            process,
            folder,
        }
    }
}

fn radicale(python: &Path, folder: &Path, port: u16) -> Command {
    std::fs::write(folder.join("users"), format!("{USER}:{PASSWORD}\n")).unwrap();
    let mut command = Command::new(python);
    command
        .args(["-m", "radicale", "--config", ""])
        .args(["--server-hosts", &format!("127.0.0.1:{port}")])
        .args(["--auth-type", "htpasswd"])
        .args(["--auth-htpasswd-encryption", "plain"])
        .args(["--auth-delay", "0"])
        .arg("--auth-htpasswd-filename")
        .arg(folder.join("users"))
        .arg("--storage-filesystem-folder")
        .arg(folder.join("data"))
        .args(["--logging-level", "info"]);
    command
}

/// Reads until the server says that it answers.
fn wait(output: impl std::io::Read + Send + 'static, answers: &str) {
    let mut lines = BufReader::new(output).lines();
    let mut seen = String::new();
    loop {
        let Some(Ok(line)) = lines.next() else {
            panic!("the server did not start:\n{seen}")
        };
        if line.contains(answers) {
            // Its log must be read on, or the pipe fills and the server stops.
            std::thread::spawn(move || lines.for_each(drop));
            return;
        }
        seen += &line;
        seen.push('\n');
    }
}
