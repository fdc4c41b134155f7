//! Block Kit held against its limits (contract §5): what Slack refuses, we refuse, in its words.

mod elements;
mod fields;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use fields::Fields;

/// Where blocks are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// In a conversation: 50 blocks.
    Message,
    /// A modal: 100 blocks.
    Modal,
    /// The Home tab: 100 blocks.
    Home,
}

/// What is wrong with an array of blocks; empty when nothing is.
#[must_use]
pub fn problems(surface: Surface, blocks: &Value) -> Vec<String> {
    let mut check = Check::default();
    check.blocks(surface, blocks, "/blocks");
    check.wrong
}

/// What is wrong with a view.
pub(super) fn view_problems(view: &Value) -> Vec<String> {
    let mut check = Check::default();
    let Some(map) = view.as_object() else {
        return vec!["[ERROR] must be an object [json-pointer:]".to_owned()];
    };
    let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
    let surface = match kind {
        "modal" => Surface::Modal,
        "home" => Surface::Home,
        _ => {
            check.say("", "unsupported type: view");
            return check.wrong;
        }
    };
    let mut fields = Fields::new(map, "");
    fields.skip(&[
        "type",
        "external_id",
        "clear_on_close",
        "notify_on_close",
        "submit_disabled",
    ]);
    fields.text("private_metadata", 3000, &mut check);
    fields.text("callback_id", 255, &mut check);
    let blocks = map.get("blocks").unwrap_or(&Value::Null);
    fields.skip(&["blocks"]);
    if surface == Surface::Modal {
        fields.plain("title", true, 24, &mut check);
        fields.plain("submit", false, 24, &mut check);
        fields.plain("close", false, 24, &mut check);
        let of_type = |block: &Value| block["type"] == "input";
        let has_input = blocks.as_array().is_some_and(|b| b.iter().any(of_type));
        if has_input && map.get("submit").is_none() {
            check.say("", "missing required field: submit");
        }
    }
    fields.end(&mut check);
    check.blocks(surface, blocks, "/blocks");
    check.wrong
}

/// The problems found so far.
#[derive(Debug, Default)]
struct Check {
    wrong: Vec<String>,
}

impl Check {
    fn say(&mut self, at: &str, what: &str) {
        self.wrong
            .push(format!("[ERROR] {what} [json-pointer:{at}]"));
    }

    fn blocks(&mut self, surface: Surface, blocks: &Value, at: &str) {
        let most = if surface == Surface::Message { 50 } else { 100 };
        let Some(list) = blocks.as_array() else {
            return self.say(at, "must be an array");
        };
        if list.len() > most {
            self.say(at, &format!("no more than {most} items allowed"));
        }
        let mut ids = BTreeSet::new();
        for (index, block) in list.iter().enumerate() {
            let at = format!("{at}/{index}");
            let Some(map) = block.as_object() else {
                self.say(&at, "must be an object");
                continue;
            };
            if let Some(id) = map.get("block_id").and_then(Value::as_str)
                && !ids.insert(id.to_owned())
            {
                self.say(&at, &format!("block_id {id} is used twice"));
            }
            self.block(map, &at);
        }
    }

    fn block(&mut self, map: &Map<String, Value>, at: &str) {
        let mut fields = Fields::new(map, at);
        fields.text("block_id", 255, self);
        fields.skip(&["type"]);
        match map.get("type").and_then(Value::as_str).unwrap_or_default() {
            "divider" => {}
            "header" => fields.plain("text", true, 150, self),
            "section" => self.section(&mut fields),
            "context" => self.elements(&mut fields, 10, elements::CONTEXT),
            "actions" => self.elements(&mut fields, 25, elements::ACTIONS),
            "input" => self.input(&mut fields),
            "image" => {
                fields.url("image_url", true, self);
                fields.required_text("alt_text", 2000, self);
                fields.plain("title", false, 2000, self);
            }
            "rich_text" => fields.skip(&["elements"]),
            other => {
                self.say(at, &format!("unsupported type: {other}"));
                return;
            }
        }
        fields.end(self);
    }

    fn section(&mut self, fields: &mut Fields<'_>) {
        fields.any_text("text", false, 3000, self);
        fields.skip(&["expand"]);
        let list = fields.take("fields").and_then(Value::as_array);
        if list.is_none() && !fields.has("text") {
            self.say(&fields.at, "missing required field: text");
        }
        if list.is_some_and(|list| list.is_empty() || list.len() > 10) {
            self.say(&format!("{}/fields", fields.at), "1 to 10 items allowed");
        }
        for (index, field) in list.into_iter().flatten().enumerate() {
            let at = format!("{}/fields/{index}", fields.at);
            fields::text_object(field, &at, fields::Form::Any, 2000, self);
        }
        if let Some(accessory) = fields.take("accessory") {
            let at = format!("{}/accessory", fields.at);
            elements::check(accessory, &at, elements::ACCESSORY, self);
        }
    }

