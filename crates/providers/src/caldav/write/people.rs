//! `ATTENDEE` and `ORGANIZER` lines: who stays keeps their line as it is; and who mails them (RFC 6638 §7.1).

use daybook_domain::event::{Person, ResponseStatus};
use daybook_domain::ical::{Component, ContentLine, Node};
use daybook_provider_api::Result;

use super::line::with_param;
use crate::caldav::errors;

/// The parameter that tells a server whether it mails this person.
const AGENT: &str = "SCHEDULE-AGENT";

/// Makes these the event's guests.
pub(super) fn invite(
    component: &mut Component,
    wanted: &[Person],
    own: Option<&str>,
    notify: bool,
) -> Result<()> {
    let mut lines: Vec<ContentLine> = Vec::with_capacity(wanted.len());
    for person in wanted {
        let Some(email) = person.email.as_deref().filter(|email| !email.is_empty()) else {
            return Err(errors::refused_field(
                errors::Field::Attendees,
                "attendees",
                "Everybody who is invited needs an address, so nothing was written.",
            ));
        };
        if lines.iter().any(|line| is(line, email)) {
            continue;
        }
        let stays = component
            .lines()
            .find(|line| line.is("ATTENDEE") && is(line, email))
            .cloned();
        lines.push(stays.unwrap_or_else(|| guest(email, person.name.as_deref(), notify)));
    }
    let first = component
        .nodes
        .iter()
        .position(|node| matches!(node, Node::Line(line) if line.is("ATTENDEE")));
    component.remove("ATTENDEE");
    let properties = component
        .nodes
        .iter()
        .position(|node| matches!(node, Node::Component(_)))
        .unwrap_or(component.nodes.len());
    let place = first.unwrap_or(properties).min(component.nodes.len());
    component
        .nodes
        .splice(place..place, lines.into_iter().map(Node::Line));
    if !wanted.is_empty() {
        organize(component, own, notify)?;
    }
    Ok(())
}

/// Makes the guests of one event those of a new one that goes on with it, which we call: nobody has answered it yet. What else is said
/// of them stays.
pub(super) fn invite_anew(
    component: &mut Component,
    own: Option<&str>,
    notify: bool,
) -> Result<()> {
    let called = component
        .line("ORGANIZER")
        .is_some_and(|line| own.is_some_and(|own| is(line, own)));
    if !called {
        component.remove("ORGANIZER");
    }
    each_guest(component, |line| {
        let line = with_param(line, "SCHEDULE-STATUS", None);
        if own.is_some_and(|own| is(&line, own)) {
            return Some(line);
        }
        let line = with_param(&line, "PARTSTAT", Some("NEEDS-ACTION"));
        let agent = (!notify).then_some("CLIENT");
        Some(with_param(&line, AGENT, agent))
    });
    match component.line("ATTENDEE") {
        Some(_) => organize(component, own, notify),
        None => Ok(()),
    }
}

/// An event with guests has an organizer: us, unless it has one.
fn organize(component: &mut Component, own: Option<&str>, notify: bool) -> Result<()> {
    if component.line("ORGANIZER").is_some() {
        return Ok(());
    }
    match own {
        Some(own) => {
            component.set(ContentLine::new("ORGANIZER", &[], &format!("mailto:{own}")));
            Ok(())
        }
        None if notify => Err(errors::refused_field(
            errors::Field::Attendees,
            "no_organizer_address",
            "This account has no e-mail address to invite from, so nothing was written. Invite nobody, \
             or send the invitations yourself and ask for no notification.",
        )),
        None => Ok(()),
    }
}

fn guest(email: &str, name: Option<&str>, notify: bool) -> ContentLine {
    let mut params: Vec<(&str, &str)> = name.map(|name| ("CN", name)).into_iter().collect();
    params.extend([
        ("ROLE", "REQ-PARTICIPANT"),
        ("PARTSTAT", "NEEDS-ACTION"),
        ("RSVP", "TRUE"),
    ]);
    if !notify {
        params.push((AGENT, "CLIENT"));
    }
    ContentLine::new("ATTENDEE", &params, &format!("mailto:{email}"))
}

/// Gives the owner's answer; false when the owner is not invited.
pub(super) fn answer(component: &mut Component, own: &str, answer: ResponseStatus) -> bool {
    let mut found = false;
    each_guest(component, |line| {
        if !is(line, own) {
            return None;
        }
        found = true;
        Some(with_param(line, "PARTSTAT", Some(word(answer))))
    });
    found
}

/// The owner's present answer, as written; `None` when the owner is not invited.
pub(super) fn answer_of(component: &Component, own: &str) -> Option<String> {
    let line = component
        .lines()
        .find(|line| line.is("ATTENDEE") && is(line, own))?;
    let answer = line.param("PARTSTAT").unwrap_or_default();
    Some(match answer.to_ascii_uppercase() {
        empty if empty.is_empty() => "NEEDS-ACTION".to_owned(),
        answer => answer,
    })
}

/// Whether a server that schedules would mail guests about a change of this event: the owner called it, and somebody else's
/// line does not say that we do the mailing. Taking such a line away from the server now would make it send a cancellation.
pub(super) fn is_mailed_by_server(component: &Component, own: Option<&str>) -> bool {
    let Some(own) = own else {
        return false;
    };
    let called = component.line("ORGANIZER").is_some_and(|line| {
        is(line, own)
            && line
                .param(AGENT)
                .is_none_or(|agent| agent.eq_ignore_ascii_case("SERVER"))
    });
    let served = |line: &ContentLine| {
        line.param(AGENT)
            .is_none_or(|agent| agent.eq_ignore_ascii_case("SERVER"))
    };
    called
        && component
            .lines()
            .any(|line| line.is("ATTENDEE") && !is(line, own) && served(line))
}

/// Lets the server mail everybody that an earlier quiet write kept from it.
pub(super) fn let_server_mail(component: &mut Component, own: Option<&str>) {
    let called = component
        .line("ORGANIZER")
        .is_some_and(|line| own.is_some_and(|own| is(line, own)));
    if !called {
        return;
    }
    each_guest(component, |line| {
        let ours = line
            .param(AGENT)
            .is_some_and(|agent| agent.eq_ignore_ascii_case("CLIENT"));
        ours.then(|| with_param(line, AGENT, None))
    });
}

fn each_guest(
    component: &mut Component,
    mut change: impl FnMut(&ContentLine) -> Option<ContentLine>,
) {
    for node in &mut component.nodes {
        if let Node::Line(line) = node
            && line.is("ATTENDEE")
            && let Some(new) = change(line)
        {
            *line = new;
        }
    }
}

const fn word(answer: ResponseStatus) -> &'static str {
    match answer {
        ResponseStatus::Accepted | ResponseStatus::Organizer => "ACCEPTED",
        ResponseStatus::Tentative => "TENTATIVE",
        ResponseStatus::Declined => "DECLINED",
        ResponseStatus::NeedsAction => "NEEDS-ACTION",
    }
}

/// Whether the line names this address; the EMAIL parameter wins over odd URIs (contracts/icalendar-recurrence §4).
fn is(line: &ContentLine, email: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim();
        let rest = match text.split_once(':') {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto") => rest,
            _ => text,
        };
        rest.trim().eq_ignore_ascii_case(email.trim())
    };
    match line.param("EMAIL") {
        Some(given) if given.contains('@') => bare(&given),
        _ => bare(line.value()),
    }
}
