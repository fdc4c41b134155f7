//! How the integrations earn their keep: time by provider, how syncs went, and how many meetings became time.

use daybook_domain::sync::Statistics as SyncStatistics;
use daybook_store as store;
use jiff::Timestamp;
use store::calendars::Filter as Calendars;
use store::time_entries::Filter;

use super::{Group, GroupBy, Sum, time};
use crate::timesheets::meetings_of;
use crate::{Context, Principal};

/// The most calendars that are counted.
const CALENDARS: i64 = 10_000;

/// What the last syncs did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Syncs {
    /// Calendars that are synced.
    pub calendars: u64,
    /// Those whose last sync failed.
    pub failing: u64,
    /// What the last sync of each did, added up.
    pub last: SyncStatistics,
}

/// How many meetings became time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conversion {
    /// The caller's meetings that can be work, each once.
    pub meetings: u64,
    /// Those that are logged.
    pub logged: u64,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Analytics {
    /// Time by the provider of the calendar it came from.
    pub providers: Vec<Group>,
    /// All time.
    pub total: Sum,
    /// Syncs.
    pub syncs: Syncs,
    /// Meetings that became time.
    pub conversion: Conversion,
}

/// What a stretch looks like: the caller's own, and for owners and admins the workspace's time and syncs.
///
/// # Errors
/// When the database cannot be read.
pub async fn analytics(
    cx: &Context,
    who: &Principal,
    (from, to): (Timestamp, Timestamp),
) -> Result<Analytics, store::Error> {
    let filter = Filter {
        from: Some(from),
        to: Some(to),
        ..Filter::default()
    };
    let report = time(cx, who, GroupBy::Provider, filter).await?;
    let (meetings, logged) = meetings_of(cx, who, (from, to)).await?;
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let filter = Calendars {
        member_id: who.own_only(),
        sync_enabled: Some(true),
        ..Calendars::default()
    };
    let calendars =
        store::calendars::list(&mut tx, who.workspace_id, &filter, None, CALENDARS).await?;
    let mut syncs = Syncs::default();
    for calendar in calendars {
        syncs.calendars += 1;
        syncs.failing += u64::from(calendar.sync_errors > 0);
        if let Some(last) = calendar.last_statistics {
            syncs.last.created += last.created;
            syncs.last.updated += last.updated;
            syncs.last.deleted += last.deleted;
            syncs.last.unchanged += last.unchanged;
            syncs.last.provider_calls += last.provider_calls;
        }
    }
    Ok(Analytics {
        providers: report.groups,
        total: report.total,
        syncs,
        conversion: Conversion { meetings, logged },
    })
}
