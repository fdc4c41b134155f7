//! Asking the provider itself: what it says counts instead of the mirror, and what it does not say is unknown.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use daybook_domain::availability::{BusyRules, Limit, Per, Rule, Unknown};
use daybook_domain::calendar::RemoteCalendar;
use daybook_engine::Context;
use daybook_engine::availability::Origin;
use daybook_engine::availability::check::{Ask, Checked, check};
use daybook_engine::availability::many::{self, Whom};
use daybook_provider_api::calendar::free_busy::{Answer, Busy};
use daybook_provider_api::calendar::{CalendarCapability, ChangeStream, FreeBusy, Pull};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::manifest::Manifest;
use daybook_provider_api::registry::{Configured, Identity, Provider};
use daybook_provider_api::{CalendarProvider, Error, Result, Session};
use daybook_testkit::World;
use jiff::Timestamp;
use serde_json::json;

use crate::availability::{THURSDAY, configure, day, starts, together, whom};
use crate::{ada, meeting, put};

/// What the provider answers next.
type Script = Arc<Mutex<Vec<Result<Vec<Answer>>>>>;

/// A provider that answers questions about free time from a script, and everything else as the real one does.
struct Scripted {
    real: Arc<dyn Provider>,
    script: Script,
}

impl Scripted {
    fn calendar(&self) -> &dyn CalendarProvider {
        self.real.calendar().unwrap()
    }
}

#[async_trait]
impl Provider for Scripted {
    fn manifest(&self) -> &Manifest {
        self.real.manifest()
    }

    fn calendar(&self) -> Option<&dyn CalendarProvider> {
        Some(self)
    }

    async fn identify(&self, session: &Session<'_>) -> Result<Identity> {
        self.real.identify(session).await
    }
}

#[async_trait]
impl CalendarProvider for Scripted {
    fn capability(&self) -> CalendarCapability {
        self.calendar().capability()
    }

    async fn list_calendars(&self, session: &Session<'_>) -> Result<Vec<RemoteCalendar>> {
        self.calendar().list_calendars(session).await
    }

    fn free_busy(&self) -> Option<&dyn FreeBusy> {
        Some(self)
    }

    fn changes(&self, pull: Pull) -> Box<dyn ChangeStream> {
        self.calendar().changes(pull)
    }
}

#[async_trait]
impl FreeBusy for Scripted {
    async fn free_busy(
        &self,
        _: &Session<'_>,
        calendars: &[String],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Answer>> {
        assert!(calendars.len() == 1 && from < to);
        self.script.lock().unwrap().remove(0)
    }
}

/// An hour on that Thursday, which is an hour less in UTC.
fn busy_in_berlin(hour: i8) -> Busy {
    busy(hour - 1)
}

fn busy(hour: i8) -> Busy {
    Busy {
        start: format!("2026-03-05T{hour:02}:00:00Z").parse().unwrap(),
        end: format!("2026-03-05T{:02}:00:00Z", hour + 1)
            .parse()
            .unwrap(),
    }
}

/// The world as it is with a Google that answers from a script.
fn scripted(world: &World) -> (Context, Script) {
    let script = Script::default();
    let mut cx = world.cx.clone();
    let real = cx.registry.get("google").unwrap().clone();
    let scripted = Scripted {
        real: real.provider.clone(),
        script: script.clone(),
    };
    let configured = Configured {
        provider: Arc::new(scripted),
        ..real
    };
    cx.registry = Arc::new((*cx.registry).clone().with(configured));
    (cx, script)
}

#[tokio::test]
async fn the_provider_is_asked_and_its_silence_is_not_freedom() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Only in the mirror", 5, 10));
        let (who, _, id) = ada(&world).await;
        let configuration = configure(&world, &who, &[id], |_| ()).await;
        let (cx, script) = scripted(&world);
        let ask = async |answers: Vec<Result<Vec<Answer>>>| -> Checked {
            *script.lock().unwrap() = answers;
            let ask = Ask {
                live: true,
                ..day(THURSDAY)
            };
            let found = check(&cx, &who, configuration, ask).await.unwrap();
            assert!(script.lock().unwrap().is_empty(), "it was asked too seldom");
            found
        };
        let told = || Ok(vec![Answer::Known(vec![busy(13)])]);
        let found = ask(vec![told()]).await;
        assert_eq!(starts(&found), [9, 10, 11, 12, 13, 15, 16]);
        assert_eq!(found.calendars[0].origin, Origin::Live);
        assert_eq!(found.calendars[0].synced_at, Some(world.clock.now()));
        assert_eq!(found.refused[0].0.reasons[0].calendar_id, Some(id));
        // Refused once, the credentials are refreshed, as everywhere else.
        let refused = |kind| Err(Error::new(kind, "no"));
        assert_eq!(
            ask(vec![refused(ErrorKind::Auth), told()])
                .await
                .slots
                .len(),
            7
        );
        for (answer, why) in [
            (
                Ok(vec![Answer::Unknown("notFound".into())]),
                Unknown::ProviderSilent,
            ),
            (Ok(vec![]), Unknown::ProviderSilent),
            (refused(ErrorKind::Unavailable), Unknown::ProviderFailed),
        ] {
            let found = ask(vec![answer]).await;
            assert!(found.slots.is_empty() && found.busy.is_empty());
            assert_eq!(found.calendars[0].unknown, Some(why));
            assert_eq!(found.reasons[0].unknown, Some(why));
        }
        // Who cannot be asked is looked up in the mirror.
        let found = ask(vec![Ok(vec![Answer::CannotAsk])]).await;
        assert_eq!(found.calendars[0].origin, Origin::Mirror);
        assert_eq!(found.calendars[0].unknown, None);
        assert_eq!(starts(&found), [9, 11, 12, 13, 14, 15, 16]);
        // An old mirror does not matter to who asks the provider, and is not believed where that cannot be asked.
        world.clock.pass(3 * 3_600 + 60);
        assert_eq!(ask(vec![told()]).await.slots.len(), 7);
        let found = ask(vec![Ok(vec![Answer::CannotAsk])]).await;
        assert_eq!(found.calendars[0].unknown, Some(Unknown::Stale));
        assert!(found.slots.is_empty());
    }
}

