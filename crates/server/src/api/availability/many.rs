//! When many people are free together.

use std::borrow::Cow;

use axum::extract::State;
use daybook_domain::availability::{
    BusyRules, Configuration as Settings, Invalid, Limit, Need, Slot,
};
use daybook_engine::Context;
use daybook_engine::availability::Error;
use daybook_engine::availability::Seen;
use daybook_engine::availability::many::{self, Answer, Ask, MOST, Participant, Whom};
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::clock::{Clock, EndClock};
use super::input::{BusyRulesInput, DateOverrideInput, DayHoursInput, day_hours, overrides};
use super::reason::{LimitBody, LookedAtBody, ReasonBody, RefusedBody};
use crate::extract::{Json, Reader};
use crate::problem::Problem;

/// Who should meet, for how long, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AvailabilityInput {
    /// Who should meet: 1 to 100.
    pub participants: Vec<ParticipantInput>,
    /// How many of them must be free: `"all"`, or a number; by default all.
    #[serde(default)]
    #[schema(value_type = RequiredSchema)]
    pub required: Required,
    /// Minutes a slot is long: 1 to 1440.
    pub duration_minutes: i64,
    /// Minutes from one candidate to the next: 5 to 1440; by default as long as a slot.
    pub interval_minutes: Option<i64>,
    /// Start on multiples of so many minutes, by the clocks of the first hours given (or UTC).
    pub round_to: Option<i64>,
    /// Minutes kept free around a slot.
    #[serde(default)]
    pub buffer: BufferInput,
    /// Hours for everybody; none: any time.
    #[serde(default)]
    pub open_hours: Vec<OpenHoursInput>,
    /// When: 1 to 100 periods within 366 days.
    pub query_periods: Vec<PeriodInput>,
    /// So many slots are enough: 1 to 1000; by default 100.
    pub max_results: Option<usize>,
    /// Say why slots are refused.
    #[serde(default)]
    pub explain: bool,
    /// Ask the providers now instead of looking at the mirror. One that cannot be asked is looked up in the mirror (`calendars[].source`
    /// says which). Providers say when somebody is busy, and not by which events: where `busy_rules` are not the defaults, the mirror says
    /// which events count otherwise, and `limits` are counted from the mirror, too; a calendar whose mirror cannot be relied upon is
    /// unknown then.
    #[serde(default)]
    pub live: bool,
    /// Which events count as busy.
    pub busy_rules: Option<BusyRulesInput>,
    /// How many meetings each participant may have in a day or a week, counted by the clocks of the first hours given (or UTC):
    /// at most 4. A day or week that is full is not offered.
    #[serde(default)]
    pub limits: Vec<LimitBody>,
}

/// One of those who should meet: a member, or some calendars.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParticipantInput {
    /// A member: all their calendars that are synced and count as busy. One that Daybook itself switched off after refusals, or that its
    /// provider no longer lists, is unknown until somebody switches it on or off, removes it, or marks it as no source of busy time.
    pub member_id: Option<Uuid>,
    /// These calendars: 1 to 50.
    pub calendar_ids: Option<Vec<Uuid>>,
    /// Nothing works without them, also when only some are required.
    #[serde(default)]
    pub required: bool,
    /// Their own hours; none: any time.
    #[serde(default)]
    pub open_hours: Vec<OpenHoursInput>,
}

/// How many participants must be free.
#[derive(Debug, Clone, Copy, Default)]
pub enum Required {
    /// `"all"`.
    #[default]
    All,
    /// At least so many.
    AtLeast(u64),
}

/// [`Required`].
pub struct RequiredSchema;

impl PartialSchema for RequiredSchema {
    fn schema() -> RefOr<Schema> {
        let kind = |kind: Type| ObjectBuilder::new().schema_type(SchemaType::Type(kind));
        let both = OneOfBuilder::new()
            .item(kind(Type::String).enum_values(Some(["all"])))
            .item(kind(Type::Integer));
        RefOr::T(Schema::OneOf(both.build()))
    }
}

impl ToSchema for RequiredSchema {
    fn name() -> Cow<'static, str> {
        "RequiredParticipants".into()
    }
}

/// Minutes kept free around a slot.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BufferInput {
    /// Before it.
    pub before: i64,
    /// After it.
    pub after: i64,
}

/// Hours in a zone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenHoursInput {
    /// IANA zone of the times.
    pub time_zone: String,
    /// On which days, 0 = Monday; by default Monday to Friday.
    pub workdays: Option<Vec<u8>>,
    /// When a day begins; by default 09:00:00.
    #[schema(value_type = Option<String>, example = "09:00:00")]
    pub from_time: Option<Clock>,
    /// When it ends; by default 17:00:00. 00:00:00 is the end of the day.
    #[schema(value_type = Option<String>, example = "17:00:00")]
    pub to_time: Option<EndClock>,
    /// Hours of each day, in place of the three above.
    pub hours: Option<Vec<DayHoursInput>>,
    /// Other hours on single dates.
    #[serde(default)]
    pub date_overrides: Vec<DateOverrideInput>,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodInput {
    /// From when.
    pub start: Timestamp,
    /// Until when, exclusive.
    pub end: Timestamp,
}

/// When they are free together.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Availability)]
pub struct AvailabilityBody {
    /// Slots that are free, in order.
    pub slots: Vec<SlotBody>,
    /// Whether there are more than were asked for.
    pub more: bool,
    /// The participants, in the order given.
    pub participants: Vec<ParticipantBody>,
    /// Calendars that cannot be read. Unknown time is never offered.
    pub reasons: Vec<ReasonBody>,
    /// Slots that are not free, when asked to explain: the first 500 before the last slot found.
    pub refused_slots: Vec<RefusedBody>,
}

