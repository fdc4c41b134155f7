//! For tests only: worlds of simulated providers, a clock that is moved by hand, and gates to stop work at.
//!
//! A [`World`] is the engine with everything around it replaced by something a test controls: the providers are the
//! sandbox's simulators, called in-process; time stands still until it is moved; randomness follows from a seed. Nothing
//! here sleeps or opens a socket (but for PostgreSQL, where one is named).

pub mod bell;
mod clock;
mod gate;
mod mirror;
mod pause;
mod seeds;
pub mod slack_stub;
mod transport;
mod world;

pub use bell::Bell;
pub use clock::SimClock;
pub use gate::{Act, Arrival, Arrivals, Gate, Point};
pub use mirror::{
    MirrorRow, Shown, caldav_truth, google_truth, microsoft_shown, microsoft_truth, mirror, shown,
    visible,
};
pub use pause::SimPause;
pub use seeds::{Seeds, sweep};
pub use transport::SimTransport;
pub use world::connect::{CALDAV_PASSWORD, CALDAV_USER, Consent};
pub use world::hook::{HOOK, MICROSOFT_HOOK};
pub use world::{ADA, BASE, Builder, CALDAV, Db, GOOGLE, MICROSOFT, Node, World};
