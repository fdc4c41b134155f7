//! Rules about what meetings are booked on.

use axum::extract::State;
use axum::response::Response;
use daybook_domain::TimeRuleId;
use daybook_domain::rule::{Action, Conditions};
use daybook_engine::store::time_rules::{Contents, TimeRule};
use daybook_engine::timesheets::rules::{self, Place};
use daybook_engine::{Context, Principal};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::events::body::EventBody;
use crate::cursor::List;
use crate::extract::{Admin, Creating, Id, Json, Paging, Query, Reader, answer, created, nullable};
use crate::problem::Problem;

/// What must be true of a meeting, all of it; of a list, one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = TimeRuleConditions)]
pub struct ConditionsBody {
    /// The title contains one of these, whatever the case; with a `*`, the whole title must look like it.
    #[schema(required = false)]
    pub titles: Vec<String>,
    /// Somebody of this domain, or of one below it, is in it.
    #[schema(required = false)]
    pub attendee_domains: Vec<String>,
    /// It is in one of these calendars.
    #[schema(required = false)]
    pub calendar_ids: Vec<Uuid>,
    /// It comes from one of these providers.
    #[schema(required = false)]
    pub providers: Vec<String>,
    /// It has one of these categories or colours.
    #[schema(required = false)]
    pub categories: Vec<String>,
    /// One of these addresses or domains called it.
    #[schema(required = false)]
    pub organizers: Vec<String>,
    /// It takes at least so long.
    pub min_minutes: Option<i64>,
    /// It takes at most so long.
    pub max_minutes: Option<i64>,
}

/// A rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeRule)]
pub struct TimeRuleBody {
    /// Id.
    pub id: Uuid,
    /// Its place, from 1; the first rule that fits decides.
    pub position: i64,
    /// Name.
    pub name: String,
    /// Whether it is tried.
    pub enabled: bool,
    /// When.
    pub conditions: ConditionsBody,
    /// Meetings that fit are no work.
    pub exclude: bool,
    /// For whom.
    #[schema(required = true)]
    pub client_id: Option<Uuid>,
    /// For what.
    #[schema(required = true)]
    pub project_id: Option<Uuid>,
    /// Whether it is billed.
    #[schema(required = true)]
    pub billable: Option<bool>,
    /// Tags.
    pub tags: Vec<String>,
    /// The archived project or client that it books on. Then it books nothing, until that is brought back or the rule names another.
    #[schema(required = true)]
    pub archived_target: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A rule to be made: it leaves meetings out, or says what they are booked on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeRuleInput {
    /// Name.
    pub name: String,
    /// Whether it is tried; by default yes.
    pub enabled: Option<bool>,
    /// Its place, from 1; by default the last.
    pub position: Option<i64>,
    /// When.
    pub conditions: ConditionsBody,
    /// Meetings that fit are no work.
    #[serde(default)]
    #[schema(required = false)]
    pub exclude: bool,
    /// For whom.
    pub client_id: Option<Uuid>,
    /// For what.
    pub project_id: Option<Uuid>,
    /// Whether it is billed.
    pub billable: Option<bool>,
    /// Tags.
    #[serde(default)]
    #[schema(required = false)]
    pub tags: Vec<String>,
}

/// Changes to a rule; null clears.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeRulePatch {
    /// Name.
    pub name: Option<String>,
    /// Whether it is tried.
    pub enabled: Option<bool>,
    /// Its place, from 1.
    pub position: Option<i64>,
    /// When.
    pub conditions: Option<ConditionsBody>,
    /// Meetings that fit are no work.
    pub exclude: Option<bool>,
    /// For whom.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub client_id: Option<Option<Uuid>>,
    /// For what.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub project_id: Option<Option<Uuid>>,
    /// Whether it is billed.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<bool>)]
    pub billable: Option<Option<bool>>,
    /// Tags.
    pub tags: Option<Vec<String>>,
}