/// A free slot.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SlotBody {
    /// When it starts.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Who is free: places among the participants, from 0.
    pub free: Vec<usize>,
}

/// What is known of a participant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ParticipantBody {
    /// The member, where one was named.
    #[schema(required = true)]
    pub member_id: Option<Uuid>,
    /// The calendars that were looked at.
    pub calendars: Vec<LookedAtBody>,
}

/// Find when people are free
///
/// Members ask about themselves and their own calendars, owners and admins about everybody in the workspace.
#[utoipa::path(post, path = "/availability", tag = "Availability", responses((status = 200, body = AvailabilityBody)))]
pub async fn find(
    State(cx): State<Context>,
    Reader(who): Reader,
    Json(input): Json<AvailabilityInput>,
) -> Result<Json<AvailabilityBody>, Problem> {
    let members = input.participants.iter().map(|one| one.member_id).collect();
    let ask = input.into_ask()?;
    let found = many::many(&cx, &who, &ask).await?;
    let now = cx.clock.now();
    Ok(Json(AvailabilityBody::new(members, &ask, &found, now)))
}

impl<'de> Deserialize<'de> for Required {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        match (value.as_str(), value.as_u64()) {
            (Some("all"), _) => Ok(Self::All),
            (_, Some(n)) => Ok(Self::AtLeast(n)),
            _ => Err(D::Error::custom("must be \"all\" or a whole number")),
        }
    }
}

impl AvailabilityInput {
    fn into_ask(self) -> Result<Ask, Error> {
        let mut rules = BusyRules::default();
        self.busy_rules.unwrap_or_default().apply(&mut rules);
        let people = self.participants.len();
        let each = self.participants.into_iter().enumerate().take(MOST + 1);
        let participants: Result<Vec<Participant>, Invalid> = each
            // Too many are refused for being too many, whoever they are.
            .map(|(n, one)| one.into_participant(n, people > MOST))
            .collect();
        Ok(Ask {
            participants: participants.map_err(|fault| Error::Invalid(vec![fault]))?,
            need: match self.required {
                Required::All => Need::All,
                Required::AtLeast(n) => Need::AtLeast(usize::try_from(n).unwrap_or(usize::MAX)),
            },
            duration_minutes: self.duration_minutes,
            interval_minutes: self
                .interval_minutes
                .unwrap_or_else(|| self.duration_minutes.clamp(5, 1_440)),
            round_to: self.round_to,
            before: self.buffer.before,
            after: self.buffer.after,
            open_hours: self
                .open_hours
                .iter()
                .map(OpenHoursInput::settings)
                .collect(),
            periods: self
                .query_periods
                .iter()
                .map(|one| (one.start, one.end))
                .collect(),
            max_results: self.max_results.unwrap_or(100),
            explain: self.explain,
            live: self.live,
            rules,
            limits: self
                .limits
                .iter()
                .map(|limit| Limit {
                    per: limit.per,
                    most: limit.most,
                })
                .collect(),
        })
    }
}

impl ParticipantInput {
    fn into_participant(self, n: usize, too_many: bool) -> Result<Participant, Invalid> {
        let whom = match (self.member_id, self.calendar_ids) {
            (Some(id), None) => Whom::Member(id.into()),
            (None, Some(ids)) => Whom::Calendars(ids.into_iter().map(Into::into).collect()),
            _ if too_many => Whom::Calendars(Vec::new()),
            _ => {
                return Err(Invalid {
                    pointer: format!("/participants/{n}"),
                    detail: "must have either member_id or calendar_ids".to_owned(),
                });
            }
        };
        Ok(Participant {
            whom,
            required: self.required,
            open_hours: self
                .open_hours
                .iter()
                .map(OpenHoursInput::settings)
                .collect(),
        })
    }
}

impl OpenHoursInput {
    fn settings(&self) -> Settings {
        let defaults = Settings::default();
        Settings {
            time_zone: self.time_zone.clone(),
            workdays: self.workdays.clone().unwrap_or(defaults.workdays),
            from_time: self.from_time.map_or(defaults.from_time, |time| time.0),
            to_time: self.to_time.map_or(defaults.to_time, |time| time.0),
            hours: self.hours.as_deref().map(day_hours),
            date_overrides: overrides(&self.date_overrides),
            ..Settings::default()
        }
    }
}

impl AvailabilityBody {
    fn new(members: Vec<Option<Uuid>>, ask: &Ask, found: &Answer, now: Timestamp) -> Self {
        let people = ask.participants.len();
        let slot = |slot: &Slot| SlotBody {
            start: slot.time.from(),
            end: slot.time.until(),
            free: (0..people).filter(|n| slot.has(*n)).collect(),
        };
        let participant = |(member_id, calendars): (Option<Uuid>, &Vec<Seen>)| ParticipantBody {
            member_id,
            calendars: calendars.iter().map(LookedAtBody::new).collect(),
        };
        Self {
            slots: found.slots.iter().map(slot).collect(),
            more: found.more,
            participants: members
                .into_iter()
                .zip(&found.calendars)
                .map(participant)
                .collect(),
            reasons: ReasonBody::all(&found.reasons, now),
            refused_slots: found
                .refused
                .iter()
                .map(|one| RefusedBody::new(one, now))
                .collect(),
        }
    }
}
