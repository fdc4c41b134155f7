//! What is printed on invoices: the workspace's profile and logo, and the clients' profiles.

use daybook_domain::ClientId;
use daybook_domain::account::EmailAddress;
use daybook_domain::invoice::{
    Address, COUNTRIES, ClientProfile, Grouping, MAX_STEP, Pattern, Profile, Rounding, Tax, bic,
    iban,
};
use daybook_store as store;
use sha2::{Digest, Sha256};
use store::billing::{Billing, Logo};

use super::lines::check_tax;
use super::{Error, invalid, text};
use crate::{Context, Principal};

/// The largest logo, in bytes.
pub const MAX_LOGO: usize = 150 * 1024;
/// The most reminders of one invoice.
const MAX_REMINDERS: usize = 10;
/// The widest and highest, in pixels.
const MAX_SIDE: u32 = 2000;

/// What changes; `None` stays, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Legal name.
    pub legal_name: Option<Option<String>>,
    /// Where.
    pub address: Option<Address>,
    /// VAT number.
    pub tax_id: Option<Option<String>>,
    /// E-mail.
    pub email: Option<Option<String>>,
    /// Account.
    pub iban: Option<Option<String>>,
    /// Bank.
    pub bic: Option<Option<String>>,
    /// Its name.
    pub bank_name: Option<Option<String>>,
    /// Days to pay.
    pub payment_terms_days: Option<i64>,
    /// Text about payment.
    pub payment_terms: Option<Option<String>>,
    /// Text on new invoices.
    pub notes: Option<Option<String>>,
    /// Tax on new lines.
    pub tax: Option<Option<Tax>>,
    /// How invoices are numbered.
    pub number_pattern: Option<String>,
    /// How credit notes are numbered.
    pub credit_note_pattern: Option<Option<String>>,
    /// What becomes a line.
    pub grouping: Option<Grouping>,
    /// How time is rounded.
    pub rounding: Option<Rounding>,
    /// How many days after the due date clients are reminded.
    pub reminder_days: Option<Vec<i64>>,
}

/// What changes of a client; `None` stays, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct ClientChanges {
    /// Legal name.
    pub legal_name: Option<Option<String>>,
    /// Where.
    pub address: Option<Address>,
    /// VAT number.
    pub tax_id: Option<Option<String>>,
    /// Days to pay.
    pub payment_terms_days: Option<Option<i64>>,
    /// What they want to read.
    pub reference: Option<Option<String>>,
}

/// The workspace's profile.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(cx: &Context, who: &Principal) -> Result<Billing, Error> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    Ok(store::billing::get(&mut tx, who.workspace_id).await?)
}

/// Changes the workspace's profile. Invoices that have a number stay as they are.
///
/// # Errors
/// [`Error::Invalid`].
pub async fn update(cx: &Context, who: &Principal, changes: Changes) -> Result<Billing, Error> {
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    let mut billing = store::billing::get(&mut tx, ws).await?;
    apply(&mut billing.profile, changes)?;
    store::billing::set(&mut tx, ws, &billing.profile, billing.logo.as_deref()).await?;
    tx.commit().await?;
    Ok(billing)
}

