//! `doctor`: looks at everything an installation needs and says how to mend what is wrong.

use anyhow::{Result, bail};
use daybook_engine::{Context, push};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::terminal::Terminal;
use crate::config::Config;
use crate::wire;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: String,
    state: State,
    says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Note,
    Broken,
}

pub(super) async fn run(config: &Config, terminal: &Terminal) -> Result<()> {
    let mut findings = vec![finding(
        "configuration",
        State::Ok,
        "every setting can be used",
    )];
    findings.push(push_url(config));
    findings.push(mail(config));
    match wire::context(config).await {
        Ok(cx) => {
            database(config, &cx, &mut findings).await;
            providers(&cx, &mut findings);
            cx.store.close().await;
        }
        Err(error) => findings.push(finding("database", State::Broken, format!("{error:#}"))),
    }
    let broken = findings
        .iter()
        .filter(|finding| finding.state == State::Broken)
        .count();
    terminal.result(&findings, || {
        let mark = |state| match state {
            State::Ok => "ok    ",
            State::Note => "note  ",
            State::Broken => "BROKEN",
        };
        findings
            .iter()
            .map(|finding| format!("{} {}: {}", mark(finding.state), finding.what, finding.says))
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    if broken > 0 {
        bail!("{broken} thing(s) need mending")
    } else {
        Ok(())
    }
}

fn finding(what: &str, state: State, says: impl Into<String>) -> Finding {
    Finding {
        what: what.to_owned(),
        state,
        says: says.into(),
    }
}

fn push_url(config: &Config) -> Finding {
    if push::reachable(&config.base_url, false) {
        return finding(
            "address",
            State::Ok,
            format!(
                "people and providers reach this server at {}",
                config.base_url
            ),
        );
    }
    finding(
        "address",
        State::Note,
        format!(
            "{} is not a public https address: calendars are polled, and sign-in cookies are only as safe as your network. Set DAYBOOK_BASE_URL.",
            config.base_url
        ),
    )
}

fn mail(config: &Config) -> Finding {
    if config.values.text("smtp_url").is_some() {
        return finding("mail", State::Ok, "a mail server is configured");
    }
    finding(
        "mail",
        State::Note,
        "no e-mail is sent: pass invitation links on yourself, and new passwords are set with 'daybook user create --reset-password'. Set SMTP_URL.",
    )
}

async fn database(config: &Config, cx: &Context, findings: &mut Vec<Finding>) {
    let name = wire::shown(config.database_url.expose_secret());
    match cx.store.ping().await {
        Ok(()) => findings.push(finding(
            "database",
            State::Ok,
            format!("{name} answers ({:?})", cx.store.kind()),
        )),
        Err(error) => {
            return findings.push(finding(
                "database",
                State::Broken,
                format!("{name}: {error}"),
            ));
        }
    }
    if let Some(file) = wire::sqlite_file(config.database_url.expose_secret()) {
        let state = match daybook_store::backup::integrity_check(&cx.store).await {
            Ok(wrong) if wrong.is_empty() => finding(
                "database file",
                State::Ok,
                format!("{} is sound", file.display()),
            ),
            Ok(wrong) => finding(
                "database file",
                State::Broken,
                format!(
                    "{} is damaged: {}. Restore a backup.",
                    file.display(),
                    wrong.join("; ")
                ),
            ),
            Err(error) => finding("database file", State::Broken, error.to_string()),
        };
        findings.push(state);
    }
    findings.push(clock(cx).await);
}

/// Compares this machine's clock with the database's.
async fn clock(cx: &Context) -> Finding {
    let database = async {
        let mut tx = cx.store.read().await?;
        tx.now().await
    };
    match database.await {
        Ok(there) => {
            let apart = cx.clock.now().duration_since(there).abs().as_secs();
            if apart <= 5 {
                finding("clock", State::Ok, "this machine and the database agree")
            } else {
                finding(
                    "clock",
                    State::Broken,
                    format!("this machine and the database are {apart} s apart: set both by NTP"),
                )
            }
        }
        Err(error) => finding("clock", State::Broken, error.to_string()),
    }
}

fn providers(cx: &Context, findings: &mut Vec<Finding>) {
    for entry in cx.registry.all() {
        let manifest = entry.provider.manifest();
        let found = if entry.missing.is_empty() {
            finding(manifest.name, State::Ok, "can be connected")
        } else {
            finding(
                manifest.name,
                State::Note,
                format!("is off: set {}", entry.missing.join(" and ")),
            )
        };
        findings.push(found);
    }
}
