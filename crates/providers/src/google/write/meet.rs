//! Which calendars may have Meet links (contracts/google §7).

use daybook_provider_api::calendar::write::Place;
use daybook_provider_api::{Result, Session};

use super::super::calls::calendar_list;
use super::super::errors;

/// Whether the calendar allows Meet links: one that does not would make the event without any.
pub(super) async fn check_allowed(session: &Session<'_>, place: &Place) -> Result<()> {
    match calendar_list::allows_meet(session, &place.calendar).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(errors::refused_field(
            errors::Field::Conference,
            "conference",
            "This calendar allows no Google Meet links, so nothing was written. Leave the link out, or ask the \
             administrator of the account to allow Google Meet.",
        )),
        // Not in the account's list: then the answer to the create tells.
        Err(error) if super::is_absent(error.kind) => Ok(()),
        Err(error) => Err(error),
    }
}
