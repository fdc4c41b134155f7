//! The live properties (contract caldav-apple §2 and §4).

use super::Call;
use super::listing::content_type;
use super::paths::{Target, encode};
use crate::caldav::profile::{Quirks, SyncSupport};
use crate::caldav::state::{Calendar, CalendarKind, State};
use crate::caldav::xml::{APPLE, CALDAV, CALSERVER, DAV, Element, Name};

/// What an empty body or `allprop` asks for.
pub(super) fn default_names() -> Vec<Name> {
    [
        (DAV, "resourcetype"),
        (DAV, "displayname"),
        (DAV, "getetag"),
        (DAV, "getcontenttype"),
    ]
    .iter()
    .map(|(ns, local)| Name::new(ns, local))
    .collect()
}

/// The value of a property, `None` = 404.
pub(super) fn property(
    state: &mut State,
    call: &Call<'_>,
    target: &Target,
    name: &Name,
) -> Option<Element> {
    if name.is(DAV, "current-user-principal") {
        let path = encode(state, &state.accounts[&call.user].layout.principal);
        return Some(Element::named(name.clone()).child(href(&path)));
    }
    match target {
        Target::Root => root_property(name),
        Target::Principal(user) => principal_property(state, call, user, name),
        Target::Home(_) => home_property(name),
        Target::Calendar(path) => calendar_property(state, path, name),
        Target::Object(calendar, file) => {
            let object = state.calendars[calendar].objects.get(file)?;
            match (name.ns.as_str(), name.local.as_str()) {
                (DAV, "getetag") => Some(Element::dav("getetag").text(&object.etag)),
                (DAV, "getcontenttype") => Some(content_type(&object.ics)),
                (DAV, "resourcetype") => Some(Element::dav("resourcetype")),
                (DAV, "getcontentlength") => {
                    Some(Element::dav("getcontentlength").text(object.ics.len().to_string()))
                }
                _ => None,
            }
        }
        Target::Nothing | Target::Forbidden => None,
    }
}

fn href(path: &str) -> Element {
    Element::dav("href").text(path)
}

fn root_property(name: &Name) -> Option<Element> {
    match (name.ns.as_str(), name.local.as_str()) {
        (DAV, "resourcetype") => {
            Some(Element::dav("resourcetype").child(Element::dav("collection")))
        }
        (DAV, "displayname") => Some(Element::dav("displayname").text("Calendar server")),
        _ => None,
    }
}

fn home_property(name: &Name) -> Option<Element> {
    match (name.ns.as_str(), name.local.as_str()) {
        (DAV, "resourcetype") => {
            Some(Element::dav("resourcetype").child(Element::dav("collection")))
        }
        (DAV, "displayname") => Some(Element::dav("displayname").text("Home")),
        _ => None,
    }
}

fn principal_property(state: &State, call: &Call<'_>, user: &str, name: &Name) -> Option<Element> {
    let account = state.accounts.get(user)?;
    let layout = &account.layout;
    let element = Element::named(name.clone());
    Some(match (name.ns.as_str(), name.local.as_str()) {
        (CALDAV, "calendar-home-set") => element.child(href(&home_url(state, call, user))),
        (CALDAV, "calendar-user-address-set") => {
            element.children(account.addresses.iter().map(|address| href(address)))
        }
        (CALDAV, "schedule-inbox-URL") => {
            element.child(href(&encode(state, &format!("{}inbox/", layout.home))))
        }
        (CALDAV, "schedule-outbox-URL") => {
            element.child(href(&encode(state, &format!("{}outbox/", layout.home))))
        }
        (DAV, "displayname") => element.text(user),
        (DAV, "principal-URL") => element.child(href(&encode(state, &layout.principal))),
        (DAV, "resourcetype") => element
            .child(Element::dav("collection"))
            .child(Element::dav("principal")),
        _ => return None,
    })
}

/// Relative, or absolute with an explicit port on the partition host.
fn home_url(state: &State, call: &Call<'_>, user: &str) -> String {
    let path = encode(state, &state.accounts[user].layout.home);
    if let Some(partition) = &state.partition {
        return format!("{}{path}", explicit_port(partition));
    }
    if state.quirks.absolute_home {
        return format!("{}{path}", explicit_port(&call.origin));
    }
    path
}

