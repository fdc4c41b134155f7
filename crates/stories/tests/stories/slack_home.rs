//! The home page in Slack: its buttons do what they say, what they cannot do is said above the page, and the page is then as it is.

use daybook_domain::InstanceId;
use daybook_domain::account::Role;
use daybook_domain::time_entry::{Status, Step};
use daybook_engine::slack::{events, interactions};
use daybook_engine::store::time_entries::{Changes, TimeEntry};
use daybook_engine::timesheets::entries;
use daybook_engine::{Context, Principal};
use daybook_testkit::World;
use daybook_testkit::slack_stub::{self as stub, SlackStub, TEAM};
use serde_json::{Value, json};

use crate::drafts::{project, rule};
use crate::slack::{entries_of, linked, run, settle, time};
use crate::slack_again::{allow, refuse};
use crate::{meeting, put, week};

/// Ada (owner, U1) with Google, and Bo (U2), both in Slack; an hour after Ada's meeting of 10:00 on the 4th began.
struct Desk {
    world: World,
    cx: Context,
    slack: SlackStub,
    ada: Principal,
    bo: Principal,
}

impl Desk {
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for world in World::on_all(World::builder()).await {
            put(&world, &meeting("Planning", 4, 10));
            put(&world, &meeting("Standup", 4, 9));
            put(&world, &meeting("Retro", 3, 9));
            let (ada, _, _) = crate::ada(&world).await;
            let (cx, slack) = SlackStub::around(&world);
            stub::install(&cx, &ada).await.unwrap();
            run(&world, &cx).await;
            world.clock.pass(3600);
            let workspace = world.workspace(&ada).await;
            let bo = world.member(&workspace, "bo", Role::Member).await;
            linked(&cx, &bo, "U2").await;
            let desk = Self {
                world,
                cx,
                slack,
                ada,
                bo,
            };
            desk.settled().await;
            all.push(desk);
        }
        all
    }

    /// What was asked of Slack until nothing is left to do.
    async fn settled(&self) -> Vec<stub::Called> {
        settle(&self.cx).await;
        for _ in 0..3 {
            self.world.clock.pass(30);
            run(&self.world, &self.cx).await;
        }
        self.slack.calls()
    }

    /// Somebody's page.
    async fn page(&self, user: &str) -> Value {
        let now = self.world.clock.now().as_second();
        let event = json!({"type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event_id": format!("Ev{now}"), "event_time": now,
            "event": {"type": "app_home_opened", "user": user, "tab": "home"}});
        events::receive(&self.cx, event.to_string().as_bytes())
            .await
            .unwrap();
        run(&self.world, &self.cx).await;
        self.slack.calls_of("views.publish").remove(0)["view"].clone()
    }

    /// A click on the page; what was asked of Slack because of it.
    async fn press(&self, user: &str, action: &str, value: &str) -> Pressed {
        let stamp = format!("{}.{action}", self.world.clock.now());
        let mut click = stub::click(user, action, value, &stamp);
        click["container"] = json!({"type": "view", "view_id": "V1"});
        click["view"] = json!({"id": "V1", "type": "home"});
        click.as_object_mut().unwrap().remove("response_url");
        interactions::handle(&self.cx, &click).await.unwrap();
        Pressed::of(self.settled().await)
    }

    /// A form is filled in; the answer, and what was asked of Slack because of it.
    async fn fill(&self, user: &str, form: &Value, values: &Value) -> (Value, Pressed) {
        let filled = json!({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": user}, "view": {
            "id": form["private_metadata"], "hash": values, "callback_id": form["callback_id"],
            "private_metadata": form["private_metadata"], "state": {"values": values}}});
        let answer = interactions::handle(&self.cx, &filled).await.unwrap();
        let pressed = Pressed::of(self.settled().await);
        (answer.unwrap_or_default(), pressed)
    }

    /// An entry of Bo's that waits.
    async fn waiting(&self, what: &str) -> TimeEntry {
        time(&self.cx, "U2", &format!("1h: {what}"), what).await;
        self.settled().await;
        let all = entries_of(&self.cx, &self.bo).await;
        all.into_iter()
            .find(|entry| entry.description == what)
            .unwrap()
    }

    /// What the buttons about an entry say on the page as it is now.
    async fn asked(&self, entry: &TimeEntry) -> String {
        let (page, id) = (self.page("U1").await, entry.id.to_string());
        let all = buttons(&page, "approval_approve");
        assert_eq!(all, buttons(&page, "approval_reject"));
        let found = all.into_iter().find(|value| value.starts_with(&id));
        found.unwrap().to_owned()
    }

    /// Bo says something else about an entry.
    async fn reworded(&self, entry: &TimeEntry, what: &str) {
        let changes = Changes {
            description: Some(what.to_owned()),
            ..Changes::default()
        };
        entries::update(&self.cx, &self.bo, entry.id, changes)
            .await
            .unwrap();
        self.settled().await;
    }

    async fn status(&self, entry: &TimeEntry) -> Status {
        let entry = entries::get(&self.cx, &self.bo, entry.id).await;
        entry.unwrap().status
    }

    async fn close(&self, until: &str) {
        let text = format!("UPDATE workspace SET time_locked_until = {until}");
        self.cx.store.execute_raw(text).await.unwrap();
    }

    async fn meeting(&self, title: &str) -> InstanceId {
        let all = week(&self.world, &self.ada).await;
        let found = all.iter().find(|event| event.details.title == title);
        found.unwrap().id
    }
}

