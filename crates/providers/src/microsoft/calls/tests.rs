//! How addresses are written.

use super::*;

#[test]
fn ids_are_encoded_and_names_are_not() {
    let api = "https://graph.microsoft.com/v1.0/";
    assert_eq!(
        address(
            api,
            &["me", "events", "AA/b+c=-_"],
            &[("$select", "id,type"), ("x", "a b")]
        ),
        "https://graph.microsoft.com/v1.0/me/events/AA%2Fb%2Bc%3D-_?$select=id%2Ctype&x=a%20b"
    );
    assert_eq!(
        get("not a url").unwrap_err().kind,
        daybook_provider_api::error::ErrorKind::Operator
    );
    let request = with_json(
        Method::POST,
        "https://x.example/y",
        &serde_json::json!({"a": 1}),
    )
    .unwrap();
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.headers()["prefer"], PREFER);
    assert_eq!(request.body().as_ref(), br#"{"a":1}"#);
}
