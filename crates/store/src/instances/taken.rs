//! What takes time in many calendars at once, with what the rules about it need to know: one statement, one range of the index
//! `instance_range` for each calendar.

use daybook_domain::availability::Facts;
use daybook_domain::event::{ResponseStatus, Status};
use daybook_domain::{CalendarId, EventId, InstanceId, WorkspaceId};
use jiff::Timestamp;

use crate::{Result, Tx};

row! {
    /// An instance that may take time.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Taken of "instance" {
        /// Its id.
        pub id: InstanceId,
        /// In which calendar.
        pub calendar_id: CalendarId,
        /// The single event or series master it comes from.
        pub event_id: EventId,
        /// For occurrences: the text form of the occurrence.
        pub occurrence_key: Option<String>,
        /// From when.
        pub start_us: Timestamp,
        /// Until when, exclusive.
        pub end_us: Timestamp,
        /// Whether it is a matter of days.
        pub all_day: bool,
        /// Confirmed or tentative.
        pub status: Status,
        /// RFC 5545 UID, the same in every calendar that holds the meeting.
        pub ical_uid: Option<String>,
        /// Whether the provider says it blocks time.
        pub opaque: bool,
        /// Working locations, birthdays and the like.
        pub informational: bool,
        /// Whether its owner works elsewhere meanwhile.
        pub elsewhere: bool,
        /// The owner's answer.
        pub response_status: ResponseStatus,
    }
}

impl Taken {
    /// What the rules about busy time look at.
    #[must_use]
    pub const fn facts(&self) -> Facts {
        Facts {
            status: self.status,
            response: self.response_status,
            opaque: self.opaque,
            informational: self.informational,
            elsewhere: self.elsewhere,
            all_day: self.all_day,
        }
    }
}

// What an event says is looked into only where it is not opaque: of most, nothing has to be read for it.
bulk! {
    TAKEN = "SELECT i.id, i.calendar_id, i.event_id, i.occurrence_key, i.start_us, i.end_us, i.all_day, i.status, \
             e.ical_uid, e.opaque, CASE WHEN e.opaque THEN FALSE ELSE (e.details ->> 'elsewhere') IS NOT NULL END AS elsewhere, \
             e.informational, e.response_status \
             FROM instance i JOIN event e ON e.workspace_id = i.workspace_id AND e.id = coalesce(i.override_event_id, i.event_id) \
             WHERE i.workspace_id = $1 AND i.status <> 'cancelled' AND i.start_us < $2 AND i.end_us > $3 AND i.calendar_id IN (",
    fixed 3, columns 1, ") ORDER BY i.start_us, i.end_us, i.id"
}

/// Everything that is not cancelled in a stretch of these calendars, in order of start; also what does not count as busy.
pub async fn taken(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendars: &[CalendarId],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Taken>> {
    Ok(bulk_fetch!(
        tx,
        Taken,
        TAKEN,
        [ws, to, from],
        calendars,
        |id| [*id]
    ))
}