/// What a click led to.
struct Pressed {
    /// Forms and sentences that opened.
    opened: Vec<Value>,
    /// The page as it was shown last, if it was.
    page: Option<Value>,
    /// Messages that changed: none, for there is none.
    changed: usize,
}

impl Pressed {
    fn of(calls: Vec<stub::Called>) -> Self {
        let mut pressed = Self {
            opened: Vec::new(),
            page: None,
            changed: 0,
        };
        for call in calls {
            match call.method.as_str() {
                "views.open" => pressed.opened.push(call.body["view"].clone()),
                "views.publish" => pressed.page = Some(call.body["view"].clone()),
                "chat.update" => pressed.changed += 1,
                _ => {}
            }
        }
        pressed
    }

    /// Nothing was changed: a sentence says why, and the page is shown as it is.
    fn refused(&self, why: &str) {
        assert!(!self.opened.is_empty(), "nothing says {why:?}");
        let opened = &self.opened[0];
        assert_eq!(opened["title"]["text"], "Nothing was changed");
        assert!(opened.to_string().contains(why), "{why}: {opened}");
        assert!(opened.get("submit").is_none());
        assert!(self.page.is_some(), "{why}: the page is as it was");
    }

    fn shows(&self) -> String {
        self.page.as_ref().unwrap().to_string()
    }
}

/// The values of the page's buttons of this kind.
fn buttons<'a>(page: &'a Value, action: &str) -> Vec<&'a str> {
    let blocks = page["blocks"].as_array().unwrap();
    let elements = blocks
        .iter()
        .filter_map(|block| block["elements"].as_array());
    let wanted = elements
        .flatten()
        .filter(|element| element["action_id"] == action);
    wanted
        .filter_map(|element| element["value"].as_str())
        .collect()
}

