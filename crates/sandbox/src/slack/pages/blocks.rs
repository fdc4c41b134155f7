//! Blocks as HTML: text, buttons as forms, inputs as fields.

use std::collections::HashMap;

use serde_json::Value;

use crate::shell::escape;
use crate::slack::mrkdwn;

/// Where blocks stand, for the forms of their buttons.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    Message(&'a str, &'a str),
    View(&'a str),
}

/// The blocks of a message or of the Home tab; `own` is the person's address.
pub(super) fn list(own: &str, place: Place<'_>, blocks: &Value) -> String {
    let blocks = blocks.as_array().into_iter().flatten();
    blocks.map(|block| one(own, place, block)).collect()
}

/// A modal: one form with its inputs.
pub(super) fn modal(own: &str, id: &str, view: &Value, query: &HashMap<String, String>) -> String {
    let blocks = view["blocks"].as_array().into_iter().flatten();
    let rows: String = blocks
        .map(|block| match block["type"].as_str() {
            Some("input") => input(block, query),
            _ => text_of(block),
        })
        .collect();
    let label = |key: &str, usual: &str| escape(view[key]["text"].as_str().unwrap_or(usual));
    let submit = if view.get("submit").is_some() {
        format!(
            "<button name=do value=submit>{}</button>",
            label("submit", "Submit")
        )
    } else {
        String::new()
    };
    // Buttons inside a modal are submits of the same form, so that what was typed goes along.
    let actions: String = buttons(view)
        .map(|b| {
            format!(
                "<button name=action value=\"{}\" class=quiet>{}</button>",
                escape(b["action_id"].as_str().unwrap_or_default()),
                escape(b["text"]["text"].as_str().unwrap_or_default())
            )
        })
        .collect();
    format!(
        "<form class=card role=dialog aria-label=\"{title}\" method=post action=\"{own}/view\"><h2>{title}</h2>\
         <input type=hidden name=view value=\"{}\">{rows}{actions}<p class=actions>\
         <button name=do value=close formnovalidate class=quiet>{}</button>{submit}</p></form>",
        escape(id),
        label("close", "Cancel"),
        title = label("title", ""),
    )
}

fn buttons(view: &Value) -> impl Iterator<Item = &Value> {
    let blocks = view["blocks"].as_array().into_iter().flatten();
    let elements = blocks.flat_map(|b| {
        let own = b["elements"].as_array().into_iter().flatten();
        own.chain(b.get("accessory"))
    });
    elements.filter(|e| e["type"] == "button")
}

fn one(own: &str, place: Place<'_>, block: &Value) -> String {
    let elements = block["elements"].as_array().into_iter().flatten();
    let beside = block.get("accessory").into_iter();
    let buttons: String = match block["type"].as_str() {
        Some("actions") => elements.map(|e| button(own, place, e)).collect(),
        _ => beside.map(|e| button(own, place, e)).collect(),
    };
    let buttons = if buttons.is_empty() {
        buttons
    } else {
        format!("<div class=event>{buttons}</div>")
    };
    format!("{}{buttons}", text_of(block))
}

fn text_of(block: &Value) -> String {
    let text = |object: &Value| {
        let text = object["text"].as_str().unwrap_or_default();
        if object["type"] == "mrkdwn" {
            mrkdwn::html(text)
        } else {
            escape(text).replace('\n', "<br>")
        }
    };
    match block["type"].as_str().unwrap_or_default() {
        "header" => format!("<h3>{}</h3>", text(&block["text"])),
        "divider" => "<hr>".to_owned(),
        "section" => {
            let main = block
                .get("text")
                .map_or(String::new(), |t| format!("<p>{}</p>", text(t)));
            let fields = block["fields"].as_array().into_iter().flatten();
            let fields: String = fields.map(|f| format!("<p>{}</p>", text(f))).collect();
            main + &fields
        }
        "context" => {
            let elements = block["elements"].as_array().into_iter().flatten();
            let parts: Vec<String> = elements.map(text).collect();
            format!("<p><small>{}</small></p>", parts.join(" "))
        }
        "image" => format!(
            "<p><small>Image: {}</small></p>",
            escape(block["alt_text"].as_str().unwrap_or_default())
        ),
        _ => String::new(),
    }
}

