//! Answers to one occurrence or to all of a series; and what others do to events that Daybook created.

use daybook_domain::event::{ResponseStatus, Scope};
use daybook_engine::activity::list;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::respond::respond;
use daybook_engine::store::activity::Filter;
use daybook_engine::store::instances::InstanceView;
use daybook_testkit::World;

use crate::host::{Host, Meeting, all};
use crate::write::{Desk, review};

/// One occurrence is answered, then all of the series; "this and the following" is not an answer.
pub async fn answers_by_scope(host: Host) {
    for world in World::on_all(World::builder()).await {
        host.furnish(&world);
        host.invite(&world, Meeting::on("Stand-up", 2).weekly(4));
        let (who, id) = host.ada(&world).await;
        let shown = all(&world, &who).await;
        assert_eq!(shown.len(), 4);
        let say = async |event: &InstanceView, scope, answer| {
            respond(&world.cx, &who, id, event.id.into(), scope, answer, false).await
        };
        let refused = say(&shown[1], Some(Scope::Following), ResponseStatus::Accepted).await;
        assert!(
            matches!(&refused, Err(Error::Invalid { pointer, .. }) if pointer == "?scope"),
            "{refused:?}"
        );
        let said = async || {
            let shown = all(&world, &who).await;
            let said = shown.iter().map(|event| event.response_status);
            said.collect::<Vec<_>>()
        };
        let open = ResponseStatus::NeedsAction;
        assert_eq!(said().await, [open; 4]);
        let tentative = ResponseStatus::Tentative;
        let one = say(&shown[1], Some(Scope::Instance), tentative).await;
        assert_eq!(one.unwrap().response_status, tentative);
        assert_eq!(said().await, [open, tentative, open, open], "{host:?}");
        host.in_step(&world, &who, id).await;
        let accepted = ResponseStatus::Accepted;
        say(&shown[2], Some(Scope::Series), accepted).await.unwrap();
        let now = said().await;
        assert_eq!([now[0], now[2], now[3]], [accepted; 3], "{host:?}");
        host.in_step(&world, &who, id).await;
    }
}

/// What others do to an event that Daybook created is taken over and told; what they do to others is not.
pub async fn changes_elsewhere_are_reported(host: Host) {
    for world in World::on_all(World::builder()).await {
        let desk = Desk::open(host, &world).await;
        let told = async || {
            let lines = list::list(&world.cx, &desk.who, Filter::default(), None, 1_000)
                .await
                .unwrap();
            let mut kinds: Vec<String> = lines
                .iter()
                .filter_map(|line| line.detail["event"].as_str().map(str::to_owned))
                .collect();
            kinds.sort();
            kinds
        };
        let theirs = host.put(&world, Meeting::on("Theirs", 9));
        let ours = desk.create(review(), None).await.unwrap();
        let ours = host.id_of(&world, &ours);
        world.sync(&desk.who, desk.id).await.unwrap();
        host.rename(&world, &theirs, "Still theirs");
        world.sync(&desk.who, desk.id).await.unwrap();
        assert!(told().await.is_empty(), "{host:?}: {:?}", told().await);
        host.rename(&world, &ours, "Renamed");
        world.sync(&desk.who, desk.id).await.unwrap();
        host.same(&world, &desk.who, desk.id).await;
        assert_eq!(told().await, ["calendar.event_updated"], "{host:?}");
        host.remove(&world, &ours);
        world.sync(&desk.who, desk.id).await.unwrap();
        host.same(&world, &desk.who, desk.id).await;
        assert_eq!(
            told().await,
            ["calendar.event_deleted", "calendar.event_updated"],
            "{host:?}"
        );
        assert_eq!(desk.titles().await, ["Still theirs"]);
    }
}
