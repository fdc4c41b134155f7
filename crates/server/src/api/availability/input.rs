//! What requests about availability may say.

use daybook_domain::availability::{
    BusyRules, Configuration, DateOverride, DayHours, Invalid, TimeRange, Weekly,
};
use daybook_engine::store::blocks::{Block, When};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::clock::{Clock, Day, EndClock};
use crate::extract::nullable;

/// Scheduling settings to be made; what is left out has its default.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationInput {
    /// Name.
    pub name: Option<String>,
    /// Over which calendars: 1 to 50.
    pub calendar_ids: Vec<Uuid>,
    /// Minutes a slot is long; by default 30.
    pub duration: Option<i64>,
    /// Minutes kept free before a slot; by default 0.
    pub prep_time: Option<i64>,
    /// Minutes kept free after a slot; by default 0.
    pub buffer_after: Option<i64>,
    /// Days from today on which nothing is offered (1: not today); by default 0.
    pub days_buffer: Option<i64>,
    /// No slot begins sooner than in so many minutes; by default 0.
    pub notice_minutes: Option<i64>,
    /// Nothing is offered more days ahead; by default 365.
    pub horizon_days: Option<i64>,
    /// Minutes from one slot's start to the next one's; by default as long as a slot.
    pub slot_interval: Option<i64>,
    /// When a working day begins; by default 09:00:00.
    #[schema(value_type = Option<String>, example = "09:00:00")]
    pub from_time: Option<Clock>,
    /// When it ends; by default 17:00:00. 00:00:00 is the end of the day.
    #[schema(value_type = Option<String>, example = "17:00:00")]
    pub to_time: Option<EndClock>,
    /// Working days, 0 = Monday; by default Monday to Friday.
    pub workdays: Option<Vec<u8>>,
    /// Hours of each day, in place of `workdays`, `from_time` and `to_time`.
    pub hours: Option<Vec<DayHoursInput>>,
    /// IANA zone of all these times; by default yours.
    pub time_zone: Option<String>,
    /// Other hours on single dates.
    pub date_overrides: Option<Vec<DateOverrideInput>>,
    /// Which events count as busy.
    pub busy_rules: Option<BusyRulesInput>,
}

/// Changes to scheduling settings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationPatch {
    /// Name.
    pub name: Option<String>,
    /// Over which calendars: 1 to 50.
    pub calendar_ids: Option<Vec<Uuid>>,
    /// Minutes a slot is long.
    pub duration: Option<i64>,
    /// Minutes kept free before a slot.
    pub prep_time: Option<i64>,
    /// Minutes kept free after a slot.
    pub buffer_after: Option<i64>,
    /// Days from today on which nothing is offered.
    pub days_buffer: Option<i64>,
    /// No slot begins sooner than in so many minutes.
    pub notice_minutes: Option<i64>,
    /// Nothing is offered more days ahead.
    pub horizon_days: Option<i64>,
    /// Minutes from one slot's start to the next one's; null: as long as a slot.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>)]
    pub slot_interval: Option<Option<i64>>,
    /// When a working day begins.
    #[schema(value_type = Option<String>, example = "09:00:00")]
    pub from_time: Option<Clock>,
    /// When it ends.
    #[schema(value_type = Option<String>, example = "17:00:00")]
    pub to_time: Option<EndClock>,
    /// Working days, 0 = Monday.
    pub workdays: Option<Vec<u8>>,
    /// Hours of each day; null: the same on all working days.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Vec<DayHoursInput>>)]
    pub hours: Option<Option<Vec<DayHoursInput>>>,
    /// IANA zone of all these times.
    pub time_zone: Option<String>,
    /// Other hours on single dates; they take the place of those there are.
    pub date_overrides: Option<Vec<DateOverrideInput>>,
    /// Which events count as busy; what is left out stays.
    pub busy_rules: Option<BusyRulesInput>,
}

