//! How long the occurrences of a series last. Graph tells start and end of each; on the wall they are as far apart as the
//! series says, so where the clocks change in between, one of them lasts longer or shorter than the others.

use std::cmp::Reverse;
use std::collections::HashMap;

use daybook_domain::event::{EventTime, ProviderEvent};
use daybook_domain::recurrence::EventDuration;
use daybook_domain::zone::Zone;
use jiff::Span;

use super::super::wire;
use super::series::{Rows, one_override};
use super::time;

/// The length that most of the told occurrences have; `own`, the master's, when none is commoner.
pub(super) fn usual(rows: &Rows, own: EventDuration, all_day: bool, home: &Zone) -> EventDuration {
    let mut found: HashMap<EventDuration, usize> = HashMap::from([(own, 0)]);
    for length in rows
        .plain
        .values()
        .filter_map(|row| told(row, all_day, home))
    {
        *found.entry(length).or_default() += 1;
    }
    let most = found.into_iter().max_by_key(|(length, times)| {
        let shorter = Reverse((length.days, length.seconds));
        (*times, *length == own, shorter)
    });
    most.map_or(own, |(length, _)| length)
}

/// The told occurrences that do not last `usual`, as overrides of their series: what its rule makes of them would end at
/// another time than they do.
pub(super) fn odd(
    id: &str,
    rows: &Rows,
    master: &wire::Event,
    usual: EventDuration,
    home: &Zone,
) -> Vec<ProviderEvent> {
    let all_day = master.is_all_day == Some(true);
    let differs = |row: &&wire::Event| {
        row.is_cancelled != Some(true)
            && told(row, all_day, home).is_some_and(|length| length != usual)
    };
    rows.plain
        .values()
        .filter(differs)
        .filter_map(|row| one_override(id, &inherited(row, master), Some(master), home))
        .collect()
}

/// When an event that begins at `start` and lasts `length` ends.
pub(super) fn end(start: &EventTime, length: EventDuration) -> EventTime {
    match start {
        EventTime::AllDay(day) => {
            EventTime::AllDay(day.saturating_add(Span::new().days(length.days)))
        }
        EventTime::Timed { at, zone } => EventTime::Timed {
            at: length.after(*at, &Zone::utc()),
            zone: zone.clone(),
        },
    }
}

/// How long an occurrence lasts, if its row says so.
fn told(row: &wire::Event, all_day: bool, home: &Zone) -> Option<EventDuration> {
    row.end.as_ref()?;
    let (start, end) = time::times(row, all_day, None, home)?;
    Some(EventDuration::between(&start, &end))
}

/// An occurrence with everything that its sparse row leaves to the series.
fn inherited(row: &wire::Event, master: &wire::Event) -> wire::Event {
    wire::Event {
        id: row.id.clone(),
        etag: row.etag.clone(),
        kind: row.kind.clone(),
        series_master_id: row.series_master_id.clone(),
        start: row.start.clone(),
        end: row.end.clone(),
        original_start: None,
        recurrence: None,
        ..master.clone()
    }
}
