//! Refusals of writes: who may not, what changed, and which field Google does not take.

use daybook_provider_api::Error;
use daybook_provider_api::error::{ErrorKind, Field};
use serde_json::Value;

/// The same refusal, as one of a write. Outages, limits and the grant mean the same as elsewhere.
pub(super) fn reworded(error: Error, body: &[u8]) -> Error {
    let code = error.code.clone().unwrap_or_default();
    let field = match code.as_str() {
        "timeRangeEmpty" => Some(Field::End),
        _ => field(body),
    };
    let (kind, message) = match (code.as_str(), error.status) {
        ("requiredAccessLevel" | "forbidden", _) => (
            ErrorKind::Scope,
            "Google lets this account only read this calendar, so nothing was written. Ask its owner for the right to \
             change events."
                .to_owned(),
        ),
        ("forbiddenForNonOrganizer" | "cannotChangeOrganizerOfInstance", _) => (
            ErrorKind::Scope,
            "Google lets only the event's organizer change this, so nothing was written. Ask the organizer, or change \
             the event in the organizer's calendar."
                .to_owned(),
        ),
        ("eventTypeRestriction", _) => (
            ErrorKind::Unsupported,
            "Google does not allow this for events of this kind (birthday, focus time, out of office, working \
             location), so nothing was written. Change it in Google Calendar."
                .to_owned(),
        ),
        ("duplicate", _) | (_, Some(409)) => (
            ErrorKind::Conflict,
            "Google already has an event with this id.".to_owned(),
        ),
        ("conditionNotMet", _) | (_, Some(412)) => return super::changed_meanwhile(),
        ("deleted", _) | (_, Some(410)) => (ErrorKind::Gone, super::gone().message),
        ("notFound", _) => (
            ErrorKind::NotFound,
            "Google has no such event in this calendar, or no longer shows the calendar to this account, so nothing was \
             written. Refresh the calendar."
                .to_owned(),
        ),
        ("timeRangeEmpty", _) => (
            ErrorKind::Unsupported,
            "Google refuses the end: it must be after the start. Nothing was written.".to_owned(),
        ),
        ("parseError" | "", Some(400)) => return error,
        (_, Some(400 | 413 | 422)) => (ErrorKind::Unsupported, refused(field)),
        _ => return error,
    };
    let retry = Error::new(kind, "").retry;
    Error {
        kind,
        message,
        retry,
        field: field.filter(|_| kind == ErrorKind::Unsupported),
        ..error
    }
}

fn refused(field: Option<Field>) -> String {
    match field {
        Some(field) => {
            format!("Google refuses {field} as it is, so nothing was written. Change it and try again.")
        }
        None => "Google refuses something that the event says, so nothing was written. Change it and try again.".to_owned(),
    }
}

/// What the refusal is about. Google's own text is looked at, never shown.
fn field(body: &[u8]) -> Option<Field> {
    /// A word in the refusal, and what it means; the first that is found counts.
    const WORDS: [(&str, Field); 15] = [
        ("attendee", Field::Attendees),
        ("recurrence", Field::Recurrence),
        ("rrule", Field::Recurrence),
        ("conference", Field::Conference),
        ("time zone", Field::TimeZone),
        ("timezone", Field::TimeZone),
        ("end time", Field::End),
        ("start", Field::Start),
        ("time range", Field::End),
        ("description", Field::Description),
        ("location", Field::Location),
        ("summary", Field::Title),
        ("title", Field::Title),
        ("transparency", Field::Busy),
        ("sendupdates", Field::Notify),
    ];
    let json: Value = serde_json::from_slice(body).ok()?;
    let error = json.get("error")?;
    let first = error.get("errors").and_then(|errors| errors.get(0));
    let texts = [
        first.and_then(|first| first.get("location")),
        first.and_then(|first| first.get("message")),
        error.get("message"),
    ];
    let texts = texts.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_ascii_lowercase).find_map(|text| {
        let (word, field) = WORDS.iter().find(|(word, _)| text.contains(word))?;
        Some(match field {
            Field::Attendees => attendee(&text, word).map_or(*field, Field::Attendee),
            field => *field,
        })
    })
}

/// The index in `attendees[3].email`.
fn attendee(text: &str, word: &str) -> Option<usize> {
    let (_, after) = text.split_once(word)?;
    let digits = after.strip_prefix("s[")?.split(']').next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::check_write;
    use super::*;
    use daybook_provider_api::error::Retry;

    fn verdict(status: u16, reason: &str, message: &str) -> Error {
        let (parts, ()) = http::Response::builder()
            .status(status)
            .body(())
            .unwrap()
            .into_parts();
        let body = serde_json::json!({"error": {"code": status, "message": message,
            "errors": [{"domain": "global", "reason": reason, "message": message}]}});
        check_write(&parts, body.to_string().as_bytes()).unwrap_err()
    }

    #[test]
    fn every_reason_has_a_kind_and_keeps_its_code() {
        use ErrorKind::*;
        for (status, reason, kind) in [
            (401, "authError", Auth),
            (403, "rateLimitExceeded", RateLimited),
            (403, "quotaExceeded", RateLimited),
            (403, "insufficientPermissions", Scope),
            (403, "requiredAccessLevel", Scope),
            (403, "forbidden", Scope),
            (403, "forbiddenForNonOrganizer", Scope),
            (400, "cannotChangeOrganizerOfInstance", Scope),
            (400, "eventTypeRestriction", Unsupported),
            (400, "timeRangeEmpty", Unsupported),
            (400, "invalid", Unsupported),
            (400, "required", Unsupported),
            (413, "uploadTooLarge", Unsupported),
            (400, "parseError", Malformed),
            (404, "notFound", NotFound),
            (410, "deleted", Gone),
            (409, "duplicate", Conflict),
            (412, "conditionNotMet", Conflict),
            (403, "somethingNew", Unavailable),
            (500, "backendError", Unavailable),
        ] {
            let error = verdict(status, reason, "secret text");
            assert_eq!(error.kind, kind, "{status} {reason}");
            assert_eq!(
                (error.status, error.code.as_deref()),
                (Some(status), Some(reason))
            );
            assert!(!error.message.contains("secret"), "{}", error.message);
            let soon = matches!(kind, Unavailable) || reason == "rateLimitExceeded";
            assert_eq!(error.retry == Retry::Soon, soon, "{status} {reason}");
        }
    }

    #[test]
    fn the_refused_field_is_named() {
        for (message, field) in [
            ("Invalid attendee email.", Field::Attendees),
            ("Invalid value for: attendees[3].email", Field::Attendee(3)),
            ("Invalid recurrence rule.", Field::Recurrence),
            (
                "Missing time zone definition for start time.",
                Field::TimeZone,
            ),
            ("Missing end time.", Field::End),
            ("The specified time range is empty.", Field::End),
            ("Invalid start time.", Field::Start),
            ("Invalid conference type value.", Field::Conference),
            ("Description is too long.", Field::Description),
        ] {
            let error = verdict(400, "invalid", message);
            assert_eq!(error.field, Some(field), "{message}");
            assert!(
                error.message.contains(&field.to_string()),
                "{message}: {}",
                error.message
            );
        }
        // What a person never wrote is no field of theirs.
        for message in ["Invalid extended property.", "Invalid resource id value."] {
            assert_eq!(verdict(400, "invalid", message).field, None);
        }
        assert_eq!(verdict(403, "forbidden", "attendees").field, None);
        assert!(
            verdict(400, "invalid", "Bad Request")
                .message
                .contains("something that the event says")
        );
    }
}
