//! E-mail through a real mail server: invitations, a forgotten password, and what a mail server does wrong.

use daybook::wire::Smtp;
use daybook_domain::MailId;
use daybook_engine::mail::{Attachment, Letter, Mailer, Outgoing, Refused};
use daybook_sandbox::slack::seed;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::sink::Sink;
use crate::support::{OWNER, PASSWORD, WORKSPACE, World, eventually};

const NEW_PASSWORD: &str = "another ledger of hours";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspaces_mail_on_sqlite() {
    let Some(sink) = Sink::start() else { return };
    told(World::sqlite().await, sink).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspaces_mail_on_postgres() {
    let Some(sink) = Sink::start() else { return };
    let Some(world) = World::postgres().await else {
        return;
    };
    told(world, sink).await;
}

async fn told(mut world: World, sink: Sink) {
    world.program.set("SMTP_URL", &sink.url);
    world
        .program
        .set("MAIL_FROM", "Daybook <hours@northwind.example>");
    world
        .program
        .set_all(world.simulators.slack_environment(false));
    let _server = world.serve().await;
    let client = world.client();
    let guest = Client::new(&world.program.base_url(), None);
    assert_eq!(
        guest.get("/auth/methods").await.expect(200)["password_reset"],
        true
    );

    // An invitation: the link of the answer is the one in the mail.
    let made = client
        .post(
            "/workspace/invitations",
            json!({"email": "bo@northwind.example", "role": "member"}),
        )
        .await
        .expect(201);
    assert_eq!(made["emailed"], true);
    let mail = sink.mail("bo@northwind.example", 0).await;
    let url = made["url"].as_str().unwrap();
    assert!(
        mail["text"].as_str().unwrap().contains(url)
            && mail["html"].as_str().unwrap().contains(url),
        "{mail}"
    );
    assert_eq!(mail["from"], "hours@northwind.example");
    assert!(
        mail["message_id"]
            .as_str()
            .unwrap()
            .ends_with("@northwind.example>"),
        "{mail}"
    );
    let token = url.rsplit('/').next().unwrap();
    let joined = json!({"name": "Bo", "password": PASSWORD});
    guest
        .post(&format!("/auth/invitations/{token}/accept"), joined)
        .await
        .expect(201);

    // A forgotten password: the same answer for everybody, a mail only to those who are there.
    for email in [
        "nobody@northwind.example",
        "BO@northwind.example",
        "bo@northwind.example",
    ] {
        let answer = guest
            .post("/auth/password/forgot", json!({"email": email}))
            .await;
        assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{email}");
    }
    let mail = sink.mail("bo@northwind.example", 1).await;
    let secret = secret_of(&mail);
    let reset = |token: &str, password: &str| {
        guest.post(
            "/auth/password/reset",
            json!({"token": token, "password": password}),
        )
    };
    assert_eq!(
        reset(&secret, "short").await.status,
        422,
        "a refused password leaves the link valid"
    );
    assert_eq!(reset(&secret, NEW_PASSWORD).await.status, 204);
    assert_eq!(
        reset(&secret, NEW_PASSWORD).await.code(),
        "reset_over",
        "once"
    );
    assert_eq!(reset("nonsense", NEW_PASSWORD).await.status, 410);
    let login = |password: &str| {
        guest.post(
            "/auth/login",
            json!({"email": "bo@northwind.example", "password": password}),
        )
    };
    assert_eq!(
        (
            login(PASSWORD).await.status,
            login(NEW_PASSWORD).await.status
        ),
        (401, 200)
    );

    // What became of each is in the log; nobody else was written to.
    let lines = eventually("two notices in the log", || async {
        let lines = notices(&client).await;
        (lines.len() >= 2).then_some(lines)
    })
    .await;
    assert!(
        lines.iter().all(|line| line["success"] == true),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line.to_string().contains(&secret)));
    assert_eq!(sink.taken("nobody@northwind.example"), Vec::<Value>::new());
    assert_eq!(
        sink.taken("bo@northwind.example").len(),
        2,
        "one link a minute"
    );
    misbehaved(&client, &sink).await;
    invoiced(&world, &client, &sink).await;
}

