//! How the integrations are.

use axum::extract::State;
use daybook_domain::ConnectionId;
use daybook_engine::activity::list;
use daybook_engine::health::{self, Health, Integration};
use daybook_engine::provider::egress::CircuitState;
use daybook_engine::store::activity::{Activity, Filter};
use daybook_engine::{Context, Principal};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::connections::body::LastErrorBody;
use crate::api::wire::HealthSchema;
use crate::extract::{Json, Reader};
use crate::problem::Problem;

/// Lines of the log that latencies and success rates are taken from, the newest first.
const SAMPLED: i64 = 5_000;

/// How everything is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Health)]
pub struct HealthBody {
    /// The worst of all.
    #[schema(value_type = HealthSchema)]
    pub status: Health,
    /// One for each connected account.
    pub integrations: Vec<IntegrationBody>,
    /// What somebody should look at.
    pub errors: Vec<HealthErrorBody>,
    /// Numbers over the last 24 hours.
    pub performance: PerformanceBody,
}

/// How one account is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = IntegrationHealth)]
pub struct IntegrationBody {
    /// The connection.
    pub id: Uuid,
    /// `calendar`, `video` or `chat`.
    pub kind: &'static str,
    /// The provider's key.
    pub provider: String,
    /// The account.
    #[schema(required = true)]
    pub account: Option<String>,
    /// How it is.
    #[schema(value_type = HealthSchema)]
    pub status: Health,
    /// When one of its calendars was last synced.
    #[schema(required = true)]
    pub last_sync_at: Option<Timestamp>,
    /// Failures in a row.
    pub error_count: i64,
    /// What last went wrong.
    #[schema(required = true)]
    pub last_error: Option<LastErrorBody>,
    /// When its access token stops working.
    #[schema(required = true)]
    pub token_expires_at: Option<Timestamp>,
    /// When the provider ends the whole access, if that is within two days: connect the account again before then.
    #[schema(required = true)]
    pub access_ends_at: Option<Timestamp>,
    /// Half of its syncs took no longer.
    #[schema(required = true)]
    pub latency_ms_p50: Option<i64>,
    /// 95 % of its syncs took no longer.
    #[schema(required = true)]
    pub latency_ms_p95: Option<i64>,
    /// Share of syncs that worked in the last 24 hours, 0 to 1.
    #[schema(required = true)]
    pub success_rate_24h: Option<f64>,
    /// `closed`, `open` (nothing is sent) or `half_open`.
    pub circuit: &'static str,
}

/// Something somebody should look at.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HealthError)]
pub struct HealthErrorBody {
    /// The connection.
    pub connection_id: Uuid,
    /// The provider's key.
    pub provider: String,
    /// What happened and what to do.
    pub message: String,
    /// When.
    pub at: Timestamp,
}

/// Numbers over the last 24 hours.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HealthPerformance)]
pub struct PerformanceBody {
    /// Syncs that were logged.
    pub syncs_24h: usize,
    /// Half of them took no longer.
    #[schema(required = true)]
    pub latency_ms_p50: Option<i64>,
    /// 95 % of them took no longer.
    #[schema(required = true)]
    pub latency_ms_p95: Option<i64>,
    /// Share that worked, 0 to 1.
    #[schema(required = true)]
    pub success_rate_24h: Option<f64>,
}

/// How the integrations are
///
/// Your own; owners and admins see the whole workspace's.
#[utoipa::path(get, path = "/integrations/health", tag = "Watching", responses((status = 200, body = HealthBody)))]
pub async fn health(
    State(cx): State<Context>,
    Reader(who): Reader,
) -> Result<Json<HealthBody>, Problem> {
    let (status, lines) = health::report(&cx, &who).await?;
    let syncs = syncs(&cx, &who).await?;
    let integrations: Vec<IntegrationBody> = lines
        .into_iter()
        .map(|line| integration(line, &syncs))
        .collect();
    let errors = integrations.iter().filter_map(error).collect();
    let all = Numbers::of(syncs.iter());
    let performance = PerformanceBody {
        syncs_24h: syncs.len(),
        latency_ms_p50: all.p50,
        latency_ms_p95: all.p95,
        success_rate_24h: all.success_rate,
    };
    Ok(Json(HealthBody {
        status,
        integrations,
        errors,
        performance,
    }))
}

/// The syncs of the last 24 hours.
async fn syncs(cx: &Context, who: &Principal) -> Result<Vec<Activity>, Problem> {
    let from = cx
        .clock
        .now()
        .checked_sub(SignedDuration::from_hours(24))
        .ok();
    let kind = Some(daybook_domain::activity::LogType::CalendarSync);
    let filter = Filter {
        log_type: kind,
        from,
        ..Filter::default()
    };
    Ok(list::list(cx, who, filter, None, SAMPLED).await?)
}

fn integration(line: Integration, syncs: &[Activity]) -> IntegrationBody {
    let connection = line.connection;
    let of = |id: ConnectionId| {
        syncs
            .iter()
            .filter(move |sync| sync.connection_id == Some(id))
    };
    let numbers = Numbers::of(of(connection.id));
    IntegrationBody {
        id: connection.id.into(),
        kind: line.kind,
        provider: connection.provider,
        account: connection.account_email.or(connection.display_name),
        status: line.health,
        last_sync_at: line.last_sync_at,
        error_count: line.error_count,
        last_error: line.last_error.map(Into::into),
        token_expires_at: connection.token_expires_at,
        access_ends_at: line.access_ends_at,
        latency_ms_p50: numbers.p50,
        latency_ms_p95: numbers.p95,
        success_rate_24h: numbers.success_rate,
        circuit: match line.circuit {
            CircuitState::Closed => "closed",
            CircuitState::Open { .. } => "open",
            CircuitState::HalfOpen => "half_open",
        },
    }
}

fn error(integration: &IntegrationBody) -> Option<HealthErrorBody> {
    integration
        .last_error
        .as_ref()
        .map(|error| HealthErrorBody {
            connection_id: integration.id,
            provider: integration.provider.clone(),
            message: error.message.clone(),
            at: error.at,
        })
}

struct Numbers {
    p50: Option<i64>,
    p95: Option<i64>,
    success_rate: Option<f64>,
}

impl Numbers {
    fn of<'a>(syncs: impl Iterator<Item = &'a Activity>) -> Self {
        let (mut durations, mut count, mut good) = (Vec::new(), 0_u32, 0_u32);
        for sync in syncs {
            count += 1;
            good += u32::from(sync.success);
            durations.extend(sync.duration_ms);
        }
        durations.sort_unstable();
        let rank = |percent: usize| {
            durations
                .get((durations.len() * percent / 100).min(durations.len().saturating_sub(1)))
                .copied()
        };
        let success_rate = (count > 0).then(|| f64::from(good) / f64::from(count));
        Self {
            p50: rank(50),
            p95: rank(95),
            success_rate,
        }
    }
}
