//! The one filter that clients need: events with an extended property of a given value.

use crate::microsoft::call::Call;
use crate::microsoft::errors::ApiError;
use crate::microsoft::state::event::Event;

/// `singleValueExtendedProperties/Any(ep: ep/id eq 'X' and ep/value eq 'Y')`, or `transactionId eq 'Y'`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    id: String,
    value: String,
}

impl Marker {
    /// The filter of a call; absent is `None`, anything else than the marker is refused.
    pub fn of(call: &Call) -> Result<Option<Self>, ApiError> {
        call.param("$filter").map(Self::parse).transpose()
    }

    fn parse(text: &str) -> Result<Self, ApiError> {
        let unknown = || {
            ApiError::new(
                400,
                "ErrorInvalidUrlQueryFilter",
                "The query filter contains one or more invalid nodes.",
            )
        };
        let compact = text.replace(' ', "").to_ascii_lowercase();
        let start = "singlevalueextendedproperties/any(ep:ep/ideq'";
        if !compact.starts_with(start)
            || !compact.contains("'andep/valueeq'")
            || !compact.ends_with("')")
        {
            return Err(unknown());
        }
        match quoted(text)[..] {
            [ref id, ref value] => Ok(Self {
                id: id.clone(),
                value: value.clone(),
            }),
            _ => Err(unknown()),
        }
    }

    pub fn fits(&self, event: &Event) -> bool {
        event
            .extended
            .iter()
            .any(|(id, value)| id.eq_ignore_ascii_case(&self.id) && *value == self.value)
    }
}

/// The id in `singleValueExtendedProperties($filter=id eq 'X')`.
pub(super) fn expanded(text: &str) -> Result<String, ApiError> {
    let found = quoted(text).into_iter().next();
    found.ok_or_else(|| {
        ApiError::new(
            400,
            "ErrorInvalidUrlQuery",
            "$expand of extended properties needs a $filter by id.",
        )
    })
}

/// Texts in single quotes; a doubled quote stands for itself.
fn quoted(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('\'') {
        let mut value = String::new();
        let mut chars = rest[start + 1..].char_indices().peekable();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            if c != '\'' {
                value.push(c);
            } else if chars.peek().is_some_and(|(_, c)| *c == '\'') {
                chars.next();
                value.push('\'');
            } else {
                end = start + 1 + at + 1;
                break;
            }
        }
        found.push(value);
        rest = rest.get(end..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_is_read_and_other_filters_are_refused() {
        let text = "singleValueExtendedProperties/Any(ep: ep/id eq 'String {66f5a359-4659-4638-81a3-d1d2b2f5c5b4} Name DaybookId' and ep/value eq 'it''s')";
        let marker = Marker::parse(text).unwrap();
        assert_eq!(marker.value, "it's");
        assert!(marker.id.ends_with("Name DaybookId"));
        assert!(Marker::parse("subject eq 'x'").is_err());
    }
}
