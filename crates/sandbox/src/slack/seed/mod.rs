//! What a fresh simulator contains.

use super::oracle::{add_team, add_user};
use super::state::State;

/// Ada's user id in the demo's first workspace.
pub const ADA: &str = "U0ADAMARSH";
/// Bo's.
pub const BO: &str = "U0BOLINDQV";
/// Somebody whose account was deactivated.
pub const DEE: &str = "U0DEEGONE1";
/// The demo's first workspace.
pub const NORTHWIND: &str = "T0NORTHWND";
/// A workspace of an organisation.
pub const HARBOUR: &str = "T0HARBOUR1";
/// Another one of it.
pub const PIER: &str = "T0PIERONE1";
/// Ada's user id in [`HARBOUR`].
pub const ADA_AT_HARBOUR: &str = "W0ADAHARBR";

/// The contents of a fresh simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seed {
    /// Nobody.
    #[default]
    Empty,
    /// A workspace with colleagues, and two workspaces of an organisation.
    Demo,
}

impl Seed {
    pub(super) fn plant(self, state: &mut State) {
        if self == Self::Empty {
            return;
        }
        add_team(state, NORTHWIND, "Northwind Studio", None);
        for (id, name, email, tz) in [
            (ADA, "Ada Marsh", "ada@northwind.example", "Europe/Berlin"),
            (
                BO,
                "Bo Lindqvist",
                "bo@northwind.example",
                "Europe/Stockholm",
            ),
            (
                "U0CYOKAFOR",
                "Cy Okafor",
                "cy@northwind.example",
                "America/New_York",
            ),
            (DEE, "Dee Gone", "dee@northwind.example", "Europe/Berlin"),
        ] {
            add_user(state, NORTHWIND, id, (name, email, tz));
        }
        if let Some(dee) = state.users.get_mut(DEE) {
            dee.deleted = true;
        }
        let group = Some(("E0PECKHAM1", "Peckham Group"));
        add_team(state, HARBOUR, "Harbour Foods", group);
        add_team(state, PIER, "Pier One", group);
        for (team, id, name, email) in [
            (
                HARBOUR,
                ADA_AT_HARBOUR,
                "Ada Marsh (guest)",
                "ada.marsh@harbour.example",
            ),
            (HARBOUR, "W0JOHARBOR", "Jo Harbour", "jo@harbour.example"),
            (PIER, "W0KITPIER1", "Kit Pier", "kit@pier.example"),
        ] {
            add_user(state, team, id, (name, email, "Europe/London"));
        }
    }
}