fn button(own: &str, place: Place<'_>, element: &Value) -> String {
    if element["type"] != "button" {
        return String::new();
    }
    let label = escape(element["text"]["text"].as_str().unwrap_or_default());
    let action = escape(element["action_id"].as_str().unwrap_or_default());
    let place = match place {
        Place::Message(channel, ts) => format!(
            "<input type=hidden name=channel value=\"{}\"><input type=hidden name=ts value=\"{}\">",
            escape(channel),
            escape(ts)
        ),
        Place::View(id) => format!("<input type=hidden name=view value=\"{}\">", escape(id)),
    };
    let form = |label: &str| {
        format!(
            "<form method=post action=\"{own}/click\">{place}<button name=action value=\"{action}\">{label}</button></form>"
        )
    };
    let link = element["url"].as_str().map_or(String::new(), |url| {
        format!(" <a href=\"{}\">Follow</a>", escape(url))
    });
    match element.get("confirm") {
        Some(confirm) => format!(
            "<details><summary>{label}</summary><p><b>{}</b> {}</p>{}</details>",
            escape(confirm["title"]["text"].as_str().unwrap_or_default()),
            escape(confirm["text"]["text"].as_str().unwrap_or_default()),
            form(&escape(
                confirm["confirm"]["text"].as_str().unwrap_or("Yes")
            )),
        ),
        None => form(&label) + &link,
    }
}

/// The name of an input's field: block and action.
pub(super) fn name(block: &Value, element: &Value) -> String {
    let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!(
        "in|{}|{}",
        part(&block["block_id"]),
        part(&element["action_id"])
    )
}

fn input(block: &Value, query: &HashMap<String, String>) -> String {
    let element = &block["element"];
    let name = name(block, element);
    let label = escape(block["label"]["text"].as_str().unwrap_or_default());
    let initial = |key: &str| escape(element[key].as_str().unwrap_or_default());
    let field = match element["type"].as_str().unwrap_or_default() {
        "static_select" | "radio_buttons" => options(element, &name),
        "checkboxes" => checkboxes(element, &name),
        "datepicker" => format!(
            "<input type=date name=\"{}\" value=\"{}\">",
            escape(&name),
            initial("initial_date")
        ),
        "timepicker" => format!(
            "<input type=time name=\"{}\" value=\"{}\">",
            escape(&name),
            initial("initial_time")
        ),
        "number_input" => format!(
            "<input type=number step=any name=\"{}\" value=\"{}\">",
            escape(&name),
            initial("initial_value")
        ),
        _ => format!(
            "<input type=text name=\"{}\" value=\"{}\">",
            escape(&name),
            initial("initial_value")
        ),
    };
    let wrong = query.get(&format!(
        "error|{}",
        block["block_id"].as_str().unwrap_or_default()
    ));
    let wrong = wrong.map_or(String::new(), |said| {
        format!("<small role=alert>{}</small>", escape(said))
    });
    format!("<p class=add><label>{label}{field}{wrong}</label></p>")
}

fn all_options(element: &Value) -> Vec<&Value> {
    let plain = element["options"].as_array().into_iter().flatten();
    let groups = element["option_groups"].as_array().into_iter().flatten();
    let grouped = groups.flat_map(|g| g["options"].as_array().into_iter().flatten());
    plain.chain(grouped).collect()
}

fn options(element: &Value, name: &str) -> String {
    let rows: String = all_options(element)
        .into_iter()
        .map(|option| {
            let chosen = if *option == element["initial_option"] {
                " selected"
            } else {
                ""
            };
            format!(
                "<option value=\"{}\"{chosen}>{}</option>",
                escape(option["value"].as_str().unwrap_or_default()),
                escape(option["text"]["text"].as_str().unwrap_or_default())
            )
        })
        .collect();
    format!(
        "<select name=\"{}\"><option value=\"\"></option>{rows}</select>",
        escape(name)
    )
}

fn checkboxes(element: &Value, name: &str) -> String {
    let initial = element["initial_options"].as_array();
    all_options(element)
        .into_iter()
        .map(|option| {
            let chosen = if initial.is_some_and(|i| i.contains(option)) {
                " checked"
            } else {
                ""
            };
            format!(
                "<span><input type=checkbox name=\"{}\" value=\"{}\"{chosen}> {}</span>",
                escape(name),
                escape(option["value"].as_str().unwrap_or_default()),
                escape(option["text"]["text"].as_str().unwrap_or_default())
            )
        })
        .collect()
}
