//! Rates: what an hour costs.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::RateId;
use daybook_domain::rate::{Card, Level};
use daybook_engine::store::rates::{Filter, Rate};
use daybook_engine::{Context, rates};
use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::connections::sentence;
use crate::api::wire::RateLevelSchema;
use crate::cursor::List;
use crate::extract::{Admin, Creating, Id, Json, Page, Query, answer, created, nullable};
use crate::problem::Problem;

/// What an hour costs, from a day until a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Rate)]
pub struct RateBody {
    /// Id.
    pub id: Uuid,
    /// Whose rate it is.
    #[schema(value_type = RateLevelSchema)]
    pub level: Level,
    /// For this member's work.
    #[schema(required = true)]
    pub member_id: Option<Uuid>,
    /// In this project.
    #[schema(required = true)]
    pub project_id: Option<Uuid>,
    /// For this client.
    #[schema(required = true)]
    pub client_id: Option<Uuid>,
    /// Price of an hour, in minor units (cents).
    pub hourly_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// First day; null: since ever.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Last day; null: until further notice.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A rate to be set. With a member and a project it is the member's in the project; with neither member, project nor client it is
/// the workspace's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateInput {
    /// For this member's work.
    pub member_id: Option<Uuid>,
    /// In this project.
    pub project_id: Option<Uuid>,
    /// For this client; not together with the others.
    pub client_id: Option<Uuid>,
    /// Price of an hour, in minor units (cents).
    pub hourly_minor: i64,
    /// ISO 4217 code: the one that the project or client is billed in.
    pub currency: String,
    /// First day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// Changes to a rate; null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatePatch {
    /// Price of an hour, in minor units (cents).
    pub hourly_minor: Option<i64>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// First day.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Option<Date>>,
    /// Last day.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Option<Date>>,
}

/// Which rates.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RateQuery {
    /// For this member's work.
    pub member_id: Option<Uuid>,
    /// In this project.
    pub project_id: Option<Uuid>,
    /// For this client.
    pub client_id: Option<Uuid>,
    /// Rows a page, by default 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The previous page's `next_cursor`.
    pub cursor: Option<String>,
}

impl From<&Rate> for RateBody {
    fn from(rate: &Rate) -> Self {
        Self {
            id: rate.id.into(),
            level: rate.card().level(),
            member_id: rate.member_id.map(Into::into),
            project_id: rate.project_id.map(Into::into),
            client_id: rate.client_id.map(Into::into),
            hourly_minor: rate.hourly_minor,
            currency: rate.currency.clone(),
            from: rate.from_date,
            to: rate.to_date,
            created_at: rate.created_at,
        }
    }
}

/// List rates
///
/// For owners and admins. Of several that fit, the most particular counts: member in project, project, member, client, workspace.
#[utoipa::path(get, path = "/rates", tag = "Time", params(RateQuery), responses((status = 200, body = List<RateBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Admin(who): Admin,
    Query(query): Query<RateQuery>,
) -> Result<Json<List<RateBody>>, Problem> {
    let page: Page<(Timestamp, RateId)> = Page::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        member_id: query.member_id.map(Into::into),
        project_id: query.project_id.map(Into::into),
        client_id: query.client_id.map(Into::into),
    };
    let rows = rates::list(&cx, &who, &filter, page.after, i64::from(page.fetch())).await?;
    Ok(page.list(
        rows,
        |row| (row.created_at, row.id),
        |row| RateBody::from(&row),
    ))
}

/// Set a rate
#[utoipa::path(post, path = "/rates", tag = "Time", request_body = RateInput, responses((status = 201, body = RateBody)))]
pub async fn create(
    State(cx): State<Context>,
    Admin(who): Admin,
    Creating { body, key }: Creating<RateInput>,
) -> Result<Response, Problem> {
    let card = Card {
        member_id: body.member_id.map(Into::into),
        project_id: body.project_id.map(Into::into),
        client_id: body.client_id.map(Into::into),
        currency: body.currency,
        hourly_minor: body.hourly_minor,
        from: body.from,
        to: body.to,
    };
    let render = |rate: &Rate| created(&RateBody::from(rate));
    let outcome = rates::create(&cx, &who, &card, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// A rate
#[utoipa::path(get, path = "/rates/{id}", tag = "Time", responses((status = 200, body = RateBody)))]
pub async fn get(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<RateId>,
) -> Result<Json<RateBody>, Problem> {
    Ok(Json(RateBody::from(&rates::get(&cx, &who, id).await?)))
}

/// Change a rate
#[utoipa::path(patch, path = "/rates/{id}", tag = "Time", responses((status = 200, body = RateBody)))]
pub async fn update(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<RateId>,
    Json(patch): Json<RatePatch>,
) -> Result<Json<RateBody>, Problem> {
    let changes = rates::Changes {
        hourly_minor: patch.hourly_minor,
        currency: patch.currency,
        from: patch.from,
        to: patch.to,
    };
    let rate = rates::update(&cx, &who, id, changes).await?;
    Ok(Json(RateBody::from(&rate)))
}

/// Delete a rate
#[utoipa::path(delete, path = "/rates/{id}", tag = "Time", responses((status = 204)))]
pub async fn delete(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<RateId>,
) -> Result<StatusCode, Problem> {
    rates::delete(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<rates::Error> for Problem {
    fn from(error: rates::Error) -> Self {
        use rates::Error;
        let text = sentence(&error.to_string());
        match error {
            Error::Invalid { pointer, detail } => Self::invalid_field(pointer, detail),
            Error::NotManager => Self::forbidden("forbidden", text),
            Error::OtherCurrency { .. } => {
                Self::unprocessable("currency_mismatch", text).at("/currency")
            }
            Error::Collides => Self::conflict("rate_overlap", text),
            Error::UnknownReference => Self::unprocessable("unknown_reference", text),
            Error::Once(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}
