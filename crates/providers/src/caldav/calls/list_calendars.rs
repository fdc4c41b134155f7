//! The calendars below a home (contracts/caldav-apple §4).

use bytes::Bytes;
use daybook_provider_api::Result;
use http::Request;
use url::Url;

use super::{Call, Depth, multistatus, propfind};
use crate::caldav::href::Href;
use crate::caldav::multistatus::Row;
use crate::caldav::transport::Answer;
use crate::caldav::xml::Tag;

/// PROPFIND, Depth 1, on a calendar home.
pub(in crate::caldav) struct ListCalendars;

/// What is below a home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::caldav) struct Listing {
    /// Calendars that can hold events.
    pub(in crate::caldav) calendars: Vec<CalendarRow>,
    /// Where invitations are put (RFC 6638 §9.2), if the server says.
    pub(in crate::caldav) default_calendar: Option<Href>,
}

/// A calendar as the server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::caldav) struct CalendarRow {
    /// Where it is.
    pub(in crate::caldav) href: Href,
    /// `DAV:displayname`.
    pub(in crate::caldav) name: Option<String>,
    /// `I:calendar-color` as written.
    pub(in crate::caldav) color: Option<String>,
    /// `C:calendar-timezone`: iCalendar text with a VTIMEZONE.
    pub(in crate::caldav) timezone: Option<String>,
    /// `C:calendar-timezone-id` (RFC 7809).
    pub(in crate::caldav) timezone_id: Option<String>,
    /// `C:schedule-calendar-transp` says transparent: it does not count as busy.
    pub(in crate::caldav) transparent: bool,
    /// `DAV:current-user-privilege-set`; `None` when the server does not tell.
    pub(in crate::caldav) privileges: Option<Vec<Tag>>,
}

impl Call for ListCalendars {
    type Out = Listing;

    fn request(&self, url: &Url) -> Result<Request<Bytes>> {
        propfind(
            url,
            Depth::One,
            "<d:resourcetype/><d:displayname/><d:current-user-privilege-set/>\
             <c:supported-calendar-component-set/><c:calendar-timezone/><c:calendar-timezone-id/>\
             <c:schedule-calendar-transp/><c:schedule-default-calendar-URL/><a:calendar-color/>",
        )
    }

    fn parse(&self, answer: &Answer) -> Result<Listing> {
        let found = multistatus(answer)?;
        let default_calendar = found
            .rows
            .iter()
            .find_map(|row| row.href_in(Tag::ScheduleDefaultCalendar))
            .and_then(|raw| Href::of(&answer.url, raw));
        let calendars = found
            .rows
            .into_iter()
            .filter(holds_events)
            .map(calendar)
            .collect();
        Ok(Listing {
            calendars,
            default_calendar,
        })
    }
}

/// A calendar for events: not an inbox, a reminder list or a subscription (contracts/caldav-apple §11.11).
fn holds_events(row: &Row) -> bool {
    const OTHERS: [Tag; 5] = [
        Tag::Subscribed,
        Tag::ScheduleInbox,
        Tag::ScheduleOutbox,
        Tag::Notification,
        Tag::DropboxHome,
    ];
    row.is_present()
        && row.is_a(Tag::Calendar)
        && !OTHERS.iter().any(|other| row.is_a(*other))
        && row.prop(Tag::SupportedComponents).is_none_or(|set| {
            // An empty set is a careless server's way of saying nothing.
            set.children.is_empty()
                || set
                    .children
                    .iter()
                    .any(|comp| comp.name.as_deref() == Some("VEVENT"))
        })
}

fn calendar(row: Row) -> CalendarRow {
    let text = |tag| row.text(tag).map(str::to_owned);
    CalendarRow {
        name: text(Tag::DisplayName),
        color: text(Tag::CalendarColor),
        timezone: text(Tag::CalendarTimezone),
        timezone_id: text(Tag::CalendarTimezoneId),
        transparent: row
            .prop(Tag::CalendarTransp)
            .is_some_and(|transp| transp.has(Tag::Transparent)),
        privileges: row.prop(Tag::Privileges).map(|set| {
            set.children
                .iter()
                .flat_map(|privilege| privilege.children.iter().map(|inner| inner.tag))
                .collect()
        }),
        href: row.href,
    }
}
