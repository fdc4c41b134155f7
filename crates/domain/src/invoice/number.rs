//! Invoice numbers: a pattern with exactly one counter. What stands around the counter, dates filled in, names a series; each
//! series counts 1, 2, 3 … without a gap.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// A pattern such as `{YYYY}-{NNNN}`: `{YYYY}`, `{YY}` and `{MM}` of the invoice's date, and one `{N…}` for the counter, with as
/// many digits at least as there are `N`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Year,
    ShortYear,
    Month,
    Counter(usize),
}

/// The pattern cannot make numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    /// It would make the same number again and again.
    #[error("needs a counter such as {{NNNN}}, or every invoice would have the same number")]
    NoCounter,
    /// It has two.
    #[error("must have only one counter")]
    TwoCounters,
    /// Braces around something else.
    #[error(
        "knows {{YYYY}}, {{YY}}, {{MM}} and one counter such as {{NNNN}}, nothing else in braces"
    )]
    Unknown,
    /// Empty, too long, or with characters that no number has.
    #[error("must be 3 to 40 printable characters")]
    Text,
}

impl FromStr for Pattern {
    type Err = BadPattern;

    fn from_str(text: &str) -> Result<Self, BadPattern> {
        let length = text.chars().count();
        if !(3..=40).contains(&length) || text.chars().any(char::is_control) || text.trim() != text
        {
            return Err(BadPattern::Text);
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            literal(&mut parts, before)?;
            let (name, behind) = after[1..].split_once('}').ok_or(BadPattern::Unknown)?;
            parts.push(match name {
                "YYYY" => Part::Year,
                "YY" => Part::ShortYear,
                "MM" => Part::Month,
                name if (1..=12).contains(&name.len()) && name.bytes().all(|b| b == b'N') => {
                    Part::Counter(name.len())
                }
                _ => return Err(BadPattern::Unknown),
            });
            rest = behind;
        }
        literal(&mut parts, rest)?;
        let counters = parts.iter().filter(|part| matches!(part, Part::Counter(_)));
        match counters.count() {
            0 => Err(BadPattern::NoCounter),
            1 => Ok(Self { parts }),
            _ => Err(BadPattern::TwoCounters),
        }
    }
}

fn literal(parts: &mut Vec<Part>, text: &str) -> Result<(), BadPattern> {
    if text.contains('}') {
        return Err(BadPattern::Unknown);
    }
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
    Ok(())
}

impl Pattern {
    /// The series that an invoice of this day belongs to: the number with `#` for the counter, whatever its digits.
    #[must_use]
    pub fn series(&self, day: Date) -> String {
        self.write(day, |_| "#".to_owned())
    }

    /// The number with this count.
    #[must_use]
    pub fn number(&self, day: Date, count: i64) -> String {
        self.write(day, |digits| format!("{count:0digits$}"))
    }

    fn write(&self, day: Date, counter: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Year => text.push_str(&format!("{:04}", day.year())),
                Part::ShortYear => text.push_str(&format!("{:02}", day.year().rem_euclid(100))),
                Part::Month => text.push_str(&format!("{:02}", day.month())),
                Part::Counter(digits) => text.push_str(&counter(*digits)),
            }
        }
        text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(literal) => f.write_str(literal)?,
                Part::Year => f.write_str("{YYYY}")?,
                Part::ShortYear => f.write_str("{YY}")?,
                Part::Month => f.write_str("{MM}")?,
                Part::Counter(digits) => write!(f, "{{{}}}", "N".repeat(*digits))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_pattern() {
        let day: Date = "2026-11-05".parse().unwrap();
        for (text, series, number) in [
            ("{YYYY}-{NNNN}", "2026-#", "2026-0007"),
            ("RE{YY}{MM}/{N}", "RE2611/#", "RE2611/7"),
            ("{NNN}-{YYYY}", "#-2026", "007-2026"),
            ("№{NN}", "№#", "№07"),
        ] {
            let pattern: Pattern = text.parse().unwrap();
            assert_eq!(pattern.series(day), series);
            assert_eq!(pattern.number(day, 7), number);
            assert_eq!(pattern.to_string(), text);
        }
        let pattern: Pattern = "{YYYY}-{NN}".parse().unwrap();
        assert_eq!(pattern.number(day, 12_345), "2026-12345");
    }

    #[test]
    fn patterns_that_cannot_count_are_refused() {
        for (text, why) in [
            ("{YYYY}-{MM}", BadPattern::NoCounter),
            ("INVOICE", BadPattern::NoCounter),
            ("{NN}{NN}", BadPattern::TwoCounters),
            ("{DD}{NN}", BadPattern::Unknown),
            ("{NN", BadPattern::Unknown),
            ("NN}{N}", BadPattern::Unknown),
            ("{}{N}", BadPattern::Unknown),
            ("", BadPattern::Text),
            (" {NNNN}", BadPattern::Text),
            ("a\n{NNNN}", BadPattern::Text),
        ] {
            assert_eq!(text.parse::<Pattern>(), Err(why), "{text:?}");
        }
        let long = "x".repeat(50) + "{N}";
        assert_eq!(long.parse::<Pattern>(), Err(BadPattern::Text));
    }
}
