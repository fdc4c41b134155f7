//! What people are told by e-mail: each fact once, whatever the mail server does.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use daybook_domain::activity::LogType;
use daybook_engine::accounts::password_reset;
use daybook_engine::mail::letters::{self, ApprovalAsked, InvoiceSent, LARGEST, Refusal};
use daybook_engine::mail::{Letter, Mailer, Outgoing, Refused};
use daybook_engine::store::activity::Activity;
use daybook_engine::{Principal, health};
use daybook_sandbox::fault::{Fault, Rule};
use daybook_sandbox::google::Config;
use daybook_testkit::{ADA, World};

use crate::{ada, log};

/// A mail server in this process: it refuses as laid out, and keeps the rest.
#[derive(Debug, Default)]
pub(crate) struct Postbox {
    /// Letters that are taken although the answer gets lost.
    lost: Mutex<usize>,
    refusals: Mutex<Vec<Refused>>,
    taken: Mutex<Vec<(String, String, Letter2)>>,
}

/// A letter that can be shown.
#[derive(Debug, Clone)]
pub(crate) struct Letter2 {
    pub(crate) subject: String,
    pub(crate) text: String,
    html: String,
    pub(crate) files: Vec<String>,
}

#[async_trait]
impl Mailer for Postbox {
    async fn send(&self, outgoing: Outgoing<'_>) -> Result<(), Refused> {
        if let Some(refused) = self.refusals.lock().unwrap().pop() {
            return Err(refused);
        }
        let Letter {
            subject,
            text,
            html,
            attachments,
            ..
        } = outgoing.letter.clone();
        let files = attachments.into_iter().map(|file| file.name).collect();
        let letter = Letter2 {
            subject,
            text,
            html,
            files,
        };
        let mail = (outgoing.to.to_owned(), outgoing.id.to_string(), letter);
        self.taken.lock().unwrap().push(mail);
        let mut lost = self.lost.lock().unwrap();
        if *lost > 0 {
            *lost -= 1;
            return Err(Refused::Now(
                "the mail server did not answer in time".into(),
            ));
        }
        Ok(())
    }
}

impl Postbox {
    pub(crate) fn install(world: &mut World) -> Arc<Self> {
        let postbox = Arc::new(Self::default());
        let mut settings = (*world.cx.settings).clone();
        settings.mailer = Some(postbox.clone());
        world.cx.settings = Arc::new(settings);
        postbox
    }

    pub(crate) fn taken(&self) -> Vec<(String, String, Letter2)> {
        self.taken.lock().unwrap().clone()
    }

    pub(crate) fn refuse(&self, refusals: &[Refused]) {
        *self.refusals.lock().unwrap() = refusals.to_vec();
    }
}

async fn told(world: &World, who: &Principal) -> Vec<Activity> {
    let all = log(world, who).await;
    all.into_iter()
        .filter(|line| line.log_type == LogType::NotificationSent)
        .filter(|line| line.detail["channel"] == "email")
        .collect()
}

