//! U+0000 in JSON: PostgreSQL stores no such character in a text. Unescaped it is no JSON, so only the escape has to be looked for.

/// Where the next `\u0000` begins, from an index on that lies outside of any escape. A backslash that is itself escaped begins none.
#[must_use]
pub fn find_escape(json: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = json.get(at..)?.iter().position(|byte| *byte == b'\\') {
        let escape = at + found;
        if json[escape + 1..].starts_with(b"u0000") {
            return Some(escape);
        }
        at = escape + 2;
    }
    None
}

/// The octets of the escape.
pub const ESCAPE: usize = 6;
