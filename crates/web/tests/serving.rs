//! What a browser gets, with and without a built dashboard: the assertions hold for both.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use tower::ServiceExt as _;

fn text(answer: &http::Response<std::borrow::Cow<'static, [u8]>>) -> String {
    String::from_utf8_lossy(answer.body()).into_owned()
}

#[test]
fn a_page_of_the_dashboard_or_the_notice_is_html_with_a_policy() {
    for path in ["/", "/integrations", "/integrations/calendar/abc"] {
        let answer = daybook_web::serve(path, &HeaderMap::new());
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let headers = answer.headers();
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(
            headers[header::CONTENT_SECURITY_POLICY],
            daybook_web::CONTENT_SECURITY_POLICY
        );
    }
}

#[test]
fn without_a_dashboard_the_notice_says_how_to_build_it() {
    if daybook_web::has_dashboard() {
        println!("the dashboard is built: nothing to check");
        return;
    }
    let page = text(&daybook_web::serve("/", &HeaderMap::new()));
    assert!(page.contains("npm --prefix web run build"));
    assert!(page.contains("/api/docs"));
}

#[test]
fn the_api_and_missing_files_never_become_a_page() {
    for path in [
        "/api",
        "/api/nope",
        "/api/v1/x",
        "/assets/nope.js",
        "/assets/nope",
        "/robots.txt",
        "/../secret.key",
    ] {
        let answer = daybook_web::serve(path, &HeaderMap::new());
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let api = daybook_web::serve("/api/nope", &HeaderMap::new());
    assert_eq!(
        api.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );
}

#[test]
fn a_current_copy_is_not_sent_again() {
    let first = daybook_web::serve("/public.css", &HeaderMap::new());
    assert_eq!(first.status(), StatusCode::OK);
    assert!(text(&first).contains("--db-paper"));
    let mut headers = HeaderMap::new();
    headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
    let again = daybook_web::serve("/public.css", &headers);
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(again.body().is_empty());
    headers.insert(
        header::IF_NONE_MATCH,
        HeaderValue::from_static("\"other\", W/\"x\""),
    );
    assert_eq!(
        daybook_web::serve("/public.css", &headers).status(),
        StatusCode::OK
    );
}

#[test]
fn hashed_assets_are_immutable() {
    if !daybook_web::has_dashboard() {
        println!("the dashboard is not built: nothing to check");
        return;
    }
    let page = text(&daybook_web::serve("/", &HeaderMap::new()));
    let start = page.find("/assets/").unwrap();
    let name: String = page[start..].chars().take_while(|c| *c != '"').collect();
    let asset = daybook_web::serve(&name, &HeaderMap::new());
    assert_eq!(asset.status(), StatusCode::OK);
    assert_eq!(
        asset.headers()[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn only_reading_is_answered() {
    let app: Router = daybook_web::router();
    let request = Request::post("/integrations").body(Body::empty()).unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    let request = Request::get("/integrations").body(Body::empty()).unwrap();
    assert_eq!(app.oneshot(request).await.unwrap().status(), StatusCode::OK);
}
