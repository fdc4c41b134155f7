//! A calendar file as a record of work: every meeting that is over.

use std::ops::Range;

use jiff::Timestamp;

use super::{MAX_TAG, MAX_TAGS, MAX_TEXT, Refused, Row, Started};
use crate::duration::MAX_MINUTES;
use crate::event::Status;
use crate::ical::{CalendarObject, IcalError, ParseLimits, PartStat, VEvent, parse};
use crate::recurrence::{Instance, Limits};
use crate::time_entry::meeting_cause;
use crate::zone::Zone;

/// The most meetings that are taken from one file.
pub const MAX_MEETINGS: usize = 100_000;

/// The meetings of a calendar file that ended within the window, in order of start; series are laid out. `line` counts them. `own` are
/// the addresses of whoever's calendar it is, in small letters. Whole days, cancelled ones, those that this person declined and reminders
/// without a length come back as refused.
///
/// # Errors
/// [`IcalError`].
pub fn ics(
    file: &[u8],
    zone: &Zone,
    window: Range<Timestamp>,
    own: &[String],
) -> Result<Vec<Result<Row, Refused>>, IcalError> {
    let mut found = Vec::new();
    for object in parse(file, zone, &ParseLimits::default())? {
        let laid_out = object.instances(window.clone(), &Limits::default());
        let over = laid_out
            .instances
            .into_iter()
            .filter(|instance| instance.span.end <= window.end);
        for instance in over {
            if found.len() >= MAX_MEETINGS {
                return Err(IcalError::TooLarge {
                    limit: MAX_MEETINGS,
                    what: "meetings",
                });
            }
            if let Some(event) = event_of(&object, &instance) {
                let row = row(event, &instance, own).map(|row| Row {
                    meeting: meeting_of(&object, &instance),
                    ..row
                });
                found.push((instance.span.start, row));
            }
        }
    }
    found.sort_by_key(|(start, _)| *start);
    let numbered = (1..).zip(found).map(|(line, (_, row))| match row {
        Ok(row) => Ok(Row { line, ..row }),
        Err(reason) => Err(Refused { line, reason }),
    });
    Ok(numbered.collect())
}

fn event_of<'a>(object: &'a CalendarObject, instance: &Instance) -> Option<&'a VEvent> {
    match instance.source {
        Some(index) => object.overrides.get(index),
        None => object.master.as_ref().or(object.overrides.first()),
    }
}

/// The meeting as a synced calendar would name it: of a series by the original start, which stays when the occurrence is moved.
fn meeting_of(object: &CalendarObject, instance: &Instance) -> Option<String> {
    let single = object
        .master
        .as_ref()
        .is_some_and(|master| master.recurrence.is_empty());
    let occurrence = (!single).then(|| instance.key.to_string());
    (!object.uid.is_empty()).then(|| meeting_cause(&object.uid, occurrence.as_deref()))
}

/// Whether the person declined, and did not accept under another address of theirs.
fn is_declined(event: &VEvent, own: &[String]) -> bool {
    let answered = |answers: &[PartStat]| {
        event.attendees.iter().any(|attendee| {
            let email = attendee.user.email.as_ref();
            answers.contains(&attendee.partstat) && email.is_some_and(|email| own.contains(email))
        })
    };
    answered(&[PartStat::Declined]) && !answered(&[PartStat::Accepted, PartStat::Tentative])
}

fn row(event: &VEvent, instance: &Instance, own: &[String]) -> Result<Row, String> {
    let title = event.summary.clone().unwrap_or_default();
    let named = |reason: &str| {
        let short: String = title.chars().take(60).collect();
        format!("\"{short}\" at {}: {reason}", instance.span.start)
    };
    if instance.span.days.is_some() {
        return Err(named("it takes whole days, not hours"));
    }
    if event.status == Some(Status::Cancelled) {
        return Err(named("it was cancelled"));
    }
    if is_declined(event, own) {
        return Err(named("you declined it"));
    }
    let seconds = instance
        .span
        .start
        .duration_until(instance.span.end)
        .as_secs();
    let minutes = (seconds + 30) / 60;
    if minutes == 0 {
        return Err(named("it took no time"));
    }
    if minutes > MAX_MINUTES {
        return Err(named("it is longer than 24 hours"));
    }
    if title.chars().count() > MAX_TEXT {
        return Err(named("its title is too long"));
    }
    let tags = event
        .categories
        .iter()
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty() && tag.chars().count() <= MAX_TAG)
        .take(MAX_TAGS);
    Ok(Row {
        line: 0,
        email: None,
        person: None,
        client: None,
        project: None,
        tags: tags.collect(),
        description: title,
        billable: None,
        started: Started::At(instance.span.start),
        minutes,
        meeting: None,
    })
}