#[tokio::test]
async fn what_the_provider_says_counts_by_the_rules() {
    for world in World::on_all(World::builder()).await {
        let kind = |title: &str, hour: u32, name: &str, value: &str| {
            let mut event = meeting(title, 5, hour);
            event[name] = json!(value);
            put(&world, &event)
        };
        kind("Perhaps", 10, "status", "tentative");
        kind("Free", 11, "transparency", "transparent");
        put(&world, &meeting("Removed meanwhile", 5, 12));
        put(&world, &meeting("Review", 5, 13));
        // Where something that counts lies beside it, the time stays taken.
        kind("Perhaps", 14, "status", "tentative");
        put(&world, &meeting("Talk", 5, 14));
        let (who, _, id) = ada(&world).await;
        let (cx, script) = scripted(&world);
        let ask = async |configuration| {
            let told = [10, 13, 14, 16].map(busy_in_berlin).to_vec();
            *script.lock().unwrap() = vec![Ok(vec![Answer::Known(told)])];
            let ask = Ask {
                live: true,
                ..day(THURSDAY)
            };
            check(&cx, &who, configuration, ask).await.unwrap()
        };
        let plain = configure(&world, &who, &[id], |_| ()).await;
        assert_eq!(starts(&ask(plain).await), [9, 11, 12, 15]);
        let rules = BusyRules {
            tentative: false,
            free: true,
            ..BusyRules::default()
        };
        let other = configure(&world, &who, &[id], move |set| set.busy_rules = rules).await;
        let found = ask(other).await;
        assert_eq!(starts(&found), [9, 10, 12, 15]);
        assert_eq!(found.calendars[0].origin, Origin::Live);
        let eleven = &found.refused[0].0.reasons[0];
        assert!(eleven.rule == Rule::Busy && eleven.event_id.is_some());
        // Without the mirror nobody can say what else counts.
        world.clock.pass(3 * 3_600 + 60);
        let found = ask(other).await;
        assert!(found.slots.is_empty());
        assert_eq!(found.calendars[0].unknown, Some(Unknown::Stale));
        assert_eq!(starts(&ask(plain).await), [9, 11, 12, 15]);
    }
}

#[tokio::test]
async fn meetings_that_touch_are_counted_one_by_one() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Review", 5, 10));
        put(&world, &meeting("Talk", 5, 11));
        let (who, _, _) = ada(&world).await;
        let (cx, script) = scripted(&world);
        let mut one = together(vec![whom(Whom::Member(who.member_id))]);
        one.live = true;
        let both = Busy {
            end: busy_in_berlin(11).end,
            ..busy_in_berlin(10)
        };
        let mut ask = async |most, told: &[Busy]| {
            *script.lock().unwrap() = vec![Ok(vec![Answer::Known(told.to_vec())])];
            one.limits = vec![Limit {
                per: Per::Day,
                most,
            }];
            many::many(&cx, &who, &one).await.unwrap()
        };
        let found = ask(2, &[both]).await;
        assert!(found.slots.is_empty(), "{:?}", found.slots);
        assert_eq!(found.refused[0].reasons[0].rule, Rule::Limit);
        assert_eq!(ask(3, &[both]).await.slots.len(), 6);
        // What the mirror has not heard of yet is a meeting, too.
        let news = [both, busy_in_berlin(16)];
        assert!(ask(3, &news).await.slots.is_empty());
        assert_eq!(ask(4, &news).await.slots.len(), 5);
        // Meetings that nobody can count leave no time that is known to be free.
        world.clock.pass(3 * 3_600 + 60);
        let found = ask(4, &news).await;
        assert!(found.slots.is_empty());
        assert_eq!(found.reasons[0].unknown, Some(Unknown::Stale));
    }
}
