//! Invoices as documents: PDF, and the two forms of EN 16931.

use daybook_domain::invoice::Document;
use daybook_domain::{InvoiceId, WorkspaceId};
use daybook_paper as paper;
use daybook_store as store;

use super::{Error, document, read};
use crate::{Context, Principal};

/// Which form of the electronic invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// UBL 2.1.
    Ubl,
    /// UN/CEFACT Cross Industry Invoice.
    Cii,
}

/// The PDF, and what to call it. A draft's says that it is one.
///
/// # Errors
/// When there is no such invoice, or it cannot be printed.
pub async fn pdf(cx: &Context, who: &Principal, id: InvoiceId) -> Result<(String, Vec<u8>), Error> {
    read::seen(who)?;
    let (document, logo) = load(cx, who.workspace_id, id).await?;
    let name = name(&document);
    Ok((name, typeset(cx, document, logo).await?))
}

/// The PDF of a document.
pub(super) async fn typeset(
    cx: &Context,
    document: Document,
    logo: Option<store::billing::Logo>,
) -> Result<Vec<u8>, Error> {
    let picture = logo.map(|logo| paper::Logo {
        is_png: logo.media_type == "image/png",
        data: logo.data,
    });
    // Typesetting is work for a processor, not for a thread that serves requests.
    let fonts = cx.settings.fonts.clone();
    let made =
        tokio::task::spawn_blocking(move || paper::pdf(&document, picture.as_ref(), &fonts)).await;
    made.map_err(|error| Error::Paper(error.to_string()))?
        .map_err(|error| Error::Paper(error.to_string()))
}

/// The electronic invoice, and what to call it.
///
/// # Errors
/// [`Error::StillDraft`], [`Error::Incomplete`].
pub async fn xml(
    cx: &Context,
    who: &Principal,
    id: InvoiceId,
    form: Form,
) -> Result<(String, String), Error> {
    read::seen(who)?;
    let (document, _) = load(cx, who.workspace_id, id).await?;
    if document.number.is_none() {
        return Err(Error::StillDraft);
    }
    let missing = document::missing(&document);
    if !missing.is_empty() {
        return Err(Error::Incomplete(missing));
    }
    let text = match form {
        Form::Ubl => paper::ubl(&document),
        Form::Cii => paper::cii(&document),
    };
    Ok((name(&document), text))
}

/// What is printed: frozen, or of a draft as it would be today; and its logo.
pub(super) async fn load(
    cx: &Context,
    ws: WorkspaceId,
    id: InvoiceId,
) -> Result<(Document, Option<store::billing::Logo>), Error> {
    let mut tx = cx.store.read_in(ws).await?;
    let document = match store::invoices::document(&mut tx, ws, id).await? {
        Some(frozen) => frozen,
        None => {
            let invoice = store::invoices::get(&mut tx, ws, id).await?;
            let lines = store::invoices::lines::list(&mut tx, ws, id).await?;
            let billed = store::invoices::entries::list(&mut tx, ws, id).await?;
            let day = match invoice.issued_on {
                Some(day) => day,
                None => read::today(cx, &mut tx, ws).await?,
            };
            document::build(&mut tx, ws, &invoice, &lines, &billed, day).await?
        }
    };
    let logo = match &document.logo {
        Some(hash) => store::billing::logo(&mut tx, ws, hash).await?,
        None => None,
    };
    Ok((document, logo))
}

/// `invoice-2026-0001`, of characters that every file system takes.
fn name(document: &Document) -> String {
    let number = document.number.as_deref().unwrap_or("draft");
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    let number: String = number.chars().map(safe).collect();
    format!("{}-{number}", document.kind.as_str().replace('_', "-"))
}
