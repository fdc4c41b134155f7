//! Delta rounds: what they contain, what they leave out, and that a careful mirror still follows.

use daybook_sandbox::microsoft::{DeltaOddities, Reset, Seed};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::client::{ADA, World, meeting, weekly, world, world_with};
use crate::mirror::{Mirror, first_round, round};

fn date(day: i8) -> jiff::civil::Date {
    jiff::civil::date(2026, 3, day)
}

async fn changes(w: &World, link: &mut String) -> Vec<Value> {
    let (pages, next) = round(w, link).await.ok().unwrap();
    *link = next;
    pages.into_iter().flatten().collect()
}

async fn start(w: &World) -> (Vec<Value>, String) {
    let (pages, link) = round(w, &first_round(&w.home)).await.ok().unwrap();
    (pages.into_iter().flatten().collect(), link)
}

#[tokio::test]
async fn a_series_is_a_master_with_its_first_date_and_sparse_occurrences() {
    let w = world(Seed::Empty);
    let mut body = weekly("Review");
    body["start"]["dateTime"] = json!("2020-01-01T10:00:00");
    body["end"]["dateTime"] = json!("2020-01-01T11:00:00");
    body["recurrence"]["range"] = json!({"type": "noEnd", "startDate": "2020-01-01"});
    let id = w.sim.put_event(&w.home, &body).unwrap();
    let second = w.sim.occurrence_id(&w.home, &id, date(10)).unwrap();
    w.sim
        .edit_event(&w.home, &second, &json!({"subject": "Review, longer"}))
        .unwrap();
    let (rows, _) = start(&w).await;
    let of = |kind: &str| {
        rows.iter()
            .filter(|r| r["type"] == kind)
            .cloned()
            .collect::<Vec<_>>()
    };
    let masters = of("seriesMaster");
    assert_eq!(masters.len(), 1);
    // Wednesday the 1st is no Tuesday: the series begins on the 7th, years before the window.
    assert_eq!(
        masters[0]["start"]["dateTime"],
        "2020-01-07T09:00:00.0000000"
    );
    assert_eq!(masters[0]["recurrence"]["range"]["endDate"], "0001-01-01");
    let exceptions = of("exception");
    assert_eq!(exceptions.len(), 1);
    assert_eq!(
        (&exceptions[0]["subject"], exceptions[0]["id"].as_str()),
        (&json!("Review, longer"), Some(second.as_str()))
    );
    assert_eq!(exceptions[0]["originalStart"], "2026-03-10T09:00:00Z");
    let occurrences = of("occurrence");
    assert_eq!(occurrences.len(), 10);
    for row in occurrences {
        let mut keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(
            keys,
            [
                "@odata.etag",
                "@odata.type",
                "end",
                "id",
                "seriesMasterId",
                "start",
                "type"
            ]
        );
        // Ten in Berlin, before and after the clocks change.
        let hour = if row["start"]["dateTime"].as_str().unwrap() < "2026-03-29" {
            "T09:"
        } else {
            "T08:"
        };
        assert!(
            row["start"]["dateTime"].as_str().unwrap().contains(hour),
            "{row}"
        );
    }
    w.is_clean();
}

#[tokio::test]
async fn removed_occurrences_are_silently_absent() {
    let w = world(Seed::Empty);
    let id = w.sim.put_event(&w.home, &weekly("Review")).unwrap();
    let (rows, mut link) = start(&w).await;
    assert_eq!(
        rows.len(),
        1 + 7,
        "eight Tuesdays, one of them behind the window"
    );
    let gone = w.sim.occurrence_id(&w.home, &id, date(17)).unwrap();
    assert!(w.sim.delete_event(&w.home, &gone));
    let rows = changes(&w, &mut link).await;
    assert_eq!(rows.len(), 1 + 6);
    assert!(
        rows.iter()
            .all(|r| r.get("@removed").is_none() && r["id"] != gone.as_str())
    );
    assert!(changes(&w, &mut link).await.is_empty());
}

