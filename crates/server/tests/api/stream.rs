//! The event stream.

use axum::body::Body;
use daybook_domain::TimeEntryId;
use daybook_engine::live::Message;
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;
use uuid::Uuid;

use crate::support::{Ask, Server};

/// The next piece of the stream as text; `None` when it ended.
async fn next(body: &mut Body) -> Option<String> {
    let frame = body.frame().await?.unwrap();
    Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn a_watcher_hears_what_happens_until_the_server_stops() {
    let (server, ada) = Server::with_ada().await;
    server
        .send(Ask::get("/api/v1/stream"))
        .await
        .is_problem(401, "unauthenticated");
    let request = Request::get("/api/v1/stream")
        .header("cookie", &ada.cookie)
        .body(Body::empty())
        .unwrap();
    let response = server.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    assert_eq!(next(&mut body).await.unwrap().trim(), ": alive");

    let workspace: Uuid = ada.session["workspace"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let entry = |id: Uuid| Message::TimeEntry {
        id: TimeEntryId::from_uuid(id),
    };
    server
        .app
        .cx
        .live
        .send(Uuid::from_u128(9).into(), None, entry(other));
    server.app.cx.live.send(workspace.into(), None, entry(mine));
    let heard = next(&mut body).await.unwrap();
    assert!(
        heard.contains("event: time_entry") && heard.contains(&mine.to_string()),
        "{heard}"
    );

    server.app.stopping.cancel();
    assert_eq!(next(&mut body).await, None);
}
