//! Where to join by video: the link among all that an invitation says.

/// Hosts of meetings: the domain itself or anything below it. The only such list, for calendars of every provider.
const HOSTS: &[&str] = &[
    "zoom.us",
    "zoom.com",
    "zoomgov.com",
    "teams.microsoft.com",
    "teams.live.com",
    "meet.google.com",
    "webex.com",
    "whereby.com",
    "goto.com",
    "gotomeeting.com",
    "gotomeet.me",
    "meet.jit.si",
    "bluejeans.com",
    "chime.aws",
    "ringcentral.com",
    "join.skype.com",
    "app.slack.com",
    "around.co",
    "gather.town",
];

/// The first link to a known meeting service in a text.
#[must_use]
pub fn meeting_url_in(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(at) = rest.find("https://") {
        let link = rest.get(at..)?;
        let end = link
            .find(|ch: char| {
                ch.is_whitespace() || matches!(ch, '<' | '>' | '"' | '\'' | ')' | ']' | '\\' | '|')
            })
            .unwrap_or(link.len());
        let link = link
            .get(..end)?
            .trim_end_matches(['.', ',', ';', ':', '!', '?']);
        if is_meeting(link) {
            return Some(link);
        }
        rest = rest.get(at + "https://".len()..)?;
    }
    None
}

/// A value that is one https link; other schemes are not followed.
pub(super) fn https_link(text: &str) -> Option<&str> {
    let text = text.trim();
    let sound =
        text.len() <= 2_048 && !text.contains(|ch: char| ch.is_whitespace() || ch.is_control());
    (sound
        && text
            .get(..8)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")))
    .then_some(text)
}

fn is_meeting(link: &str) -> bool {
    let authority = link
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    let Some(authority) =
        authority.filter(|authority| !authority.contains('@') && link.len() <= 2_048)
    else {
        return false;
    };
    let host = authority
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    HOSTS.iter().any(|known| {
        host == *known
            || host
                .strip_suffix(known)
                .is_some_and(|rest| rest.ends_with('.'))
    })
}
