//! What becomes of a change, a removal and an answer whose call goes wrong: done once, and said so as soon as it can be known.

use daybook_domain::CalendarId;
use daybook_domain::event::{ResponseStatus, Scope};
use daybook_engine::calendars::list::list;
use daybook_engine::calendars::settings::enable;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::Batch;
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::relocate::{Move, relocate};
use daybook_engine::events::write::respond::respond;
use daybook_engine::store::calendars::Filter;
use daybook_engine::store::instances::InstanceView;
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_testkit::World;
use jiff::SignedDuration;

use crate::cuts::is_cut;
use crate::host::{Host, Meeting};
use crate::write::{Desk, named, review, stand_up};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Change,
    Remove,
    Answer,
}

impl Act {
    const ALL: [Self; 3] = [Self::Change, Self::Remove, Self::Answer];

    /// The request that does it.
    const fn method(self, host: Host) -> &'static str {
        match (self, host) {
            (Self::Remove, _) => "DELETE",
            (_, Host::Caldav) => "PUT",
            (Self::Answer, Host::Microsoft) => "POST",
            _ => "PATCH",
        }
    }

    async fn ask(self, desk: &Desk<'_>, event: &InstanceView) -> Result<(), Error> {
        let (cx, who, calendar, id) = (&desk.world.cx, &desk.who, desk.id, event.id.into());
        match self {
            Self::Change => desk.change(event, None, named("Renamed")).await.map(drop),
            // With consent, where the provider mails whatever we say.
            Self::Remove => delete(cx, who, calendar, id, None, true).await,
            Self::Answer => {
                let answer = ResponseStatus::Accepted;
                respond(cx, who, calendar, id, None, answer, true)
                    .await
                    .map(drop)
            }
        }
    }

    fn is_done(self, shown: &[InstanceView]) -> bool {
        match (self, shown) {
            (Self::Change, [one]) => one.details.title == "Renamed",
            (Self::Remove, []) => true,
            (Self::Answer, [one]) => one.response_status == ResponseStatus::Accepted,
            _ => false,
        }
    }
}

/// Faults after which the provider has done what it was asked.
const DONE: [Fault; 3] = [Fault::DropResponse, Fault::ResetAfter, Fault::Truncated];

/// Faults after which it may or may not have.
fn unsure() -> [Fault; 5] {
    let broken = |status| Fault::Status {
        status,
        retry_after: RetryAfter::None,
    };
    [
        Fault::HtmlLogin,
        Fault::Garbage,
        Fault::ResetBefore,
        broken(500),
        broken(503),
    ]
}

async fn one(host: Host, act: Act, rule: Rule, done: bool) {
    let name = format!("{host:?} {act:?} {rule:?}");
    let world = World::builder().build().await.unwrap();
    host.furnish(&world);
    if act == Act::Answer {
        host.invite(&world, Meeting::on("Review", 5));
    } else {
        host.put(&world, Meeting::on("Review", 5));
    }
    let (who, id) = host.ada(&world).await;
    let desk = Desk {
        host,
        world: &world,
        who,
        id,
    };
    let event = desk.shown().await.remove(0);
    host.desk(&world).add(rule);
    let first = act.ask(&desk, &event).await;
    if done {
        assert!(first.is_ok(), "{name}: {first:?}");
    }
    host.desk(&world).clear();
    world.clock.pass(3_600);
    match first {
        Ok(()) => {}
        Err(Error::Unknown(_)) => act
            .ask(&desk, &event)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}")),
        Err(other) => panic!("{name}: {other:?}"),
    }
    let shown = desk.shown().await;
    assert!(act.is_done(&shown), "{name}: {shown:?}");
    desk.in_step().await;
    assert!(act.is_done(&desk.shown().await), "{name}");
}

/// A lost answer is looked for, and what can be said twice is said again; what is not known is said to be so, and asked again does it
/// once.
pub async fn faults_of_writes(host: Host) {
    for act in Act::ALL {
        for fault in DONE {
            let rule = Rule::on("*", fault).method(act.method(host)).times(1);
            one(host, act, rule, true).await;
        }
        for fault in unsure() {
            let write = Rule::on("*", fault.clone()).method(act.method(host));
            one(host, act, write.times(1), false).await;
            one(host, act, Rule::on(host.events(), fault).times(2), false).await;
        }
    }
}

/// What takes more than one call: a series is cut, an event goes to another calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Steps {
    Cut,
    Move,
}

impl Steps {
    async fn ask(self, desk: &Desk<'_>, event: &InstanceView, to: CalendarId) -> Result<(), Error> {
        let (cx, who) = (&desk.world.cx, &desk.who);
        match self {
            Self::Cut => desk
                .change(event, Some(Scope::Following), named("Planning"))
                .await
                .map(drop),
            Self::Move => {
                let ask = Move {
                    to,
                    scope: None,
                    notify: false,
                };
                relocate(cx, who, desk.id, event.id.into(), ask, None)
                    .await
                    .map(drop)
            }
        }
    }
}

/// A second calendar of Ada's, that is read.
async fn team(desk: &Desk<'_>, external: &str) -> CalendarId {
    let (cx, who) = (&desk.world.cx, &desk.who);
    let found = list(cx, who, Filter::default(), None, 100).await.unwrap();
    let own = found.iter().find(|one| one.external_id == external);
    let id = own.unwrap().id;
    enable(cx, who, id, true).await.unwrap();
    desk.world.run_jobs().await;
    id
}