#[tokio::test]
async fn approve_on_the_page_decides_or_says_why_not() {
    for desk in Desk::all().await {
        let entry = desk.waiting("Review").await;
        let page = desk.page("U1").await;
        assert!(page.to_string().contains("One waits for you."), "{page}");
        let id = buttons(&page, "approval_approve").concat();

        // A closed period.
        desk.close("'2026-12-31'").await;
        let pressed = desk.press("U1", "approval_approve", &id).await;
        pressed.refused("is locked");
        assert_eq!(desk.status(&entry).await, Status::Pending);
        desk.close("NULL").await;

        // Bo does not approve.
        let pressed = desk.press("U2", "approval_approve", &id).await;
        pressed.refused("an owner or admin approves");
        assert_eq!(desk.status(&entry).await, Status::Pending);

        let pressed = desk.press("U1", "approval_approve", &id).await;
        assert_eq!(desk.status(&entry).await, Status::Approved);
        assert!(pressed.opened.is_empty());
        assert!(!pressed.shows().contains("Review"), "{:?}", pressed.page);

        // It was decided on already, or is gone.
        let pressed = desk.press("U1", "approval_approve", &id).await;
        pressed.refused("it is approved");
        let other = desk.waiting("Other").await;
        let id = desk.asked(&other).await;
        entries::delete(&desk.cx, &desk.bo, other.id).await.unwrap();
        let pressed = desk.press("U1", "approval_approve", &id).await;
        pressed.refused("not there any more");
    }
}

#[tokio::test]
async fn what_changed_since_the_page_was_made_is_not_decided_on() {
    for desk in Desk::all().await {
        let entry = desk.waiting("Review").await;
        let seen = desk.asked(&entry).await;
        desk.reworded(&entry, "Workshop").await;
        for action in ["approval_approve", "approval_reject"] {
            let pressed = desk.press("U1", action, &seen).await;
            pressed.refused("changed after the page was shown");
            assert!(pressed.shows().contains("Workshop"));
        }
        // A button of a page from before pages said what they show.
        let id = entry.id.to_string();
        let pressed = desk.press("U1", "approval_approve", &id).await;
        pressed.refused("changed after the page was shown");

        // While the reason is written.
        let seen = desk.asked(&entry).await;
        let form = desk.press("U1", "approval_reject", &seen).await.opened[0].clone();
        desk.reworded(&entry, "Retreat").await;
        let because = json!({"reason": {"v": {"value": "Wrong project"}}});
        let (answer, pressed) = desk.fill("U1", &form, &because).await;
        assert_eq!(answer["view"]["title"]["text"], "Nothing was changed");
        let answer = answer.to_string();
        assert!(answer.contains("changed after the page"), "{answer}");
        assert!(pressed.shows().contains("Retreat"));
        assert_eq!(desk.status(&entry).await, Status::Pending);

        let seen = desk.asked(&entry).await;
        desk.press("U1", "approval_approve", &seen).await;
        assert_eq!(desk.status(&entry).await, Status::Approved);
    }
}

#[tokio::test]
async fn reject_on_the_page_asks_why_or_says_why_not() {
    for desk in Desk::all().await {
        let entry = desk.waiting("Review").await;
        let id = desk.asked(&entry).await;
        let because = json!({"reason": {"v": {"value": "Wrong project"}}});
        let form = desk.press("U1", "approval_reject", &id).await.opened[0].clone();
        assert_eq!(form["callback_id"], "reject_reason");

        // Approved while the reason was written: that stands.
        let step = entries::step(&desk.cx, &desk.ada, entry.id, Step::Approve, None).await;
        step.unwrap();
        let (answer, pressed) = desk.fill("U1", &form, &because).await;
        assert_eq!(answer["view"]["title"]["text"], "Nothing was changed");
        assert!(answer.to_string().contains("it is approved"), "{answer}");
        assert!(!pressed.shows().contains("Review"));
        assert_eq!(desk.status(&entry).await, Status::Approved);
        // And is not asked about any more.
        let pressed = desk.press("U1", "approval_reject", &id).await;
        pressed.refused("it is approved");

        let other = desk.waiting("Other").await;
        let id = desk.asked(&other).await;
        let form = desk.press("U1", "approval_reject", &id).await.opened[0].clone();
        // A closed period: said in the form's place.
        desk.close("'2026-12-31'").await;
        let (answer, pressed) = desk.fill("U1", &form, &because).await;
        assert_eq!(answer["view"]["title"]["text"], "Nothing was changed");
        assert!(pressed.shows().contains("Other"));
        desk.close("NULL").await;
        let form = desk.press("U1", "approval_reject", &id).await.opened[0].clone();
        let nothing = json!({"reason": {"v": {"value": " "}}});
        let (answer, pressed) = desk.fill("U1", &form, &nothing).await;
        assert_eq!(answer["response_action"], "errors");
        assert!(pressed.page.is_none(), "the form is still open");
        let because = json!({"reason": {"v": {"value": "Wrong client"}}});
        let (answer, pressed) = desk.fill("U1", &form, &because).await;
        assert_eq!(answer, Value::Null);
        assert!(!pressed.shows().contains("Other"));
        assert_eq!(desk.status(&other).await, Status::Rejected);

        entries::delete(&desk.cx, &desk.bo, other.id).await.unwrap();
        let pressed = desk.press("U1", "approval_reject", &id).await;
        pressed.refused("not there any more");
    }
}