fn approval(who: &Principal, fact: &'static str) -> ApprovalAsked<'static> {
    let to = Box::leak(Box::new("ada@people.example".parse().unwrap()));
    ApprovalAsked {
        fact,
        to,
        member: who.member_id,
        by: "Bo <b>\r\nBcc: evil@evil.example",
        what: "Week of 23 November",
        duration: "38 h 30 min",
        path: "/approvals",
    }
}

async fn ask(world: &World, who: &Principal, fact: &'static str) -> bool {
    let mut tx = world.cx.store.write_in(who.workspace_id).await.unwrap();
    let it = approval(who, fact);
    let written = letters::approval_asked(&world.cx, &mut tx, who.workspace_id, &it).await;
    tx.commit().await.unwrap();
    written.unwrap()
}

#[tokio::test]
async fn a_broken_connection_is_told_with_a_link() {
    for mut world in World::on_all(World::builder()).await {
        let postbox = Postbox::install(&mut world);
        let (who, _, calendar) = ada(&world).await;
        world.google.revoke_grant(ADA);
        let _ = world.sync(&who, calendar).await;
        world.run_jobs().await;
        world.run_jobs().await;
        let taken = postbox.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        let (to, _, letter) = &taken[0];
        assert_eq!(to, "ada@people.example");
        assert!(letter.text.contains("/integrations/connect/google"));
        assert_eq!(told(&world, &who).await.len(), 1);
    }
}

#[tokio::test]
async fn a_calendar_that_is_switched_off_is_told_once() {
    for mut world in World::on_all(World::builder()).await {
        let postbox = Postbox::install(&mut world);
        let (who, _, calendar) = ada(&world).await;
        let gone = Rule::on("/calendar/v3/calendars/*", Fault::NotFound);
        world.google.desk().add(gone);
        for _ in 0..8 {
            let _ = world.sync(&who, calendar).await;
            world.run_jobs().await;
        }
        let taken = postbox.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        let (to, _, letter) = &taken[0];
        assert_eq!(to, "ada@people.example");
        assert!(
            letter.subject.ends_with("is no longer synced"),
            "{letter:?}"
        );
        let page = format!("/integrations/calendar/{calendar}");
        assert!(letter.text.contains(&page), "{letter:?}");
        assert_eq!(told(&world, &who).await.len(), 1);
    }
}

#[tokio::test]
async fn an_access_that_ends_is_warned_of_once_two_days_before() {
    let week = |config: &mut Config| config.refresh_token_ttl_s = Some(7 * 86_400);
    for mut world in World::on_all(World::builder().google(week)).await {
        let postbox = Postbox::install(&mut world);
        let (who, account, _) = ada(&world).await;
        let ends = account.refresh_token_expires_at.unwrap();
        let health = async || {
            let (_, lines) = health::report(&world.cx, &who).await.unwrap();
            (lines[0].health, lines[0].access_ends_at)
        };
        let days = |days: i64| world.clock.pass(days * 86_400);
        days(4);
        world.run_jobs().await;
        assert!(postbox.taken().is_empty(), "there is time");
        assert_eq!(health().await.1, None);
        days(1);
        for _ in 0..3 {
            world.run_jobs().await;
        }
        let taken = postbox.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        let letter = &taken[0].2;
        assert!(letter.subject.contains("again before"), "{letter:?}");
        assert!(letter.text.contains("/integrations/connect/google"));
        let (how, at) = health().await;
        assert_eq!(how, health::Health::Degraded);
        assert!(
            at.unwrap()
                <= ends
                    .saturating_add(jiff::SignedDuration::from_mins(1))
                    .unwrap()
        );
        // Connected again for good, it is well, and nobody hears of the old end.
        world
            .google
            .configure(|config| config.refresh_token_ttl_s = None);
        world.connect_google(&who).await;
        days(1);
        for _ in 0..3 {
            world.run_jobs().await;
        }
        assert_eq!(health().await.1, None);
        assert_eq!(postbox.taken().len(), 1);
    }
}

#[tokio::test]
async fn a_fact_is_told_once_and_nothing_in_it_is_markup() {
    for mut world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        assert!(!ask(&world, &who, "week 1").await, "no mail server");
        let postbox = Postbox::install(&mut world);
        assert!(ask(&world, &who, "week 1").await);
        assert!(!ask(&world, &who, "week 1").await);
        assert!(ask(&world, &who, "week 2").await);
        world.run_jobs().await;
        assert!(!ask(&world, &who, "week 1").await, "also once it was sent");
        world.run_jobs().await;
        let taken = postbox.taken();
        assert_eq!(taken.len(), 2);
        let letter = &taken[0].2;
        assert!(
            !letter.subject.contains(['\r', '\n']),
            "{:?}",
            letter.subject
        );
        assert!(letter.html.contains("Bo &#60;b&#62;") || letter.html.contains("Bo &lt;b&gt;"));
        assert!(!letter.html.contains("<b>"), "{}", letter.html);
    }
}

#[tokio::test]
async fn a_busy_mail_server_is_asked_again_and_a_refusal_is_final() {
    for mut world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        let postbox = Postbox::install(&mut world);
        let busy = || Refused::Now("the mail server answered 451".into());
        postbox.refuse(&[busy(), busy()]);
        ask(&world, &who, "week 1").await;
        for _ in 0..3 {
            world.run_jobs().await;
            world.clock.pass(3_600);
        }
        assert_eq!(postbox.taken().len(), 1);
        assert!(told(&world, &who).await.iter().all(|line| line.success));

        postbox.refuse(&[Refused::Never("the mail server answered 550".into())]);
        ask(&world, &who, "week 2").await;
        postbox.refuse(&[Refused::Never("the mail server answered 550".into())]);
        for _ in 0..3 {
            world.run_jobs().await;
            world.clock.pass(3_600);
        }
        assert_eq!(postbox.taken().len(), 1, "it was not asked again");
        let failed = told(&world, &who).await;
        assert_eq!(failed.iter().filter(|line| !line.success).count(), 1);

        // And one that is busy for ever is given up, once.
        postbox.refuse(&vec![busy(); 20]);
        ask(&world, &who, "week 3").await;
        for _ in 0..12 {
            world.run_jobs().await;
            world.clock.pass(86_400);
        }
        let failed = told(&world, &who).await;
        assert_eq!(failed.iter().filter(|line| !line.success).count(), 2);
        assert_eq!(postbox.refusals.lock().unwrap().len(), 12);
    }
}

