//! Refusals of what is said of an event: nothing was written, and which part of it Graph does not take.

use daybook_provider_api::Error;
use daybook_provider_api::error::{ErrorKind, Field, Retry};
use serde_json::Value;

/// Codes that are about one part of the event, in lower case.
const CODES: [(&str, Field); 13] = [
    ("errorinvalidrecipients", Field::Attendees),
    ("errorcalendarenddateisearlierthanstartdate", Field::End),
    ("errorcalendardurationistoolong", Field::End),
    ("errorcalendaroutofrange", Field::Start),
    ("errorcalendarinvalidtimezone", Field::TimeZone),
    ("timezonenotsupportedexception", Field::TimeZone),
    ("errorcalendarinvalidrecurrence", Field::Recurrence),
    (
        "errorcalendarinvaliddayforweeklyrecurrence",
        Field::Recurrence,
    ),
    ("errorrecurrencehasnooccurrence", Field::Recurrence),
    ("errorrecurrenceenddatetoobig", Field::Recurrence),
    ("erroroccurrencecrossingboundary", Field::Start),
    ("erroroccurrencetimespantoobig", Field::End),
    ("errormessagesizeexceeded", Field::Description),
];

/// Words of a refusal's text, and what they are about; the first that is found counts.
const WORDS: [(&str, Field); 10] = [
    ("attendee", Field::Attendees),
    ("recipient", Field::Attendees),
    ("recurrence", Field::Recurrence),
    ("online meeting", Field::Conference),
    ("time zone", Field::TimeZone),
    ("timezone", Field::TimeZone),
    ("the end of the event", Field::End),
    ("subject", Field::Title),
    ("location", Field::Location),
    ("body", Field::Description),
];

/// The same refusal, as one of the event. Outages, limits, versions and the grant mean the same as elsewhere.
pub(super) fn reworded(error: Error, body: &[u8]) -> Error {
    let refused = error.kind == ErrorKind::Malformed
        && matches!(error.status, Some(400 | 413 | 422))
        && error.code.is_some();
    if !refused {
        return error;
    }
    let field = field(error.code.as_deref().unwrap_or_default(), body);
    let message = match field {
        Some(field) => {
            format!("Outlook refuses {field} as it is, so nothing was written. Change it and try again.")
        }
        None => "Outlook refuses something that the event says, so nothing was written. Change it and try again.".to_owned(),
    };
    Error {
        kind: ErrorKind::Unsupported,
        retry: Retry::No,
        field,
        message,
        ..error
    }
}

/// What the refusal is about. Microsoft's own text is looked at, never shown.
fn field(code: &str, body: &[u8]) -> Option<Field> {
    let code = code.to_ascii_lowercase();
    if let Some((_, field)) = CODES.iter().find(|(known, _)| *known == code) {
        return Some(*field);
    }
    let json: Value = serde_json::from_slice(body).ok()?;
    let error = json.get("error")?;
    let texts = [error.get("target"), error.get("message")];
    let texts = texts.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_ascii_lowercase).find_map(|text| {
        let hit = WORDS.iter().find(|(word, _)| text.contains(word));
        hit.map(|(_, field)| *field)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::errors::check;
    use super::*;

    fn verdict(status: u16, code: &str, message: &str) -> Error {
        let response = http::Response::builder().status(status).body(()).unwrap();
        let (parts, ()) = response.into_parts();
        let body = serde_json::json!({"error": {"code": code, "message": message}}).to_string();
        reworded(check(&parts, body.as_bytes()).unwrap_err(), body.as_bytes())
    }

    #[test]
    fn the_refused_part_is_named_by_code_or_by_words() {
        for (code, message, field) in [
            ("ErrorInvalidRecipients", "secret", Some(Field::Attendees)),
            (
                "TimeZoneNotSupportedException",
                "secret",
                Some(Field::TimeZone),
            ),
            (
                "ErrorRecurrenceHasNoOccurrence",
                "secret",
                Some(Field::Recurrence),
            ),
            (
                "ErrorPropertyValidationFailure",
                "The end of the event must not be before its start. secret",
                Some(Field::End),
            ),
            (
                "ErrorInvalidRequest",
                "The online meeting provider is not allowed. secret",
                Some(Field::Conference),
            ),
            ("ErrorPropertyValidationFailure", "secret", None),
        ] {
            let error = verdict(400, code, message);
            assert_eq!(
                (error.kind, error.field),
                (ErrorKind::Unsupported, field),
                "{code} {message}"
            );
            assert_eq!(
                (error.status, error.code.as_deref()),
                (Some(400), Some(code))
            );
            assert!(!error.message.contains("secret"), "{}", error.message);
        }
    }

    #[test]
    fn what_is_no_refusal_of_the_event_stays_what_it_is() {
        for (status, code, kind) in [
            (401, "InvalidAuthenticationToken", ErrorKind::Auth),
            (403, "ErrorAccessDenied", ErrorKind::Scope),
            (404, "ErrorItemNotFound", ErrorKind::NotFound),
            (412, "ErrorIrresolvableConflict", ErrorKind::Conflict),
            (429, "ApplicationThrottled", ErrorKind::RateLimited),
            (503, "serviceUnavailable", ErrorKind::Unavailable),
        ] {
            assert_eq!(verdict(status, code, "attendee").kind, kind, "{code}");
        }
    }
}
