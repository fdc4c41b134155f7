//! Graph's times and zone names in our words (contracts/microsoft §5): seven fractional digits, no offset, Windows names.

use daybook_domain::event::EventTime;
use daybook_domain::zone::{Zone, resolve};
use jiff::civil::{Date, DateTime};
use jiff::{Span, Timestamp};

use super::super::wire;

/// The zone a name stands for; `None` when it stands for none (`tzone://Microsoft/Custom`, `Customized Time Zone`).
pub(in super::super) fn zone(name: Option<&str>) -> Option<Zone> {
    let name = name.filter(|name| !name.trim().is_empty())?;
    let found = resolve(name, None, &Zone::utc());
    found.warning.is_none().then_some(found.zone)
}

/// The instant meant; in a zone nobody knows, that of `home`.
pub(in super::super) fn instant(time: &wire::Time, home: &Zone) -> Option<Timestamp> {
    let text = time.date_time.as_deref()?.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at); // has an offset against all expectation
    }
    let wall: DateTime = text.parse().ok()?;
    let zone = match time.time_zone.as_deref() {
        None | Some("") => Zone::utc(),
        name => zone(name).unwrap_or_else(|| home.clone()),
    };
    Some(zone.to_timestamp(wall))
}

/// The date part: all-day events are never shifted by a zone.
pub(in super::super) fn date(time: &wire::Time) -> Option<Date> {
    let text = time.date_time.as_deref()?.trim();
    text.get(..10)?.parse().ok()
}

/// Start and end. `name` is the IANA zone to note with them.
pub(in super::super) fn times(
    event: &wire::Event,
    all_day: bool,
    name: Option<&str>,
    home: &Zone,
) -> Option<(EventTime, EventTime)> {
    let start = event.start.as_ref()?;
    if all_day {
        let first = date(start)?;
        let after = event.end.as_ref().and_then(date).filter(|end| *end > first);
        let next = || first.checked_add(Span::new().days(1)).unwrap_or(first);
        let after = after.unwrap_or_else(next);
        return Some((EventTime::AllDay(first), EventTime::AllDay(after)));
    }
    let at = instant(start, home)?;
    let end = event.end.as_ref().and_then(|end| instant(end, home));
    let timed = |at: Timestamp| EventTime::Timed {
        at,
        zone: name.map(str::to_owned),
    };
    Some((timed(at), timed(end.unwrap_or(at).max(at))))
}

/// `originalStart`, an instant: of an all-day series the day that it begins, in UTC or in the series' zone.
pub(in super::super) fn original(text: &str, all_day: bool, zone: &Zone) -> Option<EventTime> {
    let at = match text.trim().parse::<Timestamp>() {
        Ok(at) => at,
        Err(_) => Zone::utc().to_timestamp(text.trim().parse().ok()?),
    };
    if at.as_second() < 0 {
        return None; // 0001-01-01: not set
    }
    if !all_day {
        return Some(EventTime::Timed {
            at,
            zone: zone.iana_name().map(str::to_owned),
        });
    }
    let day = match at.as_second().rem_euclid(86_400) {
        0 => Zone::utc().to_datetime(at).date(),
        _ => zone.to_datetime(at).date(),
    };
    Some(EventTime::AllDay(day))
}
