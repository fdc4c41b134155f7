//! Socket Mode: a server on loopback stands in for Slack, and what arrives over the socket does what it does over HTTP.

use std::sync::Arc;
use std::time::Duration;

use daybook_domain::connection::Status;
use daybook_engine::Context;
use daybook_engine::slack::{socket, status};
use daybook_provider_api::Egress;
use daybook_provider_api::egress::{
    EgressConfig, Network, SystemResolver, Transport, TransportError, TransportLimits,
};
use daybook_testkit::World;
use daybook_testkit::slack_stub::{self as stub, Says, SlackStub, TEAM};
use futures::{SinkExt, StreamExt};
use http::{HeaderMap, Request, Response};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::slack::{entries_of, time};
use crate::slack_again::{allow, refuse};

/// Calls go to the stand-in, sockets over the network.
struct Both(SlackStub, Network);

#[async_trait::async_trait]
impl Transport for Both {
    async fn send(
        &self,
        request: Request<bytes::Bytes>,
        limits: TransportLimits,
    ) -> Result<Response<bytes::Bytes>, TransportError> {
        self.0.send(request, limits).await
    }

    async fn upgrade(
        &self,
        request: Request<bytes::Bytes>,
        limits: TransportLimits,
    ) -> Result<(HeaderMap, daybook_provider_api::egress::Duplex), TransportError> {
        self.1.upgrade(request, limits).await
    }
}

async fn accepted(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let wait = Duration::from_secs(60);
    let (stream, _) = tokio::time::timeout(wait, listener.accept())
        .await
        .unwrap()
        .unwrap();
    tokio_tungstenite::accept_async(stream).await.unwrap()
}

async fn say(socket: &mut WebSocketStream<TcpStream>, message: &Value) {
    socket
        .send(Message::text(message.to_string()))
        .await
        .unwrap();
}

async fn hear(socket: &mut WebSocketStream<TcpStream>) -> Value {
    let wait = Duration::from_secs(60);
    loop {
        let heard = tokio::time::timeout(wait, socket.next())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        if let Message::Text(text) = heard {
            return serde_json::from_str(text.as_str()).unwrap();
        }
    }
}

fn listening(world: &World, port: u16, private: bool) -> (Context, SlackStub) {
    let api = format!("http://127.0.0.1:{port}/api");
    let (cx, slack) = SlackStub::with(world, &[("SLACK_APP_TOKEN", "xapp-1")]);
    let (own, _) = SlackStub::with(
        world,
        &[("SLACK_APP_TOKEN", "xapp-1"), ("SLACK_API_URL", &api)],
    );
    let config = EgressConfig {
        allow_private: private,
        ..EgressConfig::default()
    };
    let network = Network::new(&config, Arc::new(SystemResolver)).unwrap();
    let both = Arc::new(Both(slack.clone(), network));
    let config = config.for_registry(&cx.registry);
    let egress = Egress::with_transport(config, cx.clock.clone(), cx.ids.clone(), both);
    // The addresses are the stand-in's; the adapter knows that sockets may be on loopback.
    let client = cx.registry.get("slack").unwrap().client.clone();
    let mut entry = own.registry.get("slack").unwrap().clone();
    entry.client = client;
    let cx = Context {
        egress: Arc::new(egress),
        registry: Arc::new(daybook_provider_api::Registry::default().with(entry)),
        ..cx
    };
    (cx, slack)
}

