//! No address that is typed into Daybook makes it talk to the network it stands in (RELIABILITY §3 row 15, S1–S8).
//!
//! Inside a network namespace of its own, canaries listen on every address that exists there: addresses of each blocked
//! range, loopback, and whatever names resolve to. The server is asked to connect CalDAV accounts at many spellings of
//! them; no canary may see a connection. Needs the right to make network namespaces (root and iproute2), and says so when
//! it is missing.

use std::net::{TcpListener, UdpSocket};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::kit::{Ask, Server, free_port};

/// Set in the copy of this program that runs inside the namespace.
const INSIDE: &str = "DAYBOOK_TEST_INSIDE_NETNS";
/// Ports with a canary on every address.
const PORTS: &[u16] = &[80, 443, 1900, 5232, 8008, 8080, 8443];
/// One address of each blocked range, all of them the namespace's own.
const ADDRESSES: &[&str] = &[
    "10.1.2.3/32",
    "100.64.0.7/32",
    "169.254.169.254/32",
    "172.16.5.4/32",
    "172.31.255.254/32",
    "192.168.1.1/32",
    "192.0.0.8/32",
    "192.0.2.5/32",
    "192.88.99.1/32",
    "198.18.0.9/32",
    "198.51.100.6/32",
    "203.0.113.8/32",
    "fd00:ec2::254/128",
    "fc00::5/128",
    "fe80::7/64",
    "64:ff9b::a9fe:a9fe/128",
    "2002:a9fe:a9fe::1/128",
    "2001:db8::9/128",
    "2001::7/128",
    "fec0::3/128",
    "100::2/128",
];

/// Names, and what they resolve to, query by query.
const NAMES: &[(&str, &[&[&str]])] = &[
    ("metadata.test", &[&["169.254.169.254"]]),
    ("inside.test", &[&["10.1.2.3"]]),
    ("loop.test", &[&["127.0.0.1"]]),
    // A public address first, an inner one when asked again (TTL 0).
    (
        "flip.test",
        &[&["93.184.215.14"], &["127.0.0.1"], &["10.1.2.3"]],
    ),
    ("flop.test", &[&["127.0.0.1"], &["93.184.215.14"]]),
    // Both at once.
    ("mixed.test", &[&["93.184.215.14", "127.0.0.1"]]),
    ("dexim.test", &[&["10.1.2.3", "93.184.215.14"]]),
];

#[test]
fn no_spelling_reaches_the_inner_network() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let name = format!("daybook-test-{}", std::process::id());
    let Some(_namespace) = Namespace::make(&name) else {
        let required = std::env::var_os("DAYBOOK_REQUIRE_NETNS").is_some();
        assert!(
            !required,
            "network namespaces are required here and cannot be made"
        );
        println!("skipped: network namespaces cannot be made here (needs root and iproute2)");
        return;
    };
    let this = std::env::current_exe().unwrap();
    let run = Command::new("ip")
        .args(["netns", "exec", &name])
        .arg(this)
        .args([
            "http_ssrf::no_spelling_reaches_the_inner_network",
            "--exact",
            "--nocapture",
        ])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    for line in said.lines().filter(|line| line.starts_with("ssrf:")) {
        println!("{line}");
    }
    assert!(said.contains("ssrf:"), "{said}");
}

/// A network namespace with blocked addresses; gone when dropped.
struct Namespace(String);

impl Namespace {
    fn make(name: &str) -> Option<Self> {
        if !ip(&["netns", "add", name]) {
            return None;
        }
        let namespace = Self(name.to_owned());
        let folder = format!("/etc/netns/{name}");
        std::fs::create_dir_all(&folder).ok()?;
        std::fs::write(
            format!("{folder}/resolv.conf"),
            "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
        )
        .ok()?;
        let inside = |args: &[&str]| ip(&[&["-n", name], args].concat());
        let up = inside(&["link", "set", "lo", "up"]);
        for address in ADDRESSES {
            // Without IPv6 in the kernel its addresses are simply not there.
            inside(&["address", "add", address, "dev", "lo"]);
        }
        up.then_some(namespace)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        ip(&["netns", "delete", &self.0]);
        std::fs::remove_dir_all(format!("/etc/netns/{}", self.0)).ok();
    }
}

fn ip(args: &[&str]) -> bool {
    Command::new("ip")
        .args(args)
        .output()
        .is_ok_and(|run| run.status.success())
}

