//! Clients that hold connections without using them (RELIABILITY §0.4, R10).

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::kit::{Ask, Server};

/// Silent connections and half headers are closed within the header limit, slow bodies within the body limit, and somebody
/// who behaves is served all the while. The limits are 5 s and 30 s; what is asserted leaves room for a machine that is busy
/// with something else, and is far below for ever.
#[test]
fn slow_clients_are_closed_and_others_served() {
    const EACH: usize = 100;
    let mut server = Server::start(&[]);
    server.set_up("vera@victim.example", "Victim Works");
    let before = server.rss_mib();
    let begun = Instant::now();
    let open = |first: &[u8]| {
        let mut stream = TcpStream::connect(&server.host).unwrap();
        stream.write_all(first).unwrap();
        stream
    };
    let half = b"GET /api/v1/me HTTP/1.1\r\nhost: x\r\nx-a: ";
    let body = b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 200000\r\n\r\n{";
    let mut silent: Vec<TcpStream> = (0..EACH).map(|_| open(b"")).collect();
    let mut partial: Vec<TcpStream> = (0..EACH).map(|_| open(half)).collect();
    let mut slow: Vec<TcpStream> = (0..EACH).map(|_| open(body)).collect();
    // Byte by byte: each byte is in time, the whole is not.
    let mut dripping = open(half);
    let mut dripped = None;
    let mut served = 0;
    let mut worst = Duration::ZERO;
    let mut closed = (None, None, None);
    while begun.elapsed() < Duration::from_secs(90)
        && (closed.0.is_none() || closed.1.is_none() || closed.2.is_none() || dripped.is_none())
    {
        let asked = Instant::now();
        assert_eq!(server.send(&Ask::get("/readyz")).status, 200);
        worst = worst.max(asked.elapsed());
        served += 1;
        for (streams, at) in [
            (&mut silent, &mut closed.0),
            (&mut partial, &mut closed.1),
            (&mut slow, &mut closed.2),
        ] {
            if at.is_none() && streams.iter_mut().all(is_closed) {
                *at = Some(begun.elapsed());
            }
        }
        if dripped.is_none() && (dripping.write_all(b"a").is_err() || is_closed(&mut dripping)) {
            dripped = Some(begun.elapsed());
        }
    }
    println!(
        "slow clients: closed silent {:?}, partial {:?}, dripping {dripped:?}, slow bodies {:?}; {served} requests served meanwhile, slowest {worst:?}",
        closed.0, closed.1, closed.2
    );
    let within =
        |at: Option<Duration>, seconds: u64| at.is_some_and(|at| at < Duration::from_secs(seconds));
    assert!(
        within(closed.0, 30) && within(closed.1, 30) && within(dripped, 30),
        "{closed:?} {dripped:?}"
    );
    assert!(within(closed.2, 80), "{closed:?}");
    assert!(worst < Duration::from_secs(10), "{worst:?}");
    assert!(
        server.is_alive() && server.rss_mib() < before + 64,
        "{} MiB",
        server.rss_mib()
    );
}

/// More connections than are allowed at once: the rest waits, and is served as soon as the silent ones are closed.
#[test]
fn the_connection_cap_is_not_the_end() {
    let server = Server::start(&[("DAYBOOK_MAX_CONNECTIONS".into(), "8".into())]);
    let silent: Vec<TcpStream> = (0..20)
        .map(|_| TcpStream::connect(&server.host).unwrap())
        .collect();
    let asked = Instant::now();
    assert_eq!(server.send(&Ask::get("/readyz")).status, 200);
    println!(
        "connection cap: served after {:?} behind {} silent connections",
        asked.elapsed(),
        silent.len()
    );
    assert!(asked.elapsed() < Duration::from_secs(90));
}

/// Whether the peer has closed it (possibly after an answer).
fn is_closed(stream: &mut TcpStream) -> bool {
    stream
        .set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    let mut bytes = [0; 512];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                return false;
            }
            Err(_) => return true,
        }
    }
}
