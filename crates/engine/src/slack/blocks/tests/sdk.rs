//! Slack's own library takes everything that is sent.

use super::samples::{messages, views};

/// Python with `slack_sdk`, where it is there.
fn python() -> Option<std::path::PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let own = root.join(".venv/bin/python");
    let python = if own.exists() { own } else { "python3".into() };
    let found = std::process::Command::new(&python)
        .args(["-c", "import slack_sdk"])
        .stderr(std::process::Stdio::null())
        .status();
    if found.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    println!("notice: no Python with slack_sdk is here; no payload was validated");
    None
}

#[test]
fn slack_sdk_takes_every_payload() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let Some(python) = python() else { return };
    let script =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python/slack_blocks.py");
    let samples = [messages(), views()].concat();
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for sample in &samples {
        writeln!(input, "{sample}").unwrap();
    }
    drop(input);
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    let complained = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{complained}");
    assert_eq!(said.trim(), samples.len().to_string());
}
