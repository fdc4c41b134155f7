//! Answers to one occurrence or to all of a series; and what others do to events that Daybook created.

use daybook_domain::event::{ResponseStatus, Scope};
use daybook_engine::activity::list;
use daybook_engine::events::write::Error;
use daybook_engine::events::write::respond::respond;
use daybook_engine::store::activity::Filter;
use daybook_engine::store::instances::InstanceView;
use daybook_sandbox::caldav::SyncSupport;
use daybook_testkit::World;

use crate::host::{Host, Meeting, all};
use crate::write::{Desk, draft, named, review, stand_up};

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

/// What others do to an event that Daybook created is taken over and told; what they do to others is not, and what Daybook does itself
/// is not either.
pub async fn changes_elsewhere_are_reported(host: Host) {
    for world in World::on_all(World::builder()).await {
        of_a_single_one(&Desk::open(host, &world).await).await;
    }
    for world in World::on_all(World::builder()).await {
        of_an_occurrence(&Desk::open(host, &world).await).await;
    }
    for world in World::on_all(World::builder()).await {
        behind_a_dead_cursor(&Desk::open(host, &world).await).await;
    }
    if host == Host::Caldav {
        // Servers that tell only whether something changed, or not even that: what went is what is not listed.
        for sync in [SyncSupport::Ctag, SyncSupport::EtagsOnly] {
            for world in World::on_all(World::builder()).await {
                world.caldav.tweak(|server| server.sync = sync);
                of_a_single_one(&Desk::open(host, &world).await).await;
            }
        }
    }
}

const UPDATED: &str = "calendar.event_updated";
const DELETED: &str = "calendar.event_deleted";

/// What the next sync leaves in the log about events of ours, with everything before it, in order of the alphabet.
async fn told(desk: &Desk<'_>) -> Vec<String> {
    desk.world.sync(&desk.who, desk.id).await.unwrap();
    let found = list::list(&desk.world.cx, &desk.who, Filter::default(), None, 1_000).await;
    let lines = found.unwrap();
    let kinds = lines
        .iter()
        .filter_map(|line| line.detail["event"].as_str());
    let mut kinds: Vec<String> = kinds.map(str::to_owned).collect();
    kinds.sort();
    kinds
}

async fn of_a_single_one(desk: &Desk<'_>) {
    let (host, world) = (desk.host, desk.world);
    let theirs = host.put(world, Meeting::on("Theirs", 9));
    let ours = desk.create(review(), None).await.unwrap();
    let ours = host.id_of(world, &ours);
    assert!(told(desk).await.is_empty(), "{host:?}");
    host.rename(world, &theirs, "Still theirs");
    assert!(told(desk).await.is_empty(), "{host:?}");
    host.rename(world, &ours, "Renamed");
    assert_eq!(told(desk).await, [UPDATED], "{host:?}");
    host.same(world, &desk.who, desk.id).await;
    host.remove(world, &ours);
    assert_eq!(told(desk).await, [DELETED, UPDATED], "{host:?}");
    host.same(world, &desk.who, desk.id).await;
    assert_eq!(desk.titles().await, ["Still theirs"]);
}

/// One occurrence of a series is changed for the first time, and another one is taken out.
async fn of_an_occurrence(desk: &Desk<'_>) {
    let (host, world) = (desk.host, desk.world);
    let series = desk.create(stand_up(), None).await.unwrap();
    let series = host.id_of(world, &series);
    assert!(told(desk).await.is_empty(), "{host:?}");
    host.rename_one(world, &series, 9, "Retro");
    assert_eq!(told(desk).await, [UPDATED], "{host:?}");
    host.remove_one(world, &series, 16);
    assert_eq!(told(desk).await, [UPDATED, UPDATED], "{host:?}");
    host.same(world, &desk.who, desk.id).await;
    // What Daybook says of an occurrence is nothing that others did.
    let shown = desk.shown().await;
    let one = Some(Scope::Instance);
    desk.change(&shown[2], one, named("Demo")).await.unwrap();
    desk.remove(&shown[3], one).await;
    assert_eq!(told(desk).await, [UPDATED, UPDATED], "{host:?}");
    host.remove(world, &series);
    assert_eq!(told(desk).await, [DELETED, UPDATED, UPDATED], "{host:?}");
    host.same(world, &desk.who, desk.id).await;
}

/// An event went while nobody could ask what changed. One far beyond what a mirror keeps is still there, whoever does not list it.
async fn behind_a_dead_cursor(desk: &Desk<'_>) {
    let (host, world) = (desk.host, desk.world);
    host.put(world, Meeting::on("Theirs", 9));
    host.put(world, Meeting::on("Theirs too", 10));
    let far = draft("Far", "2027-09-06T10:00:00", "2027-09-06T11:00:00");
    desk.create(far, None).await.unwrap();
    let ours = desk.create(review(), None).await.unwrap();
    let ours = host.id_of(world, &ours);
    let first = told(desk).await;
    assert!(first.is_empty(), "{host:?}: {first:?}");
    host.remove(world, &ours);
    host.forget_cursors(world);
    assert_eq!(told(desk).await, [DELETED], "{host:?}");
    host.forget_cursors(world);
    assert_eq!(told(desk).await, [DELETED], "{host:?}");
    host.same(world, &desk.who, desk.id).await;
}