/// An invoice goes to the client with its PDF, and Ada is told in Slack; a refused address is seen on it, and it is sent again to another one.
async fn invoiced(world: &World, client: &Client, sink: &Sink) {
    client.install_slack(seed::ADA).await;
    let acme = json!({"name": "Acme", "email": "gone@acme.example"});
    let acme = client.post("/clients", acme).await.expect(201);
    let lines = json!([{"description": "Work", "price_minor": 125_000}]);
    let draft = json!({"client_id": acme["id"], "lines": lines});
    let draft = client.post("/invoices", draft).await.expect(201);
    let path = format!("/invoices/{}", draft["id"].as_str().unwrap());
    let made = client
        .post(&format!("{path}/finalize"), json!({}))
        .await
        .expect(200);
    let number = made["number"].as_str().unwrap();
    let asked = client
        .post(&format!("{path}/send"), json!({"message": "Thank you."}))
        .await
        .expect(200);
    assert_eq!(asked["status"], "sent");
    let ready = format!("Invoice {number} is ready: EUR 1,250.00");
    eventually("Ada is told in Slack", || async {
        let shown = world.simulators.slack().messages(seed::ADA);
        shown.iter().any(|one| one.text == ready).then_some(())
    })
    .await;
    let refused = eventually("the refusal is on the invoice", || async {
        let invoice = client.get(&path).await.expect(200);
        (invoice["delivery_state"] == "failed").then_some(invoice)
    })
    .await;
    let error = refused["last_error"].as_str().unwrap();
    assert!(error.contains("answered 550"), "{error}");
    let other = json!({"to": "billing@acme.example", "message": "Thank you."});
    client
        .post(&format!("{path}/send"), other)
        .await
        .expect(200);
    let mail = sink.mail("billing@acme.example", 0).await;
    assert_eq!(
        mail["subject"],
        format!("Invoice {number} from {WORKSPACE}")
    );
    assert!(mail["text"].as_str().unwrap().contains("Thank you."));
    let file = &mail["files"][0];
    assert_eq!(file["name"], format!("{number}.pdf"), "{mail}");
    assert_eq!(file["type"], "application/pdf");
    assert!(file["size"].as_u64().unwrap() > 5_000, "{mail}");
    eventually("the mail server took it", || async {
        let invoice = client.get(&path).await.expect(200);
        (invoice["deliveries"][1]["state"] == "sent").then_some(())
    })
    .await;
}

/// 4xx is tried again, 5xx is not, and a lost answer leads to the same message again.
async fn misbehaved(client: &Client, sink: &Sink) {
    for name in ["busy-2", "gone", "lost"] {
        let invited = json!({"email": format!("{name}@elsewhere.example"), "role": "member"});
        client
            .post("/workspace/invitations", invited)
            .await
            .expect(201);
    }
    sink.mail("busy-2@elsewhere.example", 0).await;
    let twice = [
        sink.mail("lost@elsewhere.example", 0).await,
        sink.mail("lost@elsewhere.example", 1).await,
    ];
    assert_eq!(
        twice[0]["message_id"], twice[1]["message_id"],
        "the receiving side sees that it is the same"
    );
    let failed = eventually("the refusal is in the log", || async {
        let lines = notices(client).await;
        lines.into_iter().find(|line| line["success"] == false)
    })
    .await;
    assert!(
        failed["title"]
            .as_str()
            .unwrap()
            .contains("gone@elsewhere.example"),
        "{failed}"
    );
    assert!(failed.to_string().contains("answered 550"), "{failed}");
    assert_eq!(sink.taken("busy-2@elsewhere.example").len(), 1);
}

