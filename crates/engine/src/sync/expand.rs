//! From events to instances: what the mirror shows for a single event or a series in a window.

use std::ops::Range;

use daybook_domain::event::{EventTime, Status};
use daybook_domain::recurrence::{
    self, EventDuration, Limits, OccurrenceKey, Recurrence, Series, Span,
};
use daybook_domain::zone::Zone;
use daybook_domain::{EventId, InstanceId};
use jiff::Timestamp;
use jiff::civil::Date;

/// What expansion needs to know of an event in the mirror.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The row it is.
    pub id: EventId,
    /// Start.
    pub start: EventTime,
    /// End, exclusive.
    pub end: EventTime,
    /// Confirmed, tentative or cancelled.
    pub status: Status,
    /// Whether it blocks time.
    pub busy: bool,
}

/// A series master.
#[derive(Debug, Clone)]
pub struct Master {
    /// The event itself: its first occurrence.
    pub piece: Piece,
    /// RRULE, RDATE, EXDATE and EXRULE lines.
    pub recurrence: Vec<String>,
    /// The zone its wall times are in.
    pub zone: Zone,
}

/// An event that stands in for an occurrence.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// The event itself.
    pub piece: Piece,
    /// Which occurrence it replaces.
    pub original: OccurrenceKey,
    /// RANGE=THISANDFUTURE.
    pub this_and_future: bool,
}

/// One instance, ready for the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Its id: the same whenever it is computed again.
    pub id: InstanceId,
    /// The event row it belongs to: the single event or the master; of a series without a master, the replacement itself.
    pub event_id: EventId,
    /// Which occurrence of a series; `None` for a single event.
    pub occurrence: Option<OccurrenceKey>,
    /// The event row whose words it shows.
    pub shown_by: EventId,
    /// Start instant; of an all-day instance the start of the day in the calendar's zone.
    pub start: Timestamp,
    /// End instant, exclusive.
    pub end: Timestamp,
    /// First day and the day after the last, for all-day instances.
    pub days: Option<(Date, Date)>,
    /// Whether it blocks time.
    pub busy: bool,
    /// Confirmed or tentative.
    pub status: Status,
}

/// The instant span of an event, and its days when it is all-day.
#[must_use]
pub fn span_of(start: &EventTime, end: &EventTime, zone: &Zone) -> Span {
    let instant = |time: &EventTime| match time {
        EventTime::Timed { at, .. } => *at,
        EventTime::AllDay(date) => zone.start_of_day(*date),
    };
    let days = match (start, end) {
        (EventTime::AllDay(first), EventTime::AllDay(after)) => Some((*first, *after)),
        _ => None,
    };
    let from = instant(start);
    Span {
        start: from,
        end: instant(end).max(from),
        days,
    }
}

/// A single event's instance, when it takes place. Singles are always kept, whatever their date.
#[must_use]
pub fn single(piece: &Piece, zone: &Zone) -> Option<Drawn> {
    let span = span_of(&piece.start, &piece.end, zone);
    (piece.status != Status::Cancelled).then(|| draw(piece.id, piece.id, None, piece, span))
}

/// A series' instances in the window. `series` is the id of the series, also when its master is not known (an invitation to
/// one occurrence only).
///
/// A rule that cannot be read, or that exhausts its budget, still shows what is known of it, and says so in the second value.
#[must_use]
pub fn series(
    series: EventId,
    master: Option<&Master>,
    replacements: &[Replacement],
    zone: &Zone,
    window: &Range<Timestamp>,
) -> (Vec<Drawn>, Option<String>) {
    let Some(master) = master else {
        return (detached(series, replacements, zone, window), None);
    };
    if master.piece.status == Status::Cancelled {
        return (Vec::new(), None);
    }
    let (rules, mut warning) = match Recurrence::parse(&master.recurrence) {
        Ok(rules) => (rules, None),
        Err(error) => (
            Recurrence::default(),
            Some(format!(
                "the recurrence rule cannot be read ({error}); only the first occurrence is shown"
            )),
        ),
    };
    let home = if master.piece.start.is_all_day() {
        zone.clone()
    } else {
        master.zone.clone()
    };
    let duration = EventDuration::between(&master.piece.start, &master.piece.end);
    let compiled = Series::new(&master.piece.start, duration, home, rules);
    let overrides: Vec<recurrence::Override> = replacements
        .iter()
        .enumerate()
        .map(|(index, replacement)| recurrence::Override {
            recurrence_id: replacement.original,
            cancelled: replacement.piece.status == Status::Cancelled,
            this_and_future: replacement.this_and_future,
            span: span_of(&replacement.piece.start, &replacement.piece.end, zone),
            index,
        })
        .collect();
    let found = recurrence::instances(&compiled, &overrides, window.clone(), &Limits::default());
    if found.exhausted || found.truncated {
        warning.get_or_insert_with(|| {
            "the series has more occurrences than are kept; later ones are not shown".to_owned()
        });
    }
    let drawn = found
        .instances
        .into_iter()
        .map(|instance| {
            let piece = instance
                .source
                .and_then(|index| replacements.get(index))
                .map_or(&master.piece, |replacement| &replacement.piece);
            draw(series, series, Some(instance.key), piece, instance.span)
        })
        .collect();
    (drawn, warning)
}

/// Occurrences we were invited to without knowing the series.
fn detached(
    series: EventId,
    replacements: &[Replacement],
    zone: &Zone,
    window: &Range<Timestamp>,
) -> Vec<Drawn> {
    replacements
        .iter()
        .filter(|replacement| replacement.piece.status != Status::Cancelled)
        .map(|replacement| {
            (
                replacement,
                span_of(&replacement.piece.start, &replacement.piece.end, zone),
            )
        })
        .filter(|(_, span)| touches(span, window))
        .map(|(replacement, span)| {
            draw(
                series,
                replacement.piece.id,
                Some(replacement.original),
                &replacement.piece,
                span,
            )
        })
        .collect()
}

fn touches(span: &Span, window: &Range<Timestamp>) -> bool {
    span.start < window.end && (span.end > window.start || span.start >= window.start)
}

/// `series` names the instance, `event_id` is the row it hangs on.
fn draw(
    series: EventId,
    event_id: EventId,
    occurrence: Option<OccurrenceKey>,
    piece: &Piece,
    span: Span,
) -> Drawn {
    let key = occurrence.map(|key| key.to_string());
    Drawn {
        id: InstanceId::of(series, key.as_deref()),
        event_id,
        occurrence,
        shown_by: piece.id,
        start: span.start,
        end: span.end,
        days: span.days,
        busy: piece.busy,
        status: piece.status,
    }
}
