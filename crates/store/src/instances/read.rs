//! Reading instances, with what their event says.

use daybook_domain::billing::BillingFilters;
use daybook_domain::event::{Details, EventTime, ResponseStatus, Role, Status};
use daybook_domain::time_entry::meeting_cause;
use daybook_domain::{
    CalendarId, ConnectionId, EventId, InstanceId, MemberId, TimeEntryId, WorkspaceId,
};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use uuid::Uuid;

use crate::events::{Kind, event_time};
use crate::row::Bind;
use crate::sql::containing;
use crate::{Error, Result, Tx};

row! {
    /// An instance and what its event (or the override it shows) says.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct InstanceView of "instance" {
        /// Its id.
        pub id: InstanceId,
        /// Of which calendar.
        pub calendar_id: CalendarId,
        /// Of which connection.
        pub connection_id: ConnectionId,
        /// Whose connection.
        pub member_id: MemberId,
        /// The connection's provider.
        pub provider: String,
        /// The connection's account.
        pub account_email: Option<String>,
        /// Which events of the calendar are offered for billing.
        pub billing_filters: Option<BillingFilters>,
        /// The single event or series master it comes from.
        pub event_id: EventId,
        /// For occurrences: the text form of the occurrence.
        pub occurrence_key: Option<String>,
        /// The override whose details these are.
        pub override_event_id: Option<EventId>,
        /// When it starts.
        pub start_us: Timestamp,
        /// When it ends, exclusive.
        pub end_us: Timestamp,
        /// Whether it is a matter of days.
        pub all_day: bool,
        /// First day, when all-day.
        pub start_date: Option<Date>,
        /// Day after the last, when all-day.
        pub end_date: Option<Date>,
        /// Whether it blocks time.
        pub busy: bool,
        /// Confirmed, tentative or cancelled.
        pub status: Status,
        /// The provider's id of the event or override.
        pub provider_event_id: String,
        /// The resource of the event or override.
        pub resource: Option<String>,
        /// Version tag of the event or override.
        pub etag: Option<String>,
        /// RFC 5545 UID.
        pub ical_uid: Option<String>,
        /// What part the event or override plays.
        pub kind: Kind,
        /// Zone the event's start was written in.
        pub time_zone: Option<String>,
        /// Working locations, birthdays and the like.
        pub informational: bool,
        /// The owner's answer.
        pub response_status: ResponseStatus,
        /// What it says.
        pub details: Details,
        /// The recurrence lines of the series it belongs to, where its master is known.
        pub recurrence: Option<Vec<String>>,
        /// When the provider last changed it.
        pub updated_at: Option<Timestamp>,
        /// The time entry made from it, if any.
        pub time_entry_id: Option<TimeEntryId>,
    }
}

row! {
    /// Time that is taken.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Busy of "instance" {
        /// In which calendar.
        pub calendar_id: CalendarId,
        /// From when.
        pub start_us: Timestamp,
        /// Until when, exclusive.
        pub end_us: Timestamp,
    }
}

/// Which instances to list.
#[derive(Debug, Clone)]
pub struct Range<'a> {
    /// Of which calendars.
    pub calendars: &'a [CalendarId],
    /// That end after this.
    pub from: Timestamp,
    /// That start before this.
    pub to: Timestamp,
    /// Whose title contains this, whatever the case.
    pub q: Option<&'a str>,
    /// That have (or have not) become time entries.
    pub converted: Option<bool>,
    /// Whether cancelled ones are listed too.
    pub cancelled: bool,
    /// After this one, in order of start and id.
    pub after: Option<(Timestamp, InstanceId)>,
    /// At most this many.
    pub limit: i64,
}

impl InstanceView {
    /// An occurrence that is not kept, because it lies beyond what series are expanded for.
    #[must_use]
    pub fn of_event(
        calendar: &crate::calendars::Calendar,
        id: InstanceId,
        occurrence_key: String,
        row: crate::events::Event,
    ) -> Self {
        let busy = row.event.is_busy();
        let date = |time: &EventTime| match time {
            EventTime::AllDay(date) => Some(*date),
            EventTime::Timed { .. } => None,
        };
        let event = row.event;
        let recurrence = match event.role {
            Role::Master { recurrence } => Some(recurrence),
            Role::Single | Role::Override { .. } => None,
        };
        Self {
            id,
            calendar_id: calendar.id,
            connection_id: calendar.connection_id,
            member_id: calendar.member_id,
            provider: calendar.provider.clone(),
            account_email: calendar.connection_email.clone(),
            billing_filters: calendar.billing_filters.clone(),
            event_id: row.id,
            occurrence_key: Some(occurrence_key),
            override_event_id: None,
            start_us: row.start,
            end_us: row.end,
            all_day: event.start.is_all_day(),
            start_date: date(&event.start),
            end_date: date(&event.end),
            busy,
            status: event.status,
            time_zone: event.start.zone().map(str::to_owned),
            provider_event_id: event.provider_id,
            resource: event.resource,
            etag: event.etag,
            ical_uid: event.ical_uid,
            kind: Kind::Master,
            recurrence,
            informational: event.informational,
            response_status: event.response_status,
            details: event.details,
            updated_at: event.updated_at,
            time_entry_id: None,
        }
    }

