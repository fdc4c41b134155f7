//! The configuration: what is set, where it came from, and whether it makes sense (SPEC §4).

mod load;
mod table;
mod unknown;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::Url;

use crate::wire::Smtp;

pub use load::{Invalid, Source, Value, Values, load};
pub use table::{SETTINGS, Setting};

/// The configuration, checked.
#[derive(Clone)]
pub struct Config {
    /// Where to listen.
    pub bind: SocketAddr,
    /// Where people reach this server.
    pub base_url: Url,
    /// Folder for what this server keeps in files.
    pub data_dir: PathBuf,
    /// Which database.
    pub database_url: SecretString,
    /// Keys for stored secrets, when configured; otherwise a file in the data folder.
    pub secret_key: Option<SecretString>,
    /// Another front end.
    pub frontend_url: Option<Url>,
    /// Log filter.
    pub log: String,
    /// Whether logs are JSON lines.
    pub log_json: bool,
    /// Whether loopback, private addresses and plain HTTP are allowed for targets.
    pub allow_private_targets: bool,
    /// Private networks that may be reached.
    pub egress_allow_cidrs: Vec<String>,
    /// Networks of proxies that are believed.
    pub trusted_proxies: Vec<String>,
    /// Most client connections.
    pub max_connections: usize,
    /// Most database connections.
    pub database_connections: u32,
    /// Background jobs at once.
    pub workers: usize,
    /// Token for `/metrics`.
    pub metrics_token: Option<SecretString>,
    /// Token for the first-run setup.
    pub setup_token: Option<SecretString>,
    /// Everything, with sources, for providers and `config show`.
    pub values: Values,
}

/// Finds the configuration file: the one named, or `daybook.toml` in the working folder when there is one.
#[must_use]
pub fn find_file(named: Option<&Path>) -> Option<PathBuf> {
    named
        .map(Path::to_owned)
        .or_else(|| Some(PathBuf::from("daybook.toml")).filter(|path| path.is_file()))
}

/// The process's environment.
#[must_use]
pub fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

impl Config {
    /// Checks the values and gives them their types.
    ///
    /// # Errors
    /// [`Invalid`] names every setting whose value cannot be used, and every contradiction.
    pub fn from_values(values: Values) -> Result<Self, Invalid> {
        let mut check = Check {
            values: &values,
            wrong: Vec::new(),
        };
        let bind = check
            .parse("bind", "an address and port such as 127.0.0.1:8000")
            .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8000)));
        let base_url = check
            .url("base_url")
            .or_else(|| Url::parse(&format!("http://{}", reachable(bind))).ok());
        let data_dir = PathBuf::from(values.text("data_dir").unwrap_or("./daybook-data"));
        let database_url = check.database(&data_dir);
        let frontend_url = check.url("frontend_url");
        let log_json = check.one_of("log_format", &["text", "json"]) == Some("json");
        let allow_private_targets = check.flag("allow_private_targets");
        let egress_allow_cidrs = check.networks("egress_allow_cidrs");
        let trusted_proxies = check.networks("trusted_proxies");
        let max_connections = check.number("max_connections", 1, 100_000);
        let database_connections = check.number("database_connections", 2, 500);
        let workers = check.number("workers", 1, 256);
        check.providers(allow_private_targets);
        check.log();
        check.single_sign_on();
        check.mail();
        let wrong = check.wrong;
        let secret = |key: &str| values.text(key).map(SecretString::from);
        let (Some(base_url), Some(database_url)) = (base_url, database_url) else {
            return Err(Invalid(wrong));
        };
        if !wrong.is_empty() {
            return Err(Invalid(wrong));
        }
        Ok(Self {
            bind,
            base_url,
            data_dir,
            database_url: SecretString::from(database_url),
            secret_key: secret("secret_key"),
            frontend_url,
            log: values.text("log").unwrap_or("info").to_owned(),
            log_json,
            allow_private_targets,
            egress_allow_cidrs,
            trusted_proxies,
            max_connections,
            database_connections: u32::try_from(database_connections).unwrap_or(8),
            workers,
            metrics_token: secret("metrics_token"),
            setup_token: secret("setup_token"),
            values,
        })
    }
}

impl Config {
    /// The same configuration, listening elsewhere.
    #[must_use]
    pub fn with_bind(mut self, bind: SocketAddr) -> Self {
        self.bind = bind;
        self
    }
}

/// An address that a browser can open: the wildcard address is not one.
fn reachable(bind: SocketAddr) -> SocketAddr {
    if bind.ip().is_unspecified() {
        SocketAddr::from(([127, 0, 0, 1], bind.port()))
    } else {
        bind
    }
}

struct Check<'a> {
    values: &'a Values,
    wrong: Vec<String>,
}

impl<'a> Check<'a> {
    /// The name people know the setting by, where it came from.
    fn name(&self, key: &str) -> String {
        match self.values.get(key).map(|value| &value.source) {
            Some(Source::Env(name)) => name.clone(),
            Some(Source::File(path)) => format!("{key} in {}", path.display()),
            _ => key.to_owned(),
        }
    }

