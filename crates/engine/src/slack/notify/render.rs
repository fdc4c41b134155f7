//! What a notice says, from how things are when it is sent. `None`: there is no point in it any more.

use daybook_domain::connection::Status as ConnectionStatus;
use daybook_domain::time_entry::Status;
use daybook_domain::{
    CalendarId, ConnectionId, InstanceId, InvoiceId, MemberId, SubmissionId, TimeEntryId,
    WorkspaceId,
};
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
use crate::invoices::send::amount;
use crate::slack::blocks::{self, Broken, InvoiceReady, Summary};
use crate::slack::{approvals, meetings, time};
use crate::timesheets::{drafts, reminders};

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
        Kind::InvoiceOverdue => overdue(cx, tx, notice).await,
        Kind::SubmitReminder => submit_reminder(cx, tx, notice).await,
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
    Some(blocks::invoice(&ready, cx.settings.dashboard()))
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
    Ok(Some(blocks::summary(&day, cx.settings.dashboard())))
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
    let who = meetings::member(tx, workspace, member).await?;
    let open = meetings::over(tx, &who, (from, to.min(cx.clock.now()))).await?;
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
    let who = meetings::member(tx, notice.workspace_id, notice.member_id).await?;
    let open = drafts::get(tx, &who, id).await?;
    let open = meetings::named(tx, notice.workspace_id, open.into_iter().collect()).await?;
    Ok(open.first().map(|open| blocks::ask_meeting(open, zone)))
}

async fn approval(tx: &mut Tx, notice: &Notice, zone: &TimeZone) -> store::Result<Option<Message>> {
    match field::<SubmissionId>(notice, "submission_id") {
        None => Ok(None),
        Some(id) => approvals::question(tx, notice.workspace_id, id, zone, false).await,
    }
}

/// Something is wrong with an account or one of its calendars, or soon will be.
async fn trouble(cx: &Context, tx: &mut Tx, notice: &Notice) -> store::Result<Option<Message>> {
    let base = cx.settings.dashboard();
    if let Some(id) = field::<CalendarId>(notice, "calendar_id") {
        let calendar = store::calendars::get(tx, notice.workspace_id, id).await?;
        let path = format!("/integrations/calendar/{id}");
        let told = || blocks::calendar_off(&calendar.name, &path, base);
        return Ok((!calendar.sync_enabled).then(told));
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

async fn overdue(cx: &Context, tx: &mut Tx, notice: &Notice) -> store::Result<Option<Message>> {
    let Some(id) = field::<InvoiceId>(notice, "invoice_id") else {
        return Ok(None);
    };
    let invoice = store::invoices::get(tx, notice.workspace_id, id).await?;
    let (Some(number), Some(due)) = (&invoice.number, invoice.due_on) else {
        return Ok(None);
    };
    if !invoice.is_payable() {
        return Ok(None);
    }
    let client = store::clients::get(tx, notice.workspace_id, invoice.client_id).await?;
    let late = InvoiceReady {
        number,
        client: &client.name,
        total: &amount(&invoice, invoice.open_minor()),
        path: &format!("/invoices/{id}"),
    };
    let due = due.strftime("%-d %B %Y").to_string();
    let base = cx.settings.dashboard();
    Ok(Some(blocks::overdue(&late, &due, base)))
}

async fn submit_reminder(
    cx: &Context,
    tx: &mut Tx,
    notice: &Notice,
) -> store::Result<Option<Message>> {
    let Some(monday) = field::<Date>(notice, "week") else {
        return Ok(None);
    };
    let (ws, member) = (notice.workspace_id, notice.member_id);
    let (entries, minutes) = reminders::open_of(tx, ws, member, monday).await?;
    let week = monday.strftime("%-d %B").to_string();
    let base = cx.settings.dashboard();
    Ok((entries > 0).then(|| blocks::submit_reminder(entries, minutes, &week, base)))
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
