//! Requests held against the provider's own description, when that file is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

/// What the description says about each operation.
#[derive(Debug)]
pub(crate) struct Spec {
    document: Value,
    /// `GET /calendars/{calendarId}/events` to its query parameters.
    queries: BTreeMap<String, BTreeSet<String>>,
    /// A path to everything it takes: in the query, in headers, in a form.
    arguments: BTreeMap<String, BTreeSet<String>>,
}

impl Spec {
    /// Reads an OpenAPI 3 file; `None` when it is absent or unreadable.
    pub fn read(path: &Path) -> Option<Self> {
        let document: Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
        let mut queries = BTreeMap::new();
        let mut arguments: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, item) in document.get("paths")?.as_object()? {
            let common = parameters(&document, item);
            for (method, operation) in item.as_object()?.iter().filter(|(m, _)| *m != "parameters")
            {
                let mut names = parameters(&document, operation);
                names.extend(common.iter().cloned());
                let taken = arguments.entry(path.clone()).or_default();
                taken.extend(names.iter().cloned());
                taken.extend(form_fields(operation));
                queries.insert(format!("{} {path}", method.to_uppercase()), names);
            }
        }
        Some(Self {
            document,
            queries,
            arguments,
        })
    }

    /// Everything that a path takes, whatever the method; `None` when the description does not know the path.
    pub fn arguments(&self, path: &str) -> Option<&BTreeSet<String>> {
        self.arguments.get(path)
    }

    /// Whether the description has this operation.
    pub fn knows(&self, operation: &str) -> bool {
        self.queries.contains_key(operation)
    }

    /// Problems of a query, one sentence each.
    pub fn check_query(&self, operation: &str, names: &[&str]) -> Vec<String> {
        let Some(known) = self.queries.get(operation) else {
            return vec!["The description has no such operation.".into()];
        };
        let unknown = names.iter().filter(|name| !known.contains(**name));
        unknown
            .map(|name| format!("Unknown query parameter {name}."))
            .collect()
    }

    /// Problems of a JSON body against a named schema.
    pub fn check_body(&self, schema: &str, body: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        let reference = format!("#/components/schemas/{schema}");
        if let Some(schema) = resolve(&self.document, &reference) {
            self.walk(schema, body, schema_name(&reference), &mut problems);
        }
        problems
    }

    fn walk(&self, schema: &Value, body: &Value, at: &str, problems: &mut Vec<String>) {
        let schema = match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => resolve(&self.document, reference).unwrap_or(schema),
            None => schema,
        };
        let kind = schema
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or("object");
        if !body.is_null() && !is_a(kind, body) {
            problems.push(format!("{at} should be of type {kind}."));
        }
        if let (Some(Value::Array(known)), Value::String(text)) = (schema.get("enum"), body)
            && !known.contains(body)
        {
            problems.push(format!("{at} does not know the value {text}."));
        }
        if let (Some(items), Value::Array(list)) = (schema.get("items"), body) {
            for item in list {
                self.walk(items, item, &format!("{at}[]"), problems);
            }
        }
        if let (Some(properties), Value::Object(map)) = (schema.get("properties"), body) {
            for (key, value) in map {
                match properties.get(key) {
                    Some(property) => self.walk(property, value, &format!("{at}.{key}"), problems),
                    None => problems.push(format!("Unknown field {at}.{key}.")),
                }
            }
        }
    }
}

fn parameters(document: &Value, holder: &Value) -> BTreeSet<String> {
    let list = holder.get("parameters").and_then(Value::as_array);
    let named = |parameter: &Value| {
        let parameter = match parameter.get("$ref").and_then(Value::as_str) {
            Some(reference) => resolve(document, reference)?,
            None => parameter,
        };
        let in_query = parameter.get("in")?.as_str()? == "query";
        in_query
            .then(|| parameter.get("name")?.as_str().map(str::to_owned))
            .flatten()
    };
    list.into_iter().flatten().filter_map(named).collect()
}

/// The names of the fields of an operation's forms.
fn form_fields(operation: &Value) -> Vec<String> {
    let content = operation.pointer("/requestBody/content");
    let forms = content.and_then(Value::as_object).into_iter().flatten();
    let properties = forms.filter_map(|(_, form)| form.pointer("/schema/properties")?.as_object());
    properties.flat_map(|p| p.keys().cloned()).collect()
}

fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

fn schema_name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}
