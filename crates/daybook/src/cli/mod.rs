//! The command line (SPEC §3): parses, sets up logging, runs one command, answers with an exit code: 0 done, 1 failed, 2 wrong usage.

mod account;
mod args;
mod backup;
mod config;
mod demo;
mod doctor;
mod import;
mod jobs;
mod keys;
mod logging;
mod manual;
mod sandbox;
pub mod serve;
mod sync;
mod terminal;
mod tokens;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use daybook_engine::Context;

use crate::config::{Config, Invalid};
use crate::wire;

pub use args::Cli;
use args::Command;
use terminal::Terminal;

/// Runs the process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.json);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return terminal.failed(&anyhow::Error::new(error).context("the program cannot start"));
        }
    };
    match runtime.block_on(run(cli, &terminal)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Invalid>() => {
            terminal.complain(&error);
            ExitCode::from(2)
        }
        Err(error) => terminal.failed(&error),
    }
}

async fn run(cli: Cli, terminal: &Terminal) -> Result<()> {
    match &cli.command {
        Command::Openapi => return manual::openapi(terminal),
        Command::Completions { shell } => return manual::completions(terminal, *shell),
        Command::Man => return manual::man(terminal),
        Command::Sandbox(ask) => return sandbox::run(ask, terminal).await,
        Command::Demo(ask) => return demo::run(ask, &cli, terminal).await,
        Command::Config { command } => return config::run(*command, &cli, terminal),
        _ => {}
    }
    let config = load(&cli)?;
    logging::start(&config);
    match cli.command {
        Command::Serve { no_worker } => {
            serve::run(
                &config,
                serve::Roles {
                    door: true,
                    worker: !no_worker,
                },
                terminal,
            )
            .await
        }
        Command::Worker => {
            serve::run(
                &config,
                serve::Roles {
                    door: false,
                    worker: true,
                },
                terminal,
            )
            .await
        }
        Command::Migrate => migrate(&config, terminal).await,
        Command::Doctor => doctor::run(&config, terminal).await,
        Command::User { command } => account::user(&config, command, terminal).await,
        Command::ApiKey { command } => account::api_key(&config, command, terminal).await,
        Command::Sync {
            all: _,
            calendar,
            full,
        } => sync::run(&config, calendar, full, terminal).await,
        Command::Tokens { command } => tokens::run(&config, command, terminal).await,
        Command::Jobs { command } => jobs::run(&config, command, terminal).await,
        Command::Keys { command } => keys::run(&config, command, terminal).await,
        Command::Backup { file } => backup::backup(&config, &file, terminal).await,
        Command::Import(ask) => import::run(&config, &ask, terminal).await,
        Command::Restore { file, force } => backup::restore(&config, &file, force, terminal).await,
        _ => Ok(()),
    }
}

/// The configuration from flags, environment and file.
pub(crate) fn load(cli: &Cli) -> Result<Config, Invalid> {
    let file = crate::config::find_file(cli.config.as_deref());
    let values = crate::config::load(&cli.flags(), &crate::config::environment(), file.as_deref())?;
    Config::from_values(values)
}

/// Everything use cases need, with the schema up to date.
pub(crate) async fn ready(config: &Config) -> Result<Context> {
    let cx = wire::context(config).await?;
    cx.store.migrate().await?;
    Ok(cx)
}

async fn migrate(config: &Config, terminal: &Terminal) -> Result<()> {
    let cx = ready(config).await?;
    cx.store.close().await;
    terminal.say("The database schema is up to date.")
}
