//! Writing: each kind of change, once, whatever becomes of the call, and never over somebody else's.

use daybook_domain::CalendarId;
use daybook_domain::event::{Conference, ResponseStatus, Scope};
use daybook_engine::Principal;
use daybook_engine::accounts::once::Key;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::{NewEvent, create};
use daybook_engine::events::write::delete::delete;
use daybook_engine::events::write::respond::respond;
use daybook_engine::events::write::update::{Change, update};
use daybook_engine::store::instances::InstanceView;
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_testkit::World;

use crate::host::{BO, Host, Meeting, all, starts, titles};

pub fn draft(title: &str, start: &str, end: &str) -> NewEvent {
    NewEvent {
        title: title.to_owned(),
        description: None,
        location: None,
        start: start.parse().unwrap(),
        end: end.parse().unwrap(),
        time_zone: Some("Europe/Berlin".to_owned()),
        attendees: Vec::new(),
        recurrence: Vec::new(),
        conference: None,
        opaque: true,
        notify: false,
    }
}

pub fn review() -> NewEvent {
    draft("Review", "2026-03-05T10:00:00", "2026-03-05T11:00:00")
}

/// Mondays from 2 March, six times.
pub fn stand_up() -> NewEvent {
    NewEvent {
        recurrence: vec!["RRULE:FREQ=WEEKLY;COUNT=6".into()],
        ..draft("Stand-up", "2026-03-02T09:00:00", "2026-03-02T09:15:00")
    }
}

fn key(name: &str) -> Key {
    Key {
        route: "POST /events".to_owned(),
        name: name.to_owned(),
        body_hash: [7; 32],
    }
}

pub fn named(title: &str) -> Change {
    Change {
        title: Some(title.into()),
        ..Change::default()
    }
}

pub fn at(change: Change, start: &str, end: &str) -> Change {
    Change {
        start: Some(start.parse().unwrap()),
        end: Some(end.parse().unwrap()),
        time_zone: Some("Europe/Berlin".to_owned()),
        ..change
    }
}

/// Ada's calendar, open for writing.
pub struct Desk<'a> {
    pub host: Host,
    pub world: &'a World,
    pub who: Principal,
    pub id: CalendarId,
}

impl<'a> Desk<'a> {
    pub async fn open(host: Host, world: &'a World) -> Self {
        host.furnish(world);
        let (who, id) = host.ada(world).await;
        Self {
            host,
            world,
            who,
            id,
        }
    }

    pub async fn create(&self, new: NewEvent, key: Option<&Key>) -> Result<InstanceView, Error> {
        create(&self.world.cx, &self.who, self.id, new, key).await
    }

    pub async fn change(
        &self,
        event: &InstanceView,
        scope: Option<Scope>,
        change: Change,
    ) -> Result<InstanceView, Error> {
        update(
            &self.world.cx,
            &self.who,
            self.id,
            event.id.into(),
            scope,
            change,
            None,
        )
        .await
    }

    pub async fn remove(&self, event: &InstanceView, scope: Option<Scope>) {
        delete(
            &self.world.cx,
            &self.who,
            self.id,
            event.id.into(),
            scope,
            false,
        )
        .await
        .unwrap();
    }

    pub async fn shown(&self) -> Vec<InstanceView> {
        all(self.world, &self.who).await
    }

    pub async fn titles(&self) -> Vec<String> {
        let shown = self.shown().await;
        titles(&shown).into_iter().map(str::to_owned).collect()
    }

    pub async fn in_step(&self) {
        self.host.in_step(self.world, &self.who, self.id).await;
    }
}

/// Created, changed, removed: it shows at once, and the next sync finds nothing new.
pub async fn single(host: Host) {
    for world in World::on_all(World::builder()).await {
        let desk = Desk::open(host, &world).await;
        let event = desk.create(review(), None).await.unwrap();
        assert_eq!(event.details.title, "Review");
        assert_eq!(event.start_us.to_string(), "2026-03-05T09:00:00Z");
        host.same(&world, &desk.who, desk.id).await;
        let told = world.sync(&desk.who, desk.id).await.unwrap();
        assert_eq!((told.created, told.updated, told.deleted), (0, 0, 0));
        let moved = at(
            named("Review II"),
            "2026-03-06T14:00:00",
            "2026-03-06T15:30:00",
        );
        let moved = desk.change(&event, None, moved).await.unwrap();
        assert_eq!(moved.id, event.id);
        assert_eq!(moved.start_us.to_string(), "2026-03-06T13:00:00Z");
        desk.in_step().await;
        let elsewhere = Change {
            location: Some("Room 4".into()),
            description: Some("Bring numbers\nand coffee".into()),
            ..Change::default()
        };
        let placed = desk.change(&event, None, elsewhere).await.unwrap();
        assert_eq!(placed.details.title, "Review II", "what is not named stays");
        assert_eq!(placed.details.location.as_deref(), Some("Room 4"));
        desk.in_step().await;
        desk.remove(&event, None).await;
        assert!(desk.shown().await.is_empty());
        desk.in_step().await;
        // Gone already is as good.
        let gone = desk.change(&event, None, named("Late")).await;
        assert!(gone.is_err());
    }
}

