//! The simulated providers of a world, with their first person.

use std::sync::Arc;

use daybook_sandbox::google::{GoogleSim, Seed};
use daybook_sandbox::microsoft::{self, Account, MicrosoftSim};

use super::{ADA, BASE, Builder};
use crate::clock::SimClock;

/// Google, with Ada in it.
pub(super) fn google(builder: &mut Builder, clock: &SimClock) -> GoogleSim {
    builder.google.rng_seed = builder.seed;
    let clock = Arc::new(clock.clone());
    let google = GoogleSim::new(builder.google.clone(), clock, builder.contents);
    google.register_client("daybook", "s3cret", &callback("google"));
    if builder.contents == Seed::Empty {
        google.add_person(ADA, "Ada Marsh", "Europe/Berlin");
    }
    google
}

/// Microsoft 365, with Ada in it.
pub(super) fn microsoft(builder: &mut Builder, clock: &SimClock) -> MicrosoftSim {
    builder.microsoft.rng_seed = builder.seed;
    let clock = Arc::new(clock.clone());
    let empty = microsoft::Seed::Empty;
    let microsoft = MicrosoftSim::new(builder.microsoft.clone(), clock, empty);
    microsoft.register_client("daybook", "s3cret", &callback("microsoft"));
    microsoft.add_person(ADA, "Ada Marsh", "Europe/Berlin", Account::Work);
    microsoft
}

fn callback(provider: &str) -> String {
    format!("{BASE}/api/v1/integrations/{provider}/callback")
}