    fn elements(&mut self, fields: &mut Fields<'_>, most: usize, allowed: &[&str]) {
        let at = format!("{}/elements", fields.at);
        let Some(list) = fields.take("elements").and_then(Value::as_array) else {
            return self.say(&fields.at, "missing required field: elements");
        };
        if list.is_empty() || list.len() > most {
            self.say(&at, &format!("1 to {most} items allowed"));
        }
        let mut ids = BTreeSet::new();
        for (index, element) in list.iter().enumerate() {
            let at = format!("{at}/{index}");
            if let Some(id) = element.get("action_id").and_then(Value::as_str)
                && !ids.insert(id)
            {
                self.say(&at, &format!("action_id {id} is used twice in a block"));
            }
            elements::check(element, &at, allowed, self);
        }
    }

    fn input(&mut self, fields: &mut Fields<'_>) {
        fields.plain("label", true, 2000, self);
        fields.plain("hint", false, 2000, self);
        fields.skip(&["optional", "dispatch_action"]);
        match fields.take("element") {
            Some(element) => {
                let at = format!("{}/element", fields.at);
                elements::check(element, &at, elements::INPUT, self);
            }
            None => self.say(&fields.at, "missing required field: element"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn section(text: &str) -> Value {
        json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    }

    #[test]
    fn the_contracts_messages_pass() {
        let blocks = json!([
            {"type": "header", "text": {"type": "plain_text", "text": "Invoice INV-0042 is ready"}},
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Client*\nAcme"}]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "Friday"}]},
            {"type": "actions", "block_id": "te_01", "elements": [
                {"type": "button", "action_id": "time_entry_delete", "style": "danger", "text": {"type": "plain_text", "text": "Delete"},
                 "value": "te_01", "confirm": {"title": {"type": "plain_text", "text": "Delete entry?"},
                 "text": {"type": "plain_text", "text": "This cannot be undone."}, "confirm": {"type": "plain_text", "text": "Delete"},
                 "deny": {"type": "plain_text", "text": "Keep"}}}]}
        ]);
        assert_eq!(problems(Surface::Message, &blocks), Vec::<String>::new());
        let view = json!({"type": "modal", "callback_id": "time_entry_edit", "private_metadata": "te_01",
            "title": {"type": "plain_text", "text": "Edit entry"}, "submit": {"type": "plain_text", "text": "Save"},
            "close": {"type": "plain_text", "text": "Cancel"}, "blocks": [{"type": "input", "block_id": "hours",
            "label": {"type": "plain_text", "text": "Hours"},
            "element": {"type": "plain_text_input", "action_id": "v", "initial_value": "2.5"}}]});
        assert_eq!(view_problems(&view), Vec::<String>::new());
    }

    #[test]
    fn every_limit_is_kept() {
        let button =
            |text: &str| json!({"type": "button", "text": {"type": "plain_text", "text": text}});
        let long = |n: usize| "x".repeat(n);
        let cases = [
            (json!(vec![section("x"); 51]), "no more than 50 items"),
            (json!([section(&long(3001))]), "less than 3001 characters"),
            (json!([section("")]), "more than 0 characters"),
            (json!([{"type": "section"}]), "missing required field: text"),
            (
                json!([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
                "plain_text",
            ),
            (
                json!([{"type": "header", "text": {"type": "plain_text", "text": long(151)}}]),
                "less than 151",
            ),
            (
                json!([{"type": "actions", "elements": vec![button("x"); 26]}]),
                "1 to 25 items",
            ),
            (
                json!([{"type": "actions", "elements": [button(&long(76))]}]),
                "less than 76",
            ),
            (
                json!([{"type": "context", "elements": vec![json!({"type": "mrkdwn", "text": "x"}); 11]}]),
                "1 to 10 items",
            ),
            (json!([{"type": "banner"}]), "unsupported type: banner"),
            (
                json!([{"type": "divider", "colour": "red"}]),
                "additional property: colour",
            ),
            (
                json!([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]),
                "used twice",
            ),
            (
                json!([{"type": "actions", "elements": [{"type": "button", "value": long(2001), "text": {"type": "plain_text", "text": "x"}}]}]),
                "less than 2001",
            ),
            (
                json!([{"type": "actions", "elements": [{"type": "button", "style": "green", "text": {"type": "plain_text", "text": "x"}}]}]),
                "primary or danger",
            ),
            (json!("blocks"), "must be an array"),
        ];
        for (blocks, said) in cases {
            let wrong = problems(Surface::Message, &blocks).join("; ");
            assert!(wrong.contains(said), "{said}: {wrong}");
        }
        assert!(problems(Surface::Home, &json!(vec![section("x"); 100])).is_empty());
    }

    #[test]
    fn a_view_has_limits_of_its_own() {
        let view = |title: &str| {
            json!({"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": [
                {"type": "input", "label": {"type": "plain_text", "text": "x"}, "element": {"type": "plain_text_input"}}]})
        };
        let wrong = view_problems(&view(&"x".repeat(25))).join("; ");
        assert!(
            wrong.contains("less than 25") && wrong.contains("missing required field: submit"),
            "{wrong}"
        );
        assert!(!view_problems(&json!({"type": "sheet"})).is_empty());
    }
}