async fn notices(client: &Client) -> Vec<Value> {
    client
        .all("/integrations/logs?log_type=notification_sent")
        .await
}

fn secret_of(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let after = text.split("/password/reset#").nth(1).unwrap();
    after.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mail_server_it_says_so() {
    let world = World::sqlite().await;
    let _server = world.serve().await;
    let guest = Client::new(&world.program.base_url(), None);
    assert_eq!(
        guest.get("/auth/methods").await.expect(200)["password_reset"],
        false
    );
    let answer = guest
        .post("/auth/password/forgot", json!({"email": OWNER}))
        .await;
    assert_eq!((answer.status, answer.code()), (503, "mail_not_configured"));
    let invited = json!({"email": "bo@northwind.example", "role": "member"});
    let made = world
        .client()
        .post("/workspace/invitations", invited)
        .await
        .expect(201);
    assert!(made["emailed"] == false && made["url"].is_string());
}

#[tokio::test]
async fn a_mail_server_that_cannot_be_used_stops_the_start() {
    let world = World::sqlite().await;
    for (settings, said) in [
        (
            vec![("SMTP_URL", "http://mail.example")],
            "SMTP_URL must be smtp://",
        ),
        (
            vec![("MAIL_FROM", "x@example.com")],
            "MAIL_FROM is set but SMTP_URL is not",
        ),
        (
            vec![("SMTP_URL", "smtp://mail.example"), ("MAIL_FROM", "nobody")],
            "MAIL_FROM must be an address",
        ),
    ] {
        let mut program = world.program.clone();
        for (name, value) in settings {
            program.set(name, value);
        }
        let checked = program.run(&["config", "check"]).await;
        let all = format!("{}{}", checked.out, checked.err);
        assert!(
            checked.code != Some(0) && all.contains(said),
            "{said}: {all}"
        );
    }
}

#[tokio::test]
async fn a_demo_is_told_of_a_mail_server_by_a_flag() {
    let world = World::sqlite().await;
    let ask = [
        "demo",
        "--bind",
        "127.0.0.1:0",
        "--smtp-url",
        "http://mail.example",
    ];
    let done = world.program.run(&ask).await;
    assert!(
        done.code != Some(0) && done.err.contains("SMTP_URL must be smtp://"),
        "{done:?}"
    );
}

#[tokio::test]
async fn an_invoice_has_its_pdf_attached() {
    let Some(sink) = Sink::start() else { return };
    let smtp = Smtp::new(
        &sink.url.as_str().into(),
        "Daybook <hours@northwind.example>",
    )
    .unwrap();
    let letter = Letter {
        subject: "Invoice INV-0042 from Northwind – Überweisung".to_owned(),
        text: "Please find it attached.".to_owned(),
        html: "<p>Please find it attached.</p>".to_owned(),
        attachments: vec![Attachment {
            name: "INV-0042.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            content: "JVBERi0xLjc=".to_owned(),
        }],
        reply_to: Some("ada@northwind.example".to_owned()),
    };
    let send = |to: &'static str| {
        let outgoing = Outgoing {
            to,
            id: MailId::from_uuid(uuid::Uuid::nil()),
            written_at: Timestamp::UNIX_EPOCH,
            letter: &letter,
        };
        smtp.send(outgoing)
    };
    send("client@acme.example").await.unwrap();
    let mail = sink.mail("client@acme.example", 0).await;
    assert_eq!(
        mail["files"],
        json!([{"name": "INV-0042.pdf", "type": "application/pdf", "size": 8}])
    );
    assert_eq!(mail["subject"], letter.subject);
    assert!(
        mail["headers"]
            .as_array()
            .unwrap()
            .contains(&json!("reply-to")),
        "{mail}"
    );
    assert!(matches!(
        send("gone@acme.example").await,
        Err(Refused::Never(_))
    ));
    assert!(matches!(
        send("busy-1@acme.example").await,
        Err(Refused::Now(_))
    ));
    drop(sink);
}
