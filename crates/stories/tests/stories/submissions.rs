//! Time that waits for approval: one question about what comes at once, in Slack and by mail, decided anywhere and changed in place.

use daybook_domain::account::Role;
use daybook_domain::time_entry::{Status, Step};
use daybook_engine::slack::interactions;
use daybook_engine::store::mail_preferences;
use daybook_engine::store::time_entries::{Changes, TimeEntry};
use daybook_engine::timesheets::bulk::{self, What, Which};
use daybook_engine::timesheets::{approvals, entries, shape};
use daybook_engine::{Context, Principal};
use daybook_testkit::World;
use daybook_testkit::slack_stub::{self as stub, SlackStub};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::mail::Postbox;
use crate::slack::{linked, run, time};
use crate::slack_notices::{logged, posts};

/// Longer than what is one question is gathered.
const GATHERED: i64 = 11;

/// Ada (owner), Carl (admin) and Bo in one workspace, all of them in Slack; and what they are mailed.
struct Office {
    world: World,
    cx: Context,
    slack: SlackStub,
    postbox: std::sync::Arc<Postbox>,
    ada: Principal,
    carl: Principal,
    bo: Principal,
}

impl Office {
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for mut world in World::on_all(World::builder()).await {
            let postbox = Postbox::install(&mut world);
            let (cx, slack) = SlackStub::around(&world);
            let ada = world.owner("ada").await;
            stub::install(&cx, &ada).await.unwrap();
            run(&world, &cx).await;
            let workspace = world.workspace(&ada).await;
            let carl = world.member(&workspace, "carl", Role::Admin).await;
            let bo = world.member(&workspace, "bo", Role::Member).await;
            linked(&cx, &carl, "U3").await;
            linked(&cx, &bo, "U2").await;
            let office = Self {
                world,
                cx,
                slack,
                postbox,
                ada,
                carl,
                bo,
            };
            office.work().await;
            office.slack.calls();
            all.push(office);
        }
        all
    }

    /// Until everything that was gathered is asked, and every message is changed.
    async fn work(&self) {
        for _ in 0..6 {
            self.world.clock.pass(GATHERED);
            run(&self.world, &self.cx).await;
        }
    }

    /// Entries of Bo's, as drafts.
    async fn drafts(&self, count: usize) -> Vec<TimeEntry> {
        let mut drafts = Vec::new();
        for n in 0..count {
            drafts.push(logged(&self.cx, &self.bo, &format!("work {n}")).await);
        }
        self.work().await;
        self.slack.calls();
        drafts
    }

    async fn submit(&self, entries: &[TimeEntry]) {
        let which = Which::Ids(entries.iter().map(|entry| entry.id).collect());
        let what = What::Step(Step::Submit, None);
        bulk::run(&self.cx, &self.bo, &which, &what).await.unwrap();
    }

    async fn click(&self, user: &str, action: &str, value: &str, stamp: &str) {
        let click = stub::click(user, action, value, stamp);
        interactions::handle(&self.cx, &click).await.unwrap();
    }

    async fn statuses(&self, entries: &[TimeEntry]) -> Vec<Status> {
        let mut all = Vec::new();
        for entry in entries {
            let now = entries::get(&self.cx, &self.bo, entry.id).await.unwrap();
            all.push(now.status);
        }
        all
    }
}

