//! Refusals of writes: which precondition, in words that name the field (RFC 4791 §5.3.2.1, RFC 6638 §3.2.4).

use daybook_provider_api::Error;
use daybook_provider_api::calendar::write::LOCKED;
use daybook_provider_api::egress::retry_after;
use daybook_provider_api::error::{ErrorKind, Field, Retry};
use http::{HeaderMap, StatusCode};

use super::super::multistatus::conditions;
use super::super::transport::Answer;
use super::super::xml::Tag;

/// The error that a refused PUT or DELETE is.
pub(in crate::caldav) fn refused_write(answer: &Answer) -> Error {
    refused_write_as(answer.status, &conditions(&answer.body), &answer.headers)
}

/// As [`refused_write`], for a status told within an answer.
pub(in crate::caldav) fn refused_write_as(
    status: StatusCode,
    named: &[Tag],
    headers: &HeaderMap,
) -> Error {
    let (kind, code, message) = named
        .iter()
        .find_map(|tag| by_precondition(*tag))
        .unwrap_or_else(|| by_status(status.as_u16()));
    let mut error = Error::new(kind, message).with_status(status.as_u16());
    error.field = named.iter().find_map(|tag| field(*tag));
    let error = match code {
        "" => error,
        code => error.with_code(code),
    };
    match (kind, retry_after(headers)) {
        (ErrorKind::Unavailable | ErrorKind::RateLimited, Some(wait)) => {
            error.with_retry(Retry::After(wait))
        }
        _ => error,
    }
}

type Verdict = (ErrorKind, &'static str, &'static str);

/// What the preconditions of RFC 4791 §5.3.2.1, RFC 6638 §3.2.4 and RFC 4331 mean to a writer.
const PRECONDITIONS: &[(Tag, Verdict)] = &[
    (
        Tag::NoUidConflict,
        (
            ErrorKind::Conflict,
            "no-uid-conflict",
            "The CalDAV server already has an event with this UID, so nothing was written.",
        ),
    ),
    (
        Tag::NeedPrivileges,
        (
            ErrorKind::Scope,
            "need-privileges",
            "The CalDAV server lets this account only read this calendar, so nothing was written. Ask its owner for the \
             right to change events.",
        ),
    ),
    (
        Tag::ValidCalendarData,
        (
            ErrorKind::Unsupported,
            "valid-calendar-data",
            "The CalDAV server refuses the event as it is: most often how it repeats, its start or its end. Nothing was \
             written; simplify them and try again.",
        ),
    ),
    (
        Tag::ValidCalendarObject,
        (
            ErrorKind::Unsupported,
            "valid-calendar-data",
            "The CalDAV server refuses the event as it is: most often how it repeats, its start or its end. Nothing was \
             written; simplify them and try again.",
        ),
    ),
    (
        Tag::SupportedCalendarData,
        (
            ErrorKind::Unsupported,
            "supported-calendar-data",
            "The CalDAV server does not take events as iCalendar, so nothing was written.",
        ),
    ),
    (
        Tag::SupportedComponent,
        (
            ErrorKind::Unsupported,
            "supported-calendar-component",
            "This calendar takes no events (it may be a list of reminders), so nothing was written. Choose another \
             calendar.",
        ),
    ),
    (
        Tag::MaxResourceSize,
        (
            ErrorKind::Unsupported,
            "max-resource-size",
            "The event is larger than the CalDAV server takes, so nothing was written. Shorten the description.",
        ),
    ),
    (
        Tag::MaxAttendees,
        (
            ErrorKind::Unsupported,
            "max-attendees-per-instance",
            "The event has more attendees than the CalDAV server takes, so nothing was written. Invite fewer.",
        ),
    ),
    (
        Tag::MaxInstances,
        (
            ErrorKind::Unsupported,
            "max-instances",
            "The series has more occurrences than the CalDAV server takes, so nothing was written. Let the \
             series end earlier.",
        ),
    ),
    (
        Tag::MinDateTime,
        (
            ErrorKind::Unsupported,
            "min-date-time",
            "The CalDAV server does not take dates that far away: its start, its end, or how it repeats. Nothing was written.",
        ),
    ),
    (
        Tag::MaxDateTime,
        (
            ErrorKind::Unsupported,
            "max-date-time",
            "The CalDAV server does not take dates that far away: its start, its end, or how it repeats. Nothing was written.",
        ),
    ),
    (
        Tag::Quota,
        (
            ErrorKind::Unsupported,
            "quota-not-exceeded",
            "The calendar account's storage is full, so nothing was written. Make room on the CalDAV server.",
        ),
    ),
    (
        Tag::DiskSpace,
        (
            ErrorKind::Unsupported,
            "quota-not-exceeded",
            "The calendar account's storage is full, so nothing was written. Make room on the CalDAV server.",
        ),
    ),
    (
        Tag::UniqueScheduling,
        (
            ErrorKind::Conflict,
            "unique-scheduling-object-resource",
            "The CalDAV server has this meeting in another of the account's calendars, so nothing was written.",
        ),
    ),
    (
        Tag::SameOrganizer,
        (
            ErrorKind::Scope,
            "allowed-organizer-scheduling-object-change",
            "The CalDAV server does not allow this change of the meeting's organizer or attendees, so nothing was written.",
        ),
    ),
    (
        Tag::OrganizerChange,
        (
            ErrorKind::Scope,
            "allowed-organizer-scheduling-object-change",
            "The CalDAV server does not allow this change of the meeting's organizer or attendees, so nothing was written.",
        ),
    ),
    (
        Tag::AttendeeChange,
        (
            ErrorKind::Scope,
            "allowed-attendee-scheduling-object-change",
            "The CalDAV server lets only the event's organizer change this, so nothing was written. Ask the organizer.",
        ),
    ),
];

