//! Filters as they were sent: cleaned, and of providers there are.

use daybook_domain::billing::{BillingFilters, Traits};
use daybook_domain::event::Conference;

use super::Error;
use crate::Context;

/// The filters, ready to be kept.
///
/// # Errors
/// [`Error::Invalid`] for the first value that is none.
pub(super) fn checked(cx: &Context, asked: BillingFilters) -> Result<BillingFilters, Error> {
    let filters = asked.tidy().map_err(|wrong| Error::Invalid {
        pointer: format!("/billing_filters{}", wrong.pointer).into(),
        detail: wrong.detail,
    })?;
    providers(cx, "include", &filters.include)?;
    providers(cx, "exclude", &filters.exclude)?;
    Ok(filters)
}

fn providers(cx: &Context, side: &str, traits: &Traits) -> Result<(), Error> {
    let known = |key: &str| key.parse::<Conference>().is_ok() || cx.registry.calendar(key).is_ok();
    match traits.providers.iter().position(|key| !known(key)) {
        None => Ok(()),
        Some(index) => Err(Error::Invalid {
            pointer: format!("/billing_filters/{side}/providers/{index}").into(),
            detail: "is neither where meetings are held (google_meet, microsoft_teams, zoom, webex) nor a calendar's provider".to_owned(),
        }),
    }
}
