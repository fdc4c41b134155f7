//! An invoice goes to the client: by mail with the PDF and, where it can be made, the XML; or by hand, which is noted.

use daybook_domain::account::{EmailAddress, InvalidEmail};
use daybook_domain::activity::LogType;
use daybook_domain::invoice::{Document, Kind, Status, Step};
use daybook_domain::{ClientId, DeliveryId, InvoiceId, MailId, MemberId, WorkspaceId};
use daybook_store as store;
use serde_json::json;
use store::invoices::deliveries::{self, Delivery, NewDelivery, State};
use store::invoices::{Invoice, Progress};

use super::paper;
use super::read::{self, View};
use super::{Error, document, invalid, text};
use crate::activity::Line;
use crate::mail::letters::{self, InvoiceSent, Refusal};
use crate::slack::notify;
use crate::{Context, Once, Outcome, Principal, mail};

/// How an invoice is sent.
#[derive(Debug, Clone, Default)]
pub struct Send {
    /// To which address; by default the client's.
    pub to: Option<String>,
    /// What the sender wants to say.
    pub message: Option<String>,
    /// The client got it another way: it is noted, and nothing is mailed.
    pub by_hand: bool,
}

/// What is put into the client's mail.
pub(super) struct Parcel {
    pdf: Vec<u8>,
    xml: Option<String>,
    document: Document,
}

/// Who a mail goes to, and what it says beside the document.
pub(super) struct Address<'a> {
    pub(super) to: &'a EmailAddress,
    pub(super) reply_to: Option<&'a EmailAddress>,
    pub(super) member: MemberId,
    pub(super) message: &'a str,
    /// Whether it is a reminder.
    pub(super) reminder: bool,
}

/// Sends an invoice, again as often as somebody asks for it. The mail is written in the transaction that notes it.
///
/// # Errors
/// [`Error::NotAllowed`] for a draft and a cancelled one; [`Error::NoRecipient`], [`Error::NoMail`], [`Error::TooLarge`].
pub async fn send(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    ask: &Send,
    once: &Once<'_, View>,
) -> Result<Outcome<View>, Error> {
    let ws = who.workspace_id;
    let mut tx = cx.store.read_in(ws).await?;
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    drop(tx);
    invoice.status.allows(Step::Send)?;
    let to = recipient(cx, ws, &invoice, ask).await?;
    // Typesetting takes its time: it is done before anything is locked.
    let parcel = match to {
        Some(_) => Some(pack(cx, ws, id).await?),
        None => None,
    };
    let mut tx = cx.store.write_in(ws).await?;
    if let Some(answer) = once.claim(&mut tx, who).await? {
        return Ok(Outcome::Replayed(answer));
    }
    let invoice = store::invoices::get(&mut tx, ws, id).await?;
    invoice.status.allows(Step::Send)?;
    // Of two who send at the same time, the second sees here that the invoice changed.
    let progress = Progress {
        status: (invoice.status == Status::Finalized).then_some(Status::Sent),
        sent: true,
        ..Progress::default()
    };
    store::invoices::progress(&mut tx, ws, id, invoice.version, &progress).await?;
    match (&to, &parcel) {
        (Some(to), Some(parcel)) => by_mail(cx, who, &mut tx, &invoice, (to, parcel), ask).await?,
        _ => by_hand(who, &mut tx, &invoice).await?,
    }
    ready(&mut tx, &invoice).await?;
    let view = read::view(&mut tx, ws, id).await?;
    once.finish(&mut tx, who, &view).await?;
    tx.commit().await?;
    Ok(Outcome::Fresh(view))
}

/// To whom it is mailed; `None` by hand.
async fn recipient(
    cx: &Context,
    ws: WorkspaceId,
    invoice: &Invoice,
    ask: &Send,
) -> Result<Option<EmailAddress>, Error> {
    if ask.by_hand {
        if ask.to.is_some() || ask.message.is_some() {
            let detail = "is for an invoice that is mailed; leave it out, or leave by_hand out";
            return Err(invalid(
                if ask.to.is_some() { "/to" } else { "/message" },
                detail,
            ));
        }
        return Ok(None);
    }
    text("/message", ask.message.as_deref(), 5000)?;
    let to = match &ask.to {
        Some(to) => Some(
            to.parse()
                .map_err(|error: InvalidEmail| invalid("/to", error.to_string()))?,
        ),
        None => address_of(cx, ws, invoice.client_id).await?,
    };
    if !mail::is_configured(cx) {
        return Err(Error::NoMail);
    }
    to.map(Some).ok_or(Error::NoRecipient)
}

async fn address_of(
    cx: &Context,
    ws: WorkspaceId,
    client: ClientId,
) -> Result<Option<EmailAddress>, Error> {
    let mut tx = cx.store.read_in(ws).await?;
    let client = store::clients::get(&mut tx, ws, client).await?;
    Ok(client.email.and_then(|email| email.parse().ok()))
}

/// The files of an invoice with a number.
pub(super) async fn pack(cx: &Context, ws: WorkspaceId, id: InvoiceId) -> Result<Parcel, Error> {
    let (document, logo) = paper::load(cx, ws, id).await?;
    // Where the standard wants more than this invoice says, there is no electronic one.
    let complete = document::missing(&document).is_empty();
    let xml = complete.then(|| daybook_paper::ubl(&document));
    let pdf = paper::typeset(cx, document.clone(), logo).await?;
    Ok(Parcel { pdf, xml, document })
}

