//! The rules together: what leaves, what does not, and what callers are told.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use daybook_domain::clock::{ManualClock, MovableClock, SeededIds};
use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::error::{ErrorKind, Retry};
use crate::manifest::Limits;
use crate::session::{Credential, Session};

/// Answers from a script; remembers what was sent.
#[derive(Default)]
struct Script {
    answers: Mutex<Vec<Result<(u16, &'static str), TransportError>>>,
    seen: Mutex<Vec<http::Request<Bytes>>>,
}

impl Script {
    fn of(answers: &[Result<(u16, &'static str), TransportError>]) -> Arc<Self> {
        let mut answers = answers.to_vec();
        answers.reverse();
        Arc::new(Self {
            answers: Mutex::new(answers),
            seen: Mutex::default(),
        })
    }

    fn sent(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.seen.lock().unwrap().push(request);
        let (status, wait) = self
            .answers
            .lock()
            .unwrap()
            .pop()
            .unwrap_or(Ok((200, "")))?;
        let mut response = http::Response::builder().status(status);
        if !wait.is_empty() {
            response = response.header("retry-after", wait);
        }
        Ok(response.body(Bytes::from_static(b"{}")).unwrap())
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-21T08:00:00Z".parse().unwrap()))
}

fn egress(script: &Arc<Script>, clock: &Arc<ManualClock>) -> Egress {
    let limits = Limits {
        per_minute: 20,
        concurrent: 2,
        min_poll_minutes: 5,
    };
    let config = EgressConfig {
        limits: [("google".to_owned(), limits)].into(),
        ..EgressConfig::default()
    };
    Egress::with_transport(
        config,
        clock.clone(),
        Arc::new(SeededIds::new(1)),
        script.clone(),
    )
}

fn session(egress: &Egress) -> Session<'_> {
    let token = Credential::Bearer(SecretString::from("canary-token"));
    let api = "https://api.example/calendar/v3".to_owned();
    Session::new(
        egress,
        "google",
        "account".to_owned(),
        api,
        Some("https://id.example/me".to_owned()),
        token,
    )
}

fn get(url: &str) -> http::Request<Bytes> {
    http::Request::get(url).body(Bytes::new()).unwrap()
}

#[tokio::test]
async fn credentials_go_only_to_the_sessions_own_origins() {
    let (script, clock) = (Script::of(&[]), clock());
    let egress = egress(&script, &clock);
    let session = session(&egress);
    for evil in [
        "https://evil.example/calendar/v3",
        "https://api.example:8443/",
        "https://api.example.evil.example/",
    ] {
        let error = session.send(get(evil), CallOptions::API).await.unwrap_err();
        assert_eq!(
            (error.kind, error.retry),
            (ErrorKind::Blocked, Retry::No),
            "{evil}"
        );
    }
    assert_eq!((script.sent(), session.calls()), (0, 0));
    for own in [
        "https://api.example/x",
        "https://API.example:443/y",
        "https://id.example/me",
    ] {
        session.send(get(own), CallOptions::API).await.unwrap();
    }
    session
        .send_unpinned(get("https://other.example/"), CallOptions::API, false)
        .await
        .unwrap();
    assert_eq!((script.sent(), session.calls()), (4, 4));
    let seen = script.seen.lock().unwrap();
    for request in &seen[..3] {
        assert_eq!(request.headers()["authorization"], "Bearer canary-token");
        assert!(request.headers()["authorization"].is_sensitive());
    }
    assert!(seen[3].headers().get("authorization").is_none());
}

#[tokio::test]
async fn basic_credentials_replace_what_the_request_holds() {
    let (script, clock) = (Script::of(&[]), clock());
    let egress = egress(&script, &clock);
    let mut session = session(&egress);
    session.credential = Credential::Basic {
        username: "ada".to_owned(),
        password: SecretString::from("pä:ss"),
    };
    let mut request = get("https://api.example/");
    request
        .headers_mut()
        .insert("authorization", "Bearer stale".parse().unwrap());
    session.send(request, CallOptions::API).await.unwrap();
    assert_eq!(
        script.seen.lock().unwrap()[0].headers()["authorization"],
        "Basic YWRhOnDDpDpzcw=="
    );
}

#[tokio::test]
async fn a_broken_connection_is_tried_again_once_and_only_when_harmless() {
    let broken = Err(TransportError::Reset);
    let (script, clock) = (
        Script::of(&[broken, Ok((200, "")), broken, broken, broken]),
        clock(),
    );
    let egress = egress(&script, &clock);
    let session = session(&egress);
    assert!(
        session
            .send(get("https://api.example/"), CallOptions::API)
            .await
            .is_ok()
    );
    assert_eq!(session.calls(), 2);
    let error = session
        .send(get("https://api.example/"), CallOptions::API)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.retry, session.calls()),
        (ErrorKind::Unavailable, Retry::Soon, 4)
    );
    session
        .send(
            get("https://api.example/"),
            CallOptions::API.not_idempotent(),
        )
        .await
        .unwrap_err();
    assert_eq!(session.calls(), 5);
}

#[tokio::test]
async fn a_pause_the_provider_asked_for_is_kept() {
    let (script, clock) = (
        Script::of(&[Ok((429, "Sat, 21 Nov 2026 09:00:00 GMT"))]),
        clock(),
    );
    let egress = egress(&script, &clock);
    let session = session(&egress);
    let answer = session
        .send(get("https://api.example/"), CallOptions::API)
        .await
        .unwrap();
    assert_eq!(
        retry_after(answer.headers()),
        Some(Duration::from_secs(3600))
    );
    clock.advance(SignedDuration::from_mins(59));
    let error = session
        .send(get("https://api.example/"), CallOptions::API)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.retry),
        (
            ErrorKind::RateLimited,
            Retry::After(Duration::from_secs(60))
        )
    );
    assert_eq!(session.calls(), 1);
    clock.advance(SignedDuration::from_secs(60));
    assert!(
        session
            .send(get("https://api.example/"), CallOptions::API)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_minute_limit_is_ours_to_keep() {
    let (script, clock) = (Script::of(&[]), clock());
    let egress = egress(&script, &clock);
    let session = session(&egress);
    let mut refused = 0;
    for _ in 0..30 {
        refused += u32::from(
            session
                .send(get("https://api.example/"), CallOptions::API)
                .await
                .is_err(),
        );
    }
    assert_eq!((session.calls(), refused), (20, 10));
}

#[tokio::test]
async fn an_outage_costs_few_requests_and_refusals_none() {
    let failing: Vec<_> = (0..2000).map(|_| Ok((503, ""))).collect();
    let (script, clock) = (Script::of(&failing), clock());
    let egress = egress(&script, &clock);
    let call = |_| Call {
        provider: "google",
        account: None,
        options: CallOptions::API,
        sent: None,
    };
    // A day of one attempt every half minute.
    for n in 0..2880 {
        let outcome = egress.send(get("https://api.example/"), call(n)).await;
        if let Err(error) = outcome {
            assert_eq!(error.kind, ErrorKind::Unavailable);
            assert!(matches!(error.retry, Retry::After(_)));
        }
        clock.advance(SignedDuration::from_secs(30));
    }
    assert!(script.sent() < 2880 / 5, "{} requests", script.sent());
    assert!(!egress.open_circuits().is_empty());
    clock.advance(SignedDuration::from_mins(11));
    script.answers.lock().unwrap().clear();
    for n in 0..50 {
        assert!(
            egress
                .send(get("https://api.example/"), call(n))
                .await
                .is_ok()
        );
    }
    assert_eq!(egress.circuit("api.example"), CircuitState::Closed);
    *script.answers.lock().unwrap() = (0..50).map(|_| Ok((403, ""))).collect();
    for n in 0..50 {
        assert!(
            egress
                .send(get("https://api.example/"), call(n))
                .await
                .is_ok()
        );
    }
    assert_eq!(egress.circuit("api.example"), CircuitState::Closed);
}

/// Answers everything with a page for people.
struct Pages;

#[async_trait]
impl Transport for Pages {
    async fn send(
        &self,
        _: http::Request<Bytes>,
        _: TransportLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let page = http::Response::builder().header("content-type", "text/html; charset=utf-8");
        Ok(page.body(Bytes::from_static(b"<html>")).unwrap())
    }
}

#[tokio::test]
async fn a_page_for_people_where_data_is_expected_is_an_outage() {
    let egress = Egress::with_transport(
        EgressConfig::default(),
        clock(),
        Arc::new(SeededIds::new(1)),
        Arc::new(Pages),
    );
    let caldav = CallOptions::CALDAV;
    for (host, options, open) in [
        ("server.example", caldav, true),
        // Somebody types the address of a website, again and again.
        ("website.example", caldav.to_anything(), false),
        ("webhook.example", CallOptions::API, false),
    ] {
        let call = Call {
            provider: "caldav",
            account: None,
            options,
            sent: None,
        };
        for _ in 0..10 {
            let sent = egress.send(get(&format!("https://{host}/")), call).await;
            assert!(sent.is_ok() || open, "{host}");
        }
        assert_eq!(egress.circuit(host) != CircuitState::Closed, open, "{host}");
    }
}

// The network, on loopback only.

/// Answers DNS queries from a list, one answer per query, the last for ever.
struct Stub {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Stub {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |set: &&[&str]| set.iter().map(|ip| ip.parse().unwrap()).collect();
        Arc::new(Self {
            answers: answers.iter().map(parse).collect(),
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Resolver for Stub {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.answers[n.min(self.answers.len() - 1)].clone())
    }
}

/// Listens on every address of this machine and counts who connects.
struct Canary {
    port: u16,
    hits: Arc<AtomicU32>,
}

impl Canary {
    async fn start(answer: &'static [u8]) -> Self {
        let any = TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).await;
        let listener = match any {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap(),
        };
        let port = listener.local_addr().unwrap().port();
        let hits = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&hits);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut buffer = [0; 2048];
                    let _ = stream.read(&mut buffer).await;
                    let _ = stream.write_all(answer).await;
                });
            }
        });
        Self { port, hits }
    }

    fn hits(&self) -> u32 {
        self.hits.load(Ordering::SeqCst)
    }
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

