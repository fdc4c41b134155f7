//! `openapi`, `completions`, `man`: what describes the program to other programs.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::terminal::Terminal;

pub(super) fn openapi(terminal: &Terminal) -> Result<()> {
    terminal.say(daybook_server::openapi().to_pretty_json()?)
}

pub(super) fn completions(terminal: &Terminal, shell: Shell) -> Result<()> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "daybook", &mut out);
    terminal.say(String::from_utf8_lossy(&out).trim_end())
}

pub(super) fn man(terminal: &Terminal) -> Result<()> {
    let mut out = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut out)?;
    terminal.say(String::from_utf8_lossy(&out).trim_end())
}
