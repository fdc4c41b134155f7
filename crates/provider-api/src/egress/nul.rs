//! U+0000 in what a provider answers. PostgreSQL stores no such character in a text, and no calendar shows one: a title that holds it must not
//! keep a whole calendar from its mirror. So JSON's escape for it is left out before anybody reads the body.

use bytes::Bytes;

/// The response without `\u0000` in its body.
pub(super) fn without_nul(response: http::Response<Bytes>) -> http::Response<Bytes> {
    match cleaned(response.body()) {
        None => response,
        Some(body) => response.map(|_| Bytes::from(body)),
    }
}

/// The body without the escapes; `None` when there are none.
fn cleaned(body: &[u8]) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = body[at..].iter().position(|byte| *byte == b'\\') {
        let escape = at + found;
        if body[escape + 1..].starts_with(b"u0000") {
            let kept = out.get_or_insert_default();
            kept.extend_from_slice(&body[copied..escape]);
            copied = escape + 6;
            at = copied;
        } else {
            // Whatever is escaped is passed over, so that `\\u0000` stays what it says.
            at = (escape + 2).min(body.len());
        }
    }
    out.map(|mut kept| {
        kept.extend_from_slice(&body[copied..]);
        kept
    })
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