fn apply(profile: &mut Profile, changes: Changes) -> Result<(), Error> {
    line("/legal_name", &changes.legal_name, 200)?;
    line("/tax_id", &changes.tax_id, 40)?;
    line("/bank_name", &changes.bank_name, 100)?;
    text("/payment_terms", flat(&changes.payment_terms), 2000)?;
    text("/notes", flat(&changes.notes), 5000)?;
    email(flat(&changes.email))?;
    set(&mut profile.legal_name, changes.legal_name);
    set(&mut profile.tax_id, changes.tax_id);
    set(&mut profile.email, changes.email);
    set(&mut profile.bank_name, changes.bank_name);
    set(&mut profile.payment_terms, changes.payment_terms);
    set(&mut profile.notes, changes.notes);
    if let Some(given) = changes.address {
        address(&given)?;
        profile.address = given;
    }
    if let Some(given) = changes.iban {
        let proven = given.map(|text| iban(&text)).transpose();
        profile.iban = proven.map_err(|error| invalid("/iban", error.to_string()))?;
    }
    if let Some(given) = changes.bic {
        let proven = given.map(|text| bic(&text)).transpose();
        profile.bic = proven.map_err(|error| invalid("/bic", error.to_string()))?;
    }
    if let Some(days) = changes.payment_terms_days {
        profile.payment_terms_days = within_years(days)?;
    }
    if let Some(tax) = changes.tax {
        tax.as_ref().map_or(Ok(()), |tax| check_tax("/tax", tax))?;
        profile.tax = tax;
    }
    if let Some(text) = changes.number_pattern {
        pattern("/number_pattern", &text)?;
        profile.number_pattern = text;
    }
    if let Some(text) = changes.credit_note_pattern {
        text.as_deref()
            .map_or(Ok(()), |text| pattern("/credit_note_pattern", text))?;
        profile.credit_note_pattern = text;
    }
    if let Some(rounding) = changes.rounding {
        if !(1..=MAX_STEP).contains(&rounding.minutes) {
            let detail = format!("must be from 1 to {MAX_STEP}");
            return Err(invalid("/rounding/minutes", detail));
        }
        profile.rounding = rounding;
    }
    profile.grouping = changes.grouping.unwrap_or(profile.grouping);
    if let Some(days) = changes.reminder_days {
        profile.reminder_days = steps(days)?;
    }
    Ok(())
}

fn pattern(pointer: &str, text: &str) -> Result<(), Error> {
    let parsed = text.parse::<Pattern>();
    parsed
        .map(drop)
        .map_err(|error| invalid(pointer, error.to_string()))
}

