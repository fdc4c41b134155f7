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
    /// Three colleagues and a private account with two lively months around the clock's today.
    Demo,
    /// One person, `load@northwind.example`, with this many events in the default calendar.
    Load(usize),
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
