//! The OpenAPI document, read from the running server: what there is to attack.

use serde_json::Value;

use super::{Ask, Server};

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: String,
    pub path: String,
    /// Names of path parameters.
    pub path_parameters: Vec<String>,
    /// Names of query parameters that are ids.
    pub query_ids: Vec<String>,
    /// The body's schema.
    pub body: Option<String>,
    /// JSON pointers of fields of the body that are ids.
    pub body_ids: Vec<String>,
    pub is_public: bool,
    /// Names of the response's fields, one level deep.
    pub answer_fields: Vec<String>,
}

impl Operation {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn is_read(&self) -> bool {
        self.method == "get"
    }

    /// The path with its parameters filled in.
    pub fn target(&self, fill: impl Fn(&str) -> String) -> String {
        let mut target = self.path.clone();
        for name in &self.path_parameters {
            target = target.replace(&format!("{{{name}}}"), &fill(name));
        }
        target
    }
}

/// The whole document.
pub struct Document {
    pub json: Value,
    pub operations: Vec<Operation>,
}

impl Document {
    pub fn read(server: &Server) -> Self {
        let json = server.send(&Ask::get("/api/openapi.json")).ok(200).json();
        let mut operations = Vec::new();
        for (path, item) in json["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                operations.push(read(&json, method, path, operation));
            }
        }
        Self { json, operations }
    }

    /// The names of a schema's properties.
    pub fn fields(&self, schema: &str) -> Vec<String> {
        fields(&self.json, &self.json["components"]["schemas"][schema])
    }
}

fn read(document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let none = Vec::new();
    let parameters = operation["parameters"].as_array().unwrap_or(&none);
    let named = |place: &str| {
        parameters
            .iter()
            .filter(|parameter| parameter["in"] == place)
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let body = schema_name(schema);
    let mut body_ids = Vec::new();
    if let Some(name) = &body {
        ids_of(
            document,
            &document["components"]["schemas"][name],
            "",
            &mut body_ids,
        );
    }
    let answers = operation["responses"].as_object().unwrap();
    let answer = answers
        .iter()
        .find(|(status, _)| status.starts_with('2'))
        .map_or(&Value::Null, |(_, answer)| {
            &answer["content"]["application/json"]["schema"]
        });
    Operation {
        method: method.to_owned(),
        path: path.to_owned(),
        path_parameters: named("path"),
        query_ids: named("query")
            .into_iter()
            .filter(|name| is_id(name))
            .collect(),
        body,
        body_ids,
        is_public: operation["security"].as_array().is_some_and(Vec::is_empty),
        answer_fields: fields(document, answer),
    }
}

fn is_id(name: &str) -> bool {
    // A tax number is nobody's id.
    (name == "id" || name.ends_with("_id")) && name != "tax_id"
}

fn schema_name(schema: &Value) -> Option<String> {
    let own = schema["$ref"].as_str();
    let inner = || {
        schema["oneOf"]
            .as_array()?
            .iter()
            .find_map(|one| one["$ref"].as_str())
    };
    own.or_else(inner)
        .and_then(|name| name.rsplit('/').next())
        .map(str::to_owned)
}

fn ids_of(document: &Value, schema: &Value, at: &str, found: &mut Vec<String>) {
    let Some(properties) = schema["properties"].as_object() else {
        return;
    };
    for (name, property) in properties {
        let here = format!("{at}/{name}");
        if is_id(name) {
            found.push(here.clone());
        }
        if let Some(item) = schema_name(&property["items"]) {
            let item = &document["components"]["schemas"][item];
            ids_of(document, item, &format!("{here}/0"), found);
        }
    }
}

fn fields(document: &Value, schema: &Value) -> Vec<String> {
    let schema =
        schema_name(schema).map_or(schema, |name| &document["components"]["schemas"][name]);
    let mut names: Vec<String> = schema["properties"]
        .as_object()
        .map(|all| all.keys().cloned().collect())
        .unwrap_or_default();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        names.extend(fields(document, part));
    }
    names
}
