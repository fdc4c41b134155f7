//! The free slots of one day by a configuration.

use axum::extract::State;
use daybook_domain::ConfigurationId;
use daybook_engine::Context;
use daybook_engine::availability::check::{self, Ask, Checked};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::clock::{Day, shown};
use super::reason::{BusyBody, LookedAtBody, ReasonBody};
use crate::extract::{Id, Json, Reader};
use crate::problem::Problem;

/// Which day, and how long.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInput {
    /// The day, in the configuration's zone.
    #[schema(value_type = String, format = Date)]
    pub date: Day,
    /// Minutes a slot is long; by default as the configuration says.
    pub duration_minutes: Option<i64>,
    /// Ask the providers now instead of looking at the mirror. One that cannot be asked is looked up in the mirror (`calendars[].source`
    /// says which). Providers say when somebody is busy, and not by which events: where `busy_rules` are not the defaults, the mirror says
    /// which events count otherwise, and a calendar whose mirror cannot be relied upon is unknown then.
    #[serde(default)]
    pub live: bool,
    /// Say why slots are refused.
    #[serde(default)]
    pub explain: bool,
}

/// The free slots of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DayAvailability)]
pub struct CheckBody {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The zone of its times.
    pub time_zone: String,
    /// Slots that are free, in order.
    pub available_slots: Vec<DaySlotBody>,
    /// Taken time of the day, in order. What is not known is not in it.
    pub busy_times: Vec<BusyBody>,
    /// The calendars that were looked at.
    pub calendars: Vec<LookedAtBody>,
    /// What is to be said of the day as a whole: closed, too far ahead, a calendar that cannot be read.
    pub reasons: Vec<ReasonBody>,
    /// Slots that are not free, when asked to explain: the first 500.
    pub refused_slots: Vec<RefusedDaySlotBody>,
}

/// A slot of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DaySlotBody {
    /// What clocks show when it starts: `09:00:00`.
    pub start_time: String,
    /// What clocks show when it ends: `10:00:00`.
    pub end_time: String,
    /// Whether it is free.
    pub available: bool,
    /// When it starts, without a doubt also in the hour that clocks repeat.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
}

/// A slot of a day that is not free.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefusedDaySlotBody {
    /// The slot.
    #[serde(flatten)]
    pub slot: DaySlotBody,
    /// Why it is not free.
    pub reasons: Vec<ReasonBody>,
}

/// Check a day's availability
///
/// Free slots by a calendar configuration. A calendar that cannot be read is unknown, and unknown time is never offered: see `calendars[].unknown` and `reasons`.
#[utoipa::path(post, path = "/calendar-configurations/{id}/check_availability", tag = "Availability", responses((status = 200, body = CheckBody)))]
pub async fn check(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<ConfigurationId>,
    Json(input): Json<CheckInput>,
) -> Result<Json<CheckBody>, Problem> {
    let ask = Ask {
        date: input.date.0,
        duration_minutes: input.duration_minutes,
        live: input.live,
        explain: input.explain,
    };
    let found = check::check(&cx, &who, id, ask).await?;
    Ok(Json(CheckBody::new(ask.date, found, cx.clock.now())))
}

/// Check a day's availability
#[utoipa::path(post, path = "/api/calendar-configurations/{id}/check_availability", tag = "Aliases", responses((status = 200, body = CheckBody)))]
pub async fn check_alias(
    state: State<Context>,
    reader: Reader,
    id: Id<ConfigurationId>,
    input: Json<CheckInput>,
) -> Result<Json<CheckBody>, Problem> {
    check(state, reader, id, input).await
}

impl CheckBody {
    fn new(date: Date, found: Checked, now: Timestamp) -> Self {
        let busy = found.busy.parts().iter().map(|part| BusyBody {
            start: part.from(),
            end: part.until(),
        });
        let slots = found.slots.iter().map(|(time, from, to)| DaySlotBody {
            start_time: shown(from.time()),
            end_time: shown(to.time()),
            available: true,
            start: time.from(),
            end: time.until(),
        });
        let refused = found
            .refused
            .iter()
            .map(|(one, from, to)| RefusedDaySlotBody {
                slot: DaySlotBody {
                    start_time: shown(from.time()),
                    end_time: shown(to.time()),
                    available: false,
                    start: one.time.from(),
                    end: one.time.until(),
                },
                reasons: ReasonBody::all(&one.reasons, now),
            });
        Self {
            date,
            busy_times: busy.collect(),
            available_slots: slots.collect(),
            refused_slots: refused.collect(),
            calendars: found.calendars.iter().map(LookedAtBody::new).collect(),
            reasons: ReasonBody::all(&found.reasons, now),
            time_zone: found.time_zone,
        }
    }
}
