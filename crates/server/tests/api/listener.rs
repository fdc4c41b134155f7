//! The accept loop against clients that are slow on purpose, over real sockets. Each case has a control: without the limit,
//! the connection stays open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use daybook_server::listener::{Limits, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

const SHORT: Duration = Duration::from_millis(150);
/// How long a slow request takes: longer than anything that should not be noticed.
const SLOW: Duration = Duration::from_millis(1_500);
const LONG: Duration = Duration::from_secs(600);
/// Longer than any short limit: what a control stays open for.
const WHILE: Duration = Duration::from_millis(900);
/// What is waited for, at most: far longer than it takes, for machines that are busy with something else.
const PATIENCE: Duration = Duration::from_secs(60);

fn unlimited() -> Limits {
    Limits {
        header: LONG,
        body: LONG,
        body_grace: LONG,
        idle: LONG,
        write: LONG,
        ..Limits::default()
    }
}

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    /// Told when a slow request is being answered.
    busy: Arc<Notify>,
}

async fn start(limits: Limits) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let busy = Arc::new(Notify::new());
    let told = busy.clone();
    let router = Router::new()
        .route("/", get(async || "hello"))
        .route("/echo", post(async |body: String| body))
        .route(
            "/slow",
            get(async move || {
                told.notify_one();
                tokio::time::sleep(SLOW).await;
                "done"
            }),
        );
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(serve(listener, router, limits, async move {
        let _ = stopped.await;
    }));
    Running {
        address,
        stop,
        task,
        busy,
    }
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpSocket::new_v4().unwrap().connect(address).await.unwrap()
}

/// How long to wait for what is expected to happen, or not to.
const fn within(expected: bool) -> Duration {
    if expected { PATIENCE } else { WHILE }
}

