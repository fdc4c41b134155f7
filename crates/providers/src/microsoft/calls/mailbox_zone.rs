//! `GET /me/mailboxSettings`: the zone in which the mailbox's all-day events are. Calendars have none of their own.

use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Result, Session};
use serde_json::Value;

use super::super::map;

/// The mailbox's IANA zone, where it may be read and has a name we know.
///
/// # Errors
/// Whatever may be over when it is asked again: taken for "no zone", it would move every all-day event. Only what the account
/// cannot or may not tell leaves the zone open.
pub(in super::super) async fn of(session: &Session<'_>) -> Result<Option<String>> {
    let select = [("$select", "timeZone")];
    let path = ["me", "mailboxSettings"];
    let request = super::get(&super::address(&session.api_url, &path, &select))?;
    match super::send(session, request).await {
        Ok(body) => Ok(parse(&body)),
        Err(error)
            if matches!(
                error.kind,
                ErrorKind::Scope | ErrorKind::NotFound | ErrorKind::Gone | ErrorKind::Unsupported
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn parse(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let name = json.get("timeZone")?.as_str()?;
    map::time::zone(Some(name))?.iana_name().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_names_and_nothing() {
        let zone = |body: &str| parse(body.as_bytes());
        assert_eq!(
            zone(r#"{"timeZone":"W. Europe Standard Time"}"#).as_deref(),
            Some("Europe/Berlin")
        );
        assert_eq!(
            zone(r#"{"timeZone":"Europe/Kyiv"}"#).as_deref(),
            Some("Europe/Kyiv")
        );
        for none in [
            "{}",
            "<html>",
            r#"{"timeZone":null}"#,
            r#"{"timeZone":"Customized Time Zone"}"#,
        ] {
            assert_eq!(zone(none), None, "{none}");
        }
    }
}