/// Days in order, each once.
fn steps(mut days: Vec<i64>) -> Result<Vec<i64>, Error> {
    if days.len() > MAX_REMINDERS || days.iter().any(|day| !(1..=365).contains(day)) {
        let detail = format!("must be at most {MAX_REMINDERS} numbers of days from 1 to 365");
        return Err(invalid("/reminder_days", detail));
    }
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

fn within_years(days: i64) -> Result<i64, Error> {
    if (0..=3650).contains(&days) {
        Ok(days)
    } else {
        Err(invalid("/payment_terms_days", "must be from 0 to 3650"))
    }
}

fn flat(text: &Option<Option<String>>) -> Option<&str> {
    text.as_ref().and_then(Option::as_deref)
}

/// One line of text.
fn line(pointer: &str, given: &Option<Option<String>>, max: usize) -> Result<(), Error> {
    let given = flat(given);
    if given.is_some_and(|text| text.contains(['\n', '\r', '\t'])) {
        return Err(invalid(pointer, "must be one line"));
    }
    text(pointer, given, max)
}

/// An empty text is none.
fn set(field: &mut Option<String>, given: Option<Option<String>>) {
    if let Some(given) = given {
        let trimmed = given.map(|text| text.trim().to_owned());
        *field = trimmed.filter(|text| !text.is_empty());
    }
}

fn email(given: Option<&str>) -> Result<(), Error> {
    match given.map(str::parse::<EmailAddress>) {
        Some(Err(error)) => Err(invalid("/email", error.to_string())),
        _ => Ok(()),
    }
}

fn address(address: &Address) -> Result<(), Error> {
    for (name, part) in [
        ("line1", &address.line1),
        ("line2", &address.line2),
        ("postal_code", &address.postal_code),
        ("city", &address.city),
        ("region", &address.region),
    ] {
        line(&format!("/address/{name}"), &Some(Some(part.clone())), 200)?;
    }
    let country = address.country.as_str();
    if !country.is_empty() && !COUNTRIES.split(' ').any(|known| known == country) {
        return Err(invalid(
            "/address/country",
            "must be a country of ISO 3166-1 in two capital letters, such as CH",
        ));
    }
    Ok(())
}

/// A client's profile.
///
/// # Errors
/// When there is no such client.
pub async fn of_client(
    cx: &Context,
    who: &Principal,
    id: ClientId,
) -> Result<ClientProfile, Error> {
    let (mut tx, ws) = (cx.store.read_in(who.workspace_id).await?, who.workspace_id);
    store::clients::get(&mut tx, ws, id).await?;
    Ok(store::billing::of_client(&mut tx, ws, id).await?)
}

/// Changes a client's profile. Invoices that have a number stay as they are.
///
/// # Errors
/// [`Error::Invalid`]; when there is no such client.
pub async fn update_client(
    cx: &Context,
    who: &Principal,
    id: ClientId,
    changes: ClientChanges,
) -> Result<ClientProfile, Error> {
    line("/legal_name", &changes.legal_name, 200)?;
    line("/tax_id", &changes.tax_id, 40)?;
    line("/reference", &changes.reference, 200)?;
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    store::clients::get(&mut tx, ws, id).await?;
    let mut profile = store::billing::of_client(&mut tx, ws, id).await?;
    set(&mut profile.legal_name, changes.legal_name);
    set(&mut profile.tax_id, changes.tax_id);
    set(&mut profile.reference, changes.reference);
    if let Some(given) = changes.address {
        address(&given)?;
        profile.address = given;
    }
    if let Some(days) = changes.payment_terms_days {
        profile.payment_terms_days = days.map(within_years).transpose()?;
    }
    store::billing::set_client(&mut tx, ws, id, &profile).await?;
    tx.commit().await?;
    Ok(profile)
}

/// The logo, if there is one.
///
/// # Errors
/// When the database cannot be read.
pub async fn logo(cx: &Context, who: &Principal) -> Result<Option<Logo>, Error> {
    let (mut tx, ws) = (cx.store.read_in(who.workspace_id).await?, who.workspace_id);
    match store::billing::get(&mut tx, ws).await?.logo {
        Some(hash) => Ok(store::billing::logo(&mut tx, ws, &hash).await?),
        None => Ok(None),
    }
}

/// Sets the logo: a PNG or JPEG of at most [`MAX_LOGO`] bytes. `None` takes it away; invoices that show it go on showing it.
///
/// # Errors
/// [`Error::Invalid`].
pub async fn set_logo(
    cx: &Context,
    who: &Principal,
    data: Option<Vec<u8>>,
) -> Result<Billing, Error> {
    let logo = data.map(picture).transpose()?;
    let (mut tx, ws) = (cx.store.write_in(who.workspace_id).await?, who.workspace_id);
    let mut billing = store::billing::get(&mut tx, ws).await?;
    billing.logo = None;
    if let Some(logo) = logo {
        let hash = crate::hex::hex(&Sha256::digest(&logo.data));
        store::billing::keep_logo(&mut tx, ws, &hash, &logo).await?;
        billing.logo = Some(hash);
    }
    store::billing::set(&mut tx, ws, &billing.profile, billing.logo.as_deref()).await?;
    tx.commit().await?;
    Ok(billing)
}

fn picture(data: Vec<u8>) -> Result<Logo, Error> {
    if data.len() > MAX_LOGO {
        let detail = format!("must be at most {MAX_LOGO} bytes");
        return Err(invalid("/data", detail));
    }
    let is_png = data.starts_with(b"\x89PNG\r\n\x1a\n");
    let size = daybook_paper::picture_size(&data, is_png);
    let Some((width, height)) = size else {
        return Err(invalid("/data", "must be a PNG or JPEG picture"));
    };
    if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
        let detail = format!("must be at most {MAX_SIDE} × {MAX_SIDE} pixels");
        return Err(invalid("/data", detail));
    }
    let media_type = if is_png { "image/png" } else { "image/jpeg" };
    Ok(Logo {
        media_type: media_type.to_owned(),
        data,
    })
}
