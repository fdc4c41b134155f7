//! Reads a whole text.

use jiff::civil::Date;

use super::{
    Command, Error, Logged, MAX_INPUT, MAX_LINE, MAX_MINUTES, MAX_TAG, MAX_TAGS, amount, date,
};

/// What `/time` was asked for; `today` is the day where the member lives.
///
/// # Errors
/// [`Error`], for what is neither `help`, `today`, `undo` nor a duration.
pub fn parse_command(text: &str, today: Date) -> Result<Command, Error> {
    match text.trim().to_lowercase().as_str() {
        "" | "help" | "?" | "ayuda" => Ok(Command::Help),
        "today" | "hoy" => Ok(Command::Today),
        "undo" | "deshacer" => Ok(Command::Undo),
        _ => parse(text, today).map(Command::Log),
    }
}

/// A duration and nothing else, in minutes: a form's field.
///
/// # Errors
/// [`Error`].
pub fn parse_minutes(text: &str) -> Result<i64, Error> {
    alone(&checked(text)?, MAX_MINUTES)
}

/// The hours of an invoice's line, in minutes: there a number alone means hours, there may be many of them, and with a minus they are
/// taken off.
///
/// # Errors
/// [`Error`].
pub fn parse_line(text: &str) -> Result<i64, Error> {
    let text = checked(text)?;
    let (sign, text) = match text.trim().strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest.trim_start()),
        None => (1, text.trim()),
    };
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let minutes = match text.chars().all(number) {
        true => alone(&format!("{text}h"), MAX_LINE),
        false => alone(text, MAX_LINE),
    };
    match minutes {
        Err(Error::TooLong) => Err(Error::LineTooLong),
        minutes => minutes.map(|minutes| sign * minutes),
    }
}

fn alone(text: &str, max: i64) -> Result<i64, Error> {
    match amount::take(text, max)? {
        Some((minutes, rest)) if rest.trim().is_empty() => Ok(minutes),
        Some((_, rest)) => match amount::take(rest.trim_start(), max)? {
            Some(_) => Err(Error::TwoDurations),
            None => Err(Error::NoDuration),
        },
        None => Err(Error::NoDuration),
    }
}

/// Reads what somebody typed; `today` is the day where they live.
///
/// # Errors
/// [`Error`].
pub fn parse(text: &str, today: Date) -> Result<Logged, Error> {
    let text = checked(text)?;
    let mut reader = Reader {
        today,
        minutes: None,
        date: None,
        tags: Vec::new(),
    };
    let description = reader.head(&text)?;
    let minutes = reader.minutes.ok_or(Error::NoDuration)?;
    let description = reader.description(description)?;
    let mut tags = reader.tags.into_iter();
    Ok(Logged {
        minutes,
        date: reader.date,
        project: tags.next(),
        tags: tags.collect(),
        description,
    })
}

/// The text without what no keyboard types, if it is not empty and not too long.
fn checked(text: &str) -> Result<String, Error> {
    if text.len() > MAX_INPUT * 4 || text.chars().count() > MAX_INPUT {
        return Err(Error::InputTooLong);
    }
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(blank).collect();
    match text.trim() {
        "" => Err(Error::Empty),
        text => Ok(text.to_owned()),
    }
}

struct Reader {
    today: Date,
    minutes: Option<i64>,
    date: Option<Date>,
    tags: Vec<String>,
}

impl Reader {
    /// Takes durations, dates and tags from the front; yields where the description begins.
    fn head<'a>(&mut self, text: &'a str) -> Result<&'a str, Error> {
        let mut rest = text.trim_start();
        loop {
            if let Some(description) = separated(rest) {
                // A colon before anything was said separates nothing.
                return if self.minutes.is_some() || rest.is_empty() {
                    Ok(description)
                } else {
                    Err(Error::NoDuration)
                };
            }
            let after = self.one(rest)?;
            match after {
                Some(after) => rest = after.trim_start_matches([',', ';']).trim_start(),
                None if rest.starts_with(|c: char| c.is_ascii_digit()) => {
                    return Err(Error::NoUnit);
                }
                None => return Ok(rest),
            }
        }
    }

    /// Takes one thing; `None` when `rest` begins with none.
    fn one<'a>(&mut self, rest: &'a str) -> Result<Option<&'a str>, Error> {
        if let Some((tag, after)) = tag(rest) {
            self.note(tag)?;
            return Ok(Some(after));
        }
        if let Some((found, after)) = date::take(rest, self.today)? {
            if self.date.replace(found).is_some() {
                return Err(Error::TwoDates);
            }
            return Ok(Some(after));
        }
        if let Some((found, after)) = amount::take(rest, MAX_MINUTES)? {
            if self.minutes.replace(found).is_some() {
                return Err(Error::TwoDurations);
            }
            return Ok(Some(after));
        }
        Ok(None)
    }

    /// The description without its tags, blanks made single.
    fn description(&mut self, text: &str) -> Result<String, Error> {
        let mut words = Vec::new();
        for word in text.split_whitespace() {
            match tag(word) {
                Some((tag, rest)) if rest.chars().all(|c| ".,;:!?)".contains(c)) => {
                    self.note(tag)?
                }
                _ => words.push(word),
            }
        }
        Ok(words.join(" "))
    }

    fn note(&mut self, tag: &str) -> Result<(), Error> {
        if self.tags.iter().any(|known| known == tag) {
            return Ok(());
        }
        if tag.chars().count() > MAX_TAG || self.tags.len() == MAX_TAGS {
            return Err(Error::Tags);
        }
        self.tags.push(tag.to_owned());
        Ok(())
    }
}

/// What follows a colon, or a dash between blanks.
fn separated(rest: &str) -> Option<&str> {
    if rest.is_empty() {
        return Some(rest);
    }
    if let Some(after) = rest.strip_prefix(':') {
        return Some(after);
    }
    let after = rest.strip_prefix(['-', '–', '—'])?;
    after.starts_with(char::is_whitespace).then_some(after)
}

/// The `#word` that `text` begins with, without its sign, and the rest.
fn tag(text: &str) -> Option<(&str, &str)> {
    let after = text.strip_prefix('#')?;
    let end = after
        .find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '/' | '&'))
        .unwrap_or(after.len());
    // A full stop after it ends a sentence.
    let word = after[..end].trim_end_matches(['.', '-', '/', '&']);
    let issue = word.chars().all(|c| c.is_ascii_digit());
    (!issue).then(|| (word, &after[word.len()..]))
}
