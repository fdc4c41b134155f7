//! How time is rounded before it is billed. Frozen with the invoice.

use serde::{Deserialize, Serialize};

use super::{RoundingMode, RoundingPer};

/// The largest step, in minutes: a working day.
pub const MAX_STEP: i64 = 480;

/// To which step time is rounded, how, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounding {
    /// How.
    pub mode: RoundingMode,
    /// The step, 1 to [`MAX_STEP`] minutes.
    pub minutes: i64,
    /// What.
    pub per: RoundingPer,
}

impl Rounding {
    /// Time as it is.
    pub const NONE: Self = Self {
        mode: RoundingMode::None,
        minutes: 1,
        per: RoundingPer::Entry,
    };

    /// `minutes` (not negative), rounded.
    #[must_use]
    pub const fn apply(self, minutes: i64) -> i64 {
        let step = if self.minutes < 1 { 1 } else { self.minutes };
        let steps = match self.mode {
            RoundingMode::None => return minutes,
            RoundingMode::Nearest => (minutes.saturating_mul(2).saturating_add(step)) / (2 * step),
            RoundingMode::Up => (minutes.saturating_add(step - 1)) / step,
            RoundingMode::Down => minutes / step,
        };
        steps.saturating_mul(step)
    }

    /// As [`Rounding::apply`], where `per` is what is rounded; otherwise as it is.
    #[must_use]
    pub fn at(self, per: RoundingPer, minutes: i64) -> i64 {
        if self.per == per {
            self.apply(minutes)
        } else {
            minutes
        }
    }
}

impl Default for Rounding {
    fn default() -> Self {
        Self::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps() {
        let to = |mode, minutes| Rounding {
            mode,
            minutes,
            per: RoundingPer::Entry,
        };
        for (mode, step, minutes, result) in [
            (RoundingMode::None, 15, 7, 7),
            (RoundingMode::Nearest, 15, 7, 0),
            (RoundingMode::Nearest, 15, 8, 15),
            (RoundingMode::Nearest, 6, 3, 6),
            (RoundingMode::Up, 15, 1, 15),
            (RoundingMode::Up, 15, 15, 15),
            (RoundingMode::Up, 15, 0, 0),
            (RoundingMode::Down, 15, 29, 15),
        ] {
            assert_eq!(
                to(mode, step).apply(minutes),
                result,
                "{mode} {step} {minutes}"
            );
        }
    }
}
