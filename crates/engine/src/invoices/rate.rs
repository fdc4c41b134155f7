//! What an hour costs: the one place to change when rates get finer.

use daybook_domain::money::Currency;
use store::clients::Client;
use store::projects::Project;
use store::time_entries::TimeEntry;
use store::workspaces::Workspace;

use daybook_store as store;

/// Where a rate may come from.
pub(super) struct Sources<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) client: &'a Client,
    pub(super) project: Option<&'a Project>,
}

/// The price of an hour of this work, in minor units, and its currency; `None` when nothing sets one.
pub(super) fn rate_of(_entry: &TimeEntry, from: &Sources<'_>) -> Option<(i64, Currency)> {
    let project = from.project?;
    let rate = project.hourly_rate_minor?;
    let code = project.currency.as_deref();
    let code = code.or(from.client.currency.as_deref());
    let code = code.unwrap_or(&from.workspace.currency);
    Some((rate, code.parse().ok()?))
}
