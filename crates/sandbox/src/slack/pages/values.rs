//! A form's fields as `view.state.values`.

use serde_json::{Value, json};

/// What was typed into a view's inputs; empty fields are null, as Slack sends them.
pub(super) fn typed(view: &Value, fields: &[(String, String)]) -> Value {
    let mut values = json!({});
    for block in view["blocks"].as_array().into_iter().flatten() {
        let element = &block["element"];
        let (Some(id), Some(action)) = (block["block_id"].as_str(), element["action_id"].as_str())
        else {
            continue;
        };
        let name = super::blocks::name(block, element);
        let given: Vec<&str> = fields
            .iter()
            .filter(|(n, v)| *n == name && !v.is_empty())
            .map(|(_, v)| v.as_str())
            .collect();
        let first = given.first().copied();
        let kind = element["type"].as_str().unwrap_or_default();
        let option = |value: &str| json!({"value": value, "text": {"type": "plain_text", "text": value, "emoji": true}});
        values[id][action] = match kind {
            "static_select" | "radio_buttons" => {
                json!({"type": kind, "selected_option": first.map(option)})
            }
            "checkboxes" | "multi_static_select" => {
                json!({"type": kind, "selected_options": given.iter().map(|v| option(v)).collect::<Vec<_>>()})
            }
            "datepicker" => json!({"type": kind, "selected_date": first}),
            "timepicker" => json!({"type": kind, "selected_time": first}),
            _ => json!({"type": kind, "value": first}),
        };
    }
    values
}
