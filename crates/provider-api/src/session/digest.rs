//! HTTP Digest authentication (RFC 7616) for servers that offer no Basic: SHA-256 and MD5, also their `-sess` forms, with
//! `qop=auth`. The password is not sent, and a server that keeps only hashes can still check it.

use http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use md5::Md5;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

/// What `username*` may hold unescaped (RFC 8187 `attr-char`).
const ATTR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// What a server asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    hash: Hash,
    /// Whether the algorithm is a `-sess` one.
    session: bool,
    /// Its name, as the server wrote it; empty: it wrote none, which means MD5.
    algorithm: String,
    realm: String,
    nonce: String,
    opaque: Option<String>,
    userhash: bool,
    /// The credentials are not to blame: only the nonce was too old.
    pub(super) stale: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Md5,
    Sha256,
}

/// One request to be signed.
pub(super) struct Request<'a> {
    pub(super) username: &'a str,
    pub(super) password: &'a str,
    pub(super) method: &'a str,
    /// The request target, as it is sent.
    pub(super) uri: &'a str,
    /// Fresh for each challenge.
    pub(super) cnonce: &'a str,
    /// How often the nonce is used, from 1.
    pub(super) count: u32,
}

/// The best challenge of an answer, if it can be met and Basic is not offered.
pub(super) fn wanted(headers: &HeaderMap) -> Option<Challenge> {
    let all: Vec<Offer> = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(offers)
        .collect();
    if all.iter().any(|offer| offer.scheme == "basic") {
        return None;
    }
    let met = all.iter().filter_map(Challenge::read);
    met.max_by_key(|challenge| challenge.hash)
}

impl Challenge {
    fn read(offer: &Offer) -> Option<Self> {
        if offer.scheme != "digest" {
            return None;
        }
        let algorithm = offer.get("algorithm").unwrap_or_default();
        let lower = algorithm.to_ascii_lowercase();
        let (name, session) = match lower.strip_suffix("-sess") {
            Some(name) => (name, true),
            None => (lower.as_str(), false),
        };
        let hash = match name {
            "" | "md5" => Hash::Md5,
            "sha-256" => Hash::Sha256,
            _ => return None,
        };
        let qop = offer.get("qop")?;
        if !qop
            .split(',')
            .any(|one| one.trim().eq_ignore_ascii_case("auth"))
        {
            return None;
        }
        let says = |name: &str| {
            let value = offer.get(name);
            value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
        };
        Some(Self {
            hash,
            session,
            algorithm: algorithm.to_owned(),
            realm: offer.get("realm")?.to_owned(),
            nonce: offer.get("nonce")?.to_owned(),
            opaque: offer.get("opaque").map(str::to_owned),
            userhash: says("userhash"),
            stale: says("stale"),
        })
    }