fn real(config: EgressConfig, resolver: Arc<dyn Resolver>) -> Egress {
    let network = Network::new(&config, resolver).unwrap();
    let ids = Arc::new(SeededIds::new(7));
    Egress::with_transport(
        config,
        Arc::new(MovableClock::new()),
        ids,
        Arc::new(network),
    )
}

fn open() -> EgressConfig {
    EgressConfig {
        allow_private: true,
        ..EgressConfig::default()
    }
}

async fn kind_of(egress: &Egress, url: &str) -> Option<ErrorKind> {
    static SENT: AtomicU64 = AtomicU64::new(0);
    let Ok(request) = http::Request::get(url).body(Bytes::new()) else {
        return Some(ErrorKind::Blocked);
    };
    let options = CallOptions {
        timeout: Duration::from_secs(2),
        max_body: 1 << 20,
        ..CallOptions::API
    };
    let call = Call {
        provider: "caldav",
        account: None,
        options,
        sent: Some(&SENT),
    };
    egress
        .send(request, call)
        .await
        .err()
        .map(|error| error.kind)
}

/// A blocked IPv4 address that is likely to reach this machine or its network if connected to.
fn blocked_v4(ids: &SeededIds) -> Ipv4Addr {
    let mut b = [0; 4];
    ids.fill(&mut b);
    let [pick, x, y, z] = b;
    match pick % 10 {
        0..=3 => Ipv4Addr::new(127, x, y, z),
        4 => Ipv4Addr::new(10, x, y, z),
        5 => Ipv4Addr::new(172, 16 + x % 16, y, z),
        6 => Ipv4Addr::new(192, 168, y, z),
        7 => Ipv4Addr::new(169, 254, y, z),
        8 => Ipv4Addr::new(100, 64 + x % 64, y, z),
        _ => Ipv4Addr::new(0, 0, 0, 0),
    }
}