/// One occurrence is changed, and one taken out.
pub async fn instance(host: Host) {
    for world in World::on_all(World::builder()).await {
        let desk = Desk::open(host, &world).await;
        desk.create(stand_up(), None).await.unwrap();
        let shown = desk.shown().await;
        let one = Some(Scope::Instance);
        let retro = desk.change(&shown[1], one, named("Retro")).await.unwrap();
        assert_eq!(retro.id, shown[1].id);
        let later = at(
            Change::default(),
            "2026-03-17T14:00:00",
            "2026-03-17T15:00:00",
        );
        desk.change(&shown[2], one, later).await.unwrap();
        desk.remove(&shown[3], one).await;
        let now = desk.shown().await;
        assert_eq!(
            titles(&now),
            ["Stand-up", "Retro", "Stand-up", "Stand-up", "Stand-up"]
        );
        assert_eq!(now[2].start_us.to_string(), "2026-03-17T13:00:00Z");
        desk.in_step().await;
    }
}

/// A series is cut in two.
pub async fn following(host: Host) {
    for world in World::on_all(World::builder()).await {
        let desk = Desk::open(host, &world).await;
        desk.create(stand_up(), None).await.unwrap();
        let shown = desk.shown().await;
        let following = Some(Scope::Following);
        let later = at(
            named("Planning"),
            "2026-03-24T14:00:00",
            "2026-03-24T14:30:00",
        );
        let new = desk.change(&shown[3], following, later).await.unwrap();
        assert_ne!(new.event_id, shown[3].event_id);
        let now = desk.shown().await;
        assert_eq!(
            titles(&now),
            [
                "Stand-up", "Stand-up", "Stand-up", "Planning", "Planning", "Planning"
            ]
        );
        assert_eq!(
            starts(&now)[3..],
            [
                "2026-03-24T13:00:00Z",
                "2026-03-31T12:00:00Z",
                "2026-04-07T12:00:00Z"
            ]
        );
        desk.in_step().await;
        desk.remove(&now[4], following).await;
        desk.remove(&now[1], following).await;
        assert_eq!(desk.titles().await, ["Stand-up", "Planning"]);
        desk.in_step().await;
    }
}

/// The same after single occurrences were changed and taken out: what stays behind keeps that.
pub async fn following_after_exceptions(host: Host) {
    for world in World::on_all(World::builder()).await {
        let desk = Desk::open(host, &world).await;
        desk.create(stand_up(), None).await.unwrap();
        let shown = desk.shown().await;
        let one = Some(Scope::Instance);
        desk.change(&shown[1], one, named("Retro")).await.unwrap();
        desk.remove(&shown[2], one).await;
        desk.remove(&shown[4], one).await;
        desk.in_step().await;
        let fourth = desk.shown().await.remove(2);
        let following = Some(Scope::Following);
        desk.change(&fourth, following, named("Planning"))
            .await
            .unwrap();
        let now = desk.shown().await;
        assert_eq!(titles(&now), ["Stand-up", "Retro", "Planning", "Planning"]);
        assert_eq!(
            starts(&now),
            [
                "2026-03-02T08:00:00Z",
                "2026-03-09T08:00:00Z",
                "2026-03-23T08:00:00Z",
                "2026-04-06T07:00:00Z"
            ]
        );
        desk.in_step().await;
    }
}

/// All of a series is changed by one of its occurrences, and removed.
pub async fn series(host: Host) {
    for world in World::on_all(World::builder()).await {
        let desk = Desk::open(host, &world).await;
        desk.create(stand_up(), None).await.unwrap();
        let shown = desk.shown().await;
        let all = Some(Scope::Series);
        let later = at(
            named("Planning"),
            "2026-03-16T10:00:00",
            "2026-03-16T10:30:00",
        );
        desk.change(&shown[2], all, later).await.unwrap();
        let now = desk.shown().await;
        assert_eq!(titles(&now), ["Planning"; 6]);
        assert_eq!(now[0].start_us.to_string(), "2026-03-02T09:00:00Z");
        assert_eq!(
            now[5].start_us.to_string(),
            "2026-04-06T08:00:00Z",
            "on the wall"
        );
        desk.in_step().await;
        desk.remove(&now[1], all).await;
        assert!(desk.shown().await.is_empty());
        desk.in_step().await;
    }
}

