//! Interactive elements: buttons, menus, pickers, inputs.

use serde_json::Value;

use super::Check;
use super::fields::{Fields, Form, text_object};

/// In a context block.
pub(super) const CONTEXT: &[&str] = &["image", "plain_text", "mrkdwn"];
/// In an actions block.
pub(super) const ACTIONS: &[&str] = &[
    "button",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "overflow",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "checkboxes",
    "radio_buttons",
];
/// Beside a section.
pub(super) const ACCESSORY: &[&str] = &[
    "button",
    "image",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "overflow",
    "datepicker",
    "timepicker",
    "checkboxes",
    "radio_buttons",
];
/// In an input block.
pub(super) const INPUT: &[&str] = &[
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "checkboxes",
    "radio_buttons",
];

pub(super) fn check(element: &Value, at: &str, allowed: &[&str], check: &mut Check) {
    let Some(map) = element.as_object() else {
        return check.say(at, "must be an object");
    };
    let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
    if !allowed.contains(&kind) {
        return check.say(at, &format!("unsupported type: {kind}"));
    }
    if matches!(kind, "plain_text" | "mrkdwn") {
        return text_object(element, at, Form::Any, 3000, check);
    }
    let mut fields = Fields::new(map, at);
    fields.skip(&["type"]);
    if kind == "image" {
        fields.url("image_url", true, check);
        fields.required_text("alt_text", 2000, check);
        return fields.end(check);
    }
    fields.text("action_id", 255, check);
    fields.skip(&["focus_on_load"]);
    fields.plain("placeholder", false, 150, check);
    own_fields(&mut fields, kind, check);
    confirm(&mut fields, check);
    fields.end(check);
}

/// What an element of this type has beside what all have.
fn own_fields(fields: &mut Fields<'_>, kind: &str, check: &mut Check) {
    match kind {
        "button" => button(fields, check),
        "plain_text_input" => {
            fields.text("initial_value", 3000, check);
            number_up_to(fields, "max_length", 3000, check);
            number_up_to(fields, "min_length", 3000, check);
            fields.skip(&["multiline", "dispatch_action_config"]);
        }
        "number_input" => {
            if !fields.has("is_decimal_allowed") {
                check.say(&fields.at, "missing required field: is_decimal_allowed");
            }
            fields.skip(&[
                "is_decimal_allowed",
                "initial_value",
                "min_value",
                "max_value",
            ]);
        }
        "email_text_input" | "url_text_input" => fields.text("initial_value", 3000, check),
        "datepicker" => pattern(fields, "initial_date", "0000-00-00", check),
        "timepicker" => {
            pattern(fields, "initial_time", "00:00", check);
            fields.skip(&["timezone"]);
        }
        "overflow" => options(fields, 5, check),
        "checkboxes" | "radio_buttons" => options(fields, 10, check),
        "static_select" | "multi_static_select" => {
            if fields.has("option_groups") {
                groups(fields, check);
            } else {
                options(fields, 100, check);
            }
            fields.skip(&["max_selected_items"]);
        }
        // Menus whose options Slack fills, and pickers of instants: only their names are checked.
        _ => fields.skip(&[
            "initial_user",
            "initial_conversation",
            "initial_channel",
            "initial_date_time",
            "min_query_length",
            "default_to_current_conversation",
            "response_url_enabled",
            "filter",
            "initial_option",
        ]),
    }
}

fn button(fields: &mut Fields<'_>, check: &mut Check) {
    fields.plain("text", true, 75, check);
    fields.text("value", 2000, check);
    fields.url("url", false, check);
    fields.text("accessibility_label", 75, check);
    match fields.take("style").map(Value::as_str) {
        None | Some(Some("primary" | "danger")) => {}
        Some(_) => check.say(&format!("{}/style", fields.at), "must be primary or danger"),
    }
}

fn confirm(fields: &mut Fields<'_>, check: &mut Check) {
    let at = format!("{}/confirm", fields.at);
    let Some(confirm) = fields.take("confirm") else {
        return;
    };
    let Some(map) = confirm.as_object() else {
        return check.say(&at, "must be an object");
    };
    let mut inner = Fields::new(map, &at);
    inner.plain("title", true, 100, check);
    inner.any_text("text", true, 300, check);
    inner.plain("confirm", true, 30, check);
    inner.plain("deny", true, 30, check);
    inner.skip(&["style"]);
    inner.end(check);
}

fn options(fields: &mut Fields<'_>, most: usize, check: &mut Check) {
    let at = fields.at.clone();
    let list = fields.take("options").and_then(Value::as_array);
    let Some(list) = list else {
        return check.say(&at, "missing required field: options");
    };
    list_of(list, &format!("{at}/options"), most, check);
    let mut known = |option: &Value, at: String| {
        if !list.contains(option) {
            check.say(&at, "must be one of the options");
        }
    };
    if let Some(initial) = fields.take("initial_option") {
        known(initial, format!("{at}/initial_option"));
    }
    let initial = fields.take("initial_options").and_then(Value::as_array);
    for (index, option) in initial.into_iter().flatten().enumerate() {
        known(option, format!("{at}/initial_options/{index}"));
    }
}

fn list_of(list: &[Value], at: &str, most: usize, check: &mut Check) {
    if list.is_empty() || list.len() > most {
        check.say(at, &format!("1 to {most} items allowed"));
    }
    for (index, option) in list.iter().enumerate() {
        let at = format!("{at}/{index}");
        let Some(map) = option.as_object() else {
            check.say(&at, "must be an object");
            continue;
        };
        let mut inner = Fields::new(map, &at);
        inner.any_text("text", true, 75, check);
        inner.required_text("value", 150, check);
        inner.any_text("description", false, 75, check);
        inner.url("url", false, check);
        inner.end(check);
    }
}

fn groups(fields: &mut Fields<'_>, check: &mut Check) {
    let at = format!("{}/option_groups", fields.at);
    fields.skip(&["initial_option", "initial_options"]);
    let list = fields.take("option_groups").and_then(Value::as_array);
    let list = list.map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() || list.len() > 100 {
        check.say(&at, "1 to 100 items allowed");
    }
    for (index, group) in list.iter().enumerate() {
        let at = format!("{at}/{index}");
        let Some(map) = group.as_object() else {
            check.say(&at, "must be an object");
            continue;
        };
        let mut inner = Fields::new(map, &at);
        inner.plain("label", true, 75, check);
        let options = inner.take("options").and_then(Value::as_array);
        let options = options.map(Vec::as_slice).unwrap_or_default();
        list_of(options, &format!("{at}/options"), 100, check);
        inner.end(check);
    }
}

fn number_up_to(fields: &mut Fields<'_>, key: &'static str, most: u64, check: &mut Check) {
    let at = format!("{}/{key}", fields.at);
    if let Some(value) = fields.take(key)
        && value.as_u64().is_none_or(|n| n > most)
    {
        check.say(&at, &format!("must be a number up to {most}"));
    }
}

/// A text of the pattern's shape, `0` standing for any digit.
fn pattern(fields: &mut Fields<'_>, key: &'static str, shape: &str, check: &mut Check) {
    let at = format!("{}/{key}", fields.at);
    let Some(value) = fields.take(key) else {
        return;
    };
    let fits = value.as_str().is_some_and(|text| {
        let same = |(c, s): (char, char)| if s == '0' { c.is_ascii_digit() } else { c == s };
        text.len() == shape.len() && text.chars().zip(shape.chars()).all(same)
    });
    if !fits {
        check.say(&at, &format!("must look like {shape}"));
    }
}
