//! A series that is cut in two: what it carries goes along, and a provider that refuses half of it leaves no half.

use daybook_domain::event::{Conference, Scope};
use daybook_engine::events::write::Error;
use daybook_engine::events::write::create::NewEvent;
use daybook_engine::events::write::update::Change;
use daybook_engine::store::instances::InstanceView;
use daybook_sandbox::fault::{Fault, RetryAfter, Rule};
use daybook_testkit::World;
use serde_json::{Value, json};

use crate::host::{Host, starts, titles};
use crate::write::{Desk, at, named, stand_up};

const FOLLOWING: Option<Scope> = Some(Scope::Following);
const ONE: Option<Scope> = Some(Scope::Instance);

/// What Daybook never writes, and what a cut must not lose.
fn adorn(host: Host, world: &World, id: &str) {
    let home = host.home(world);
    match host {
        Host::Google => {
            let more = json!({"colorId": "3", "visibility": "private", "guestsCanModify": true,
                "extendedProperties": {"private": {"crm": "7"}}});
            world.google.edit_event(&home, id, &more).unwrap();
        }
        Host::Microsoft => {
            let more = json!({"categories": ["Client"], "sensitivity": "private", "importance": "high",
                "reminderMinutesBeforeStart": 5});
            world.microsoft.edit_event(&home, id, &more).unwrap();
        }
        Host::Caldav => {
            let more = "CATEGORIES:Client\r\nX-CRM;NOTE=old:7\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT";
            let changed = |ics: &str| ics.replacen("END:VEVENT", more, 1);
            world.caldav.edit(id, changed).unwrap();
        }
    }
}

fn is_adorned(host: Host, world: &World, id: &str) {
    let home = host.home(world);
    let has = |said: &Value, wanted: &[(&str, Value)]| {
        for (pointer, value) in wanted {
            assert_eq!(said.pointer(pointer), Some(value), "{pointer} of {said}");
        }
    };
    match host {
        Host::Google => has(
            &world.google.fields(&home, id).unwrap(),
            &[
                ("/colorId", json!("3")),
                ("/visibility", json!("private")),
                ("/guestsCanModify", json!(true)),
                ("/extendedProperties/private/crm", json!("7")),
            ],
        ),
        Host::Microsoft => has(
            &world.microsoft.fields(&home, id).unwrap(),
            &[
                ("/categories/0", json!("Client")),
                ("/sensitivity", json!("private")),
                ("/importance", json!("high")),
                ("/reminderMinutesBeforeStart", json!(5)),
            ],
        ),
        Host::Caldav => {
            let ics = world.caldav.read(id).unwrap().ics;
            for line in ["CATEGORIES:Client", "X-CRM;NOTE=old:7", "TRIGGER:-PT5M"] {
                assert!(ics.contains(line), "{line} in {ics}");
            }
            assert_eq!(ics.matches("BEGIN:VEVENT").count(), 1, "{ics}");
        }
    }
}

/// Reminders, categories, visibility, what other programs wrote, and a meeting link of its own.
pub async fn following_keeps_what_the_series_carries(host: Host) {
    for world in World::on_all(World::builder()).await {
        let desk = Desk::open(host, &world).await;
        let meeting = NewEvent {
            conference: match host {
                Host::Google => Some(Conference::GoogleMeet),
                Host::Microsoft => Some(Conference::MicrosoftTeams),
                Host::Caldav => None,
            },
            description: Some("Bring numbers".to_owned()),
            ..stand_up()
        };
        let first = desk.create(meeting, None).await.unwrap();
        until_linked(&desk).await;
        adorn(host, &world, &host.id_of(&world, &first));
        world.sync(&desk.who, desk.id).await.unwrap();
        let fourth = desk.shown().await.remove(3);
        desk.change(&fourth, FOLLOWING, named("Planning"))
            .await
            .unwrap();
        until_linked(&desk).await;
        let shown = desk.shown().await;
        assert_eq!(
            titles(&shown),
            [
                "Stand-up", "Stand-up", "Stand-up", "Planning", "Planning", "Planning"
            ]
        );
        is_adorned(host, &world, &host.id_of(&world, &shown[3]));
        let (old, new) = (&shown[0].details, &shown[3].details);
        assert!(
            new.description
                .as_deref()
                .unwrap()
                .contains("Bring numbers")
        );
        if host != Host::Caldav {
            assert!(old.meeting_url.is_some() && new.meeting_url.is_some());
            assert_ne!(old.meeting_url, new.meeting_url, "a link of its own");
        }
        desk.in_step().await;
    }
}