/// One of the ways to write it.
fn written(v4: Ipv4Addr, style: u32) -> String {
    let [a, b, c, d] = v4.octets();
    let n = u32::from(v4);
    let (hi, lo) = (n >> 16, n & 0xffff);
    match style % 12 {
        0 => v4.to_string(),
        1 => n.to_string(),
        2 => format!("0x{n:x}"),
        3 => format!("0{n:o}"),
        4 => format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        5 => format!("0x{a:x}.{b}.0{c:o}.{d}"),
        6 => format!("{a}.{}", n & 0x00ff_ffff),
        7 => format!("{a}.{b}.{}", n & 0xffff),
        8 => format!("[::ffff:{hi:x}:{lo:x}]"),
        9 => format!("[64:ff9b::{hi:x}:{lo:x}]"),
        10 => format!("[2002:{hi:x}:{lo:x}::1]"),
        _ => format!("[::{hi:x}:{lo:x}]"),
    }
}

#[tokio::test]
async fn ten_thousand_blocked_urls_reach_no_listener() {
    let canary = Canary::start(OK).await;
    let stub = Stub::of(&[&["127.0.0.1", "::1", "::ffff:127.0.0.1"]]);
    let strict = real(EgressConfig::default(), stub);
    let ids = SeededIds::new(42);
    for n in 0..10_000 {
        let host = match n % 13 {
            12 => format!("host{n}.rebind.example"),
            style => written(blocked_v4(&ids), style),
        };
        let url = format!("https://{host}:{}/path?n={n}", canary.port);
        assert_eq!(
            kind_of(&strict, &url).await,
            Some(ErrorKind::Blocked),
            "{url}"
        );
    }
    for host in [
        "[::1]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[::]",
        "localhost",
        "LOCALHOST.",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
    ] {
        let url = format!("https://{host}:{}/", canary.port);
        assert_eq!(
            kind_of(&strict, &url).await,
            Some(ErrorKind::Blocked),
            "{url}"
        );
    }
    assert_eq!(canary.hits(), 0);

    // The control: without the guard the same listener is reached.
    let open = real(open(), Stub::of(&[&["127.0.0.1"]]));
    assert_eq!(
        kind_of(&open, &format!("http://127.0.0.1:{}/", canary.port)).await,
        None
    );
    assert_eq!(
        kind_of(&open, &format!("http://name.example:{}/", canary.port)).await,
        None
    );
    assert_eq!(canary.hits(), 2);
}