/// The question's id, from its first button.
fn asked(post: &Value) -> String {
    let buttons = post["blocks"].as_array().unwrap().last().unwrap();
    buttons["elements"][0]["value"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_bulk_submit_is_one_question_and_one_mail_to_each_approver() {
    for office in Office::all().await {
        let drafts = office.drafts(12).await;
        assert!(office.postbox.taken().is_empty());
        office.submit(&drafts).await;
        run(&office.world, &office.cx).await;
        assert!(posts(&office.slack).is_empty(), "it is still gathered");
        office.work().await;
        let told = posts(&office.slack);
        let mut channels: Vec<&str> = told
            .iter()
            .map(|post| post["channel"].as_str().unwrap())
            .collect();
        channels.sort_unstable();
        assert_eq!(channels, ["DU1", "DU3"], "not Bo");
        assert_eq!(told[0]["text"], "Approval needed: bo, 6 h");
        assert!(told[0].to_string().contains("12 entries"));
        let mails = office.postbox.taken();
        let mut to: Vec<&str> = mails.iter().map(|mail| mail.0.as_str()).collect();
        to.sort_unstable();
        assert_eq!(to, ["ada@people.example", "carl@people.example"]);
        let subject = "bo asks you to approve 12 entries of the week of 2 March";
        assert_eq!(mails[0].2.subject, subject);
        assert!(mails[0].2.text.contains("Time: 6 h"));

        // Approved there: all of it, and both questions change.
        office
            .click("U1", "submission_approve", &asked(&told[0]), "1")
            .await;
        let approved = vec![Status::Approved; 12];
        assert_eq!(office.statuses(&drafts).await, approved);
        office.work().await;
        let changed = office.slack.calls_of("chat.update");
        let texts: Vec<&str> = changed
            .iter()
            .map(|one| one["text"].as_str().unwrap())
            .collect();
        assert!(texts.len() >= 2, "{texts:?}");
        assert!(
            texts.iter().all(|text| *text == "Approved by ada: bo, 6 h"),
            "{texts:?}"
        );
        // The question is answered.
        office
            .click("U3", "submission_approve", &asked(&told[0]), "2")
            .await;
        assert_eq!(office.statuses(&drafts).await, approved);
    }
}

#[tokio::test]
async fn a_reject_asks_for_a_reason_and_a_new_submission_is_a_new_question() {
    for office in Office::all().await {
        let drafts = office.drafts(3).await;
        office.submit(&drafts).await;
        office.work().await;
        let id = asked(&posts(&office.slack)[0]);
        // Bo decides nothing about their own time.
        office.click("U2", "submission_approve", &id, "1").await;
        assert_eq!(office.statuses(&drafts).await, [Status::Pending; 3]);
        office.click("U3", "submission_reject", &id, "2").await;
        office.cx.detached.close();
        office.cx.detached.wait().await;
        office.cx.detached.reopen();
        let form = office.slack.calls_of("views.open").remove(0)["view"].clone();
        let filled = |reason: &str| {
            json!({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U3"}, "view": {
                "id": "V1", "hash": reason, "callback_id": form["callback_id"], "private_metadata": form["private_metadata"],
                "state": {"values": {"reason": {"v": {"value": reason}}}}}})
        };
        let answer = interactions::handle(&office.cx, &filled(" "))
            .await
            .unwrap();
        assert_eq!(answer.unwrap()["response_action"], "errors");
        assert_eq!(office.statuses(&drafts).await, [Status::Pending; 3]);
        let answer = interactions::handle(&office.cx, &filled("Wrong day")).await;
        assert_eq!(answer.unwrap(), None);
        assert_eq!(office.statuses(&drafts).await, [Status::Rejected; 3]);
        office.work().await;
        let changed = office.slack.calls_of("chat.update");
        let with_reason = changed
            .iter()
            .filter(|one| one.to_string().contains("Wrong day"));
        assert!(with_reason.count() >= 2, "{changed:?}");
        office.submit(&drafts).await;
        office.work().await;
        let again = posts(&office.slack);
        assert_eq!(again.len(), 2);
        assert_ne!(asked(&again[0]), id);
        assert_eq!(office.postbox.taken().len(), 4);
    }
}

#[tokio::test]
async fn a_decision_on_the_page_changes_the_question_and_leaves_what_waits() {
    for office in Office::all().await {
        let drafts = office.drafts(2).await;
        office.submit(&drafts).await;
        office.work().await;
        let id = asked(&posts(&office.slack)[0]);
        entries::step(&office.cx, &office.ada, drafts[0].id, Step::Approve, None)
            .await
            .unwrap();
        office.work().await;
        let changed = office.slack.calls_of("chat.update");
        assert_eq!(changed.len(), 2);
        assert_eq!(changed[0]["text"], "Approval needed: bo, 30 min");
        let monday = "2026-03-02".parse().unwrap();
        approvals::decide(
            &office.cx,
            &office.carl,
            office.bo.member_id,
            monday,
            Some("Why?"),
        )
        .await
        .unwrap();
        office.work().await;
        let changed = office.slack.calls_of("chat.update");
        assert_eq!(changed[0]["text"], "Decided by carl: bo, 1 h");
        // Nothing waits: the old button says so.
        office.click("U1", "submission_approve", &id, "9").await;
        assert_eq!(
            office.statuses(&drafts).await,
            [Status::Approved, Status::Rejected]
        );
    }
}

#[tokio::test]
async fn what_is_typed_in_slack_is_asked_about_there_and_switches_are_kept() {
    for office in Office::all().await {
        for n in 0..3 {
            time(&office.cx, "U2", "30m: typed", &format!("t{n}")).await;
        }
        office.work().await;
        assert_eq!(posts(&office.slack).len(), 2, "three within a moment");
        assert!(office.postbox.taken().is_empty(), "nobody handed it in");
        let mut tx = office
            .cx
            .store
            .write_in(office.ada.workspace_id)
            .await
            .unwrap();
        let off = mail_preferences::Preferences {
            approval_needed: false,
            ..mail_preferences::Preferences::default()
        };
        mail_preferences::put(&mut tx, office.ada.workspace_id, office.ada.member_id, off)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let drafts = office.drafts(1).await;
        office.submit(&drafts).await;
        office.work().await;
        let to: Vec<String> = office
            .postbox
            .taken()
            .into_iter()
            .map(|mail| mail.0)
            .collect();
        assert_eq!(to, ["carl@people.example"]);
    }
}

#[tokio::test]
async fn members_are_reminded_of_last_weeks_time_once_on_monday() {
    for office in Office::all().await {
        logged(&office.cx, &office.bo, "not handed in").await;
        let submitted = office.drafts(1).await;
        office.submit(&submitted).await;
        office.work().await;
        office.slack.calls();
        let before = office.postbox.taken().len();
        let tick = async || {
            daybook_engine::jobs::run_now(&office.cx, "send_submit_reminders")
                .await
                .unwrap();
            run(&office.world, &office.cx).await;
        };
        let at = |text: &str| {
            let then: jiff::Timestamp = text.parse().unwrap();
            let clock = &office.world.clock;
            clock.advance(then.duration_since(clock.now()));
        };
        // Sunday night and Monday before nine in Berlin.
        for early in ["2026-03-08T22:00:00Z", "2026-03-09T07:59:00Z"] {
            at(early);
            tick().await;
        }
        assert_eq!(office.postbox.taken().len(), before);
        for late in [
            "2026-03-09T08:01:00Z",
            "2026-03-09T09:00:00Z",
            "2026-03-10T09:00:00Z",
        ] {
            at(late);
            tick().await;
        }
        let mails = office.postbox.taken();
        assert_eq!(mails.len(), before + 1);
        assert_eq!(mails[before].0, "bo@people.example");
        assert!(
            mails[before].2.text.contains("1 entry, 30 min"),
            "{}",
            mails[before].2.text
        );
        let told = posts(&office.slack);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["channel"], "DU2");
    }
}