async fn until_linked(desk: &Desk<'_>) {
    for _ in 0..4 {
        desk.world.clock.pass(120);
        desk.world.run_jobs().await;
        desk.world.sync(&desk.who, desk.id).await.unwrap();
    }
}

/// Occurrences that were changed keep what is their own; with other times they are like all others again.
pub async fn following_carries_changed_occurrences(host: Host) {
    for world in World::on_all(World::builder()).await {
        let desk = Desk::open(host, &world).await;
        desk.create(stand_up(), None).await.unwrap();
        let shown = desk.shown().await;
        let placed = Change {
            location: Some("Room 4".to_owned()),
            ..named("Fourth")
        };
        let moved = at(
            Change::default(),
            "2026-04-07T14:00:00",
            "2026-04-07T15:00:00",
        );
        desk.change(&shown[3], ONE, placed).await.unwrap();
        desk.change(&shown[4], ONE, named("Demo")).await.unwrap();
        desk.change(&shown[5], ONE, moved).await.unwrap();
        desk.in_step().await;
        let fourth = desk.shown().await.remove(3);
        desk.change(&fourth, FOLLOWING, named("Planning"))
            .await
            .unwrap();
        let now = desk.shown().await;
        assert_eq!(
            titles(&now),
            [
                "Stand-up", "Stand-up", "Stand-up", "Planning", "Demo", "Planning"
            ]
        );
        let placed: Vec<_> = now
            .iter()
            .map(|one| one.details.location.as_deref())
            .collect();
        assert_eq!(placed, [None, None, None, Some("Room 4"), None, None]);
        assert_eq!(
            starts(&now)[3..],
            [
                "2026-03-23T08:00:00Z",
                "2026-03-30T07:00:00Z",
                "2026-04-07T12:00:00Z"
            ]
        );
        assert_eq!(now[5].end_us.to_string(), "2026-04-07T13:00:00Z");
        desk.in_step().await;
        let later = at(named("Late"), "2026-03-30T11:00:00", "2026-03-30T11:15:00");
        desk.change(&now[4], FOLLOWING, later).await.unwrap();
        let now = desk.shown().await;
        assert_eq!(titles(&now)[3..], ["Planning", "Late", "Late"]);
        assert_eq!(
            starts(&now)[4..],
            ["2026-03-30T09:00:00Z", "2026-04-06T09:00:00Z"]
        );
        desk.in_step().await;
    }
}

/// Where the old part cannot be shortened, the new one goes again: no meeting is there twice.
pub async fn following_is_undone_when_refused(host: Host) {
    for status in [403, 422, 423] {
        let world = World::builder().build().await.unwrap();
        let desk = Desk::open(host, &world).await;
        desk.create(stand_up(), None).await.unwrap();
        let fourth = desk.shown().await.remove(3);
        let fault = Fault::Status {
            status,
            retry_after: RetryAfter::None,
        };
        let (method, before) = match host {
            Host::Caldav => ("PUT", 1),
            Host::Google | Host::Microsoft => ("PATCH", 0),
        };
        let rule = Rule::on("*", fault).method(method).after(before);
        host.desk(&world).add(rule);
        let refused = desk.change(&fourth, FOLLOWING, named("Planning")).await;
        host.desk(&world).clear();
        if status == 423 && host == Host::Caldav {
            assert!(matches!(refused, Err(Error::Locked(_))), "{refused:?}");
        }
        let unknown = matches!(refused, Err(Error::Unknown(_)));
        assert!(refused.is_err(), "{status}: {refused:?}");
        if unknown {
            world.clock.pass(3_600);
            world.run_jobs().await;
            is_cut(&desk, &format!("{status}")).await;
            continue;
        }
        for _ in 0..2 {
            assert_eq!(desk.titles().await, ["Stand-up"; 6], "{status}");
            desk.in_step().await;
            world.clock.pass(3_600);
            world.run_jobs().await;
        }
        // And nothing is in the way of another attempt.
        let fourth = desk.shown().await.remove(3);
        desk.change(&fourth, FOLLOWING, named("Planning"))
            .await
            .unwrap();
        is_cut(&desk, &format!("{status}")).await;
    }
}

/// Three stand-ups, three plannings, and each once.
pub async fn is_cut(desk: &Desk<'_>, name: &str) {
    for _ in 0..2 {
        let shown: Vec<InstanceView> = desk.shown().await;
        assert_eq!(
            titles(&shown),
            [
                "Stand-up", "Stand-up", "Stand-up", "Planning", "Planning", "Planning"
            ],
            "{name}"
        );
        desk.in_step().await;
    }
}
