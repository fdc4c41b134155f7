//! The `time-range` filter of calendar-query (RFC 4791 §9.9). Servers over-return, and so does this
//! one: every series that has started and not provably ended matches.

use jiff::{SignedDuration, Timestamp};

use super::{Component, Property, When};

/// True when an object may have an instance inside `[from, to)`.
pub(crate) fn overlaps(
    calendar: &Component,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> bool {
    let from = from.unwrap_or(Timestamp::MIN);
    let to = to.unwrap_or(Timestamp::MAX);
    calendar
        .items()
        .filter(|item| item.name == "VEVENT")
        .any(|event| event_overlaps(event, from, to))
}

fn event_overlaps(event: &Component, from: Timestamp, to: Timestamp) -> bool {
    let Some(start) = event.get("DTSTART").and_then(When::read) else {
        return true;
    };
    let begin = start.instant();
    let end = end_of(event, &start);
    if begin >= to {
        return false;
    }
    if let Some(rule) = event.get("RRULE") {
        return until(rule).is_none_or(|last| day_after(last) > from);
    }
    if event.get("RDATE").is_some() {
        return true;
    }
    end > from || (end == begin && begin >= from)
}

fn end_of(event: &Component, start: &When) -> Timestamp {
    if let Some(end) = event.get("DTEND").and_then(When::read) {
        return end.instant();
    }
    if event.get("DURATION").is_some() || matches!(start, When::Day(_)) {
        return day_after(start.instant());
    }
    start.instant()
}

fn until(rule: &Property) -> Option<Timestamp> {
    let value = rule
        .value
        .split(';')
        .find_map(|part| part.strip_prefix("UNTIL="))?;
    When::read(&Property::new("UNTIL", value)).map(|when| when.instant())
}

fn day_after(instant: Timestamp) -> Timestamp {
    instant
        .checked_add(SignedDuration::from_hours(24))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::EventSpec;
    use super::*;

    #[test]
    fn singles_are_half_open_and_series_reach_forward() {
        let start = When::Utc(jiff::civil::date(2026, 6, 1).at(9, 0, 0, 0));
        let single = EventSpec::new("u", "s", start.clone(), 60).calendar();
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        assert!(overlaps(
            &single,
            at("2026-06-01T09:30:00Z"),
            at("2026-06-01T09:40:00Z")
        ));
        assert!(!overlaps(
            &single,
            at("2026-06-01T10:00:00Z"),
            at("2026-06-02T00:00:00Z")
        ));
        assert!(!overlaps(
            &single,
            at("2026-05-01T00:00:00Z"),
            at("2026-06-01T09:00:00Z")
        ));
        let series = EventSpec::new("u", "s", start, 60)
            .rule("FREQ=DAILY;UNTIL=20260610T090000Z")
            .calendar();
        assert!(overlaps(&series, at("2026-06-09T00:00:00Z"), None));
        assert!(!overlaps(&series, at("2026-07-01T00:00:00Z"), None));
    }
}
