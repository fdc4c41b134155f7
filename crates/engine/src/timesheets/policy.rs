//! What the workspace allows: closed periods, own approval, and days that make sense.

use daybook_domain::time_entry::Step;
use daybook_domain::{MemberId, WorkspaceId};
use daybook_store as store;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::time_entries::TimeEntry;

use super::Error;
use super::entries::MAX_DESCRIPTION;
use crate::{Context, Principal};

/// No work is older.
const EARLIEST: Date = date(2000, 1, 1);
/// How far ahead work may be planned.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 366);

/// The workspace's settings about time.
pub(crate) struct Policy {
    /// Its zone: days are counted there.
    pub(crate) zone: TimeZone,
    /// Its currency.
    pub(crate) currency: String,
    locked_until: Option<Date>,
    self_approval: bool,
}

impl Policy {
    /// As they are now.
    pub(crate) async fn load(tx: &mut store::Tx, ws: WorkspaceId) -> Result<Self, store::Error> {
        let workspace = store::workspaces::get(tx, ws).await?;
        Ok(Self {
            zone: TimeZone::get(&workspace.time_zone).unwrap_or(TimeZone::UTC),
            currency: workspace.currency,
            locked_until: workspace.time_locked_until,
            self_approval: workspace.self_approval,
        })
    }

    /// The day of an instant.
    pub(crate) fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// The instant at which a day begins.
    pub(crate) fn begin(&self, day: Date) -> Timestamp {
        day.to_zoned(self.zone.clone())
            .map_or(Timestamp::MIN, |zoned| zoned.timestamp())
    }

    /// Nothing that began in a closed period changes, and nothing is added to it.
    pub(crate) fn open(&self, started: Timestamp) -> Result<(), Error> {
        match self.locked_until {
            Some(until) if self.day(started) <= until => Err(Error::Locked { until }),
            _ => Ok(()),
        }
    }

    /// A new start: in an open period, neither ancient nor far ahead.
    pub(super) fn start(&self, cx: &Context, started: Timestamp) -> Result<(), Error> {
        let ahead = started.duration_since(cx.clock.now()) > AHEAD;
        if ahead || self.day(started) < EARLIEST {
            return Err(Error::Invalid {
                pointer: "/started_at",
                detail: "must not be before 2000 nor more than a year ahead".to_owned(),
            });
        }
        self.open(started)
    }

    /// Whether `who` may take this step with the entry.
    pub(super) fn step(&self, who: &Principal, entry: &TimeEntry, step: Step) -> Result<(), Error> {
        self.decides(who, entry.member_id, step)?;
        if entry.running {
            return Err(Error::Running);
        }
        self.open(entry.started_at)
    }

    /// Whether `who` may take this step with time of `owner`, wherever that stands.
    pub(super) fn decides(
        &self,
        who: &Principal,
        owner: MemberId,
        step: Step,
    ) -> Result<(), Error> {
        if matches!(step, Step::Approve | Step::Reject) && !who.manages() {
            return Err(Error::NotApprover);
        }
        if step == Step::Approve && owner == who.member_id && !self.self_approval {
            return Err(Error::OwnTime);
        }
        Ok(())
    }

    /// The Monday of a day's week.
    pub(super) fn monday(day: Date) -> Date {
        let back = i64::from(day.weekday().to_monday_zero_offset());
        day.saturating_sub(back.days())
    }

    /// The instants at which the week of a Monday begins and ends.
    pub(super) fn week(&self, monday: Date) -> (Timestamp, Timestamp) {
        let next = monday.saturating_add(7.days());
        (self.begin(monday), self.begin(next))
    }
}

/// Why time is sent back, without the blanks around it; nothing for any other step.
///
/// # Errors
/// [`Error::Invalid`] for time that is sent back without a word, or with too many.
pub(super) fn why(step: Step, said: Option<&str>) -> Result<Option<&str>, Error> {
    if step != Step::Reject {
        return Ok(None);
    }
    let invalid = |detail: String| Error::Invalid {
        pointer: "/reason",
        detail,
    };
    match said.map(str::trim).filter(|text| !text.is_empty()) {
        None => Err(invalid("must say what is wrong with it".to_owned())),
        Some(text) if text.chars().count() > MAX_DESCRIPTION => Err(invalid(format!(
            "must be at most {MAX_DESCRIPTION} characters"
        ))),
        said => Ok(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_gets_time_back_is_told_why() {
        let long = "x".repeat(MAX_DESCRIPTION + 1);
        for bad in [None, Some(""), Some(" \n"), Some(long.as_str())] {
            let refused = why(Step::Reject, bad);
            assert!(
                matches!(
                    refused,
                    Err(Error::Invalid {
                        pointer: "/reason",
                        ..
                    })
                ),
                "{refused:?}"
            );
        }
        assert_eq!(
            why(Step::Reject, Some(" Which page? ")).unwrap(),
            Some("Which page?")
        );
        for step in [Step::Submit, Step::Approve] {
            assert_eq!(why(step, Some("ignored")).unwrap(), None);
        }
    }
}
