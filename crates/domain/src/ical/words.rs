//! What an event says apart from when: texts decoded by `calcard`, people, and where to join.

use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarProperty};

use super::event::{BusyStatus, Class, Transparency, VEvent};
use super::line::ContentLine;
use super::meeting::{https_link, meeting_url_in};
use super::participant::{CalendarUser, Participant};
use super::tree::Component;
use crate::event::Status;

/// What is not about time, decoded by `calcard`; lines of more than `longest` octets are not looked into.
pub(super) fn describe(component: &Component, event: &mut VEvent, longest: usize) {
    let Some(decoded) = decode(component, longest) else {
        return;
    };
    let text = |property: ICalendarProperty| text_of(&decoded, &property);
    event.summary = text(ICalendarProperty::Summary);
    event.description = text(ICalendarProperty::Description);
    event.location = text(ICalendarProperty::Location);
    event.color = text(ICalendarProperty::Color);
    event.url = text(ICalendarProperty::Url);
    event.status = text(ICalendarProperty::Status).and_then(|text| status(&text));
    event.class = text(ICalendarProperty::Class)
        .map(|text| Class::parse(&text))
        .unwrap_or_default();
    let transparent = text(ICalendarProperty::Transp)
        .is_some_and(|text| text.eq_ignore_ascii_case("TRANSPARENT"));
    event.transparency = if transparent {
        Transparency::Transparent
    } else {
        Transparency::Opaque
    };
    event.busy_status = component
        .value("X-MICROSOFT-CDO-BUSYSTATUS")
        .and_then(|text| BusyStatus::parse(text.trim()));
    let short = |line: &&ContentLine| line.as_str().len() <= longest;
    event.organizer = component
        .line("ORGANIZER")
        .filter(short)
        .map(CalendarUser::of);
    event.attendees = component
        .lines()
        .filter(|line| line.is("ATTENDEE"))
        .filter(short)
        .take(2_000)
        .map(Participant::of)
        .collect();
    let categories = decoded
        .properties(&ICalendarProperty::Categories)
        .flat_map(|entry| &entry.values);
    event.categories = categories
        .filter_map(|value| value.as_text())
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .take(100)
        .collect();
    event.meeting_url = meeting_url(component, event);
}

/// What is read of the event here and nothing else, without lines too long to look into: what is decoded takes a multiple of its octets.
fn decode(component: &Component, longest: usize) -> Option<ICalendarComponent> {
    const READ: &[&str] = &[
        "SUMMARY",
        "DESCRIPTION",
        "LOCATION",
        "COLOR",
        "URL",
        "STATUS",
        "CLASS",
        "TRANSP",
        "CATEGORIES",
    ];
    let mut text = String::from("BEGIN:VEVENT\r\n");
    for line in component.lines() {
        if line.as_str().len() <= longest && READ.iter().any(|name| line.is(name)) {
            text.push_str(line.as_str());
            text.push_str("\r\n");
        }
    }
    text.push_str("END:VEVENT\r\n");
    ICalendar::parse(&text).ok()?.components.into_iter().next()
}

fn text_of(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    let entry = component.property(property)?;
    // A TEXT value that calcard took for a list is put together again.
    let parts: Vec<&str> = entry
        .values
        .iter()
        .filter_map(|value| value.as_text())
        .collect();
    let text: String = parts
        .join(",")
        .chars()
        .filter(|ch| !ch.is_control() || matches!(ch, '\n' | '\t'))
        .collect();
    (!text.trim().is_empty()).then_some(text)
}

fn status(text: &str) -> Option<Status> {
    Some(match text.to_ascii_uppercase().as_str() {
        "CONFIRMED" => Status::Confirmed,
        "TENTATIVE" => Status::Tentative,
        "CANCELLED" | "CANCELED" => Status::Cancelled,
        _ => return None,
    })
}

fn meeting_url(component: &Component, event: &VEvent) -> Option<String> {
    let conferences: Vec<&ContentLine> = component
        .lines()
        .filter(|line| line.is("CONFERENCE"))
        .collect();
    let video = conferences.iter().find(|line| {
        line.param("FEATURE")
            .is_some_and(|feature| feature.to_ascii_uppercase().contains("VIDEO"))
    });
    let ordered = video
        .into_iter()
        .chain(&conferences)
        .map(|line| line.value());
    let vendors = [
        "X-GOOGLE-CONFERENCE",
        "X-MICROSOFT-SKYPETEAMSMEETINGURL",
        "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    ];
    let named = ordered
        .chain(vendors.iter().filter_map(|name| component.value(name)))
        .find_map(https_link);
    let texts = [&event.location, &event.description, &event.url];
    named
        .or_else(|| {
            texts
                .into_iter()
                .flatten()
                .find_map(|text| meeting_url_in(text))
        })
        .map(str::to_owned)
}