    /// The `Authorization` header for a request; `None` when something in it cannot be sent.
    pub(super) fn answer(&self, request: &Request<'_>) -> Option<HeaderValue> {
        let username = if self.userhash {
            quoted(
                &self
                    .hash
                    .of(&format!("{}:{}", request.username, self.realm)),
            )
        } else if request.username.is_ascii() {
            quoted(request.username)
        } else {
            format!("UTF-8''{}", utf8_percent_encode(request.username, ATTR))
        };
        let star = if self.userhash || request.username.is_ascii() {
            ""
        } else {
            "*"
        };
        let mut text = format!(
            "Digest username{star}={username}, realm={}, uri={}, nonce={}, nc={:08x}, cnonce={}, qop=auth, response=\"{}\"",
            quoted(&self.realm),
            quoted(request.uri),
            quoted(&self.nonce),
            request.count,
            quoted(request.cnonce),
            self.response(request),
        );
        if !self.algorithm.is_empty() {
            text.push_str(&format!(", algorithm={}", self.algorithm));
        }
        if let Some(opaque) = &self.opaque {
            text.push_str(&format!(", opaque={}", quoted(opaque)));
        }
        if self.userhash {
            text.push_str(", userhash=true");
        }
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// RFC 7616 §3.4.1.
    fn response(&self, request: &Request<'_>) -> String {
        let h = |text: &str| self.hash.of(text);
        let mut a1 = h(&format!(
            "{}:{}:{}",
            request.username, self.realm, request.password
        ));
        if self.session {
            a1 = h(&format!("{a1}:{}:{}", self.nonce, request.cnonce));
        }
        let a2 = h(&format!("{}:{}", request.method, request.uri));
        h(&format!(
            "{a1}:{}:{:08x}:{}:auth:{a2}",
            self.nonce, request.count, request.cnonce
        ))
    }
}

impl Hash {
    fn of(self, text: &str) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self {
            Self::Md5 => hex(&Md5::digest(text)),
            Self::Sha256 => hex(&Sha256::digest(text)),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A challenge of any scheme (RFC 9110 §11.6.1).
struct Offer {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Offer {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The challenges of one header field: they are separated by commas, as their parameters are.
fn offers(text: &str) -> Vec<Offer> {
    let mut found: Vec<Offer> = Vec::new();
    for piece in pieces(text) {
        let (name, value) = piece
            .split_once('=')
            .map_or((piece.as_str(), None), |(name, value)| (name, Some(value)));
        let parameter = match name.trim().split_once(char::is_whitespace) {
            Some((scheme, parameter)) => {
                found.push(Offer {
                    scheme: scheme.to_ascii_lowercase(),
                    parameters: Vec::new(),
                });
                parameter
            }
            None if value.is_none() => {
                found.push(Offer {
                    scheme: name.trim().to_ascii_lowercase(),
                    parameters: Vec::new(),
                });
                continue;
            }
            None => name,
        };
        if let (Some(offer), Some(value)) = (found.last_mut(), value) {
            let name = parameter.trim().to_ascii_lowercase();
            offer.parameters.push((name, unquoted(value.trim())));
        }
    }
    found
}

/// Split at commas outside of quotes.
fn pieces(text: &str) -> Vec<String> {
    let (mut all, mut piece, mut inside, mut escaped) = (Vec::new(), String::new(), false, false);
    for letter in text.chars() {
        match letter {
            ',' if !inside => {
                all.push(std::mem::take(&mut piece));
                continue;
            }
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            _ => {}
        }
        piece.push(letter);
    }
    all.push(piece);
    all.retain(|piece| !piece.trim().is_empty());
    all
}

fn unquoted(text: &str) -> String {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let Some(inner) = inner else {
        return text.to_owned();
    };
    let mut plain = String::with_capacity(inner.len());
    let mut escaped = false;
    for letter in inner.chars() {
        if letter == '\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(fields: &[&str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(WWW_AUTHENTICATE, field.parse().unwrap());
        }
        wanted(&headers)
    }

    const RFC_7616: [&str; 2] = [
        "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
        "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
    ];

    /// RFC 7616 §3.9.1, for both algorithms, and RFC 2617 §3.5.
    #[test]
    fn the_standards_examples() {
        let request = Request {
            username: "Mufasa",
            password: "Circle of Life",
            method: "GET",
            uri: "/dir/index.html",
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            count: 1,
        };
        for (field, response) in [
            (
                RFC_7616[0],
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
            (RFC_7616[1], "8ca523f5e9506fed4657c9700eebdbec"),
        ] {
            let challenge = asked(&[field]).unwrap();
            assert_eq!(challenge.response(&request), response);
            let header = challenge.answer(&request).unwrap();
            let header = header.to_str().unwrap();
            for part in [
                "Digest username=\"Mufasa\"",
                "uri=\"/dir/index.html\"",
                "nc=00000001",
                "qop=auth,",
                "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
                response,
            ] {
                assert!(header.contains(part), "{header}");
            }
            assert!(!header.contains("Circle"), "{header}");
        }
        let older = asked(&["Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""]).unwrap();
        let request = Request {
            password: "Circle Of Life",
            cnonce: "0a4f113b",
            ..request
        };
        assert_eq!(older.response(&request), "6629fae49393a05397450978507c4ef1");
        assert!(
            !older
                .answer(&request)
                .unwrap()
                .to_str()
                .unwrap()
                .contains("algorithm")
        );
    }

    #[test]
    fn the_better_algorithm_is_taken_and_basic_is_left_to_basic() {
        assert_eq!(asked(&RFC_7616).unwrap().hash, Hash::Sha256);
        let both = format!("{}, {}", RFC_7616[1], RFC_7616[0]);
        assert_eq!(asked(&[&both]).unwrap().hash, Hash::Sha256);
        let with_basic = format!("Basic realm=\"a, b\", {}", RFC_7616[0]);
        assert_eq!(asked(&[&with_basic]), None);
        assert_eq!(asked(&[RFC_7616[0], "Basic realm=x"]), None);
        let negotiate = format!("Negotiate, {}", RFC_7616[1]);
        assert_eq!(asked(&[&negotiate]).unwrap().hash, Hash::Md5);
    }

    #[test]
    fn what_cannot_be_met_is_not_tried() {
        for field in [
            "",
            "Digest",
            "Digest realm=x",
            "Digest realm=\"x\", nonce=\"n\"",
            "Digest realm=\"x\", nonce=\"n\", qop=\"auth-int\"",
            "Digest realm=\"x\", nonce=\"n\", qop=\"auth\", algorithm=SHA-512-256",
            "Bearer realm=\"x\"",
            "Digest realm=\"unclosed, nonce=\"n\", qop=auth",
            "=,=,,\"",
        ] {
            assert_eq!(asked(&[field]), None, "{field}");
        }
    }

    #[test]
    fn names_that_are_not_plain_arrive_whole() {
        let challenge =
            asked(&["Digest realm=\"a \\\"b\\\"\", nonce=\"n\", qop=auth, stale=TRUE"]).unwrap();
        assert!(challenge.stale);
        assert_eq!(challenge.realm, "a \"b\"");
        let request = |username| Request {
            username,
            password: "p",
            method: "PROPFIND",
            uri: "/",
            cnonce: "c",
            count: 255,
        };
        let text = |challenge: &Challenge, username| {
            let header = challenge.answer(&request(username)).unwrap();
            header.to_str().unwrap().to_owned()
        };
        let odd = text(&challenge, "O\"Neil\\");
        assert!(
            odd.contains("username=\"O\\\"Neil\\\\\"") && odd.contains("nc=000000ff"),
            "{odd}"
        );
        // RFC 7616 §3.9.2 writes the name so.
        let accents = text(&challenge, "Jäsøn Doe");
        assert!(
            accents.contains("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"),
            "{accents}"
        );
        let hidden = asked(&["Digest realm=\"a\", nonce=\"n\", qop=auth, userhash=true"]).unwrap();
        let hidden = text(&hidden, "ada");
        assert!(
            !hidden.contains("ada") && hidden.contains("userhash=true"),
            "{hidden}"
        );
    }
}