#[tokio::test]
async fn time_is_logged_from_the_page() {
    for desk in Desk::all().await {
        let form = desk.press("U1", "home_log", "new").await.opened[0].clone();
        assert_eq!(form["callback_id"], "time_entry_new");
        let values = |hours: &str| {
            json!({"hours": {"v": {"value": hours}}, "description": {"v": {"value": "By hand"}},
                "date": {"v": {"selected_date": "2026-03-04"}}})
        };
        let (answer, pressed) = desk.fill("U1", &form, &values("x")).await;
        assert_eq!(answer["response_action"], "errors");
        assert!(pressed.page.is_none());
        let (answer, pressed) = desk.fill("U1", &form, &values("1:30")).await;
        assert_eq!(answer["view"]["title"]["text"], "Logged");
        assert!(
            pressed.shows().contains("*1.5 h* today"),
            "{}",
            pressed.shows()
        );
        let entry = entries_of(&desk.cx, &desk.ada).await.remove(0);
        assert_eq!(entry.duration_minutes, 90);
        // The same words by `/time` redraw nothing: nobody looks at the page.
        time(&desk.cx, "U1", "", "form").await;
        let opened = Pressed::of(desk.settled().await).opened[0].clone();
        let (answer, pressed) = desk.fill("U1", &opened, &values("0:30")).await;
        assert_eq!(answer["view"]["title"]["text"], "Logged");
        assert!(pressed.page.is_none());
    }
}

#[tokio::test]
async fn meetings_are_logged_and_put_aside_on_the_page_or_it_says_why_not() {
    for desk in Desk::all().await {
        let page = desk.page("U1").await;
        assert_eq!(buttons(&page, "meeting_log").len(), 3);
        assert!(page.to_string().contains("3 meetings of this week."));
        let id = desk.meeting("Retro").await.to_string();
        // A closed period.
        desk.close("'2026-12-31'").await;
        let pressed = desk.press("U1", "meeting_log", &id).await;
        pressed.refused("is locked");
        assert!(entries_of(&desk.cx, &desk.ada).await.is_empty());
        desk.close("NULL").await;
        let pressed = desk.press("U1", "meeting_log", &id).await;
        assert!(pressed.opened.is_empty() && pressed.changed == 0);
        assert!(pressed.shows().contains("2 meetings of this week."));
        assert_eq!(entries_of(&desk.cx, &desk.ada).await.len(), 1);

        let id = desk.meeting("Standup").await.to_string();
        let pressed = desk.press("U1", "meeting_dismiss", &id).await;
        assert!(pressed.shows().contains("One meeting of this week."));
        assert!(pressed.opened.is_empty());

        // What is somebody else's, or was never there.
        let nobodys = InstanceId::from(uuid::Uuid::max()).to_string();
        for action in ["meeting_log", "meeting_edit", "meeting_dismiss"] {
            let pressed = desk.press("U2", action, &id).await;
            pressed.refused("This meeting is not there any more.");
            let pressed = desk.press("U1", action, &nobodys).await;
            pressed.refused("This meeting is not there any more.");
        }
        assert_eq!(entries_of(&desk.cx, &desk.ada).await.len(), 1);
    }
}

