//! Which addresses may be reached at all: the defence against requests to the inside of the operator's network
//! (RELIABILITY §3 rows 15, 17 and 18).

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;
use url::{Host, Url};

use super::config::EgressConfig;
use super::transport::Target;

/// Whether `address` is a unicast address of the public internet: none of the special-purpose blocks of RFC 6890, its
/// registry, and cloud metadata ranges; addresses that embed an IPv4 address in a translation block never are.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(v6),
        },
    }
}

/// Whether both URLs have the same scheme, host and port, default ports filled in. False when either is no absolute URL.
#[must_use]
pub fn same_origin(a: &str, b: &str) -> bool {
    match (origin_of(a), origin_of(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// `scheme://host:port` of an absolute http(s) URL, in one canonical form.
pub(crate) fn origin_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    let port = url.port_or_known_default()?;
    Some(format!("{}://{host}:{port}", url.scheme()))
}

/// The address rules of one configuration.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    allow_private: bool,
    allow_cidrs: Arc<[IpNet]>,
    trusted_origins: Arc<BTreeSet<String>>,
}

/// Where cloud machines find their credentials: never a calendar server, also when private targets are allowed.
fn is_link_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.segments()[..2] == [0xfd00, 0x0ec2],
    }
}

impl Guard {
    pub(crate) fn new(config: &EgressConfig) -> Self {
        Self {
            allow_private: config.allow_private,
            allow_cidrs: config.allow_cidrs.clone().into(),
            trusted_origins: Arc::new(config.trusted_origins.clone()),
        }
    }

    /// Whether a connection to `address` may be made for a URL that the operator did not configure.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        is_public(address)
            || (self.allow_private && !is_link_local(address))
            || self.allow_cidrs.iter().any(|net| net.contains(&address))
    }

    /// Whose address `url` is, or `None` when nothing may be sent there. Host names are checked again when they resolve.
    pub(crate) fn admit(&self, url: &Url) -> Option<Target> {
        let scheme_ok = match url.scheme() {
            "https" => true,
            "http" => self.allow_private,
            _ => false,
        };
        let port = url.port_or_known_default()?;
        let port_ok = matches!(port, 443 | 80) || port >= 1024 || self.allow_private;
        let bare = url.username().is_empty() && url.password().is_none();
        if !(scheme_ok && port_ok && bare) {
            return None;
        }
        let origin = origin_of(url.as_str())?;
        if self.trusted_origins.contains(&origin) {
            return Some(Target::Trusted);
        }
        let literal = match url.host()? {
            Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
            Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
            Host::Domain(_) => None,
        };
        match literal {
            Some(address) if !self.allows(address) => None,
            _ => Some(Target::Guarded),
        }
    }
}

/// IANA IPv4 special-purpose address registry, multicast (224/4) and reserved (240/4) space.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 31, 196)
            | (192, 52, 193)
            | (192, 88, 99)
            | (192, 168, _)
            | (192, 175, 48)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

/// Only global unicast (2000::/3) without its special blocks: everything else (loopback, unique local with the
/// metadata range fd00:ec2::/32, link and site local, multicast, NAT64 64:ff9b::/96 and 64:ff9b:1::/48, 100::/64,
/// IPv4-compatible ::/96) is outside it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let global_unicast = s[0] & 0xe000 == 0x2000;
    let protocol_assignments = s[0] == 0x2001 && s[1] < 0x0200; // 2001::/23: Teredo, ORCHID, benchmarking, …
    let documentation = (s[0] == 0x2001 && s[1] == 0x0db8) || (s[0] == 0x3fff && s[1] < 0x1000);
    let six_to_four = s[0] == 0x2002;
    let direct_delegation = s[0] == 0x2620 && s[1] == 0x004f && s[2] == 0x8000; // AS112
    global_unicast && !protocol_assignments && !documentation && !six_to_four && !direct_delegation
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(config: EgressConfig) -> Guard {
        Guard::new(&config)
    }

    fn admits(guard: &Guard, url: &str) -> Option<Target> {
        Url::parse(url).ok().and_then(|url| guard.admit(&url))
    }

    #[test]
    fn special_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "fc00::1",
            "fd00:ec2::254",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:10::1",
            "2001:20::1",
            "2001:2::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
            "5f00::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn ordinary_addresses_are_public() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.254",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
            "2001:4860::8888",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn only_https_on_ordinary_ports_without_user_information() {
        let strict = guard(EgressConfig::default());
        assert_eq!(
            admits(&strict, "https://dav.example/"),
            Some(Target::Guarded)
        );
        assert_eq!(
            admits(&strict, "https://dav.example:8443/"),
            Some(Target::Guarded)
        );
        for url in [
            "http://dav.example/",
            "https://dav.example:22/",
            "https://dav.example:25/",
            "ftp://dav.example/",
            "file:///etc/passwd",
            "https://user@dav.example/",
            "https://:secret@dav.example/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::ffff:7f00:1]/",
        ] {
            assert_eq!(admits(&strict, url), None, "{url}");
        }
    }

    #[test]
    fn the_operator_decides_about_exceptions() {
        let tests = guard(EgressConfig {
            allow_private: true,
            ..EgressConfig::default()
        });
        assert_eq!(
            admits(&tests, "http://127.0.0.1:9000/"),
            Some(Target::Guarded)
        );
        let lan = guard(EgressConfig {
            allow_cidrs: vec!["192.168.7.0/24".parse().unwrap()],
            trusted_origins: origin_of("https://10.0.0.5/calendar/v3")
                .into_iter()
                .collect(),
            ..EgressConfig::default()
        });
        assert_eq!(
            admits(&lan, "https://192.168.7.9/dav"),
            Some(Target::Guarded)
        );
        assert_eq!(admits(&lan, "https://192.168.8.9/dav"), None);
        assert_eq!(
            admits(&lan, "https://10.0.0.5:443/other"),
            Some(Target::Trusted)
        );
        assert_eq!(admits(&lan, "https://10.0.0.5:8443/other"), None);
    }

    #[test]
    fn origins_compare_scheme_host_and_port() {
        assert!(same_origin(
            "https://Example.com/a",
            "https://example.com:443/b?c"
        ));
        assert!(!same_origin("https://example.com/", "http://example.com/"));
        assert!(!same_origin(
            "https://example.com/",
            "https://example.com:8443/"
        ));
        assert!(!same_origin(
            "https://example.com/",
            "https://example.com.evil.test/"
        ));
        assert!(!same_origin(
            "https://example.com/",
            "https://example.com@evil.test/"
        ));
        assert!(!same_origin("", ""));
    }
}
