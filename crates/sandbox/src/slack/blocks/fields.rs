//! The fields of one JSON object: each is looked at once, and what was not looked at is one too many.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Check;

/// An object under examination.
pub(super) struct Fields<'a> {
    map: &'a Map<String, Value>,
    seen: BTreeSet<&'static str>,
    /// JSON pointer to the object.
    pub at: String,
}

/// Which text objects are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Any,
}

impl<'a> Fields<'a> {
    pub fn new(map: &'a Map<String, Value>, at: &str) -> Self {
        Self {
            map,
            seen: BTreeSet::new(),
            at: at.to_owned(),
        }
    }

    pub fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    pub fn skip(&mut self, keys: &[&'static str]) {
        self.seen.extend(keys);
    }

    pub fn take(&mut self, key: &'static str) -> Option<&'a Value> {
        self.seen.insert(key);
        self.map.get(key)
    }

    /// A string with a limit.
    pub fn text(&mut self, key: &'static str, most: usize, check: &mut Check) {
        let at = format!("{}/{key}", self.at);
        match self.take(key) {
            None => {}
            Some(Value::String(text)) => length(text, &at, most, check),
            Some(_) => check.say(&at, "must be a string"),
        }
    }

    pub fn required_text(&mut self, key: &'static str, most: usize, check: &mut Check) {
        if !self.has(key) {
            check.say(&self.at, &format!("missing required field: {key}"));
        }
        self.text(key, most, check);
    }

    pub fn url(&mut self, key: &'static str, required: bool, check: &mut Check) {
        if required {
            self.required_text(key, 3000, check);
        } else {
            self.text(key, 3000, check);
        }
        if let Some(text) = self.map.get(key).and_then(Value::as_str)
            && url::Url::parse(text).is_err()
        {
            check.say(&format!("{}/{key}", self.at), "must be a valid URL");
        }
    }

    /// A `plain_text` object.
    pub fn plain(&mut self, key: &'static str, required: bool, most: usize, check: &mut Check) {
        self.object(key, required, (Form::Plain, most), check);
    }

    /// A text object of either form.
    pub fn any_text(&mut self, key: &'static str, required: bool, most: usize, check: &mut Check) {
        self.object(key, required, (Form::Any, most), check);
    }

    fn object(
        &mut self,
        key: &'static str,
        required: bool,
        (form, most): (Form, usize),
        check: &mut Check,
    ) {
        let at = format!("{}/{key}", self.at);
        match self.take(key) {
            Some(value) => text_object(value, &at, form, most, check),
            None if required => check.say(&self.at, &format!("missing required field: {key}")),
            None => {}
        }
    }

    /// Complains about what nobody looked at.
    pub fn end(&self, check: &mut Check) {
        let extra = self
            .map
            .keys()
            .filter(|key| !self.seen.contains(key.as_str()));
        for key in extra {
            check.say(&self.at, &format!("additional property: {key}"));
        }
    }
}

/// A composition object for text.
pub(super) fn text_object(value: &Value, at: &str, form: Form, most: usize, check: &mut Check) {
    let Some(map) = value.as_object() else {
        return check.say(at, "must be a text object");
    };
    let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut fields = Fields::new(map, at);
    fields.skip(&["type"]);
    match (kind, form) {
        ("plain_text", _) => fields.skip(&["emoji"]),
        ("mrkdwn", Form::Any) => fields.skip(&["verbatim"]),
        (_, Form::Plain) => check.say(at, "must be of type plain_text"),
        (_, Form::Any) => check.say(at, "must be of type plain_text or mrkdwn"),
    }
    fields.required_text("text", most, check);
    fields.end(check);
}

fn length(text: &str, at: &str, most: usize, check: &mut Check) {
    let count = text.chars().count();
    if count > most {
        check.say(at, &format!("must be less than {} characters", most + 1));
    }
    // Metadata and values may be empty; what people read may not.
    if count == 0 && (at.ends_with("/text") || at.ends_with("/alt_text")) {
        check.say(at, "must be more than 0 characters");
    }
}
