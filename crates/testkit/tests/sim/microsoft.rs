//! Microsoft in the simulation of R4. What is compared is what is shown: Graph tells occurrences, the mirror keeps rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use daybook_domain::calendar::{MIRROR_FUTURE_DAYS, MIRROR_PAST_DAYS};
use daybook_domain::zone::Zone;
use daybook_engine::Principal;
use daybook_engine::connections::{self, establish::Connected};
use daybook_engine::push::Received;
use daybook_engine::store::calendars::Calendar;
use daybook_sandbox::fault::Desk;
use daybook_sandbox::microsoft::{DeltaOddities, Notification, Reset, Rotation, ScopeStyle};
use daybook_testkit::{ADA, Builder, Seeds, Shown, World, microsoft_shown, microsoft_truth, sweep};
use jiff::SignedDuration;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;

use crate::convergence::{self, Side, reach};
use crate::push::Bell;
use crate::{hold, share};

/// Zones that Ada's mailbox is moved to: with her clocks' changes, without any, and far away.
const ZONES: [&str; 4] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Etc/UTC",
];

#[derive(Default)]
pub(crate) struct Microsoft {
    /// The default calendar, and one more.
    calendars: Vec<String>,
    /// The mailbox's zone now; the first one to begin with.
    zone: usize,
}

impl Microsoft {
    fn any(&self, dice: &mut StdRng) -> &str {
        &self.calendars[usize::from(dice.random_bool(0.4))]
    }
}

impl Side for Microsoft {
    type Row = Shown;

    fn builder(&mut self, builder: Builder, dice: &mut StdRng) -> Builder {
        builder.microsoft(|config| {
            config.page_cap = [None, Some(15), Some(40), Some(100)][dice.random_range(0..4)];
            config.delta = DeltaOddities {
                shuffle: dice.random_bool(0.5),
                duplicates: dice.random_bool(0.5),
                empty_pages: dice.random_bool(0.3),
                split_series: dice.random_bool(0.5),
            };
            config.delta_ttl_s = dice.random_bool(0.2).then_some(3_000);
            config.page_ttl_s = dice.random_bool(0.2).then_some(60);
            config.reset = [Reset::Gone, Reset::NotFound, Reset::Invalid][dice.random_range(0..3)];
            config.rotation = [Rotation::Keep, Rotation::RotateKeepOld, Rotation::SingleUse]
                [dice.random_range(0..3)];
            config.rotation_grace_s = 120;
            config.scope_style =
                [ScopeStyle::Short, ScopeStyle::Urls, ScopeStyle::Odd][dice.random_range(0..3)];
            config.rate_limit = dice.random_bool(0.1).then_some(200);
        })
    }

    fn furnish(&mut self, world: &World, _: &mut StdRng) {
        world.microsoft.add_calendar(ADA, "Team");
        let calendars = world.microsoft.calendars_of(ADA);
        self.calendars = calendars.into_iter().map(|(id, _)| id).collect();
    }

    async fn connect(
        &self,
        world: &World,
        who: &Principal,
    ) -> Result<Connected, connections::Error> {
        world.try_connect(who, "microsoft", ADA).await
    }

