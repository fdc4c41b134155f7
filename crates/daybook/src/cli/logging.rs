//! Logs go to standard error: sentences with fields, as text or as JSON lines.

use std::io::stderr;

use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Starts logging as configured. A second call changes nothing.
pub fn start(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_target(true);
    if config.log_json {
        builder.json().try_init().ok();
    } else {
        builder
            .with_ansi(std::io::IsTerminal::is_terminal(&stderr()))
            .try_init()
            .ok();
    }
}
