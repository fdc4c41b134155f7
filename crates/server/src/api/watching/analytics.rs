//! How the integrations earn their keep.

use axum::extract::State;
use daybook_engine::Context;
use daybook_engine::reports::analytics as engine;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::reports::{GroupBody, SumBody};
use crate::api::wire::instant;
use crate::extract::{Json, Query, Reader};
use crate::problem::{Check, Problem};

/// Which stretch.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AnalyticsQuery {
    /// From this instant or date; by default 30 days before the end.
    pub from: Option<String>,
    /// Until this instant or date; by default now.
    pub to: Option<String>,
}

/// Time by provider, syncs, and meetings that became time.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Analytics)]
pub struct AnalyticsBody {
    /// Time by the provider of the calendar it came from.
    pub time_per_provider: Vec<GroupBody>,
    /// All time.
    pub time_total: SumBody,
    /// Syncs.
    pub sync: AnalyticsSync,
    /// Meetings that became time.
    pub conversion: AnalyticsConversion,
}

/// What the last syncs did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnalyticsSync {
    /// Calendars that are synced.
    pub calendars: u64,
    /// Those whose last sync failed.
    pub failing: u64,
    /// Events that the last sync of each created.
    pub created: u64,
    /// Events that it changed.
    pub updated: u64,
    /// Events that it removed.
    pub deleted: u64,
    /// Events that had not changed.
    pub unchanged: u64,
    /// Requests it sent.
    pub provider_calls: u64,
}

/// How many meetings became time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnalyticsConversion {
    /// Your meetings that can be work, each once.
    pub meetings: u64,
    /// Those that are logged.
    pub logged: u64,
    /// Logged of all, from 0 to 1; null without meetings.
    #[schema(required = true)]
    pub rate: Option<f64>,
}

/// Analytics
///
/// Time by provider, how syncs went, and how many of your meetings became time. Owners and admins see the workspace's time and
/// syncs.
#[utoipa::path(get, path = "/integrations/analytics", tag = "Watching", params(AnalyticsQuery), responses((status = 200, body = AnalyticsBody)))]
pub async fn analytics(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<AnalyticsQuery>,
) -> Result<Json<AnalyticsBody>, Problem> {
    let mut check = Check::new();
    let from = instant(&mut check, "?from", query.from.as_deref());
    let to = instant(&mut check, "?to", query.to.as_deref());
    let to = to.unwrap_or_else(|| cx.clock.now());
    let month = SignedDuration::from_hours(24 * 30);
    let from = from.unwrap_or_else(|| to.saturating_sub(month).unwrap_or(to));
    let days = to.duration_since(from).as_hours() / 24;
    if !(0..=366).contains(&days) || to < from {
        check.wrong("?to", "must be later than from, by at most a year");
    }
    check.done()?;
    let found = engine::analytics(&cx, &who, (from, to)).await?;
    let conversion = found.conversion;
    let rate = |all: u64, done: u64| (all > 0).then(|| done as f64 / all as f64);
    let groups = found.providers.into_iter().map(|group| GroupBody {
        key: group.key,
        name: group.name,
        sum: group.sum.into(),
    });
    Ok(Json(AnalyticsBody {
        time_per_provider: groups.collect(),
        time_total: found.total.into(),
        sync: AnalyticsSync {
            calendars: found.syncs.calendars,
            failing: found.syncs.failing,
            created: found.syncs.last.created,
            updated: found.syncs.last.updated,
            deleted: found.syncs.last.deleted,
            unchanged: found.syncs.last.unchanged,
            provider_calls: found.syncs.last.provider_calls,
        },
        conversion: AnalyticsConversion {
            meetings: conversion.meetings,
            logged: conversion.logged,
            rate: rate(conversion.meetings, conversion.logged),
        },
    }))
}
