//! An invoice goes to its client by mail, and is asked about when it is late: once each, and what fails is seen on the invoice.

use std::sync::Arc;

use daybook_domain::account::Role;
use daybook_domain::activity::LogType;
use daybook_domain::invoice::{Address, Status, Unit};
use daybook_domain::{ClientId, InvoiceId};
use daybook_engine::invoices::create::{self, Create};
use daybook_engine::invoices::finalize::{self, Finalize};
use daybook_engine::invoices::send::{self, Send};
use daybook_engine::invoices::settle::{self, Pay};
use daybook_engine::invoices::{Error, LineInput, View, billing, overdue, read};
use daybook_engine::mail::Refused;
use daybook_engine::store::clients::NewClient;
use daybook_engine::store::invoices::deliveries::{Kind, State};
use daybook_engine::{Context, Once, Outcome, Principal, clients, notifications};
use daybook_testkit::World;
use daybook_testkit::slack_stub::{self as stub, SlackStub};
use jiff::Timestamp;

use crate::mail::Postbox;
use crate::slack::run;

pub(crate) fn fresh<T>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Fresh(made) => made,
        Outcome::Replayed(_) => unreachable!("nobody asked twice"),
    }
}

async fn client(cx: &Context, who: &Principal, email: Option<&str>) -> ClientId {
    let new = NewClient {
        name: "Acme".into(),
        email: email.map(str::to_owned),
        ..NewClient::default()
    };
    let made = clients::create(cx, who, new, &Once::never()).await;
    fresh(made.unwrap()).id
}

/// A finalised invoice over 1,250.00, due in 30 days, for a new client.
async fn invoice(cx: &Context, who: &Principal, email: Option<&str>) -> View {
    let client = client(cx, who, email).await;
    invoice_for(cx, who, client).await
}

/// An invoice for a client with nothing on it.
pub(crate) fn plain(client_id: ClientId) -> Create {
    Create {
        client_id,
        period_start: None,
        period_end: None,
        project_id: None,
        currency: None,
        grouping: None,
        rounding: None,
        tax: None,
        discount: None,
        fallback_rate_minor: None,
        reference: None,
        notes: None,
        terms: None,
        terms_days: None,
        issued_on: None,
        lines: Vec::new(),
    }
}

/// A line of one piece.
pub(crate) fn line(price_minor: i64) -> LineInput {
    LineInput {
        line: None,
        description: Some("Work".into()),
        unit: Some(Unit::Item),
        count: None,
        price_minor: Some(price_minor),
        tax: None,
    }
}

async fn invoice_for(cx: &Context, who: &Principal, client_id: ClientId) -> View {
    let ask = Create {
        lines: vec![line(125_000)],
        ..plain(client_id)
    };
    let draft = create::create(cx, who, &ask, &Once::never()).await.unwrap();
    finalize::finalize(cx, who, fresh(draft).invoice.id, Finalize::default())
        .await
        .unwrap()
}

async fn sent(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    to: Option<&str>,
) -> Result<View, Error> {
    let ask = Send {
        to: to.map(str::to_owned),
        ..Send::default()
    };
    send::send(cx, who, id, &ask, &Once::never())
        .await
        .map(fresh)
}

/// Slack and a mail server around one workspace of Ada's, linked with Slack.
async fn office(world: &mut World) -> (Context, SlackStub, Arc<Postbox>, Principal) {
    let postbox = Postbox::install(world);
    let (cx, slack) = SlackStub::around(world);
    let ada = world.owner("ada").await;
    stub::install(&cx, &ada).await.unwrap();
    run(world, &cx).await;
    slack.calls();
    (cx, slack, postbox, ada)
}

