//! The binary as a process: commands that end, and servers that run until they are dropped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use super::PATIENCE;
use super::client::Client;
use super::database::Database;

/// How the binary is called: folder, environment, address.
#[derive(Clone)]
pub struct Program {
    dir: PathBuf,
    bind: String,
    environment: BTreeMap<String, String>,
    /// Programs in front of the binary, such as a tracer.
    wrapper: Vec<String>,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Finished {
    /// Standard output of a command that must have gone well.
    #[track_caller]
    pub fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self.out
    }
}

/// An address that no other test has. Linux answers on all of 127.0.0.0/8, so that every test and every node has an
/// address to come back to after a restart; elsewhere a free port is taken.
pub fn fresh_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    if cfg!(target_os = "linux") {
        let pid = std::process::id();
        let nth = NEXT.fetch_add(1, Ordering::Relaxed);
        format!(
            "127.{}.{}.{}:{}",
            1 + (pid >> 8) % 250,
            pid % 256,
            1 + nth % 250,
            8000 + nth / 250
        )
    } else {
        let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        probe.local_addr().unwrap().to_string()
    }
}

impl Program {
    /// In this folder, with this database, listening on an address of its own.
    pub fn new(dir: &Path, database: &Database) -> Self {
        let bind = fresh_address();
        let environment = [
            ("DAYBOOK_BIND", bind.clone()),
            ("DAYBOOK_DATA_DIR", dir.join("data").display().to_string()),
            (
                "DAYBOOK_LOG",
                std::env::var("DAYBOOK_TEST_LOG").unwrap_or_else(|_| "info".to_owned()),
            ),
            ("DAYBOOK_ALLOW_PRIVATE_TARGETS", "true".to_owned()),
            // No browser of this test is on the internet.
            ("DAYBOOK_BASE_URL", format!("http://{bind}")),
        ];
        let mut program = Self {
            dir: dir.to_owned(),
            bind,
            environment: environment
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            wrapper: Vec::new(),
        };
        if let Some(url) = database.url() {
            program.set("DAYBOOK_DATABASE_URL", url);
        }
        program
    }

    /// The same, listening somewhere else: another node.
    pub fn another_node(&self) -> Self {
        let mut other = self.clone();
        other.bind = fresh_address();
        let bind = other.bind.clone();
        other.set("DAYBOOK_BIND", &bind);
        other
    }

    /// Sets a variable of the environment.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets several.
    pub fn set_all(&mut self, pairs: impl IntoIterator<Item = (String, String)>) -> &mut Self {
        self.environment.extend(pairs);
        self
    }

    /// Takes one away.
    pub fn unset(&mut self, name: &str) -> &mut Self {
        self.environment.remove(name);
        self
    }

    /// Runs the binary below these words, such as `strace -f`.
    pub fn under(&mut self, wrapper: &[&str]) -> &mut Self {
        self.wrapper = wrapper.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// Where the server is reached: `http://ADDRESS:PORT`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.bind)
    }

    /// The address alone.
    pub fn bind(&self) -> &str {
        &self.bind
    }

    /// The data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The SQLite file, when the default is used.
    pub fn database_file(&self) -> PathBuf {
        self.data_dir().join("daybook.db")
    }

    /// The command, not started; standard input is closed.
    pub fn command(&self, words: &[&str]) -> Command {
        // Another build of the same program can be put to the test too, such as a released one.
        let binary = std::env::var("DAYBOOK_TEST_BINARY");
        let binary = binary.unwrap_or_else(|_| env!("CARGO_BIN_EXE_daybook").to_owned());
        let mut command = match self.wrapper.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(&binary);
                command
            }
            None => Command::new(&binary),
        };
        // Nothing of the surroundings leaks in, and no configuration file lies in the working folder.
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            let ours = [
                "DAYBOOK_",
                "GOOGLE_",
                "MICROSOFT_",
                "SLACK_",
                "ZOOM_",
                "WEBEX_",
                "FRONTEND_",
                "SMTP_",
                "MAIL_",
            ];
            if ours.iter().any(|prefix| name_text.starts_with(prefix))
                || name_text.to_lowercase().ends_with("_proxy")
            {
                command.env_remove(&name);
            }
        }
        command
            .args(words)
            .envs(&self.environment)
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, words: &[&str]) -> Finished {
        self.run_with_input(words, "").await
    }

    /// Runs a command to its end with this on standard input.
    pub async fn run_with_input(&self, words: &[&str], input: &str) -> Finished {
        let mut command = self.command(words);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read its input is no failure.
        stdin.write_all(input.as_bytes()).await.ok();
        drop(stdin);
        let done = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        let done = done
            .unwrap_or_else(|_| panic!("{words:?} did not end"))
            .unwrap();
        Finished {
            code: done.status.code(),
            out: String::from_utf8_lossy(&done.stdout).into_owned(),
            err: String::from_utf8_lossy(&done.stderr).into_owned(),
        }
    }

    /// Starts `serve` and waits until it is ready.
    pub async fn serve(&self, words: &[&str]) -> Server {
        let mut server = self.start(words);
        server.ready().await;
        server
    }

    /// Starts `serve` and does not wait.
    pub fn start(&self, words: &[&str]) -> Server {
        let log = self
            .dir
            .join(format!("serve-{}.log", self.bind.replace([':', '.'], "-")));
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let mut all = vec!["serve"];
        all.extend_from_slice(words);
        let mut command = self.command(&all);
        command.stdout(file.try_clone().unwrap()).stderr(file);
        Server {
            process: command.spawn().unwrap(),
            base: self.base_url(),
            log,
        }
    }
}

/// A running server; killed when dropped.
pub struct Server {
    process: Child,
    base: String,
    log: PathBuf,
}

impl Server {
    /// Waits until `/readyz` says yes; panics with the log when the process ends instead.
    pub async fn ready(&mut self) {
        let client = Client::new(&self.base, None);
        let started = Instant::now();
        loop {
            if let Ok(Some(status)) = self.process.try_wait() {
                panic!("the server ended with {status}:\n{}", self.log());
            }
            if let Ok(answer) = client.try_call("GET", "!/readyz", None, &[]).await
                && answer.status == 200
            {
                return;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "the server is not ready:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The end of what it wrote so far.
    pub fn log(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let from = text
            .char_indices()
            .rev()
            .nth(20_000)
            .map_or(0, |(at, _)| at);
        text[from..].to_owned()
    }

    /// Whether the process has ended.
    pub fn gone(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid()));
        // A process that ended and was not waited for yet is a zombie.
        stat.map_or(true, |stat| {
            stat.rsplit(") ")
                .next()
                .is_some_and(|rest| rest.starts_with('Z'))
        })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }

    /// SIGKILL, and waits for the end.
    pub async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    /// Sends a signal by name (`TERM`, `STOP`, `CONT`).
    pub async fn signal(&self, name: &str) {
        signal(self.pid(), name).await;
    }

    /// Waits for the end; answers the exit code, `None` after a signal.
    pub async fn ended(&mut self) -> Option<i32> {
        let ended = tokio::time::timeout(PATIENCE, self.process.wait()).await;
        ended
            .unwrap_or_else(|_| panic!("the server did not end:\n{}", self.log()))
            .unwrap()
            .code()
    }
}

/// Sends a signal by name to a process.
pub async fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .status()
        .await;
    assert!(sent.unwrap().success(), "kill -{name} {pid}");
}
