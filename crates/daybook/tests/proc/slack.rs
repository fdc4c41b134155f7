//! The real binary and the simulated Slack: from the installation to its end over HTTP and over a socket, and a meeting that becomes
//! money without anybody typing it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_sandbox::slack::seed::{ADA, BO, NORTHWIND};
use daybook_sandbox::slack::{Shown, SlackSim};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::radicale::root;
use crate::support::sink::Sink;
use crate::support::{PASSWORD, WORKSPACE, World, eventually};

const BOS_ADDRESS: &str = "bo@northwind.example";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_life_in_slack_over_http() {
    life(World::sqlite().await, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_life_in_slack_over_a_socket() {
    life(World::sqlite().await, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_life_in_slack_on_postgres() {
    if let Some(world) = World::postgres().await {
        life(world, false).await;
    }
}

async fn life(mut world: World, socket: bool) {
    let settings = world.simulators.slack_environment(socket);
    world.program.set_all(settings);
    let server = world.serve().await;
    let (client, slack) = (world.client(), world.simulators.slack().clone());
    client.connect("slack", ADA).await;
    if socket {
        eventually("the socket is open", || async {
            (slack.sockets() > 0).then_some(())
        })
        .await;
    } else {
        assert!(slack.verify_events_url().await);
    }
    client
        .post("/projects", json!({"name": "Website"}))
        .await
        .expect(201);

    // One command is one entry; its buttons change and delete it, in place.
    command(&slack, ADA, "2h #website: Design review").await;
    let made = message(&slack, ADA, "Time entry created").await;
    assert!(made.ephemeral);
    let entry = entries(&client).await.remove(0);
    assert_eq!(entry["duration_minutes"], 120);
    assert_eq!(entry["project_name"], "Website", "{entry}");
    click(&slack, ADA, &made, "time_entry_edit").await;
    submit(&slack, ADA, &[("hours", "1:30")]).await;
    let changed = message(&slack, ADA, "Time entry changed").await;
    let entry = entries(&client).await.remove(0);
    assert_eq!(entry["duration_minutes"], 90);
    assert_eq!(entry["project_name"], "Website", "{entry}");
    click(&slack, ADA, &changed, "time_entry_delete").await;
    message(&slack, ADA, "Time entry deleted").await;
    assert!(entries(&client).await.is_empty());

    // Nothing typed opens a form.
    command(&slack, ADA, "").await;
    submit(&slack, ADA, &[("hours", "0.5"), ("description", "By form")]).await;
    eventually("the form's entry", || async {
        let entries = entries(&client).await;
        (entries.len() == 1).then_some(())
    })
    .await;
    // What was made stands in the form's place.
    slack.close(ADA).await;

    // The home page.
    slack.open_home(ADA).unwrap();
    slack.deliver().await;
    eventually("the home page", || async {
        let (_, view) = slack.home(ADA)?;
        view.to_string().contains("*30 min* today").then_some(())
    })
    .await;

    // Somebody else is given a link, and is one of us with it.
    let bo = joined(&world, &slack).await;
    command(&slack, BO, "1h: Work").await;
    message(&slack, BO, "Time entry created").await;

    // Ada is asked, a little later because Slack says so, once; and decides there.
    slack.desk().add(
        Rule::on(
            "/api/chat.postMessage",
            Fault::RateLimited {
                retry_after: RetryAfter::Seconds(1),
            },
        )
        .times(1),
    );
    let asked = message(&slack, ADA, "Approval needed").await;
    waited(&slack);
    assert!(!asked.ephemeral);
    click(&slack, ADA, &asked, "submission_approve").await;
    let settled = message(&slack, ADA, "Approved by").await;
    assert_eq!(settled.ts, asked.ts, "in its place");
    assert!(settled.edited && settled.actions().is_empty());
    assert_eq!(entries(&bo).await[0]["status"], "approved");
    command(&slack, BO, "2h: More").await;
    let asked = message(&slack, ADA, "Bo Lindqvist, 2 h").await;
    click(&slack, ADA, &asked, "submission_reject").await;
    submit(&slack, ADA, &[("reason", "Wrong day")]).await;
    let settled = message(&slack, ADA, "Wrong day").await;
    assert_eq!(settled.ts, asked.ts);
    let statuses: Vec<Value> = entries(&bo).await;
    assert!(statuses.iter().any(|entry| entry["status"] == "rejected"));

    // The app is taken out of Slack.
    assert!(slack.uninstall(NORTHWIND));
    slack.deliver().await;
    eventually("the end of the installation is noted", || async {
        let status = client.get("/integrations/slack/status").await.expect(200);
        (status["installed"] == false).then_some(())
    })
    .await;
    let violations = slack.desk().violations();
    assert!(violations.is_empty(), "{violations:?}");
    assert!(!server.log().contains("panicked"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_meeting_to_money() {
    let Some(sink) = Sink::start() else { return };
    let mut world = World::sqlite().await;
    let settings = world.simulators.slack_environment(false);
    world
        .program
        .set_all(settings)
        .set("SMTP_URL", &sink.url)
        .set("MAIL_FROM", "Northwind <bills@northwind.example>");
    let _server = world.serve().await;
    let (client, slack) = (world.client(), world.simulators.slack().clone());
    client.connect("slack", ADA).await;
    let acme = client
        .post(
            "/clients",
            json!({"name": "Acme", "email": "billing@acme.example", "currency": "EUR"}),
        )
        .await
        .expect(201);
    let project = json!({"name": "Website", "client_id": acme["id"], "hourly_rate_minor": 12_345});
    let project = client.post("/projects", project).await.expect(201);
    let rule = json!({"name": "Reviews", "conditions": {"titles": ["budget review"]}, "project_id": project["id"]});
    client.post("/time-rules", rule).await.expect(201);

    // A meeting of Bo's ends, and Bo is asked about it.
    let bo = joined(&world, &slack).await;
    let now = slack.desk().clock().now().as_second();
    let now = Timestamp::from_second(now).unwrap();
    let at = |minutes: i64| (now - SignedDuration::from_mins(minutes)).to_string();
    let meeting = json!({"summary": "Budget review with Acme", "start": {"dateTime": at(122)}, "end": {"dateTime": at(2)}});
    world
        .simulators
        .google()
        .put_event(BOS_ADDRESS, &meeting)
        .unwrap();
    bo.connect_google(BOS_ADDRESS).await;
    bo.synced_calendars().await;
    let asked = world.program.run(&["jobs", "run", "ask_about_meetings"]);
    asked.await.success();
    let question = message(&slack, BO, "Log this meeting? Budget review").await;
    assert!(
        question.words().contains("→ *Website*, by the rule"),
        "{}",
        question.words()
    );

    // One click logs it; Ada approves it with another one.
    click(&slack, BO, &question, "meeting_log").await;
    let logged = message(&slack, BO, "Logged: 2 h").await;
    assert_eq!(logged.ts, question.ts);
    let question = message(&slack, ADA, "Approval needed").await;
    click(&slack, ADA, &question, "submission_approve").await;
    message(&slack, ADA, "Approved by").await;
    let entry = entries(&bo).await.remove(0);
    assert_eq!(
        (&entry["status"], &entry["project_id"]),
        (&json!("approved"), &project["id"])
    );

    // It is billed: the paper says what the answer says.
    let day = |hours: i64| {
        (now + SignedDuration::from_hours(hours))
            .strftime("%F")
            .to_string()
    };
    let draft = json!({"client_id": acme["id"], "period_start": day(-48), "period_end": day(48)});
    let draft = client.post("/invoices", draft).await.expect(201);
    let path = format!("/invoices/{}", draft["id"].as_str().unwrap());
    let invoice = client
        .call("POST", &format!("{path}/finalize"), None)
        .await
        .expect(200);
    assert_eq!(invoice["total_minor"], 24_690, "{invoice}");
    let number = invoice["number"].as_str().unwrap();
    let paper = client.bytes(&format!("{path}/pdf")).await;
    let text = read(&paper);
    assert!(text.contains(number) && text.contains("Acme"), "{text}");
    assert!(text.contains("246.90"), "{text}");

    // The client has it by mail, and Ada is told.
    client
        .post(&format!("{path}/send"), json!({}))
        .await
        .expect(200);
    let mail = sink.mail("billing@acme.example", 0).await;
    assert!(mail["subject"].as_str().unwrap().contains(number), "{mail}");
    let attached = mail["files"][0].clone();
    assert_eq!(
        (&attached["type"], &attached["size"]),
        (&json!("application/pdf"), &json!(paper.len()))
    );
    let ready = message(&slack, ADA, &format!("Invoice {number} is ready")).await;
    assert!(ready.words().contains("246.90"), "{}", ready.words());
}

/// Bo becomes a member, and is known in Slack by the link that Slack shows. Their client.
async fn joined(world: &World, slack: &SlackSim) -> Client {
    let ask = [
        "user",
        "create",
        "--email",
        BOS_ADDRESS,
        "--workspace",
        WORKSPACE,
        "--role",
        "member",
        "--name",
        "Bo Lindqvist",
        "--password-stdin",
    ];
    let made = world.program.run_with_input(&ask, &format!("{PASSWORD}\n"));
    made.await.success();
    let ask = [
        "api-key",
        "create",
        "--email",
        BOS_ADDRESS,
        "--scopes",
        "read,write",
    ];
    let key = world.program.run(&ask).await.success();
    let client = Client::new(&world.program.base_url(), Some(key.trim()));
    command(slack, BO, "1h: Unknown").await;
    let offer = message(slack, BO, "Link your Daybook account")
        .await
        .words();
    let token = offer.split("/settings/slack#").nth(1).unwrap();
    let token = token.split('|').next().unwrap();
    client
        .post("/integrations/slack/link", json!({"token": token}))
        .await
        .expect(200);
    assert!(
        entries(&client).await.is_empty(),
        "nothing was logged before"
    );
    client
}

async fn entries(client: &Client) -> Vec<Value> {
    client.all("/time-entries").await
}

async fn command(slack: &SlackSim, user: &str, text: &str) {
    let exchange = slack.command(user, text).await;
    assert_eq!(exchange.failed, None, "{exchange:?}");
}

async fn click(slack: &SlackSim, user: &str, on: &Shown, action: &str) {
    let exchange = slack.click(user, on, action).await;
    assert_eq!(exchange.failed, None, "{exchange:?}");
}

/// Waits until somebody sees a message with these words, and answers the newest.
async fn message(slack: &SlackSim, user: &str, words: &str) -> Shown {
    eventually(&format!("{user} sees {words:?}"), || async {
        let seen = slack.messages(user).into_iter().rev();
        seen.into_iter().find(|one| one.words().contains(words))
    })
    .await
}

/// Waits for a form, fills these fields in, leaves the others as they are, and sends it.
async fn submit(slack: &SlackSim, user: &str, typed: &[(&str, &str)]) {
    let (_, view) = eventually("a form opens", || async { slack.modals(user).pop() }).await;
    let mut values = json!({});
    for block in view["blocks"].as_array().unwrap() {
        let (Some(id), element) = (block["block_id"].as_str(), &block["element"]) else {
            continue;
        };
        let own = typed.iter().find(|(name, _)| *name == id);
        values[id]["v"] = match element["type"].as_str().unwrap_or_default() {
            "datepicker" => json!({"type": "datepicker", "selected_date": element["initial_date"]}),
            "static_select" => {
                json!({"type": "static_select", "selected_option": element["initial_option"]})
            }
            kind => {
                let value = own.map_or(element["initial_value"].clone(), |own| json!(own.1));
                json!({"type": kind, "value": value})
            }
        };
    }
    let exchange = slack.submit_values(user, &values).await;
    assert_eq!(exchange.failed, None, "{exchange:?}");
    assert!(exchange.errors.is_empty(), "{exchange:?}");
}

/// After the refused message the next one came no sooner than Slack asked for.
fn waited(slack: &SlackSim) {
    let posts = slack.desk().requests();
    let posts: Vec<_> = posts
        .iter()
        .filter(|one| one.path == "/api/chat.postMessage")
        .collect();
    let refused = posts.iter().position(|one| one.status == 429).unwrap();
    let after = posts[refused + 1].at.duration_since(posts[refused].at);
    assert!(after >= SignedDuration::from_secs(1), "{after}");
    let again = posts[refused + 1..].iter().filter(|one| one.status == 200);
    assert_eq!(again.count(), 1, "once");
}

/// What somebody reads on a page.
fn read(pdf: &[u8]) -> String {
    let program = "import io, sys, pypdf\nprint('\\n'.join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read())).pages))";
    let mut python = Command::new(root().join(".venv/bin/python"))
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(pdf).unwrap();
    let read = python.wait_with_output().unwrap();
    assert!(read.status.success());
    String::from_utf8(read.stdout).unwrap()
}
