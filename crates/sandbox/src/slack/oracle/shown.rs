//! What went out and came back, and messages as people see them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::slack::courier::Answer;

/// What went out when somebody did something, and what came back.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    /// The payload as sent.
    pub sent: Value,
    /// The status of the answer; `None` when there was none in time.
    pub status: Option<u16>,
    /// The answer's body.
    pub body: String,
    /// What the person sees when it went wrong.
    pub failed: Option<String>,
    /// A modal's complaints, by block.
    pub errors: BTreeMap<String, String>,
}

impl Exchange {
    pub(in crate::slack) fn of(answer: &Option<Answer>, sent: Value) -> Self {
        Self {
            sent,
            status: answer.as_ref().map(|a| a.status),
            body: answer.as_ref().map_or_else(String::new, |a| {
                String::from_utf8_lossy(&a.body).into_owned()
            }),
            ..Self::default()
        }
    }

    pub(in crate::slack) fn nothing(why: &str) -> Self {
        Self {
            failed: Some(why.to_owned()),
            ..Self::default()
        }
    }

    pub(in crate::slack) fn not_installed() -> Self {
        Self::nothing("No app with this command is installed in this workspace.")
    }
}

/// A message as one person sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Its conversation.
    pub channel: String,
    /// Its name there.
    pub ts: String,
    /// The fallback.
    pub text: String,
    /// Its blocks.
    pub blocks: Value,
    /// Whether nobody else sees it.
    pub ephemeral: bool,
    /// Whether it was changed.
    pub edited: bool,
}

impl Shown {
    /// Everything in it that people read, in order.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = self.text.clone();
        collect(&self.blocks, &mut words);
        words
    }

    /// The action ids of its buttons, in order.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        let blocks = self.blocks.as_array().into_iter().flatten();
        let elements = blocks.flat_map(|b| {
            let own = b["elements"].as_array().cloned().unwrap_or_default();
            own.into_iter().chain(b.get("accessory").cloned())
        });
        elements
            .filter_map(|e| Some(e["action_id"].as_str()?.to_owned()))
            .collect()
    }
}

fn collect(value: &Value, words: &mut String) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| collect(item, words)),
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "text" => {
                        words.push('\n');
                        words.push_str(text);
                    }
                    _ => collect(value, words),
                }
            }
        }
        _ => {}
    }
}
