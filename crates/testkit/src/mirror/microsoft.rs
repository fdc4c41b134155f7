//! What a mirror of a Microsoft calendar must show. Graph has no rows to compare: it tells the occurrences of a series, the mirror
//! keeps a rule and what differs from it. What both show is the same.

use std::collections::BTreeSet;

use daybook_domain::recurrence::OccurrenceKey;
use daybook_domain::zone::Zone;
use daybook_sandbox::microsoft::OracleInstance;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Shown;

/// What a mirror of these instances must show; days begin in `zone`, the calendar's.
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
        event: match instance.series_master_id {
            Some(series) if instance.kind == "occurrence" => series,
            _ => instance.id,
        },
        title: instance.subject,
        all_day: days.is_some(),
        busy: matches!(
            instance.show_as.as_str(),
            "busy" | "oof" | "tentative" | "unknown"
        ) && instance.response != "declined",
    }
}
