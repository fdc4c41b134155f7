//! `daybook serve` as a process with a folder of its own, and people in it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, Ask, PASSWORD};

/// A port nobody listens on now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A running server; killed when dropped.
pub struct Server {
    /// `127.0.0.1:PORT`.
    pub host: String,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    pub folder: tempfile::TempDir,
    env: Vec<(String, String)>,
    child: Child,
    log: Arc<Log>,
}

#[derive(Default)]
struct Log {
    text: Mutex<String>,
    more: Condvar,
}

impl Server {
    /// On a port that was chosen before, with these settings and flags of `serve`.
    pub fn start_on(port: u16, env: &[(String, String)], flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = format!("127.0.0.1:{port}");
        let mut all = vec![
            ("DAYBOOK_BIND".to_owned(), host.clone()),
            ("DAYBOOK_LOG".to_owned(), "info".to_owned()),
            (
                "DAYBOOK_DATA_DIR".to_owned(),
                folder.path().join("data").display().to_string(),
            ),
        ];
        all.extend_from_slice(env);
        let mut child = command(&all)
            .arg("serve")
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Log::default());
        follow(child.stdout.take().unwrap(), log.clone());
        follow(child.stderr.take().unwrap(), log.clone());
        let url = format!("http://{host}");
        let server = Self {
            host,
            url,
            folder,
            env: all,
            child,
            log,
        };
        server.wait_for_log("serving");
        server
    }

    /// On any port.
    pub fn start(env: &[(String, String)]) -> Self {
        Self::start_on(free_port(), env, &[])
    }

    pub fn send(&self, ask: &Ask) -> Answer {
        ask.send(&self.host)
    }

    /// Another command of the same binary, with the same settings.
    pub fn cli(&self, args: &[&str], input: &str) -> Output {
        let mut child = command(&self.env)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    /// All that was written to standard output and standard error so far.
    pub fn log(&self) -> String {
        self.log.text.lock().unwrap().clone()
    }

    /// Waits until the log has this text.
    pub fn wait_for_log(&self, text: &str) {
        let log = self.log.text.lock().unwrap();
        let limit = Duration::from_secs(60);
        let (log, waited) = self
            .log
            .more
            .wait_timeout_while(log, limit, |log| !log.contains(text))
            .unwrap();
        assert!(!waited.timed_out(), "{text:?} never came:\n{log}");
    }

    /// Where the data is.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Memory in use, in MiB.
    pub fn rss_mib(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most memory that was ever in use, in MiB.
    pub fn peak_rss_mib(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.map_or(0, |kib| kib.parse::<u64>().unwrap() / 1024)
    }

    /// Whether the process still runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Asks the process to stop, and waits until it has.
    pub fn stop(&mut self) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.child.wait().unwrap();
    }

    /// The first account; its cookie.
    pub fn set_up(&self, email: &str, workspace: &str) -> String {
        let body = json!({"email": email, "password": PASSWORD, "name": name_of(email), "workspace_name": workspace});
        self.send(&Ask::post("/api/v1/auth/setup").json(&body))
            .ok(201)
            .cookie()
    }

    /// Somebody in a workspace of their own or of others, made on the command line; their cookie.
    pub fn person(&self, email: &str, workspace: &str, role: &str) -> String {
        let args = [
            "user",
            "create",
            "--email",
            email,
            "--workspace",
            workspace,
            "--role",
            role,
            "--password-stdin",
        ];
        let made = self.cli(&args, PASSWORD);
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        self.log_in(email)
    }

    pub fn log_in(&self, email: &str) -> String {
        let body = json!({"email": email, "password": PASSWORD});
        self.send(&Ask::post("/api/v1/auth/login").json(&body))
            .ok(200)
            .cookie()
    }

    /// An API key of whoever `who` is.
    pub fn api_key(&self, who: &str, name: &str, scope: &str) -> (String, String) {
        let body = json!({"name": name, "scopes": [scope]});
        let made = self
            .send(&Ask::post("/api/v1/api-keys").json(&body).by(who))
            .ok(201)
            .json();
        (text(&made["id"]), text(&made["key"]))
    }

    /// Somebody invited by `owner`: cookie and member id.
    pub fn invite(&self, owner: &str, email: &str, role: &str) -> (String, String) {
        let body = json!({"email": email, "role": role});
        let made = self
            .send(
                &Ask::post("/api/v1/workspace/invitations")
                    .json(&body)
                    .by(owner),
            )
            .ok(201)
            .json();
        let token = text(&made["url"]).rsplit('/').next().unwrap().to_owned();
        let accept = format!("/api/v1/auth/invitations/{token}/accept");
        let body = json!({"name": name_of(email), "password": PASSWORD});
        let joined = self.send(&Ask::post(&accept).json(&body)).ok(201);
        (joined.cookie(), text(&joined.json()["member"]["id"]))
    }

    /// GET, 200, as JSON.
    #[track_caller]
    pub fn read(&self, who: &str, target: &str) -> Value {
        self.send(&Ask::get(target).by(who)).ok(200).json()
    }

    /// POST with a body, this status, as JSON.
    #[track_caller]
    pub fn make(&self, who: &str, target: &str, body: &Value, status: u16) -> Value {
        self.send(&Ask::post(target).json(body).by(who))
            .ok(status)
            .json()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            let log = self.log();
            let from = log.len().saturating_sub(4000);
            let from = (from..log.len()).find(|at| log.is_char_boundary(*at));
            for line in log.lines().filter(|line| line.contains("ERROR")) {
                println!("{line}");
            }
            println!("the server's log ends:\n{}", &log[from.unwrap_or(0)..]);
        }
    }
}

/// The text of a JSON string.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn name_of(email: &str) -> String {
    email.split('@').next().unwrap().to_owned()
}

fn command(env: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    command.env_clear().envs(env.iter().cloned());
    command.current_dir(std::env::temp_dir());
    command
}

fn follow(pipe: impl Read + Send + 'static, log: Arc<Log>) {
    std::thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            log.text
                .lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&line));
            log.more.notify_all();
            line.clear();
        }
    });
}