/// Whatever becomes of the call, asked again there is one event. Under another key there are two, or this proves nothing.
pub async fn create_is_idempotent(host: Host) {
    let faults = [
        Fault::DropResponse,
        Fault::ResetBefore,
        Fault::HtmlLogin,
        Fault::Garbage,
        Fault::Status {
            status: 503,
            retry_after: RetryAfter::None,
        },
    ];
    for fault in faults {
        for lost in 1..=3_u32 {
            let world = World::builder().build().await.unwrap();
            let desk = Desk::open(host, &world).await;
            let name = format!("{fault:?} × {lost}");
            let rule = Rule::on(host.events(), fault.clone()).times(lost);
            host.desk(&world).add(rule);
            let mut shown = None;
            for _ in 0..6 {
                match desk.create(review(), Some(&key("one"))).await {
                    Ok(event) => {
                        shown = Some(event);
                        break;
                    }
                    Err(Error::Unknown(_)) => {}
                    Err(other) => panic!("{name}: {other}"),
                }
            }
            let shown = shown.unwrap_or_else(|| panic!("{name}: never created"));
            host.desk(&world).clear();
            let again = desk.create(review(), Some(&key("one"))).await.unwrap();
            assert_eq!(again.id, shown.id, "{name}");
            desk.in_step().await;
            assert_eq!(desk.titles().await, ["Review"], "{name}");
            desk.create(review(), Some(&key("two"))).await.unwrap();
            desk.in_step().await;
            assert_eq!(desk.titles().await, ["Review", "Review"], "{name}");
        }
    }
}

/// A change is merged with others, and never overwrites the same thing.
pub async fn lost_updates_are_refused(host: Host) {
    for world in World::on_all(World::builder()).await {
        host.furnish(&world);
        let theirs = host.put(&world, Meeting::on("Review", 5));
        let (who, id) = host.ada(&world).await;
        let desk = Desk {
            host,
            world: &world,
            who,
            id,
        };
        let event = desk.shown().await.remove(0);
        host.set_place(&world, &theirs, "Room 4");
        let merged = desk
            .change(&event, None, named("Design review"))
            .await
            .unwrap();
        assert_eq!(merged.details.title, "Design review");
        assert_eq!(merged.details.location.as_deref(), Some("Room 4"));
        assert_eq!(merged.id, event.id);
        host.rename(&world, &theirs, "Theirs");
        let clash = desk.change(&event, None, named("Ours")).await;
        assert!(matches!(clash, Err(Error::Changed)), "{clash:?}");
        assert_eq!(desk.titles().await, ["Theirs"]);
        desk.in_step().await;
    }
}

/// An invitation is answered; where a declined one stays, it takes no time.
pub async fn answers(host: Host) {
    for answer in [
        ResponseStatus::Accepted,
        ResponseStatus::Tentative,
        ResponseStatus::Declined,
    ] {
        let world = World::builder().build().await.unwrap();
        host.furnish(&world);
        host.invite(&world, Meeting::on("Review", 5));
        let (who, id) = host.ada(&world).await;
        let event = all(&world, &who).await.remove(0);
        assert_eq!(event.response_status, ResponseStatus::NeedsAction);
        let event = event.id.into();
        let answered = respond(&world.cx, &who, id, event, None, answer, false).await;
        let shown = all(&world, &who).await;
        if answer == ResponseStatus::Declined {
            assert!(shown.iter().all(|one| !one.busy));
        } else {
            assert_eq!(answered.unwrap().response_status, answer);
            assert_eq!(shown[0].response_status, answer);
        }
        host.in_step(&world, &who, id).await;
    }
}

/// Somebody can be put on an event without a mail to them.
pub async fn quiet_writes(host: Host) {
    let world = World::builder().build().await.unwrap();
    let desk = Desk::open(host, &world).await;
    let guests = NewEvent {
        attendees: vec![BO.to_owned()],
        ..review()
    };
    let event = desk.create(guests, None).await.unwrap();
    assert_eq!(event.details.attendees.len(), 1);
    desk.in_step().await;
}

/// The provider makes a meeting link with the event.
pub async fn meeting_links(host: Host) {
    let world = World::builder().build().await.unwrap();
    let desk = Desk::open(host, &world).await;
    let conference = match host {
        Host::Google => Conference::GoogleMeet,
        Host::Microsoft | Host::Caldav => Conference::MicrosoftTeams,
    };
    let meeting = NewEvent {
        conference: Some(conference),
        ..review()
    };
    let event = desk.create(meeting, None).await.unwrap();
    for _ in 0..4 {
        world.clock.pass(120);
        world.run_jobs().await;
        world.sync(&desk.who, desk.id).await.unwrap();
    }
    let text = Change {
        description: Some("Bring numbers".into()),
        ..Change::default()
    };
    desk.change(&event, None, text).await.unwrap();
    let shown = desk.shown().await.remove(0);
    assert!(shown.details.meeting_url.is_some(), "and it stays");
    let lost = host.desk(&world).counter("events.update.lost_join_link");
    assert_eq!(lost, 0, "a change of the text took the link from it");
    desk.in_step().await;
}

/// Every rule of RFC 5545 can be kept.
pub async fn any_recurrence(host: Host) {
    let rules = [
        vec!["RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3"],
        vec!["RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;COUNT=3"],
        vec!["RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20260407T080000Z"],
    ];
    for lines in rules {
        let world = World::builder().build().await.unwrap();
        let desk = Desk::open(host, &world).await;
        let new = NewEvent {
            recurrence: lines.iter().map(|line| (*line).to_owned()).collect(),
            start: "2026-03-31T10:00:00".parse().unwrap(),
            end: "2026-03-31T11:00:00".parse().unwrap(),
            ..review()
        };
        desk.create(new, None).await.unwrap();
        desk.in_step().await;
    }
}