#[tokio::test]
async fn the_checked_address_is_the_one_connected_to() {
    let canary = Canary::start(OK).await;
    // 127.0.0.9 stands for a public address, 127.0.0.1 for the inside.
    let lan = EgressConfig {
        allow_cidrs: vec!["127.0.0.9/32".parse().unwrap()],
        ..EgressConfig::default()
    };
    let flip = Stub::of(&[&["127.0.0.9"], &["127.0.0.1"]]);
    let strict = real(lan, flip.clone());
    let url = format!("https://flip.example:{}/", canary.port);
    // Reached, but it speaks no TLS.
    assert_eq!(kind_of(&strict, &url).await, Some(ErrorKind::Unavailable));
    let reached = canary.hits();
    assert!(reached >= 1);
    for _ in 0..3 {
        assert_eq!(kind_of(&strict, &url).await, Some(ErrorKind::Blocked));
    }
    assert!(
        flip.asked.load(Ordering::SeqCst) >= 4,
        "every connection resolves and filters anew"
    );
    assert_eq!(canary.hits(), reached);
}

#[tokio::test]
async fn of_mixed_answers_only_the_allowed_ones_are_used() {
    let canary = Canary::start(OK).await;
    let lan = EgressConfig {
        allow_cidrs: vec!["127.0.0.9/32".parse().unwrap()],
        ..EgressConfig::default()
    };
    let strict = real(
        lan,
        Stub::of(&[&["127.0.0.1", "10.0.0.1", "127.0.0.9", "::1"]]),
    );
    // The allowed one is reached (and speaks no TLS); nothing else is tried.
    let kind = kind_of(&strict, &format!("https://mixed.example:{}/", canary.port)).await;
    assert_eq!(kind, Some(ErrorKind::Unavailable));
    assert_eq!(canary.hits(), 1);
}

#[tokio::test]
async fn redirects_are_answers_and_bodies_are_bounded() {
    let target = Canary::start(OK).await;
    let location = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{}/\r\ncontent-length: 0\r\n\r\n",
        target.port
    );
    let redirecting = Canary::start(Box::leak(location.into_bytes().into_boxed_slice())).await;
    let egress = real(open(), Arc::new(SystemResolver));
    assert_eq!(
        kind_of(&egress, &format!("http://127.0.0.1:{}/", redirecting.port)).await,
        None
    );
    assert_eq!((redirecting.hits(), target.hits()), (1, 0));

    let long = Canary::start(b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n").await;
    assert_eq!(
        kind_of(&egress, &format!("http://127.0.0.1:{}/", long.port)).await,
        Some(ErrorKind::Malformed)
    );
    let cut = Canary::start(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"items\":").await;
    assert_eq!(
        kind_of(&egress, &format!("http://127.0.0.1:{}/", cut.port)).await,
        Some(ErrorKind::Unavailable)
    );
    assert_eq!(cut.hits(), 2, "an idempotent call is repeated once");
}

