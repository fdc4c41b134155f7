//! What the pages of one round told, until the round is complete: a series is replaced as a whole, never row by row
//! (contracts/microsoft §4).

use std::collections::{BTreeMap, HashMap};

use super::super::map::series::Rows;
use super::super::map::{Part, part};
use super::super::wire::{Event, Unreadable};

/// The series of a round.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// By the master's id.
    pub(super) series: BTreeMap<String, Rows>,
    /// Which series each row belongs to.
    owner: HashMap<String, String>,
}

/// What is to be done with a row at once.
pub(super) enum Row {
    /// It stands alone.
    Single(Box<Event>),
    /// It is gone, whatever it was.
    Gone(String),
    /// It waits for the rest of its series.
    Kept,
}

impl Round {
    /// Takes a row in; of several of the same id the last counts. Nothing is made of a row without an id.
    pub(super) fn take(&mut self, event: Event) -> Row {
        let Some(id) = event.id.clone().filter(|id| !id.is_empty()) else {
            return Row::Kept;
        };
        self.forget(&id);
        if event.removed.is_some() {
            self.series.remove(&id);
            return Row::Gone(id);
        }
        let part = part(&event);
        if part == Part::Single {
            self.series.remove(&id);
            return Row::Single(Box::new(event));
        }
        let series = match part {
            Part::Master => id.clone(),
            _ => event.series_master_id.clone().unwrap_or_default(),
        };
        let rows = self.series.entry(series.clone()).or_default();
        match part {
            Part::Master => rows.master = Some(event),
            Part::Exception => {
                rows.exceptions.insert(id.clone(), event);
            }
            Part::Single | Part::Occurrence => {
                rows.plain.insert(id.clone(), event);
            }
        }
        if part != Part::Master {
            self.owner.insert(id, series);
        }
        Row::Kept
    }

    /// Notes what could not be read: its series cannot be replaced. Gives the id of what should stay as it is.
    pub(super) fn unreadable(&mut self, what: Unreadable) -> Option<String> {
        if let Some(series) = &what.series {
            self.series.entry(series.clone()).or_default().broken = true;
        } else if let Some(rows) = what.id.as_ref().and_then(|id| self.series.get_mut(id)) {
            rows.broken = true; // the master, told once more in a way that cannot be read
        }
        what.id
    }

    /// How many rows it keeps.
    pub(super) fn rows(&self) -> usize {
        self.owner.len() + self.series.len()
    }

    /// The series of which the master was not told.
    pub(super) fn missing(&self) -> Vec<String> {
        self.series
            .iter()
            .filter(|(_, rows)| rows.master.is_none() && !rows.broken)
            .map(|(id, _)| id.clone())
            .collect()
    }

    fn forget(&mut self, id: &str) {
        let Some(series) = self.owner.remove(id) else {
            return;
        };
        if let Some(rows) = self.series.get_mut(&series) {
            rows.plain.remove(id);
            rows.exceptions.remove(id);
        }
    }
}