#[tokio::test]
async fn what_arrives_over_the_socket_is_answered_and_done() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let world = World::builder().build().await.unwrap();
    let (cx, slack) = listening(&world, port, true);
    let ada = world.owner("ada").await;
    stub::install(&cx, &ada).await.unwrap();
    for _ in 0..4 {
        let url = json!({"ok": true, "url": format!("ws://127.0.0.1:{port}/link?ticket=1")});
        slack.next("apps.connections.open", Says::Json(url));
    }
    let stop = CancellationToken::new();
    let task = tokio::spawn(socket::listen(cx.clone(), stop.clone()));
    let mut one = accepted(&listener).await;
    say(&mut one, &json!({"type": "hello"})).await;
    one.send(Message::Ping("x".into())).await.unwrap();
    let command = json!({"envelope_id": "e1", "type": "slash_commands", "accepts_response_payload": true, "payload":
        {"team_id": TEAM, "user_id": "U1", "command": "/time", "text": "1h: By socket", "trigger_id": "t1"}});
    say(&mut one, &command).await;
    let answer = hear(&mut one).await;
    assert_eq!(answer["envelope_id"], "e1");
    assert_eq!(
        answer["payload"]["text"],
        "Time entry created: 1 h - By socket"
    );
    // Sent again: the same answer, no second entry.
    say(&mut one, &command).await;
    assert_eq!(hear(&mut one).await, answer);
    assert_eq!(entries_of(&cx, &ada).await.len(), 1);
    // What makes no sense is acknowledged and does no harm.
    for (id, kind, payload) in [
        ("e2", "slash_commands", json!({})),
        ("e3", "interactive", json!({"type": "x"})),
        ("e4", "new", json!(1)),
    ] {
        say(
            &mut one,
            &json!({"envelope_id": id, "type": kind, "payload": payload}),
        )
        .await;
        assert_eq!(hear(&mut one).await, json!({"envelope_id": id}));
    }
    one.send(Message::text("not json")).await.unwrap();
    // Slack asks for a new connection, and one that breaks is made anew.
    say(
        &mut one,
        &json!({"type": "disconnect", "reason": "refresh_requested"}),
    )
    .await;
    let mut two = accepted(&listener).await;
    let event = json!({"envelope_id": "e5", "type": "events_api", "payload": {"type": "event_callback", "team_id": TEAM,
        "event_id": "Ev1", "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}}});
    say(&mut two, &event).await;
    assert_eq!(hear(&mut two).await, json!({"envelope_id": "e5"}));
    drop(two);
    let mut three = accepted(&listener).await;
    let click = json!({"envelope_id": "e6", "type": "interactive", "payload": stub::click("U1", "time_entry_delete",
        &entries_of(&cx, &ada).await[0].id.to_string(), "1")});
    say(&mut three, &click).await;
    assert_eq!(hear(&mut three).await, json!({"envelope_id": "e6"}));
    assert!(entries_of(&cx, &ada).await.is_empty());
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(60), task)
        .await
        .unwrap()
        .unwrap();
    let asked = slack.calls();
    let opened = asked
        .iter()
        .filter(|call| call.method == "apps.connections.open");
    assert!(opened.clone().count() >= 3 && opened.clone().all(|call| call.token == "xapp-1"));
}

#[tokio::test]
async fn what_failed_is_not_acknowledged_and_is_done_when_it_comes_again() {
    for world in World::on_all(World::builder()).await {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cx, slack) = listening(&world, port, true);
        let ada = world.owner("ada").await;
        stub::install(&cx, &ada).await.unwrap();
        let url = json!({"ok": true, "url": format!("ws://127.0.0.1:{port}/link?ticket=1")});
        slack.next("apps.connections.open", Says::Json(url));
        time(&cx, "U1", "1h: x", "t1").await;
        let id = entries_of(&cx, &ada).await[0].id.to_string();
        let connection = status::standing(&cx, &ada).await.unwrap().installations[0].connection_id;
        let stop = CancellationToken::new();
        let task = tokio::spawn(socket::listen(cx.clone(), stop.clone()));
        let mut one = accepted(&listener).await;
        say(&mut one, &json!({"type": "hello"})).await;

        let click = stub::click("U1", "time_entry_delete", &id, "1");
        let click = json!({"envelope_id": "e1", "type": "interactive", "payload": click});
        let gone = json!({"envelope_id": "e2", "type": "events_api", "payload": {"type": "event_callback", "team_id": TEAM,
            "event_id": "Ev1", "event": {"type": "app_uninstalled"}}});
        refuse(&cx, "DELETE", "time_entry").await;
        refuse(&cx, "UPDATE", "connection").await;
        say(&mut one, &click).await;
        say(&mut one, &gone).await;
        let silence = tokio::time::timeout(Duration::from_secs(1), hear(&mut one)).await;
        assert!(silence.is_err(), "{silence:?}");
        assert_eq!(entries_of(&cx, &ada).await.len(), 1);
        allow(&cx, "time_entry").await;
        allow(&cx, "connection").await;
        say(&mut one, &click).await;
        assert_eq!(hear(&mut one).await, json!({"envelope_id": "e1"}));
        assert!(entries_of(&cx, &ada).await.is_empty());
        say(&mut one, &gone).await;
        assert_eq!(hear(&mut one).await, json!({"envelope_id": "e2"}));
        let state = crate::connection(&world, &ada, connection).await.status;
        assert_eq!(state, Status::Disconnected);
        stop.cancel();
        task.await.unwrap();
    }
}

#[tokio::test]
async fn the_address_rules_hold_for_sockets_too() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let world = World::builder().build().await.unwrap();
    let (cx, _) = listening(&world, port, false);
    for url in [
        format!("ws://127.0.0.1:{port}/"),
        format!("wss://127.0.0.1:{port}/"),
        "wss://10.0.0.1/".into(),
        "wss://169.254.169.254/".into(),
        "https://x.example/".into(),
        "x".into(),
    ] {
        let error = cx.egress.listen(&url).await.err().unwrap();
        assert_eq!(
            error.kind,
            daybook_domain::connection::ErrorKind::Blocked,
            "{url}"
        );
    }
    // A web server is no socket.
    let (cx, _) = listening(&world, port, true);
    let serve = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(
            &mut stream,
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        )
        .await
        .unwrap();
        std::future::pending::<()>().await;
    });
    let error = cx
        .egress
        .listen(&format!("ws://127.0.0.1:{port}/"))
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, daybook_domain::connection::ErrorKind::Malformed);
    serve.abort();
}