#[tokio::test]
async fn the_client_gets_the_invoice_and_the_owners_are_told() {
    for mut world in World::on_all(World::builder()).await {
        let (cx, slack, postbox, ada) = office(&mut world).await;
        let made = invoice(&cx, &ada, Some("office@acme.example")).await;
        let id = made.invoice.id;
        let view = sent(&cx, &ada, id, None).await.unwrap();
        assert_eq!(view.invoice.status, Status::Sent);
        assert_eq!(view.deliveries[0].state, State::Queued);
        assert!(postbox.taken().is_empty(), "after the commit, by a job");
        run(&world, &cx).await;
        let (to, _, letter) = postbox.taken().remove(0);
        let number = made.invoice.number.clone().unwrap();
        assert_eq!(to, "office@acme.example");
        assert_eq!(letter.subject, format!("Invoice {number} from ada"));
        assert!(
            letter.text.contains("Total: EUR 1,250.00"),
            "{}",
            letter.text
        );
        // Neither of the two has an address: there is no electronic invoice.
        assert_eq!(letter.files, [format!("{number}.pdf")]);
        let told = slack.calls_of("chat.postMessage");
        assert_eq!(told.len(), 1);
        assert_eq!(
            told[0]["text"],
            format!("Invoice {number} is ready: EUR 1,250.00")
        );
        let view = read::get(&cx, &ada, id).await.unwrap();
        let first = &view.deliveries[0];
        assert_eq!((first.state, first.step), (State::Sent, 1));
        assert!(first.settled_at.is_some());

        // Again, to another address: a mail of its own, and nobody is told twice in Slack.
        sent(&cx, &ada, id, Some("boss@acme.example"))
            .await
            .unwrap();
        run(&world, &cx).await;
        assert_eq!(postbox.taken()[1].0, "boss@acme.example");
        assert!(slack.calls_of("chat.postMessage").is_empty());
        let view = read::get(&cx, &ada, id).await.unwrap();
        assert_eq!(view.deliveries.len(), 2);
        let log = crate::log(&world, &ada).await;
        let lines = log.iter().filter(|line| {
            line.log_type == LogType::NotificationSent && line.detail["kind"] == "invoice"
        });
        assert_eq!(lines.count(), 2);
    }
}

#[tokio::test]
async fn with_all_that_the_standard_wants_the_xml_goes_along() {
    let mut world = World::builder().build().await.unwrap();
    let (cx, _, postbox, ada) = office(&mut world).await;
    let address = |country: &str| Address {
        city: "Bern".into(),
        country: country.into(),
        ..Address::default()
    };
    let ours = billing::Changes {
        address: Some(address("CH")),
        tax_id: Some(Some("12-34".into())),
        email: Some(Some("billing@northwind.example".into())),
        ..billing::Changes::default()
    };
    billing::update(&cx, &ada, ours).await.unwrap();
    let acme = client(&cx, &ada, Some("office@acme.example")).await;
    let theirs = billing::ClientChanges {
        address: Some(address("FR")),
        reference: Some(Some("PO 7".into())),
        ..billing::ClientChanges::default()
    };
    billing::update_client(&cx, &ada, acme, theirs)
        .await
        .unwrap();
    let made = invoice_for(&cx, &ada, acme).await;
    sent(&cx, &ada, made.invoice.id, None).await.unwrap();
    run(&world, &cx).await;
    let number = made.invoice.number.unwrap();
    let files = &postbox.taken()[0].2.files;
    assert_eq!(*files, [format!("{number}.pdf"), format!("{number}.xml")]);
}

