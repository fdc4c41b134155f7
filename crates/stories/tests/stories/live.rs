//! Asking the provider itself: what it says counts instead of the mirror, and what it does not say is unknown.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use daybook_domain::availability::Unknown;
use daybook_domain::calendar::RemoteCalendar;
use daybook_engine::availability::Origin;
use daybook_engine::availability::check::{Ask, Checked, check};
use daybook_provider_api::calendar::free_busy::{Answer, Busy};
use daybook_provider_api::calendar::{CalendarCapability, ChangeStream, FreeBusy, Pull};
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::manifest::Manifest;
use daybook_provider_api::registry::{Configured, Identity, Provider};
use daybook_provider_api::{CalendarProvider, Error, Result, Session};
use daybook_testkit::World;
use jiff::Timestamp;

use crate::availability::{THURSDAY, configure, day, starts};
use crate::{ada, meeting, put};

/// What the provider answers next: nothing left means that it cannot be asked.
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

fn busy(hour: i8) -> Busy {
    Busy {
        start: format!("2026-03-05T{hour:02}:00:00Z").parse().unwrap(),
        end: format!("2026-03-05T{:02}:00:00Z", hour + 1)
            .parse()
            .unwrap(),
    }
}

#[tokio::test]
async fn the_provider_is_asked_and_its_silence_is_not_freedom() {
    for world in World::on_all(World::builder()).await {
        put(&world, &meeting("Only in the mirror", 5, 10));
        let (who, _, id) = ada(&world).await;
        let configuration = configure(&world, &who, &[id], |_| ()).await;
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
        // An old mirror does not matter to who asks the provider.
        world.clock.pass(30 * 60);
        assert_eq!(ask(vec![told()]).await.slots.len(), 7);
        // Who cannot be asked is looked up in the mirror.
        let ask = Ask {
            live: true,
            ..day(THURSDAY)
        };
        let found = check(&world.cx, &who, configuration, ask).await.unwrap();
        if found.calendars[0].origin == Origin::Mirror {
            assert_eq!(starts(&found), [9, 11, 12, 13, 14, 15, 16]);
        }
    }
}