async fn by_mail(
    cx: &Context,
    who: &Principal,
    tx: &mut store::Tx,
    invoice: &Invoice,
    (to, parcel): (&EmailAddress, &Parcel),
    ask: &Send,
) -> Result<(), Error> {
    let reply_to = reply_to(tx, who, parcel).await?;
    let address = Address {
        to,
        reply_to: reply_to.as_ref(),
        member: who.member_id,
        message: ask.message.as_deref().unwrap_or_default(),
        reminder: false,
    };
    let id = deliveries::id(tx);
    let mail = write(cx, tx, invoice, (&id.to_string(), parcel), &address).await?;
    let new = NewDelivery {
        recipient: Some(to.as_str()),
        mail_id: mail,
        state: State::Queued,
        ..next(tx, who, invoice, id).await?
    };
    deliveries::add(tx, invoice.workspace_id, &new).await?;
    Ok(())
}

impl Parcel {
    /// The seller's address as it is printed.
    pub(super) fn seller(&self) -> Option<EmailAddress> {
        self.document.seller.email.as_deref()?.parse().ok()
    }
}

/// Whom an answer goes to: the address that is printed, or else whoever sends it.
async fn reply_to(
    tx: &mut store::Tx,
    who: &Principal,
    parcel: &Parcel,
) -> Result<Option<EmailAddress>, Error> {
    if let Some(printed) = parcel.seller() {
        return Ok(Some(printed));
    }
    let user = store::users::get(tx, who.user_id).await?;
    Ok(user.email.parse().ok())
}

/// Writes the mail with the files.
pub(super) async fn write(
    cx: &Context,
    tx: &mut store::Tx,
    invoice: &Invoice,
    (fact, parcel): (&str, &Parcel),
    address: &Address<'_>,
) -> Result<Option<MailId>, Error> {
    let money = |minor| amount(invoice, minor);
    let due = due(invoice);
    let open = address.reminder.then(|| money(invoice.open_minor()));
    let preceding = parcel.document.preceding.as_ref();
    let letter = InvoiceSent {
        fact,
        to: address.to,
        member: address.member,
        reply_to: address.reply_to,
        from: &parcel.document.seller.name,
        kind: invoice.kind,
        number: invoice.number.as_deref().unwrap_or_default(),
        preceding: preceding.map(|one| one.number.as_str()),
        total: &money(invoice.total_minor),
        due: &due,
        message: address.message,
        open: open.as_deref(),
        pdf: &parcel.pdf,
        xml: parcel.xml.as_deref(),
    };
    letters::invoice(cx, tx, invoice.workspace_id, &letter)
        .await
        .map_err(|refusal| match refusal {
            Refusal::TooLarge => Error::TooLarge,
            Refusal::Store(error) => error.into(),
        })
}

async fn by_hand(who: &Principal, tx: &mut store::Tx, invoice: &Invoice) -> Result<(), Error> {
    let id = deliveries::id(tx);
    let new = next(tx, who, invoice, id).await?;
    deliveries::add(tx, invoice.workspace_id, &new).await?;
    let number = invoice.number.as_deref().unwrap_or_default();
    let what = invoice.kind.title();
    let title = format!("{what} {number} was marked as sent by hand");
    let mut line = Line::new(LogType::NotificationSent, title)
        .detail(json!({"channel": "by_hand", "kind": invoice.kind, "invoice_id": invoice.id}));
    line.member = Some(who.member_id);
    line.write(tx, invoice.workspace_id).await?;
    Ok(())
}

/// When it is due, as people read it: `12 December 2026`; a dash for a credit note.
pub(super) fn due(invoice: &Invoice) -> String {
    let day = invoice
        .due_on
        .map(|day| day.strftime("%-d %B %Y").to_string());
    day.unwrap_or_else(|| "—".to_owned())
}

/// An amount with its currency: `EUR 1,250.00`.
pub(crate) fn amount(invoice: &Invoice, minor: i64) -> String {
    format!("{} {}", invoice.currency, invoice.currency.grouped(minor))
}

/// The next delivery of an invoice, by hand.
async fn next<'a>(
    tx: &mut store::Tx,
    who: &Principal,
    invoice: &Invoice,
    id: DeliveryId,
) -> Result<NewDelivery<'a>, Error> {
    let before = deliveries::list(tx, invoice.workspace_id, invoice.id).await?;
    let sent = |one: &&Delivery| one.kind == deliveries::Kind::Invoice;
    let step = before
        .iter()
        .filter(sent)
        .map(|one| one.step)
        .max()
        .unwrap_or(0)
        + 1;
    Ok(NewDelivery {
        id,
        invoice_id: invoice.id,
        kind: deliveries::Kind::Invoice,
        step,
        recipient: None,
        member_id: Some(who.member_id),
        mail_id: None,
        state: State::ByHand,
        last_error: None,
    })
}

/// Those who manage the workspace are told in Slack that the client has it, once.
async fn ready(tx: &mut store::Tx, invoice: &Invoice) -> Result<(), Error> {
    if invoice.kind != Kind::Invoice {
        return Ok(());
    }
    let ws = invoice.workspace_id;
    let client = store::clients::get(tx, ws, invoice.client_id).await?;
    let told = notify::Invoice {
        id: invoice.id.into(),
        number: invoice.number.clone().unwrap_or_default(),
        client: client.name,
        total: amount(invoice, invoice.total_minor),
    };
    let managers = notify::managers(tx, ws).await?;
    notify::invoice_ready(tx, ws, &managers, &told).await?;
    Ok(())
}