/// What a bare status means to a writer.
const STATUSES: &[(std::ops::RangeInclusive<u16>, Verdict)] = &[
    (
        401..=401,
        (
            ErrorKind::Auth,
            "",
            "The CalDAV server refused the user name or password. Servers with two-step sign-in want an app password.",
        ),
    ),
    (
        403..=403,
        (
            ErrorKind::Scope,
            "read_only",
            "The CalDAV server does not let this account change this calendar or event, so nothing was written.",
        ),
    ),
    (
        404..=404,
        (
            ErrorKind::NotFound,
            "not_found",
            "The CalDAV server has no such calendar or event, so nothing was written. Refresh the calendar.",
        ),
    ),
    (
        410..=410,
        (
            ErrorKind::Gone,
            "deleted",
            "The event was deleted on the CalDAV server, so nothing was written.",
        ),
    ),
    (
        409..=409,
        (
            ErrorKind::Conflict,
            "precondition",
            "The event was changed on the CalDAV server meanwhile, so nothing was written. Look at its present state and \
             try again.",
        ),
    ),
    (
        412..=412,
        (
            ErrorKind::Conflict,
            "precondition",
            "The event was changed on the CalDAV server meanwhile, so nothing was written. Look at its present state and \
             try again.",
        ),
    ),
    (
        413..=413,
        (
            ErrorKind::Unsupported,
            "max-resource-size",
            "The event is larger than the CalDAV server takes, so nothing was written. Shorten the description.",
        ),
    ),
    (
        400..=400,
        (
            ErrorKind::Unsupported,
            "refused",
            "The CalDAV server refuses the event as it is and does not say which field. Nothing was written.",
        ),
    ),
    (
        415..=415,
        (
            ErrorKind::Unsupported,
            "refused",
            "The CalDAV server refuses the event as it is and does not say which field. Nothing was written.",
        ),
    ),
    (
        422..=422,
        (
            ErrorKind::Unsupported,
            "refused",
            "The CalDAV server refuses the event as it is and does not say which field. Nothing was written.",
        ),
    ),
    (
        405..=405,
        (
            ErrorKind::Unsupported,
            "read_only",
            "The CalDAV server does not take events at this address, so nothing was written.",
        ),
    ),
    (
        501..=501,
        (
            ErrorKind::Unsupported,
            "read_only",
            "The CalDAV server does not take events at this address, so nothing was written.",
        ),
    ),
    (
        429..=429,
        (
            ErrorKind::RateLimited,
            "",
            "The CalDAV server asks for fewer requests. Daybook waits before the next.",
        ),
    ),
    (
        507..=507,
        (
            ErrorKind::Unsupported,
            "quota-not-exceeded",
            "The calendar account's storage is full, so nothing was written. Make room on the CalDAV server.",
        ),
    ),
    (
        408..=408,
        (
            ErrorKind::Unavailable,
            "",
            "The CalDAV server cannot answer at the moment. Daybook tries again later.",
        ),
    ),
    (
        423..=423,
        (
            ErrorKind::Unsupported,
            LOCKED,
            "Another program has locked the event on the CalDAV server, so nothing was written. Close it there, or wait a \
             few minutes, and try again.",
        ),
    ),
    (
        425..=425,
        (
            ErrorKind::Unavailable,
            "",
            "The CalDAV server cannot answer at the moment. Daybook tries again later.",
        ),
    ),
    (
        500..=599,
        (
            ErrorKind::Unavailable,
            "",
            "The CalDAV server cannot answer at the moment. Daybook tries again later.",
        ),
    ),
];

/// The one part of the event that a precondition is about.
const fn field(tag: Tag) -> Option<Field> {
    match tag {
        Tag::MaxResourceSize => Some(Field::Description),
        Tag::MaxAttendees => Some(Field::Attendees),
        Tag::MaxInstances => Some(Field::Recurrence),
        _ => None,
    }
}

fn by_precondition(tag: Tag) -> Option<Verdict> {
    let row = PRECONDITIONS.iter().find(|(known, _)| *known == tag)?;
    Some(row.1)
}

fn by_status(status: u16) -> Verdict {
    let row = STATUSES.iter().find(|(known, _)| known.contains(&status));
    row.map_or(
        (
            ErrorKind::Malformed,
            "",
            "The CalDAV server gave an unexpected answer to a write. Daybook looks at what it holds now.",
        ),
        |(_, verdict)| *verdict,
    )
}