/// A calendar of Ada's that is not the desk's.
async fn other(desk: &Desk<'_>) -> CalendarId {
    let (cx, who) = (&desk.world.cx, &desk.who);
    let found = list(cx, who, Filter::default(), None, 100).await.unwrap();
    let other = found.iter().find(|one| one.id != desk.id).unwrap().id;
    enable(cx, who, other, true).await.unwrap();
    desk.world.run_jobs().await;
    other
}

/// Some calls are lost from the `nth` on; whether there were as many.
async fn lost(host: Host, steps: Steps, nth: u32, fault: Fault) -> bool {
    let name = format!("{host:?} {steps:?} {fault:?} after {nth}");
    let world = World::builder().build().await.unwrap();
    host.furnish(&world);
    let external = host.add_calendar(&world, "Team");
    let (who, id) = host.ada(&world).await;
    let mut desk = Desk {
        host,
        world: &world,
        who,
        id,
    };
    let to = team(&desk, &external).await;
    if to == desk.id {
        desk.id = other(&desk).await;
    }
    let event = match steps {
        Steps::Cut => {
            desk.create(stand_up(), None).await.unwrap();
            desk.shown().await.remove(3)
        }
        Steps::Move => desk.create(review(), None).await.unwrap(),
    };
    // Google and CalDAV servers are asked again within one step.
    let calls = if host == Host::Microsoft { 2 } else { 4 };
    host.desk(&world)
        .add(Rule::on(host.events(), fault).after(nth).times(calls));
    let first = steps.ask(&desk, &event, to).await;
    let cut_short = first.is_err();
    // Asked again at once, without a key: that is what somebody does who sees an error.
    for _ in 0..3 {
        match steps.ask(&desk, &event, to).await {
            Ok(()) => break,
            Err(Error::Unknown(_) | Error::Provider(_)) => world.clock.pass(60),
            // Done: the series, or the calendar, does not have it any more.
            Err(Error::Store(_) | Error::Gone) => break,
            Err(other) => panic!("{name}: {first:?}, then {other:?}"),
        }
    }
    host.desk(&world).clear();
    for _ in 0..2 {
        match steps {
            Steps::Cut => is_cut(&desk, &name).await,
            Steps::Move => {
                for calendar in [desk.id, to] {
                    world.sync(&desk.who, calendar).await.unwrap();
                }
                let shown = desk.shown().await;
                let places: Vec<CalendarId> = shown.iter().map(|one| one.calendar_id).collect();
                assert_eq!(places, [to], "{name}: {first:?}");
            }
        }
        world.clock.pass(180);
        world.run_jobs().await;
    }
    cut_short
}

/// Whichever calls are lost, asked again at once it is done, and once: no second series, no second copy.
pub async fn faults_of_steps(host: Host) {
    // As many as they take, and some more.
    let calls = match host {
        Host::Google | Host::Caldav => 8,
        Host::Microsoft => 20,
    };
    for steps in [Steps::Cut, Steps::Move] {
        for fault in [Fault::ResetBefore, Fault::DropResponse] {
            let mut cut_short = 0;
            for nth in 0..calls {
                cut_short += u32::from(lost(host, steps, nth, fault.clone()).await);
            }
            assert!(
                cut_short > 0,
                "{host:?} {steps:?} {fault:?}: nothing was cut short"
            );
        }
    }
}

/// A provider that hangs does not keep anybody longer than a request may take: it is said that it is not known, and what was not begun is
/// not.
pub async fn slow_writes_end(host: Host) {
    let world = World::builder().build().await.unwrap();
    let desk = Desk::open(host, &world).await;
    desk.create(stand_up(), None).await.unwrap();
    let fourth = desk.shown().await.remove(3);
    let hang = || Rule::on("*", Fault::DropResponse);
    let most = SignedDuration::from_secs(35);
    host.desk(&world).add(hang());
    let begun = world.clock.now();
    let made = desk.create(review(), None).await;
    assert!(matches!(made, Err(Error::Unknown(_))), "{made:?}");
    assert!(world.clock.now().duration_since(begun) <= most);
    host.desk(&world).clear();
    world.clock.pass(600);

    host.desk(&world).add(hang());
    let begun = world.clock.now();
    let cut = desk
        .change(&fourth, Some(Scope::Following), named("Planning"))
        .await;
    assert!(matches!(cut, Err(Error::Unknown(_))), "{cut:?}");
    assert!(world.clock.now().duration_since(begun) <= most);
    host.desk(&world).clear();
    world.clock.pass(600);

    let mut batch = Batch::open(&world.cx, &desk.who, desk.id).await.unwrap();
    host.desk(&world).add(hang());
    let begun = world.clock.now();
    let mut ends = Vec::new();
    for _ in 0..4 {
        ends.push(batch.create(&desk.who, review(), None).await);
    }
    assert!(world.clock.now().duration_since(begun) <= most);
    assert!(matches!(ends[0], Err(Error::Unknown(_))), "{ends:?}");
    assert!(matches!(ends[3], Err(Error::NotBegun)), "{ends:?}");
    host.desk(&world).clear();
    // What was noted is found out; what was not begun never is.
    world.clock.pass(3_600);
    world.run_jobs().await;
    world.clock.pass(3_600);
    world.run_jobs().await;
    desk.in_step().await;
    let reviews = desk
        .titles()
        .await
        .iter()
        .filter(|title| *title == "Review")
        .count();
    assert!(reviews <= 2, "what was not begun is there: {reviews}");
}