    /// As `member` may see it: of somebody else's private event, only when it is.
    #[must_use]
    pub fn seen_by(self, member: MemberId) -> Self {
        if self.is_hidden_from(member) {
            return Self {
                details: Details::withheld(),
                ..self
            };
        }
        self
    }

    /// Whether what it says is not for `member`.
    #[must_use]
    pub fn is_hidden_from(&self, member: MemberId) -> bool {
        self.details.private && self.member_id != member
    }

    /// When it starts, as date or instant with zone.
    #[must_use]
    pub fn start(&self) -> EventTime {
        event_time(self.start_us, self.start_date, self.time_zone.clone())
    }

    /// When it ends, exclusive, as date or instant with zone.
    #[must_use]
    pub fn end(&self) -> EventTime {
        event_time(self.end_us, self.end_date, self.time_zone.clone())
    }

    /// Whether it is an occurrence of a series.
    #[must_use]
    pub const fn recurring(&self) -> bool {
        self.occurrence_key.is_some()
    }

    /// What makes two instances the same meeting for one member: UID and occurrence, where there is a UID. `entry_of!` says
    /// the same in SQL.
    #[must_use]
    pub fn cause_key(&self) -> String {
        match &self.ical_uid {
            Some(uid) => meeting_cause(uid, self.occurrence_key.as_deref()),
            None => self.own_cause_key(),
        }
    }

    /// What makes it a thing of its own, apart from other sightings of the meeting.
    #[must_use]
    pub fn own_cause_key(&self) -> String {
        let occurrence = self.occurrence_key.as_deref().unwrap_or("-");
        format!("event:{occurrence}:{}", self.event_id)
    }
}

/// The time entry of an instance: one that was made from it apart from other sightings of the meeting, or without a UID; else the
/// one with its cause, so that it is found again after the calendar was removed and read anew, and through every calendar that
/// shows the meeting. Both are looked up in an index.
macro_rules! entry_of {
    () => {
        "coalesce(\
         (SELECT t.id FROM time_entry t WHERE t.workspace_id = i.workspace_id AND t.synced_event_id = i.id \
          AND (e.ical_uid IS NULL OR t.cause_key LIKE 'event:%') ORDER BY t.created_at, t.id LIMIT 1), \
         (SELECT t.id FROM time_entry t WHERE t.workspace_id = i.workspace_id AND t.member_id = n.member_id \
          AND t.cause_key = 'ical:' || coalesce(i.occurrence_key, '-') || ':' || e.ical_uid))"
    };
}

/// What [`InstanceView`] reads; the rest of the statement follows.
macro_rules! select {
    ($($rest:expr),+) => {
        concat!(
            "SELECT i.id, i.calendar_id, c.connection_id, n.member_id, n.provider, n.account_email, c.billing_filters, i.event_id, i.occurrence_key, i.override_event_id, i.start_us, \
             i.end_us, i.all_day, i.start_date, i.end_date, i.busy, i.status, e.provider_event_id, e.resource, e.etag, e.ical_uid, e.kind, e.time_zone, \
             e.informational, e.response_status, e.details, e.updated_at, \
             CASE WHEN i.occurrence_key IS NOT NULL THEN (SELECT m.recurrence FROM event m WHERE m.workspace_id = i.workspace_id AND m.id = i.event_id) END AS recurrence, ",
            entry_of!(),
            " AS time_entry_id \
             FROM instance i JOIN event e ON e.workspace_id = i.workspace_id AND e.id = coalesce(i.override_event_id, i.event_id) \
             JOIN calendar c ON c.workspace_id = i.workspace_id AND c.id = i.calendar_id \
             JOIN connection n ON n.workspace_id = c.workspace_id AND n.id = c.connection_id ",
            $($rest),+
        )
    };
}

