//! Slack's own client for Node against the simulator: `tests/node/slack.mjs`.

use std::path::PathBuf;
use std::sync::Arc;

use daybook_sandbox::clock::RealClock;
use daybook_sandbox::serve::serve;
use daybook_sandbox::slack::seed::ADA;
use daybook_sandbox::slack::{App, Config, Seed, SlackSim};
use tokio::net::TcpListener;

use crate::kit::{REDIRECT, SCOPES};

#[tokio::test]
async fn slacks_own_client_understands_the_simulator() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/node");
    if !folder.join("node_modules/@slack/web-api").is_dir() {
        assert!(
            std::env::var_os("DAYBOOK_REQUIRE_NODE").is_none(),
            "required and missing: npm --prefix tests/node ci"
        );
        println!("skipped: Slack's client is not installed (npm --prefix tests/node ci)");
        return;
    }
    let app = App::daybook("daybook", "s3cret", "http://daybook.test");
    let config = Config {
        apps: vec![app],
        ..Config::default()
    };
    let sim = SlackSim::new(config, Arc::new(RealClock::new()), Seed::Demo);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, sim.router()));
    let (token, _) = sim.install("daybook", ADA, &SCOPES).unwrap();
    let code = sim.code("daybook", ADA, &SCOPES, REDIRECT);
    let words = [&base, &token, ADA, "daybook", "s3cret", &code, REDIRECT];
    let run = tokio::process::Command::new("node")
        .arg(folder.join("slack.mjs"))
        .args(words)
        .output();
    let output = run.await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // What it sends wrongly on purpose is noted, and nothing else.
    let noted = sim.desk().violations();
    assert!(
        noted.iter().all(|v| v.problem.contains("banner")),
        "{noted:?}"
    );
}