#[tokio::test]
async fn change_first_on_the_page_shows_what_was_logged() {
    for desk in Desk::all().await {
        let site = project(&desk.world, &desk.ada, "Site").await;
        let books = daybook_domain::rule::Action {
            project_id: Some(site),
            ..Default::default()
        };
        rule(&desk.world, &desk.ada, "planning", books).await;
        let id = desk.meeting("Planning").await.to_string();
        let form = desk.press("U1", "meeting_edit", &id).await.opened[0].clone();
        assert_eq!(form["callback_id"], "log_meeting");
        let values = json!({"hours": {"v": {"value": "0.5"}}, "description": {"v": {"value": "Plan"}},
            "project": {"v": {"selected_option": null}}});

        // A closed period: said in the form's place, and nothing is logged.
        desk.close("'2026-12-31'").await;
        let (answer, pressed) = desk.fill("U1", &form, &values).await;
        assert_eq!(answer["view"]["title"]["text"], "Nothing was changed");
        assert!(pressed.page.is_some());
        desk.close("NULL").await;

        // Another length and no project are in the entry from the start: nothing is mended afterwards that could fail.
        let form = desk.press("U1", "meeting_edit", &id).await.opened[0].clone();
        let values = json!({"hours": {"v": {"value": "0:30"}}, "description": {"v": {"value": "Plan"}},
            "project": {"v": {"selected_option": null}}});
        refuse(&desk.cx, "UPDATE", "time_entry").await;
        let (answer, pressed) = desk.fill("U1", &form, &values).await;
        allow(&desk.cx, "time_entry").await;
        assert_eq!(answer["view"]["title"]["text"], "Logged");
        assert!(answer.to_string().contains("30 min"), "{answer}");
        assert!(answer["view"].get("submit").is_none());
        assert!(pressed.shows().contains("2 meetings of this week."));
        assert!(
            pressed.shows().contains(":white_check_mark: 10:00"),
            "{}",
            pressed.shows()
        );
        let entry = entries_of(&desk.cx, &desk.ada).await.remove(0);
        assert_eq!((entry.duration_minutes, entry.project_id), (30, None));
        assert!(entry.client_id.is_some(), "the client is the rule's");
        assert_eq!(
            entry.ended_at.unwrap().as_second() - entry.started_at.as_second(),
            1800
        );
        assert_eq!(entry.version, 1);

        // It was logged meanwhile: what there is is shown, and stays.
        let (answer, _) = desk
            .fill(
                "U1",
                &form,
                &json!({"hours": {"v": {"value": "1"}}, "description": {"v": {"value": "Plan"}}}),
            )
            .await;
        assert!(answer.to_string().contains("Logged before"), "{answer}");
        let entry = entries_of(&desk.cx, &desk.ada).await.remove(0);
        assert_eq!(entry.duration_minutes, 30);
    }
}

#[tokio::test]
async fn what_waits_is_counted_without_ones_own() {
    for desk in Desk::all().await {
        for n in 0..17 {
            time(&desk.cx, "U2", "1min 2026-03-02: Bo's", &format!("b{n}")).await;
        }
        // Ada's own are newer, and more than any page has.
        for n in 0..60 {
            time(&desk.cx, "U1", "1min: Own", &format!("a{n}")).await;
        }
        desk.settled().await;
        let page = desk.page("U1").await;
        assert_eq!(buttons(&page, "approval_approve").len(), 15);
        let text = page.to_string();
        assert!(text.contains("17 wait for you."), "{text}");
        assert!(text.contains("and 2 more in the dashboard"), "{text}");
        assert!(!text.contains("Own"), "{text}");
        assert!(!desk.page("U2").await.to_string().contains("Approvals"));
    }
}
