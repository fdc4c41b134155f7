//! `send_invoice_notifications`: in the workspace's zone, an invoice is overdue the day after its due date. The owners are told once,
//! from 9 on, and the client is reminded where the workspace switched that on: once for each of its numbers of days.

use daybook_domain::account::{EmailAddress, Role};
use daybook_domain::activity::LogType;
use daybook_domain::invoice::Status;
use daybook_domain::{MemberId, WorkspaceId};
use daybook_store as store;
use jiff::civil::Date;
use serde_json::{Value, json};
use store::invoices::deliveries::{self, Delivery, NewDelivery, State};
use store::invoices::{Filter, Invoice};
use store::mail_preferences;
use store::members::Profile;
use store::workspaces::Workspace;

use super::send::{self, Address, amount};
use super::{Error, gather};
use crate::Context;
use crate::activity::Line;
use crate::jobs::{Failure, Work};
use crate::mail::{self, letters};
use crate::slack::notify;

/// Its name.
pub const NAME: &str = "send_invoice_notifications";
/// Nobody is written to before this hour.
const HOUR: i8 = 9;
/// Rows at once.
const PAGE: i64 = 200;

pub(crate) fn run(cx: Context, _: Value) -> Work {
    Box::pin(async move { look_at_all(&cx).await.map_err(failure) })
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Store(error) => error.into(),
        other => Failure::Again(other.to_string()),
    }
}

/// Looks at every workspace's invoices that are overdue.
///
/// # Errors
/// When the database fails, or a document cannot be made; then the next run goes on.
pub async fn look_at_all(cx: &Context) -> Result<(), Error> {
    let mut tx = cx.store.read().await?;
    let workspaces = store::workspaces::list_all(&mut tx).await?;
    drop(tx);
    for workspace in workspaces {
        look_at(cx, &workspace).await?;
    }
    Ok(())
}

async fn look_at(cx: &Context, workspace: &Workspace) -> Result<(), Error> {
    let ws = workspace.id;
    let local = cx.clock.now().to_zoned(gather::zone(workspace));
    let today = local.date();
    let filter = Filter {
        due_before: Some(today),
        ..Filter::default()
    };
    let mut after = None;
    loop {
        let mut tx = cx.store.read_in(ws).await?;
        let page = store::invoices::list(&mut tx, ws, &filter, after, PAGE).await?;
        let days = store::billing::get(&mut tx, ws)
            .await?
            .profile
            .reminder_days;
        drop(tx);
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some((last.created_at, last.id));
        for invoice in &page {
            turn(cx, invoice).await?;
            if local.hour() >= HOUR {
                tell_owners(cx, invoice).await?;
                reminded(remind(cx, invoice, (today, &days)).await, invoice)?;
            }
        }
    }
}

/// A document that cannot be made does not keep the others from being sent.
fn reminded(result: Result<(), Error>, invoice: &Invoice) -> Result<(), Error> {
    match result {
        Err(error) if !matches!(error, Error::Store(_)) => {
            tracing::error!(invoice = %invoice.id, %error, "a reminder could not be written");
            Ok(())
        }
        other => other,
    }
}

