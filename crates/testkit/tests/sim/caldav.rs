//! CalDAV servers in the simulation of R4.

use std::collections::BTreeSet;
use std::sync::Arc;

use daybook_domain::zone::Zone;
use daybook_engine::Principal;
use daybook_engine::connections::{self, establish::Connected};
use daybook_engine::store::calendars::Calendar;
use daybook_sandbox::caldav::{Anomaly, CalendarSpec, EtagStyle, Profile, SyncSupport};
use daybook_sandbox::fault::Desk;
use daybook_testkit::{
    Builder, CALDAV_PASSWORD, CALDAV_USER, MirrorRow, Seeds, World, caldav_truth, sweep, visible,
};
use rand::RngExt;
use rand::rngs::StdRng;

use crate::convergence::{self, Side};
use crate::{hold, share};

#[derive(Default)]
struct Caldav {
    /// Whether the server leaves out version tags now and then.
    untagged: bool,
    paths: Vec<String>,
}

impl Side for Caldav {
    type Row = MirrorRow;

    fn builder(&mut self, builder: Builder, dice: &mut StdRng) -> Builder {
        builder.profile(Profile::ALL[dice.random_range(0..Profile::ALL.len())])
    }

    fn furnish(&mut self, world: &World, dice: &mut StdRng) {
        self.untagged = dice.random_bool(0.1);
        world.caldav.tweak(|habits| {
            match dice.random_range(0..6) {
                0 => habits.sync = SyncSupport::Ctag,
                1 => habits.sync = SyncSupport::EtagsOnly,
                _ => {}
            }
            habits.sync_page = [None, None, Some(2), Some(7)][dice.random_range(0..4)];
            if dice.random_bool(0.2) {
                habits.etags = EtagStyle::Weak;
            }
            if dice.random_bool(0.2) {
                habits.data_in_sync = !habits.data_in_sync;
            }
            if self.untagged {
                habits.listing_etag_missing_every = Some(3);
            }
        });
        world.caldav.add_account(CALDAV_USER, CALDAV_PASSWORD);
        for name in ["Home", "Work"] {
            let path = world
                .caldav
                .add_calendar(CALDAV_USER, CalendarSpec::named(name))
                .unwrap();
            self.paths.push(path);
        }
    }

    async fn connect(
        &self,
        world: &World,
        who: &Principal,
    ) -> Result<Connected, connections::Error> {
        world.try_caldav(&world.cx, who, CALDAV_PASSWORD).await
    }

    fn desk<'a>(&self, world: &'a World) -> &'a Arc<Desk> {
        world.caldav.desk()
    }

    fn path(&self) -> &'static str {
        "/"
    }

    fn change(&mut self, world: &World, dice: &mut StdRng) -> String {
        format!("{:?}", world.caldav.random_op(dice))
    }

    fn trouble(&mut self, world: &World, dice: &mut StdRng) -> String {
        let calendar = &self.paths[dice.random_range(0..self.paths.len())];
        match dice.random_range(0..8) {
            0 => {
                world.caldav.invalidate_sync_tokens();
                "sync tokens die".to_owned()
            }
            1 => {
                world.caldav.share_calendar(calendar, false).unwrap();
                format!("{calendar} is taken away")
            }
            2 => {
                world.caldav.share_calendar(calendar, true).unwrap();
                format!("{calendar} is given back")
            }
            3 => {
                world
                    .caldav
                    .block_account(CALDAV_USER, dice.random_bool(0.5))
                    .unwrap();
                "the account is blocked or unblocked".to_owned()
            }
            4 => anomaly(world, Anomaly::MultigetOmits(dice.random_range(0..3))),
            5 => anomaly(world, Anomaly::MultigetMissing(dice.random_range(0..3))),
            6 => anomaly(world, Anomaly::TokenRefused),
            _ => anomaly(world, Anomaly::PropertiesMissing),
        }
    }

    fn mend(&mut self, world: &World) {
        world.caldav.block_account(CALDAV_USER, false).unwrap();
        world.caldav.clear_anomalies();
        for calendar in &self.paths {
            world.caldav.share_calendar(calendar, true).unwrap();
        }
    }

    async fn held(
        &self,
        world: &World,
        who: &Principal,
        calendar: &Calendar,
    ) -> BTreeSet<MirrorRow> {
        self.comparable(convergence::rows(world, who, calendar).await)
    }

    fn truth(&self, world: &World, calendar: &Calendar) -> BTreeSet<MirrorRow> {
        let zone = calendar.time_zone.as_deref().and_then(Zone::iana);
        let resources = world.caldav.snapshot(&calendar.external_id);
        let rows = caldav_truth(&resources, &zone.unwrap_or_else(Zone::utc));
        self.comparable(visible(rows))
    }

    fn cursor(&self, _: &World, body: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(body).ok()?;
        let (_, rest) = text.rsplit_once("sync-token")?;
        let before = text.len() - rest.len() - "sync-token".len();
        let (head, _) = text.split_at(before);
        // The closing tag was found: the token stands before it.
        let token = head.rsplit_once('>')?.1;
        let token = token.split('<').next()?.trim();
        (!token.is_empty() && !token.contains("CDATA"))
            .then(|| format!("{{\"v\":1,\"strategy\":\"sync\",\"token\":\"{token}\"}}"))
    }
}

impl Caldav {
    /// Rows as far as they can be compared with this server.
    fn comparable(&self, rows: BTreeSet<MirrorRow>) -> BTreeSet<MirrorRow> {
        let without_tag = |row| MirrorRow { etag: None, ..row };
        match self.untagged {
            true => rows.into_iter().map(without_tag).collect(),
            false => rows,
        }
    }
}

fn anomaly(world: &World, anomaly: Anomaly) -> String {
    let what = format!("{anomaly:?}");
    world.caldav.add_anomaly(anomaly);
    what
}

shares!(mirrors_of_caldav_converge, 1_000, |seed| {
    convergence::one::<Caldav>(seed, false)
});

#[test]
fn a_cursor_stored_early_is_found_at_caldav() {
    let seeds = Seeds::from_env(1_000, 120);
    let (run, failed) = sweep(seeds, |seed| convergence::one::<Caldav>(seed, true));
    let (seed, reason) =
        failed.unwrap_or_else(|| panic!("the control was not found in {run} seeds"));
    assert!(reason.starts_with("the mirror differs"), "{reason}");
    println!("found at seed {seed} after {run}");
}
