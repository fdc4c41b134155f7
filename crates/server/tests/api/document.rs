//! The OpenAPI document: complete, and the same as the file that clients are generated from.

use std::path::Path;

use daybook_server::openapi::{is_public, operations};

#[test]
fn the_file_is_the_document() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../api/openapi.json");
    let wanted = daybook_server::openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("DAYBOOK_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "api/openapi.json is out of date: run this test with DAYBOOK_UPDATE=1 and commit the file"
    );
}

#[test]
fn every_operation_is_described() {
    let document = daybook_server::openapi();
    let mut ids = std::collections::BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        assert!(
            operation
                .summary
                .as_deref()
                .is_some_and(|text| !text.is_empty()),
            "{name} has no summary"
        );
        assert!(
            operation.tags.as_ref().is_some_and(|tags| tags.len() == 1),
            "{name} has no tag"
        );
        assert!(
            ids.insert(operation.operation_id.clone().unwrap()),
            "{name} shares its operation id"
        );
        let is_open = operation.security.as_ref().is_some_and(Vec::is_empty);
        assert_eq!(is_open, is_public(method, path), "{name}");
        let declared = operation.parameters.as_ref().map_or(0, |all| {
            all.iter()
                .filter(|p| serde_json::to_value(p).unwrap()["in"] == "path")
                .count()
        });
        assert_eq!(declared, path.matches('{').count(), "{name}");
        assert!(
            operation.responses.responses.contains_key("default"),
            "{name}"
        );
    }
}

/// Routes can only be added with their description: `routes!` is the one way in.
#[test]
fn no_route_is_added_without_its_description() {
    let router =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/router.rs"))
            .unwrap();
    for hidden in [".route(", ".route_service(", ".nest_service("] {
        assert!(
            !router.contains(hidden),
            "router.rs adds a route with {hidden}…), which the document does not show"
        );
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = serde_json::to_value(daybook_server::openapi()).unwrap();
    let text = document.to_string();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(
            document["components"]["schemas"].get(name).is_some(),
            "{name} is missing"
        );
    }
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}