/// What a rule would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeRulePreview)]
pub struct PreviewBody {
    /// How many of your meetings of the last 30 days were looked at.
    pub examined: u64,
    /// How many fit.
    pub matched: u64,
    /// How many of those a rule above it takes: the first rule that fits decides.
    pub shadowed: u64,
    /// The rules above it that take them.
    pub shadowed_by: Vec<ShadowBody>,
    /// The archived project or client that it books on: then it books nothing.
    #[schema(required = true)]
    pub archived_target: Option<String>,
    /// The latest of those that it would decide, at most 100.
    pub items: Vec<EventBody>,
}

/// A rule above the one that is tried out.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimeRuleShadow)]
pub struct ShadowBody {
    /// It.
    pub rule_id: Uuid,
    /// Its name.
    pub name: String,
    /// How many of the meetings it takes.
    pub meetings: u64,
}

/// Which rule is tried out.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PreviewQuery {
    /// The rule that this is a change of: it does not stand above itself.
    pub rule_id: Option<Uuid>,
}

impl From<ConditionsBody> for Conditions {
    fn from(body: ConditionsBody) -> Self {
        Self {
            titles: body.titles,
            attendee_domains: body.attendee_domains,
            calendar_ids: body.calendar_ids.into_iter().map(Into::into).collect(),
            providers: body.providers,
            categories: body.categories,
            organizers: body.organizers,
            min_minutes: body.min_minutes,
            max_minutes: body.max_minutes,
        }
    }
}

impl From<Conditions> for ConditionsBody {
    fn from(conditions: Conditions) -> Self {
        Self {
            titles: conditions.titles,
            attendee_domains: conditions.attendee_domains,
            calendar_ids: conditions
                .calendar_ids
                .into_iter()
                .map(Into::into)
                .collect(),
            providers: conditions.providers,
            categories: conditions.categories,
            organizers: conditions.organizers,
            min_minutes: conditions.min_minutes,
            max_minutes: conditions.max_minutes,
        }
    }
}

impl TimeRuleBody {
    /// A rule, and what is archived of what it books on.
    fn new(rule: &TimeRule, archived_target: Option<String>) -> Self {
        Self {
            id: rule.id.into(),
            position: rule.position,
            name: rule.name.clone(),
            enabled: rule.enabled,
            conditions: rule.conditions.clone().into(),
            exclude: rule.exclude,
            client_id: rule.client_id.map(Into::into),
            project_id: rule.project_id.map(Into::into),
            billable: rule.billable,
            tags: rule.tags.clone(),
            archived_target,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
        }
    }
}

impl TimeRuleInput {
    fn contents(self) -> (Contents, Option<i64>) {
        let contents = Contents {
            name: self.name.trim().to_owned(),
            enabled: self.enabled.unwrap_or(true),
            conditions: self.conditions.into(),
            action: Action {
                exclude: self.exclude,
                client_id: self.client_id.map(Into::into),
                project_id: self.project_id.map(Into::into),
                billable: self.billable,
                tags: self.tags,
            },
        };
        (contents, self.position)
    }
}

/// List rules
///
/// All of them, in the order in which they are tried.
#[utoipa::path(get, path = "/time-rules", tag = "Time", params(Paging), responses((status = 200, body = List<TimeRuleBody>)))]
pub async fn list(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(paging): Query<Paging>,
) -> Result<Json<List<TimeRuleBody>>, Problem> {
    let page = paging.page::<(i64, TimeRuleId)>()?;
    let mut rules = rules::list(&cx, &who).await?;
    if let Some(after) = page.after {
        rules.retain(|rule| (rule.position, rule.id) > after);
    }
    rules.truncate(usize::try_from(page.fetch()).unwrap_or(usize::MAX));
    let archived = rules::archived(&cx, &who, &rules).await?;
    Ok(page.list(
        rules.into_iter().zip(archived).collect(),
        |(rule, _)| (rule.position, rule.id),
        |(rule, archived)| TimeRuleBody::new(&rule, archived),
    ))
}

