//! Scheduling settings and blocks as they go over the wire.

use daybook_engine::store::blocks::Block;
use daybook_engine::store::configurations::Configuration;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::clock::shown;

/// Scheduling settings over calendars.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CalendarConfiguration)]
pub struct ConfigurationBody {
    /// Id.
    pub id: Uuid,
    /// Whose.
    pub member_id: Uuid,
    /// Name.
    pub name: String,
    /// Over which calendars. Calendars that were removed since are gone from it.
    pub calendar_ids: Vec<Uuid>,
    /// Minutes a slot is long.
    pub duration: i64,
    /// Minutes kept free before a slot.
    pub prep_time: i64,
    /// Minutes kept free after a slot.
    pub buffer_after: i64,
    /// Days from today on which nothing is offered.
    pub days_buffer: i64,
    /// No slot begins sooner than in so many minutes.
    pub notice_minutes: i64,
    /// Nothing is offered more days ahead.
    pub horizon_days: i64,
    /// Minutes from one slot's start to the next one's; null: as long as a slot.
    #[schema(required = true)]
    pub slot_interval: Option<i64>,
    /// When a working day begins: `09:00:00`.
    pub from_time: String,
    /// When it ends; 00:00:00 is the end of the day.
    pub to_time: String,
    /// Working days, 0 = Monday.
    pub workdays: Vec<u8>,
    /// Hours of each day, in place of the three above; null: none.
    #[schema(required = true)]
    pub hours: Option<Vec<DayHoursBody>>,
    /// IANA zone of all these times.
    pub time_zone: String,
    /// Other hours on single dates.
    pub date_overrides: Vec<DateOverrideBody>,
    /// Which events count as busy.
    pub busy_rules: BusyRulesBody,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A range of hours on one weekday.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayHoursBody {
    /// The weekday, 0 = Monday.
    pub day: u8,
    /// When it begins.
    pub from_time: String,
    /// When it ends.
    pub to_time: String,
}

/// Other hours on one date; without times it is closed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DateOverrideBody {
    /// The date.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// When it begins.
    #[schema(required = true)]
    pub from_time: Option<String>,
    /// When it ends.
    #[schema(required = true)]
    pub to_time: Option<String>,
}

/// Which kinds of events count as busy.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = BusyRules)]
pub struct BusyRulesBody {
    /// Tentative events, and those answered with "perhaps".
    pub tentative: bool,
    /// Invitations without an answer.
    pub unanswered: bool,
    /// Declined events.
    pub declined: bool,
    /// Events marked as free.
    pub free: bool,
    /// All-day events that are marked as busy.
    pub all_day: bool,
    /// Working locations, working elsewhere, birthdays and the like.
    pub working_location: bool,
}

/// Blocked time: `start` and `end`, or `weekly`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Block)]
pub struct BlockBody {
    /// Id.
    pub id: Uuid,
    /// Whose.
    pub member_id: Uuid,
    /// What for.
    pub title: String,
    /// When it starts.
    #[schema(required = true)]
    pub start: Option<Timestamp>,
    /// When it ends, exclusive.
    #[schema(required = true)]
    pub end: Option<Timestamp>,
    /// When it is, every week.
    #[schema(required = true)]
    pub weekly: Option<WeeklyBody>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A stretch of every week.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WeeklyBody {
    /// On which days, 0 = Monday.
    pub days: Vec<u8>,
    /// When it begins.
    pub from_time: String,
    /// When it ends; 00:00:00 is the end of the day.
    pub to_time: String,
    /// IANA zone of its times.
    pub time_zone: String,
    /// The first day it may fall on.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub from_date: Option<Date>,
    /// The last day it may fall on.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub until_date: Option<Date>,
}

impl ConfigurationBody {
    /// A configuration.
    pub fn new(one: &Configuration) -> Self {
        let set = &one.settings;
        let hours = |all: &Vec<daybook_domain::availability::DayHours>| {
            let each = all.iter().map(|hours| DayHoursBody {
                day: hours.day,
                from_time: shown(hours.from_time),
                to_time: shown(hours.to_time),
            });
            each.collect()
        };
        let overrides = set.date_overrides.iter().map(|other| DateOverrideBody {
            date: other.date,
            from_time: other.from_time.map(shown),
            to_time: other.to_time.map(shown),
        });
        Self {
            id: one.id.into(),
            member_id: one.member_id.into(),
            name: one.name.clone(),
            calendar_ids: one.calendar_ids.iter().map(|id| (*id).into()).collect(),
            duration: set.duration,
            prep_time: set.prep_time,
            buffer_after: set.buffer_after,
            days_buffer: set.days_buffer,
            notice_minutes: set.notice_minutes,
            horizon_days: set.horizon_days,
            slot_interval: set.slot_interval,
            from_time: shown(set.from_time),
            to_time: shown(set.to_time),
            workdays: set.workdays.clone(),
            hours: set.hours.as_ref().map(hours),
            time_zone: set.time_zone.clone(),
            date_overrides: overrides.collect(),
            busy_rules: BusyRulesBody {
                tentative: set.busy_rules.tentative,
                unanswered: set.busy_rules.unanswered,
                declined: set.busy_rules.declined,
                free: set.busy_rules.free,
                all_day: set.busy_rules.all_day,
                working_location: set.busy_rules.working_location,
            },
            created_at: one.created_at,
            updated_at: one.updated_at,
        }
    }
}

impl BlockBody {
    /// A block.
    pub fn new(block: &Block) -> Self {
        let weekly = block.weekly.as_ref().map(|weekly| WeeklyBody {
            days: weekly.days.clone(),
            from_time: shown(weekly.time.from),
            to_time: shown(weekly.time.to),
            time_zone: weekly.time_zone.clone(),
            from_date: weekly.first,
            until_date: weekly.last,
        });
        Self {
            id: block.id.into(),
            member_id: block.member_id.into(),
            title: block.title.clone(),
            start: block.start_us,
            end: block.end_us,
            weekly,
            created_at: block.created_at,
            updated_at: block.updated_at,
        }
    }
}
