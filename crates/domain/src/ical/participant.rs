//! Organizers and attendees (RFC 5545 §3.8.4).

use super::line::ContentLine;

/// Whoever a `mailto:` names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarUser {
    /// Address in lower case; `None` where the file gives no usable one.
    pub email: Option<String>,
    /// `CN`.
    pub name: Option<String>,
}

/// `PARTSTAT`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PartStat {
    #[default]
    NeedsAction,
    Accepted,
    Declined,
    Tentative,
    Delegated,
}

/// `ROLE`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ParticipantRole {
    Chair,
    #[default]
    Required,
    Optional,
    NonParticipant,
}

/// An attendee.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub user: CalendarUser,
    /// Their answer.
    pub partstat: PartStat,
    /// Their part.
    pub role: ParticipantRole,
    /// `CUTYPE` ROOM or RESOURCE: a thing, not a person.
    pub is_resource: bool,
    /// `RSVP=TRUE`.
    pub rsvp: bool,
}

impl CalendarUser {
    pub(super) fn of(line: &ContentLine) -> Self {
        let email = line.param("EMAIL").and_then(|email| email_in(&email));
        // Commas in names are escaped by programs that take parameters for text.
        let name = line
            .param("CN")
            .map(|name| name.replace("\\,", ",").trim().to_owned());
        Self {
            email: email.or_else(|| email_in(line.value())),
            name: name.filter(|name| !name.is_empty()),
        }
    }
}

impl Participant {
    pub(super) fn of(line: &ContentLine) -> Self {
        let upper = |name| line.param(name).unwrap_or_default().to_ascii_uppercase();
        Self {
            user: CalendarUser::of(line),
            partstat: PartStat::parse(&upper("PARTSTAT")),
            role: ParticipantRole::parse(&upper("ROLE")),
            is_resource: matches!(upper("CUTYPE").as_str(), "ROOM" | "RESOURCE"),
            rsvp: upper("RSVP") == "TRUE",
        }
    }
}

impl PartStat {
    fn parse(text: &str) -> Self {
        match text {
            "ACCEPTED" => Self::Accepted,
            "DECLINED" => Self::Declined,
            "TENTATIVE" => Self::Tentative,
            "DELEGATED" => Self::Delegated,
            _ => Self::NeedsAction,
        }
    }

    /// As in iCalendar.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeedsAction => "NEEDS-ACTION",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Tentative => "TENTATIVE",
            Self::Delegated => "DELEGATED",
        }
    }
}

impl ParticipantRole {
    fn parse(text: &str) -> Self {
        match text {
            "CHAIR" => Self::Chair,
            "OPT-PARTICIPANT" => Self::Optional,
            "NON-PARTICIPANT" => Self::NonParticipant,
            _ => Self::Required,
        }
    }

    /// As in iCalendar.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chair => "CHAIR",
            Self::Required => "REQ-PARTICIPANT",
            Self::Optional => "OPT-PARTICIPANT",
            Self::NonParticipant => "NON-PARTICIPANT",
        }
    }
}

/// The address in `mailto:Somebody@example.org` or a bare one; not in `urn:uuid:…` or `/principals/…`.
fn email_in(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['<', '>']);
    let bare = match text.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto") => rest.trim(),
        Some(_) => return None,
        None => text,
    };
    let (user, host) = bare.rsplit_once('@')?;
    let sound = bare.len() <= 254
        && !user.is_empty()
        && !host.is_empty()
        && !bare.contains(|ch: char| {
            ch.is_whitespace() || ch.is_control() || matches!(ch, '/' | '<' | '>' | ',')
        });
    sound.then(|| bare.to_lowercase())
}
