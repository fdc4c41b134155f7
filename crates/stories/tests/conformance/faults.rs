//! What becomes of a change, a removal and an answer whose call goes wrong: done once, and said so as soon as it can be known.

use daybook_domain::event::ResponseStatus;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::respond::respond;
use daybook_engine::store::instances::InstanceView;
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_testkit::World;

use crate::host::{Host, Meeting};
use crate::write::{Desk, named};

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