#[tokio::test]
async fn removed_means_deleted_or_outside() {
    let w = world(Seed::Empty);
    let inside = w
        .sim
        .put_event(
            &w.home,
            &meeting("In", "2026-03-03T10:00:00", "2026-03-03T11:00:00"),
        )
        .unwrap();
    let series = w.sim.put_event(&w.home, &weekly("Series")).unwrap();
    let outside = w
        .sim
        .put_event(
            &w.home,
            &meeting("Out", "2027-03-03T10:00:00", "2027-03-03T11:00:00"),
        )
        .unwrap();
    let (rows, mut link) = start(&w).await;
    assert!(rows.iter().all(|r| r["id"] != outside.as_str()));
    // Never was in the window, is reported all the same.
    w.sim
        .edit_event(&w.home, &outside, &json!({"subject": "Still out"}))
        .unwrap();
    let removed = |id: &str| json!([{"id": id, "@removed": {"reason": "deleted"}}]);
    assert_eq!(json!(changes(&w, &mut link).await), removed(&outside));
    w.sim.move_by(&w.home, &inside, 60 * 24 * 300).unwrap();
    assert_eq!(json!(changes(&w, &mut link).await), removed(&inside));
    w.sim.delete_event(&w.home, &series);
    assert_eq!(json!(changes(&w, &mut link).await), removed(&series));
    let other = w.sim.add_calendar(ADA, "Other");
    w.sim.move_by(&w.home, &inside, -60 * 24 * 300).unwrap();
    assert_eq!(changes(&w, &mut link).await.len(), 1);
    assert!(w.sim.move_event(&w.home, &other, &inside));
    assert_eq!(json!(changes(&w, &mut link).await), removed(&inside));
    let (pages, _) = round(&w, &first_round(&other)).await.ok().unwrap();
    assert_eq!(
        pages[0][0]["id"],
        inside.as_str(),
        "an immutable id survives the move"
    );
}

#[tokio::test]
async fn ids_differ_without_the_preference_and_change_with_the_calendar() {
    let mut w = world(Seed::Empty);
    let id = w
        .sim
        .put_event(
            &w.home,
            &meeting("M", "2026-03-03T10:00:00", "2026-03-03T11:00:00"),
        )
        .unwrap();
    let (_, link) = start(&w).await;
    w.prefer = "odata.maxpagesize=200".to_owned();
    let (rows, _) = start(&w).await;
    let before = rows[0]["id"].as_str().unwrap().to_owned();
    assert_ne!(before, id);
    let other = w.sim.add_calendar(ADA, "Other");
    w.sim.move_event(&w.home, &other, &id);
    let (pages, _) = round(&w, &first_round(&other)).await.ok().unwrap();
    assert_ne!(pages[0][0]["id"], before.as_str());
    w.is_clean();
    // Forgetting the preference half-way is noticed.
    round(&w, &link).await.ok().unwrap();
    assert!(
        w.sim
            .desk()
            .violations()
            .iter()
            .any(|v| v.problem.contains("Prefer"))
    );
}

#[tokio::test]
async fn delta_refuses_what_does_not_go_with_it() {
    let w = world(Seed::Empty);
    for name in [
        "$select=id",
        "$filter=x",
        "$orderby=start",
        "$expand=x",
        "$search=x",
        "$top=5",
    ] {
        let answer = w.get(&format!("{}&{name}", first_round(&w.home))).await;
        assert_eq!(answer.is(400).code(), "ErrorInvalidUrlQuery");
    }
    let bare = format!(
        "/me/calendars/{}/calendarView/delta",
        crate::client::encode(&w.home)
    );
    assert_eq!(w.get(&bare).await.is(400).code(), "ErrorInvalidParameter");
    assert!(!w.sim.desk().violations().is_empty());
}

#[tokio::test]
async fn a_dead_link_is_a_reset_in_three_forms() {
    let w = world_with(Seed::Demo, |c| c.delta_ttl_s = Some(3600));
    let (rows, link) = start(&w).await;
    assert!(rows.len() > 30);
    w.pass(3601);
    let answer = w.get(&link).await;
    assert_eq!(answer.is(410).code(), "resyncRequired");
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let (pages, link) = round(&w, &location).await.ok().unwrap();
    assert_eq!(pages.into_iter().flatten().count(), rows.len());
    for (reset, code) in [
        (Reset::NotFound, "syncStateNotFound"),
        (Reset::Invalid, "syncStateInvalid"),
    ] {
        w.sim.configure(|c| c.reset = reset);
        w.sim.invalidate_delta(&w.home);
        assert_eq!(w.get(&link).await.is(400).code(), code);
    }
}