/// A range of hours on one weekday.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DayHours)]
pub struct DayHoursInput {
    /// The weekday, 0 = Monday.
    pub day: u8,
    /// When it begins.
    #[schema(value_type = String, example = "09:00:00")]
    pub from_time: Clock,
    /// When it ends; 00:00:00 is the end of the day.
    #[schema(value_type = String, example = "17:00:00")]
    pub to_time: EndClock,
}

/// Other hours on one date. Several for one date add up; one without times closes it.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DateOverride)]
pub struct DateOverrideInput {
    /// The date.
    #[schema(value_type = String, format = Date)]
    pub date: Day,
    /// When it begins.
    #[schema(value_type = Option<String>, example = "10:00:00")]
    pub from_time: Option<Clock>,
    /// When it ends; 00:00:00 is the end of the day.
    #[schema(value_type = Option<String>, example = "12:00:00")]
    pub to_time: Option<EndClock>,
}

/// Which kinds of events count as busy; what is left out has its default, or stays.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BusyRulesInput {
    /// Tentative events, and those answered with "perhaps"; by default yes.
    pub tentative: Option<bool>,
    /// Invitations without an answer; by default yes.
    pub unanswered: Option<bool>,
    /// Declined events; by default no.
    pub declined: Option<bool>,
    /// Events marked as free; by default no.
    pub free: Option<bool>,
    /// All-day events that are marked as busy; by default yes.
    pub all_day: Option<bool>,
    /// Working locations, working elsewhere, birthdays and the like; by default no.
    pub working_location: Option<bool>,
}

/// Time to be blocked: `start` and `end`, or `weekly`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockInput {
    /// What for.
    pub title: Option<String>,
    /// When it starts.
    pub start: Option<Timestamp>,
    /// When it ends, exclusive.
    pub end: Option<Timestamp>,
    /// When it is, every week.
    pub weekly: Option<WeeklyInput>,
}

/// Changes to blocked time. `start` or `end` make it once, `weekly` makes it every week.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockPatch {
    /// What for.
    pub title: Option<String>,
    /// When it starts.
    pub start: Option<Timestamp>,
    /// When it ends, exclusive.
    pub end: Option<Timestamp>,
    /// When it is, every week.
    pub weekly: Option<WeeklyInput>,
}

/// A stretch of every week.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklyInput {
    /// On which days, 0 = Monday.
    pub days: Vec<u8>,
    /// When it begins.
    #[schema(value_type = String, example = "12:00:00")]
    pub from_time: Clock,
    /// When it ends; 00:00:00 is the end of the day.
    #[schema(value_type = String, example = "13:00:00")]
    pub to_time: EndClock,
    /// IANA zone of its times.
    pub time_zone: String,
    /// The first day it may fall on.
    #[schema(value_type = Option<String>, format = Date)]
    pub from_date: Option<Day>,
    /// The last day it may fall on.
    #[schema(value_type = Option<String>, format = Date)]
    pub until_date: Option<Day>,
}

/// Sets `field` where something is given.
fn set<T>(field: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *field = given;
    }
}

impl ConfigurationInput {
    /// The same as a change of the defaults.
    pub fn into_patch(self) -> ConfigurationPatch {
        ConfigurationPatch {
            name: self.name,
            calendar_ids: Some(self.calendar_ids),
            duration: self.duration,
            prep_time: self.prep_time,
            buffer_after: self.buffer_after,
            days_buffer: self.days_buffer,
            notice_minutes: self.notice_minutes,
            horizon_days: self.horizon_days,
            slot_interval: Some(self.slot_interval),
            from_time: self.from_time,
            to_time: self.to_time,
            workdays: self.workdays,
            hours: Some(self.hours),
            time_zone: self.time_zone,
            date_overrides: self.date_overrides,
            busy_rules: self.busy_rules,
        }
    }
}