#[tokio::test]
async fn a_body_that_drips_ends_with_the_time_allowed() {
    // Promises a body and never sends the rest; the connection stays open as long as the canary's task.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 2048];
            let _ = stream.read(&mut request).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{")
                .await;
            open.push(stream);
        }
    });
    let egress = real(open(), Arc::new(SystemResolver));
    let options = CallOptions {
        timeout: Duration::from_millis(200),
        ..CallOptions::API
    };
    let call = Call {
        provider: "caldav",
        account: None,
        options,
        sent: None,
    };
    let started = std::time::Instant::now();
    let error = egress
        .send(get(&format!("http://127.0.0.1:{port}/")), call)
        .await
        .unwrap_err();
    assert_eq!(error.code.as_deref(), Some("timeout"));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn compressed_answers_arrive_inflated_and_bombs_do_not() {
    let answer = |body: &[u8]| -> &'static [u8] {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, body).unwrap();
        let zipped = encoder.finish().unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            zipped.len()
        );
        Box::leak([head.as_bytes(), &zipped].concat().into_boxed_slice())
    };
    let egress = real(open(), Arc::new(SystemResolver));
    let call = Call {
        provider: "google",
        account: None,
        options: CallOptions::API,
        sent: None,
    };
    let honest = Canary::start(answer(b"{\"items\":[]}")).await;
    let request = get(&format!("http://127.0.0.1:{}/", honest.port));
    let response = egress.send(request, call).await.unwrap();
    assert_eq!(response.body().as_ref(), b"{\"items\":[]}");
    assert!(response.headers().get("content-encoding").is_none());
    let bomb = Canary::start(answer(&vec![0; 64 << 20])).await;
    let request = get(&format!("http://127.0.0.1:{}/", bomb.port));
    let error = egress.send(request, call).await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Malformed, Some("too_large"))
    );
}

#[tokio::test]
async fn bare_hosts_still_know_authorities() {
    let none = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let known = none.filter_map(|der| reqwest::Certificate::from_der(der).ok());
    assert!(known.count() > 100);
    let missing = EgressConfig {
        extra_ca_file: Some("/does/not/exist.pem".into()),
        ..EgressConfig::default()
    };
    let error = Network::new(&missing, Arc::new(SystemResolver))
        .err()
        .unwrap();
    assert!(error.to_string().contains("SSL_CERT_FILE"));
    let proxied = EgressConfig {
        proxy: Some("http://proxy.example:3128".to_owned()),
        ..EgressConfig::default()
    };
    assert!(Network::new(&proxied, Arc::new(SystemResolver)).is_ok());
}

/// Speaks TLS as dav.example, with a certificate of a test authority; answers one request per connection.
fn secure_server() -> u16 {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use std::io::{Read as _, Write as _};

    let certificate =
        CertificateDer::from_pem_slice(include_bytes!("fixtures/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("fixtures/server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((tcp, _)) = listener.accept() {
            let session = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(session, tcp);
            let mut request = [0; 2048];
            if stream.read(&mut request).is_ok() {
                let _ = stream.write_all(OK);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

#[tokio::test]
async fn certificates_are_checked_and_the_operators_authority_counts() {
    let port = secure_server();
    let own = EgressConfig {
        extra_ca_file: Some(
            concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/src/egress/fixtures/authority.pem"
            )
            .into(),
        ),
        allow_cidrs: vec!["127.0.0.0/8".parse().unwrap()],
        ..EgressConfig::default()
    };
    let strange = EgressConfig {
        extra_ca_file: None,
        ..own.clone()
    };
    let code = async |config: &EgressConfig, host: &str| {
        let egress = real(config.clone(), Stub::of(&[&["127.0.0.1"]]));
        let call = Call {
            provider: "caldav",
            account: None,
            options: CallOptions::CALDAV,
            sent: None,
        };
        let request = get(&format!("https://{host}:{port}/"));
        egress
            .send(request, call)
            .await
            .err()
            .and_then(|error| error.code)
    };
    assert_eq!(code(&own, "dav.example").await, None);
    assert_eq!(code(&own, "other.example").await.as_deref(), Some("tls"));
    assert_eq!(code(&strange, "dav.example").await.as_deref(), Some("tls"));
}
