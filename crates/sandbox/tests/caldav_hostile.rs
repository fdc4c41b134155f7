//! Every hostile server does what its table row says, and is a correct server otherwise.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Read;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use base64::Engine as _;
use daybook_sandbox::caldav::hostile::{
    Attack, CANARY_UID, EvilListener, HostileCalDav, PASSWORD, Stage, USER, attacks,
};
use daybook_sandbox::caldav::{CalDavSim, Profile};
use daybook_sandbox::clock::ManualClock;
use daybook_sandbox::fault::TransportFault;
use daybook_sandbox::serve::serve;
use http::Request;
use http::Response;
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

const EVIL: &str = "http://127.0.0.1:6666";
const SYNC: &str = "<d:sync-collection xmlns:d=\"DAV:\"><d:sync-token/><d:sync-level>1</d:sync-level>\
    <d:prop><d:getetag/></d:prop></d:sync-collection>";

fn server(name: &str) -> HostileCalDav {
    let attack = *attacks().iter().find(|attack| attack.name == name).unwrap();
    armed(attack)
}

fn armed(attack: Attack) -> HostileCalDav {
    let clock = Arc::new(ManualClock::at("2026-06-01T08:00:00Z".parse().unwrap()));
    HostileCalDav::new(attack, clock, EVIL).unwrap()
}

async fn ask(router: Router, method: &str, path: &str, body: &str) -> Response<Body> {
    let token = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let request = Request::builder()
        .method(method)
        .uri(format!("http://dav.test{path}"))
        .header("depth", "0")
        .header("authorization", format!("Basic {token}"))
        .body(Body::from(body.to_owned()))
        .unwrap();
    router.oneshot(request).await.unwrap()
}

/// The request of a client at this stage.
async fn provoke(server: &HostileCalDav, stage: Stage) -> Response<Body> {
    const FIND: &str =
        "<d:propfind xmlns:d=\"DAV:\"><d:prop><d:resourcetype/></d:prop></d:propfind>";
    let (principal, home) = server.sim().paths_of(USER).unwrap();
    let router = server.router();
    let canary = format!("{}canary.ics", server.calendar());
    match stage {
        Stage::Discovery => ask(router, "PROPFIND", "/", FIND).await,
        Stage::Principal => ask(router, "PROPFIND", &principal, FIND).await,
        Stage::CalendarList => ask(router, "PROPFIND", &home, FIND).await,
        Stage::Sync => ask(router, "REPORT", server.calendar(), SYNC).await,
        Stage::Objects => ask(router, "GET", &canary, "").await,
    }
}

async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Counts a body without keeping it.
async fn length(response: Response<Body>) -> u64 {
    let mut body = response.into_body();
    let mut total = 0;
    while let Some(frame) = body.frame().await {
        total += frame
            .unwrap()
            .into_data()
            .map_or(0, |data| data.len() as u64);
    }
    total
}

#[tokio::test]
async fn there_are_enough_attacks_and_each_strikes_at_its_stage() {
    assert!(attacks().len() >= 25);
    let mut names: Vec<_> = attacks().iter().map(|attack| attack.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), attacks().len(), "names are unique");
    for attack in attacks() {
        let server = armed(*attack);
        drop(provoke(&server, attack.stage).await);
        let planted = server.sim().snapshot(server.calendar()).len() == 2;
        assert_eq!(server.strikes() == 1, !planted, "{}", attack.name);
        server.set_armed(false);
        if !planted {
            let answer = provoke(&server, attack.stage).await;
            assert!(answer.status().is_success(), "{}", attack.name);
            assert_eq!(server.strikes(), 1, "{} is disarmed", attack.name);
        }
    }
}

#[tokio::test]
async fn the_canary_is_always_readable_beside_planted_objects() {
    for attack in attacks() {
        let server = armed(*attack);
        server.set_armed(false);
        let canary = provoke(&server, Stage::Objects).await;
        assert!(text(canary).await.contains(CANARY_UID), "{}", attack.name);
        let report = text(provoke(&server, Stage::Sync).await).await;
        assert!(report.contains("canary.ics"), "{}", attack.name);
    }
}