#[tokio::test]
async fn a_question_about_time_that_was_deleted_has_no_buttons() {
    for office in Office::all().await {
        let drafts = office.drafts(2).await;
        office.submit(&drafts).await;
        office.work().await;
        assert_eq!(posts(&office.slack).len(), 2);
        entries::delete(&office.cx, &office.bo, drafts[0].id)
            .await
            .unwrap();
        office.work().await;
        let changed = office.slack.calls_of("chat.update");
        assert_eq!(changed.len(), 2);
        assert!(changed[0]["text"].as_str().unwrap().ends_with("30 min"));
        assert!(changed[0].to_string().contains("submission_approve"));
        entries::delete(&office.cx, &office.bo, drafts[1].id)
            .await
            .unwrap();
        office.work().await;
        let changed = office.slack.calls_of("chat.update");
        assert_eq!(changed.len(), 2);
        for one in changed {
            assert!(one["text"].as_str().unwrap().starts_with("bo deleted"));
            assert!(!one.to_string().contains("submission_"), "{one}");
        }
    }
}

#[tokio::test]
async fn a_question_that_is_overtaken_by_its_decision_is_changed_too() {
    for office in Office::all().await {
        let drafts = office.drafts(1).await;
        office.submit(&drafts).await;
        let (cx, ada, id) = (office.cx.clone(), office.ada.clone(), drafts[0].id);
        office.slack.during("chat.postMessage", async move {
            entries::step(&cx, &ada, id, Step::Approve, None)
                .await
                .unwrap();
        });
        office.work().await;
        let calls = office.slack.calls();
        let changed = calls.iter().filter(|one| one.method == "chat.update");
        let texts: Vec<_> = changed.map(|one| one.body["text"].clone()).collect();
        assert!(!texts.is_empty());
        assert!(
            texts
                .iter()
                .all(|text| *text == "Approved by ada: bo, 30 min")
        );
    }
}

