//! A pattern of plain words: `*` stands for anything, everything else for itself.

/// A pattern, ready to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What stands between the stars, in lower case; one part when there is none.
    parts: Vec<String>,
}

impl Pattern {
    /// Reads a pattern.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.to_lowercase();
        Self {
            parts: text.split('*').map(str::to_owned).collect(),
        }
    }

    /// Whether it is in `text` (lower case): anywhere when it has no star, from end to end when it has one.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        match self.parts.as_slice() {
            [word] => text.contains(word.as_str()),
            _ => self.spans(text),
        }
    }

    /// Whether it is `text` (lower case), from end to end.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        match self.parts.as_slice() {
            [word] => text == word,
            _ => self.spans(text),
        }
    }

    /// Each part where it is first found after the one before: one pass over the text.
    fn spans(&self, text: &str) -> bool {
        let Some((first, rest)) = self.parts.split_first() else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return text == first;
        };
        let Some(mut left) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        for part in middle {
            let Some((_, after)) = left.split_once(part.as_str()) else {
                return false;
            };
            left = after;
        }
        left.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_anything_and_words_are_themselves() {
        for (pattern, text, is_in, is) in [
            ("lunch", "team lunch today", true, false),
            ("Lunch", "lunch", true, true),
            ("lunch*", "lunch with bo", true, true),
            ("lunch*", "team lunch", false, false),
            ("*lunch", "team lunch", true, true),
            ("1*1", "1", false, false),
            ("1*1", "1:1", true, true),
            ("a*b*c", "a-b-b-c", true, true),
            ("a**c", "ac", true, true),
            ("[acme]", "[acme] review", true, false),
            ("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaa!", false, false),
            ("100%_", "100%_ sure", true, false),
            ("ÜBUNG*", "übung macht den meister", true, true),
            ("*", "", true, true),
        ] {
            let found = Pattern::new(pattern);
            assert_eq!(found.is_in(text), is_in, "{pattern} in {text}");
            assert_eq!(found.is(text), is, "{pattern} is {text}");
        }
    }

    /// What makes a backtracking matcher take for ever takes no time.
    #[test]
    fn a_hostile_pattern_is_one_pass() {
        let pattern = Pattern::new(&"a*".repeat(50));
        let text = "a".repeat(100_000) + "b";
        assert!(!Pattern::new(&format!("{}c", "a*".repeat(49))).is_in(&text));
        assert!(pattern.is_in(&text));
    }
}
