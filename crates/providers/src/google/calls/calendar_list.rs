//! `GET /users/me/calendarList` (contracts/google §3).

use daybook_domain::calendar::{AccessRole, RemoteCalendar};
use daybook_provider_api::{Result, Session};
use serde::Deserialize;

use super::super::errors;

/// One page of the account's calendars.
pub(in super::super) struct CalendarList<'a> {
    /// Which page; `None`: the first.
    pub(in super::super) page_token: Option<&'a str>,
}

/// What a page holds.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Page {
    pub(in super::super) calendars: Vec<RemoteCalendar>,
    pub(in super::super) next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    items: Option<Vec<Entry>>,
    kind: Option<String>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: Option<String>,
    summary: Option<String>,
    summary_override: Option<String>,
    time_zone: Option<String>,
    access_role: Option<String>,
    background_color: Option<String>,
    primary: Option<bool>,
    hidden: Option<bool>,
    deleted: Option<bool>,
}

impl CalendarList<'_> {
    /// Sends it.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Page> {
        parse(&super::send(session, self.request(&session.api_url)?).await?)
    }

    fn request(&self, api_url: &str) -> Result<http::Request<bytes::Bytes>> {
        let mut query = vec![("maxResults", "250")];
        query.extend(self.page_token.map(|token| ("pageToken", token)));
        super::get(api_url, &["users", "me", "calendarList"], &query)
    }
}

/// `GET /users/me/calendarList/{id}`: whether events of the calendar may have Google Meet links. What does not say so may.
pub(in super::super) async fn allows_meet(session: &Session<'_>, calendar: &str) -> Result<bool> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Line {
        conference_properties: Option<Conferences>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Conferences {
        allowed_conference_solution_types: Option<Vec<String>>,
    }
    let path = ["users", "me", "calendarList", calendar];
    let body = super::send(session, super::get(&session.api_url, &path, &[])?).await?;
    let line: Line = serde_json::from_slice(&body).map_err(|_| errors::malformed())?;
    let allowed = line
        .conference_properties
        .and_then(|conferences| conferences.allowed_conference_solution_types);
    Ok(allowed.is_none_or(|kinds| kinds.iter().any(|kind| kind == "hangoutsMeet")))
}

fn parse(body: &[u8]) -> Result<Page> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| errors::malformed())?;
    if answer.items.is_none() && answer.kind.is_none() {
        return Err(errors::malformed()); // not a list at all
    }
    let entries = answer.items.unwrap_or_default();
    Ok(Page {
        calendars: entries.into_iter().filter_map(calendar).collect(),
        next_page_token: answer.next_page_token.filter(|token| !token.is_empty()),
    })
}

fn calendar(entry: Entry) -> Option<RemoteCalendar> {
    if entry.deleted == Some(true) {
        return None;
    }
    let external_id = entry.id.filter(|id| !id.is_empty())?;
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let name = filled(entry.summary_override)
        .or(filled(entry.summary))
        .unwrap_or_else(|| external_id.clone());
    Some(RemoteCalendar {
        name,
        external_id,
        time_zone: filled(entry.time_zone),
        access_role: role(entry.access_role.as_deref().unwrap_or_default()),
        background_color: entry.background_color.filter(|color| is_color(color)),
        primary: entry.primary == Some(true) && entry.hidden != Some(true),
        busy_source: true,
    })
}

/// An unknown role reads only.
fn role(text: &str) -> AccessRole {
    match text {
        "freeBusyReader" => AccessRole::FreeBusyReader,
        "writer" | "writerWithoutPrivateAccess" => AccessRole::Writer,
        "owner" => AccessRole::Owner,
        _ => AccessRole::Reader,
    }
}

/// `#rrggbb`.
fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_every_oddity() {
        let page = parse(include_bytes!("../fixtures/calendar_list.json")).unwrap();
        assert_eq!(page.next_page_token.as_deref(), Some("EigK"));
        let seen: Vec<_> = page
            .calendars
            .iter()
            .map(|c| {
                (
                    c.external_id.as_str(),
                    c.name.as_str(),
                    c.access_role,
                    c.primary,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("ada@example.com", "Work", AccessRole::Owner, true),
                (
                    "en.german#holiday@group.v.calendar.google.com",
                    "Holidays in Germany",
                    AccessRole::Reader,
                    false
                ),
                (
                    "bo@client.example",
                    "bo@client.example",
                    AccessRole::FreeBusyReader,
                    false
                ),
                (
                    "team@group.calendar.google.com",
                    "Team",
                    AccessRole::Writer,
                    false
                ),
                (
                    "odd@group.calendar.google.com",
                    "Odd",
                    AccessRole::Reader,
                    false
                ),
            ]
        );
        assert_eq!(
            page.calendars[0].time_zone.as_deref(),
            Some("Europe/Berlin")
        );
        assert_eq!(
            page.calendars[0].background_color.as_deref(),
            Some("#0088aa")
        );
        assert_eq!(page.calendars[4].background_color, None);
    }

    #[test]
    fn the_request_and_what_is_no_list() {
        let call = CalendarList {
            page_token: Some("a/b="),
        };
        let request = call
            .request("https://www.googleapis.com/calendar/v3/")
            .unwrap();
        assert_eq!(
            request.uri(),
            "https://www.googleapis.com/calendar/v3/users/me/calendarList?maxResults=250&pageToken=a%2Fb%3D"
        );
        for bad in [&b"{}"[..], b"[]", b"null", b"{\"items\":[", b"<html>"] {
            assert!(parse(bad).is_err());
        }
        assert!(
            parse(br#"{"kind":"calendar#calendarList"}"#)
                .unwrap()
                .calendars
                .is_empty()
        );
    }
}