#[tokio::test]
async fn pages_are_opaque_may_be_empty_and_die() {
    let mut w = world_with(Seed::Demo, |c| {
        c.delta.empty_pages = true;
        c.page_ttl_s = Some(600);
    });
    w.prefer = "IdType=\"ImmutableId\", odata.maxpagesize=7".to_owned();
    let (pages, _) = round(&w, &first_round(&w.home)).await.ok().unwrap();
    assert!(pages.len() > 6);
    assert!(pages.iter().step_by(2).all(Vec::is_empty));
    let first = w.get(&first_round(&w.home)).await.json();
    let next = first["@odata.nextLink"].as_str().unwrap().to_owned();
    assert!(next.starts_with("http://graph.test/v1.0/me/calendars/"));
    w.get(&next).await.is(200);
    w.pass(601);
    w.get(&next).await.is(410);
    w.sim
        .configure(|c| c.foreign_links = Some("https://elsewhere.example".to_owned()));
    let first = w.get(&first_round(&w.home)).await.json();
    assert!(
        first["@odata.nextLink"]
            .as_str()
            .unwrap()
            .starts_with("https://elsewhere.example/")
    );
}

#[tokio::test]
async fn a_round_is_frozen_while_it_is_read() {
    let mut w = world(Seed::Demo);
    w.prefer = "IdType=\"ImmutableId\", outlook.timezone=\"UTC\", odata.maxpagesize=5".to_owned();
    let first = w.get(&first_round(&w.home)).await.json();
    let id = w
        .sim
        .put_event(
            &w.home,
            &meeting("Meanwhile", "2026-03-03T10:00:00", "2026-03-03T11:00:00"),
        )
        .unwrap();
    let (pages, link) = round(&w, first["@odata.nextLink"].as_str().unwrap())
        .await
        .ok()
        .unwrap();
    assert!(pages.iter().flatten().all(|r| r["id"] != id.as_str()));
    let (pages, _) = round(&w, &link).await.ok().unwrap();
    assert_eq!(pages[0][0]["id"], id.as_str());
}

async fn follows(mirror: &mut Mirror, seed: u64, oddities: DeltaOddities) -> Option<String> {
    let mut w = world_with(Seed::Demo, |c| {
        c.delta = oddities;
        c.rng_seed = seed;
    });
    w.prefer = "IdType=\"ImmutableId\", outlook.timezone=\"UTC\", odata.maxpagesize=9".to_owned();
    let mut rng = StdRng::seed_from_u64(seed);
    for step in 0..60 {
        let said = w.sim.random_op(&w.home, &mut rng);
        if step % 23 == 22 {
            w.sim.invalidate_delta(&w.home);
        }
        mirror.sync(&w, &w.home).await;
        if mirror.differs(&w, &w.home) {
            if !mirror.keeps_series_rows && !mirror.first_wins {
                mirror.equals_oracle(&w, &w.home, &format!("seed {seed}, step {step}: {said}"));
            }
            return Some(said);
        }
    }
    w.is_clean();
    None
}

const ODD: DeltaOddities = DeltaOddities {
    shuffle: true,
    duplicates: true,
    empty_pages: true,
    split_series: true,
};

#[tokio::test]
async fn a_careful_mirror_follows_everything() {
    for seed in 0..12 {
        let oddities = if seed % 2 == 0 {
            DeltaOddities::default()
        } else {
            ODD
        };
        assert_eq!(follows(&mut Mirror::default(), seed, oddities).await, None);
    }
}

#[tokio::test]
async fn control_careless_mirrors_drift() {
    let mut drifted = (0, 0);
    for seed in 0..4 {
        let mut waiting = Mirror {
            keeps_series_rows: true,
            ..Mirror::default()
        };
        drifted.0 += usize::from(
            follows(&mut waiting, seed, DeltaOddities::default())
                .await
                .is_some(),
        );
        let mut hasty = Mirror {
            first_wins: true,
            ..Mirror::default()
        };
        drifted.1 += usize::from(follows(&mut hasty, seed, ODD).await.is_some());
    }
    assert!(drifted.0 >= 3 && drifted.1 >= 3, "{drifted:?}");
}