    fn complain(&mut self, key: &str, expected: &str) {
        let shown = match (table::by_key(key), self.values.text(key)) {
            (Some(setting), Some(text)) if !setting.secret => format!(" (it is '{text}')"),
            _ => String::new(),
        };
        let line = format!("{} must be {expected}{shown}", self.name(key));
        self.wrong.push(line);
    }

    fn parse<T: std::str::FromStr>(&mut self, key: &str, expected: &str) -> Option<T> {
        let parsed = self.values.text(key)?.parse().ok();
        if parsed.is_none() {
            self.complain(key, expected);
        }
        parsed
    }

    fn url(&mut self, key: &str) -> Option<Url> {
        let url = self.values.text(key).map(|text| {
            Url::parse(text)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        })?;
        if url.is_none() {
            self.complain(key, "a web address such as https://daybook.example.com");
        }
        url
    }

    fn flag(&mut self, key: &str) -> bool {
        match self
            .values
            .text(key)
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("true" | "1" | "yes" | "on") => true,
            None | Some("false" | "0" | "no" | "off") => false,
            Some(_) => {
                self.complain(key, "true or false");
                false
            }
        }
    }

    fn one_of(&mut self, key: &str, allowed: &[&'static str]) -> Option<&'a str> {
        let text = self.values.text(key)?;
        if allowed.contains(&text) {
            return Some(text);
        }
        self.complain(key, &format!("one of {}", allowed.join(", ")));
        None
    }

    fn number(&mut self, key: &str, least: usize, most: usize) -> usize {
        let number = self
            .values
            .text(key)
            .and_then(|text| text.parse().ok())
            .filter(|n| (least..=most).contains(n));
        number.unwrap_or_else(|| {
            self.complain(key, &format!("a number from {least} to {most}"));
            least
        })
    }

    fn networks(&mut self, key: &str) -> Vec<String> {
        let items: Vec<String> = self
            .values
            .text(key)
            .unwrap_or("")
            .split(',')
            .map(|item| item.trim().to_owned())
            .filter(|item| !item.is_empty())
            .collect();
        if items.iter().any(|item| !is_network(item)) {
            self.complain(key, "networks such as 10.1.0.0/16,fd00:1::/32");
        }
        items
    }

    fn database(&mut self, data_dir: &Path) -> Option<String> {
        let Some(text) = self.values.text("database_url") else {
            return Some(format!("sqlite:{}", data_dir.join("daybook.db").display()));
        };
        let known = ["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|prefix| text.starts_with(prefix) && text.len() > prefix.len());
        if !known {
            self.wrong.push(format!(
                "{} must be sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE",
                self.name("database_url")
            ));
            return None;
        }
        Some(text.to_owned())
    }

    /// Client id and secret come together, and provider addresses are https unless private targets are allowed.
    /// A filter that says something.
    fn log(&mut self) {
        let text = self.values.text("log").unwrap_or("info");
        if tracing_subscriber::EnvFilter::try_new(text).is_err() {
            self.complain(
                "log",
                "a log filter such as info or info,daybook_engine=debug",
            );
        }
    }

    /// Daybook calls providers over https, unless tests allow otherwise.
    fn secure(&mut self, key: &str) {
        if self.url(key).is_some_and(|url| url.scheme() == "http") {
            let expected =
                "an https address; http is for tests, with DAYBOOK_ALLOW_PRIVATE_TARGETS=true";
            self.complain(key, expected);
        }
    }

    fn providers(&mut self, allow_private: bool) {
        for provider in ["google", "microsoft", "slack", "zoom", "webex"] {
            let [id, secret] =
                ["client_id", "client_secret"].map(|part| format!("{provider}.{part}"));
            match (self.values.text(&id), self.values.text(&secret)) {
                (Some(_), None) => self.wrong.push(format!(
                    "{} is set but {} is not",
                    self.name(&id),
                    env_of(&secret)
                )),
                (None, Some(_)) => self.wrong.push(format!(
                    "{} is set but {} is not",
                    self.name(&secret),
                    env_of(&id)
                )),
                _ => {}
            }
            for part in ["redirect_uri", "authorize_url"] {
                self.url(&format!("{provider}.{part}"));
            }
            for part in ["token_url", "revoke_url", "userinfo_url", "api_url"] {
                match format!("{provider}.{part}") {
                    key if allow_private => _ = self.url(&key),
                    key => self.secure(&key),
                }
            }
        }
    }
}

impl Check<'_> {
    /// A mail server that can be used, and nobody to send from without one.
    fn mail(&mut self) {
        let address = self.values.text("smtp_url");
        let from = self.values.text("mail_from");
        match (address, from) {
            (None, Some(_)) => {
                let line = format!("{} is set but SMTP_URL is not", self.name("mail_from"));
                self.wrong.push(line);
            }
            (Some(address), from) => {
                let from = from.unwrap_or("daybook@localhost");
                if let Err(error) = Smtp::new(&SecretString::from(address), from) {
                    self.wrong.push(format!("{error:#}"));
                }
            }
            (None, None) => {}
        }
    }

    /// All three settings of single sign-on, or none.
    fn single_sign_on(&mut self) {
        self.url("oidc.issuer_url");
        let keys = ["oidc.issuer_url", "oidc.client_id", "oidc.client_secret"];
        let is_set = |check: &Self, key: &str| check.values.text(key).is_some();
        let (there, missing): (Vec<&str>, Vec<&str>) =
            keys.into_iter().partition(|key| is_set(self, key));
        let Some(set) = there.first() else {
            return;
        };
        for key in missing {
            let line = format!("{} is set but {} is not", self.name(set), env_of(key));
            self.wrong.push(line);
        }
    }
}

fn env_of(key: &str) -> &'static str {
    table::by_key(key).map_or("", |setting| setting.env)
}

