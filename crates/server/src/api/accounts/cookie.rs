//! The session cookie (RELIABILITY §8). Over HTTPS it carries the `__Host-` prefix, so that no other host can set it.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

/// Seconds after which the browser forgets the cookie: the longest a session can last.
const MAX_AGE: u32 = 30 * 24 * 60 * 60;

/// The session token a request carries.
pub fn token(headers: &HeaderMap, over_https: bool) -> Option<SecretString> {
    value(headers, name(over_https))
        .filter(|token| !token.is_empty())
        .map(SecretString::from)
}

/// The value of one cookie.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// A cookie beside the session's: the secret a request carries in it.
pub fn secret(headers: &HeaderMap, name: &str, over_https: bool) -> Option<SecretString> {
    value(headers, &full_name(name, over_https))
        .filter(|secret| !secret.is_empty())
        .map(SecretString::from)
}

/// A cookie beside the session's, for so many seconds; 0 forgets it.
pub fn named(name: &str, secret: &SecretString, max_age: u64, over_https: bool) -> HeaderValue {
    let name = full_name(name, over_https);
    text(&name, secret.expose_secret(), max_age, over_https)
}

fn full_name(name: &str, over_https: bool) -> String {
    let prefix = if over_https { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

/// The header that keeps a session.
pub fn set(token: &SecretString, over_https: bool) -> [(HeaderName, HeaderValue); 1] {
    header(token.expose_secret(), MAX_AGE, over_https)
}

/// The header that ends it.
pub fn clear(over_https: bool) -> [(HeaderName, HeaderValue); 1] {
    header("", 0, over_https)
}

const fn name(over_https: bool) -> &'static str {
    if over_https {
        "__Host-daybook"
    } else {
        "daybook"
    }
}

fn header(value: &str, max_age: u32, over_https: bool) -> [(HeaderName, HeaderValue); 1] {
    let header = text(name(over_https), value, max_age.into(), over_https);
    [(SET_COOKIE, header)]
}

fn text(name: &str, value: &str, max_age: u64, over_https: bool) -> HeaderValue {
    let secure = if over_https { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
    let mut header = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    header.set_sensitive(true);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_follows_the_scheme() {
        let token = SecretString::from("abc");
        let [(_, header)] = set(&token, true);
        let text = header.to_str().unwrap();
        assert!(
            text.starts_with("__Host-daybook=abc; Path=/;") && text.ends_with("Secure"),
            "{text}"
        );
        let [(_, header)] = set(&token, false);
        assert!(header.to_str().unwrap().starts_with("daybook=abc;"));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "a=1; daybook=xyz; daybook2=no".parse().unwrap());
        assert_eq!(value(&headers, "daybook"), Some("xyz"));
        assert!(token(&headers, true).is_none());
    }
}
