//! Bodies that are wrong in a chosen way.

use serde_json::Value;

/// A login page as a captive portal or single sign-on puts in place of an API answer.
pub(super) const LOGIN_PAGE: &str = "<!doctype html><html><head><title>Sign in</title></head><body>\
<form method=\"post\" action=\"/login\"><h1>Sign in to continue</h1><input name=\"user\">\
<input name=\"password\" type=\"password\"><button>Sign in</button></form></body></html>";

/// Bytes that are neither UTF-8 nor any known format.
pub(super) const GARBAGE: &[u8] = &[
    0xff, 0xfe, 0x00, 0x9c, 0xc3, 0x28, 0x7b, 0x22, 0x80, 0x0a, 0xf8, 0x88,
];

/// The JSON object with every key twice: first a null, then the true value, then an empty string.
pub(super) fn duplicate_keys(body: &[u8]) -> Vec<u8> {
    let Ok(Value::Object(map)) = serde_json::from_slice(body) else {
        return b"{\"items\":[],\"items\":null}".to_vec();
    };
    let mut out = String::from("{");
    for (key, value) in &map {
        if out.len() > 1 {
            out.push(',');
        }
        let key = Value::String(key.clone());
        out.push_str(&format!("{key}:null,{key}:{value},{key}:\"\""));
    }
    out.push('}');
    out.into_bytes()
}

/// An array inside an array, `depth` times, under the key `items`.
pub(super) fn deep(depth: u32) -> Vec<u8> {
    let depth = depth as usize;
    format!("{{\"items\":{}{}}}", "[".repeat(depth), "]".repeat(depth)).into_bytes()
}
