//! Google in the simulation of R4.

use std::collections::BTreeSet;
use std::sync::Arc;

use daybook_engine::Principal;
use daybook_engine::connections::{self, establish::Connected};
use daybook_engine::store::calendars::Calendar;
use daybook_sandbox::fault::Desk;
use daybook_sandbox::google::{Delivery, Role};
use daybook_testkit::{
    ADA, Builder, Consent, MirrorRow, Seeds, World, google_truth, sweep, visible,
};
use rand::RngExt;
use rand::rngs::StdRng;

use crate::convergence::{self, Side};
use crate::push::Bell;
use crate::{hold, share};

const BOB: &str = "bob@northwind.example";
const TEAM: &str = "team@group.example";

#[derive(Default)]
pub(crate) struct Google;

impl Side for Google {
    type Row = MirrorRow;

    fn builder(&mut self, builder: Builder, dice: &mut StdRng) -> Builder {
        builder.google(|config| {
            config.page_cap = [None, Some(2), Some(5), Some(20)][dice.random_range(0..4)];
            config.empty_pages = dice.random_bool(0.3);
            config.newest_first = dice.random_bool(0.3);
            config.sync_token_ttl_s = dice.random_bool(0.2).then_some(3_000);
        })
    }

    fn furnish(&mut self, world: &World, _: &mut StdRng) {
        world.google.add_person(BOB, "Bob Reed", "America/New_York");
        world.google.add_calendar(BOB, TEAM, "Team");
        world.google.share(TEAM, ADA, Role::Reader);
    }

    async fn connect(
        &self,
        world: &World,
        who: &Principal,
    ) -> Result<Connected, connections::Error> {
        let started = world.start_google(who).await?;
        let back = world.consent(&started, ADA, Consent::Allow).await;
        let done = world.complete(who, back).await;
        done.map(|done| done.connected)
            .map_err(|failed| failed.error)
    }

    fn desk<'a>(&self, world: &'a World) -> &'a Arc<Desk> {
        world.google.desk()
    }

    fn path(&self) -> &'static str {
        "/calendar/v3/calendars/"
    }

    fn change(&mut self, world: &World, dice: &mut StdRng) -> String {
        let calendar = if dice.random_bool(0.6) { ADA } else { TEAM };
        if dice.random_bool(0.03) {
            let events = world.google.snapshot(ADA);
            let single = events.iter().find(|e| e.recurring_event_id.is_none());
            if let Some(event) = single {
                world.google.move_event(ADA, TEAM, &event.id);
                return format!("move {} to the team's calendar", event.id);
            }
        }
        world.google.random_op(calendar, dice)
    }

    fn trouble(&mut self, world: &World, dice: &mut StdRng) -> String {
        let what = match dice.random_range(0..7) {
            6 => {
                let zone =
                    ["Europe/Berlin", "America/New_York", "Asia/Kolkata"][dice.random_range(0..3)];
                world.google.set_time_zone(ADA, zone);
                return format!("the main calendar moves to {zone}");
            }
            0 => {
                world.google.expire_tokens(ADA);
                "tokens expire"
            }
            1 => {
                world.google.share_off(TEAM, ADA);
                "the team's calendar is taken away"
            }
            2 => {
                world.google.share(TEAM, ADA, Role::Reader);
                "the team's calendar is given back"
            }
            3 => {
                world.google.revoke_grant(ADA);
                "the grant is withdrawn"
            }
            4 => {
                world.google.invalidate_sync_tokens(ADA);
                "sync tokens die"
            }
            _ => {
                world.google.invalidate_sync_tokens(TEAM);
                "the team's sync tokens die"
            }
        };
        what.to_owned()
    }

    fn mend(&mut self, world: &World) {
        world.google.share(TEAM, ADA, Role::Reader);
    }

    async fn held(
        &self,
        world: &World,
        who: &Principal,
        calendar: &Calendar,
    ) -> BTreeSet<MirrorRow> {
        convergence::rows(world, who, calendar).await
    }

    fn truth(&self, world: &World, calendar: &Calendar) -> BTreeSet<MirrorRow> {
        visible(google_truth(world.google.snapshot(&calendar.external_id)))
    }

    fn cursor(&self, _: &World, body: &[u8]) -> Option<String> {
        let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
        (answer["kind"] == "calendar#events")
            .then(|| answer["nextSyncToken"].as_str().map(str::to_owned))
            .flatten()
    }
}

impl Bell for Google {
    type Notice = Delivery;

    fn said(&self, world: &World) -> Vec<Delivery> {
        world.google.take_deliveries()
    }

    fn forged(&self, notice: &Delivery, dice: &mut StdRng) -> Delivery {
        let (name, value) = [
            ("X-Goog-Channel-Token", "not-the-one-you-gave"),
            ("X-Goog-Channel-ID", "another"),
            ("X-Goog-Resource-ID", "another"),
        ][dice.random_range(0..3)];
        let mut forged = notice.clone();
        for header in &mut forged.headers {
            if header.0 == name {
                value.clone_into(&mut header.1);
            }
        }
        forged
    }

    async fn hand_on(&self, world: &World, notice: &Delivery) {
        world.hand_on(&world.cx, notice).await.unwrap();
    }

    /// Google says nothing of its channels.
    fn unsettle(&self, world: &World, _: &mut StdRng) -> String {
        world.google.expire_tokens(ADA);
        "tokens expire".to_owned()
    }

    fn reads(&self, world: &World) -> u64 {
        world.google.desk().counter("events.rounds")
    }
}

shares!(mirrors_of_google_converge, 1_000, |seed| {
    convergence::one::<Google>(seed, false)
});

#[test]
fn a_cursor_stored_early_is_found_at_google() {
    let seeds = Seeds::from_env(1_000, 120);
    let (run, failed) = sweep(seeds, |seed| convergence::one::<Google>(seed, true));
    let (seed, reason) =
        failed.unwrap_or_else(|| panic!("the control was not found in {run} seeds"));
    assert!(reason.starts_with("the mirror differs"), "{reason}");
    println!("found at seed {seed} after {run}");
}