fn is_network(text: &str) -> bool {
    let (address, bits) = text.split_once('/').unwrap_or((text, "0"));
    let most = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(_)) => 32,
        Ok(std::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.parse::<u8>().is_ok_and(|bits| bits <= most)
}

/// The lines of `config show`: key, value (secrets as `(set)`), source.
#[must_use]
pub fn describe(values: &Values) -> Vec<(&'static Setting, String, String)> {
    SETTINGS
        .iter()
        .map(|setting| {
            let value = values.get(setting.key);
            let text = match value {
                None => String::new(),
                Some(_) if setting.secret => "(set)".to_owned(),
                Some(value) => without_password(&value.text),
            };
            (
                setting,
                text,
                value.map_or_else(|| "default".to_owned(), |value| value.source.to_string()),
            )
        })
        .collect()
}

/// Addresses may carry a password: it is never shown.
fn without_password(text: &str) -> String {
    match Url::parse(text) {
        Ok(mut url) if url.password().is_some() => {
            if url.set_password(Some("…")).is_err() {
                return "(set)".to_owned();
            }
            url.to_string()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &[(&str, &str)]) -> Result<Config, Invalid> {
        let env = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Config::from_values(load(&[], &env, None)?)
    }

    #[test]
    fn nothing_is_required() {
        let config = config(&[]).unwrap();
        assert_eq!(config.bind.to_string(), "127.0.0.1:8000");
        assert_eq!(config.base_url.as_str(), "http://127.0.0.1:8000/");
        assert!(!config.allow_private_targets);
    }

    #[test]
    fn single_sign_on_is_set_up_whole_or_not_at_all() {
        let issuer = ("OIDC_ISSUER_URL", "https://id.example.com");
        let client = [("OIDC_CLIENT_ID", "daybook"), ("OIDC_CLIENT_SECRET", "s")];
        config(&[issuer, client[0], client[1]]).unwrap();
        let refused = config(&[issuer, client[0]]).err().unwrap().to_string();
        let said = "OIDC_ISSUER_URL is set but OIDC_CLIENT_SECRET is not";
        assert!(refused.contains(said), "{refused}");
        assert!(config(&client).is_err());
    }

    #[test]
    fn every_wrong_value_is_named() {
        for (name, value, said) in [
            ("DAYBOOK_BIND", "somewhere", "an address and port"),
            ("DAYBOOK_BASE_URL", "ftp://x", "a web address"),
            (
                "DAYBOOK_DATABASE_URL",
                "mysql://x",
                "must be sqlite:FILE or postgres://",
            ),
            (
                "DAYBOOK_DATABASE_URL",
                "sqlite:",
                "must be sqlite:FILE or postgres://",
            ),
            ("DAYBOOK_ALLOW_PRIVATE_TARGETS", "maybe", "true or false"),
            ("DAYBOOK_LOG_FORMAT", "xml", "one of text, json"),
            ("DAYBOOK_WORKERS", "0", "a number from 1 to 256"),
            ("DAYBOOK_TRUSTED_PROXIES", "10.0.0.0/99", "networks such as"),
            ("GOOGLE_API_URL", "not a url", "a web address"),
        ] {
            let error = config(&[(name, value)]).err().unwrap().to_string();
            assert!(
                error.contains(name) && error.contains(said),
                "{name}={value}: {error}"
            );
        }
    }

    #[test]
    fn half_a_client_is_a_contradiction() {
        let error = config(&[("GOOGLE_CLIENT_ID", "x")])
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("GOOGLE_CLIENT_ID is set but GOOGLE_CLIENT_SECRET is not"),
            "{error}"
        );
    }

    #[test]
    fn secrets_and_passwords_are_not_shown() {
        let config = config(&[
            ("GOOGLE_CLIENT_ID", "x"),
            ("GOOGLE_CLIENT_SECRET", "canary-1"),
            ("DAYBOOK_DATABASE_URL", "postgres://u:canary-2@h/d"),
        ])
        .unwrap();
        let shown: String = describe(&config.values)
            .into_iter()
            .map(|(setting, text, source)| format!("{} {text} {source}\n", setting.key))
            .collect();
        assert!(!shown.contains("canary"), "{shown}");
        assert!(
            shown.contains("google.client_secret (set) environment (GOOGLE_CLIENT_SECRET)"),
            "{shown}"
        );
    }
}
