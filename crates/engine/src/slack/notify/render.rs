//! What a notice says, from how things are when it is sent. `None`: there is no point in it any more.

use daybook_domain::connection::Status as ConnectionStatus;
use daybook_domain::time_entry::Status;
use daybook_domain::{CalendarId, ConnectionId, InstanceId, MemberId, TimeEntryId, WorkspaceId};
use daybook_provider_api::chat::Message;
use daybook_store as store;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::Tx;
use store::slack::notices::{Kind, Notice};
use store::time_entries::{Filter, TimeEntry};

use crate::Context;
use crate::connections::notices;
use crate::slack::blocks::{self, Approval, Broken, InvoiceReady, Summary};
use crate::slack::{meetings, time};

/// The message of a notice.
pub(super) async fn message(
    cx: &Context,
    tx: &mut Tx,
    notice: &Notice,
    zone: &TimeZone,
) -> store::Result<Option<Message>> {
    let gone = |result: store::Result<Option<Message>>| match result {
        Err(store::Error::NotFound) => Ok(None),
        other => other,
    };
    gone(match notice.kind {
        Kind::TimeEntryCreated => entry(tx, notice, zone).await,
        Kind::InvoiceReady => Ok(invoice(cx, notice)),
        Kind::DailySummary => summary(cx, tx, notice, zone).await,
        Kind::LogThisMeeting => meeting(tx, notice, zone).await,
        Kind::ApprovalNeeded => approval(tx, notice, zone).await,
        Kind::ConnectionBroken => trouble(cx, tx, notice).await,
        Kind::ConfirmLink => Ok(None),
    })
}

fn field<T: DeserializeOwned>(notice: &Notice, name: &str) -> Option<T> {
    serde_json::from_value(notice.payload.get(name)?.clone()).ok()
}

async fn entry(tx: &mut Tx, notice: &Notice, zone: &TimeZone) -> store::Result<Option<Message>> {
    let Some(id) = field::<TimeEntryId>(notice, "time_entry_id") else {
        return Ok(None);
    };
    let entry = store::time_entries::get(tx, notice.workspace_id, id).await?;
    let project = project(tx, &entry).await?;
    let project = project.as_deref();
    Ok(Some(blocks::created(
        "Time entry created",
        &entry,
        project,
        zone,
    )))
}

fn invoice(cx: &Context, notice: &Notice) -> Option<Message> {
    let text = |name: &str| notice.payload.get(name).and_then(Value::as_str);
    let ready = InvoiceReady {
        number: text("number")?,
        client: text("client")?,
        total: text("total")?,
        path: &format!("/invoices/{}", text("invoice_id")?),
    };
    Some(blocks::invoice(&ready, &cx.settings.base_url))
}

async fn summary(
    cx: &Context,
    tx: &mut Tx,
    notice: &Notice,
    zone: &TimeZone,
) -> store::Result<Option<Message>> {
    let Some(date) = field::<Date>(notice, "date") else {
        return Ok(None);
    };
    let day = figures(cx, tx, notice.workspace_id, notice.member_id, date, zone).await?;
    Ok(Some(blocks::summary(&day, &cx.settings.base_url)))
}

/// A member's day in figures.
async fn figures(
    cx: &Context,
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    date: Date,
    zone: &TimeZone,
) -> store::Result<Summary> {
    let (from, to) = time::day(date, zone);
    let filter = Filter {
        member_id: Some(member),
        from: Some(from),
        to: Some(to),
        ..Filter::default()
    };
    let entries = store::time_entries::list(tx, workspace, &filter, None, 1_000).await?;
    let until = to.min(cx.clock.now());
    let open = meetings::unlogged(tx, workspace, member, from, until).await?;
    let pending = entries.iter().filter(|one| one.status == Status::Pending);
    Ok(Summary {
        entries: entries.len(),
        minutes: entries.iter().map(|entry| entry.duration_minutes).sum(),
        pending: pending.count(),
        unlogged: open.len(),
        day: date.strftime("%A, %-d %B").to_string(),
    })
}

async fn meeting(tx: &mut Tx, notice: &Notice, zone: &TimeZone) -> store::Result<Option<Message>> {
    let Some(id) = field::<InstanceId>(notice, "instance_id") else {
        return Ok(None);
    };
    let meeting = store::instances::get(tx, notice.workspace_id, id).await?;
    Ok(meetings::is_open(&meeting).then(|| blocks::ask_meeting(&meeting, zone)))
}

async fn approval(tx: &mut Tx, notice: &Notice, zone: &TimeZone) -> store::Result<Option<Message>> {
    let Some(id) = field::<TimeEntryId>(notice, "time_entry_id") else {
        return Ok(None);
    };
    let entry = store::time_entries::get(tx, notice.workspace_id, id).await?;
    if entry.status != Status::Pending {
        return Ok(None);
    }
    let member = name_of(tx, &entry).await?;
    let project = project(tx, &entry).await?;
    let ask = Approval {
        entry: &entry,
        member: &member,
        project: project.as_deref(),
    };
    Ok(Some(blocks::approval(&ask, zone)))
}

/// Something is wrong with an account or one of its calendars, or soon will be.
async fn trouble(cx: &Context, tx: &mut Tx, notice: &Notice) -> store::Result<Option<Message>> {
    let base = &cx.settings.base_url;
    if let Some(id) = field::<CalendarId>(notice, "calendar_id") {
        let calendar = store::calendars::get(tx, notice.workspace_id, id).await?;
        return Ok((!calendar.sync_enabled).then(|| blocks::calendar_off(&calendar, base)));
    }
    let Some(id) = field::<ConnectionId>(notice, "connection_id") else {
        return Ok(None);
    };
    let connection = store::connections::get(tx, notice.workspace_id, id).await?;
    let (provider, account) = notices::names(cx, &connection);
    let message = Broken {
        provider: &provider,
        account: &account,
        path: &format!("/integrations/connect/{}", connection.provider),
    };
    let ends = field::<Timestamp>(notice, "ends");
    Ok(match (connection.status, ends) {
        (ConnectionStatus::NeedsReauth, _) => Some(blocks::broken(&message, base)),
        (ConnectionStatus::Connected, Some(ends))
            if notices::ends_soon(&connection, cx.clock.now()).is_some() =>
        {
            Some(blocks::ending(&message, ends, base))
        }
        _ => None,
    })
}

/// The name of an entry's project.
pub(in crate::slack) async fn project(
    tx: &mut Tx,
    entry: &TimeEntry,
) -> store::Result<Option<String>> {
    match entry.project_id {
        None => Ok(None),
        Some(id) => {
            let project = store::projects::get(tx, entry.workspace_id, id).await?;
            Ok(Some(project.name))
        }
    }
}

/// The name of an entry's member.
pub(in crate::slack) async fn name_of(tx: &mut Tx, entry: &TimeEntry) -> store::Result<String> {
    let member = store::members::get(tx, entry.workspace_id, entry.member_id).await?;
    let user = store::users::get(tx, member.user_id).await?;
    Ok(user.name)
}
