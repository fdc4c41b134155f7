//! What people (and scripts) see: results on standard output, everything else on standard error.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::process::ExitCode;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// The terminal of this process.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    json: bool,
}

impl Terminal {
    /// With `json`, results are JSON.
    #[must_use]
    pub const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether results are JSON.
    #[must_use]
    pub const fn json(self) -> bool {
        self.json
    }

    /// A line of result.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn say(self, text: impl AsRef<str>) -> Result<()> {
        writeln!(stdout(), "{}", text.as_ref())?;
        Ok(())
    }

    /// A result: as JSON when asked for, otherwise as the given text.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn result(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        if self.json {
            self.say(serde_json::to_string(value)?)
        } else {
            self.say(text())
        }
    }

    /// A line beside the result.
    pub fn note(self, text: impl AsRef<str>) {
        writeln!(stderr(), "{}", text.as_ref()).ok();
    }

    /// What went wrong, with its causes.
    pub fn complain(self, error: &anyhow::Error) {
        let mut text = error.to_string();
        for cause in error.chain().skip(1) {
            let cause = cause.to_string();
            if !text.contains(&cause) {
                text = format!("{text}: {cause}");
            }
        }
        self.note(format!("daybook: {text}"));
    }

    /// Says what went wrong and gives the exit code for it.
    pub fn failed(self, error: &anyhow::Error) -> ExitCode {
        self.complain(error);
        ExitCode::FAILURE
    }

    /// A progress bar on a terminal; nothing elsewhere (each step then says its own line).
    pub fn progress(self, steps: u64) -> ProgressBar {
        if self.json || !stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(steps);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar
    }

    /// Columns, aligned.
    #[must_use]
    pub fn table(rows: &[Vec<String>]) -> String {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}
