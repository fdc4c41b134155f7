//! Where an event ends, said in any of the ways that programs say it.

use super::read::{Moment, Reader, event_time, warn_once};
use super::tree::Component;
use crate::event::EventTime;
use crate::recurrence::{DateValue, EventDuration};

impl Reader<'_> {
    /// RFC 5545 §3.6.1: DTEND, else DURATION, else a day for dates and nothing for times.
    pub(super) fn end(
        &self,
        component: &Component,
        start: &Moment,
        warnings: &mut Vec<String>,
    ) -> (EventTime, EventDuration) {
        let from = event_time(start);
        let written = component.value("DURATION").map(str::parse::<EventDuration>);
        if let Some(Err(error)) = &written {
            warn_once(warnings, format!("{error}; Daybook ignored it."));
        }
        if let Some(end) = self.moment(component, "DTEND", warnings) {
            if written.is_some() {
                warn_once(
                    warnings,
                    "The event has both DTEND and DURATION; Daybook used DTEND.".to_owned(),
                );
            }
            return self.dtend(&from, &end, start, warnings);
        }
        let duration = match (written, &start.value) {
            (Some(Ok(duration)), _) => duration,
            (_, DateValue::Date(_)) => EventDuration::days(1),
            _ => EventDuration::ZERO,
        };
        let duration = if duration.days < 0 || duration.seconds < 0 {
            warn_once(
                warnings,
                "The event's DURATION is negative; Daybook took it as zero.".to_owned(),
            );
            EventDuration::ZERO
        } else {
            duration
        };
        match &from {
            EventTime::AllDay(date) => {
                let days = i64::from(duration.days) + (duration.seconds + 86_399) / 86_400;
                let duration = EventDuration::days(days);
                (
                    EventTime::AllDay(after_days(*date, duration.days)),
                    duration,
                )
            }
            EventTime::Timed { at, zone } => {
                let at = duration.after(*at, &start.zone);
                (
                    EventTime::Timed {
                        at,
                        zone: zone.clone(),
                    },
                    duration,
                )
            }
        }
    }

    fn dtend(
        &self,
        from: &EventTime,
        end: &Moment,
        start: &Moment,
        warnings: &mut Vec<String>,
    ) -> (EventTime, EventDuration) {
        let to = match (from, &end.value) {
            (EventTime::AllDay(_), DateValue::Date(_)) => event_time(end),
            (EventTime::AllDay(_), other) => {
                warn_once(warnings, "The event starts on a date and ends at a time; Daybook used the date of its end.".to_owned());
                EventTime::AllDay(end.zone.to_datetime(other.instant_in(&end.zone)).date())
            }
            (_, DateValue::Date(date)) => {
                warn_once(warnings, "The event starts at a time and ends on a date; Daybook ended it where that day begins.".to_owned());
                EventTime::Timed {
                    at: start.zone.start_of_day(*date),
                    zone: from.zone().map(str::to_owned),
                }
            }
            _ => event_time(end),
        };
        let reversed = match (from, &to) {
            (EventTime::AllDay(from), EventTime::AllDay(to)) => to < from,
            (EventTime::Timed { at: from, .. }, EventTime::Timed { at: to, .. }) => to < from,
            _ => true,
        };
        if reversed {
            warn_once(
                warnings,
                "The event ends before it starts; Daybook took it as having no length.".to_owned(),
            );
            return (from.clone(), EventDuration::ZERO);
        }
        // A date that ends on itself is meant as that day.
        if let (EventTime::AllDay(from), EventTime::AllDay(to)) = (from, &to)
            && from == to
        {
            return (
                EventTime::AllDay(after_days(*from, 1)),
                EventDuration::days(1),
            );
        }
        let duration = EventDuration::between(from, &to);
        (to, duration)
    }
}

fn after_days(date: jiff::civil::Date, days: i32) -> jiff::civil::Date {
    date.saturating_add(jiff::SignedDuration::from_hours(24 * i64::from(days)))
}
