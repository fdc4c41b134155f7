//! A calendar's filters for billing, and what they would do.

use axum::extract::State;
use daybook_domain::CalendarId;
use daybook_domain::billing::{BillingFilters, Traits};
use daybook_engine::Context;
use daybook_engine::calendars::preview::{self, DAYS};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::events::body::EventBody;
use crate::extract::{Id, Json, Reader};
use crate::problem::Problem;

/// Which events of a calendar are offered for billing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = BillingFilters)]
pub struct BillingFiltersBody {
    /// Only events like this: every list that names something must fit. Empty: all.
    #[schema(required = false)]
    pub include: BillingTraitsBody,
    /// And none like this: one value that fits is enough.
    #[schema(required = false)]
    pub exclude: BillingTraitsBody,
}

/// What events are told apart by, whatever the case; at most 50 values a list, of at most 100 characters. The values of a list are
/// alternatives.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = BillingTraits)]
pub struct BillingTraitsBody {
    /// Words anywhere in the title; with `*`, which stands for anything, the whole title: `1:1*`.
    #[schema(required = false)]
    pub titles: Vec<String>,
    /// Categories, or names of colours; `*` stands for anything.
    #[schema(required = false)]
    pub categories: Vec<String>,
    /// Where the meeting is held, by its link (`google_meet`, `microsoft_teams`, `zoom`, `webex`), or the calendar's provider.
    #[schema(required = false)]
    pub providers: Vec<String>,
    /// Domains of guests' addresses, with their subdomains. To be left out, one guest is enough; for your own domain nobody else
    /// may be invited.
    #[schema(required = false)]
    pub attendee_domains: Vec<String>,
}

/// Filters to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BillingPreviewInput {
    /// The filters.
    pub billing_filters: BillingFiltersBody,
    /// Days to look back, 1 to 90; by default 30.
    #[schema(minimum = 1, maximum = 90)]
    pub days: Option<i64>,
}

/// What filters would do with the events of the last days.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BillingPreview)]
pub struct BillingPreviewBody {
    /// From when.
    pub from: Timestamp,
    /// Until when: now.
    pub to: Timestamp,
    /// Events there were.
    pub events: u64,
    /// Those of them that could be billed: not all-day, declined, or marked as free.
    pub billable: u64,
    /// Those of them that the filters let through.
    pub shown: u64,
    /// The newest 20 of those that the filters leave out, with the reason.
    pub left_out: Vec<EventBody>,
    /// Whether there are more events than were looked at.
    pub truncated: bool,
}

/// What a calendar's filters would do
///
/// Nothing is saved.
#[utoipa::path(post, path = "/integrations/calendars/{id}/billing-filters/preview", tag = "Calendars", request_body = BillingPreviewInput, responses((status = 200, body = BillingPreviewBody)))]
pub async fn preview(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<CalendarId>,
    Json(input): Json<BillingPreviewInput>,
) -> Result<Json<BillingPreviewBody>, Problem> {
    let days = input.days.unwrap_or(DAYS);
    let found = preview::preview(&cx, &who, id, input.billing_filters.into(), days).await?;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Ok(Json(BillingPreviewBody {
        from: found.from,
        to: found.to,
        events: count(found.events),
        billable: count(found.billable),
        shown: count(found.shown),
        left_out: found.left_out.into_iter().map(EventBody::from).collect(),
        truncated: found.truncated,
    }))
}

impl From<BillingFiltersBody> for BillingFilters {
    fn from(body: BillingFiltersBody) -> Self {
        let traits = |body: BillingTraitsBody| Traits {
            titles: body.titles,
            categories: body.categories,
            providers: body.providers,
            attendee_domains: body.attendee_domains,
        };
        Self {
            include: traits(body.include),
            exclude: traits(body.exclude),
        }
    }
}

impl From<BillingFilters> for BillingFiltersBody {
    fn from(filters: BillingFilters) -> Self {
        let traits = |traits: Traits| BillingTraitsBody {
            titles: traits.titles,
            categories: traits.categories,
            providers: traits.providers,
            attendee_domains: traits.attendee_domains,
        };
        Self {
            include: traits(filters.include),
            exclude: traits(filters.exclude),
        }
    }
}