#[tokio::test]
async fn xml_attacks_hold_what_they_promise() {
    let body = text(provoke(&server("billion-laughs"), Stage::Sync).await).await;
    assert!(body.contains("<!ENTITY lol9") && body.contains("&lol9;"));
    let body = text(provoke(&server("external-entity"), Stage::CalendarList).await).await;
    assert!(body.contains("file:///etc/passwd") && body.contains(EVIL));
    let body = text(provoke(&server("external-dtd"), Stage::Discovery).await).await;
    assert!(body.contains("SYSTEM \"http://127.0.0.1:6666/evil.dtd\""));
    let body = text(provoke(&server("deep-xml"), Stage::Sync).await).await;
    assert_eq!(body.matches("<d:a>").count(), 10_000);
    let body = text(provoke(&server("million-elements"), Stage::Sync).await).await;
    assert_eq!(body.matches("<d:response/>").count(), 1_000_000);
    let bytes = to_bytes(
        provoke(&server("not-utf8"), Stage::Sync).await.into_body(),
        1 << 20,
    )
    .await;
    assert!(std::str::from_utf8(&bytes.unwrap()).is_err());
}

#[tokio::test]
async fn size_attacks_are_streamed() {
    let total = length(provoke(&server("gigabyte-body"), Stage::Objects).await).await;
    assert!(total > 1 << 30);
    let bomb = provoke(&server("gzip-bomb"), Stage::Sync).await;
    assert_eq!(bomb.headers()["content-encoding"], "gzip");
    let packed = to_bytes(bomb.into_body(), usize::MAX).await.unwrap();
    assert!(packed.len() < 5 << 20, "{}", packed.len());
    let mut plain = flate2_read(&packed).take(64 << 20);
    let unpacked = std::io::copy(&mut plain, &mut std::io::sink()).unwrap();
    assert_eq!(unpacked, 64 << 20, "and there is more");
    let slow = provoke(&server("slow-body"), Stage::Sync).await;
    let drip = slow.extensions().get::<TransportFault>();
    assert_eq!(
        drip,
        Some(&TransportFault::Drip {
            bytes_per_second: 1
        })
    );
}

fn flate2_read(bytes: &[u8]) -> impl Read + '_ {
    flate2::read::GzDecoder::new(bytes)
}

#[tokio::test]
async fn redirects_lead_where_they_say() {
    for (name, target) in [
        ("redirect-loopback", "http://127.0.0.2:6666/internal"),
        ("redirect-metadata", "http://169.254.169.254/"),
        ("redirect-file", "file:///etc/passwd"),
        ("redirect-other-host", EVIL),
        ("redirect-loop", "/remote.php/dav/?round="),
    ] {
        let answer = provoke(&server(name), Stage::Discovery).await;
        assert_eq!(answer.status(), 301);
        let location = answer.headers()["location"].to_str().unwrap();
        assert!(location.starts_with(target), "{name}: {location}");
    }
    let looping = server("redirect-loop");
    for round in 0..3 {
        let answer = ask(looping.router(), "PROPFIND", "/remote.php/dav/", "").await;
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.ends_with(&format!("round={round}")));
    }
    let body = text(provoke(&server("principal-other-host"), Stage::Discovery).await).await;
    assert!(body.contains("http://127.0.0.1:6666/principals/victim/"));
    let body = text(provoke(&server("home-metadata"), Stage::Principal).await).await;
    assert!(body.contains("http://169.254.169.254/calendars/"));
}

