//! R5: no connection is lost because several nodes refresh at once, one of them stands still, or a lease runs out. Only where
//! an answer is lost and tokens are single use, a new consent may be needed, at most once for each.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use daybook_domain::connection::Status;
use daybook_domain::{ConnectionId, WorkspaceId};
use daybook_engine::Context;
use daybook_engine::connections::vault;
use daybook_sandbox::google::Rotation;
use daybook_testkit::{Act, Arrival, Arrivals, Node, Point, World};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::{hold, naive, runtime, share};

/// Expiries in one seed.
const EXPIRIES: u32 = 3;
const NODES: usize = 4;

/// How a seed is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Nodes race each other.
    Calm,
    /// And stand still, for longer than any lease.
    Stalls,
    /// And answers are lost, and nodes die.
    Losses,
}

/// What one seed came to.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Outcome {
    /// Connections that need a new consent.
    pub(crate) lost: u32,
    /// Answers that carried new tokens and never were stored because of what was injected.
    pub(crate) injected: u32,
}

/// What a node does when it needs a token.
pub(crate) type Attempt = Pin<Box<dyn Future<Output = ()>>>;

/// Nodes at work, one step at a time.
pub(crate) struct Play<'a> {
    world: &'a World,
    dice: &'a mut StdRng,
    weather: Weather,
    attempts: BTreeMap<usize, (Attempt, Arrivals, Option<Arrival>)>,
    outcome: &'a mut Outcome,
}

impl<'a> Play<'a> {
    pub(crate) fn new(
        world: &'a World,
        dice: &'a mut StdRng,
        weather: Weather,
        outcome: &'a mut Outcome,
    ) -> Self {
        Self {
            world,
            dice,
            weather,
            attempts: BTreeMap::new(),
            outcome,
        }
    }

    /// Everybody wants a token at once. Plays until all have one, or have died.
    pub(crate) async fn run(mut self, nodes: &[Node], attempt: impl Fn(&Context) -> Attempt) {
        for (n, node) in nodes.iter().enumerate() {
            let stops = node.gate.close();
            self.attempts.insert(n, (attempt(&node.cx), stops, None));
        }
        while !self.attempts.is_empty() {
            let names: Vec<usize> = self.attempts.keys().copied().collect();
            let chosen = names[self.dice.random_range(0..names.len())];
            self.advance(chosen).await;
        }
        for node in nodes {
            node.gate.open();
        }
    }

    /// Lets one node go on to where it stops next.
    async fn advance(&mut self, n: usize) {
        let Some((mut attempt, mut stops, stopped)) = self.attempts.remove(&n) else {
            return;
        };
        if let Some(stopped) = stopped {
            match self.decide(&stopped.point) {
                Step::Go => stopped.go(),
                Step::Reset => stopped.answer(Act::Reset),
                Step::Die => return,
            }
        }
        tokio::select! {
            biased;
            () = &mut attempt => {}
            stopped = stops.recv() => {
                self.attempts.insert(n, (attempt, stops, stopped));
            }
        }
    }

    fn decide(&mut self, point: &Point) -> Step {
        if *point == Point::Waiting {
            // Among racing nodes nobody stands still for so long that a lease runs out.
            if self.weather != Weather::Calm {
                self.world.clock.pass(self.dice.random_range(0..4));
            }
            return Step::Go;
        }
        if self.weather != Weather::Calm && self.dice.random_bool(0.15) {
            // Everybody else may go on while this one stands still.
            self.world.clock.pass(self.dice.random_range(5..60));
        }
        if self.weather == Weather::Losses {
            let issued =
                matches!(point, Point::After(_, body) if body.starts_with(b"{\"access_token\""));
            match self.dice.random_range(0..12) {
                0 => {
                    self.outcome.injected += u32::from(issued);
                    return Step::Reset;
                }
                1 => {
                    self.outcome.injected += u32::from(issued);
                    return Step::Die;
                }
                _ => {}
            }
        }
        Step::Go
    }
}

enum Step {
    Go,
    Reset,
    Die,
}

/// The world of a seed, and its nodes.
pub(crate) async fn stage(seed: u64) -> (World, Vec<Node>) {
    let rotation = [Rotation::Keep, Rotation::RotateKeepOld, Rotation::SingleUse]
        [usize::try_from(seed % 3).unwrap()];
    let world = World::builder()
        .seed(seed)
        .google(|config| config.rotation = rotation)
        .build()
        .await
        .unwrap();
    let mut nodes = Vec::new();
    for n in 0..NODES {
        nodes.push(world.node(&format!("node-{n}")).await);
    }
    (world, nodes)
}

async fn play(seed: u64, weather: Weather) -> Result<Outcome, String> {
    let mut dice = StdRng::seed_from_u64(seed);
    let (world, nodes) = stage(seed).await;
    let who = world.owner("ada").await;
    let id = world.connect_google(&who).await.connection.id;
    let mut total = Outcome::default();
    for expiry in 1..=EXPIRIES {
        world.clock.pass(dice.random_range(3_000..7_200));
        let before = world.google.desk().counter("token.refresh_token");
        let mut outcome = Outcome::default();
        Play::new(&world, &mut dice, weather, &mut outcome)
            .run(&nodes, |cx| attempt(cx.clone(), who.workspace_id, id))
            .await;
        let calls = world.google.desk().counter("token.refresh_token") - before;
        if weather == Weather::Calm && calls != 1 {
            return Err(format!("{calls} token calls for expiry {expiry}"));
        }
        // Whoever died, died; whoever comes next finds out what is left.
        world.clock.pass(700);
        let _ = vault::access(&world.cx, who.workspace_id, id).await;
        let mut tx = world.cx.store.read().await.unwrap();
        let state = daybook_engine::store::connections::get(&mut tx, who.workspace_id, id)
            .await
            .unwrap();
        drop(tx);
        if state.status != Status::Connected {
            outcome.lost += 1;
            let again = world.connect_google(&who).await;
            assert_eq!(again.connection.id, id);
        }
        if outcome.lost > outcome.injected {
            return Err(format!(
                "lost at expiry {expiry} with {} answers lost",
                outcome.injected
            ));
        }
        total.lost += outcome.lost;
        total.injected += outcome.injected;
    }
    Ok(total)
}

fn attempt(cx: Context, workspace: WorkspaceId, id: ConnectionId) -> Attempt {
    Box::pin(async move {
        let _ = vault::access(&cx, workspace, id).await;
    })
}

shares!(racing_nodes_refresh_once, 5_000, |seed| {
    runtime().block_on(play(seed, Weather::Calm)).map(drop)
});
shares!(a_node_that_stands_still_loses_nothing, 5_000, |seed| {
    runtime().block_on(play(seed, Weather::Stalls)).map(drop)
});
shares!(lost_answers_cost_at_most_themselves, 5_000, |seed| {
    runtime().block_on(play(seed, Weather::Losses)).map(drop)
});

#[test]
fn a_lock_that_only_times_out_loses_connections() {
    let seeds = 300;
    let lost = (0..seeds)
        .filter(|seed| runtime().block_on(naive::loses(*seed)))
        .count();
    let share = 100.0 * lost as f64 / seeds as f64;
    println!("the control loses {lost} of {seeds} connections ({share:.1} %)");
    assert!(share >= 1.0, "the control lost only {lost} of {seeds}");
}