/// Notes since when it is overdue.
async fn turn(cx: &Context, invoice: &Invoice) -> Result<(), Error> {
    if invoice.overdue_at.is_some() {
        return Ok(());
    }
    let ws = invoice.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    if store::invoices::mark_overdue(&mut tx, ws, invoice.id).await? {
        let number = invoice.number.as_deref().unwrap_or_default();
        let line = Line::new(
            LogType::NotificationSent,
            format!("Invoice {number} is overdue"),
        );
        let detail = json!({"kind": "invoice_overdue", "invoice_id": invoice.id});
        line.detail(detail).write(&mut tx, ws).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Tells the owners, once, as each of them wants it.
async fn tell_owners(cx: &Context, invoice: &Invoice) -> Result<(), Error> {
    if invoice.overdue_told_at.is_some() {
        return Ok(());
    }
    let ws = invoice.workspace_id;
    let mut tx = cx.store.write_in(ws).await?;
    if !store::invoices::mark_overdue_told(&mut tx, ws, invoice.id).await? {
        return Ok(());
    }
    let client = store::clients::get(&mut tx, ws, invoice.client_id).await?;
    for owner in owners(&mut tx, ws).await? {
        notify::invoice_overdue(&mut tx, ws, owner.id, invoice.id).await?;
        let wants = mail_preferences::get(&mut tx, ws, owner.id).await?;
        if let Ok(to) = owner.email.parse()
            && wants.invoice_overdue
        {
            let letter = letters::Overdue {
                fact: &invoice.id.to_string(),
                to: &to,
                member: owner.id,
                number: invoice.number.as_deref().unwrap_or_default(),
                client: &client.name,
                open: &amount(invoice, invoice.open_minor()),
                due: &send::due(invoice),
            };
            letters::overdue(cx, &mut tx, ws, &letter).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The owners whose accounts are on.
async fn owners(tx: &mut store::Tx, ws: WorkspaceId) -> store::Result<Vec<Profile>> {
    let (mut owners, mut after) = (Vec::new(), None);
    loop {
        let page = store::members::list(tx, ws, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(owners);
        };
        after = Some((last.created_at, last.id));
        let is_owner = |one: &Profile| one.role == Role::Owner && one.disabled_at.is_none();
        owners.extend(page.into_iter().filter(is_owner));
    }
}

/// Reminds the client of an invoice that they have, when one of the workspace's days has come that was not used yet.
async fn remind(
    cx: &Context,
    invoice: &Invoice,
    (today, days): (Date, &[i64]),
) -> Result<(), Error> {
    let (ws, id) = (invoice.workspace_id, invoice.id);
    if invoice.status != Status::Sent || !mail::is_configured(cx) {
        return Ok(());
    }
    let mut tx = cx.store.read_in(ws).await?;
    let before = deliveries::list(&mut tx, ws, id).await?;
    drop(tx);
    let Some(step) = step(invoice, today, days, &before) else {
        return Ok(());
    };
    let parcel = send::pack(cx, ws, id).await?;
    let mut tx = cx.store.write_in(ws).await?;
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    let before = deliveries::list(&mut tx, ws, id).await?;
    if !invoice.is_payable() || self::step(&invoice, today, days, &before) != Some(step) {
        return Ok(());
    }
    let delivery = deliveries::id(&tx);
    let to = recipient(&mut tx, &invoice, &before).await?;
    let member = sender(&mut tx, ws, &before).await?;
    let mail = match (&to, member) {
        (Some(to), Some(member)) => {
            let reply_to = parcel.seller();
            let address = Address {
                to,
                reply_to: reply_to.as_ref(),
                member,
                message: "",
                reminder: true,
            };
            let fact = delivery.to_string();
            send::write(cx, &mut tx, &invoice, (&fact, &parcel), &address).await?
        }
        _ => None,
    };
    let missing = "the client has no e-mail address; give them one, and send the invoice again";
    let new = NewDelivery {
        id: delivery,
        invoice_id: id,
        kind: deliveries::Kind::Reminder,
        step,
        recipient: to.as_ref().map(EmailAddress::as_str),
        member_id: None,
        mail_id: mail,
        state: if mail.is_some() {
            State::Queued
        } else {
            State::Failed
        },
        last_error: mail.is_none().then_some(missing),
    };
    deliveries::add(&mut tx, ws, &new).await?;
    tx.commit().await?;
    Ok(())
}

/// The latest of the workspace's days that has come, if it is later than the last reminder.
fn step(invoice: &Invoice, today: Date, days: &[i64], before: &[Delivery]) -> Option<i64> {
    let late = i64::from(invoice.due_on?.until(today).ok()?.get_days());
    let come = days.iter().copied().filter(|day| *day <= late).max()?;
    let reminders = before
        .iter()
        .filter(|one| one.kind == deliveries::Kind::Reminder);
    let last = reminders.map(|one| one.step).max();
    (last.is_none_or(|last| come > last)).then_some(come)
}

/// Where the invoice went, or else the client's address.
async fn recipient(
    tx: &mut store::Tx,
    invoice: &Invoice,
    before: &[Delivery],
) -> Result<Option<EmailAddress>, Error> {
    let went = before.iter().rev().find_map(|one| one.recipient.as_deref());
    if let Some(to) = went.and_then(|to| to.parse().ok()) {
        return Ok(Some(to));
    }
    let client = store::clients::get(tx, invoice.workspace_id, invoice.client_id).await?;
    Ok(client.email.and_then(|email| email.parse().ok()))
}

/// As whose mail it is kept: of whoever sent the invoice, or else of an owner.
async fn sender(
    tx: &mut store::Tx,
    ws: WorkspaceId,
    before: &[Delivery],
) -> Result<Option<MemberId>, Error> {
    match before.iter().rev().find_map(|one| one.member_id) {
        Some(member) => Ok(Some(member)),
        None => Ok(owners(tx, ws).await?.first().map(|owner| owner.id)),
    }
}
