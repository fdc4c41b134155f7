//! What becomes of an instance in billing lists: offered, or left out and why.

use daybook_domain::billing::{BillingFilters, Hint, Nature, Subject, hint as decide};
use daybook_domain::time_entry::minutes_between;
use daybook_store::instances::InstanceView;

/// What becomes of an instance, by what it is and by its calendar's filters.
#[must_use]
pub fn hint(event: &InstanceView) -> Hint {
    hint_with(event, event.billing_filters.as_ref())
}

/// The same, if its calendar had these filters.
#[must_use]
pub fn hint_with(event: &InstanceView, filters: Option<&BillingFilters>) -> Hint {
    let nature = Nature {
        status: event.status,
        response: event.response_status,
        all_day: event.all_day,
        informational: event.informational,
        busy: event.busy,
        lasts: minutes_between(event.start_us, event.end_us) > 0,
    };
    let subject = Subject {
        details: &event.details,
        provider: &event.provider,
        account: event.account_email.as_deref(),
    };
    decide(&nature, &subject, filters)
}
