use daybook_sandbox::google::Seed;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::client::{ADA, Mirror, world_with};

#[tokio::test]
async fn random_worlds_converge() {
    for seed in 0..25 {
        let w = world_with(Seed::Empty, |c| {
            c.page_cap = Some(7);
            c.newest_first = seed % 2 == 0;
            c.empty_pages = seed % 3 == 0;
        });
        let mut rng = StdRng::seed_from_u64(seed);
        let mut mirror = Mirror::default();
        let mut story = Vec::new();
        for round in 0..10 {
            for _ in 0..8 {
                story.push(w.sim.random_op(ADA, &mut rng));
            }
            if round % 4 == 3 {
                w.sim.invalidate_sync_tokens(ADA);
            }
            mirror.sync(&w, ADA, "").await;
            mirror.equals_oracle(&w, ADA, &format!("seed {seed}, round {round}: {story:#?}"));
        }
    }
}

/// The control: a mirror that forgets holes must be found out.
#[tokio::test]
async fn a_forgetful_mirror_is_found_out() {
    let mut found = 0;
    for seed in 0..10 {
        let w = world_with(Seed::Empty, |_| {});
        let mut rng = StdRng::seed_from_u64(seed);
        let mut mirror = Mirror {
            forgets_holes: true,
            ..Mirror::default()
        };
        for _ in 0..80 {
            w.sim.random_op(ADA, &mut rng);
        }
        mirror.sync(&w, ADA, "").await;
        found += u32::from(mirror.differs(&w, ADA));
    }
    assert!(found > 5, "{found} of 10");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let run = || {
        let w = world_with(Seed::Empty, |_| {});
        let mut rng = StdRng::seed_from_u64(7);
        let story: Vec<String> = (0..60).map(|_| w.sim.random_op(ADA, &mut rng)).collect();
        (story, w.sim.snapshot(ADA))
    };
    let (one, two) = (run(), run());
    assert_eq!(one, two);
    let done = one.0.iter().filter(|s| !s.starts_with("nothing")).count();
    assert!(done > 45, "{done} of 60 did something");
}