/// Whether the server closes the connection, and what it said before. Where it is not expected to, only a while is waited.
async fn closes(stream: &mut TcpStream, expected: bool) -> (bool, String) {
    let mut said = Vec::new();
    let closed = timeout(within(expected), async {
        let mut buffer = [0; 1024];
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            said.extend_from_slice(&buffer[..count]);
        }
    });
    (
        closed.await.is_ok(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    for (header, expected) in [(SHORT, true), (LONG, false)] {
        let server = start(Limits {
            header,
            ..unlimited()
        })
        .await;
        let mut stream = connect(server.address).await;
        assert_eq!(
            closes(&mut stream, expected).await.0,
            expected,
            "header limit {header:?}"
        );
    }
}

#[tokio::test]
async fn headers_that_drip_are_cut_off() {
    for (header, expected) in [(SHORT, true), (LONG, false)] {
        let server = start(Limits {
            header,
            ..unlimited()
        })
        .await;
        let (mut reader, mut writer) = connect(server.address).await.into_split();
        let drip = tokio::spawn(async move {
            let _ = writer.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await;
            while writer.write_all(b"X-A: b\r\n").await.is_ok() {
                tokio::time::sleep(SHORT / 5).await;
            }
        });
        let mut buffer = [0; 256];
        let ended = timeout(within(expected), reader.read(&mut buffer))
            .await
            .is_ok();
        assert_eq!(ended, expected, "header limit {header:?}");
        drip.abort();
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    for (body, expected) in [(SHORT, true), (LONG, false)] {
        let server = start(Limits {
            body,
            ..unlimited()
        })
        .await;
        let mut stream = connect(server.address).await;
        stream
            .write_all(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            .await
            .unwrap();
        let (closed, said) = closes(&mut stream, expected).await;
        assert_eq!(
            closed || !said.is_empty(),
            expected,
            "body limit {body:?}: {said}"
        );
        assert!(!said.contains("200 OK"), "{said}");
    }
}

/// Sends `pieces` bytes one by one, `pause` apart; what the server said in the end.
async fn drips_a_body(address: SocketAddr, pieces: usize, pause: Duration) -> String {
    let (mut reader, mut writer) = connect(address).await.into_split();
    let head = format!(
        "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {pieces}\r\n\r\n"
    );
    let drip = tokio::spawn(async move {
        let _ = writer.write_all(head.as_bytes()).await;
        for _ in 0..pieces {
            if writer.write_all(b"a").await.is_err() {
                break;
            }
            tokio::time::sleep(pause).await;
        }
        writer
    });
    let mut said = Vec::new();
    let _ = timeout(PATIENCE * 3, reader.read_to_end(&mut said)).await;
    drip.abort();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_body_that_drips_is_cut_off_once_it_is_behind() {
    let pause = Duration::from_millis(20);
    // Forty bytes in 0.8 s, with bytes coming all the time: 50 B/s. The last row is the control: no rate asked for.
    for (rate, grace, expected) in [(1024, SHORT, true), (10, SHORT, false), (0, LONG, false)] {
        let server = start(Limits {
            body_rate: rate,
            body_grace: grace,
            ..unlimited()
        })
        .await;
        let began = Instant::now();
        let said = drips_a_body(server.address, 40, pause).await;
        let cut = !said.starts_with("HTTP/1.1 200");
        assert_eq!(cut, expected, "rate {rate}, grace {grace:?}: {said}");
        if expected {
            assert!(began.elapsed() < pause * 40, "only after all of it came");
        }
    }
}

#[tokio::test]
async fn a_sender_is_not_blamed_for_a_server_that_takes_its_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let late = async |request: axum::extract::Request| {
        tokio::time::sleep(SHORT * 3).await;
        let body = axum::body::to_bytes(request.into_body(), 1 << 20).await;
        body.map(|body| body.len().to_string())
            .unwrap_or_else(|_| "cut off".into())
    };
    let router = Router::new().route("/late", post(late));
    let limits = Limits {
        body_grace: SHORT,
        ..Limits::default()
    };
    tokio::spawn(serve(listener, router, limits, std::future::pending()));
    let mut stream = connect(address).await;
    let body = "x".repeat(100);
    let head = "POST /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200\r\n\r\n";
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .await
        .unwrap();
    // The rest comes when the server has begun to read.
    tokio::time::sleep(SHORT * 3 + SHORT / 3).await;
    stream.write_all(body.as_bytes()).await.unwrap();
    let (_, said) = closes(&mut stream, true).await;
    assert!(said.ends_with("200"), "{said}");
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_a_while_and_serves_several_requests_before() {
    // Longer than this client takes between two requests, on any machine.
    for (idle, expected) in [(SLOW * 3, true), (LONG, false)] {
        let server = start(Limits {
            header: SLOW,
            idle,
            ..unlimited()
        })
        .await;
        let mut stream = connect(server.address).await;
        for path in ["/", "/slow", "/"] {
            stream
                .write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes())
                .await
                .unwrap();
            let mut buffer = [0; 1024];
            let count = timeout(PATIENCE, stream.read(&mut buffer))
                .await
                .unwrap()
                .unwrap();
            assert!(
                String::from_utf8_lossy(&buffer[..count]).starts_with("HTTP/1.1 200"),
                "{path}"
            );
        }
        let closed = closes(&mut stream, expected).await.0;
        assert_eq!(closed, expected, "idle limit {idle:?}");
    }
}

#[tokio::test]
async fn too_many_or_too_large_headers_are_refused() {
    let server = start(Limits::default()).await;
    let many: String = (0..150)
        .map(|number| format!("X-{number}: y\r\n"))
        .collect();
    let large = format!("X-Large: {}\r\n", "y".repeat(80_000));
    for headers in [many, large] {
        let mut stream = connect(server.address).await;
        let _ = stream
            .write_all(format!("GET / HTTP/1.1\r\nHost: x\r\n{headers}\r\n").as_bytes())
            .await;
        let (_, said) = closes(&mut stream, true).await;
        assert!(
            said.is_empty() || said.starts_with("HTTP/1.1 431"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn at_the_cap_others_wait_their_turn() {
    let server = start(Limits {
        connections: 2,
        header: SHORT * 2,
        ..unlimited()
    })
    .await;
    let began = Instant::now();
    let _held = (connect(server.address).await, connect(server.address).await);
    let mut third = connect(server.address).await;
    third
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let (_, said) = closes(&mut third, true).await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(
        began.elapsed() >= SHORT,
        "the silent ones were cut off first"
    );
}

#[tokio::test]
async fn shutdown_lets_answers_finish_and_takes_no_new_ones() {
    let server = start(unlimited()).await;
    let mut stream = connect(server.address).await;
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    timeout(PATIENCE, server.busy.notified()).await.unwrap();
    server.stop.send(()).unwrap();
    let (closed, said) = closes(&mut stream, true).await;
    assert!(
        closed && said.starts_with("HTTP/1.1 200") && said.ends_with("done"),
        "{said}"
    );
    timeout(PATIENCE, server.task).await.unwrap().unwrap();
    assert!(
        TcpSocket::new_v4()
            .unwrap()
            .connect(server.address)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    let server = start(Limits {
        drain: SHORT,
        ..unlimited()
    })
    .await;
    let mut stream = connect(server.address).await;
    stream
        .write_all(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(SHORT / 5).await;
    server.stop.send(()).unwrap();
    timeout(PATIENCE, server.task).await.unwrap().unwrap();
}