fn inside() {
    let visits = canaries();
    let asked = names();
    let port = free_port();
    let server = Server::start_on(port, &[], &["--no-worker"]);
    let owner = server.set_up("vera@victim.example", "Victim Works");
    let keys: Vec<String> = (0..8)
        .map(|_| server.api_key(&owner, "k", "admin").1)
        .collect();
    let spellings = spellings(port);
    let (mut codes, mut odd) = (std::collections::BTreeMap::new(), Vec::new());
    for (index, url) in spellings.iter().enumerate() {
        let body = json!({"url": url, "username": "u", "password": "p"});
        let ask = Ask::post("/api/v1/integrations/caldav/connect")
            .json(&body)
            .by(&keys[index % keys.len()]);
        let answer = server.send(&ask);
        *codes.entry(answer.code()).or_insert(0) += 1;
        if !["target_not_allowed", "validation", "provider_unreachable"]
            .contains(&answer.code().as_str())
        {
            odd.push(format!("{url}: {} {}", answer.status, answer.text));
        }
        assert_eq!(visits.load(Ordering::SeqCst), 0, "{url} reached a canary");
    }
    assert!(odd.is_empty(), "{}", odd.join("\n"));
    println!(
        "ssrf: {} spellings, {} names asked for, {codes:?}, 0 connections",
        spellings.len(),
        asked.load(Ordering::SeqCst)
    );
    // The canaries sing when somebody comes: the same address with the guard off.
    let open = Server::start(&[("DAYBOOK_ALLOW_PRIVATE_TARGETS".into(), "true".into())]);
    let owner = open.set_up("vera@victim.example", "Victim Works");
    for url in [
        "http://127.0.0.1:8080/",
        "http://10.1.2.3:8080/",
        "http://inside.test:8080/",
    ] {
        let before = visits.load(Ordering::SeqCst);
        let body = json!({"url": url, "username": "u", "password": "p"});
        open.send(
            &Ask::post("/api/v1/integrations/caldav/connect")
                .json(&body)
                .by(&owner),
        );
        assert!(
            visits.load(Ordering::SeqCst) > before,
            "{url}: the canary heard nothing"
        );
    }
    println!(
        "ssrf: control: with the guard off the canaries hear {} connections",
        visits.load(Ordering::SeqCst)
    );
}

/// Listens on every address, and counts.
fn canaries() -> Arc<AtomicUsize> {
    let visits = Arc::new(AtomicUsize::new(0));
    let mut listening = 0;
    for port in PORTS {
        let listener =
            TcpListener::bind(("::", *port)).or_else(|_| TcpListener::bind(("0.0.0.0", *port)));
        let listener = listener.unwrap();
        let visits = visits.clone();
        listening += 1;
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                visits.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
    }
    assert_eq!(listening, PORTS.len());
    visits
}

/// A DNS server for [`NAMES`]; how often it was asked.
fn names() -> Arc<AtomicUsize> {
    let socket = UdpSocket::bind("127.0.0.1:53").unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    std::thread::spawn(move || {
        let mut packet = [0; 512];
        let mut turns = std::collections::HashMap::<String, usize>::new();
        while let Ok((length, from)) = socket.recv_from(&mut packet) {
            count.fetch_add(1, Ordering::SeqCst);
            if let Some(answer) = answer(&packet[..length], &mut turns) {
                socket.send_to(&answer, from).unwrap();
            }
        }
    });
    asked
}

