//! Socket Mode over a real socket.

use std::time::Duration;

use daybook_sandbox::serve::serve;
use daybook_sandbox::slack::Disconnect;
use daybook_sandbox::slack::seed::ADA;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::kit::{World, world, world_with};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(w: &World) -> String {
    let got = w
        .call_as(
            "xapp-1-A0DAYBOOK1-sandbox",
            "apps.connections.open",
            json!({}),
        )
        .await;
    got.json()["url"].as_str().unwrap().to_owned()
}

async fn next(socket: &mut Socket) -> Value {
    let message = tokio::time::timeout(Duration::from_secs(10), socket.next())
        .await
        .unwrap();
    serde_json::from_str(message.unwrap().unwrap().to_text().unwrap()).unwrap()
}

#[tokio::test]
async fn commands_come_through_the_socket() {
    let w = world_with(|_| {}, |app| app.socket_mode = true);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    w.sim.configure(|config| config.public_url = Some(base));
    tokio::spawn(serve(listener, w.router.clone()));
    let url = open(&w).await;
    let (mut socket, _) = connect_async(&url).await.unwrap();
    let hello = next(&mut socket).await;
    assert_eq!(
        (&hello["type"], &hello["num_connections"]),
        (&json!("hello"), &json!(1))
    );
    assert!(connect_async(&url).await.is_err(), "a ticket works once");

    let sim = w.sim.clone();
    let typed = tokio::spawn(async move { sim.command(ADA, "2h: Review").await });
    let envelope = next(&mut socket).await;
    assert_eq!(
        (&envelope["type"], &envelope["payload"]["text"]),
        (&json!("slash_commands"), &json!("2h: Review"))
    );
    let answer = json!({"envelope_id": envelope["envelope_id"], "payload": {"text": "Done"}});
    socket
        .send(Message::text(answer.to_string()))
        .await
        .unwrap();
    assert_eq!(typed.await.unwrap().status, Some(200));
    assert_eq!(w.sim.messages(ADA)[0].text, "Done");

    w.sim.open_home(ADA).unwrap();
    let sim = w.sim.clone();
    let delivered = tokio::spawn(async move { sim.deliver().await });
    let envelope = next(&mut socket).await;
    assert_eq!(
        (&envelope["type"], &envelope["retry_attempt"]),
        (&json!("events_api"), &json!(0))
    );
    let answer = json!({"envelope_id": envelope["envelope_id"]});
    socket
        .send(Message::text(answer.to_string()))
        .await
        .unwrap();
    assert_eq!(delivered.await.unwrap(), 1);

    w.sim.disconnect(Disconnect::Warning);
    assert_eq!(next(&mut socket).await["reason"], "warning");
    w.sim.disconnect(Disconnect::RefreshRequested);
    assert_eq!(next(&mut socket).await["reason"], "refresh_requested");
    let end = socket.next().await;
    assert!(
        matches!(end, None | Some(Ok(Message::Close(_)) | Err(_))),
        "{end:?}"
    );
    w.clean();
}

#[tokio::test]
async fn without_a_socket_nobody_answers() {
    let w = world_with(|_| {}, |app| app.socket_mode = true);
    assert!(
        w.sim
            .command(ADA, "x")
            .await
            .failed
            .unwrap()
            .contains("operation_timeout")
    );
    assert_eq!(
        w.call("apps.connections.open", json!({})).await.error(),
        "not_allowed_token_type"
    );
    let other = world();
    let got = other
        .call_as(
            "xapp-1-A0DAYBOOK1-sandbox",
            "apps.connections.open",
            json!({}),
        )
        .await;
    assert_eq!(got.error(), "socket_mode_not_enabled");
}
