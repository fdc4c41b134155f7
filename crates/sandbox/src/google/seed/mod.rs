//! What a fresh simulator contains.

mod demo;
mod load;

use jiff::Timestamp;

use super::state::State;

/// The contents of a fresh simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seed {
    /// Nobody.
    #[default]
    Empty,
    /// Three people and two lively months around the clock's today.
    Demo,
    /// One person, `load@northwind.example`, with this many events in the primary calendar.
    Load(usize),
}

/// See [`Seed::Demo`].
#[must_use]
pub fn demo() -> Seed {
    Seed::Demo
}

/// See [`Seed::Load`].
#[must_use]
pub fn load(events: usize) -> Seed {
    Seed::Load(events)
}

impl Seed {
    pub(super) fn plant(self, state: &mut State, now: Timestamp) {
        match self {
            Self::Empty => {}
            Self::Demo => demo::plant(state, now),
            Self::Load(events) => load::plant(state, now, events),
        }
    }
}
