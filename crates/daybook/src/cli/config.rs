//! `config show`, `config check`, `config default`.

use anyhow::Result;
use serde_json::json;

use super::args::{Cli, ConfigCommand};
use super::terminal::Terminal;
use crate::config::{self, Config, SETTINGS};

pub(super) fn run(command: ConfigCommand, cli: &Cli, terminal: &Terminal) -> Result<()> {
    match command {
        ConfigCommand::Show => show(cli, terminal),
        ConfigCommand::Check => {
            super::load(cli)?;
            terminal.say("The configuration can be used.")
        }
        ConfigCommand::Default => terminal.say(default_toml()),
    }
}

/// Shows also a configuration that contradicts itself, and then says what is wrong.
fn show(cli: &Cli, terminal: &Terminal) -> Result<()> {
    let file = config::find_file(cli.config.as_deref());
    let values = config::load(&cli.flags(), &config::environment(), file.as_deref())?;
    let lines = config::describe(&values);
    let items: Vec<_> = lines.iter().map(|(setting, value, source)| json!({"key": setting.key, "env": setting.env, "value": value, "source": source, "secret": setting.secret})).collect();
    terminal.result(&items, || {
        let rows: Vec<Vec<String>> = lines
            .iter()
            .map(|(setting, value, source)| {
                vec![
                    setting.key.to_owned(),
                    if value.is_empty() {
                        "-".to_owned()
                    } else {
                        value.clone()
                    },
                    source.clone(),
                ]
            })
            .collect();
        Terminal::table(&rows)
    })?;
    Config::from_values(values)?;
    Ok(())
}

/// A commented file with every setting.
pub(crate) fn default_toml() -> String {
    let mut text = "# Every setting of Daybook with its default. Environment variables and flags win over this file.\n".to_owned();
    let mut section = "";
    for setting in SETTINGS {
        let (here, name) = setting.key.split_once('.').unwrap_or(("", setting.key));
        if here != section {
            section = here;
            text.push_str(&format!("\n[{section}]\n"));
        }
        text.push_str(&format!(
            "\n# {}\n# Environment: {}\n# {name} = \"{}\"\n",
            setting.help, setting.env, setting.default
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_uncommented_is_the_defaults() {
        let text: String = default_toml()
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest)
                    if rest.split_once(" = \"").is_some_and(|(key, _)| {
                        key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                    }) =>
                {
                    format!("{rest}\n")
                }
                _ => format!("{line}\n"),
            })
            .collect();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("daybook.toml");
        std::fs::write(&path, text).unwrap();
        let from_file = config::load(&[], &std::collections::BTreeMap::new(), Some(&path)).unwrap();
        let defaults = config::load(&[], &std::collections::BTreeMap::new(), None).unwrap();
        for setting in SETTINGS {
            assert_eq!(
                from_file.text(setting.key),
                defaults.text(setting.key),
                "{}",
                setting.key
            );
        }
        Config::from_values(from_file).unwrap();
    }
}
