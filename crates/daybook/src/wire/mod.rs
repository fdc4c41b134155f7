//! Puts everything together: the one place that knows all rooms.

mod courier;
mod fonts;
pub mod hold;
mod mail;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use daybook_domain::Ids;
use daybook_domain::clock::SystemClock;
use daybook_engine::context::{Context, RealPause, Settings};
use daybook_engine::live::Bus;
use daybook_engine::mail::Mailer;
use daybook_engine::push;
use daybook_provider_api::egress::EgressConfig;
use daybook_provider_api::{Egress, oidc};
use daybook_providers::ProviderSettings;
use daybook_store::crypto::{KeyRing, generate_key_file};
use daybook_store::{Options, Store};
use secrecy::{ExposeSecret, SecretString};
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::ids::SystemIds;

pub use courier::EgressCourier;
pub use mail::Smtp;

/// The name of the generated key file in the data folder.
pub const KEY_FILE: &str = "secret.key";

/// Opens the database and builds everything use cases need. Does not migrate.
///
/// # Errors
/// With a sentence that says which setting to mend.
pub async fn context(config: &Config) -> Result<Context> {
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let clock = Arc::new(SystemClock);
    let store = store(config, ids.clone()).await?;
    let base = config.base_url.as_str();
    let settings = ProviderSettings::read(base, |name| by_env(config, name));
    let registry = daybook_providers::registry(&settings);
    let oidc = single_sign_on(config);
    let trusted = oidc
        .as_ref()
        .and_then(|client| url::Url::parse(&client.issuer).ok())
        .and_then(|issuer| origin_of(&issuer));
    let egress = EgressConfig {
        trusted_origins: trusted.into_iter().collect(),
        allow_private: config.allow_private_targets,
        allow_cidrs: config
            .egress_allow_cidrs
            .iter()
            .filter_map(|cidr| cidr.parse().ok())
            .collect(),
        proxy: std::env::var("HTTPS_PROXY")
            .or_else(|_| std::env::var("https_proxy"))
            .ok()
            .filter(|proxy| !proxy.is_empty()),
        extra_ca_file: std::env::var_os("SSL_CERT_FILE").map(PathBuf::from),
        ..EgressConfig::default()
    }
    .for_registry(&registry);
    let egress = Egress::new(egress, clock.clone(), ids.clone())?;
    let mut settings = Settings::at(config.base_url.clone());
    settings.frontend_url.clone_from(&config.frontend_url);
    settings.oidc = oidc;
    settings.mailer = mailer(config)?;
    settings.fonts = fonts::read(config)?;
    settings.allow_private_targets = config.allow_private_targets;
    settings.push = push::reachable(&config.base_url, config.allow_private_targets);
    if let Some(url) = config.values.text("apple.api_url") {
        settings
            .server_urls
            .insert("apple".to_owned(), url.to_owned());
    }
    Ok(Context {
        store,
        clock,
        node: format!("{}-{}", std::process::id(), ids.uuid()).into(),
        ids,
        registry: Arc::new(registry),
        egress: Arc::new(egress),
        live: Bus::default(),
        pause: Arc::new(RealPause),
        settings: Arc::new(settings),
        refreshes: Arc::default(),
        notices: Arc::default(),
        detached: TaskTracker::new(),
    })
}

/// The mail server, where one is configured.
fn mailer(config: &Config) -> Result<Option<Arc<dyn Mailer>>> {
    let Some(address) = config.values.text("smtp_url") else {
        return Ok(None);
    };
    let usual = || {
        let host = config.base_url.host_str().unwrap_or("localhost");
        // An address of a machine is no domain for mail.
        let named = host.parse::<std::net::IpAddr>().is_err() && !host.starts_with('[');
        format!(
            "Daybook <daybook@{}>",
            if named { host } else { "localhost" }
        )
    };
    let from = config
        .values
        .text("mail_from")
        .map_or_else(usual, str::to_owned);
    let smtp = Smtp::new(&SecretString::from(address), &from)?;
    Ok(Some(Arc::new(smtp)))
}

/// The client at the single sign-on service, where all of its settings are there.
fn single_sign_on(config: &Config) -> Option<oidc::Client> {
    let text = |key: &str| config.values.text(key).map(str::to_owned);
    let base = config.base_url.as_str().trim_end_matches('/');
    Some(oidc::Client {
        issuer: text("oidc.issuer_url")?,
        client_id: text("oidc.client_id")?,
        client_secret: text("oidc.client_secret")?.into(),
        redirect_uri: format!("{base}/api/v1/auth/oidc/callback"),
    })
}

