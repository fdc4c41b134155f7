//! `tokens refresh`.

use anyhow::{Result, bail};
use daybook_engine::jobs;

use super::args::TokensCommand;
use super::terminal::Terminal;
use crate::config::Config;

pub(super) async fn run(
    config: &Config,
    command: TokensCommand,
    terminal: &Terminal,
) -> Result<()> {
    let TokensCommand::Refresh = command;
    let cx = super::ready(config).await?;
    if let Err(failure) = jobs::run_now(&cx, "refresh_tokens").await {
        bail!("{failure}");
    }
    cx.store.close().await;
    terminal.say(
        "Tokens that expire soon were refreshed; what failed is in the log and on its connection.",
    )
}