bulk! {
    RANGE = select!(
        "WHERE i.workspace_id = $1 AND i.start_us < $2 AND (i.end_us > $3 OR i.start_us >= $4) \
         AND (i.status <> 'cancelled' OR $5) \
         AND (i.start_us, i.id) > ($6, $7) AND ($8 OR e.search LIKE $9 ESCAPE '!') \
         AND ($10 OR (",
        entry_of!(),
        " IS NOT NULL) = $11) \
         AND CASE WHEN i.all_day THEN i.start_date < $12 AND i.end_date > $13 ELSE i.start_us < $14 AND (i.end_us > $15 OR i.start_us >= $16) END \
         AND i.calendar_id IN ("
    ),
    fixed 16, columns 1, ") ORDER BY i.start_us, i.id"
}
bulk! {
    GET_MANY = select!("WHERE i.workspace_id = $1 AND i.id IN ("),
    fixed 1, columns 1, ")"
}
bulk! {
    BUSY = "SELECT calendar_id, start_us, end_us FROM instance WHERE workspace_id = $1 AND busy AND start_us < $2 AND end_us > $3 AND calendar_id IN (",
    fixed 3, columns 1, ") ORDER BY start_us, end_us"
}

/// All-day instances are kept at midnight in their calendar's zone, but asked for by date: no zone is further than this.
const FURTHEST_ZONE: SignedDuration = SignedDuration::from_hours(26);

/// The days a range touches: the first one, and the one after the last.
fn days(range: &Range<'_>) -> (Date, Date) {
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC);
    let (from, to) = (day(range.from), day(range.to));
    let whole = to.time() == Time::midnight();
    let after = if whole {
        to.date()
    } else {
        to.date().saturating_add(Span::new().days(1))
    };
    (from.date(), after)
}

/// The instances in a range, in order of start and id; all-day ones by their dates.
pub async fn range(tx: &mut Tx, ws: WorkspaceId, range: &Range<'_>) -> Result<Vec<InstanceView>> {
    let (at, id) = range.after.unwrap_or((Timestamp::MIN, Uuid::nil().into()));
    let pattern = range
        .q
        .map(|q| containing(&q.to_lowercase()))
        .unwrap_or_default();
    let (first_day, day_after) = days(range);
    let earliest = crate::tx::plus(range.from, -FURTHEST_ZONE);
    let latest = crate::tx::plus(range.to, FURTHEST_ZONE);
    let (kind, mut rows) = (tx.kind(), Vec::new());
    let chunks = range.calendars.chunks(RANGE.chunk(kind));
    let several = chunks.len() > 1;
    for chunk in chunks {
        // A number in the text, because no placeholder can follow the list.
        let text = format!(
            "{} LIMIT {}",
            RANGE.text(kind, chunk.len()),
            range.limit.max(0)
        );
        let found: Vec<InstanceView> = on!(tx, |c| {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(text))
                .bind(ws.raw())
                .bind(latest.raw())
                .bind(earliest.raw())
                .bind(earliest.raw())
                .bind(range.cancelled)
                .bind(at.raw())
                .bind(id.raw())
                .bind(range.q.is_none())
                .bind(&pattern)
                .bind(range.converted.is_none())
                .bind(range.converted.unwrap_or_default())
                .bind(day_after.raw())
                .bind(first_day.raw())
                .bind(range.to.raw())
                .bind(range.from.raw())
                .bind(range.from.raw());
            for calendar in chunk {
                query = query.bind(calendar.raw());
            }
            query.fetch_all(c).await
        })?;
        rows.extend(found);
    }
    if several {
        rows.sort_by_key(|row| (row.start_us, row.id));
        rows.truncate(usize::try_from(range.limit).unwrap_or_default());
    }
    Ok(rows)
}

/// The first instance of an event that takes place.
pub async fn first_of_event(
    tx: &mut Tx,
    ws: WorkspaceId,
    event: EventId,
) -> Result<Option<InstanceId>> {
    let row = fetch_optional!(
        tx,
        (Uuid,),
        "SELECT id FROM instance WHERE workspace_id = $1 AND event_id = $2 AND status <> 'cancelled' ORDER BY start_us, id LIMIT 1",
        ws,
        event
    )?;
    Ok(row.map(|(id,)| id.into()))
}

/// The instance.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: InstanceId) -> Result<InstanceView> {
    get_many(tx, ws, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// Those of these instances that are there, in no particular order.
pub async fn get_many(
    tx: &mut Tx,
    ws: WorkspaceId,
    ids: &[InstanceId],
) -> Result<Vec<InstanceView>> {
    Ok(bulk_fetch!(tx, InstanceView, GET_MANY, [ws], ids, |id| [
        *id
    ]))
}

/// The time that is taken in a range, in order of start.
pub async fn busy(
    tx: &mut Tx,
    ws: WorkspaceId,
    calendars: &[CalendarId],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Busy>> {
    Ok(bulk_fetch!(
        tx,
        Busy,
        BUSY,
        [ws, to, from],
        calendars,
        |id| [*id]
    ))
}