#[tokio::test]
async fn what_cannot_be_mailed_is_said_and_marked_by_hand() {
    for mut world in World::on_all(World::builder()).await {
        let ada = world.owner("ada").await;
        let cx = world.cx.clone();
        let made = invoice(&cx, &ada, None).await;
        let id = made.invoice.id;
        let refused = sent(&cx, &ada, id, None).await;
        assert!(matches!(refused, Err(Error::NoMail)), "{refused:?}");
        let postbox = Postbox::install(&mut world);
        let cx = world.cx.clone();
        let refused = sent(&cx, &ada, id, None).await;
        assert!(matches!(refused, Err(Error::NoRecipient)), "{refused:?}");
        for bad in ["nobody", "a@b\r\nBcc: c@d.example", ""] {
            let refused = sent(&cx, &ada, id, Some(bad)).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
        }
        let view = read::get(&cx, &ada, id).await.unwrap();
        assert_eq!(view.invoice.status, Status::Finalized, "nothing happened");
        let by_hand = Send {
            by_hand: true,
            ..Send::default()
        };
        let view = send::send(&cx, &ada, id, &by_hand, &Once::never()).await;
        let view = fresh(view.unwrap());
        assert_eq!(view.invoice.status, Status::Sent);
        assert_eq!(view.deliveries[0].state, State::ByHand);
        world.run_jobs().await;
        assert!(postbox.taken().is_empty());
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_is_seen_on_the_invoice() {
    for mut world in World::on_all(World::builder()).await {
        let postbox = Postbox::install(&mut world);
        let ada = world.owner("ada").await;
        let cx = world.cx.clone();
        let made = invoice(&cx, &ada, Some("gone@acme.example")).await;
        let id = made.invoice.id;
        postbox.refuse(&[
            Refused::Never("answered 550: no such user".into()),
            Refused::Now("answered 450: busy".into()),
        ]);
        sent(&cx, &ada, id, None).await.unwrap();
        world.run_jobs().await;
        let one = read::get(&cx, &ada, id).await.unwrap().deliveries.remove(0);
        assert_eq!(one.state, State::Queued);
        assert_eq!(one.last_error.as_deref(), Some("answered 450: busy"));
        for _ in 0..20 {
            world.clock.pass(180);
            world.run_jobs().await;
        }
        let one = read::get(&cx, &ada, id).await.unwrap().deliveries.remove(0);
        assert_eq!(one.state, State::Failed);
        assert_eq!(
            one.last_error.as_deref(),
            Some("answered 550: no such user")
        );
        let log = crate::log(&world, &ada).await;
        let failed = log.iter().find(|line| !line.success).unwrap();
        assert!(failed.title.contains("gone@acme.example"), "{failed:?}");
        // Sent again, it arrives.
        sent(&cx, &ada, id, None).await.unwrap();
        world.run_jobs().await;
        let view = read::get(&cx, &ada, id).await.unwrap();
        assert_eq!(view.deliveries[1].state, State::Sent);
    }
}

/// The clock, at an instant.
fn at(world: &World, text: &str) {
    let then: Timestamp = text.parse().unwrap();
    world.clock.advance(then.duration_since(world.clock.now()));
}

#[tokio::test]
async fn late_invoices_are_told_once_and_reminded_of_by_step() {
    for mut world in World::on_all(World::builder()).await {
        let (cx, slack, postbox, ada) = office(&mut world).await;
        let workspace = world.workspace(&ada).await;
        world.member(&workspace, "carl", Role::Admin).await;
        let days = billing::Changes {
            reminder_days: Some(vec![14, 7, 7]),
            ..billing::Changes::default()
        };
        let profile = billing::update(&cx, &ada, days).await.unwrap().profile;
        assert_eq!(profile.reminder_days, [7, 14]);
        // Finalised on 4 March: due on 3 April, late from 4 April on in Berlin.
        let made = invoice(&cx, &ada, Some("office@acme.example")).await;
        let id = made.invoice.id;
        assert_eq!(made.invoice.due_on, Some("2026-04-03".parse().unwrap()));
        sent(&cx, &ada, id, None).await.unwrap();
        run(&world, &cx).await;
        assert_eq!(postbox.taken().len(), 1);
        slack.calls();
        let tick = async || {
            daybook_engine::jobs::run_now(&cx, overdue::NAME)
                .await
                .unwrap();
            run(&world, &cx).await;
        };
        let since = async || read::get(&cx, &ada, id).await.unwrap().invoice.overdue_at;
        at(&world, "2026-04-03T21:59:00Z");
        tick().await;
        assert_eq!(since().await, None, "it is still 3 April in Berlin");
        at(&world, "2026-04-03T22:01:00Z");
        tick().await;
        assert!(since().await.is_some());
        assert_eq!(postbox.taken().len(), 1, "nobody is written to at night");
        at(&world, "2026-04-04T07:01:00Z");
        for _ in 0..3 {
            tick().await;
        }
        let mails = postbox.taken();
        assert_eq!(mails.len(), 2, "{mails:?}");
        assert_eq!(mails[1].0, "ada@people.example", "owners, not admins");
        assert!(mails[1].2.text.contains("Open: EUR 1,250.00"));
        let told = slack.calls_of("chat.postMessage");
        assert_eq!(told.len(), 1);
        assert!(told[0]["text"].as_str().unwrap().contains("is overdue"));
        for (day, mails) in [
            ("09", 2),
            ("10", 3),
            ("11", 3),
            ("16", 3),
            ("17", 4),
            ("30", 4),
        ] {
            at(&world, &format!("2026-04-{day}T08:00:00Z"));
            tick().await;
            tick().await;
            assert_eq!(postbox.taken().len(), mails, "{day} April");
        }
        let reminder = &postbox.taken()[2];
        assert_eq!(reminder.0, "office@acme.example");
        assert!(reminder.2.subject.starts_with("Reminder: invoice "));
        let view = read::get(&cx, &ada, id).await.unwrap();
        let steps: Vec<(Kind, i64)> = view.deliveries.iter().map(|d| (d.kind, d.step)).collect();
        assert_eq!(
            steps,
            [
                (Kind::Invoice, 1),
                (Kind::Reminder, 7),
                (Kind::Reminder, 14)
            ]
        );
    }
}

#[tokio::test]
async fn a_credit_note_says_what_it_takes_back_and_is_never_late() {
    for mut world in World::on_all(World::builder()).await {
        let (cx, slack, postbox, ada) = office(&mut world).await;
        let days = billing::Changes {
            reminder_days: Some(vec![7]),
            ..billing::Changes::default()
        };
        billing::update(&cx, &ada, days).await.unwrap();
        let made = invoice(&cx, &ada, Some("office@acme.example")).await;
        let draft = settle::credit(&cx, &ada, made.invoice.id, &Once::never()).await;
        let id = fresh(draft.unwrap()).invoice.id;
        let note = finalize::finalize(&cx, &ada, id, Finalize::default()).await;
        let (number, of) = (
            note.unwrap().invoice.number.unwrap(),
            made.invoice.number.unwrap(),
        );
        sent(&cx, &ada, id, None).await.unwrap();
        run(&world, &cx).await;
        let (_, _, letter) = postbox.taken().remove(0);
        assert_eq!(letter.subject, format!("Credit note {number} from ada"));
        let said = format!("takes back EUR 1,250.00 of invoice {of}");
        assert!(letter.text.contains(&said), "{}", letter.text);
        for wrong in ["Due".to_owned(), format!("Invoice {number}")] {
            assert!(!letter.text.contains(&wrong), "{}", letter.text);
        }
        assert_eq!(letter.files[0], format!("{number}.pdf"));
        let by_hand = Send {
            by_hand: true,
            ..Send::default()
        };
        send::send(&cx, &ada, id, &by_hand, &Once::never())
            .await
            .unwrap();
        let log = crate::log(&world, &ada).await;
        for title in [
            "A credit note was mailed to office@acme.example".to_owned(),
            format!("Credit note {number} was marked as sent by hand"),
        ] {
            let mut lines = log.iter().filter(|line| line.title == title);
            assert!(
                lines.any(|line| line.detail["kind"] == "credit_note"),
                "{title}: {log:?}"
            );
        }
        at(&world, "2026-06-01T09:00:00Z");
        daybook_engine::jobs::run_now(&cx, overdue::NAME)
            .await
            .unwrap();
        run(&world, &cx).await;
        assert_eq!(postbox.taken().len(), 1, "nothing is due");
        assert!(slack.calls_of("chat.postMessage").is_empty());
    }
}

#[tokio::test]
async fn nobody_is_reminded_of_what_is_paid_or_where_it_is_off() {
    let mut world = World::builder().build().await.unwrap();
    let (cx, slack, postbox, ada) = office(&mut world).await;
    let off = notifications::Changes {
        rows: vec![notifications::Row {
            kind: daybook_engine::store::slack::notices::Kind::InvoiceOverdue,
            mail: Some(false),
            slack: Some(false),
        }],
        ..notifications::Changes::default()
    };
    notifications::put(&cx, &ada, &off).await.unwrap();
    let open = invoice(&cx, &ada, Some("office@acme.example")).await;
    sent(&cx, &ada, open.invoice.id, None).await.unwrap();
    run(&world, &cx).await;
    slack.calls();
    at(&world, "2026-06-01T09:00:00Z");
    daybook_engine::jobs::run_now(&cx, overdue::NAME)
        .await
        .unwrap();
    run(&world, &cx).await;
    assert_eq!(postbox.taken().len(), 1, "no reminders, no notice");
    assert!(slack.calls_of("chat.postMessage").is_empty());
    let days = billing::Changes {
        reminder_days: Some(vec![7]),
        ..billing::Changes::default()
    };
    billing::update(&cx, &ada, days).await.unwrap();
    settle::pay(&cx, &ada, open.invoice.id, &Pay::default(), &Once::never())
        .await
        .unwrap();
    daybook_engine::jobs::run_now(&cx, overdue::NAME)
        .await
        .unwrap();
    run(&world, &cx).await;
    assert_eq!(postbox.taken().len(), 1, "it is paid");
}
