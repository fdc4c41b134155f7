//! `user create`, `api-key create`.

use std::io::Read;

use anyhow::{Context as _, Result, anyhow, bail};
use daybook_engine::accounts::provision::{self, Provision, Provisioned};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::args::{ApiKeyCommand, UserCommand};
use super::terminal::Terminal;
use crate::config::Config;

/// The longest password that is read.
const MAX_PASSWORD: u64 = 4096;

pub(super) async fn user(config: &Config, command: UserCommand, terminal: &Terminal) -> Result<()> {
    let UserCommand::Create {
        email,
        workspace,
        role,
        name,
        password_stdin,
        reset_password,
    } = command;
    let password = if password_stdin {
        Some(read_password()?)
    } else {
        None
    };
    let name = name.unwrap_or_else(|| {
        email
            .as_str()
            .split('@')
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    let cx = super::ready(config).await?;
    let made = provision::user(
        &cx,
        Provision {
            email,
            name,
            workspace,
            role,
            password,
            reset_password,
        },
    )
    .await
    .map_err(|error| anyhow!(error))?;
    cx.store.close().await;
    let result = json!({"user_id": made.user_id, "member_id": made.member_id, "workspace_id": made.workspace_id, "workspace": made.workspace_slug, "workspace_created": made.workspace_created, "user_created": made.user_created, "member_created": made.member_created, "password_set": made.password_set});
    terminal.result(&result, || say(&made, password_stdin))
}

/// What was done, in sentences.
fn say(made: &Provisioned, with_password: bool) -> String {
    let place = if made.workspace_created {
        "the new workspace"
    } else {
        "the workspace"
    };
    let already = if made.member_created { "" } else { " already" };
    let password = match (made.user_created, made.password_set) {
        (true, true) => " Their password is set.",
        (false, true) => " The password was set, and they were signed out everywhere.",
        (false, false) if with_password => " They had this password already.",
        (false, false) => " They sign in with the password they have.",
        (true, false) => "",
    };
    format!(
        "{} is {}{already} of {place} {}.{password}",
        made.email, made.role, made.workspace_slug
    )
}

pub(super) async fn api_key(
    config: &Config,
    command: ApiKeyCommand,
    terminal: &Terminal,
) -> Result<()> {
    let ApiKeyCommand::Create {
        email,
        scopes,
        workspace,
        name,
    } = command;
    let scope = scopes
        .into_iter()
        .max()
        .ok_or_else(|| anyhow!("--scopes: name at least one of read, write, admin"))?;
    let cx = super::ready(config).await?;
    let key = provision::api_key(&cx, &email, workspace.as_deref(), scope, name)
        .await
        .map_err(|error| anyhow!(error))?;
    cx.store.close().await;
    terminal.result(&json!({"key": key.expose_secret()}), || {
        key.expose_secret().to_owned()
    })
}

/// The first line of standard input.
fn read_password() -> Result<SecretString> {
    let mut text = String::new();
    std::io::stdin()
        .take(MAX_PASSWORD)
        .read_to_string(&mut text)
        .context("the password cannot be read from standard input")?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("no password came on standard input");
    }
    Ok(SecretString::from(line.to_owned()))
}
