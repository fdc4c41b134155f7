//! The guests of an event. Google replaces the whole list, so whoever stays is written back as they were.

use daybook_domain::event::{Patch, Person, ResponseStatus};
use daybook_provider_api::Result;
use serde_json::{Map, Value, json};

use super::super::errors;

/// The list of guests, those among `present` (Google's own entries) with everything that is said about them.
pub(super) fn invited(wanted: &[Person], present: &[Value]) -> Result<Value> {
    let mut list: Vec<Value> = Vec::with_capacity(wanted.len());
    for person in wanted {
        let Some(email) = person.email.as_deref().filter(|email| !email.is_empty()) else {
            return Err(errors::refused_field(
                errors::Field::Attendees,
                "attendees",
                "Google needs an address for everybody who is invited, so nothing was written.",
            ));
        };
        if list.iter().any(|entry| is(entry, email)) {
            continue;
        }
        let stays = present.iter().find(|entry| is(entry, email)).cloned();
        list.push(stays.unwrap_or_else(|| new(email, person.name.as_deref())));
    }
    Ok(Value::Array(list))
}

/// The guests in an event.
pub(super) fn present(event: &Value) -> &[Value] {
    let list = event.get("attendees").and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// Adds the whole list of guests to a change of `event`, if it names any.
pub(super) fn add(fields: &mut Map<String, Value>, patch: &Patch, event: &Value) -> Result<()> {
    let Some(wanted) = &patch.attendees else {
        return Ok(());
    };
    if is_partial(event) {
        return Err(errors::refused_field(
            errors::Field::Attendees,
            "attendees_omitted",
            "The event has more guests than Google tells, so they cannot be changed here without losing \
             some; nothing was written. Change the guests in Google Calendar.",
        ));
    }
    let guests = invited(wanted, present(event))?;
    fields.insert("attendees".to_owned(), guests);
    Ok(())
}

/// Whether Google told only some of the guests: such a list must never be written back.
pub(super) fn is_partial(event: &Value) -> bool {
    event.get("attendeesOmitted").and_then(Value::as_bool) == Some(true)
}

/// The fields that give the owner's answer; `None` when the owner is not invited.
pub(super) fn answered(
    event: &Value,
    own: Option<&str>,
    answer: ResponseStatus,
) -> Option<Map<String, Value>> {
    let list = present(event);
    let is_self = |entry: &Value| entry.get("self").and_then(Value::as_bool) == Some(true);
    let place = list.iter().position(is_self).or_else(|| {
        list.iter()
            .position(|entry| own.is_some_and(|own| is(entry, own)))
    })?;
    let mut list = list.to_vec();
    let mut entry = list.get(place)?.clone();
    entry["responseStatus"] = json!(word(answer));
    let mut fields = Map::new();
    if is_partial(event) {
        // With this mark Google changes nothing but the one answer.
        fields.insert("attendeesOmitted".to_owned(), json!(true));
        list = vec![entry];
    } else if let Some(own) = list.get_mut(place) {
        *own = entry;
    }
    fields.insert("attendees".to_owned(), Value::Array(list));
    Some(fields)
}

const fn word(answer: ResponseStatus) -> &'static str {
    match answer {
        ResponseStatus::Accepted | ResponseStatus::Organizer => "accepted",
        ResponseStatus::Tentative => "tentative",
        ResponseStatus::Declined => "declined",
        ResponseStatus::NeedsAction => "needsAction",
    }
}

fn new(email: &str, name: Option<&str>) -> Value {
    match name {
        Some(name) => json!({"email": email, "displayName": name}),
        None => json!({ "email": email }),
    }
}

fn is(entry: &Value, email: &str) -> bool {
    let own = entry.get("email").and_then(Value::as_str);
    own.is_some_and(|own| own.eq_ignore_ascii_case(email))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(email: &str) -> Person {
        Person {
            email: Some(email.to_owned()),
            name: None,
        }
    }

    #[test]
    fn who_stays_keeps_everything_and_who_goes_is_gone() {
        let event = json!({"attendees": [
            {"email": "Bo@client.example", "responseStatus": "accepted", "optional": true, "comment": "late", "additionalGuests": 2},
            {"email": "cy@client.example", "responseStatus": "declined"},
        ]});
        let wanted = [
            person("bo@client.example"),
            person("di@x.example"),
            person("di@X.example"),
        ];
        assert_eq!(
            invited(&wanted, present(&event)).unwrap(),
            json!([
                {"email": "Bo@client.example", "responseStatus": "accepted", "optional": true, "comment": "late", "additionalGuests": 2},
                {"email": "di@x.example"},
            ])
        );
        let refused = invited(&[Person::default()], &[]).unwrap_err();
        assert_eq!(refused.field, Some(errors::Field::Attendees));
    }

    #[test]
    fn an_answer_changes_one_entry_and_a_partial_list_is_not_written_back() {
        let mut event = json!({"attendees": [
            {"email": "ada@example.com", "self": true, "responseStatus": "needsAction", "comment": "hm"},
            {"email": "bo@client.example", "responseStatus": "accepted"},
        ]});
        let fields = answered(&event, None, ResponseStatus::Declined).unwrap();
        assert_eq!(
            Value::Object(fields),
            json!({"attendees": [
                {"email": "ada@example.com", "self": true, "responseStatus": "declined", "comment": "hm"},
                {"email": "bo@client.example", "responseStatus": "accepted"},
            ]})
        );
        event["attendeesOmitted"] = json!(true);
        let fields = answered(&event, None, ResponseStatus::Tentative).unwrap();
        assert_eq!(
            Value::Object(fields),
            json!({"attendeesOmitted": true, "attendees": [
                {"email": "ada@example.com", "self": true, "responseStatus": "tentative", "comment": "hm"},
            ]})
        );
        let other = json!({"attendees": [{"email": "ADA@example.com"}]});
        assert!(answered(&other, Some("ada@example.com"), ResponseStatus::Accepted).is_some());
        assert!(answered(&other, Some("bo@example.com"), ResponseStatus::Accepted).is_none());
    }
}
