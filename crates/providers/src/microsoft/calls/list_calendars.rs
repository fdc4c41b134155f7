//! `GET /me/calendars` (contracts/microsoft §3). There is no delta: the list is read whole and compared.

use daybook_domain::calendar::{AccessRole, RemoteCalendar};
use daybook_provider_api::{Result, Session};
use serde::Deserialize;

use super::super::errors;
use super::super::links::Links;
use super::super::wire::{Address, Page};

/// A calendar as Graph lists it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct Entry {
    pub(in super::super) id: Option<String>,
    name: Option<String>,
    color: Option<String>,
    hex_color: Option<String>,
    pub(in super::super) is_default_calendar: Option<bool>,
    can_edit: Option<bool>,
    can_share: Option<bool>,
    pub(in super::super) owner: Option<Address>,
    allowed_online_meeting_providers: Option<Vec<String>>,
}

/// Outlook's colour names as Outlook shows them; `auto` is none.
const COLORS: [(&str, &str); 9] = [
    ("lightblue", "#a6d1f5"),
    ("lightgreen", "#87d28e"),
    ("lightorange", "#fcab73"),
    ("lightgray", "#c0c0c0"),
    ("lightyellow", "#f4d07a"),
    ("lightteal", "#4adacc"),
    ("lightpink", "#f08cc0"),
    ("lightbrown", "#cba287"),
    ("lightred", "#f88c9b"),
];

/// Every calendar of the account.
pub(in super::super) async fn all(session: &Session<'_>) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut links = Links::default();
    loop {
        let request = request(&session.api_url, links.current())?;
        let body = super::send(session, request).await?;
        let page: Page<Entry> = Page::parse(&body).ok_or_else(errors::malformed)?;
        entries.extend(page.value);
        match page.next_link {
            Some(link) => links.advance(link, &session.api_url)?,
            None => return Ok(entries),
        }
    }
}

fn request(api_url: &str, link: Option<&str>) -> Result<http::Request<bytes::Bytes>> {
    match link {
        Some(link) => super::get(link),
        None => super::get(&super::address(
            api_url,
            &["me", "calendars"],
            &[("$top", "100")],
        )),
    }
}

impl Entry {
    /// In our words; `None` without an id. `zone` is the mailbox's.
    pub(in super::super) fn calendar(&self, zone: &Option<String>) -> Option<RemoteCalendar> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let external_id = filled(&self.id)?;
        Some(RemoteCalendar {
            name: filled(&self.name).unwrap_or_else(|| external_id.clone()),
            external_id,
            time_zone: zone.clone(),
            access_role: match (self.can_edit, self.can_share) {
                (Some(true), Some(true)) => AccessRole::Owner,
                (Some(true), _) => AccessRole::Writer,
                _ => AccessRole::Reader,
            },
            background_color: self.color(),
            primary: self.is_default_calendar == Some(true),
            busy_source: true,
        })
    }

    /// Whether Teams links can be made here; never in personal accounts.
    pub(in super::super) fn has_teams(&self) -> bool {
        self.allowed_online_meeting_providers
            .iter()
            .flatten()
            .any(|provider| provider == "teamsForBusiness")
    }

    /// `hexColor` is often empty; the name then says it.
    fn color(&self) -> Option<String> {
        let hex = self.hex_color.as_deref().map(str::trim).filter(|text| {
            text.strip_prefix('#')
                .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
        });
        let named = || {
            let name = self.color.as_deref()?.to_ascii_lowercase();
            let found = COLORS.iter().find(|(known, _)| *known == name)?;
            Some(found.1)
        };
        hex.or_else(named).map(str::to_lowercase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_every_oddity() {
        let page: Page<Entry> = Page::parse(include_bytes!("../fixtures/calendars.json")).unwrap();
        assert!(page.next_link.unwrap().contains("$skip=100"));
        let zone = Some("Europe/Berlin".to_owned());
        let seen: Vec<_> = page
            .value
            .iter()
            .filter_map(|entry| entry.calendar(&zone))
            .map(|c| {
                (
                    c.external_id,
                    c.name,
                    c.access_role,
                    c.primary,
                    c.background_color,
                )
            })
            .collect();
        let own = |id: &str, name: &str, role, primary, color: Option<&str>| {
            (
                id.to_owned(),
                name.to_owned(),
                role,
                primary,
                color.map(str::to_owned),
            )
        };
        assert_eq!(
            seen,
            [
                own("AAMkAD/x+y=", "Calendar", AccessRole::Owner, true, None),
                own("AAMkB", "Team", AccessRole::Writer, false, Some("#a6d1f5")),
                own("AAMkC", "AAMkC", AccessRole::Reader, false, Some("#0088aa")),
                own("AAMkD", "Holidays", AccessRole::Reader, false, None),
            ]
        );
        assert!(page.value[0].has_teams() && !page.value[1].has_teams());
    }

    #[test]
    fn the_request() {
        let first = request("https://graph.microsoft.com/v1.0/", None).unwrap();
        assert_eq!(
            first.uri(),
            "https://graph.microsoft.com/v1.0/me/calendars?$top=100"
        );
        assert_eq!(first.headers()["prefer"], super::super::PREFER);
        let link = "https://graph.microsoft.com/v1.0/me/calendars?$top=100&$skip=100";
        assert_eq!(request("x", Some(link)).unwrap().uri(), link);
        for bad in [&b"{}"[..], b"[]", b"null", b"{\"value\":[", b"<html>"] {
            assert!(Page::<Entry>::parse(bad).is_none());
        }
    }
}