/// Bo changes an entry's length.
async fn lengthened(office: &Office, entry: &TimeEntry, minutes: i64) {
    let changes = Changes {
        duration_minutes: Some(minutes),
        ..Changes::default()
    };
    entries::update(&office.cx, &office.bo, entry.id, changes)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_click_approves_what_the_question_shows_and_nothing_else() {
    for office in Office::all().await {
        let drafts = office.drafts(1).await;
        office.submit(&drafts).await;
        office.work().await;
        let told = posts(&office.slack);
        assert_eq!(told[0]["text"], "Approval needed: bo, 30 min");
        let shown = asked(&told[0]);
        // Half an hour becomes eight, and Ada clicks before her message is changed.
        lengthened(&office, &drafts[0], 480).await;
        office.click("U1", "submission_approve", &shown, "1").await;
        office.click("U3", "submission_reject", &shown, "2").await;
        assert_eq!(office.statuses(&drafts).await, [Status::Pending]);
        office.work().await;
        let calls = office.slack.calls();
        let of = |method: &str| {
            let calls = calls.iter().filter(|call| call.method == method);
            calls.map(|call| call.body.clone()).collect::<Vec<_>>()
        };
        assert!(of("views.open").is_empty());
        assert!(of("chat.postMessage").is_empty(), "nobody is asked anew");
        let changed = of("chat.update");
        // Both questions, and the two that were clicked on.
        assert!(changed.len() >= 2, "{changed:?}");
        for one in &changed {
            assert_eq!(one["text"], "Approval needed: bo, 8 h");
            assert!(
                one.to_string().contains("changed after you were asked"),
                "{one}"
            );
        }
        assert_ne!(asked(&changed[0]), shown);
        // A form that was opened before it changed again decides nothing either.
        let shown = asked(&changed[0]);
        office.click("U3", "submission_reject", &shown, "3").await;
        office.cx.detached.close();
        office.cx.detached.wait().await;
        office.cx.detached.reopen();
        let form = office.slack.calls_of("views.open").remove(0)["view"].clone();
        lengthened(&office, &drafts[0], 60).await;
        let filled = json!({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U3"}, "view": {
            "id": "V1", "hash": "h", "callback_id": form["callback_id"], "private_metadata": form["private_metadata"],
            "state": {"values": {"reason": {"v": {"value": "Too long"}}}}}});
        let answer = interactions::handle(&office.cx, &filled).await.unwrap();
        assert!(answer.unwrap().to_string().contains("This time changed"));
        assert_eq!(office.statuses(&drafts).await, [Status::Pending]);
        office.work().await;
        let changed = office.slack.calls_of("chat.update").remove(0);
        assert_eq!(changed["text"], "Approval needed: bo, 1 h");
        let shown = asked(&changed);
        office.click("U1", "submission_approve", &shown, "4").await;
        assert_eq!(office.statuses(&drafts).await, [Status::Approved]);
        office.work().await;
        let settled = office.slack.calls_of("chat.update");
        assert!(!settled.is_empty());
        for one in settled {
            assert_eq!(one["text"], "Approved by ada: bo, 1 h");
        }
    }
}

#[tokio::test]
async fn approved_time_that_changes_is_asked_about_again() {
    for office in Office::all().await {
        let drafts = office.drafts(2).await;
        office.submit(&drafts).await;
        office.work().await;
        for entry in &drafts {
            entries::step(&office.cx, &office.ada, entry.id, Step::Approve, None)
                .await
                .unwrap();
        }
        office.work().await;
        office.slack.calls();
        let before = office.postbox.taken().len();
        lengthened(&office, &drafts[0], 25).await;
        office.work().await;
        let told = posts(&office.slack);
        assert_eq!(told.len(), 2, "Ada and Carl, once each: {told:?}");
        assert_eq!(told[0]["text"], "Approval needed: bo, 25 min");
        assert_eq!(office.postbox.taken().len(), before + 2);
        office
            .click("U1", "submission_approve", &asked(&told[0]), "1")
            .await;
        office.work().await;
        office.slack.calls();
        // Cut in two, both halves are asked about.
        let at = drafts[1].started_at + SignedDuration::from_mins(10);
        shape::split(&office.cx, &office.bo, drafts[1].id, at)
            .await
            .unwrap();
        office.work().await;
        let told = posts(&office.slack);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0]["text"], "Approval needed: bo, 30 min");
        assert!(told[0].to_string().contains("2 entries"), "{}", told[0]);
    }
}