/// `https://host:port`, as trusted origins are written.
fn origin_of(url: &url::Url) -> Option<String> {
    let (host, port) = (url.host_str()?, url.port_or_known_default()?);
    Some(format!("{}://{host}:{port}", url.scheme()))
}

/// The value of a provider's setting by the name of its environment variable, wherever it was set.
fn by_env(config: &Config, name: &str) -> Option<String> {
    let setting = crate::config::SETTINGS
        .iter()
        .find(|setting| setting.env == name)?;
    config.values.text(setting.key).map(str::to_owned)
}

/// Opens the database, with the key that protects its secrets.
///
/// # Errors
/// As [`context`].
pub async fn store(config: &Config, ids: Arc<dyn Ids>) -> Result<Store> {
    let url = config.database_url.expose_secret();
    let file = sqlite_file(url);
    let (key_ring, made) = keys(config, file.as_deref(), ids.as_ref())?;
    if let Some(folder) = file
        .as_deref()
        .and_then(Path::parent)
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        if folder == config.data_dir {
            make_private_folder(folder)?;
        } else if !folder.is_dir() {
            bail!(
                "the database cannot be opened: there is no folder {}. Make it, or correct DAYBOOK_DATABASE_URL.",
                folder.display()
            );
        }
    }
    let options = Options {
        key_ring,
        clock: Arc::new(SystemClock),
        ids,
        max_connections: config.database_connections,
    };
    let opened = Store::open(url, options).await;
    if let (Err(daybook_store::Error::WrongKey { .. }), Some(path)) = (&opened, &made) {
        // A fresh key cannot open an old database: leave no misleading file behind.
        std::fs::remove_file(path).ok();
        bail!(
            "this database was created with a key that is missing now. Nothing was changed. Put the key file back at {}, or set DAYBOOK_SECRET_KEY.",
            path.display()
        );
    }
    opened.with_context(|| format!("the database {} cannot be opened", shown(url)))
}

/// The keys from the configuration or from the key file, which is made when there is none. Also says which file was made.
fn keys(
    config: &Config,
    database: Option<&Path>,
    ids: &dyn Ids,
) -> Result<(KeyRing, Option<PathBuf>)> {
    if let Some(text) = &config.secret_key {
        let ring =
            KeyRing::parse(text.expose_secret()).context("DAYBOOK_SECRET_KEY cannot be used")?;
        return Ok((ring, None));
    }
    let path = config.data_dir.join(KEY_FILE);
    if path.exists() {
        return Ok((
            KeyRing::read(&path)
                .with_context(|| format!("the key file {} cannot be used", path.display()))?,
            None,
        ));
    }
    if database.is_some_and(Path::exists) {
        bail!(
            "the database exists but its key does not: {} is missing. Nothing was changed. Put the key file back, or set DAYBOOK_SECRET_KEY.",
            path.display()
        );
    }
    make_private_folder(&config.data_dir)?;
    let ring = generate_key_file(&path, ids)
        .with_context(|| format!("the key file {} cannot be made", path.display()))?;
    Ok((ring, Some(path)))
}

/// The file of a `sqlite:` address; `None` for others and for memory.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path).split('?').next()?;
    (!path.starts_with(':') && !path.is_empty()).then(|| PathBuf::from(path))
}

/// Makes a folder that only its owner enters.
fn make_private_folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("the folder {} cannot be made", path.display()))
}

/// A database address without its password.
#[must_use]
pub fn shown(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            if parsed.set_password(Some("…")).is_err() {
                return "(address with a password)".to_owned();
            }
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_addresses_name_files() {
        assert_eq!(sqlite_file("sqlite:a/b.db"), Some("a/b.db".into()));
        assert_eq!(
            sqlite_file("sqlite:///var/x.db?mode=rwc"),
            Some("/var/x.db".into())
        );
        assert_eq!(sqlite_file("sqlite::memory:"), None);
        assert_eq!(sqlite_file("postgres://h/d"), None);
    }

    #[test]
    fn passwords_are_not_shown() {
        assert!(!shown("postgres://u:secret@h/d").contains("secret"));
    }
}
