//! An event that goes on with another: what is not said anew is taken over as Google has it.

use daybook_domain::event::Patch;
use daybook_provider_api::calendar::write::{Like, Place};
use daybook_provider_api::{Result, Session};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::errors;
use super::{body, meet, people};

/// What Daybook never writes itself, and what goes along.
const KEPT: [&str; 11] = [
    "anyoneCanAddSelf",
    "colorId",
    "eventType",
    "focusTimeProperties",
    "guestsCanInviteOthers",
    "guestsCanModify",
    "guestsCanSeeOtherGuests",
    "outOfOfficeProperties",
    "reminders",
    "source",
    "visibility",
];

/// Completes the body of a new event from the one that it is like. A conference is never copied: the new one gets a link of its own.
pub(super) async fn complete(
    session: &Session<'_>,
    place: &Place,
    event: &mut Value,
    like: &Like,
    key: Uuid,
) -> Result<()> {
    let source = super::get(session, place, &like.of.provider_id).await?;
    let source = super::living(source)?;
    let meets = has_meet(&source) && meet::check_allowed(session, place).await.is_ok();
    take_over(event, &source, &like.patch, key, meets)
}

/// Whether the event has a link to Google Meet.
fn has_meet(source: &Value) -> bool {
    let solution = source.pointer("/conferenceData/conferenceSolution/key/type");
    match solution.and_then(Value::as_str) {
        Some(solution) => solution == "hangoutsMeet",
        None => source.get("hangoutLink").is_some(),
    }
}

/// Takes over what is in `source`. `patch`: what the new event says otherwise; `meets`: whether it gets a link of its own.
fn take_over(
    event: &mut Value,
    source: &Value,
    patch: &Patch,
    key: Uuid,
    meets: bool,
) -> Result<()> {
    let Some(fields) = event.as_object_mut() else {
        return Err(errors::malformed());
    };
    for name in KEPT {
        take(fields, source, name);
    }
    let named = [
        ("summary", patch.title.is_some()),
        ("description", patch.description.is_some()),
        ("location", patch.location.is_some()),
        ("transparency", patch.opaque.is_some()),
    ];
    for (name, named) in named {
        if !named {
            fields.remove(name);
            take(fields, source, name);
        }
    }
    guests(fields, source, patch)?;
    extended(fields, source);
    if meets && !fields.contains_key("conferenceData") {
        fields.insert("conferenceData".to_owned(), body::meet(key));
    } else if let Some(link) = other_link(source).filter(|_| !meets) {
        say(fields, link);
    }
    Ok(())
}

fn take(fields: &mut Map<String, Value>, source: &Value, name: &str) {
    if let Some(value) = source.get(name) {
        fields.insert(name.to_owned(), value.clone());
    }
}

/// The guests, with what is said of them; nobody has answered the new event yet.
fn guests(fields: &mut Map<String, Value>, source: &Value, patch: &Patch) -> Result<()> {
    if people::is_partial(source) && patch.attendees.is_none() {
        return Err(errors::refused_field(
            errors::Field::Attendees,
            "attendees_omitted",
            "The event has more guests than Google tells, so the series cannot be cut here without losing some; \
             nothing was written. Change it in Google Calendar.",
        ));
    }
    let known = people::present(source);
    let mut list = match &patch.attendees {
        Some(wanted) => people::invited(wanted, known)?,
        None => json!(known),
    };
    let guests = list.as_array_mut().map(Vec::as_mut_slice);
    for guest in guests.unwrap_or_default() {
        let own = guest.get("self").and_then(Value::as_bool) == Some(true);
        if let Some(said) = guest.as_object_mut().filter(|_| !own) {
            said.remove("responseStatus");
            said.remove("comment");
        }
    }
    let any = list.as_array().is_some_and(|list| !list.is_empty());
    match any {
        true => fields.insert("attendees".to_owned(), list),
        false => fields.remove("attendees"),
    };
    Ok(())
}