#[tokio::test]
async fn a_lost_answer_leads_to_the_same_mail_and_a_fact_that_never_was_to_none() {
    for mut world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        let postbox = Postbox::install(&mut world);
        // The transaction of the fact ends without a commit: nothing is told.
        let mut tx = world.cx.store.write_in(who.workspace_id).await.unwrap();
        let it = approval(&who, "week 0");
        let written = letters::approval_asked(&world.cx, &mut tx, who.workspace_id, &it).await;
        assert!(written.unwrap());
        drop(tx);
        world.run_jobs().await;
        assert_eq!(postbox.taken().len(), 0);

        *postbox.lost.lock().unwrap() = 2;
        ask(&world, &who, "week 1").await;
        for _ in 0..5 {
            world.run_jobs().await;
            world.clock.pass(3_600);
        }
        let ids: Vec<String> = postbox.taken().into_iter().map(|(_, id, _)| id).collect();
        // The control: without the id, three mails would be in the postbox.
        assert_eq!(ids.len(), 3);
        let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), 1, "{ids:?}");
        assert_eq!(told(&world, &who).await.len(), 1);
    }
}

#[tokio::test]
async fn an_invoice_goes_out_with_its_file() {
    for mut world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        let postbox = Postbox::install(&mut world);
        let to = "client@acme.example".parse().unwrap();
        let large = vec![0; LARGEST + 1];
        let mut it = InvoiceSent {
            fact: "INV-0042 1",
            to: &to,
            member: who.member_id,
            reply_to: None,
            from: "Northwind",
            kind: daybook_domain::invoice::Kind::Invoice,
            number: "INV-0042",
            preceding: None,
            total: "EUR 1,250.00",
            due: "12 December 2026",
            message: "Thank you.\n\nUntil next time.",
            open: None,
            pdf: &large,
            xml: Some("<Invoice/>"),
        };
        let mut tx = world.cx.store.write_in(who.workspace_id).await.unwrap();
        let refused = letters::invoice(&world.cx, &mut tx, who.workspace_id, &it).await;
        assert!(matches!(refused, Err(Refusal::TooLarge)), "{refused:?}");
        it.pdf = b"%PDF-1.7";
        let written = letters::invoice(&world.cx, &mut tx, who.workspace_id, &it).await;
        assert!(written.unwrap().is_some());
        tx.commit().await.unwrap();
        world.run_jobs().await;
        let (to, _, letter) = postbox.taken().remove(0);
        assert_eq!(
            (to.as_str(), letter.files),
            (
                "client@acme.example",
                vec!["INV-0042.pdf".to_owned(), "INV-0042.xml".to_owned()]
            )
        );
        assert!(letter.text.contains("Total: EUR 1,250.00") && letter.text.contains("Until next"));
    }
}

#[tokio::test]
async fn a_link_for_a_new_password_ends_after_an_hour() {
    for mut world in World::on_all(World::builder()).await {
        let postbox = Postbox::install(&mut world);
        // People of the test world have no password: they sign in elsewhere, and get no link.
        world.owner("ada").await;
        let email = "ada@people.example".parse().unwrap();
        password_reset::ask(&world.cx, &email).await.unwrap();
        world.run_jobs().await;
        world.run_jobs().await;
        assert_eq!(postbox.taken().len(), 0);
        let mut tx = world.cx.store.write().await.unwrap();
        let users = daybook_engine::store::users::by_email(&mut tx, &email).await;
        let user = users.unwrap().unwrap().id;
        daybook_engine::store::users::set_password(&mut tx, user, &"$argon2id$x".into())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let link = async || {
            password_reset::ask(&world.cx, &email).await.unwrap();
            world.run_jobs().await;
            world.run_jobs().await;
            let (_, _, letter) = postbox.taken().pop().unwrap();
            let after = letter.text.split("reset#").nth(1).unwrap().to_owned();
            after.split_whitespace().next().unwrap().to_owned()
        };
        let old = link().await;
        world.clock.pass(120);
        let newer = link().await;
        assert_ne!(old, newer);
        let new = "another ledger of hours".into();
        let over = password_reset::reset(&world.cx, &old.into(), &new).await;
        assert!(matches!(over, Err(password_reset::Error::Over)), "{over:?}");
        world.clock.pass(3_601);
        let over = password_reset::reset(&world.cx, &newer.into(), &new).await;
        assert!(matches!(over, Err(password_reset::Error::Over)), "{over:?}");
        let last = link().await;
        password_reset::reset(&world.cx, &last.into(), &new)
            .await
            .unwrap();
    }
}
