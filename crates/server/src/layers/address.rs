//! Whose address a request comes from. `X-Forwarded-For` counts only from configured proxies (RELIABILITY §3 row 32).

use std::net::IpAddr;

use http::{HeaderMap, request::Parts};
use ipnet::IpNet;

use crate::listener::Peer;

/// The address of the client, if the request came over a socket.
pub fn client(parts: &Parts, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = parts
        .extensions
        .get::<Peer>()
        .map(|peer| peer.0.ip().to_canonical())?;
    Some(behind_proxies(peer, &parts.headers, trusted))
}

/// Whether the request was made on this machine itself, not through a proxy that runs on it.
pub fn is_local(parts: &Parts) -> bool {
    const FORWARDED: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];
    let peer = parts.extensions.get::<Peer>();
    peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback())
        && !FORWARDED
            .iter()
            .any(|name| parts.headers.contains_key(*name))
}

/// Walks `X-Forwarded-For` from the right for as long as the addresses are trusted proxies.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut current = peer;
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in forwarded.iter().rev() {
        if !is_trusted(&current) {
            return current;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(address) => current = address.to_canonical(),
            Err(_) => return current,
        }
    }
    current
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &str, trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let nets: Vec<IpNet> = trusted
            .split_whitespace()
            .map(|net| net.parse().unwrap())
            .collect();
        behind_proxies(peer.parse().unwrap(), &headers, &nets).to_string()
    }

    #[test]
    fn a_strangers_header_is_ignored() {
        assert_eq!(seen("203.0.113.9", "10.0.0.1", ""), "203.0.113.9");
        assert_eq!(
            seen("203.0.113.9", "10.0.0.1", "127.0.0.0/8"),
            "203.0.113.9"
        );
    }

    #[test]
    fn the_last_untrusted_hop_counts() {
        assert_eq!(
            seen("127.0.0.1", "1.1.1.1, 203.0.113.9", "127.0.0.0/8"),
            "203.0.113.9"
        );
        assert_eq!(
            seen("127.0.0.1", "203.0.113.9, 127.0.0.2", "127.0.0.0/8"),
            "203.0.113.9"
        );
        assert_eq!(seen("127.0.0.1", "rubbish", "127.0.0.0/8"), "127.0.0.1");
    }
}