/// What other programs keep with the event; our own marker is the new one's.
fn extended(fields: &mut Map<String, Value>, source: &Value) {
    let Some(there) = source.get("extendedProperties").and_then(Value::as_object) else {
        return;
    };
    let own = fields
        .entry("extendedProperties")
        .or_insert_with(|| json!({}));
    for (scope, values) in there {
        let Some(values) = values.as_object() else {
            continue;
        };
        for (name, value) in values {
            if own.get(scope).and_then(|own| own.get(name)).is_none() {
                own[scope][name] = value.clone();
            }
        }
    }
}

/// The link of a conference that Google does not make itself.
fn other_link(source: &Value) -> Option<&str> {
    let points = source.pointer("/conferenceData/entryPoints")?.as_array()?;
    let video = points
        .iter()
        .find(|point| point.get("entryPointType").and_then(Value::as_str) == Some("video"));
    video?.get("uri")?.as_str()
}

/// Puts the link into the text, unless it is said already.
fn say(fields: &mut Map<String, Value>, link: &str) {
    let text = |name| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    if [text("description"), text("location")]
        .iter()
        .any(|text| text.contains(link))
    {
        return;
    }
    let said = match text("description") {
        "" => link.to_owned(),
        text => format!("{text}\n\n{link}"),
    };
    fields.insert("description".to_owned(), json!(said));
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Uuid = Uuid::from_u128(7);

    fn fresh() -> Value {
        json!({"id": "a", "summary": "Planning", "description": "plain", "start": {}, "end": {},
            "extendedProperties": {"private": {"daybookKey": KEY.to_string()}}})
    }

    #[test]
    fn what_is_not_said_anew_is_taken_over() {
        let source = json!({"id": "b", "summary": "Stand-up", "description": "<b>Bring</b> numbers", "colorId": "3",
            "visibility": "private", "reminders": {"useDefault": false, "overrides": [{"method": "popup", "minutes": 5}]},
            "attendees": [{"email": "bo@x.example", "optional": true, "responseStatus": "accepted"}],
            "extendedProperties": {"private": {"daybookKey": "old", "crm": "7"}, "shared": {"room": "4"}},
            "hangoutLink": "https://meet.google.com/abc-mnop-xyz", "etag": "e", "iCalUID": "u"});
        let patch = Patch {
            title: Some("Planning".to_owned()),
            ..Patch::default()
        };
        let mut event = fresh();
        take_over(&mut event, &source, &patch, KEY, has_meet(&source)).unwrap();
        assert_eq!(
            event,
            json!({"id": "a", "summary": "Planning", "description": "<b>Bring</b> numbers", "start": {}, "end": {},
                "colorId": "3", "visibility": "private",
                "reminders": {"useDefault": false, "overrides": [{"method": "popup", "minutes": 5}]},
                "attendees": [{"email": "bo@x.example", "optional": true}],
                "extendedProperties": {"private": {"daybookKey": KEY.to_string(), "crm": "7"}, "shared": {"room": "4"}},
                "conferenceData": body::meet(KEY)})
        );
    }

    #[test]
    fn a_link_that_google_does_not_make_is_put_into_the_text() {
        let source = json!({"conferenceData": {"conferenceSolution": {"key": {"type": "addOn"}},
            "entryPoints": [{"entryPointType": "video", "uri": "https://zoom.us/j/1"}]}});
        assert!(!has_meet(&source));
        let mut event = fresh();
        take_over(&mut event, &source, &Patch::default(), KEY, false).unwrap();
        assert_eq!(event["description"], "https://zoom.us/j/1");
        assert!(event.get("conferenceData").is_none());
        let partial = json!({"attendeesOmitted": true});
        let refused = take_over(&mut event, &partial, &Patch::default(), KEY, false).unwrap_err();
        assert_eq!(refused.field, Some(errors::Field::Attendees));
    }
}
