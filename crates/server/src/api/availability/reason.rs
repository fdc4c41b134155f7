//! Why slots are not offered, and what calendars were looked at, as they go over the wire.

use daybook_domain::availability::{Per, Rule, Unknown};
use daybook_engine::availability::{Origin, Reason, Refused, Seen};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::wire::{PerSchema, RuleSchema, UnknownSchema};

/// A calendar that was looked at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LookedAtBody {
    /// Which.
    pub id: Uuid,
    /// As of when it is known.
    #[schema(required = true)]
    pub synced_at: Option<Timestamp>,
    /// `mirror`; `live`: the provider was asked; `ignored`: it does not count as busy.
    pub source: &'static str,
    /// Why it is not known when it is busy; null: it is. Unknown time is never offered.
    #[schema(required = true, value_type = Option<UnknownSchema>)]
    pub unknown: Option<Unknown>,
    /// The same in words, with what to do.
    #[schema(required = true)]
    pub detail: Option<&'static str>,
}

/// Why a slot, or a whole day, is not offered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReasonBody {
    /// By which rule.
    #[schema(value_type = RuleSchema)]
    pub rule: Rule,
    /// Because of whom: their place among the participants.
    #[schema(required = true)]
    pub participant: Option<usize>,
    /// Because of which calendar.
    #[schema(required = true)]
    pub calendar_id: Option<Uuid>,
    /// Because of which event: the single one or the series.
    #[schema(required = true)]
    pub event_id: Option<Uuid>,
    /// Because of which instance of it.
    #[schema(required = true)]
    pub instance_id: Option<Uuid>,
    /// Because of which block.
    #[schema(required = true)]
    pub block_id: Option<Uuid>,
    /// As of when the calendar is known.
    #[schema(required = true)]
    pub synced_at: Option<Timestamp>,
    /// How long ago that is.
    #[schema(required = true)]
    pub mirror_age_seconds: Option<i64>,
    /// Why the calendar is not known.
    #[schema(required = true, value_type = Option<UnknownSchema>)]
    pub unknown: Option<Unknown>,
    /// The limit that is reached.
    #[schema(required = true)]
    pub limit: Option<LimitBody>,
    /// The same in words.
    pub detail: &'static str,
}

/// At most so many meetings in a period.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AvailabilityLimit)]
pub struct LimitBody {
    /// `day`, or `week` (from Monday).
    #[schema(value_type = PerSchema)]
    pub per: Per,
    /// How many meetings: 1 to 1000.
    pub most: usize,
}

/// A slot that is not offered, as instants.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefusedBody {
    /// When it would start.
    pub start: Timestamp,
    /// When it would end.
    pub end: Timestamp,
    /// Why it is not offered.
    pub reasons: Vec<ReasonBody>,
}

/// Taken time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BusyBody {
    /// From when.
    pub start: Timestamp,
    /// Until when, exclusive.
    pub end: Timestamp,
}

impl LookedAtBody {
    /// A calendar.
    pub fn new(seen: &Seen) -> Self {
        Self {
            id: seen.id.into(),
            synced_at: seen.synced_at,
            source: match seen.origin {
                Origin::Mirror => "mirror",
                Origin::Live => "live",
                Origin::Ignored => "ignored",
            },
            unknown: seen.unknown,
            detail: seen.unknown.map(Unknown::sentence),
        }
    }
}

impl ReasonBody {
    /// A reason, as it is at `now`.
    pub fn new(reason: &Reason, now: Timestamp) -> Self {
        let age = |at: Timestamp| now.duration_since(at).as_secs().max(0);
        Self {
            rule: reason.rule,
            participant: reason.participant,
            calendar_id: reason.calendar_id.map(Into::into),
            event_id: reason.event_id.map(Into::into),
            instance_id: reason.instance_id.map(Into::into),
            block_id: reason.block_id.map(Into::into),
            synced_at: reason.synced_at,
            mirror_age_seconds: reason.synced_at.map(age),
            unknown: reason.unknown,
            limit: reason.limit.map(|limit| LimitBody {
                per: limit.per,
                most: limit.most,
            }),
            detail: reason
                .unknown
                .map_or_else(|| words(reason.rule), Unknown::sentence),
        }
    }

    /// Reasons, as they are at `now`.
    pub fn all(reasons: &[Reason], now: Timestamp) -> Vec<Self> {
        reasons
            .iter()
            .map(|reason| Self::new(reason, now))
            .collect()
    }
}

impl RefusedBody {
    /// A slot that is not offered.
    pub fn new(refused: &Refused, now: Timestamp) -> Self {
        Self {
            start: refused.time.from(),
            end: refused.time.until(),
            reasons: ReasonBody::all(&refused.reasons, now),
        }
    }
}

const fn words(rule: Rule) -> &'static str {
    match rule {
        Rule::Busy => "An event takes this time.",
        Rule::Block => "This time is blocked by hand.",
        Rule::Buffer => {
            "Too close to an event or a block: the time kept free around a slot is taken."
        }
        Rule::Unknown => "It is not known whether this time is free.",
        Rule::Notice => "In the past, or sooner than the notice asked for.",
        Rule::DaysBuffer => "On one of the days that are kept free of new appointments.",
        Rule::Horizon => "Further ahead than appointments are taken.",
        Rule::Limit => "There are as many appointments as there may be.",
        Rule::OutsideHours => "Outside the hours.",
        Rule::TooFew => "Too few of the participants are free.",
    }
}