/// Create a rule
#[utoipa::path(post, path = "/time-rules", tag = "Time", request_body = TimeRuleInput, responses((status = 201, body = TimeRuleBody)))]
pub async fn create(
    State(cx): State<Context>,
    Admin(who): Admin,
    Creating { body, key }: Creating<TimeRuleInput>,
) -> Result<Response, Problem> {
    let (contents, position) = body.contents();
    // What is archived is refused.
    let render = |rule: &TimeRule| created(&TimeRuleBody::new(rule, None));
    let outcome = rules::create(&cx, &who, &contents, position, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}

/// Try a rule out
///
/// Which of your meetings of the last 30 days it would fit, whether they are logged or not, and which of them rules above its place take.
/// Nothing is stored.
#[utoipa::path(post, path = "/time-rules/preview", tag = "Time", params(PreviewQuery), request_body = TimeRuleInput, responses((status = 200, body = PreviewBody)))]
pub async fn preview(
    State(cx): State<Context>,
    Reader(who): Reader,
    Query(query): Query<PreviewQuery>,
    Json(input): Json<TimeRuleInput>,
) -> Result<Json<PreviewBody>, Problem> {
    let (contents, position) = input.contents();
    let place = Place {
        rule_id: query.rule_id.map(Into::into),
        position,
    };
    let preview = rules::preview(&cx, &who, &contents, place).await?;
    let shadowed_by = preview.shadowed.into_iter().map(|shadow| ShadowBody {
        rule_id: shadow.rule_id.into(),
        name: shadow.name,
        meetings: shadow.meetings as u64,
    });
    let shadowed_by: Vec<ShadowBody> = shadowed_by.collect();
    Ok(Json(PreviewBody {
        examined: preview.examined as u64,
        matched: preview.matched as u64,
        shadowed: shadowed_by.iter().map(|shadow| shadow.meetings).sum(),
        shadowed_by,
        archived_target: preview.archived,
        items: preview.meetings.into_iter().map(EventBody::from).collect(),
    }))
}

/// A rule
#[utoipa::path(get, path = "/time-rules/{id}", tag = "Time", responses((status = 200, body = TimeRuleBody)))]
pub async fn get(
    State(cx): State<Context>,
    Reader(who): Reader,
    Id(id): Id<TimeRuleId>,
) -> Result<Json<TimeRuleBody>, Problem> {
    let rule = rules::get(&cx, &who, id).await?;
    one(&cx, &who, rule).await
}

/// Change a rule
#[utoipa::path(patch, path = "/time-rules/{id}", tag = "Time", responses((status = 200, body = TimeRuleBody)))]
pub async fn update(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<TimeRuleId>,
    Json(patch): Json<TimeRulePatch>,
) -> Result<Json<TimeRuleBody>, Problem> {
    let position = patch.position;
    let decide = move |mut now: Contents| {
        let patch = patch.clone();
        now.name = patch.name.map_or(now.name, |name| name.trim().to_owned());
        now.enabled = patch.enabled.unwrap_or(now.enabled);
        now.conditions = patch.conditions.map_or(now.conditions, Into::into);
        let action = &mut now.action;
        action.exclude = patch.exclude.unwrap_or(action.exclude);
        if let Some(id) = patch.client_id {
            action.client_id = id.map(Into::into);
        }
        if let Some(id) = patch.project_id {
            action.project_id = id.map(Into::into);
        }
        action.billable = patch.billable.unwrap_or(action.billable);
        if let Some(tags) = patch.tags {
            action.tags = tags;
        }
        now
    };
    let rule = rules::update(&cx, &who, id, &decide, position).await?;
    one(&cx, &who, rule).await
}

/// Delete a rule
#[utoipa::path(delete, path = "/time-rules/{id}", tag = "Time", responses((status = 204)))]
pub async fn delete(
    State(cx): State<Context>,
    Admin(who): Admin,
    Id(id): Id<TimeRuleId>,
) -> Result<StatusCode, Problem> {
    rules::delete(&cx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn one(cx: &Context, who: &Principal, rule: TimeRule) -> Result<Json<TimeRuleBody>, Problem> {
    let archived = rules::archived(cx, who, std::slice::from_ref(&rule)).await?;
    Ok(Json(TimeRuleBody::new(
        &rule,
        archived.into_iter().flatten().next(),
    )))
}
