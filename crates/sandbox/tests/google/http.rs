//! Over a real socket: the faults that only exist there.

use std::time::Duration;

use daybook_sandbox::fault::{Fault, Rule};
use daybook_sandbox::google::Seed;
use daybook_sandbox::serve::serve;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::timeout;

use crate::client::{World, world};

/// Everything the server sent, and how the connection ended.
async fn raw(address: std::net::SocketAddr) -> (String, std::io::Result<()>) {
    ask(address, "/token", "none").await
}

async fn ask(
    address: std::net::SocketAddr,
    path: &str,
    token: &str,
) -> (String, std::io::Result<()>) {
    let mut stream = TcpSocket::new_v4().unwrap().connect(address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 1024];
    let end = loop {
        match stream.read(&mut buffer).await {
            Ok(0) => break Ok(()),
            Ok(n) => seen.extend_from_slice(&buffer[..n]),
            Err(error) => break Err(error),
        }
    };
    (String::from_utf8_lossy(&seen).into_owned(), end)
}

async fn listen(w: &World) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, w.router.clone()));
    address
}

fn script(w: &World, fault: Fault) {
    w.sim.desk().clear();
    w.sim.desk().add(Rule::on("/", fault));
}

#[tokio::test]
async fn resets_silence_and_torn_bodies_happen_on_the_wire() {
    let w = world(Seed::Demo);
    let address = listen(&w).await;
    let (text, end) = raw(address).await;
    assert!(text.starts_with("HTTP/1.1 405") && end.is_ok());
    for fault in [Fault::ResetBefore, Fault::ResetAfter] {
        script(&w, fault);
        let (text, end) = raw(address).await;
        assert!(text.is_empty());
        assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    }
    script(&w, Fault::DropResponse);
    assert!(
        timeout(Duration::from_millis(100), raw(address))
            .await
            .is_err()
    );
    // The last request may still be on its way when its client has given up.
    let arrived = timeout(Duration::from_secs(60), async {
        while w.sim.desk().stats().requests < 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    arrived.await.unwrap();
    assert_eq!(w.sim.desk().stats().requests, 4);
}

#[tokio::test]
async fn bodies_tear_and_drip_on_the_wire() {
    let w = world(Seed::Demo);
    let address = listen(&w).await;
    let path = "/calendar/v3/calendars/primary/events?maxResults=3";
    let (whole, end) = ask(address, path, &w.token).await;
    assert!(end.is_ok() && whole.ends_with('}'));
    script(&w, Fault::ResetMidBody);
    let (torn, end) = ask(address, path, &w.token).await;
    assert!(torn.contains("content-length") && torn.len() < whole.len() && torn.contains("{\""));
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    let bytes_per_second = 1_000_000;
    script(&w, Fault::Drip { bytes_per_second });
    let (dripped, end) = ask(address, "/calendar/v3/calendars/nobody/events", &w.token).await;
    assert!(end.is_ok() && dripped.contains("notFound") && dripped.ends_with('}'));
    script(
        &w,
        Fault::Drip {
            bytes_per_second: 1,
        },
    );
    let slow = timeout(Duration::from_millis(100), ask(address, path, &w.token)).await;
    assert!(slow.is_err(), "one byte a second takes a while");
    script(&w, Fault::Delay { ms: 20 });
    let (late, _) = ask(address, path, &w.token).await;
    assert_eq!(late.len(), whole.len());
}

#[tokio::test]
async fn the_whole_sandbox_starts_and_stops() {
    let running = daybook_sandbox::Sandbox::default()
        .start("127.0.0.1".parse().unwrap())
        .await
        .unwrap();
    let authority = running.google_base.strip_prefix("http://").unwrap();
    let (text, _) = raw(authority.parse().unwrap()).await;
    assert!(text.starts_with("HTTP/1.1 405"), "{text}");
    assert_ne!(running.google_base, running.caldav_base);
}