    fn desk<'a>(&self, world: &'a World) -> &'a Arc<Desk> {
        world.microsoft.desk()
    }

    fn path(&self) -> &'static str {
        "/v1.0/me/"
    }

    fn change(&mut self, world: &World, dice: &mut StdRng) -> String {
        let calendar = self.any(dice).to_owned();
        if dice.random_bool(0.03) {
            let (from, to) = reach(world);
            let known = world.microsoft.snapshot(&calendar, from, to);
            if let Some(event) = known.first() {
                let id = event.series_master_id.as_ref().unwrap_or(&event.id);
                let other = self.calendars.iter().find(|other| **other != calendar);
                if let Some(other) = other {
                    world.microsoft.move_event(&calendar, other, id);
                    return format!("move {id} to the other calendar");
                }
            }
        }
        world.microsoft.random_op(&calendar, dice)
    }

    fn trouble(&mut self, world: &World, dice: &mut StdRng) -> String {
        let team = self.calendars[1].clone();
        let what = match dice.random_range(0..7) {
            6 => {
                self.zone = dice.random_range(0..ZONES.len());
                world.microsoft.set_time_zone(ADA, ZONES[self.zone]);
                return format!("the mailbox moves to {}", ZONES[self.zone]);
            }
            0 => {
                world.microsoft.expire_tokens(ADA);
                "tokens expire"
            }
            1 => {
                world.microsoft.share_off(&team, ADA);
                "the other calendar is taken away"
            }
            2 => {
                world.microsoft.share(&team, ADA, true);
                "the other calendar is given back"
            }
            3 => {
                world.microsoft.revoke_grant(ADA);
                "the grant is withdrawn"
            }
            4 => {
                world.microsoft.invalidate_delta(&self.calendars[0]);
                "delta links die"
            }
            _ => {
                world.microsoft.invalidate_delta(&team);
                "the other calendar's delta links die"
            }
        };
        what.to_owned()
    }

    fn mend(&mut self, world: &World) {
        world.microsoft.share(&self.calendars[1], ADA, true);
        world.microsoft.configure(|config| config.rate_limit = None);
    }

    /// Only after a short rest the last rounds are incremental: a window that fell a day behind is read anew.
    fn rest(&self, dice: &mut StdRng) -> i64 {
        [2, 2, 26][dice.random_range(0..3)] * 3600
    }

    async fn held(&self, world: &World, who: &Principal, calendar: &Calendar) -> BTreeSet<Shown> {
        let window = reach(world);
        microsoft_shown(&world.cx.store, who.workspace_id, calendar.id, window).await
    }

    fn truth(&self, world: &World, calendar: &Calendar) -> BTreeSet<Shown> {
        let zone = Zone::iana(ZONES[self.zone]);
        let (from, to) = reach(world);
        let known = world.microsoft.snapshot(&calendar.external_id, from, to);
        // The mirror, too, is asked for whole days by their dates, wherever they begin.
        microsoft_truth(known, &zone.unwrap_or_else(Zone::utc))
    }

    fn cursor(&self, world: &World, body: &[u8]) -> Option<String> {
        let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
        let link = answer["@odata.deltaLink"].as_str()?;
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let now = world.clock.now();
        let start = now.saturating_sub(days(MIRROR_PAST_DAYS)).ok()?;
        let end = now.saturating_add(days(MIRROR_FUTURE_DAYS)).ok()?;
        Some(json!({"link": link, "start": start, "end": end}).to_string())
    }
}

impl Bell for Microsoft {
    type Notice = Notification;

    fn said(&self, world: &World) -> Vec<Notification> {
        world.microsoft.take_deliveries()
    }

    fn forged(&self, notice: &Notification, dice: &mut StdRng) -> Notification {
        let name = ["clientState", "subscriptionId"][dice.random_range(0..2)];
        let mut forged = notice.clone();
        for item in forged.body["value"].as_array_mut().into_iter().flatten() {
            item[name] = json!("another");
        }
        forged
    }

    async fn hand_on(&self, world: &World, notice: &Notification) {
        let taken = world.hand_on_graph(&world.cx, notice).await;
        assert_eq!(taken.unwrap(), Received::Noted);
    }

    fn unsettle(&self, world: &World, dice: &mut StdRng) -> String {
        let event =
            ["reauthorizationRequired", "subscriptionRemoved", "missed"][dice.random_range(0..3)];
        let told = world.microsoft.lifecycle(ADA, event);
        format!("{event} to {told} channels")
    }

    fn hears(&self, world: &World, calendars: usize) -> bool {
        world.microsoft.listeners_of(ADA) >= calendars
    }

    fn reads(&self, world: &World) -> u64 {
        let desk = world.microsoft.desk();
        let rounds = ["delta.full", "delta.changes", "delta.reset"];
        rounds.iter().map(|name| desk.counter(name)).sum()
    }
}

shares!(mirrors_of_microsoft_converge, 1_000, |seed| {
    convergence::one::<Microsoft>(seed, false)
});

#[test]
fn a_cursor_stored_early_is_found_at_microsoft() {
    let seeds = Seeds::from_env(1_000, 120);
    let (run, failed) = sweep(seeds, |seed| convergence::one::<Microsoft>(seed, true));
    let (seed, reason) =
        failed.unwrap_or_else(|| panic!("the control was not found in {run} seeds"));
    assert!(reason.starts_with("the mirror differs"), "{reason}");
    println!("found at seed {seed} after {run}");
}
