//! How a member stands with Slack, and what they set for themselves.

use axum::extract::State;
use axum::response::Response;
use daybook_engine::accounts::names;
use daybook_engine::slack::preferences::Changes;
use daybook_engine::slack::{self, ByApi, Logged, link, preferences, status};
use daybook_engine::{Context, projects};
use http::StatusCode;
use secrecy::SecretString;

use super::body::{
    SlackBindingBody, SlackLinkedBody, SlackMemberBody, SlackPreferencesBody, SlackStatusBody,
};
use super::input::{SlackLinkInput, SlackPreferencesInput, SlackTimeEntryInput};
use crate::api::time::body::TimeEntryBody;
use crate::cursor::List;
use crate::extract::{Creating, Json, Reader, Writer, answer, created};
use crate::problem::Problem;

/// How you stand with Slack
#[utoipa::path(get, path = "/integrations/slack/status", tag = "Slack", responses((status = 200, body = SlackStatusBody)))]
pub async fn status(
    State(cx): State<Context>,
    Reader(who): Reader,
) -> Result<Json<SlackStatusBody>, Problem> {
    Ok(Json(status::standing(&cx, &who).await?.into()))
}

/// List who is linked with Slack
///
/// The newest first. Plain members see themselves.
#[utoipa::path(get, path = "/integrations/slack/members", tag = "Slack", responses((status = 200, body = List<SlackMemberBody>)))]
pub async fn members(
    State(cx): State<Context>,
    Reader(who): Reader,
) -> Result<Json<List<SlackMemberBody>>, Problem> {
    let linked = status::linked(&cx, &who).await?;
    let items = linked.iter().map(Into::into).collect();
    Ok(Json(List::all(items)))
}

/// Choose what to be told in Slack
#[utoipa::path(put, path = "/integrations/slack/preferences", tag = "Slack", responses((status = 200, body = SlackPreferencesBody)))]
pub async fn preferences(
    State(cx): State<Context>,
    Writer(who): Writer,
    Json(input): Json<SlackPreferencesInput>,
) -> Result<Json<SlackPreferencesBody>, Problem> {
    let changes = Changes {
        time_entry_created: input.time_entry_created,
        invoice_ready: input.invoice_ready,
        daily_summary: input.daily_summary,
        daily_summary_time: input.daily_summary_time,
        log_this_meeting: input.log_this_meeting,
        approval_needed: input.approval_needed,
        connection_broken: input.connection_broken,
        invoice_overdue: input.invoice_overdue,
        submit_reminder: input.submit_reminder,
    };
    Ok(Json(preferences::put(&cx, &who, changes).await?.into()))
}

/// Link yourself with Slack
///
/// With the token of the link that `/time` gave you; it works once, for 15 minutes. Or by your address: whoever has it in Slack is
/// asked there to confirm.
#[utoipa::path(post, path = "/integrations/slack/link", tag = "Slack", request_body = SlackLinkInput, responses((status = 200, body = SlackLinkedBody)))]
pub async fn link(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<SlackLinkInput>,
) -> Result<Response, Problem> {
    if let Some(earlier) = key.earlier(&cx, &who).await? {
        return Ok(earlier);
    }
    let answer = match (body.token, body.by_email) {
        (Some(token), None | Some(false)) => {
            let binding = link::link(&cx, &who, &SecretString::from(token)).await?;
            SlackLinkedBody {
                status: "linked",
                binding: Some(SlackBindingBody::from(&binding)),
                message: "You are linked. Log time in Slack with /time.",
            }
        }
        (None, Some(true)) => {
            link::ask_by_email(&cx, &who).await?;
            SlackLinkedBody {
                status: "asked",
                binding: None,
                message: "If somebody in Slack has your address, they have a message there now: confirm it.",
            }
        }
        _ => {
            let detail = "give the token of your link, or by_email: true";
            return Err(Problem::invalid_field("/token", detail));
        }
    };
    key.done(&cx, &who, &answer).await
}

/// End being linked with Slack
#[utoipa::path(delete, path = "/integrations/slack/link", tag = "Slack", responses((status = 204)))]
pub async fn unlink(State(cx): State<Context>, Writer(who): Writer) -> Result<StatusCode, Problem> {
    link::unlink(&cx, &who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Log time with the words of `/time`
#[utoipa::path(post, path = "/integrations/slack/time-entry", tag = "Slack", request_body = SlackTimeEntryInput, responses((status = 201, body = TimeEntryBody)))]
pub async fn time_entry(
    State(cx): State<Context>,
    Writer(who): Writer,
    Creating { body, key }: Creating<SlackTimeEntryInput>,
) -> Result<Response, Problem> {
    let (client, project) = (
        body.client_id.map(Into::into),
        body.project_id.map(Into::into),
    );
    let known = match project {
        Some(id) => projects::get(&cx, &who, id).await.ok(),
        None => None,
    };
    let of = client.or_else(|| known.and_then(|project| project.client_id));
    let (clients, named) = (of.into_iter().collect(), project.into_iter().collect());
    let names = names::load(&cx, &who, vec![who.member_id], clients, named).await?;
    let ask = ByApi {
        duration: body.duration,
        description: body.description,
        date: body.date,
        project_id: project,
        client_id: client,
    };
    let render = move |logged: &Logged| created(&TimeEntryBody::new(&logged.entry, &names));
    let outcome = slack::by_api(&cx, &who, ask, &key.once(&render)).await?;
    Ok(answer(outcome, render))
}
