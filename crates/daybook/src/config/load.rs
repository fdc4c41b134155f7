//! Gathers settings from flags, environment, file and defaults, and remembers where each came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::table::{SETTINGS, Setting, by_key};
use super::unknown::{is_unknown, nearest};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A command-line flag.
    Flag,
    /// An environment variable.
    Env(String),
    /// The configuration file.
    File(PathBuf),
    /// The built-in default.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Env(name) => write!(f, "environment ({name})"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Value {
    /// The value, as text.
    pub text: String,
    /// Where it came from.
    pub source: Source,
}

/// All values that are set.
#[derive(Clone, Default)]
pub struct Values(BTreeMap<&'static str, Value>);

/// What is wrong with the configuration; one line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration cannot be used:\n{}", .0.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n"))]
pub struct Invalid(pub Vec<String>);

impl Values {
    /// The value of `key`, where it is set and not empty.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.text.is_empty())
    }

    /// Its text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).map(|value| value.text.as_str())
    }

    /// Adds what the earlier, stronger sources left open.
    fn fill(&mut self, setting: &'static Setting, text: String, source: Source) {
        self.0.entry(setting.key).or_insert(Value { text, source });
    }
}

/// Reads all sources: flags first, then environment, then the file, then defaults.
///
/// # Errors
/// [`Invalid`] names every unknown setting and every unreadable file.
pub fn load(
    flags: &[(&str, String)],
    env: &BTreeMap<String, String>,
    file: Option<&Path>,
) -> Result<Values, Invalid> {
    let mut values = Values::default();
    let mut wrong = Vec::new();
    for (key, text) in flags {
        if let Some(setting) = by_key(key) {
            values.fill(setting, text.clone(), Source::Flag);
        }
    }
    from_env(&mut values, env, &mut wrong);
    if let Some(path) = file {
        from_file(&mut values, path, &mut wrong);
    }
    for setting in SETTINGS {
        values.fill(setting, setting.default.to_owned(), Source::Default);
    }
    if wrong.is_empty() {
        Ok(values)
    } else {
        Err(Invalid(wrong))
    }
}

fn from_env(values: &mut Values, env: &BTreeMap<String, String>, wrong: &mut Vec<String>) {
    for setting in SETTINGS {
        let file_name = format!("{}_FILE", setting.env);
        let (direct, indirect) = (
            env.get(setting.env),
            env.get(&file_name).filter(|_| setting.secret),
        );
        match (direct.filter(|text| !text.is_empty()), indirect) {
            (Some(_), Some(_)) => wrong.push(format!(
                "{} and {file_name} are both set; keep one of them",
                setting.env
            )),
            (Some(text), None) => {
                values.fill(setting, text.clone(), Source::Env(setting.env.to_owned()))
            }
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(text) => values.fill(setting, text.trim().to_owned(), Source::Env(file_name)),
                Err(error) => wrong.push(format!(
                    "{file_name} names {path}, which cannot be read: {error}"
                )),
            },
            (None, None) => {}
        }
    }
    for name in env.keys().filter(|name| is_unknown(name)) {
        let hint = nearest(name, SETTINGS.iter().map(|setting| setting.env));
        wrong.push(format!("{name} is not a setting{hint}"));
    }
}

fn from_file(values: &mut Values, path: &Path, wrong: &mut Vec<String>) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return wrong.push(format!("{} cannot be read: {error}", path.display())),
    };
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            return wrong.push(format!(
                "{} is not valid TOML: {}",
                path.display(),
                error.to_string().trim()
            ));
        }
    };
    let mut flat = Vec::new();
    flatten("", &table, &mut flat);
    for (key, value) in flat {
        let Some(setting) = by_key(&key) else {
            let hint = nearest(&key, SETTINGS.iter().map(|setting| setting.key));
            wrong.push(format!(
                "{key} in {} is not a setting{hint}",
                path.display()
            ));
            continue;
        };
        match scalar(&value) {
            Some(text) => values.fill(setting, text, Source::File(path.to_owned())),
            None => wrong.push(format!(
                "{key} in {} must be a text, number or true/false",
                path.display()
            )),
        }
    }
}

fn flatten(prefix: &str, table: &toml::Table, out: &mut Vec<(String, toml::Value)>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, out),
            other => out.push((key, other.clone())),
        }
    }
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(items) => items
            .iter()
            .map(scalar)
            .collect::<Option<Vec<_>>>()
            .map(|items| items.join(",")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn flags_beat_the_environment_which_beats_the_file_which_beats_defaults() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("daybook.toml");
        std::fs::write(&path, "bind = \"1.1.1.1:1\"\nlog = \"warn\"\nworkers = 3\n[google]\nclient_id = \"from-file\"\n").unwrap();
        let values = load(
            &[("bind", "9.9.9.9:9".into())],
            &env(&[("DAYBOOK_BIND", "8.8.8.8:8"), ("DAYBOOK_LOG", "debug")]),
            Some(&path),
        )
        .unwrap();
        assert_eq!(
            (values.text("bind"), &values.get("bind").unwrap().source),
            (Some("9.9.9.9:9"), &Source::Flag)
        );
        assert_eq!(values.text("log"), Some("debug"));
        assert_eq!(
            (
                values.text("workers"),
                &values.get("workers").unwrap().source
            ),
            (Some("3"), &Source::File(path))
        );
        assert_eq!(values.text("google.client_id"), Some("from-file"));
        assert_eq!(values.get("data_dir").unwrap().source, Source::Default);
    }

    #[test]
    fn unknown_names_stop_the_start_and_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("daybook.toml");
        std::fs::write(&path, "bnid = \"x\"\n[gogle]\nclient_id = \"x\"\n").unwrap();
        let error = load(
            &[],
            &env(&[
                ("DAYBOOK_BASEURL", "x"),
                ("GOOGLE_CLIENTID", "x"),
                ("DAYBOOK_TEST_POSTGRES_URL", "fine"),
                ("GOOGLE_APPLICATION_CREDENTIALS", "/somebody/else's.json"),
                ("HOME", "/"),
            ]),
            Some(&path),
        )
        .err()
        .unwrap();
        let text = error.to_string();
        assert!(
            text.contains("DAYBOOK_BASEURL is not a setting; did you mean DAYBOOK_BASE_URL?"),
            "{text}"
        );
        assert!(
            text.contains("bnid in") && text.contains("did you mean bind?"),
            "{text}"
        );
        assert!(text.contains("gogle.client_id in"), "{text}");
        assert!(
            text.contains("GOOGLE_CLIENTID is not a setting; did you mean GOOGLE_CLIENT_ID?"),
            "{text}"
        );
        assert_eq!(error.0.len(), 4);
    }

    #[test]
    fn a_secret_may_come_from_a_file_but_not_from_two_places() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        std::fs::write(&path, "s3cret\n").unwrap();
        let path = path.to_str().unwrap();
        let values = load(&[], &env(&[("GOOGLE_CLIENT_SECRET_FILE", path)]), None).unwrap();
        assert_eq!(values.text("google.client_secret"), Some("s3cret"));
        let both = load(
            &[],
            &env(&[
                ("GOOGLE_CLIENT_SECRET_FILE", path),
                ("GOOGLE_CLIENT_SECRET", "x"),
            ]),
            None,
        );
        assert!(both.err().unwrap().to_string().contains("both set"));
        let gone = load(
            &[],
            &env(&[("DAYBOOK_SECRET_KEY_FILE", "/nonexistent/key")]),
            None,
        );
        assert!(gone.err().unwrap().to_string().contains("cannot be read"));
    }
}
