//! Rules that say what a meeting is booked on: conditions, compiled once, tried in order; the first that fits decides.

mod compiled;

use crate::{CalendarId, ClientId, ProjectId, TimeRuleId};

pub use compiled::{Compiled, Subject, domain_of};

/// The most rules of a workspace.
pub const MAX_RULES: usize = 200;
/// The most values of one condition.
pub const MAX_VALUES: usize = 50;
/// The longest value, in characters.
pub const MAX_VALUE: usize = 200;

/// What must be true of a meeting, all of it; of a list, one.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// The title contains one of these, whatever the case; with a `*` in it, the whole title must look like it.
    pub titles: Vec<String>,
    /// Somebody of this domain, or of one below it, is invited or called the meeting.
    pub attendee_domains: Vec<String>,
    /// It is in one of these calendars.
    pub calendar_ids: Vec<CalendarId>,
    /// It comes from one of these providers.
    pub providers: Vec<String>,
    /// It has one of these categories or colours, whatever the case.
    pub categories: Vec<String>,
    /// One of these called it: an address, or a domain.
    pub organizers: Vec<String>,
    /// It takes at least so many minutes.
    pub min_minutes: Option<i64>,
    /// It takes at most so many minutes.
    pub max_minutes: Option<i64>,
}

/// What a rule does to the meetings that fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Action {
    /// They are no work.
    pub exclude: bool,
    /// For whom.
    pub client_id: Option<ClientId>,
    /// For what.
    pub project_id: Option<ProjectId>,
    /// Whether they are billed.
    pub billable: Option<bool>,
    /// Tags.
    pub tags: Vec<String>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: TimeRuleId,
    /// Its name.
    pub name: String,
    /// When.
    pub conditions: Conditions,
    /// What then.
    pub action: Action,
}

/// A condition that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Invalid {
    /// The field, as a JSON pointer.
    pub pointer: &'static str,
    /// What it must be.
    pub detail: String,
}

impl Conditions {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the conditions can be met at all.
    ///
    /// # Errors
    /// [`Invalid`], for the first that makes no sense.
    pub fn check(&self) -> Result<(), Invalid> {
        let invalid = |pointer, detail: String| Err(Invalid { pointer, detail });
        if self.is_empty() {
            return invalid(
                "/conditions",
                "give at least one condition: a rule for every meeting is a calendar's default project".into(),
            );
        }
        for (pointer, values) in [
            ("/conditions/titles", &self.titles),
            ("/conditions/attendee_domains", &self.attendee_domains),
            ("/conditions/providers", &self.providers),
            ("/conditions/categories", &self.categories),
            ("/conditions/organizers", &self.organizers),
        ] {
            let wrong = |value: &String| {
                value.trim().is_empty()
                    || value.chars().count() > MAX_VALUE
                    || value.chars().any(char::is_control)
            };
            if values.len() > MAX_VALUES || values.iter().any(wrong) {
                return invalid(
                    pointer,
                    format!("must be at most {MAX_VALUES} texts of 1 to {MAX_VALUE} characters"),
                );
            }
        }
        if self.calendar_ids.len() > MAX_VALUES {
            return invalid(
                "/conditions/calendar_ids",
                format!("must be at most {MAX_VALUES}"),
            );
        }
        if self
            .titles
            .iter()
            .any(|title| title.trim_matches(['*', ' ']).is_empty())
        {
            return invalid(
                "/conditions/titles",
                "must have something other than * to look for".into(),
            );
        }
        let domain = |text: &String| {
            !text.trim_start_matches('@').contains(['@', ' ', '*']) && text.contains('.')
        };
        if !self.attendee_domains.iter().all(domain) {
            return invalid(
                "/conditions/attendee_domains",
                "must be domains such as acme.example".into(),
            );
        }
        self.check_length()
    }

    fn check_length(&self) -> Result<(), Invalid> {
        let invalid = |pointer, detail: String| Err(Invalid { pointer, detail });
        let length = 0..=7 * 24 * 60;
        for (pointer, value) in [
            ("/conditions/min_minutes", self.min_minutes),
            ("/conditions/max_minutes", self.max_minutes),
        ] {
            if value.is_some_and(|value| !length.contains(&value)) {
                return invalid(pointer, "must be from 0 to 10080 (a week)".into());
            }
        }
        if matches!((self.min_minutes, self.max_minutes), (Some(min), Some(max)) if min > max) {
            return invalid(
                "/conditions/max_minutes",
                "must not be less than min_minutes".into(),
            );
        }
        Ok(())
    }
}