impl ConfigurationPatch {
    /// Makes the changes.
    pub fn apply(&self, settings: &mut Configuration) {
        set(&mut settings.duration, self.duration);
        set(&mut settings.prep_time, self.prep_time);
        set(&mut settings.buffer_after, self.buffer_after);
        set(&mut settings.days_buffer, self.days_buffer);
        set(&mut settings.notice_minutes, self.notice_minutes);
        set(&mut settings.horizon_days, self.horizon_days);
        set(&mut settings.slot_interval, self.slot_interval);
        set(&mut settings.from_time, self.from_time.map(|time| time.0));
        set(&mut settings.to_time, self.to_time.map(|time| time.0));
        set(&mut settings.workdays, self.workdays.clone());
        set(
            &mut settings.hours,
            self.hours
                .as_ref()
                .map(|hours| hours.as_deref().map(day_hours)),
        );
        set(&mut settings.time_zone, self.time_zone.clone());
        set(
            &mut settings.date_overrides,
            self.date_overrides.as_deref().map(overrides),
        );
        self.busy_rules
            .unwrap_or_default()
            .apply(&mut settings.busy_rules);
    }
}

impl BusyRulesInput {
    /// Switches what is given.
    pub fn apply(&self, rules: &mut BusyRules) {
        set(&mut rules.tentative, self.tentative);
        set(&mut rules.unanswered, self.unanswered);
        set(&mut rules.declined, self.declined);
        set(&mut rules.free, self.free);
        set(&mut rules.all_day, self.all_day);
        set(&mut rules.working_location, self.working_location);
    }
}

/// Ranges as the domain has them.
pub fn day_hours(all: &[DayHoursInput]) -> Vec<DayHours> {
    let each = all.iter().map(|one| DayHours {
        day: one.day,
        from_time: one.from_time.0,
        to_time: one.to_time.0,
    });
    each.collect()
}

/// Exceptions as the domain has them.
pub fn overrides(all: &[DateOverrideInput]) -> Vec<DateOverride> {
    let each = all.iter().map(|one| DateOverride {
        date: one.date.0,
        from_time: one.from_time.map(|time| time.0),
        to_time: one.to_time.map(|time| time.0),
    });
    each.collect()
}

impl WeeklyInput {
    fn weekly(&self) -> Weekly {
        Weekly {
            days: self.days.clone(),
            time: TimeRange {
                from: self.from_time.0,
                to: self.to_time.0,
            },
            time_zone: self.time_zone.clone(),
            first: self.from_date.map(|day| day.0),
            last: self.until_date.map(|day| day.0),
        }
    }
}

impl BlockInput {
    /// When it is.
    pub fn when(&self) -> Result<When, Invalid> {
        when(self.start, self.end, self.weekly.as_ref())
    }
}

impl BlockPatch {
    /// The title and time it leaves a block with.
    pub fn decide(&self, before: &Block) -> Result<(String, When), Invalid> {
        let title = self.title.clone().unwrap_or_else(|| before.title.clone());
        let when = match (&self.weekly, self.start.or(self.end)) {
            (None, None) => match (&before.weekly, before.start_us, before.end_us) {
                (Some(weekly), ..) => When::Weekly(weekly.clone()),
                (None, start, end) => when(start, end, None)?,
            },
            (None, Some(_)) => when(
                self.start.or(before.start_us),
                self.end.or(before.end_us),
                None,
            )?,
            (Some(_), _) => when(self.start, self.end, self.weekly.as_ref())?,
        };
        Ok((title, when))
    }
}

fn when(
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    weekly: Option<&WeeklyInput>,
) -> Result<When, Invalid> {
    let wrong = |pointer: &str, detail: &str| Invalid {
        pointer: pointer.to_owned(),
        detail: detail.to_owned(),
    };
    match (start, end, weekly) {
        (None, None, Some(weekly)) => Ok(When::Weekly(weekly.weekly())),
        (_, _, Some(_)) => Err(wrong(
            "/weekly",
            "must not be given together with start and end",
        )),
        (Some(start), Some(end), None) => Ok(When::Once(start, end)),
        (None, ..) => Err(wrong("/start", "is required, unless weekly is given")),
        (_, None, _) => Err(wrong("/end", "is required, unless weekly is given")),
    }
}
