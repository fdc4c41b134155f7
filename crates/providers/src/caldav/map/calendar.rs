//! A calendar collection as a calendar (contracts/caldav-apple §4).

use daybook_domain::calendar::{AccessRole, RemoteCalendar};

use super::event::zone_of_definition;
use crate::caldav::calls::{CalendarRow, Listing};
use crate::caldav::xml::Tag;

/// The calendars of a listing, in its order.
pub(in crate::caldav) fn calendars(listing: Listing) -> Vec<RemoteCalendar> {
    let default = listing.default_calendar;
    listing
        .calendars
        .into_iter()
        .map(|row| RemoteCalendar {
            name: name(&row),
            time_zone: time_zone(&row),
            access_role: row
                .privileges
                .as_deref()
                .map_or(AccessRole::Writer, access_role),
            background_color: row.color.as_deref().and_then(color),
            primary: default.as_ref() == Some(&row.href),
            busy_source: !row.transparent,
            external_id: row.href.as_str().to_owned(),
        })
        .collect()
}

fn name(row: &CalendarRow) -> String {
    if let Some(name) = &row.name {
        return name.clone();
    }
    let last = row
        .href
        .as_str()
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    percent_encoding::percent_decode_str(last)
        .decode_utf8_lossy()
        .into_owned()
}

fn time_zone(row: &CalendarRow) -> Option<String> {
    let by_id = row
        .timezone_id
        .as_deref()
        .and_then(daybook_domain::zone::Zone::iana);
    let zone = by_id.or_else(|| zone_of_definition(row.timezone.as_deref()?))?;
    zone.iana_name().map(str::to_owned)
}

/// A server that tells no privileges is taken to allow everything until it says 403; that case does not come here.
fn access_role(privileges: &[Tag]) -> AccessRole {
    let has = |wanted: &[Tag]| wanted.iter().any(|tag| privileges.contains(tag));
    if has(&[Tag::All, Tag::WriteAcl]) {
        AccessRole::Owner
    } else if has(&[Tag::Write, Tag::WriteContent, Tag::Bind]) {
        AccessRole::Writer
    } else if !has(&[Tag::Read]) && has(&[Tag::ReadFreeBusy]) {
        AccessRole::FreeBusyReader
    } else {
        AccessRole::Reader
    }
}

/// `#RRGGBBAA`, `#RRGGBB` or `#RGB` as `#rrggbb`; anything else is no colour.
fn color(written: &str) -> Option<String> {
    let digits = written.trim().strip_prefix('#')?;
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let six = match digits.len() {
        6 | 8 => digits.get(..6)?.to_owned(),
        3 | 4 => digits
            .chars()
            .take(3)
            .flat_map(|digit| [digit, digit])
            .collect(),
        _ => return None,
    };
    Some(format!("#{}", six.to_ascii_lowercase()))
}
