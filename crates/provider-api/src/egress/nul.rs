//! U+0000 in what a provider answers. PostgreSQL stores no such character in a text, and no calendar shows one: a title that holds it must not
//! keep a whole calendar from its mirror. So JSON's escape for it is left out before anybody reads the body.

use bytes::Bytes;
use daybook_domain::nul;
use http::header::CONTENT_TYPE;

/// The response without `\u0000` in its body, if that is JSON: elsewhere the six characters mean themselves.
pub(super) fn without_nul(response: http::Response<Bytes>) -> http::Response<Bytes> {
    let kind = response.headers().get(CONTENT_TYPE);
    let is_json = kind
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
    match is_json.then(|| cleaned(response.body())).flatten() {
        None => response,
        Some(body) => response.map(|_| Bytes::from(body)),
    }
}

/// The body without the escapes; `None` when there are none.
fn cleaned(body: &[u8]) -> Option<Vec<u8>> {
    let mut found = nul::find_escape(body, 0)?;
    let (mut kept, mut copied) = (Vec::with_capacity(body.len()), 0);
    loop {
        kept.extend_from_slice(&body[copied..found]);
        copied = found + nul::ESCAPE;
        match nul::find_escape(body, copied) {
            Some(next) => found = next,
            None => break,
        }
    }
    kept.extend_from_slice(&body[copied..]);
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::cleaned;

    #[test]
    fn the_escape_goes_and_nothing_else() {
        let cases: [(&str, Option<&str>); 6] = [
            (r#"{"a":"plain \n"}"#, None),
            (r#"{"a":"nu\u0000l\u0000"}"#, Some(r#"{"a":"nul"}"#)),
            (r#"{"a":"\\u0000"}"#, None),
            (r#"{"a":"\\\u0000\\"}"#, Some(r#"{"a":"\\\\"}"#)),
            (r#"{"a":"\u00001"}"#, Some(r#"{"a":"1"}"#)),
            ("ends with \\", None),
        ];
        for (body, expected) in cases {
            let found = cleaned(body.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{body}");
        }
    }
}