/// RFC 1035 §4: the question back, with an A record for each address, or none.
fn answer(
    question: &[u8],
    turns: &mut std::collections::HashMap<String, usize>,
) -> Option<Vec<u8>> {
    let (mut name, mut at) = (Vec::new(), 12);
    while *question.get(at)? != 0 {
        let length = usize::from(question[at]);
        name.push(String::from_utf8_lossy(question.get(at + 1..at + 1 + length)?).to_lowercase());
        at += 1 + length;
    }
    let (name, end) = (name.join("."), at + 5);
    let is_a = question.get(at + 1..at + 3)? == [0, 1];
    let known = NAMES.iter().find(|(known, _)| *known == name);
    let addresses: &[&str] = match known {
        Some((_, answers)) if is_a => {
            let turn = turns.entry(name).or_default();
            *turn += 1;
            answers[(*turn - 1) % answers.len()]
        }
        _ => &[],
    };
    let mut packet = question[..2].to_vec();
    let code = if known.is_some() { 0x80 } else { 0x83 };
    packet.extend([
        0x81,
        code,
        0,
        1,
        0,
        u8::try_from(addresses.len()).unwrap(),
        0,
        0,
        0,
        0,
    ]);
    packet.extend_from_slice(question.get(12..end)?);
    for address in addresses {
        let octets = address.parse::<std::net::Ipv4Addr>().unwrap().octets();
        packet.extend([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
        packet.extend(octets);
    }
    Some(packet)
}

/// Addresses in every way a person or a program might write them.
fn spellings(own_port: u16) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    let v4 = [
        "127.0.0.1",
        "127.8.9.10",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.1.1",
        "172.16.5.4",
        "172.31.255.254",
        "100.64.0.7",
        "0.0.0.0",
        "198.18.0.9",
        "192.0.2.5",
        "203.0.113.8",
        "198.51.100.6",
        "192.88.99.1",
        "192.0.0.8",
    ];
    for address in v4 {
        let octets: Vec<u32> = address
            .split('.')
            .map(|part| part.parse().unwrap())
            .collect();
        let number = octets.iter().fold(0, |sum, part| sum << 8 | part);
        let (high, low) = (number >> 16, number & 0xffff);
        hosts.extend([
            address.to_owned(),
            format!("{address}."),
            number.to_string(),
            format!("0x{number:x}"),
            format!("0{number:o}"),
            format!(
                "0x{:x}.0x{:x}.0x{:x}.0x{:x}",
                octets[0], octets[1], octets[2], octets[3]
            ),
            format!(
                "0{:o}.0{:o}.0{:o}.0{:o}",
                octets[0], octets[1], octets[2], octets[3]
            ),
            format!("{}.{}", octets[0], number & 0xff_ffff),
            format!("{}.{}.{low}", octets[0], octets[1]),
            format!("[::ffff:{address}]"),
            format!("[::ffff:{high:x}:{low:x}]"),
            format!("[::{address}]"),
            format!("[64:ff9b::{high:x}:{low:x}]"),
            format!("[2002:{high:x}:{low:x}::1]"),
            address.replace('.', "\u{3002}"),
            address
                .chars()
                .map(|c| {
                    if c.is_ascii_digit() {
                        char::from_u32(c as u32 - '0' as u32 + 0xff10).unwrap()
                    } else {
                        c
                    }
                })
                .collect(),
            address.replace('.', "%2e"),
        ]);
    }
    let v6 = [
        "::1",
        "::",
        "fd00:ec2::254",
        "fc00::5",
        "fe80::7",
        "fec0::3",
        "2001:db8::9",
        "2001::7",
        "100::2",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "0:0:0:0:0:0:0:1",
        "::ffff:0:127.0.0.1",
    ];
    hosts.extend(v6.iter().map(|address| format!("[{address}]")));
    hosts.extend(
        [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "sub.localhost",
            "ip6-localhost",
        ]
        .map(str::to_owned),
    );
    hosts.extend(NAMES.iter().map(|(name, _)| (*name).to_owned()));
    let mut urls = Vec::new();
    for host in &hosts {
        urls.push(format!("https://{host}/"));
        urls.push(format!("http://{host}:8080/dav/"));
    }
    for (name, _) in NAMES {
        // Again and again: the answers change.
        for path in ["a", "b", "c"] {
            urls.push(format!("https://{name}:8443/{path}"));
        }
    }
    urls.extend([
        format!("http://127.0.0.1:{own_port}/"),
        "vera@inside.test".into(),
        "vera@loop.test".into(),
        "inside.test".into(),
        "flip.test:8443".into(),
    ]);
    for port in [22, 25, 110, 443, 587, 1900, 5432, 6379, 8008] {
        urls.push(format!("https://127.0.0.1:{port}/"));
        urls.push(format!("https://metadata.test:{port}/"));
    }
    for scheme in [
        "gopher", "dict", "ldap", "file", "ftp", "tftp", "jar", "netdoc", "unix",
    ] {
        urls.push(format!("{scheme}://127.0.0.1:8080/"));
    }
    urls.extend(
        [
            "https://dav.example@127.0.0.1/",
            "https://127.0.0.1#@dav.example/",
            "https://127.0.0.1\\@dav.example/",
            "https:127.0.0.1",
            "https:///127.0.0.1/",
            "//127.0.0.1/",
            "https://[::1%25lo]/",
            "https://[::ffff:7f00:1]:443/",
            "http+unix://%2fvar%2frun%2fdocker.sock/",
        ]
        .map(str::to_owned),
    );
    urls
}