#[tokio::test]
async fn listings_lie_in_the_promised_way() {
    let body = text(provoke(&server("href-other-host"), Stage::Sync).await).await;
    assert!(body.contains(&format!("{EVIL}/steal/a.ics")) && body.contains("canary.ics"));
    let traversal = server("href-traversal");
    let body = text(provoke(&traversal, Stage::Sync).await).await;
    assert!(body.contains("../../../../admin/secret.ics") && body.contains("canary.ics"));
    assert!(traversal.strayed().is_empty());
    drop(ask(traversal.router(), "GET", "/admin/secret.ics", "").await);
    assert_eq!(traversal.strayed(), ["/admin/secret.ics"]);
    let answer = provoke(&server("html-login"), Stage::Sync).await;
    assert_eq!(answer.status(), 200);
    assert!(text(answer).await.contains("<html>"));
    let answer = provoke(&server("empty-207"), Stage::Sync).await;
    assert_eq!(answer.status(), 207);
    assert!(text(answer).await.is_empty());
    let body = text(provoke(&server("empty-rows"), Stage::Sync).await).await;
    assert!(body.contains("sync-token") && !body.contains("response"));
    let body = text(provoke(&server("properties-gone"), Stage::Sync).await).await;
    assert!(body.contains("canary.ics") && body.contains("404") && !body.contains("200 OK"));
    let answer = provoke(&server("wrong-content-type"), Stage::Sync).await;
    assert_eq!(answer.headers()["content-type"], "image/png");
    let same = server("endless-507");
    let first = text(provoke(&same, Stage::Sync).await).await;
    assert!(first.contains("507"));
    assert_eq!(first, text(provoke(&same, Stage::Sync).await).await);
    let fresh = server("endless-507-new-tokens");
    let first = text(provoke(&fresh, Stage::Sync).await).await;
    assert_ne!(first, text(provoke(&fresh, Stage::Sync).await).await);
}

#[tokio::test]
async fn poisonous_objects_are_planted() {
    let planted = |name: &str| {
        let server = server(name);
        let all = server.sim().snapshot(server.calendar());
        all.into_iter()
            .find(|object| object.path.ends_with("poison.ics"))
            .unwrap()
    };
    assert!(planted("ics-secondly").ics.contains("FREQ=SECONDLY"));
    let overrides = planted("ics-5001-overrides").ics;
    assert_eq!(overrides.matches("RECURRENCE-ID").count(), 5_001);
    assert_eq!(
        planted("ics-nested").ics.matches("BEGIN:VEVENT").count(),
        2_000
    );
    assert!(
        planted("ics-sentinels").ics.contains("16010101")
            && planted("ics-sentinels").ics.contains("99991231")
    );
    let longest = planted("ics-long-lines").ics.lines().map(str::len).max();
    assert!(longest > Some(1 << 20));
    assert!(planted("ics-many-lines").ics.lines().count() > 300_000);
    assert!(planted("ics-odd-rules").ics.contains('\u{279}'));
    assert!(planted("etag-crlf").etag.contains("\r\nX-Injected: 1"));
    let report = text(provoke(&server("etag-crlf"), Stage::Sync).await).await;
    assert!(report.contains("&#13;\nX-Injected: 1"), "{report}");
}

#[tokio::test]
async fn over_real_sockets_the_evil_listener_sees_leaks_and_resets_are_resets() {
    let evil = EvilListener::new();
    let request = "PROPFIND /steal HTTP/1.1\r\nHost: evil\r\nAuthorization: Basic eA==\r\nConnection: close\r\n\r\n";
    let answer = speak(evil.router(), request).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"));
    assert_eq!(evil.leaks()[0].authorization.as_deref(), Some("Basic eA=="));
    assert_eq!(
        (evil.visits().len(), evil.visits()[0].host.as_str()),
        (1, "evil")
    );

    let clock = Arc::new(ManualClock::at("2026-06-01T08:00:00Z".parse().unwrap()));
    let sim = CalDavSim::new(clock, 1, Profile::ICloud);
    let (_, work) = sim.seed_demo().unwrap();
    let token = base64::engine::general_purpose::STANDARD.encode("ada:ada-app-password");
    let head = format!("Host: dav\r\nAuthorization: Basic {token}\r\nConnection: close\r\n");
    let find = format!("PROPFIND {work} HTTP/1.1\r\n{head}Depth: 0\r\n\r\n");
    let answer = speak(sim.router(), &find).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 207"), "{answer}");
    let read = format!("GET {work} HTTP/1.1\r\n{head}\r\n");
    let broken = speak(sim.router(), &read).await;
    assert!(
        broken.is_err() || broken.unwrap().is_empty(),
        "the connection breaks"
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "a raw client to a server of this very test"
)]
async fn speak(router: Router, request: &str) -> std::io::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(serve(listener, router));
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer).await;
    server.abort();
    read.map(|_| answer)
}