fn explicit_port(origin: &str) -> String {
    let (scheme, host) = origin.split_once("://").unwrap_or(("http", origin));
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.chars().all(|digit| digit.is_ascii_digit()));
    match (has_port, scheme) {
        (true, _) => origin.to_owned(),
        (false, "https") => format!("{origin}:443"),
        (false, _) => format!("{origin}:80"),
    }
}

fn calendar_property(state: &mut State, path: &str, name: &Name) -> Option<Element> {
    let now = state.now();
    let quirks = state.quirks.clone();
    let calendar = state.calendars.get_mut(path)?;
    let element = Element::named(name.clone());
    Some(match (name.ns.as_str(), name.local.as_str()) {
        (DAV, "displayname") => element.text(&calendar.spec.name),
        (DAV, "resourcetype") => resource_type(calendar),
        (DAV, "current-user-privilege-set") if !quirks.hide_privileges => privileges(calendar),
        (DAV, "sync-token") if quirks.sync == SyncSupport::Collection && calendar.is_calendar() => {
            let revision = calendar.visible(now, quirks.sync_lag);
            element.text(calendar.token(revision, quirks.tokens, false))
        }
        (CALSERVER, "getctag")
            if quirks.sync != SyncSupport::EtagsOnly && calendar.is_calendar() =>
        {
            let revision = calendar.visible(now, quirks.sync_lag);
            element.text(calendar.ctag(revision))
        }
        (DAV, "supported-report-set") => reports(&quirks),
        (CALDAV, "supported-calendar-component-set") if !calendar.spec.components_hidden => element
            .children(
                calendar
                    .spec
                    .components()
                    .iter()
                    .map(|component| Element::cal("comp").attribute("name", *component)),
            ),
        (CALDAV, "calendar-timezone") if calendar.is_calendar() => {
            element.text(zone_text(&calendar.spec.zone))
        }
        (CALDAV, "schedule-calendar-transp") if calendar.is_calendar() => {
            element.child(Element::cal(if calendar.spec.transparent {
                "transparent"
            } else {
                "opaque"
            }))
        }
        (CALDAV, "max-resource-size") => element.text(quirks.max_resource_size.to_string()),
        (APPLE, "calendar-color") => element.text(calendar.spec.color.clone()?),
        (DAV, "getetag") if quirks.collection_row => element.text("\"collection\""),
        _ => return None,
    })
}

fn resource_type(calendar: &Calendar) -> Element {
    let base = Element::dav("resourcetype").child(Element::dav("collection"));
    match calendar.spec.kind {
        CalendarKind::Events | CalendarKind::Reminders => base.child(Element::cal("calendar")),
        CalendarKind::Subscribed => base
            .child(Element::cal("calendar"))
            .child(Element::new(CALSERVER, "subscribed")),
        CalendarKind::Inbox => base.child(Element::cal("schedule-inbox")),
        CalendarKind::Outbox => base.child(Element::cal("schedule-outbox")),
        CalendarKind::Notifications => base.child(Element::new(CALSERVER, "notification")),
    }
}

fn privileges(calendar: &Calendar) -> Element {
    let writable = !calendar.spec.read_only && calendar.spec.kind != CalendarKind::Subscribed;
    let granted: &[&str] = if writable {
        &["read", "write", "write-content", "bind", "unbind"]
    } else {
        &["read", "read-current-user-privilege-set"]
    };
    Element::dav("current-user-privilege-set").children(
        granted
            .iter()
            .map(|name| Element::dav("privilege").child(Element::dav(name))),
    )
}

fn reports(quirks: &Quirks) -> Element {
    let report = |inner: Element| {
        Element::dav("supported-report").child(Element::dav("report").child(inner))
    };
    let mut set = Element::dav("supported-report-set")
        .child(report(Element::cal("calendar-query")))
        .child(report(Element::cal("calendar-multiget")));
    if quirks.free_busy {
        set = set.child(report(Element::cal("free-busy-query")));
    }
    if quirks.sync == SyncSupport::Collection {
        set = set.child(report(Element::dav("sync-collection")));
    }
    set
}

fn zone_text(zone: &str) -> String {
    use crate::caldav::ics::{Property, with_zones, wrap, write};
    let mut probe = crate::caldav::ics::Component::new("VEVENT");
    probe.add(Property {
        name: "DTSTART".to_owned(),
        params: format!("TZID={zone}"),
        value: "20260101T000000".to_owned(),
    });
    let mut calendar = with_zones(wrap(vec![probe]));
    calendar.children.retain(|child| child.name == "VTIMEZONE");
    write(&calendar)
}
