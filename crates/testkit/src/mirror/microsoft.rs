//! What a mirror of a Microsoft calendar must show. Graph has no rows to compare: it tells the occurrences of a series, the mirror
//! keeps a rule and what differs from it. What both show is the same.

use std::collections::BTreeSet;

use daybook_domain::recurrence::OccurrenceKey;
use daybook_domain::zone::Zone;
use daybook_domain::{CalendarId, WorkspaceId};
use daybook_sandbox::microsoft::OracleInstance;
use daybook_store::Store;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Shown;

/// What the mirror shows, every occurrence under its series' id: whether one has a row of its own is the mirror's affair.
pub async fn microsoft_shown(
    store: &Store,
    workspace: WorkspaceId,
    calendar: CalendarId,
    window: (Timestamp, Timestamp),
) -> BTreeSet<Shown> {
    let shown = super::shown(store, workspace, calendar, window).await;
    let of_series = |one: Shown| Shown {
        event: of_series(&one.event),
        ..one
    };
    shown.into_iter().map(of_series).collect()
}

/// The id of the series that an occurrence's id begins with.
fn of_series(id: &str) -> String {
    let date = id
        .strip_suffix('=')
        .and_then(|rest| rest.rsplit_once('O'))
        .filter(|(_, date)| date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()));
    date.map_or_else(|| id.to_owned(), |(series, _)| format!("{series}="))
}

/// What a mirror of these instances must show; days begin in `zone`, the calendar's. Occurrences are named by their series.
#[must_use]
pub fn microsoft_truth(instances: Vec<OracleInstance>, zone: &Zone) -> BTreeSet<Shown> {
    instances
        .into_iter()
        .filter(|instance| !instance.cancelled)
        .map(|instance| shown(instance, zone))
        .collect()
}

fn shown(instance: OracleInstance, zone: &Zone) -> Shown {
    let days = instance.all_day;
    let (start, end) = match days {
        Some((first, after)) => (zone.start_of_day(first), zone.start_of_day(after)),
        None => (instance.start, instance.end),
    };
    let occurrence = |at: Timestamp| match days {
        Some(_) => OccurrenceKey::Day(at.to_zoned(TimeZone::UTC).date()).to_string(),
        None => OccurrenceKey::Instant(at).to_string(),
    };
    Shown {
        start,
        end,
        occurrence: instance.original_start.map(occurrence),
        event: instance.series_master_id.unwrap_or(instance.id),
        title: instance.subject,
        all_day: days.is_some(),
        busy: matches!(
            instance.show_as.as_str(),
            "busy" | "oof" | "tentative" | "unknown"
        ) && instance.response != "declined",
    }
}
